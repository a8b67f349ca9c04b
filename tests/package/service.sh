# service: checks the installed package: its files, configuration and socket activation. For
# run, in root.sh's namespaces.

site=http://127.0.0.1:8099
local_site=http://127.0.0.1:8081
mentorship=11111111-1111-4111-8111-111111111111
environment=/etc/video-call/video-call.env

# ── installed ──

install_package() {
    cp "$1" "$root/srv/test/package.deb"
    inside dpkg -i --force-confold /srv/test/package.deb
}

# MODE OWNER:GROUP PATH of every file, except man pages and completions.
expected_files() {
    cat <<'END'
644 root:root /etc/nginx/snippets/video-call-upstream.conf
644 root:root /etc/nginx/snippets/video-call.conf
644 root:root /etc/nginx/snippets/video-call-local.conf
640 root:video-call /etc/video-call/video-call.env
644 root:root /lib/systemd/system/video-call-fcgi.service
644 root:root /lib/systemd/system/video-call-fcgi.socket
755 root:root /usr/bin/video-callctl
755 root:root /usr/sbin/video-call-fcgi
644 root:root /usr/lib/sysusers.d/video-call.conf
644 root:root /usr/share/doc/video-call/examples/video-call.env.example
644 root:root /usr/share/video-call/openapi.yaml
644 root:root /usr/share/video-call/sql/add_video_calls_table.sql
644 root:root /usr/share/video-call/sql/video_call_functions.sql
644 root:root /usr/share/video-call/video-call.env.example
END
}

has_file() {
    equals "$(inside stat -L -c '%a %U:%G %n' "$3")" "$1 $2 $3"
}

every_setting_once() {
    local name
    for name in $(inside video-call-fcgi --settings | sed -n 's/^\([A-Z_]*\)\( (or .*)\)\{0,1\}$/\1/p'); do
        equals "$name $(grep -c "^#\{0,1\}$name=" "$root/usr/share/video-call/video-call.env.example")" "$name 1"
    done
}

defaults_are_true() {
    diff <(inside video-call-fcgi --settings | awk '/^[A-Z]/ { name = $1 }
            match($0, /default: .*\]/) { print name "=" substr($0, RSTART + 9, RLENGTH - 10) }' |
            grep -v '=not set$' | sort) \
        <(sed -n 's/^#\([A-Z_]*=..*\)$/\1/p' "$root/usr/share/video-call/video-call.env.example" | sort)
}

example_loads() {
    inside env NEXTAUTH_SECRET=only-for-this video-call-fcgi \
        --env-file $environment --check >"$bed/answer" || true
    grep -q '^settings  *ok' "$bed/answer"
}

refuses_to_start_unconfigured() {
    ! inside timeout 10 video-call-fcgi --env-file $environment --listen unix:/tmp/none \
        >"$bed/answer" 2>&1 || return 1
    cat "$bed/answer"
    equals "$(wc -l <"$bed/answer")" 1
    grep -q 'NEXTAUTH_SECRET is not set' "$bed/answer"
}

is_neither_enabled_nor_active() {
    local unit
    for unit in video-call-fcgi.service video-call-fcgi.socket; do
        equals "$(inside systemctl is-enabled $unit)" disabled || return 1
        [ "$root_has_systemd" = no ] || equals "$(inside systemctl is-active $unit)" inactive || return 1
    done
}

# On small systems dpkg leaves out man pages, and then there is none to verify.
verify_is_silent() {
    local answer arguments=(--man=no)
    [ ! -e "$root/usr/share/man/man8/video-call-fcgi.8.gz" ] || arguments=(--man=yes)
    answer=$(inside systemd-analyze verify "${arguments[@]}" /lib/systemd/system/video-call-fcgi.service \
        /lib/systemd/system/video-call-fcgi.socket 2>&1) || return 1
    equals "$answer" ""
}

exposure() {
    inside systemd-analyze security --offline=yes --no-pager \
        /lib/systemd/system/video-call-fcgi.service |
        sed -n 's/.*Overall exposure level for [^:]*: \([0-9.]*\) .*/\1/p'
}

is_below() {
    printf '%s < %s\n' "$1" "$2"
    awk -v is="$1" -v most="$2" 'BEGIN { exit !(is != "" && is < most) }'
}

install_checks() {
    local mode owner path
    touch "$root/srv/test/began"
    check "it installs" install_package "$bed"/first/video-call_*.deb
    while read -r mode owner path; do
        check "$path is installed with mode $mode" has_file "$mode" "$owner" "$path"
    done < <(expected_files)
    check "video-call-fcgi prints its version" grep -q "^video-call $(version_of_tree "$bed/first/tree")$" \
        <(inside video-call-fcgi --version)
    check "the example lists every setting once" every_setting_once
    check "the example's defaults match the program's" defaults_are_true
    check "the example loads" example_loads
    check "unconfigured, it doesn't start, and says why in one line" refuses_to_start_unconfigured
    check "it is neither enabled nor active" is_neither_enabled_nor_active
    check "systemd-analyze verify reports nothing" verify_is_silent
    check "systemd-analyze security's exposure is below 2.0: $(exposure)" is_below "$(exposure)" 2.0
}

# ── the database and nginx ──

