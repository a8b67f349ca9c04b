#!/bin/bash
# documents_test: whether the documents name what the programs have, and nothing else. Run by
# make check, or from a folder that was built in. Says what is missing where; exit status 1
# when anything is. What needs a tool that is not installed is skipped with a word.
set -euo pipefail
export LC_ALL=C

source=${srcdir:-$(dirname "$0")/../..}
fault_count=0
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT

fault() {
    printf 'FAULT %s\n' "$*"
    fault_count=$((fault_count + 1))
}

skip() {
    printf 'skipped: %s\n' "$*"
}

# demand WHAT ORIGIN LIST PLACE LIST: whatever ORIGIN has must be in PLACE.
demand() {
    local what=$1 origin=$2 required=$3 place=$4 present=$5 word
    # Otherwise a document in a new form would agree with everything.
    [ -n "$required" ] || fault "$origin: no $what can be found in it: has its form changed?"
    while read -r word; do
        [ -z "$word" ] || fault "$place: $what $word is missing, which $origin has"
    done < <(comm -23 <(sort -u <<<"$required") <(sort -u <<<"$present"))
}

# known WHAT PLACE LIST ORIGIN LIST: whatever PLACE names must be known to ORIGIN.
known() {
    local what=$1 place=$2 named=$3 origin=$4 existing=$5 word
    while read -r word; do
        [ -z "$word" ] || fault "$place: $what $word does not exist, says $origin"
    done < <(comm -23 <(sort -u <<<"$named") <(sort -u <<<"$existing"))
}

