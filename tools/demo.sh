#!/usr/bin/env bash
# Shows the provider at work: a real CLI applies examples/demo against a sandbox, and the sandbox tells what it saw.
# Everything happens in a temporary directory, and nothing is left running. `make demo` builds what it needs first.
set -euo pipefail
cd "$(dirname "$0")/.."

title() { printf '\n\033[1m== %s\033[0m\n' "$*"; }

# calls shows what the sandbox has seen since it was asked last.
seen=0
calls() {
  local all
  all=$(wc -l <"$work/calls")
  echo "The sandbox saw:"
  tail -n "+$((seen + 1))" "$work/calls" | sed 's/^/   /'
  seen=$all
}

# call makes a call as a user would with curl, of which bash needs nothing: call METHOD URL BODY [HEADER]
call() {
  local rest=${2#http://} answer
  exec 3<>"/dev/tcp/${rest%%:*}/$(sed 's|^[^:]*:||; s|/.*||' <<<"$rest")"
  printf '%s /%s HTTP/1.1\r\nHost: sandbox\r\nContent-Type: application/json\r\nContent-Length: %d\r\nConnection: close\r\n%s\r\n%s' \
    "$1" "${rest#*/}" "${#3}" "${4:+$4$'\r\n'}" "$3" >&3
  answer=$(cat <&3)
  exec 3>&-
  grep -q '^HTTP/1.1 20' <<<"$answer" || { echo "the sandbox refuses $1 $2: $answer" >&2; exit 1; }
}

apply() { "$cli" apply -no-color -auto-approve "$@"; }

# The state only contains the secrets encrypted to this key.
export TF_VAR_recipients='["age1kum7awtf0gmjcw9ztfxpurf3g6pcqq5pyc5vqy9v7pfd203du9ascqt4aq"]'

story() {
  export TF_VAR_receiver=$WEBHOOK_RECEIVER_URL
  title "Apply: a webhook at each vendor, their secrets encrypted to an age key"
  apply | sed -n '/will be created/,$p' | grep -v '^$'
  calls
  if grep -E '"(whs-|whsec_)' terraform.tfstate; then echo 'the state holds a clear secret' >&2; exit 1; fi
  echo "Clear secrets in the state: 0. Encrypted ones: $(grep -c 'BEGIN AGE' terraform.tfstate)."

  title "Plan again: nothing to do, one read for each webhook"
  "$cli" plan -no-color -detailed-exitcode | grep -v '^$'
  calls

  title "An event of each vendor: signed, delivered, verified by a receiver"
  call POST "$DFNS_API_URL/_sandbox/events" '{"kind": "wallet.transfer.confirmed"}'
  call POST "$ENFINITOS_API_URL/_sandbox/events" '{"kind": "right.issued"}'
  for _ in $(seq 1200); do [ "$(grep -c '^receiver  verified' "$work/calls")" = 2 ] || sleep 0.1; done
  [ "$(grep -c '^receiver  verified' "$work/calls")" = 2 ] || { echo 'the events were not received' >&2; cat "$work/calls" >&2; exit 1; }
  calls

  title "A lost answer: a webhook is created, and the connection is cut before the answer (about 20 s, until all reads show it)"
  call POST "$DFNS_API_URL/_sandbox/faults" '{"method": "POST", "path": "/webhooks", "times": 1, "effect": "drop_after"}'
  cat >audit.tf <<'EOF'
resource "webhook_dfns" "audit" {
  url    = "${var.receiver}/audit"
  events = ["policy.triggered"]
}
EOF
  apply | sed -n '/^webhook_dfns.audit: Creat/,$p' | grep -v '^$'
  calls

  title "Deleted elsewhere: planned again"
  id=$("$cli" output -no-color -json webhooks | grep -o 'whs_[a-z0-9]*')
  call DELETE "$ENFINITOS_API_URL/v1/webhooks/$id" '' "Authorization: Bearer $ENFINITOS_API_KEY"
  apply | grep -E 'will be created|Plan:|Creation complete|Apply complete'
  calls

  title "Change in place: the webhooks, their ids and their secrets stay"
  apply -var status=Disabled | grep -E 'will be updated|->|Modif|Apply complete'
  calls

  title "Destroy"
  "$cli" destroy -no-color -auto-approve -var status=Disabled | grep -E 'Destroying|Destruction|Destroy complete'
  calls
}

# documented shows EnfinitOS with no calls but those of its documentation, which has neither get nor delete.
documented() {
  title "EnfinitOS with its documented calls only: it can neither be read nor deleted, and the provider says what that means"
  rm -rf audit.tf main.tf terraform.tfstate*
  cat >rights.tf <<'EOF'
resource "webhook_enfinitos" "rights" {
  url    = "https://hooks.example.com/enfinitos"
  events = ["right.issued"]
  label  = "rights ledger"
}

terraform {
  required_providers {
    webhook = { source = "webhook-providers/webhook" }
  }
}
EOF
  apply | sed -n '/^webhook_enfinitos.rights: Creat/,$p' | grep -v '^$'
  "$cli" plan -no-color -detailed-exitcode | grep 'No changes'
  "$cli" destroy -no-color -auto-approve | sed -n '/^webhook_enfinitos.rights: Destr/,$p' | grep -v '^$'
  calls
}

if [ $# -gt 0 ]; then # within the sandbox
  cd "$work"
  "$1"
  exit
fi

export cli work
cli=$(tools/cli.sh)
unset "${!DFNS_@}" "${!ENFINITOS_@}"
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
trap 'exit 130' INT TERM

title "A sandbox that simulates the vendors"
# The CLI finds the built provider as it would find an installed one, and reads nobody's settings.
recipients=$TF_VAR_recipients
unset "${!TF_@}"
export TF_VAR_recipients=$recipients TF_CLI_CONFIG_FILE=/dev/null TF_IN_AUTOMATION=1 CHECKPOINT_DISABLE=1
for host in registry.terraform.io registry.opentofu.org; do
  plugin=$work/plugins/$host/webhook-providers/webhook/0.0.1/$(go env GOOS)_$(go env GOARCH)
  mkdir -p "$plugin"
  cp bin/terraform-provider-webhook "$plugin/terraform-provider-webhook_v0.0.1"
done
cp examples/demo/*.tf "$work/"
(cd "$work" && "$cli" init -no-color -plugin-dir="$work/plugins" >output 2>&1) || { cat "$work/output" >&2; exit 1; }
(cd "$work" && "$cli" version | sed -n '1p;/webhook/p')

bin/webhook-sandbox -enfinitos-api conventional -receiver -log "$work/calls" -- tools/demo.sh story
bin/webhook-sandbox -log "$work/calls" -- tools/demo.sh documented
