#!/usr/bin/env bash
# Prints the path of a Terraform or OpenTofu CLI, obtaining it first where needed:
#
#   tools/cli.sh                    any: $TF_ACC_TERRAFORM_PATH, else terraform or tofu on PATH, else a recent Terraform
#   tools/cli.sh terraform 1.16.3   exactly this version
#   tools/cli.sh opentofu 1.12.6
#
# An exact version is looked for in the cache and on PATH. Then the official download is tried (checked against the
# release's SHA256SUMS), and then it is built from source through the Go module proxy, which takes 2 to 10 minutes on
# two cores. Only the path goes to standard output. CLI_CACHE moves the cache, CLI_DOWNLOAD=no skips the download.
set -euo pipefail

die() { printf 'cli.sh: %s\n' "$*" >&2; exit 1; }
say() { printf 'cli.sh: %s\n' "$*" >&2; }

if [ $# = 0 ]; then
  if [ -n "${TF_ACC_TERRAFORM_PATH:-}" ]; then
    printf '%s\n' "$TF_ACC_TERRAFORM_PATH"
  else
    command -v terraform || command -v tofu || "$0" terraform 1.16.3
  fi
  exit 0
fi
[ $# = 2 ] || die 'usage: cli.sh [terraform|opentofu VERSION]'
product=$1 version=$2
[[ $version =~ ^[0-9]+\.[0-9]+\.[0-9]+(-[a-z0-9]+)?$ ]] || die "$version is not an exact version such as 1.16.3"
case $product in
  terraform)
    binary=terraform
    module=github.com/hashicorp/terraform package=.
    release=https://releases.hashicorp.com/terraform/$version ;;
  opentofu)
    binary=tofu
    module=github.com/opentofu/opentofu package=./cmd/tofu
    release=https://github.com/opentofu/opentofu/releases/download/v$version ;;
  *) die "unknown product $product: it is terraform or opentofu" ;;
esac

cache=${CLI_CACHE:-${XDG_CACHE_HOME:-$HOME/.cache}/terraform-provider-webhook/cli}
home=$cache/$product-$version
if [ -x "$home/$binary" ]; then
  printf '%s\n' "$home/$binary"
  exit 0
fi

on_path=$(command -v "$binary" || true)
found=$([ -z "$on_path" ] || CHECKPOINT_DISABLE=1 TF_CLI_ARGS='' TF_LOG='' TF_CLI_CONFIG_FILE=/dev/null "$on_path" version || true)
if grep -qE "^(Terraform|OpenTofu) v$version\$" <<<"$found"; then
  printf '%s\n' "$on_path"
  exit 0
fi

# Two callers may want the same CLI at once: each works in a directory of its own and renames the finished binary.
mkdir -p "$home"
work=$(mktemp -d "$home/work.XXXXXX")
trap 'chmod -R u+w "$work"; rm -rf "$work"' EXIT

download() {
  [ "${CLI_DOWNLOAD:-yes}" = yes ] && command -v curl >/dev/null && command -v unzip >/dev/null || return 1
  local archive
  archive=${binary}_${version}_$(go env GOOS)_$(go env GOARCH).zip
  get() { curl -fsSL --connect-timeout 10 --retry 2 -o "$work/$1" "$release/$1" 2>/dev/null; }
  get "${binary}_${version}_SHA256SUMS" && get "$archive" || return 1
  (cd "$work" && grep " $archive\$" "${binary}_${version}_SHA256SUMS" | sha256sum --check --quiet -) ||
    die "$release/$archive does not match its published checksum"
  unzip -q -o "$work/$archive" "$binary" -d "$work"
}

# Terraform keeps its remote state backends in nested modules that the module proxy does not serve. The copy built
# here drops them: local, http, inmem, remote and cloud remain, and a test needs none of the others.
drop_terraform_backends() {
  sed -i -E '/internal\/(backend\/remote-state\/[a-z0-9]+|legacy) (v0\.0\.0|=>)/d' "$work/src/go.mod"
  local nested
  nested=$(sed -nE 's,^replace .*/internal/backend/remote-state/([a-z0-9]+) => .*,\1,p' "$source/go.mod")
  for backend in $nested; do
    local alias
    alias=$(sed -nE "s,^\s*(backend[A-Za-z0-9]+) \".*/remote-state/$backend\"\$,\1,p" "$work/src/internal/backend/init/init.go")
    sed -i -E "/remote-state\/$backend\"\$/d; /$alias\.New\(/d" "$work/src/internal/backend/init/init.go"
  done
}

build() {
  local source
  source=$(cd "$work" && go mod download -json "$module@v$version" | sed -nE 's/^\s*"Dir": "(.*)",?$/\1/p')
  [ -n "$source" ] || die "the Go module proxy has no $module@v$version"
  cp -R "$source" "$work/src"
  chmod -R u+w "$work/src"
  [ "$product" = opentofu ] || drop_terraform_backends
  (cd "$work/src" && CGO_ENABLED=0 go build -mod=mod -trimpath -o "$work/$binary" \
    -ldflags "-s -w -X $module/version.dev=no" "$package") >&2
}

if ! download; then
  say "building $product $version from source; this happens once and takes some minutes"
  build
fi
mv -f "$work/$binary" "$home/$binary"
printf '%s\n' "$home/$binary"
