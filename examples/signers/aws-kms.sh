#!/usr/bin/env bash
# Signs with a key in AWS KMS. The caller only needs kms:Sign on the key.
#
#   signer_command = ["./aws-kms.sh", "alias/dfns", "ECDSA_SHA_256"]
#
# The algorithm depends on the key: ECDSA_SHA_256 for ECC_NIST_P256 and ECC_SECG_P256K1, RSASSA_PKCS1_V1_5_SHA_256 for
# RSA_2048, RSA_3072 and RSA_4096.
set -euo pipefail
key=${1:?usage: aws-kms.sh KEY-ID [ALGORITHM]} algorithm=${2:-ECDSA_SHA_256}

# KMS hashes the message itself (RAW). Its answer is already base64, and ASN.1 DER for ECDSA.
aws kms sign --key-id "$key" --signing-algorithm "$algorithm" --message-type RAW --message fileb:///dev/stdin \
  --query Signature --output text
