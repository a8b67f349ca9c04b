# statement: the exact statement a request sends to the database, as shell functions to
# source after tests/bed.sh.
#
#     bench_setting NAME VALUE       changes a setting of the running private PostgreSQL
#     bench_statement FILE CALLER COMMAND...
#                                    runs the command and takes from the server's log (needs
#                                    log_statement = all) the last statement whose first
#                                    parameter is CALLER, a Discord id. Writes FILE.sql for
#                                    pgbench, FILE.given with its parameters, and FILE.bytes
#                                    with its size on the wire: unnamed, and by name if it has
#                                    one
#     bench_pgbench FILE ARGUMENT... runs pgbench with that statement and those parameters

bench_setting() {
    bed_psql -d postgres -c "ALTER SYSTEM SET $1 = '$2'" -c "SELECT pg_reload_conf()" >/dev/null
    sleep 0.5
}

# Three lines: its name, its text, its parameters.
bench_last_asked() {
    awk -v mark="parameters: \$1 = '$1'" '
        sub(/^.*LOG:  execute /, "") { asked = $0 }
        /DETAIL:  parameters: / && index($0, mark) {
            sub(/^.*parameters: /, "")
            at = index(asked, ": ")
            found = substr(asked, 1, at - 1) "\n" substr(asked, at + 2) "\n" $0
        }
        END { print found }'
}

# From "$1 = 'x', $2 = NULL" makes the line "p1=x". To pgbench an undefined variable is
# NULL.
bench_given() {
    grep -o "\$[0-9]* = '[^']*'" <<<"$1" | sed "s/^.\([0-9]*\) = '\(.*\)'\$/p\1=\2/"
}

# libpq sends Parse (unless the statement is named), Bind, Describe, Execute and Sync.
bench_bytes() {
    local name=$1 text=$2 parameters=$3
    awk -v name="$name" -v text_bytes=${#text} -v parameters="$parameters" '
        { value_bytes += length(substr($0, index($0, "=") + 1)) }
        END {
            bind = 15 + 4 * gsub(/\$[0-9]+ = /, "", parameters) + value_bytes
            print 9 + text_bytes + bind + 7 + 10 + 5,
                name == "<unnamed>" ? "-" : bind + length(name) + 7 + 10 + 5
        }'
}

# The statement keeps its numbered parameters; a comment makes pgbench bind them. pgbench takes
# :MI and :SS for its own variables, even in a string, so "" splits them, which to_char ignores.
bench_statement() {
    local file=$1 caller=$2 name='' text='' parameters='' logged
    shift 2
    logged=$(wc -c <"$bed/postgres.log")
    "$@"
    { read -r name && read -r text && read -r parameters; } < <(
        tail -c +"$((logged + 1))" "$bed/postgres.log" | bench_last_asked "$caller") ||
        bed_fail "the statement for $(basename "$file") isn't in the server's log"
    bench_given "$parameters" >"$file.given"
    bench_bytes "$name" "$text" "$parameters" <"$file.given" >"$file.bytes"
    printf '/* %s */ %s;\n' \
        "$(grep -o '\$[0-9]* = ' <<<"$parameters" | sed 's/.\([0-9]*\) = /:p\1/' | paste -sd ' ')" \
        "$(sed 's/HH24:MI:SS/HH24:""MI:""SS/g' <<<"$text")" >"$file.sql"
}

bench_pgbench() {
    local file=$1 bin given
    shift
    bin=$(ls -d /usr/lib/postgresql/*/bin | sort -V | tail -n 1)
    mapfile -t given < <(sed 's/^/--define=/' "$file.given")
    "$bin/pgbench" -n -U video_call -f "$file.sql" "${given[@]}" "$@"
}
