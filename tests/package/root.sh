# root: a Debian of its own for the package to be installed in, as shell functions to source
# after tests/bed.sh. The machine itself is not changed: a root file system laid over the
# machine's own, or a fresh one where that is not possible, in mount, process and network
# namespaces, with its own systemd where one can run.
#
#     root_can_overlay           whether the machine's own root can be laid under
#     root_fetch                 a fresh Debian instead, while there is a network
#     root_isolate COMMAND...    runs the command in namespaces in which the rest may be called
#     root_make                  $root, a root file system
#     root_boot                  its first process; $root_has_systemd is yes or no
#     inside COMMAND...          runs a command in it
#     root_sweep                 outside, when all of it has ended

root=
root_init=
root_has_systemd=no
root_cgroup=

# With a process namespace around all of it, nothing started in it can outlive it.
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

# The packages that the overlay has from the machine. Fetched before the network is left.
root_fetch() {
    local mirror
    mirror=$(apt-get indextargets --format '$(REPO_URI)' | head -n 1)
    bed_say "making a fresh Debian"
    bed_run_logged "$bed/debootstrap.log" debootstrap --variant=minbase \
        --include=systemd,systemd-sysv,dbus,nginx-light,perl-base,libfcgi0ldbl,libjson-c5,libpq5,libsodium23,procps \
        bookworm "$bed/fresh" "$mirror"
}

root_make() {
    root=$bed/root/merged
    ip link set lo up
    if [ -d "$bed/fresh" ]; then
        mount --bind "$bed/fresh" "$bed/fresh"
        root=$bed/fresh
    else
        root_overlay || bed_fail "no overlay: $(cat "$bed/overlay.log")"
    fi
    # What this machine starts by itself is not wanted twice, and may be started here.
    rm -rf "$root"/etc/systemd/system/*.wants "$root/usr/sbin/policy-rc.d"
    rm -f "$root"/etc/nginx/sites-enabled/*
    mkdir -p "$root/etc/systemd/system" "$root/srv/test"
    grep -qs localhost "$root/etc/hosts" || echo '127.0.0.1 localhost' >>"$root/etc/hosts"
    ln -sf /lib/systemd/system/multi-user.target "$root/etc/systemd/system/default.target"
    for unit in systemd-modules-load.service systemd-udevd.service systemd-journald-audit.socket; do
        ln -sf /dev/null "$root/etc/systemd/system/$unit"
    done
}

# A cgroup of its own, in which systemd may do as it likes.
root_enter_cgroup() {
    local folder=/sys/fs/cgroup
    [ -e $folder/cgroup.procs ] || folder=/sys/fs/cgroup/unified
    [ -w $folder/cgroup.procs ] || return 1
    root_cgroup=$folder/$(basename "$bed")
    mkdir "$root_cgroup"
}

root_start() {
    local cgroup=/dev/null
    [ -z "$root_cgroup" ] || cgroup=$root_cgroup/cgroup.procs
    # Expanded by the shell that moves itself and then becomes unshare.
    # shellcheck disable=SC2016
    bash -c 'echo $$ >"$0" && exec unshare --mount --propagation private --pid --fork --kill-child \
        --uts --ipc --cgroup -- "$@"' "$cgroup" "$(dirname "${BASH_SOURCE[0]}")/boot" "$root" "$1" \
        >"$bed/boot.log" 2>&1 </dev/null &
    root_outer=$!
    bed_processes+=("$root_outer:KILL")
    # That it is killed in the end need not be told.
    disown "$root_outer"
    for ((tries = 0; tries < 50; tries++)); do
        root_init=$(ps -o pid= --ppid "$root_outer" | tr -d ' ' || true)
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
    if root_enter_cgroup && root_start systemd; then
        for ((tries = 0; tries < 100; tries++)); do
            root_is_running && root_has_systemd=yes && return 0
            sleep 0.2
        done
    fi
    bed_say "systemd cannot run here: going on without"
    [ -z "${root_outer:-}" ] || bed_stop "$root_outer" KILL
    root_start nothing || {
        cat "$bed/boot.log" >&2
        bed_fail "there is no root to install in"
    }
}

inside() {
    nsenter --target "$root_init" --mount --uts --ipc --pid --cgroup --root --wd -- \
        env -i PATH=/usr/sbin:/usr/bin:/sbin:/bin HOME=/root LC_ALL=C.UTF-8 \
        DEBIAN_FRONTEND=noninteractive "$@"
}

root_sweep() {
    local tries folder
    for folder in /sys/fs/cgroup{,/unified}/"$(basename "$bed")"; do
        [ -d "$folder" ] || continue
        for ((tries = 0; tries < 50; tries++)); do
            find "$folder" -depth -type d -exec rmdir {} + 2>/dev/null && break
            sleep 0.1
        done
    done
}
