#!/usr/bin/env bash
# Shows the provider at work: a real CLI applies examples/demo against a sandbox, and the sandbox tells what it saw and
# delivers events to a receiver that verifies them.
# Everything happens in a temporary directory, and nothing is left running. `make demo` builds what it needs first.
set -euo pipefail
cd "$(dirname "$0")/.."

cli=$(tools/cli.sh)
unset "${!DFNS_@}" "${!ENFINITOS_@}"
work=$(mktemp -d)
sandbox=
stop() {
  [ -z "$sandbox" ] || kill "$sandbox" 2>/dev/null || true
  [ -z "$sandbox" ] || wait "$sandbox" 2>/dev/null || true
  rm -rf "$work"
}
trap stop EXIT
trap 'exit 130' INT TERM

title() { printf '\n\033[1m== %s\033[0m\n' "$*"; }

# quiet runs a command and shows its output only when it fails.
quiet() { "$@" >"$work/output" 2>&1 || { cat "$work/output" >&2; exit 1; }; }

# calls shows what the sandbox has seen since it was asked last.
seen=0
calls() {
  local all
  all=$(wc -l <"$work/calls")
  tail -n "+$((seen + 1))" "$work/calls" | sed 's/^/   /'
  seen=$all
}

# event has a vendor's stand-in at a URL raise an event, as only the vendor can. A user would use curl; bash needs nothing.
event() {
  local address=${1#http://} body="{\"kind\": \"$2\", \"data\": $3}"
  exec 3<>"/dev/tcp/${address%:*}/${address##*:}"
  printf 'POST /_sandbox/events HTTP/1.1\r\nHost: %s\r\nContent-Length: %d\r\nConnection: close\r\n\r\n%s' \
    "$address" "${#body}" "$body" >&3
  grep -q ' 204 ' <<<"$(head -n 1 <&3)" || { echo "the sandbox refuses the event $2" >&2; exit 1; }
  exec 3>&-
}

title "A sandbox that stands in for the vendors"
bin/webhook-sandbox -env-file "$work/env" -enfinitos-api conventional -receiver >/dev/null 2>"$work/calls" &
sandbox=$!
for _ in $(seq 1200); do [ -f "$work/env" ] || ! kill -0 "$sandbox" 2>/dev/null || sleep 0.1; done
[ -f "$work/env" ] || { echo 'the sandbox did not start' >&2; cat "$work/calls" >&2; exit 1; }
# shellcheck source=/dev/null
. "$work/env"
grep -E '_URL|_CRED_ID' "$work/env"

# The CLI finds the built provider as it would find an installed one, and reads nobody's settings.
unset "${!TF_@}"
export TF_CLI_CONFIG_FILE=/dev/null TF_IN_AUTOMATION=1 CHECKPOINT_DISABLE=1
for host in registry.terraform.io registry.opentofu.org; do
  plugin=$work/plugins/$host/webhook-providers/webhook/0.0.1/$(go env GOOS)_$(go env GOARCH)
  mkdir -p "$plugin"
  cp bin/terraform-provider-webhook "$plugin/terraform-provider-webhook_v0.0.1"
done
cp examples/demo/*.tf "$work/"
cd "$work"
quiet "$cli" init -no-color -plugin-dir="$work/plugins"
export TF_VAR_receiver=$WEBHOOK_RECEIVER_URL
"$cli" version | sed -n '1p;/webhook/p'

title "Apply"
"$cli" apply -no-color -auto-approve | sed -n '/will be created/,$p' | grep -v '^$'
echo "The sandbox saw:"; calls

title "Plan again: nothing to do, one read for each webhook"
"$cli" plan -no-color -detailed-exitcode | grep -vE '^$'
echo "The sandbox saw:"; calls

title "An event of each vendor: signed, delivered, verified by the receiver"
event "$DFNS_API_URL" wallet.transfer.confirmed '{"transferRequest": {"id": "xfr-1vs8g-c1ub1-0000000000000000", "status": "Confirmed"}}'
event "$ENFINITOS_API_URL" right.issued '{"rightId": "right_1"}'
for _ in $(seq 1200); do [ "$(grep -c '^receiver  verified' "$work/calls")" = 2 ] || sleep 0.1; done
[ "$(grep -c '^receiver  verified' "$work/calls")" = 2 ] || { echo 'the events were not received' >&2; cat "$work/calls" >&2; exit 1; }
echo "The receiver saw:"; calls

title "Change in place: the webhooks, their ids and their secrets stay"
"$cli" apply -no-color -auto-approve -var status=Disabled | grep -E 'will be updated|->|Modif|Apply complete'
echo "The sandbox saw:"; calls

title "Destroy"
"$cli" destroy -no-color -auto-approve -var status=Disabled | grep -E 'Destroying|Destruction|Destroy complete'
echo "The sandbox saw:"; calls
