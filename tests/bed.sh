# bed: what the demo and the tests stand on, as shell functions to source: packages, a
# build, and a private PostgreSQL, pool and nginx that leave nothing behind.
#
#     . tests/bed.sh
#     bed_open DIRECTORY-PREFIX     makes $bed, a private folder; trap bed_close EXIT
#     bed_packages NAME...          installs Debian packages that are missing;
#                                     ${bed_needs[@]} is what building and serving takes
#     bed_build FOLDER [CONFIGURE-ARGUMENT...]
#     bed_postgres                  $bed/pg holds its socket
#     bed_database NAME             a database with the portal's tables and the migration
#     bed_pool PROGRAM NAME         a pool on database NAME, settings from the environment
#     bed_portal_build FOLDER       the development portal with our pages, built
#     bed_portal FOLDER PORT        that portal, behind the nginx that comes after it where
#                                     $bed_portal_port says its port
#     bed_nginx PORT SOCKET         a private nginx with the two snippets; $bed_rate, where
#                                     set, is what one client may ask a second
#     bed_close                     stops all of it, last first, and removes the folder
#
# Everything started is remembered by process id, and every wait has an end.

bed_source=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
bed_began=$(date +%s)
bed_processes=()
bed_needs=(gcc make autoconf automake pkg-config libc6-dev libfcgi-dev libpq-dev libsodium-dev
    libssl-dev libjson-c-dev libcurl4-openssl-dev zlib1g-dev nginx-light postgresql-15
    postgresql-client-15 curl ca-certificates)

bed_say() {
    printf '[%4ds] %s\n' $(($(date +%s) - bed_began)) "$*"
}

bed_fail() {
    printf '%s: %s\n' "$(basename "$0")" "$*" >&2
    exit 1
}

bed_is_root() {
    [ "$(id -u)" = 0 ]
}

# Runs a command as the user PostgreSQL may run as: it refuses root. The command takes this
# process's place, so call it in a subshell.
bed_exec_as_postgres() {
    if bed_is_root; then
        exec setpriv --reuid=postgres --regid=postgres --init-groups "$@"
    fi
    exec "$@"
}

bed_open() {
    bed=$(mktemp -d "${TMPDIR:-/tmp}/$1.XXXXXX")
    chmod 755 "$bed"
}

