#!/usr/bin/env bash
# tests/gpu/run.sh PHOTOS: drafts the photos with yolov8n, s and m on the GPU and on the CPU, holds the GPU's boxes against the
# CPU's, lets the larger model take its second look on both, and prints the rates. Fails where the GPU is not used or its boxes
# are others. Wants an ONNX Runtime that has the provider: "relook runtime install cuda", or ORT_DYLIB_PATH and LD_LIBRARY_PATH.
#   RELOOK=path of the program [target/release/relook]    DEVICE=cuda, tensorrt, …; cpu tries the script itself [cuda]
#   SAME=average precision of the GPU's boxes, the CPU's taken for the truth, from which on they are the same [0.99]
set -euo pipefail
cd "$(dirname "$0")/../.."
photos=${1:?a folder of photos}
relook=${RELOOK:-target/release/relook}
device=${DEVICE:-cuda}
same=${SAME:-0.99}
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
export RELOOK_CONFIG=$work/config RELOOK_CACHE=$work/cache

"$relook" doctor
# number KEY: the first number of that key in JSON on standard input
number() { awk -F': ' -v key="\"$1\"" '$1 ~ key && !done { sub(/,.*/, "", $2); print $2; done = 1 }'; }
# timed NAME COMMAND…: runs it and says how long it took; the device that ran stands in what it prints
timed() {
  local name=$1 since now
  shift
  since=$(date +%s.%N)
  "$@" >"$work/said.json"
  now=$(date +%s.%N)
  awk -v name="$name" -v s="$since" -v e="$now" -v n="$count" \
    'BEGIN { printf "%-28s %8.1f s %8.1f photos/s\n", name, e - s, n / (e - s) }'
}
count=$(find -L "$photos" -type f \( -iname '*.jpg' -o -iname '*.jpeg' -o -iname '*.png' \) | wc -l)
failed=0
printf '\n%s photos\n' "$count"
for model in yolov8n yolov8s yolov8m; do
  for on in cpu "$device"; do
    project=$work/$model-$on.relook
    [ -f "$project" ] && continue
    "$relook" --quiet new "$project" >/dev/null
    "$relook" --quiet add "$project" "$photos" >/dev/null
    # Once for the graph to be made ready: an engine cache, a first allocation.
    timed "$model on $on, first" "$relook" --quiet --json draft "$project" --model "$model" --device "$on"
    timed "$model on $on, again" "$relook" --quiet --json draft "$project" --model "$model" --device "$on" --again
  done
  [ "$device" = cpu ] && continue
  "$relook" --quiet export "$work/$model-cpu.relook" --format coco --out "$work/$model.json" >/dev/null
  ap=$("$relook" --quiet --json evaluate "$work/$model-$device.relook" --truth "$work/$model.json" --stage draft | number ap)
  printf '%-28s %8s (1 = the same boxes)\n' "$model: AP against the CPU's" "$ap"
  awk -v ap="$ap" -v same="$same" 'BEGIN { exit !(ap >= same) }' || failed=1
done
for on in cpu "$device"; do
  timed "second look on $on" "$relook" --quiet --json second-look "$work/yolov8n-$on.relook" --model yolov8m --device "$on"
  [ "$device" = cpu ] && break
done
[ $failed = 0 ] || { printf 'error: boxes of %s differ from those of the CPU\n' "$device" >&2; exit 1; }
