#!/usr/bin/env bash
# `make bench`: what the second look is worth. Prints a table; fails on nothing but an error, since figures depend on the
# machine. Those worth keeping stand in RESULTS.md.
. "$(dirname "$0")/../../assets/setup/common.sh"

relook=$BIN/relook
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
export RELOOK_CONFIG=$work/config RELOOK_CACHE=$work/cache
cd "$ROOT"
"$relook" models fetch yolov8n yolov8m >&2

truth=../shared/data/coco-val-a
if [ -f "$truth/instances.json" ]; then
  step "Average precision on $(find "$truth/images" -type f | wc -l) photos: draft, second look, larger model alone"
  results() { "$relook" --quiet export "$work/$1.relook" --format coco-results --like "$truth/instances.json" --out "$work/$2.json" >/dev/null; }
  "$relook" --quiet new "$work/looked.relook" >&2
  "$relook" --quiet add "$work/looked.relook" "$truth/images" >&2
  "$relook" --quiet draft "$work/looked.relook"
  results looked "yolov8n draft"
  "$relook" --quiet second-look "$work/looked.relook"
  results looked "second look by yolov8m"
  "$relook" --quiet new "$work/alone.relook" >&2
  "$relook" --quiet add "$work/alone.relook" "$truth/images" >&2
  "$relook" --quiet draft "$work/alone.relook" --model yolov8m
  results alone "yolov8m on every photo"
  .venv/bin/python tests/reference/evaluate.py "$truth/instances.json" "$work/yolov8n draft.json" \
    "$work/second look by yolov8m.json" "$work/yolov8m on every photo.json"
else
  say "$truth is not here: average precision is not measured"
fi
