#!/usr/bin/env bash
# What the window tests drive the window with, into runtime/tools: nothing of the user's own is touched.
. "$(dirname "$0")/common.sh"

VERSION=2.1.0
[ "$(cat "$RUNTIME/tools/tauri-driver.version" 2>/dev/null || true)" != "$VERSION" ] || exit 0
step "Building tauri-driver $VERSION"
# Not with the caller's target folder: a tool's parts are no use to the workspace.
env -u CARGO_TARGET_DIR cargo install tauri-driver --version "$VERSION" --locked --debug --force --root "$RUNTIME/tools" >&2
printf '%s\n' "$VERSION" >"$RUNTIME/tools/tauri-driver.version"
