# bash completion for video-callctl(1)

_video_callctl() {
    local cur=${COMP_WORDS[COMP_CWORD]} previous=${COMP_WORDS[COMP_CWORD - 1]} word subcommand=
    local subcommands="check migrate token inspect calls end session smoke smoke-accounts stats help"
    local options

    COMPREPLY=()
    case $previous in
    --env-file)
        mapfile -t COMPREPLY < <(compgen -f -- "$cur")
        return
        ;;
    --role)
        mapfile -t COMPREPLY < <(compgen -W "host audience" -- "$cur")
        return
        ;;
    --lifetime | --limit | --timeout | --instructor | --mentee | --mentorship | --stranger) return ;;
    esac
    for word in "${COMP_WORDS[@]:1:COMP_CWORD-1}"; do
        if [[ " $subcommands " == *" $word "* ]]; then
            subcommand=$word
            break
        fi
    done
    case $subcommand in
    '') options="--version" ;;
    check | inspect | end) options="--env-file --json" ;;
    calls) options="--env-file --json --limit --long" ;;
    migrate) options="--json --timeout" ;;
    session) options="--env-file --json --lifetime" ;;
    smoke) options="--env-file --json --instructor --mentee --mentorship --stranger" ;;
    smoke-accounts) options="--json --sql" ;;
    stats) options="--json" ;;
    token) options="--env-file --json --lifetime --role" ;;
    *) options= ;;
    esac
    if [[ $cur == -* ]]; then
        mapfile -t COMPREPLY < <(compgen -W "$options --help" -- "$cur")
    elif [[ $subcommand == migrate ]]; then
        mapfile -t COMPREPLY < <(compgen -f -- "$cur")
    elif [[ -z $subcommand || $subcommand == help ]]; then
        mapfile -t COMPREPLY < <(compgen -W "$subcommands" -- "$cur")
    fi
}
complete -F _video_callctl video-callctl
