# way: a distant database, directly or behind a pooler, as shell functions to source after
# tests/bed.sh and tests/packages.sh.
#
#     bench_far TRIP_MS BUILD     sets $bench_folder to the folder of a socket that leads to the
#                                 private PostgreSQL with that round-trip time
#     bench_pooler TRIP_MS BUILD  the same through its own PgBouncer, in transaction mode with 16
#                                 connections; stop it with bed_stop "$bench_pooler_pid" TERM

bench_far() {
    bench_folder=$bed/pg
    [ "$1" != 0 ] || return 0
    bench_folder=$bed/far-$1
    [ ! -d "$bench_folder" ] || return 0
    mkdir "$bench_folder"
    "$2/tests/bench/distance" "$bench_folder/.s.PGSQL.5432" "$bed/pg/.s.PGSQL.5432" $(($1 * 500)) &
    bed_processes+=("$!:TERM")
    bed_wait "the relay" test -S "$bench_folder/.s.PGSQL.5432"
}

bench_pooler() {
    bench_far "$1" "$2"
    rm -rf "$bed/pooler"
    bed_pgbouncer "$bed/pooler" transaction 16 "$bench_folder"
    bench_pooler_pid=${bed_processes[-1]%:*}
    bench_folder=$bed/pooler
}
