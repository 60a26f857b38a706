#!/usr/bin/env bash
# node.sh FOLDER…: the packages that a folder's lock file names, installed when the lock is not the one installed last.
. "$(dirname "$0")/common.sh"

for folder in "$@"; do
  cd "$ROOT"
  [ -f "$folder/package.json" ] || continue
  cd "$folder"
  lock=$(sha256_of package-lock.json)
  # Inside node_modules, which `npm ci` removes first: an interrupted install leaves no stamp.
  stamp=node_modules/.relook-lock
  [ "$(cat "$stamp" 2>/dev/null || true)" != "$lock" ] || continue
  step "Installing npm packages in $folder"
  npm ci --no-fund --no-audit >&2
  printf '%s\n' "$lock" >"$stamp"
done