# While packages are installed, Debian must not start what they hold: the bed has its own.
bed_packages() {
    local missing=() package keeper=/usr/sbin/policy-rc.d kept=
    for package in "$@"; do
        dpkg-query -W -f '${Status}' "$package" 2>/dev/null | grep -q 'ok installed' ||
            missing+=("$package")
    done
    [ ${#missing[@]} -gt 0 ] || return 0
    bed_is_root ||
        bed_fail "packages are missing: run this as root, or first: apt-get install ${missing[*]}"
    bed_say "installing ${#missing[@]} packages: ${missing[*]}"
    if [ ! -e $keeper ]; then
        printf '#!/bin/sh\nexit 101\n' >$keeper
        chmod 755 $keeper
        kept=yes
    fi
    if ! {
        apt-get update -q && DEBIAN_FRONTEND=noninteractive apt-get install -q -y \
            --no-install-recommends "${missing[@]}"
    } >"$bed/packages.log" 2>&1; then
        [ -z "$kept" ] || rm -f $keeper
        tail -n 20 "$bed/packages.log" >&2
        bed_fail "the packages could not be installed"
    fi
    [ -z "$kept" ] || rm -f $keeper
}

bed_run_logged() {
    local log=$1
    shift
    if ! "$@" >"$log" 2>&1; then
        tail -n 40 "$log" >&2
        bed_fail "failed: $*"
    fi
}

# Builds out of tree, so that several builds stand beside each other. The sources may be
# built in their own folder already, which automake does not allow at the same time.
bed_build() {
    local folder=$1
    shift
    mkdir -p "$folder"
    bed_say "building in $folder${*:+ ($*)}"
    if [ ! -x "$bed_source/configure" ] ||
        [ "$bed_source/configure.ac" -nt "$bed_source/configure" ] ||
        [ "$bed_source/Makefile.am" -nt "$bed_source/Makefile.in" ]; then
        bed_run_logged "$folder/autoreconf.log" autoreconf -fi "$bed_source"
    fi
    [ ! -e "$bed_source/config.status" ] ||
        bed_fail "$bed_source is configured in place: make distclean there first"
    (cd "$folder" && bed_run_logged configure.log "$bed_source/configure" "$@") || exit 1
    (cd "$folder" && bed_run_logged make.log make -j "$(nproc)") || exit 1
}

bed_wait() {
    local what=$1 tries
    shift
    for ((tries = 0; tries < 150; tries++)); do
        "$@" >/dev/null 2>&1 && return 0
        sleep 0.1
    done
    bed_fail "$what did not come up within 15 s"
}

bed_postgres() {
    local bin data=$bed/pg/data
    bin=$(ls -d /usr/lib/postgresql/*/bin 2>/dev/null | sort -V | tail -n 1)
    [ -x "$bin/initdb" ] || bed_fail "PostgreSQL's server is not installed"
    bed_say "starting a private PostgreSQL"
    mkdir -p "$bed/pg"
    ! bed_is_root || chown postgres "$bed/pg"
    (cd "$bed/pg" && bed_exec_as_postgres "$bin/initdb" -D "$data" -U postgres \
        --auth=trust --encoding=UTF8 --locale=C.UTF-8) >"$bed/initdb.log" 2>&1 || {
        cat "$bed/initdb.log" >&2
        bed_fail "initdb failed"
    }
    (cd "$bed/pg" && bed_exec_as_postgres setsid "$bin/postgres" -D "$data" \
        -k "$bed/pg" -c listen_addresses= -c max_connections=200 "$@") \
        >"$bed/postgres.log" 2>&1 &
    bed_processes+=("$!:INT")
    bed_wait PostgreSQL "$bin/pg_isready" -q -h "$bed/pg" -U postgres
}

bed_psql() {
    psql -X -q -v ON_ERROR_STOP=1 -h "$bed/pg" -U postgres "$@"
}

bed_database() {
    local file
    bed_psql -d postgres -c "CREATE DATABASE $1"
    for file in "$bed_source"/sql/dev/*.sql "$bed_source/sql/add_video_calls_table.sql"; do
        bed_psql -d "$1" -f "$file"
    done
}

# As the backend would be told in production: its own role, by URL.
bed_database_url() {
    printf 'postgresql:///%s?host=%s&user=video_call' "$1" "$bed/pg"
}

bed_pool() {
    local program=$1 database=$2
    bed_say "starting the pool"
    DATABASE_URL=$(bed_database_url "$database") setsid "$program" \
        --listen "unix:$bed/video-call.sock" 2>"$bed/pool.log" &
    bed_processes+=("$!:TERM")
    bed_wait "the pool" grep -q '"message":"ready"' "$bed/pool.log"
    # nginx's workers are another user where the master is root.
    ! bed_is_root || chmod 666 "$bed/video-call.sock"
}

bed_node_is_recent() {
    command -v node >/dev/null && command -v npm >/dev/null &&
        node -e 'process.exit(Number(process.versions.node.split(".")[0]) >= 18 ? 0 : 1)'
}

bed_portal_location() {
    if [ -n "${bed_portal_port:-}" ]; then
        cat <<END
            proxy_pass http://127.0.0.1:$bed_portal_port;
            proxy_http_version 1.1;
            proxy_set_header Host \$http_host;
            proxy_set_header Connection "";
END
    else
        cat <<'END'
            default_type text/plain;
            return 404 "the portal would answer here\n";
END
    fi
}

# The bare portal with the pages copied over it, its types checked, built for production but
# for the media, which on a machine without internet cannot be Agora's.
bed_portal_build() {
    local folder=$1
    bed_say "assembling the portal in $folder"
    "$bed_source/portal/dev/assemble" "$folder"
    bed_say "installing the portal's packages"
    (cd "$folder" && bed_run_logged npm.log npm ci --ignore-scripts --no-audit --no-fund) || exit 1
    bed_say "checking the portal's types"
    (cd "$folder" && bed_run_logged types.log npm run --silent types) || exit 1
    bed_say "building the portal, which takes half a minute"
    (cd "$folder" && NEXT_TELEMETRY_DISABLED=1 VIDEO_CALL_DEV_MEDIA=on \
        bed_run_logged build.log npm run --silent build) || exit 1
}

# Needs NEXTAUTH_URL and NEXTAUTH_SECRET in the environment.
bed_portal() {
    local folder=$1 port=$2
    bed_say "starting the portal"
    (cd "$folder" && NEXT_TELEMETRY_DISABLED=1 VIDEO_CALL_DEV_MEDIA=on exec setsid \
        node node_modules/next/dist/bin/next start -H 127.0.0.1 -p "$port") >"$bed/portal.log" 2>&1 &
    bed_processes+=("$!:TERM")
    bed_wait "the portal" curl -sf -o /dev/null "http://127.0.0.1:$port/"
}

# Writes a configuration around the two snippets as they are, but for the socket's path.
bed_nginx_configuration() {
    local port=$1 socket=$2 folder=$3
    sed -e "s|unix:/run/video-call/video-call.sock|unix:$socket|" \
        -e "s|rate=20r/s|rate=${bed_rate:-20r/s}|" \
        "$bed_source/nginx/video-call-upstream.conf" >"$folder/upstream.conf"
    cat <<END
$(bed_is_root && echo 'user www-data;')
worker_processes auto;
pid $folder/nginx.pid;
error_log $folder/error.log warn;
daemon off;
events { worker_connections 1024; }
http {
    access_log $folder/access.log;
    client_body_temp_path $folder/body;
    proxy_temp_path $folder/proxy;
    fastcgi_temp_path $folder/fastcgi;
    uwsgi_temp_path $folder/uwsgi;
    scgi_temp_path $folder/scgi;
    include $folder/upstream.conf;
    server {
        listen 127.0.0.1:$port;
        include $bed_source/nginx/video-call.conf;
        location / {
$(bed_portal_location)
        }
    }
}
END
}

bed_nginx() {
    local port=$1 socket=$2 folder=$bed/nginx-$1
    bed_say "starting a private nginx on port $port"
    mkdir -p "$folder"
    bed_nginx_configuration "$port" "$socket" "$folder" >"$folder/nginx.conf"
    bed_run_logged "$folder/test.log" /usr/sbin/nginx -t -p "$folder" \
        -c "$folder/nginx.conf"
    setsid /usr/sbin/nginx -p "$folder" -c "$folder/nginx.conf" \
        2>"$folder/stderr.log" &
    bed_processes+=("$!:QUIT")
    bed_wait nginx curl -s -o /dev/null "http://127.0.0.1:$port/"
}

bed_port_is_free() {
    ! (exec 3<>"/dev/tcp/127.0.0.1/$1") 2>/dev/null
}

# The given port, or the next that nobody listens on.
bed_free_port() {
    local port=$1
    while ! bed_port_is_free "$port"; do
        port=$((port + 1))
    done
    printf '%s' "$port"
}

bed_stop() {
    local pid=$1 signal=$2 tries
    kill -0 "$pid" 2>/dev/null || return 0
    kill -s "$signal" "$pid" 2>/dev/null
    for ((tries = 0; tries < 100; tries++)); do
        kill -0 "$pid" 2>/dev/null || return 0
        sleep 0.1
    done
    kill -s KILL "$pid" 2>/dev/null
}

bed_close() {
    local at entry
    trap - EXIT
    for ((at = ${#bed_processes[@]} - 1; at >= 0; at--)); do
        entry=${bed_processes[at]}
        bed_stop "${entry%:*}" "${entry#*:}"
    done
    bed_processes=()
    wait 2>/dev/null
    [ -z "${bed:-}" ] || rm -rf "$bed"
}
