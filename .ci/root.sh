# root: the minimal Debian 12 for run, as shell functions to source after tests/bed.sh and
# tests/debian.sh. Of this machine's settings, it gets only those for reaching package
# registries.
#
#     root_make            makes it and sets $root; fails, saying why, if it can't
#     root_run COMMAND...  runs a command in the clone in it; everything it starts ends with it

root=
root_kept=/var/cache/video-call-ci
root_clone=/srv/video-call
root_environment=()

# Prints why no minimal Debian can be made here; nothing if it can.
root_obstacle() {
    bed_is_root || { echo "it needs root" && return; }
    command -v apt-get >/dev/null || { echo "this isn't Debian" && return; }
    unshare --mount --pid --fork --kill-child --uts --ipc --cgroup true 2>/dev/null ||
        { echo "namespaces are not available" && return; }
    [ "$(df -P -k "$bed" | awk 'NR == 2 { print $4 }')" -gt 8000000 ] || echo "it needs 8 GB of free disk"
}

# Keeps debootstrap's result for a week and works on copies of it. A subshell, so that the
# lock is released at its end.
root_bare() (
    install -d -m 700 "$root_kept"
    exec {lock}>"$root_kept/lock"
    flock "$lock"
    if [ -z "$(find "$root_kept" -maxdepth 1 -name made -mtime -7)" ]; then
        bed_say "making a minimal Debian 12"
        rm -rf "$root_kept/made" "$root_kept/debian"
        debian_make "$root_kept/debian" || exit 1
        touch "$root_kept/made"
    else
        bed_say "copying the minimal Debian 12 of $(date -r "$root_kept/made" '+%F %R')"
    fi
    cp -a "$root_kept/debian" "$root"
)

# root_carry FILE: copies it to the same path, unless a file is there.
root_carry() {
    [ ! -f "$1" ] || [ -e "$root$1" ] || install -D -m 644 "$1" "$root$1"
}

# Copies from where and how apt fetches packages, but none of its other settings.
root_take_over_apt() {
    local address suite component keyring file
    apt-config dump | grep '^Acquire::' >"$root/etc/apt/apt.conf.d/90fetch"
    while read -r address suite component keyring; do
        [ "${keyring#/}" != "$keyring" ] || keyring=
        root_carry "$keyring"
        echo "deb ${keyring:+[signed-by=$keyring] }$address $suite $component"
    done < <(debian_sources) >"$bed/sources.list"
    [ ! -s "$bed/sources.list" ] || cp "$bed/sources.list" "$root/etc/apt/sources.list"
    for file in /etc/apt/auth.conf /etc/apt/auth.conf.d/* /etc/apt/trusted.gpg.d/* \
        $(sed -n 's/^Acquire::.* "\(\/.*\)";$/\1/p' "$root/etc/apt/apt.conf.d/90fetch"); do
        root_carry "$file"
    done
}

root_take_over_npm() {
    local file global
    global=$(npm config get globalconfig 2>/dev/null || true)
    for file in "$global" /etc/npmrc /usr/local/etc/npmrc; do
        [ ! -f "$file" ] || [ -e "$root/etc/npmrc" ] || install -m 644 "$file" "$root/etc/npmrc"
    done
    [ ! -f ~/.npmrc ] || install -m 600 ~/.npmrc "$root/root/.npmrc"
    for file in $(cat "$root/etc/npmrc" "$root/root/.npmrc" 2>/dev/null | sed -n 's/^cafile *= *//p'); do
        root_carry "$file"
    done
}

root_take_over_network() {
    local file name
    for file in /etc/resolv.conf /etc/hosts; do
        [ ! -e $file ] || cp -L $file "$root$file"
    done
    for file in /etc/ssl/certs/ca-certificates.crt /usr/local/share/ca-certificates/*; do
        root_carry "$file"
    done
    for name in $(compgen -e); do
        case ${name,,} in
        http_proxy | https_proxy | all_proxy | no_proxy | npm_config_*) ;;
        node_extra_ca_certs) root_carry "${!name}" ;;
        *) continue ;;
        esac
        root_environment+=("$name=${!name}")
    done
}

root_make() {
    local obstacle
    obstacle=$(root_obstacle)
    if [ -n "$obstacle" ]; then
        bed_say "can't make a minimal Debian 12 here: $obstacle"
        return 1
    fi
    root=$bed/root
    if ! { root_bare && root_take_over_apt && root_take_over_npm && root_take_over_network &&
        git clone -q --no-hardlinks "$bed_source" "$root$root_clone"; }; then
        bed_say "couldn't make a minimal Debian 12 here"
        return 1
    fi
}

root_run() {
    # Expanded inside. shellcheck disable=SC2016
    debian_start --disk "$root" env -i PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin \
        HOME=/root "${root_environment[@]}" sh -c 'cd "$0" && "$@"' "$root_clone" "$@"
    wait "$debian_process"
}
