# systemd: the units under a running systemd: sandbox, reload, restart, failure, upgrade,
# removal and purge. For run.

# ── sandboxed ──

# systemd reports 0 for a service that isn't running, and a signal to 0 would reach us all.
main_pid() {
    local pid
    pid=$(inside systemctl show --property MainPID --value video-call-fcgi.service)
    [ "$pid" != 0 ] || pid=none
    echo "$pid"
}

status_of_main() {
    inside sed -n "s/^$1:[[:space:]]*//p" "/proc/$(main_pid)/status" | tr '\t' ' '
}

is_of_a_user_of_its_own() {
    local user
    user=$(inside id -u video-call)
    equals "$(status_of_main Uid)" "$user $user $user $user"
}

locks_its_secrets() {
    local locked
    locked=$(status_of_main VmLck)
    echo "locked: $locked"
    [ "${locked%% *}" -gt 0 ]
}

dumps_no_core() {
    inside grep -q '^Max core file size  *0  *0 ' "/proc/$(main_pid)/limits"
}

shows_settings_to_nobody() {
    ! inside setpriv --reuid=www-data --regid=www-data --clear-groups \
        cat $environment
}

leaves_settings_alone() {
    ! inside setpriv --reuid=video-call --regid=video-call --clear-groups test -w $environment
}

# Counts the parent, its workers and the janitor.
counts_processes() {
    local group
    group=$(inside systemctl show --property ControlGroup --value video-call-fcgi.service)
    equals "$(inside cat "/sys/fs/cgroup$group/cgroup.procs" | wc -l)" "$1"
}

confinement_checks() {
    check "systemctl enable --now starts it" inside systemctl enable --now video-call-fcgi.service
    check "it is active" inside systemctl is-active video-call-fcgi.service video-call-fcgi.socket
    check "the socket is 660 root:www-data" has_file 660 root:www-data /run/video-call/video-call.sock
    check "a call works through nginx, sandboxed" walks_a_call
    check "video-callctl smoke passes" inside video-callctl smoke $site \
        --instructor 100000000000000001 --mentee 200000000000000001 \
        --stranger 200000000000000002 --mentorship $mentorship
    check "video-callctl stats finds the metrics on its own" stats_are_there
    check "health and metrics are not on the portal's server" answers 404 GET metrics
    check "it runs as its own user" is_of_a_user_of_its_own
    check "it can't gain privileges" equals "$(status_of_main NoNewPrivs)" 1
    check "its system calls are filtered" equals "$(status_of_main Seccomp)" 2
    check "it has no capabilities" equals "$(status_of_main CapBnd) $(status_of_main CapEff)" \
        "0000000000000000 0000000000000000"
    check "it keeps its secrets in locked memory" locks_its_secrets
    check "it dumps no core" dumps_no_core
    check "nginx's user can't read its settings" shows_settings_to_nobody
    check "it can't write its settings" leaves_settings_alone
}

# ── changed, restarted, broken ──

takes_settings_over() {
    set_setting VIDEO_CALL_WORKERS 3
    inside systemctl reload video-call-fcgi.service && within 10 counts_processes 5
}

keeps_old_settings() {
    set_setting VIDEO_CALL_WORKERS many
    inside systemctl reload video-call-fcgi.service || true
    sleep 1
    set_setting VIDEO_CALL_WORKERS 3
    is_ready && counts_processes 5
}

# Fixing the mistake must be enough: no reset or restart by hand.
heals_when_corrected() {
    set_setting VIDEO_CALL_WORKERS many
    ! inside systemctl restart video-call-fcgi.service || return 1
    inside journalctl --no-pager -u video-call-fcgi.service | grep 'VIDEO_CALL_WORKERS: must be' || return 1
    set_setting VIDEO_CALL_WORKERS 3
    within 10 is_ready
}

restarts() {
    local before
    before=$(main_pid)
    inside systemctl restart video-call-fcgi.service && [ "$(main_pid)" != "$before" ]
}

has_other_main() {
    local now
    now=$(main_pid)
    [ "$now" != none ] && [ "$now" != "$1" ] && inside systemctl is-active --quiet video-call-fcgi.service
}

survives_signal() {
    local before
    before=$(main_pid)
    inside kill -s "$1" "$before"
    within 15 has_other_main "$before" && is_ready
}

starts_at_a_request() {
    inside systemctl stop video-call-fcgi.service
    inside systemctl is-active --quiet video-call-fcgi.socket
    # It may respond before systemd has read its READY=1.
    is_ready && within 2 inside systemctl is-active video-call-fcgi.service
}

is_closed() {
    equals "$(bed_psql -d portal -A -t -c 'SELECT count(*) FROM video_calls WHERE status = '"'failed'")" 1
}

janitor_closes() {
    set_setting VIDEO_CALL_JANITOR_INTERVAL_SEC 1
    inside systemctl restart video-call-fcgi.service
    bed_psql -d portal -c "INSERT INTO video_calls (mentorship_id, instructor_id, mentee_id,
        start_time, last_sign_at) SELECT id, instructor_id, mentee_id, now() - interval '1 day',
        now() - interval '1 day' FROM mentorships WHERE id = '$mentorship'"
    within 5 is_closed
}

says_nothing_of_permissions() {
    inside journalctl --no-pager -u video-call-fcgi.service >"$bed/journal"
    tail -n 20 "$bed/journal"
    grep -q '"message":"ready"' "$bed/journal" || return 1
    ! grep -i 'not permitted\|permission denied\|SIGSYS\|read-only file system' "$bed/journal"
}

# The unit's 30 s are too long for a test.
set_watchdog() {
    inside install -d /etc/systemd/system/video-call-fcgi.service.d
    printf '[Service]\nWatchdogSec=%s\n' "$1" \
        >"$root/etc/systemd/system/video-call-fcgi.service.d/watchdog.conf"
    inside systemctl daemon-reload
}

