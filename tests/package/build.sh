# build: the packages, and what can be said of them before they are installed. For run.

# What one who checks the tree out has, with what is not committed yet.
copy_tree() {
    mkdir -p "$1"
    if git -C "$bed_source" rev-parse --is-inside-work-tree >/dev/null 2>&1; then
        git -C "$bed_source" ls-files -z --cached --others --exclude-standard |
            (cd "$bed_source" && while IFS= read -r -d '' file; do
                [ ! -e "$file" ] || printf '%s\0' "$file"
            done) | tar -C "$bed_source" --null -T - -cf - | tar -C "$1" -xf -
    else
        tar -C "$bed_source" --exclude=node_modules --exclude=./debian/build -cf - . |
            tar -C "$1" -xf -
    fi
}

version_of_tree() {
    sed -n 's/^AC_INIT(\[video-call\], \[\(.*\)\])$/\1/p' "$1/configure.ac"
}

build_package() {
    (cd "$1" && DEB_BUILD_OPTIONS="parallel=2 ${2:-}" dpkg-buildpackage -us -uc -b)
}

# The same, one version later, with a snippet that differs.
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
    copy_tree "$bed/first/tree"
    version=$(version_of_tree "$bed/first/tree")
    bed_say "building the package"
    check "one command builds the package" build_package "$bed/first/tree"
    [ "$failed" = 0 ] || bed_fail "there is no package"
    first_deb=$(ls "$bed"/first/video-call_*.deb)
    bed_say "it has $(stat -c %s "$first_deb") bytes"
    check "its version is configure.ac's" equals "$(dpkg-deb -f "$first_deb" Version)" "$version"
    check "it depends on the libraries" grep -q 'libfcgi.*libjson-c.*libpq5.*libsodium.*libssl' \
        <(dpkg-deb -f "$first_deb" Depends)
    check "lintian finds nothing" lint
    check "make uninstall leaves nothing of make install" installs_and_uninstalls
    bed_say "building the version after"
    copy_tree "$bed/second/tree"
    make_later_version "$bed/second/tree" "$version.1"
    check "the version after builds" build_package "$bed/second/tree" nocheck
}
