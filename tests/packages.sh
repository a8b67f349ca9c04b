# packages: what the tests need besides what tests/bed.sh brings, as shell functions to
# source after it.
#
#     bed_test_packages    compilers, servers and Node.js, as Debian has them
#     bed_node_modules     the portal's client libraries, from the lock file
#     bed_pgbouncer FOLDER MODE CONNECTIONS
#                            a pooler before the private PostgreSQL; FOLDER holds its socket

bed_test_packages() {
    local packages=("${bed_needs[@]}" clang xz-utils libcmocka-dev valgrind pgbouncer libfaketime
        perl-base chromium firefox-esr prometheus mandoc jq)
    bed_node_is_recent || packages+=(nodejs npm)
    bed_packages "${packages[@]}"
}

bed_node_modules() {
    local folder=$bed_source/tests/integration
    if [ ! -e "$folder/node_modules/.package-lock.json" ] ||
        [ "$folder/package-lock.json" -nt "$folder/node_modules/.package-lock.json" ]; then
        bed_say "installing the portal's client libraries"
        (cd "$folder" && bed_run_logged "$bed/npm.log" npm ci --legacy-peer-deps \
            --ignore-scripts --no-audit --no-fund) || exit 1
    fi
}

bed_pgbouncer() {
    local folder=$1 mode=$2 connections=$3
    mkdir -p "$folder"
    printf '"video_call" ""\n' >"$folder/users.txt"
    cat >"$folder/pgbouncer.ini" <<END
[databases]
* = host=$bed/pg
[pgbouncer]
listen_addr =
unix_socket_dir = $folder
listen_port = 5432
auth_type = trust
auth_file = $folder/users.txt
pool_mode = $mode
default_pool_size = $connections
max_client_conn = 500
logfile =
END
    ! bed_is_root || chown -R postgres "$folder"
    bed_exec_as_postgres setsid /usr/sbin/pgbouncer -q "$folder/pgbouncer.ini" \
        2>"$folder.log" &
    bed_processes+=("$!:TERM")
    bed_wait PgBouncer test -S "$folder/.s.PGSQL.5432"
}
