#!/usr/bin/env bash
# Signs with a key in a file, as private_key does. It shows the signature format of each kind of key. Use it to try
# signer_command.
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
