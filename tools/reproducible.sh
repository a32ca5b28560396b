#!/usr/bin/env bash
# Builds a release of the last commit twice, in directories of different names, and fails where a byte differs. The last
# build shares no cache with the first, so it compiles everything again; for time's sake it is for this machine only.
set -euo pipefail
cd "$(dirname "$0")/.."

goreleaser=$PWD/bin/goreleaser
work=$(mktemp -d)
trap 'chmod -R u+w "$work"; rm -rf "$work"' EXIT
one=$work/one two=$work/another/directory

build() {
  git clone --quiet --depth 1 "file://$PWD" "$1"
  (cd "$1" && "$goreleaser" release --snapshot --skip=publish,sign,sbom)
  (cd "$1/dist" && sha256sum ./*.zip ./*.tar.gz ./*_SHA256SUMS) >"$1.sums"
}
build "$one"
(umask 077 && export TZ=Asia/Tokyo && build "$two")
diff "$one.sums" "$two.sums" || { echo 'reproducible.sh: two builds of one commit differ' >&2; exit 1; }

platform=$(go env GOOS)_$(go env GOARCH)
program() { (cd "$1" && sha256sum dist/provider_"$platform"_*/terraform-provider-webhook_v*); }
first=$(program "$one")
(cd "$two" && GOCACHE=$work/cache "$goreleaser" build --snapshot --clean --single-target --id provider)
second=$(program "$two")
[ "$first" = "$second" ] ||
  { printf 'reproducible.sh: compiled anew, the provider differs:\n%s\n%s\n' "$first" "$second" >&2; exit 1; }
cat "$two.sums"
