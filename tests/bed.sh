# bed: the test bed of the demo and the tests, as shell functions to source: packages, a
# build, and a private PostgreSQL, pool and nginx that leave nothing behind.
#
#     . tests/bed.sh
#     bed_open DIRECTORY-PREFIX     makes $bed, a private folder; trap bed_close EXIT
#     bed_packages NAME...          installs missing Debian packages; ${bed_needs[@]} lists
#                                   those for building and serving
#     bed_node FOLDER               puts npm and a recent enough Node.js in PATH: the
#                                   machine's, or one installed in that folder
#     bed_prepare FOLDER            copies the tree there, with configure, for builds to use
#     bed_build FOLDER [CONFIGURE-ARGUMENT...]
#                                   builds from that copy; makes one if there is none
#     bed_postgres                  starts PostgreSQL; $bed/pg holds its socket
#     bed_database NAME             creates a database with the portal's tables and ours
#     bed_pool PROGRAM NAME         starts a pool on database NAME, with settings from the
#                                   environment
#     bed_portal_build FOLDER       builds the development portal with our pages
#     bed_portal FOLDER             starts that portal; call it before bed_nginx
#     bed_nginx PORT SOCKET         starts a private nginx with the snippets; $bed_rate, if
#                                   set, replaces the rate limit per client
#     bed_close                     stops everything, last first, and removes the folder
#
# Everything it starts is stopped by process ID, and every wait has a timeout.

