# build: builds the packages and checks them before they are installed. For run.

version_of_tree() {
    sed -n 's/^AC_INIT(\[video-call\], \[\(.*\)\])$/\1/p' "$1/configure.ac"
}

build_package() {
    (cd "$1" && DEB_BUILD_OPTIONS="parallel=2 ${2:-}" dpkg-buildpackage -us -uc -b)
}

# The next version, with a different snippet.
make_later_version() {
    local tree=$1 version=$2
    sed -i "s/^AC_INIT(\[video-call\], \[.*\])$/AC_INIT([video-call], [$version])/" \
        "$tree/configure.ac"
    {
        printf 'video-call (%s) unstable; urgency=medium\n\n  * The version after.\n\n' "$version"
        printf ' -- Nobody <nobody@video-call.example>  Sun, 01 Feb 2026 12:00:00 +0000\n\n'
        cat "$tree/debian/changelog"
    } >"$bed/changelog"
    mv "$bed/changelog" "$tree/debian/changelog"
    printf '\n# Of the version after.\n' >>"$tree/nginx/video-call-upstream.conf"
}

# Depends may name a library twice: the higher version counts.
demands_fixed_libfcgi() {
    local version
    version=$(dpkg-deb -f "$1" Depends | grep -o 'libfcgi0ldbl (>= [^)]*)' | sed 's/.*= //; s/)//' |
        sort -V | tail -n 1)
    echo "libfcgi0ldbl >= $version"
    dpkg --compare-versions "$version" ge 2.4.2-2+deb12u1 &&
        grep -q 'libfcgi-dev (>= 2\.4\.2-2+deb12u1)' "$bed/first/tree/debian/control"
}

lint() {
    lintian --allow-root --tag-display-limit 0 --fail-on error,warning "$bed"/first/*.changes
}

files_below() {
    (cd "$1" && find . ! -type d | sort)
}

installs_and_uninstalls() {
    local build=$bed/first/tree/debian/build destination=$bed/destination
    make -C "$build" -s install DESTDIR="$destination"
    files_below "$destination"
    [ -x "$destination/usr/sbin/video-call-fcgi" ]
    [ -e "$destination/etc/nginx/snippets/video-call.conf" ]
    [ -e "$destination/usr/share/doc/video-call/examples/video-call.env.example" ]
    make -C "$build" -s uninstall DESTDIR="$destination"
    equals "$(files_below "$destination")" ""
}

build_checks() {
    local version
    bed_copy_tree "$bed/first/tree"
    version=$(version_of_tree "$bed/first/tree")
    bed_say "building the package"
    check "dpkg-buildpackage builds the package" build_package "$bed/first/tree"
    [ "$failed" = 0 ] || bed_fail "the package wasn't built"
    first_deb=$(ls "$bed"/first/video-call_*.deb)
    bed_say "its size is $(stat -c %s "$first_deb") bytes"
    check "its version is configure.ac's" equals "$(dpkg-deb -f "$first_deb" Version)" "$version"
    check "it depends on the libraries" grep -q 'libfcgi.*libjson-c.*libpq5.*libsodium.*libssl' \
        <(dpkg-deb -f "$first_deb" Depends)
    check "it requires a libfcgi with CVE-2025-23016 fixed" demands_fixed_libfcgi "$first_deb"
    check "lintian finds no error or warning" lint
    check "make uninstall removes everything make install installed" installs_and_uninstalls
    bed_say "building the next version"
    bed_copy_tree "$bed/second/tree"
    make_later_version "$bed/second/tree" "$version.1"
    check "the next version builds" build_package "$bed/second/tree" nocheck
}
