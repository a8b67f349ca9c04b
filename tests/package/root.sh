# root: shell functions to source after tests/bed.sh and tests/debian.sh for a separate Debian
# to install the package in. It doesn't change this machine: the root file system is an overlay
# on the machine's, or a fresh one if that isn't possible, in mount, process and network
# namespaces, with its own systemd if that can run.
#
#     root_can_overlay           whether an overlay on this machine's root is possible
#     root_fetch                 makes a fresh Debian instead; call it while there is a network
#     root_isolate COMMAND...    runs the command in namespaces; call the following inside
#     root_make                  makes the root file system and sets $root
#     root_boot                  starts its first process; sets $root_has_systemd to yes or no
#     inside COMMAND...          runs a command in it

root=
root_init=
root_has_systemd=no

# The process namespace makes sure that nothing started in it outlives it.
root_isolate() {
    unshare --mount --net --pid --fork --kill-child --propagation private --mount-proc -- "$@"
}

root_overlay() {
    mkdir -p "$bed/root"
    mount -t tmpfs -o mode=755 tmpfs "$bed/root"
    mkdir "$bed/root/upper" "$bed/root/work" "$bed/root/merged"
    mount -t overlay overlay "$bed/root/merged" \
        -o "lowerdir=/,upperdir=$bed/root/upper,workdir=$bed/root/work" 2>"$bed/overlay.log"
}

root_can_overlay() {
    root_isolate bash -c '. "$1/tests/bed.sh" && . "$1/tests/package/root.sh" && bed=$2 && root_overlay' \
        overlay "$bed_source" "$bed"
}

# A fresh Debian with the packages an overlay would have from this machine; fetched while
# there is still a network.
root_fetch() {
    bed_say "making a fresh Debian"
    debian_make "$bed/fresh" --include=systemd,systemd-sysv,dbus,nginx-light,perl-base,libfcgi0ldbl,libjson-c5,libpq5,libsodium23,procps ||
        bed_fail "couldn't make a Debian to install in"
}

root_make() {
    root=$bed/root/merged
    ip link set lo up
    if [ -d "$bed/fresh" ]; then
        root=$bed/fresh
    else
        root_overlay || bed_fail "no overlay: $(cat "$bed/overlay.log")"
    fi
    # Don't start this machine's own services here, but let installed packages start theirs.
    rm -rf "$root"/etc/systemd/system/*.wants "$root/usr/sbin/policy-rc.d"
    rm -f "$root"/etc/nginx/sites-enabled/*
    mkdir -p "$root/etc/systemd/system" "$root/srv/test"
    grep -qs localhost "$root/etc/hosts" || echo '127.0.0.1 localhost' >>"$root/etc/hosts"
    ln -sf /lib/systemd/system/multi-user.target "$root/etc/systemd/system/default.target"
    for unit in systemd-modules-load.service systemd-udevd.service systemd-journald-audit.socket; do
        ln -sf /dev/null "$root/etc/systemd/system/$unit"
    done
}

root_start() {
    local tries
    debian_start "$root" "$@" >"$bed/boot.log" 2>&1
    bed_processes+=("$debian_process:KILL")
    # Keeps bash from reporting that it was killed.
    disown "$debian_process"
    for ((tries = 0; tries < 50; tries++)); do
        root_init=$(ps -o pid= --ppid "$debian_process" | tr -d ' ' || true)
        [ -z "$root_init" ] || [ -e "/proc/$root_init/root/.outside/etc" ] ||
            [ ! -d "/proc/$root_init/root/srv/test" ] || return 0
        sleep 0.1
    done
    return 1
}

root_is_running() {
    case $(inside systemctl is-system-running 2>/dev/null) in
    running | degraded) return 0 ;;
    esac
    return 1
}

root_boot() {
    local tries
    bed_say "starting systemd in a root of its own"
    debian_enter_cgroup
    # As in a container.
    if [ -n "$debian_cgroup" ] && root_start env container=package-test \
        /lib/systemd/systemd --log-target=null --show-status=no; then
        for ((tries = 0; tries < 100; tries++)); do
            root_is_running && root_has_systemd=yes && return 0
            sleep 0.2
        done
    fi
    bed_say "systemd cannot run here: continuing without it"
    [ -z "${debian_process:-}" ] || bed_stop "$debian_process" KILL
    root_start sleep infinity || {
        cat "$bed/boot.log" >&2
        bed_fail "couldn't start a root to install in"
    }
}

inside() {
    nsenter --target "$root_init" --mount --uts --ipc --pid --cgroup --root --wd -- \
        env -i PATH=/usr/sbin:/usr/bin:/sbin:/bin HOME=/root LC_ALL=C.UTF-8 \
        DEBIAN_FRONTEND=noninteractive "$@"
}