bed_source=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
bed_began=$(date +%s)
# Absolute, because commands that use it run in other folders.
case ${VIDEO_CALL_BUILD:-/} in
/*) ;;
*) export VIDEO_CALL_BUILD=$PWD/$VIDEO_CALL_BUILD ;;
esac
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

# As root, runs a command as user postgres, because PostgreSQL refuses to run as root. The
# command replaces this process, so call it in a subshell.
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

# Shows the end of a log without host names.
bed_show() {
    tail -n "$1" "$2" | sed -E 's#(https?://)[^/ "]+#\1...#g' >&2
}

# Services that systemd starts at boot, except those of a standard Debian.
bed_services() {
    local link package
    for link in /etc/systemd/system/*.wants/*.service; do
        package=$(dpkg-query -S "$(readlink "$link")" 2>/dev/null | cut -d : -f 1) || continue
        [ "$(dpkg-query -W -f '${Priority}' "$package" 2>/dev/null)" != optional ] ||
            basename "$link" .service
    done | sort -u
}

# Installing a package must not start its service: the bed has its own. Says which services
# will start at the next boot, so that the administrator can decide.
bed_packages() {
    local missing=() package keeper=/usr/sbin/policy-rc.d kept= before after
    for package in "$@"; do
        dpkg-query -W -f '${Status}' "$package" 2>/dev/null | grep -q 'ok installed' ||
            missing+=("$package")
    done
    [ ${#missing[@]} -gt 0 ] || return 0
    bed_is_root ||
        bed_fail "packages are missing: run this as root, or run first: apt-get install ${missing[*]}"
    bed_say "installing ${#missing[@]} packages: ${missing[*]}"
    before=$(bed_services)
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
        bed_show 20 "$bed/packages.log"
        bed_fail "the packages couldn't be installed"
    fi
    [ -z "$kept" ] || rm -f $keeper
    after=$(comm -13 <(echo "$before") <(bed_services) | paste -sd ' ')
    [ -z "$after" ] ||
        bed_say "Debian will start these at the next boot (systemctl disable prevents it): $after"
}

bed_run_logged() {
    local log=$1
    shift
    if ! "$@" >"$log" 2>&1; then
        bed_show 40 "$log"
        bed_fail "failed: $*"
    fi
}

# The files of a checkout, including uncommitted ones, or of an unpacked tarball without what
# was built in it.
bed_list_tree() {
    if git -C "$bed_source" rev-parse --is-inside-work-tree >/dev/null 2>&1; then
        git -C "$bed_source" -c core.quotePath=off ls-files --cached --others --exclude-standard |
            (cd "$bed_source" && while IFS= read -r file; do
                [ ! -e "$file" ] || echo "$file"
            done)
        return
    fi
    (cd "$bed_source" && find . \( -name node_modules -o -name .next -o -path ./.git \
        -o -path ./debian/build -o -path ./tests/results \) -prune -o ! -type d \
        ! -path ./config.status ! -path ./Makefile ! -name '*.o' ! -name '*.a' -print)
}

# Leaves out builds kept in the tree, and removes files that an earlier copy had and the
# tree no longer has.
bed_copy_tree() {
    local folder=$1 builds=${VIDEO_CALL_BUILD:-}
    builds=${builds#"$bed_source"/}/
    mkdir -p "$folder"
    touch "$folder/.copied"
    bed_list_tree | awk -v builds="$builds" 'index($0, builds) != 1 && index($0, "./" builds) != 1' |
        sort >"$folder/.copying"
    comm -23 "$folder/.copied" "$folder/.copying" | (cd "$folder" && xargs -r -d '\n' rm -f)
    tar -C "$bed_source" --verbatim-files-from -T "$folder/.copying" -cf - | tar -C "$folder" -xf -
    mv "$folder/.copying" "$folder/.copied"
}

bed_prepare() {
    bed_tree=$1
    bed_copy_tree "$bed_tree"
    if [ ! -x "$bed_tree/configure" ] || [ "$bed_tree/configure.ac" -nt "$bed_tree/configure" ] ||
        [ "$bed_tree/Makefile.am" -nt "$bed_tree/Makefile.in" ]; then
        bed_run_logged "$bed_tree/autoreconf.log" autoreconf -fi "$bed_tree"
    fi
}

# Builds from a copy of the tree, so nothing is written to the tree itself and several
# builds can exist side by side.
bed_build() {
    local folder=$1
    shift
    mkdir -p "$folder"
    bed_say "building in $folder${*:+ ($*)}"
    [ -n "${bed_tree:-}" ] || bed_prepare "$folder/source"
    (cd "$folder" && bed_run_logged configure.log "$bed_tree/configure" "$@") || exit 1
    (cd "$folder" && bed_run_logged make.log make -j "$(nproc)") || exit 1
}

bed_wait() {
    local what=$1 tries
    shift
    for ((tries = 0; tries < 150; tries++)); do
        "$@" >/dev/null 2>&1 && return 0
        sleep 0.1
    done
    bed_fail "$what didn't come up within 15 s"
}

# bed_serves WHAT PID LOG COMMAND...: like bed_wait, but if the server has exited or its
# port is taken, shows its log and fails immediately.
bed_serves() {
    local what=$1 pid=$2 log=$3 tries
    shift 3
    for ((tries = 0; tries < 150; tries++)); do
        if ! kill -0 "$pid" 2>/dev/null || grep -qs 'EADDRINUSE\|bind() to .* failed' "$log"; then
            break
        fi
        "$@" >/dev/null 2>&1 && return 0
        sleep 0.1
    done
    bed_show 20 "$log"
    bed_fail "$what didn't come up"
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
    bed_serves PostgreSQL "$!" "$bed/postgres.log" "$bin/pg_isready" -q -h "$bed/pg" -U postgres
}

bed_psql() {
    psql -X -q -v ON_ERROR_STOP=1 -h "$bed/pg" -U postgres "$@"
}

bed_database() {
    local file
    bed_psql -d postgres -c "CREATE DATABASE $1"
    for file in "$bed_source"/sql/dev/*.sql "$bed_source/sql/add_video_calls_table.sql" \
        "$bed_source/sql/video_call_functions.sql"; do
        bed_psql -d "$1" -f "$file"
    done
}

# As in production: a URL with the backend's own role.
bed_database_url() {
    printf 'postgresql:///%s?host=%s&user=video_call' "$1" "$bed/pg"
}

bed_pool() {
    local program=$1 database=$2
    bed_say "starting the pool"
    DATABASE_URL=$(bed_database_url "$database") setsid "$program" \
        --listen "unix:$bed/video-call.sock" 2>"$bed/pool.log" &
    bed_processes+=("$!:TERM")
    bed_serves "the pool" "$!" "$bed/pool.log" grep -q '"message":"ready"' "$bed/pool.log"
    # If the master is root, nginx's workers run as another user.
    ! bed_is_root || chmod 666 "$bed/video-call.sock"
}

# Next.js 15 needs this for signing in, and Debian 12's own Node.js lacks it.
bed_node_will_do() {
    command -v node >/dev/null && node -e 'process.exit(new Headers().getSetCookie ? 0 : 1)' 2>/dev/null
}

# bed_npm_ci FOLDER WHAT [ARGUMENT...]: installs what the lock file names, unless it is
# already there.
bed_npm_ci() {
    local folder=$1 what=$2
    shift 2
    [ ! "$folder/node_modules/.package-lock.json" -nt "$folder/package-lock.json" ] || return 0
    bed_say "installing $what"
    (cd "$folder" && bed_run_logged "$bed/npm.log" npm ci --ignore-scripts --no-audit --no-fund "$@") || exit 1
}

# Debian's npm itself runs only on Debian's Node.js; its scripts run on the one in PATH.
bed_node() {
    local folder=$1
    command -v npm >/dev/null || bed_packages npm
    ! bed_node_will_do || return 0
    mkdir -p "$folder/bin"
    cp -p "$bed_source"/tests/node/package*.json "$folder/"
    bed_npm_ci "$folder" "a private Node.js: the pages can't run on $(node --version)"
    printf '#!/bin/bash\nexec %q %q "$@"\n' "$(command -v node)" "$(readlink -f "$(command -v npm)")" \
        >"$folder/bin/npm"
    chmod 755 "$folder/bin/npm"
    ln -sf "$folder"/node_modules/node-linux-*/bin/node "$folder/bin/node"
    export PATH=$folder/bin:$PATH
    bed_node_will_do || bed_fail "that Node.js doesn't run here: install version 20 or newer by hand"
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

