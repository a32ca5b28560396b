#!/usr/bin/env bash
# Installs a Debian package, as root: tools/debian.sh PACKAGE
set -euo pipefail
[ "$(id -u)" = 0 ] && command -v apt-get >/dev/null || exit 1

# A mirror may fail once, and another apt may be running: that of a machine that has just started, or of another target of make.
apt() { LC_ALL=C DEBIAN_FRONTEND=noninteractive apt-get -qq -o Acquire::Retries=3 -o DPkg::Lock::Timeout=300 "$@"; }

# No option makes update wait for the lock of the package lists.
for _ in $(seq 100); do
  errors=$(apt update 2>&1) && break
  grep -q 'Could not get lock' <<<"$errors" || { printf '%s\n' "$errors" >&2; exit 1; }
  sleep 3
done
apt install -y --no-install-recommends "$1" >/dev/null
