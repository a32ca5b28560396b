#!/usr/bin/env bash
# Keeps CHANGELOG.md by fragments, so that changes that land at the same time do not conflict:
#
#   tools/changelog.sh check           fails unless every fragment in .changes/unreleased is well formed
#   tools/changelog.sh show            prints what the next release will say
#   tools/changelog.sh release 1.2.3   moves the fragments into CHANGELOG.md as that version
#   tools/changelog.sh notes v1.2.3    prints what CHANGELOG.md says of a version
#
# A fragment is one item of the changelog: .changes/unreleased/KIND-ABOUT.md, its text in Markdown without a bullet.
set -euo pipefail
cd "$(dirname "$0")/.."
shopt -s nullglob

kinds=(breaking added changed fixed security)
unreleased=.changes/unreleased

die() { printf 'changelog.sh: %s\n' "$*" >&2; exit 1; }

check() {
  local names file
  names="^($(IFS='|'; printf '%s' "${kinds[*]}"))-[a-z0-9-]+\.md$"
  for file in "$unreleased"/*; do
    [[ ${file##*/} =~ $names ]] || die "$file: the name must be KIND-ABOUT.md, with KIND one of: ${kinds[*]}"
    grep -q '[^[:space:]]' "$file" || die "$file is empty"
    [[ $(head -n 1 "$file") =~ ^[A-Za-z0-9\`] ]] || die "$file: must start with the text itself, not with a bullet or a heading"
    [[ $(tail -n 1 "$file") == *. ]] || die "$file: the last line must end with a full stop"
    ! grep -qE '^$|.{121}' "$file" || die "$file: must be one item, without empty lines or lines longer than 120 characters"
  done
}

# section prints the fragments of every kind under its heading.
section() {
  local kind files
  for kind in "${kinds[@]}"; do
    files=("$unreleased/$kind"-*.md)
    [ ${#files[@]} -gt 0 ] || continue
    printf '\n### %s\n\n' "$(tr '[:lower:]' '[:upper:]' <<<"${kind:0:1}")${kind:1}"
    for file in "${files[@]}"; do sed -e '1s/^/- /' -e '2,$s/^/  /' "$file"; done
  done
}

release() {
  local version=$1 files=("$unreleased"/*.md) draft
  [[ $version =~ ^[0-9]+\.[0-9]+\.[0-9]+$ ]] || die "$version is not a version such as 1.2.3"
  ! grep -qF "## $version " CHANGELOG.md || die "CHANGELOG.md has $version already"
  [ ${#files[@]} -gt 0 ] || die 'there is nothing to release'
  draft=$(mktemp)
  {
    sed '/^## /,$d' CHANGELOG.md
    printf '\n## %s (%s)\n' "$version" "$(date -u +%Y-%m-%d)"
    section
    printf '\n'
    sed -n '/^## /,$p' CHANGELOG.md
  } | cat -s | sed '${/^$/d;}' >"$draft"
  cat "$draft" >CHANGELOG.md
  rm -f "$draft" "${files[@]}"
}

notes() {
  local text
  text=$(awk -v heading="## ${1#v} " '/^## / { on = index($0, heading) == 1; next } on' CHANGELOG.md)
  [ -n "$text" ] || die "CHANGELOG.md says nothing of $1: run tools/changelog.sh release ${1#v} and commit"
  printf '%s\n' "$text"
}

case ${1:-} in
  check) check ;;
  show) check; printf '## Unreleased\n'; section ;;
  release) check; release "${2:-}" ;;
  notes) notes "${2:-}" ;;
  *) sed -n '2,/^set/{/^#/s/^# \{0,1\}//p;}' "$0" >&2; exit 2 ;;
esac
