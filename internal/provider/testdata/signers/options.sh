# What the stand-ins share. A stand-in takes exactly the options that it lists, each once, and signs with the key in the
# file that STAND_IN_KEY names.

fail() { printf '%s: %s\n' "${0##*/}" "$*" >&2; exit 2; }

# options NAME... -- ARGUMENT... sets an associative array, option, from --name value and --name=value. An option that is
# written as NAME! has no value.
declare -A option
options() {
  local -A known
  while [ "$1" != -- ]; do known[${1%!}]=$1; shift; done
  shift
  while [ $# -gt 0 ]; do
    local name=${1#--}
    name=${name%%=*}
    [[ $1 == --* && -n ${known[$name]:-} ]] || fail "unknown option $1"
    [ -z "${option[$name]:-}" ] || fail "--$name is there twice"
    case $1,${known[$name]} in
      *,*!) option[$name]=yes ;;
      *=*,*) option[$name]=${1#*=} ;;
      *) [ $# -gt 1 ] || fail "--$name has no value"; option[$name]=$2; shift ;;
    esac
    shift
  done
  for name in "${!known[@]}"; do [ -n "${option[$name]:-}" ] || fail "--$name is missing"; done
}

# sign signs what is on standard input as Dfns wants it, and writes the signature as it is.
sign() { "${0%/*}/../../../../examples/signers/openssl.sh" "$STAND_IN_KEY" | base64 -d; }

kind() { openssl pkey -in "$STAND_IN_KEY" -noout -text_pub; }
