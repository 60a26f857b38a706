#!/usr/bin/env bash
# Rust and Node are asked for, everything else is installed: says which is missing or too old, and the line that mends it.
. "$(dirname "$0")/common.sh"

RUST=1.92
NODE=20.19
problems=0

rust_line() {
  if command -v rustup >/dev/null; then
    say "    rustup update stable && rustup default stable"
  else
    say "    curl --proto '=https' --tlsv1.2 -sSf https://sh.rustup.rs | sh -s -- -y && . \"\$HOME/.cargo/env\""
    say "  or, where the distribution has rustup (Debian 13, Ubuntu 24.04 and newer):"
    say "    sudo apt-get install -y rustup && rustup default stable"
  fi
}

node_line() {
  say "    curl -o- https://raw.githubusercontent.com/nvm-sh/nvm/v0.40.3/install.sh | bash && . \"\$HOME/.nvm/nvm.sh\" && nvm install 22"
  say "  or, where the distribution's own is new enough (Debian 13, Ubuntu 25.10 and newer):"
  say "    sudo apt-get install -y nodejs npm"
}

# missing WHAT WANTED HAVE
missing() {
  problems=$((problems + 1))
  if [ -n "$3" ]; then say "$1 $2 or newer is needed; here is $3. One of these lines installs it:"
  else say "$1 $2 or newer is needed and not on the PATH. One of these lines installs it:"; fi
}

rust=$(rustc --version 2>/dev/null | cut -d ' ' -f 2 || true)
if ! command -v cargo >/dev/null || ! at_least "${rust%%-*}" "$RUST"; then
  missing Rust "$RUST" "$rust"
  rust_line
fi

node=$(node --version 2>/dev/null | tr -d v || true)
if ! at_least "${node:-0}" "$NODE"; then
  missing Node "$NODE" "$node"
  node_line
elif ! command -v npm >/dev/null; then
  problems=$((problems + 1))
  say "npm is needed beside Node and not on the PATH. Where Node is the distribution's own, this line installs it:"
  say "    sudo apt-get install -y npm"
fi

[ "$problems" = 0 ] || die "$problems of the prerequisites (README.md) are missing; nothing was changed"
