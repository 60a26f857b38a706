#!/usr/bin/env bash
# The UI when its sources changed, then every Rust crate with that UI inside the window.
. "$(dirname "$0")/common.sh"

cd "$ROOT"
ui_sources() {
  find ui \( -name node_modules -o -name dist \) -prune -o -type f -print0 | sort -z | xargs -0 sha256sum | sha256sum | cut -d ' ' -f 1
}
if [ -f ui/package.json ]; then
  sources=$(ui_sources)
  if [ "$(cat "$RUNTIME/ui-built" 2>/dev/null || true)" != "$sources" ] || [ ! -f ui/dist/index.html ]; then
    step "Building the UI"
    npm --prefix ui run build >&2
    printf '%s\n' "$sources" >"$RUNTIME/ui-built"
  fi
fi
[ "${1:-}" != ui ] || exit 0
# Always the whole workspace: other sets of crates switch other features on and build half of the tree again.
cargo build --workspace --locked
