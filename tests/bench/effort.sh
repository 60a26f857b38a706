#!/usr/bin/env bash
# `make bench-effort`: what review costs a person, simulated on photos whose truth is known, as it is and without what
# makes it cheaper. Fails only on an error; the tables worth keeping stand in RESULTS.md.
. "$(dirname "$0")/../../assets/setup/common.sh"

relook=$BIN/relook
truth=../shared/data/coco-val-a
cd "$ROOT"
if [ ! -f "$truth/instances.json" ]; then
  say "$truth is not here: effort is not measured"
  exit 0
fi
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
export RELOOK_CONFIG=$work/config RELOOK_CACHE=$work/cache
"$relook" models fetch yolov8n yolov8m >&2
"$relook" --quiet new "$work/effort.relook" >&2
"$relook" --quiet add "$work/effort.relook" "$truth/images" >&2
"$relook" --quiet draft "$work/effort.relook" >&2
"$relook" --quiet second-look "$work/effort.relook" >&2

effort() { "$relook" --quiet bench effort "$work/effort.relook" --truth "$truth/instances.json" "$@"; }
# seconds OPTION…: seconds an image in each way of working, for either half of the photos.
seconds() {
  local part
  printf '%-64s' "${*:-as it is}"
  for part in 1/2 2/2; do
    effort --json --part "$part" "$@" | awk -F': ' '/"seconds_per_image"/ { printf " %5.1f", $2 }'
    printf '  '
  done
  printf '\n'
}

step "What review costs"
effort
step "What each of its ways saves: seconds an image by hand, with drafts, second look and gallery; first half, second half"
seconds
seconds --no-take-withdrawn
seconds --one-label
seconds --no-reject-rest
seconds --no-take-withdrawn --one-label --no-reject-rest
step "What else was tried"
seconds --glance 0.3
seconds --withdrawn-from 0.1
