#!/usr/bin/env bash
# Signs with a key in Vault's transit engine. The token only needs "update" on transit/sign/KEY.
#
#   signer_command = ["./vault-transit.sh", "dfns"]
#
# The type of the key is ed25519, ecdsa-p256, rsa-2048, rsa-3072 or rsa-4096.
set -euo pipefail
key=${1:?usage: vault-transit.sh KEY [MOUNT]} mount=${2:-transit}

# Vault expects the message in base64. It hashes the message for ECDSA and RSA; Ed25519 signs the message itself. Without
# signature_algorithm it would sign with RSA-PSS, which Dfns does not accept.
message=$(base64 | tr -d '\n')
signature=$(vault write -field=signature "$mount/sign/$key" input="$message" \
  hash_algorithm=sha2-256 signature_algorithm=pkcs1v15 marshaling_algorithm=asn1)
printf '%s\n' "${signature##*:}" # without the prefix vault:v1:
