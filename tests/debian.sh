# debian: shell functions to source after tests/bed.sh that make a Debian 12 in a folder and
# run commands in it as on a separate machine. They need root.
#
#     debian_make FOLDER [ARGUMENT...]     makes it with debootstrap, from this machine's mirror
#     debian_enter_cgroup                  makes $debian_cgroup, for commands started from now on
#     debian_start [--disk] ROOT COMMAND...
#                                          starts a command as its first process, in the
#                                          background, in its own namespaces; sets
#                                          $debian_process. With --disk, /tmp is on disk, not in
#                                          memory
#     debian_sweep                         removes the cgroup when everything in it has ended

debian_process=
debian_cgroup=

# The Debian 12 entries of this machine's apt sources: ADDRESS SUITE COMPONENT KEYRING
debian_sources() {
    apt-get indextargets --format '$(REPO_URI) $(RELEASE) $(COMPONENT) $(SIGNED_BY)' \
        'Created-By: Packages' 'Origin: Debian' 2>/dev/null | sed -n '/ bookworm/p' | sort -u
}

debian_make() {
    local folder=$1 mirror log=$bed/debootstrap.log
    shift
    bed_packages debootstrap
    # Without package lists there is no mirror to find.
    [ -n "$(debian_sources)" ] || apt-get update -q >"$log" 2>&1 || true
    mirror=$(debian_sources | sed -n 's/ bookworm .*//p' | head -n 1)
    debootstrap --variant=minbase "$@" bookworm "$folder" ${mirror:+"$mirror"} >"$log" 2>&1 || {
        bed_show 20 "$log"
        return 1
    }
}

# systemd can do as it likes in it, and leftover processes of a test can be found.
debian_enter_cgroup() {
    local folder=/sys/fs/cgroup
    [ -e $folder/cgroup.procs ] || folder=/sys/fs/cgroup/unified
    [ -w $folder/cgroup.procs ] || return 0
    debian_cgroup=$folder/$(basename "$bed")
    mkdir "$debian_cgroup"
}

debian_start() {
    local temporary=memory cgroup=/dev/null root
    if [ "$1" = --disk ]; then
        temporary=disk
        shift
    fi
    root=$1
    shift
    [ -z "$debian_cgroup" ] || cgroup=$debian_cgroup/cgroup.procs
    # Expanded by the inner shell, which moves itself into the cgroup and then becomes
    # unshare. shellcheck disable=SC2016
    bash -c 'echo $$ >"$0" && exec unshare --mount --propagation private --pid --fork --kill-child \
        --uts --ipc --cgroup -- "$@"' "$cgroup" "$bed_source/tests/boot" "$root" "$temporary" "$@" </dev/null &
    debian_process=$!
}

debian_sweep() {
    local tries folder
    for folder in /sys/fs/cgroup{,/unified}/"$(basename "$bed")"; do
        [ -d "$folder" ] || continue
        for ((tries = 0; tries < 50; tries++)); do
            find "$folder" -depth -type d -exec rmdir {} + 2>/dev/null && break
            sleep 0.1
        done
    done
}