restart_count() {
    inside systemctl show --property NRestarts --value video-call-fcgi.service
}

watchdog_checks() {
    local restarts
    set_watchdog 2
    inside systemctl restart video-call-fcgi.service
    restarts=$(restart_count)
    sleep 5
    check "with a watchdog of 2 s it isn't restarted within 5" equals "$(restart_count)" "$restarts"
    check "a hung pool is replaced" survives_signal STOP
    inside rm -r /etc/systemd/system/video-call-fcgi.service.d
    inside systemctl daemon-reload
    inside systemctl restart video-call-fcgi.service
}

service_checks() {
    bed_say "the units, under systemd"
    confinement_checks
    under_load "reload applies new settings" takes_settings_over
    check "reload with invalid settings keeps the old ones" keeps_old_settings
    under_load "restart replaces the pool" restarts
    check "invalid settings are reported, and fixing them is enough" heals_when_corrected
    check "a killed pool is restarted" survives_signal KILL
    watchdog_checks
    check "when stopped, it starts on a request" starts_at_a_request
    check "the janitor closes a stale call" janitor_closes
    check "the sandbox denied it nothing" says_nothing_of_permissions
}

# ── upgraded, removed, purged ──

upgrades() {
    install_package "$bed"/second/video-call_*.deb
    [ "$root_has_systemd" = no ] || within 10 runs_version "$(version_of_tree "$bed/second/tree")"
}

# The running program, not the installed file: without a restart after the upgrade they
# differ.
runs_version() {
    equals "$(inside "/proc/$(main_pid)/exe" --version)" "video-call $1"
}

upgrade_checks() {
    local settings snippet=/etc/nginx/snippets/video-call-upstream.conf
    bed_say "upgrade"
    sed -i 's/rate=20r/rate=21r/' "$root$snippet"
    settings=$(inside cat $environment)
    # As installed by earlier versions, in which systemd read it.
    inside chown root:root $environment
    inside chmod 600 $environment
    if [ "$root_has_systemd" = yes ]; then
        under_load "the next version takes over" upgrades
    else
        check "the next version installs" upgrades
    fi
    check "it prints the new version" equals "$(inside video-call-fcgi --version)" \
        "video-call $(version_of_tree "$bed/second/tree")"
    check "the administrator's change to a snippet is kept" inside grep -q 'rate=21r' $snippet
    check "the new snippet is put next to it" inside grep -q 'Of the version after' $snippet.dpkg-dist
    check "the settings are kept" equals "$(inside cat $environment)" "$settings"
    check "the service can read them, not only root" has_file 640 root:video-call $environment
}

is_stopped() {
    equals "$(inside systemctl is-active video-call-fcgi.service video-call-fcgi.socket | sort -u)" inactive
}

is_gone() {
    local path
    for path in "$@"; do
        ! inside test -e "$path" || {
            echo "$path still exists"
            return 1
        }
    done
}

# Every file of that name written since the installation, except the test's own.
nothing_of_it_is_left() {
    local left
    left=$(inside find / -xdev -name '*video-call*' \
        -not -path '/proc/*' -not -path '/srv/test*' -newer /srv/test/began |
        grep -v '^/etc/nginx/conf.d/video-call.conf$' || true)
    equals "$left" ""
    ! inside dpkg-query -W video-call
}

purge_names() {
    local place
    inside dpkg -P video-call >"$bed/purge.log" 2>&1 || return 1
    cat "$bed/purge.log"
    for place in "$@"; do
        grep -qx "  $place" "$bed/purge.log" || {
            echo "it doesn't name $place"
            return 1
        }
    done
    ! inside nginx -t
}

# In a file that only nginx itself finds.
include_elsewhere() {
    rm "$root/etc/nginx/conf.d/video-call.conf" "$root/etc/nginx/sites-enabled/portal"
    echo 'include /srv/test/elsewhere.conf;' >"$root/etc/nginx/conf.d/elsewhere.conf"
    echo 'include snippets/video-call-upstream.conf;' >"$root/srv/test/elsewhere.conf"
    install_package "$bed"/second/video-call_*.deb && inside nginx -t
}

include_nothing() {
    echo '# include /etc/nginx/snippets/video-call.conf;' >"$root/etc/nginx/conf.d/elsewhere.conf"
    install_package "$bed"/second/video-call_*.deb && inside nginx -t
}

purge_is_silent_about_nginx() {
    inside dpkg -P video-call >"$bed/purge.log" 2>&1 || return 1
    cat "$bed/purge.log"
    ! grep -q nginx "$bed/purge.log" && inside nginx -t
}

removal_checks() {
    bed_say "removal"
    check "dpkg removes it" inside dpkg -r video-call
    [ "$root_has_systemd" = no ] || check "service and socket are stopped" \
        is_stopped
    check "programs and units are gone" is_gone /usr/sbin/video-call-fcgi /usr/bin/video-callctl \
        /lib/systemd/system/video-call-fcgi.service /lib/systemd/system/video-call-fcgi.socket
    check "nginx still accepts the snippets" inside nginx -t
    check "purge names every include nginx still has" purge_names \
        /etc/nginx/conf.d/video-call.conf:{1,4} /etc/nginx/sites-enabled/portal:3
    check "nothing of it is left" nothing_of_it_is_left
    check "it installs again, with the include in a file elsewhere" include_elsewhere
    check "purge names that include too" purge_names /srv/test/elsewhere.conf:1
    check "it installs again, with the include commented out" include_nothing
    check "purge then says nothing about nginx" purge_is_silent_about_nginx
    check "nothing of it is left" nothing_of_it_is_left
}
