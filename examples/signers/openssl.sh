#!/usr/bin/env bash
# Signs with a key in a file, which private_key does as well. It shows what each kind of key has to answer, and is there
# to try signer_command with.
#
#   signer_command = ["./openssl.sh", "key.pem"]
set -euo pipefail
key=${1:?usage: openssl.sh PRIVATE-KEY-FILE}

dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
cat >"$dir/message"
kind=$(openssl pkey -in "$key" -noout -text_pub)
case $kind in
  ED25519*) openssl pkeyutl -sign -rawin -inkey "$key" -in "$dir/message" ;; # the message itself, 64 bytes
  *) openssl dgst -sha256 -sign "$key" "$dir/message" ;;                     # ECDSA in DER, or RSA PKCS#1 v1.5
esac | base64
