# load: sends requests while the service is being changed, and counts every response. For
# run. They come from eight local addresses, each below the rate limit per client.

load_clients=8

load_client() {
    local address=127.0.1.$1
    while [ ! -e "$bed/load/stop" ]; do
        curl -s --rate 15/s --max-time 20 --interface "$address" -o /dev/null \
            -w '%{http_code} %{time_total}\n' -H "Cookie: $cookie" \
            "$site/api/video-call/history?limit=[1-8]" || true
    done >"$bed/load/$1"
}

load_start() {
    local client
    rm -rf "$bed/load"
    mkdir "$bed/load"
    load_pids=()
    for ((client = 1; client <= load_clients; client++)); do
        load_client $client &
        load_pids+=("$!")
    done
    sleep 1
}

load_stop() {
    sleep 1
    touch "$bed/load/stop"
    wait "${load_pids[@]}"
    load_answered=$(cat "$bed"/load/[0-9]* | wc -l)
    load_slowest=$(cat "$bed"/load/[0-9]* | sort -k 2 -n | tail -n 1 | cut -d ' ' -f 2)
}

all_were_answered() {
    equals "$(cat "$bed"/load/[0-9]* | cut -d ' ' -f 1 | sort | uniq -c | tr -s ' ')" " $load_answered 200"
}

# under_load NAME COMMAND...: checks the command, and that no request failed in the
# meantime.
under_load() {
    local name=$1
    shift
    load_start
    check "$name" "$@"
    load_stop
    check "in the meantime none of $load_answered requests failed; the slowest took $load_slowest s" all_were_answered
}
