#!/usr/bin/env bash
# What can be said without running anything: formatting, lints, types, dependency licences and arrows. All of it offline.
. "$(dirname "$0")/common.sh"

cd "$ROOT"
step "Formatting"
cargo fmt --all --check
if [ -f ui/package.json ]; then
  step "Types and lint of the UI"
  npm --prefix ui run check
  npm --prefix ui run lint
fi
step "Clippy"
# The window's crate takes the built UI in, so that comes first.
"$SETUP/build.sh" ui
cargo clippy --workspace --all-targets --locked -- -D warnings
step "Licences, bans, arrows and tidiness"
cargo test --workspace --locked --test licences --test arrows --test tidy
