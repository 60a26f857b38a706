#!/usr/bin/env bash
# setup.sh run|check|test: everything that this `make` target needs beyond Rust and Node. Does only what is not done yet.
. "$(dirname "$0")/common.sh"

what=${1:-run}
"$SETUP/prerequisites.sh"
case $what in
  run | check) "$SETUP/packages.sh" build ;;
  test) "$SETUP/packages.sh" build test ;;
  *) die "Usage: setup.sh run|check|test" ;;
esac
"$SETUP/onnxruntime.sh"
"$SETUP/photos.sh"
"$SETUP/node.sh" ui
if [ "$what" != run ]; then
  # A build takes in only what this platform needs; licences are looked at for every platform, and offline.
  cargo fetch --locked --quiet --manifest-path "$ROOT/Cargo.toml"
fi
if [ "$what" = test ]; then
  "$SETUP/node.sh" tests/e2e
  "$SETUP/python.sh"
  [ ! -f "$ROOT/tests/e2e/package.json" ] || "$SETUP/tools.sh"
fi