# Over TCP and TLS, like a remote database. Only the portal's tables: migrate adds ours.
start_database() {
    local file
    mkdir "$bed/tls"
    bed_run_logged "$bed/openssl.log" openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 \
        -nodes -days 2 -subj /CN=localhost -addext subjectAltName=DNS:localhost \
        -keyout "$bed/tls/server.key" -out "$bed/tls/server.crt"
    chown postgres "$bed/tls/server.key"
    bed_postgres -c listen_addresses=127.0.0.1 -c fsync=off -c ssl=on \
        -c ssl_cert_file="$bed/tls/server.crt" -c ssl_key_file="$bed/tls/server.key"
    bed_psql -d postgres -c "CREATE DATABASE portal"
    for file in "$bed_source"/sql/dev/*.sql; do
        bed_psql -d portal -f "$file"
    done
}

set_setting() {
    sed -i "s|^#\{0,1\}$1=.*|$1=$2|" "$root$environment"
}

write_site() {
    cat >"$root/etc/nginx/conf.d/video-call.conf" <<'END'
include /etc/nginx/snippets/video-call-upstream.conf;
server {
    listen 127.0.0.1:8081;
    include /etc/nginx/snippets/video-call-local.conf;
}
END
    # The way Debian enables a site.
    ln -s ../sites-available/portal "$root/etc/nginx/sites-enabled/portal"
    cat >"$root/etc/nginx/sites-available/portal" <<'END'
server {
    listen 127.0.0.1:8099;
    include /etc/nginx/snippets/video-call.conf;
}
END
}

configure_as_readme() {
    install -m 644 "$bed/tls/server.crt" "$root/etc/video-call/ca.crt"
    set_setting NEXTAUTH_SECRET "$(head -c 24 /dev/urandom | base64)"
    set_setting DATABASE_URL 'postgresql://video_call@localhost:5432/portal?sslmode=verify-full\&sslrootcert=/etc/video-call/ca.crt'
    set_setting NEXT_PUBLIC_AGORA_APP_ID "$(head -c 16 /dev/urandom | od -An -tx1 | tr -d ' \n')"
    set_setting AGORA_APP_CERTIFICATE "$(head -c 16 /dev/urandom | od -An -tx1 | tr -d ' \n')"
    write_site
    check "video-callctl migrate creates the ledger" inside env \
        ADMIN_DATABASE_URL='postgresql://postgres@localhost:5432/portal?sslmode=verify-full&sslrootcert=/etc/video-call/ca.crt' \
        video-callctl migrate
    check "configured, video-callctl check has no finding" inside video-callctl check
    check "nginx accepts the installed snippets" inside nginx -t
    inside nginx -g 'daemon off;' >"$bed/nginx.log" 2>&1 &
    bed_processes+=("$!:KILL")
    disown "$!"
    bed_wait nginx curl -s -o /dev/null $site/
    cookie=$(inside video-callctl session 100000000000000001)
}

is_ready() {
    equals "$(curl -s --max-time 10 -o "$bed/answer" -w '%{http_code}' $local_site/api/video-call/readyz)" 200
}

stats_are_there() {
    inside video-callctl stats >"$bed/answer" && grep -q '^workers' "$bed/answer"
}

# answers STATUS METHOD ROUTE [BODY]
answers() {
    local arguments=(-s --max-time 10 -o "$bed/answer" -w '%{http_code}' -X "$2" -H "Cookie: $cookie")
    [ -z "${4:-}" ] || arguments+=(-H 'Content-Type: application/json' -d "$4")
    equals "$(curl "${arguments[@]}" "$site/api/video-call/$3"; echo; tail -n 5 "$root/var/log/nginx/error.log" >&2)" "$1"
}

walks_a_call() {
    local call this="{\"mentorshipId\":\"$mentorship\"}"
    answers 200 POST token "$this" && answers 200 POST start "$this" || return 1
    call=$(sed -n 's/.*"callId":"\([^"]*\)".*/\1/p' "$bed/answer")
    answers 200 POST heartbeat "{\"callId\":\"$call\"}" && answers 200 POST end "{\"callId\":\"$call\"}"
}

# ── socket activation by hand ──

told() {
    grep -q "^$1$" "$bed/told"
}

told_times() {
    [ "$(grep -c "^$1$" "$bed/told")" -ge "$2" ]
}

signal_by_hand() {
    inside sh -c "kill -s $1 \$(cat /srv/test/pid)"
}

# As under the unit: not as root, with a settings file that only the service can read.
start_by_hand() {
    cp "$here/activate" "$root/srv/test/"
    inside install -d -m 755 /run/video-call
    inside install -m 400 -o nobody $environment /srv/test/video-call.env
    inside /srv/test/activate /run/video-call/video-call.sock /srv/test/pid \
        env HOME=/ setpriv --reuid=nobody --regid=nogroup --clear-groups --no-new-privs \
        video-call-fcgi --env-file /srv/test/video-call.env >"$bed/told" 2>"$bed/by-hand.log" &
    bed_processes+=("$!:KILL")
}

socket_is_held() {
    inside test -S /run/video-call/video-call.sock
}

by_hand_checks() {
    bed_say "socket activation by hand"
    start_by_hand
    check "given a socket, it sends READY=1" within 10 told READY=1
    check "the socket is 660 root:www-data" has_file 660 root:www-data /run/video-call/video-call.sock
    check "a call works through nginx and that socket" walks_a_call
    check "it sends WATCHDOG=1 in time" within 3 told_times WATCHDOG=1 2
    signal_by_hand HUP
    check "on SIGHUP it sends RELOADING=1" within 5 told RELOADING=1
    check "then READY=1 again" within 10 told_times READY=1 2
    signal_by_hand TERM
    check "on SIGTERM it sends STOPPING=1" within 5 told STOPPING=1
    check "it exits with 0" within 15 told 'exit 0'
    check "it doesn't remove the socket it was given" socket_is_held
    inside rm -rf /run/video-call /srv/test/video-call.env
}
