#!/usr/bin/env bash
# `make bench-ui`: how fast the real window is with 100,000 images, a project of 1,000,000 images and 20,000,000 boxes,
# 500 decisions on 12-megapixel photos, 10,000 boxes on one photo. Prints a table; those worth keeping stand in RESULTS.md.
# BENCH_PACE: ms between decisions. BENCH_FOLDER keeps what is made (about 8 GB); BENCH_IMAGES and BENCH_BOXES make the giant smaller.
. "$(dirname "$0")/../../assets/setup/common.sh"

BIN=${CARGO_TARGET_DIR:-$ROOT/target}/release
relook=$BIN/relook
images=${BENCH_IMAGES:-1000000} boxes=${BENCH_BOXES:-20000000}
if [ -n "${BENCH_FOLDER:-}" ]; then
  work=$BENCH_FOLDER
  mkdir -p "$work"
else
  work=$(mktemp -d)
  trap 'rm -rf "$work"' EXIT
fi
export RELOOK_CONFIG=$work/config RELOOK_CACHE=$work/cache BENCH_FOLDER=$work
cd "$ROOT"
step "Building for release"
cargo build --quiet --release --workspace --locked
cargo build --quiet --release --locked --package relook-store --example giant
giant=$BIN/examples/giant

# made NAME PHOTOS IMAGES BOXES: a project filled by the generator, unless it is there from before.
made() {
  [ -f "$work/$1.relook" ] && return
  "$relook" --quiet new "$work/part.relook" >/dev/null
  "$giant" "$work/part.relook" "$2" "$3" "$4"
  mv "$work/part.relook" "$work/$1.relook"
}

# photos FOLDER COUNT SIZE: JPEGs of that size, made from the demo photos, under the names the generator gives.
photos() {
  [ -d "$1" ] && return
  mkdir -p "$1.part/0000"
  local n=0 all=("$ROOT"/demo/photos/*)
  while [ $n -lt "$2" ]; do
    convert -quiet "${all[$((n % ${#all[@]}))]}" -resize "$3!" -quality 90 "$1.part/0000/$(printf %07d $((n + 1))).jpg"
    n=$((n + 1))
  done
  mv "$1.part" "$1"
}

step "Making the projects"
photos "$work/large" 120 4000x3000
photos "$work/crowd" 1 3840x2160
for order in by_image most_doubtful; do
  rm -f "$work/keys-$order.relook"*
  made "keys-$order" "$work/large" 120 6000
done
rm -f "$work/crowd.relook"*
made crowd "$work/crowd" 1 10000
made giant "$work/large" "$images" "$boxes"
printf '{ "images": %s, "boxes": %s }\n' "$images" "$boxes" >"$work/giant.json"

step "The window, measured"
WEBKIT_DISABLE_DMABUF_RENDERER=1 RELOOK_BIN="$BIN" TAURI_DRIVER="$RUNTIME/tools/bin/tauri-driver" \
  xvfb-run -a -s '-screen 0 1440x900x24' dbus-run-session -- npm --silent --prefix tests/e2e run bench-ui 2>/dev/null