# The bare portal with the pages copied over it, type-checked and built for production. Only
# the media is a stand-in, because Agora's can't be reached without internet.
bed_portal_build() {
    local folder=$1
    bed_say "assembling the portal in $folder"
    "$bed_source/portal/dev/assemble" "$folder"
    bed_npm_ci "$folder" "the portal's packages"
    bed_say "checking the portal's types"
    (cd "$folder" && bed_run_logged types.log npm run --silent types) || exit 1
    bed_say "building the portal, which takes half a minute"
    (cd "$folder" && NEXT_TELEMETRY_DISABLED=1 VIDEO_CALL_DEV_MEDIA=on \
        bed_run_logged build.log npm run --silent build) || exit 1
}

# Needs NEXTAUTH_URL and NEXTAUTH_SECRET in the environment. The portal picks a free port;
# $bed_portal_port is set to it.
bed_portal() {
    local folder=$1
    bed_say "starting the portal"
    (cd "$folder" && NEXT_TELEMETRY_DISABLED=1 VIDEO_CALL_DEV_MEDIA=on exec setsid \
        node node_modules/next/dist/bin/next start -H 127.0.0.1 -p 0) >"$bed/portal.log" 2>&1 &
    bed_processes+=("$!:TERM")
    bed_serves "the portal" "$!" "$bed/portal.log" grep -q 'Ready in' "$bed/portal.log"
    bed_portal_port=$(sed -n 's|.*http://127\.0\.0\.1:\([0-9]*\).*|\1|p' "$bed/portal.log" | head -n 1)
    bed_serves "the portal" "$!" "$bed/portal.log" curl -sf -o /dev/null "http://127.0.0.1:$bed_portal_port/"
}

# Writes a configuration that includes the snippets, with only the socket's path and the
# rate changed. Health and metrics are on the same port of 127.0.0.2.
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
events { worker_connections 4096; }
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
    server {
        listen 127.0.0.2:$port;
        include $bed_source/nginx/video-call-local.conf;
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
    bed_serves nginx "$!" "$folder/error.log" bed_nginx_serves "$!" "$folder/nginx.pid" "$port"
}

# nginx writes its process ID once it has the port, so another server's response doesn't
# count.
bed_nginx_serves() {
    [ "$(cat "$2")" = "$1" ] && curl -s -o /dev/null "http://127.0.0.1:$3/"
}

bed_port_is_free() {
    ! (exec 3<>"/dev/tcp/127.0.0.1/$1") 2>/dev/null
}

# The given port or the next free one.
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
