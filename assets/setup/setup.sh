#!/usr/bin/env bash
# setup.sh run|test: everything that `make run` or `make test` needs beyond Rust and Node. Does only what is not done yet.
. "$(dirname "$0")/common.sh"

what=${1:-run}
"$SETUP/prerequisites.sh"
case $what in
  run) "$SETUP/packages.sh" build ;;
  test) "$SETUP/packages.sh" build test ;;
  *) die "Usage: setup.sh run|test" ;;
esac
"$SETUP/onnxruntime.sh"
"$SETUP/photos.sh"
"$SETUP/node.sh" ui
if [ "$what" = test ]; then
  "$SETUP/node.sh" tests/e2e
  "$SETUP/python.sh"
  [ ! -f "$ROOT/tests/e2e/package.json" ] || "$SETUP/tools.sh"
fi
