# shellcheck shell=bash disable=SC2034
# Shared by the set-up scripts: where things are, how to talk. Sourced, never run.
set -euo pipefail

ROOT=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)
SETUP=$ROOT/assets/setup
RUNTIME=$ROOT/runtime
DEMO=$ROOT/demo
BIN=${CARGO_TARGET_DIR:-$ROOT/target}/debug

say() { printf '%s\n' "$*" >&2; }
step() { printf '\033[1m==> %s\033[0m\n' "$*" >&2; }
die() {
  printf 'error: %s\n' "$*" >&2
  exit 1
}

# A folder under runtime/ that is removed when the script ends, so that a broken download leaves nothing half done.
# Beside the target and not in /tmp: moving into place is then one rename.
scratch() {
  mkdir -p "$RUNTIME"
  SCRATCH=$(mktemp -d "$RUNTIME/.new-XXXXXX")
  chmod 755 "$SCRATCH"
  trap 'rm -rf "$SCRATCH"' EXIT
}

sha256_of() { sha256sum "$1" | cut -d ' ' -f 1; }

# at_least HAVE WANTED: both dotted versions
at_least() { printf '%s\n%s\n' "$2" "$1" | sort -V -C; }

# Runs a command as the superuser where that needs no question; callers ask `may_install` first.
may_install() { [ "$(id -u)" = 0 ] || sudo -n true 2>/dev/null; }
as_root() { if [ "$(id -u)" = 0 ]; then "$@"; else sudo -n "$@"; fi; }

has_apt() { command -v apt-get >/dev/null && command -v dpkg-query >/dev/null; }
