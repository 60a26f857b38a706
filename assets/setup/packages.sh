#!/usr/bin/env bash
# packages.sh LIST…: installs the Debian or Ubuntu packages of packages-LIST.txt that are missing, when it may.
. "$(dirname "$0")/common.sh"

wanted=()
for list in "$@"; do
  mapfile -t -O "${#wanted[@]}" wanted < <(grep -v '^#' "$SETUP/packages-$list.txt")
done

if ! has_apt; then
  say "This is neither Debian nor Ubuntu: what these packages hold must be there already, under whatever name:"
  say "  ${wanted[*]}"
  exit 0
fi

installed=$(dpkg-query -W -f '${db:Status-Status} ${Package}\n' "${wanted[@]}" 2>/dev/null | sed -n 's/^installed //p' || true)
missing=()
for package in "${wanted[@]}"; do
  grep -qxF "$package" <<<"$installed" || missing+=("$package")
done
[ "${#missing[@]}" -gt 0 ] || exit 0

if ! may_install; then
  say "These packages are missing, and installing them needs the superuser. Run this, then the same make again:"
  say "  sudo apt-get update && sudo apt-get install -y --no-install-recommends ${missing[*]}"
  exit 1
fi
step "Installing ${#missing[@]} packages: ${missing[*]}"
wait_for_lock=(-o DPkg::Lock::Timeout=300)
as_root env DEBIAN_FRONTEND=noninteractive apt-get "${wait_for_lock[@]}" -q update >&2
as_root env DEBIAN_FRONTEND=noninteractive apt-get "${wait_for_lock[@]}" -q install -y --no-install-recommends "${missing[@]}" >&2