# tools NAME...: whether all are there.
tools() {
    command -v "$@" >/dev/null && [ "$(command -v "$@" | wc -l)" -eq $# ]
}

# ── Settings ──

# Bounds and defaults of numbers, each as the page's sentence: NAME From 1 to 64; by default 4
program_numbers() {
    sed -n 's/^\([A-Z][A-Z0-9_]*\).*/\1/p
        s/.* From \([0-9]*\) to \([0-9]*\)\. \[number; default: \([0-9]*\)\]$/From \1 to \2; by default \3/p' \
        "$scratch/settings" | awk '/^From/ { print name, $0 } { name = $0 }'
}

page_numbers() {
    awk '/^\.It Ev / { name = $3 } /^From [0-9]/ { sub(/[,.].*/, ""); print name, $0 }' "$1"
}

check_example() {
    local example=$1 names=$2 existing=$3 defaults found
    found=$(sed -nE 's/^#?([A-Z][A-Z0-9_]*)=.*/\1/p' "$source/$example")
    demand setting "video-call-fcgi --settings" "$names" "$example" "$found"
    known setting "$example" "$found" "video-call-fcgi --settings" "$existing"
    # What is commented out shows its default.
    defaults=$(sed -n 's/^\([A-Z][A-Z0-9_]*\).*/\1/p; s/.*; default: \(.*\)\]$/\1/p' "$scratch/settings" |
        paste -d= - -)
    known default "$example" "$(sed -n 's/^#\([A-Z][A-Z0-9_]*=..*\)/\1/p' "$source/$example")" \
        "video-call-fcgi --settings" "$defaults"
}

check_settings() {
    local names existing page=fcgi/man/video-call.env.5 place found
    fcgi/video-call-fcgi --settings >"$scratch/settings"
    names=$(sed -n 's/^\([A-Z][A-Z0-9_]*\).*/\1/p' "$scratch/settings")
    existing=$names$'\n'$(sed -n 's/^[A-Z].*(or \([A-Z0-9_]*\))$/\1/p' "$scratch/settings")
    demand setting "video-call-fcgi --settings" "$names" "$page" \
        "$(sed -n 's/^\.It Ev \([A-Z0-9_]*\).*/\1/p' "$source/$page")"
    demand number "video-call-fcgi --settings" "$(program_numbers)" "$page" "$(page_numbers "$source/$page")"
    for place in "$source"/fcgi/man/*.[1-8] "$source"/ctl/*.[1-8] \
        "$source/fcgi/monitoring/video-call.rules.yml"; do
        found=$(tr -cs 'A-Z0-9_' '\n' <"$place" |
            sed -nE '/^(VIDEO_CALL|AGORA|NEXT_PUBLIC|NEXTAUTH|DATABASE)_[A-Z_]+$/p')
        known setting "${place#"$source"/}" "$found" "video-call-fcgi --settings" "$existing"
    done
    for place in "$source"/fcgi/*.env.example; do
        [ ! -e "$place" ] || check_example "${place#"$source"/}" "$names" "$existing"
    done
}

# ── Routes ──

openapi_routes() {
    awk '/^[a-z]/ { inside = /^paths:/ }
        inside && /^  \// { path = $1; gsub(/[\/:]/, "", path) }
        inside && /^    (get|put|post|delete|options|head|patch|trace):/ {
            method = toupper($1); sub(/:/, "", method); print method, path }' \
        "$source/fcgi/openapi.yaml"
}

# What is for the machine alone must not be served to the world.
local_routes='healthz|readyz|metrics'

check_snippet() {
    local snippet=nginx/$1 routes=$2 found
    found=$(sed -n 's|^location ~ ^/api/video-call/(?:\([^)]*\))\$ {$|\1|p' "$source/$snippet" |
        tr '|' '\n')
    demand route fcgi/routes.h "$routes" "$snippet" "$found"
    known route "$snippet" "$found" fcgi/routes.h "$routes"
}

check_routes() {
    local routes
    routes=$(sed -n 's/^ *ROUTE("\([A-Z]*\)", *"\([^"]*\)".*/\1 \2/p' "$source/fcgi/routes.h")
    demand route fcgi/routes.h "$routes" fcgi/openapi.yaml "$(openapi_routes)"
    known route fcgi/openapi.yaml "$(openapi_routes)" fcgi/routes.h "$routes"
    # nginx leaves the methods to the pool.
    routes=$(cut -d' ' -f2 <<<"$routes")
    check_snippet video-call.conf "$(grep -vxE "$local_routes" <<<"$routes")"
    check_snippet video-call-local.conf "$(grep -xE "$local_routes" <<<"$routes")"
}

check_api_document() {
    if ! tools python3 || ! python3 -c 'import yaml' 2>/dev/null; then
        skip "docs/api.md against openapi.yaml, without python3-yaml"
        return
    fi
    quietly "docs/api.md: see above" \
        python3 "$source/tests/documents/api_document.py" "$source"
}

# ── Metrics and the log ──

# Lines "TYPE NAME".
metrics() {
    tr -s '\n ' '  ' <"$source/fcgi/metrics.c" |
        { grep -oE '(head|single)\(out, "[a-z_]+", "(counter|gauge|histogram)"' || true; } |
        sed 's/.*out, "\(.*\)", "\(.*\)"/\2 video_call_\1/'
}

check_metrics() {
    local page=fcgi/man/video-call-fcgi.8 names series place
    names=$(metrics | sed 's/.* //')
    demand metric fcgi/metrics.c "$names" $page "$(sed -n 's/^\.It Li \(video_call_[a-z_]*\)$/\1/p' "$source/$page")"
    # Not the SQL files, whose names begin alike.
    known metric $page "$(sed 's/[a-z_]*\.sql//g' "$source/$page" | grep -oE 'video_call_[a-z_]+')" \
        fcgi/metrics.c "$names"
    # Of a histogram, Prometheus knows only these three.
    series=$(metrics | sed -n 's/^histogram \(.*\)/\1_bucket\n\1_sum\n\1_count/p; s/^[cg][a-z]* //p')
    for place in fcgi/monitoring/{video-call.rules.yml,video-call.rules.test.yml,dashboard.json}; do
        known metric "$place" "$(grep -oE 'video_call_[a-z_]+' "$source/$place")" fcgi/metrics.c "$series"
    done
}

check_log_events() {
    local page=fcgi/man/video-call-fcgi.8 events described
    # Of a choice between two events, both.
    events=$(cat "$source"/lib/*.c "$source"/lib/*/*.c "$source"/fcgi/*.c | tr -s '\n ' '  ' |
        { grep -oE 'log_(begin|message)\([^";]*"[a-z_]+"( : "[a-z_]+")?|"(worker|janitor)_ended"' || true; } |
        grep -oE '"[a-z_]+"' | tr -d '"')
    described=$(sed -n '/^\.Sh LOG/,/^\.Sh METRICS/s/^\.It Li \([a-z_]*\)$/\1/p' "$source/$page")
    demand "event of the log" "the code" "$events" $page "$described"
    known "event of the log" $page "$described" "the code" "$events"
}

# ── What other programs read ──

# quietly WHAT COMMAND...: its output only where it fails.
quietly() {
    local what=$1
    shift
    "$@" >"$scratch/output" 2>&1 || {
        cat "$scratch/output"
        fault "$what"
    }
}

check_rules() {
    local folder=$source/fcgi/monitoring
    if ! tools promtool; then
        skip "the alert rules, without promtool (Debian: prometheus)"
        return
    fi
    quietly "fcgi/monitoring/video-call.rules.yml: see above" \
        promtool check rules "$folder/video-call.rules.yml"
    quietly "fcgi/monitoring/video-call.rules.test.yml: see above" \
        promtool test rules "$folder/video-call.rules.test.yml"
}

# Its queries are given to promtool as if they were rules.
check_dashboard() {
    local dashboard=fcgi/monitoring/dashboard.json
    if ! tools promtool jq; then
        skip "the dashboard's queries, without promtool and jq"
        return
    fi
    if ! jq '{groups: [{name: "dashboard", rules: [[.. | .expr? // empty] | to_entries[] |
        {record: "query:\(.key)", expr: (.value | gsub("\\$__rate_interval"; "5m"))}]}]}' \
        "$source/$dashboard" >"$scratch/queries.yml"; then
        fault "$dashboard: no JSON, see above"
        return
    fi
    quietly "$dashboard: see above for a query in it" promtool check rules "$scratch/queries.yml"
}

check_pages() {
    local page
    if ! tools mandoc; then
        skip "the form of the man pages, without mandoc"
        return
    fi
    for page in "$source"/fcgi/man/*.[1-8] "$source"/ctl/*.[1-8]; do
        quietly "${page#"$source"/}: see above" mandoc -Tlint -W warning "$page"
    done
}

# ── Commands and links ──

# Every block of commands says behind it which test runs it, or why none does.
check_commands() {
    local document
    for document in docs/administrator.md CONTRIBUTING.md; do
        while read -r line; do
            fault "$document:$line: neither 'run by' nor 'not run' stands behind these commands"
        done < <(awk '/^```sh$/ { began = NR } /^```$/ && began { ended = NR }
            ended && NR == ended + 1 { if (!/^<!-- (run by|not run:) /) print began; began = ended = 0 }' \
            "$source/$document")
        known file "$document" "$(sed -n 's/^<!-- run by //p' "$source/$document" | grep -oE '[a-z]+(/[a-z_.]+)+')" \
            "the tree" "$(cd "$source" && find tests -type f 2>/dev/null | sed 's|^\./||')"
    done
}

# Links within the repository lead somewhere.
check_links() {
    local document target
    for document in README.md CONTRIBUTING.md SECURITY.md portal/README.md tests/README.md \
        $(cd "$source" && echo docs/*.md); do
        while read -r target; do
            [ -e "$source/$(dirname "$document")/$target" ] || fault "$document: $target is linked, and not there"
        done < <(grep -oE '\]\([^)#:]+[)#]' "$source/$document" | sed 's/^](//; s/[)#]$//')
    done
}

# ── The rest ──

check_version() {
    local version newest
    version=$(sed -n 's/^AC_INIT(\[video-call\], \[\([^]]*\)\].*/\1/p' "$source/configure.ac")
    newest=$(sed -nE 's/^([0-9]+(\.[0-9]+)+).*/\1/p' "$source/NEWS" | sort -V | tail -n 1)
    [ "$version" = "$newest" ] ||
        fault "NEWS: its newest version is ${newest:-none}, but that of configure.ac ${version:-none}"
}

check_subcommands() {
    local page=ctl/video-callctl.1 names described
    names=$(ctl/video-callctl --help | sed -nE 's/^  ([a-z][a-z-]*)( .*)?$/\1/p')
    described=$(sed -nE 's/^\.It Cm ([a-z-]+).*/\1/p' "$source/$page")
    demand subcommand "video-callctl --help" "$names" $page "$described"
    known subcommand $page "$described" "video-callctl --help" "$names"
    described=$(sed -n 's/^ *local subcommands="\(.*\)"$/\1/p' "$source/ctl/video-callctl.bash" | tr ' ' '\n')
    demand subcommand "video-callctl --help" "$names" ctl/video-callctl.bash "$described"
    known subcommand ctl/video-callctl.bash "$described" "video-callctl --help" "$names"
}

check_options() {
    local page=fcgi/man/video-call-fcgi.8 names described
    names=$(fcgi/video-call-fcgi --help | sed -nE 's/^  --([a-z-]+).*/\1/p')
    described=$(sed -nE 's/^\.It Fl -([a-z-]+).*/\1/p' "$source/$page")
    demand option "video-call-fcgi --help" "$names" $page "$described"
    known option $page "$described" "video-call-fcgi --help" "$names"
}

check_settings
check_routes
check_api_document
check_metrics
check_log_events
check_rules
check_dashboard
check_pages
check_commands
check_links
check_version
check_options
check_subcommands
[ "$fault_count" -eq 0 ] || {
    echo "$fault_count faults in the documents"
    exit 1
}
