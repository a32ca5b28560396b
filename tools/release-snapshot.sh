#!/usr/bin/env bash
# Builds into dist/ what a release consists of, except what needs the release's keys, and checks what the registries will
# ask of it. dist/mirror is a filesystem mirror, laid out as both CLIs want it. Works without tags and in a shallow clone.
set -euo pipefail
cd "$(dirname "$0")/.."

die() { printf 'release-snapshot.sh: %s\n' "$*" >&2; exit 1; }

# A repository that was never cloned has no remote, for which goreleaser takes leave of the commit and its date.
if [ -z "$(git remote)" ]; then
  export GIT_CONFIG_COUNT=1 GIT_CONFIG_KEY_0=remote.origin.url
  export GIT_CONFIG_VALUE_0=https://github.com/webhook-providers/terraform-provider-webhook
fi

bin/goreleaser check --quiet
bin/goreleaser release --snapshot --clean --skip=publish,sign,sbom

cd dist
version=$(sed -nE 's/.*"version": ?"([^"]+)".*/\1/p' metadata.json)
prefix=terraform-provider-webhook_$version

# The manifest is uploaded under the name that its sum is listed by.
cp ../terraform-registry-manifest.json "${prefix}_manifest.json"
sha256sum --check --strict --quiet "${prefix}_SHA256SUMS"
listed=$(sed 's/.* //' "${prefix}_SHA256SUMS" | sort)
built=$(printf '%s\n' "$prefix"_*.zip "${prefix}_manifest.json" | sort)
[ "$listed" = "$built" ] || die "the sums list $listed, but built were $built"

mkdir mirror
for host in registry.terraform.io registry.opentofu.org; do
  mkdir -p "mirror/$host/webhook-providers/webhook"
  cp "$prefix"_*.zip "mirror/$host/webhook-providers/webhook/"
done
