# packages: what the tests need besides tests/bed.sh, as shell functions to source after it.
#
#     bed_test_packages    installs Debian's compilers, servers and npm
#     bed_node_modules     installs the portal's client libraries, from the lock file
#     bed_pgbouncer FOLDER MODE CONNECTIONS [SERVER-FOLDER]
#                          starts a pooler in front of the private PostgreSQL; FOLDER holds its
#                          socket

bed_test_packages() {
    local packages=("${bed_needs[@]}" clang clang-format-14 libclang-rt-14-dev libjansson-dev xz-utils libcmocka-dev valgrind pgbouncer libfaketime
        perl-base chromium chromium-headless-shell firefox-esr prometheus mandoc jq python3-yaml)
    command -v npm >/dev/null || packages+=(npm)
    bed_packages "${packages[@]}"
}

bed_node_modules() {
    bed_npm_ci "$bed_source/tests/integration" "the portal's client libraries" --legacy-peer-deps
}

bed_pgbouncer() {
    local folder=$1 mode=$2 connections=$3
    mkdir -p "$folder"
    printf '"video_call" ""\n' >"$folder/users.txt"
    cat >"$folder/pgbouncer.ini" <<END
[databases]
* = host=${4:-$bed/pg}
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
    bed_exec_as_postgres setsid /usr/sbin/pgbouncer "$folder/pgbouncer.ini" \
        2>"$folder.log" &
    bed_processes+=("$!:TERM")
    bed_serves PgBouncer "$!" "$folder.log" test -S "$folder/.s.PGSQL.5432"
}
