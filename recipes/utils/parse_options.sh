# Sets the variables of a script from its command line. Source it, without arguments, after the
# variables have their defaults:
#
#     stage=1
#     corpus=
#     . utils/parse_options.sh
#
# Then `--stage 4 --corpus DIR` (or --corpus=DIR) sets $stage and $corpus. An option is known when
# a variable of that name exists: `--stop-stage` sets $stop_stage. Options end at `--` or at the
# first other argument; what follows stays in "$@". A variable that holds true or false takes no
# other value. `--help` prints $usage, or else the comment at the top of the script.
#
# Errors go to stderr and leave the script with status 2. Nothing is evaluated: a value is text.

while [ $# -gt 0 ]; do
    case "$1" in
        --help | -h)
            if [ -n "${usage:-}" ]; then
                printf '%s\n' "$usage"
            else
                # The comment lines after the shebang, without their "# ".
                sed -n -e '1{/^#!/d;}' -e '/^#/!q' -e 's/^# \{0,1\}//p' "${BASH_SOURCE[1]}"
            fi
            exit 0
            ;;
        --)
            shift
            break
            ;;
        --?*)
            _option="${1%%=*}"
            _variable="${_option#--}"
            _variable="${_variable//-/_}"
            # Small letters only: an option must not reach PATH, IFS or BASH_ENV.
            if ! [[ "$_variable" =~ ^[[:lower:]][[:lower:][:digit:]_]*$ ]] ||
                [ -z "${!_variable+defined}" ]; then
                printf '%s: unknown option %s (see --help)\n' "${BASH_SOURCE[1]##*/}" "$_option" >&2
                exit 2
            fi
            if [[ "$1" == *=* ]]; then
                _value="${1#*=}"
                shift
            elif [ $# -lt 2 ] || [[ "$2" == --* ]]; then
                printf '%s: %s needs a value\n' "${BASH_SOURCE[1]##*/}" "$_option" >&2
                exit 2
            else
                _value="$2"
                shift 2
            fi
            if [[ "${!_variable}" =~ ^(true|false)$ ]] && ! [[ "$_value" =~ ^(true|false)$ ]]; then
                printf '%s: %s must be true or false, not "%s"\n' \
                    "${BASH_SOURCE[1]##*/}" "$_option" "$_value" >&2
                exit 2
            fi
            printf -v "$_variable" '%s' "$_value"
            ;;
        -?*)
            printf '%s: unknown option %s (see --help)\n' "${BASH_SOURCE[1]##*/}" "$1" >&2
            exit 2
            ;;
        *)
            break
            ;;
    esac
done
unset _option _variable _value
