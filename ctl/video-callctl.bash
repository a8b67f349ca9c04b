# bash completion for video-callctl(1)

_video_callctl() {
    local cur=${COMP_WORDS[COMP_CWORD]} previous=${COMP_WORDS[COMP_CWORD - 1]} word
    local subcommands="check migrate token inspect calls end session smoke stats"
    local options="--env-file --json --lifetime --role --instructor --mentee --mentorship
        --stranger --version --help"

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
    --lifetime | --instructor | --mentee | --mentorship | --stranger) return ;;
    esac
    if [[ $cur == -* ]]; then
        mapfile -t COMPREPLY < <(compgen -W "$options" -- "$cur")
        return
    fi
    for word in "${COMP_WORDS[@]:1:COMP_CWORD-1}"; do
        if [[ $word == migrate ]]; then
            mapfile -t COMPREPLY < <(compgen -f -- "$cur")
            return
        fi
        [[ " $subcommands " != *" $word "* ]] || return
    done
    mapfile -t COMPREPLY < <(compgen -W "$subcommands" -- "$cur")
}
complete -F _video_callctl video-callctl
