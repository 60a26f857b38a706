#!/usr/bin/env bash
# `make bench-draft`: how fast `relook draft` is against the bare graph, the limit of this machine and the best that Python
# does, on small photos and on photos of 12 megapixels. Fails only on an error; the table worth keeping stands in RESULTS.md.
. "$(dirname "$0")/../../assets/setup/common.sh"

rounds=${ROUNDS:-5}
cd "$ROOT"
cargo build --quiet --release --locked -p relook-cli
relook=${CARGO_TARGET_DIR:-$ROOT/target}/release/relook
# The plain build for all ways but those of OpenVINO, which are left out where "relook runtime install openvino" was not run.
export ORT_DYLIB_PATH=$RUNTIME/onnxruntime/libonnxruntime.so
openvino=()
for library in "${XDG_DATA_HOME:-$HOME/.local/share}"/relook/runtime/openvino/onnxruntime/capi/libonnxruntime.so*; do
  if [ -f "$library" ]; then openvino=(--openvino "$library"); fi
done
"$relook" --quiet models fetch yolov8n >&2
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

# photos FOLDER COUNT ARGUMENT…: JPEGs made from the demo photos.
photos() {
  local folder=$1 count=$2 n=0 all=("$ROOT"/demo/photos/*)
  shift 2
  mkdir -p "$folder"
  while [ $n -lt "$count" ]; do
    convert -quiet "${all[$((n % ${#all[@]}))]}" "$@" -quality 90 "$folder/$(printf %07d $((n + 1))).jpg"
    n=$((n + 1))
  done
}

photos "$work/small" "${SMALL:-240}" -resize '640x480!'
photos "$work/large" "${LARGE:-120}" -resize '4000x3000!'
for size in small large; do
  step "Drafting with yolov8n, $size photos"
  .venv/bin/python tests/bench/draft.py "$relook" models/yolov8n/yolov8n.onnx "$work/$size" --rounds "$rounds" "${openvino[@]}"
done
