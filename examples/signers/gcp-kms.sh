#!/usr/bin/env bash
# Signs with a key in Google Cloud KMS. The caller only needs cloudkms.cryptoKeyVersions.useToSign on the key
# (roles/cloudkms.signer).
#
#   signer_command = ["./gcp-kms.sh", "europe-west1", "webhooks", "dfns", "1"]
#
# The algorithm of the key is EC_SIGN_P256_SHA256, EC_SIGN_SECP256K1_SHA256, or RSA_SIGN_PKCS1_2048_SHA256 and longer.
set -euo pipefail
usage='usage: gcp-kms.sh LOCATION KEYRING KEY VERSION'
location=${1:?$usage} keyring=${2:?$usage} key=${3:?$usage} version=${4:?$usage}

dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
cat >"$dir/message"
# gcloud hashes the message and lets KMS sign the digest. It writes the raw signature, not base64.
gcloud kms asymmetric-sign --location "$location" --keyring "$keyring" --key "$key" --version "$version" \
  --digest-algorithm sha256 --input-file "$dir/message" --signature-file "$dir/signature" >&2
base64 <"$dir/signature"
