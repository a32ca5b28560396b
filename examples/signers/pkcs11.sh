#!/usr/bin/env bash
# Signs with a key in a PKCS#11 token, such as an HSM or a smart card. The PIN comes from PKCS11_PIN in the environment.
#
#   signer_command = ["./pkcs11.sh", "/usr/lib/softhsm/libsofthsm2.so", "dfns-token", "01", "ECDSA"]
#
# The mechanism depends on the key: ECDSA for P-256 and secp256k1, SHA256-RSA-PKCS for RSA, EDDSA for Ed25519.
set -euo pipefail
usage='usage: pkcs11.sh MODULE TOKEN-LABEL KEY-ID [MECHANISM]'
module=${1:?$usage} token=${2:?$usage} key=${3:?$usage} mechanism=${4:-ECDSA}

dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
if [ "$mechanism" = ECDSA ]; then
  openssl dgst -sha256 -binary >"$dir/message" # this mechanism, which every token has, signs a digest
else
  cat >"$dir/message"
fi
# The signature goes to a file, because pkcs11-tool also prints other text. The format option makes ECDSA signatures DER.
pkcs11-tool --module "$module" --token-label "$token" --pin env:PKCS11_PIN --sign --id "$key" --mechanism "$mechanism" \
  --signature-format openssl --input-file "$dir/message" --output-file "$dir/signature" >&2
base64 <"$dir/signature"
