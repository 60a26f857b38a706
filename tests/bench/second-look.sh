#!/usr/bin/env bash
# `make bench-second-look`: what average precision each way of taking the second look buys, and what it costs of the
# larger model, on either half of the photos: choose by the first, believe the second. Fails only on an error; the table
# worth keeping stands in RESULTS.md.
. "$(dirname "$0")/../../assets/setup/common.sh"

relook=$BIN/relook
truth=../shared/data/coco-val-a
cd "$ROOT"
if [ ! -f "$truth/instances.json" ]; then
  say "$truth is not here: the second look is not measured"
  exit 0
fi
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
export RELOOK_CONFIG=$work/config RELOOK_CACHE=$work/cache
"$relook" models fetch yolov8n yolov8m >&2
"$relook" --quiet new "$work/draft.relook" >&2
"$relook" --quiet add "$work/draft.relook" "$truth/images" >&2
"$relook" --quiet draft "$work/draft.relook" >&2
photos=$(find "$truth/images" -type f | wc -l)

# number KEY: the first number of that key in JSON on standard input
number() { awk -F': ' -v key="\"$1\"" '$1 ~ key && !done { sub(/,.*/, "", $2); print $2; done = 1 }'; }
# line NAME PROJECT STAGE COST: one line of the table
line() {
  local part
  printf '%-24s %7.2f' "$1" "$(awk -v cost="$4" -v of="$photos" 'BEGIN { print cost / of }')"
  for part in 1/2 2/2 1/1; do
    printf '  %9.3f' "$("$relook" --quiet --json evaluate "$2" --truth "$truth/instances.json" --stage "$3" --part "$part" | number ap)"
  done
  printf '\n'
}
# looked PROJECT OPTION…: takes the second look; prints what it cost, in photos at the larger model's full size
looked() { "$relook" --quiet --json second-look "$@" | number cost; }

step "AP by compute: pixels shown to yolov8m a photo, 1 being its full size; AP on the first half of the photos, the second, all"
printf '%-24s %7s  %9s  %9s  %9s\n' '' compute 'AP first' 'AP second' 'AP all'
line "yolov8n alone" "$work/draft.relook" draft 0
for budget in 0.1 0.2 0.3 0.4 0.5 0.6 0.8 1; do
  cp "$work/draft.relook" "$work/look.relook"
  cost=$(looked "$work/look.relook" --budget "$budget")
  line "whole, budget $budget" "$work/look.relook" second-look "$cost"
done
cp "$work/draft.relook" "$work/look.relook"
cost=$(looked "$work/look.relook")
line "whole, doubtful photos" "$work/look.relook" second-look "$cost"
for how in "both --budget 0.6" zoom both; do
  cp "$work/draft.relook" "$work/look.relook"
  # shellcheck disable=SC2086
  cost=$(looked "$work/look.relook" --mode $how)
  line "${how/ --/, }" "$work/look.relook" second-look "$cost"
done
"$relook" --quiet new "$work/alone.relook" >&2
"$relook" --quiet add "$work/alone.relook" "$truth/images" >&2
"$relook" --quiet settings "$work/alone.relook" input-shape model >&2
"$relook" --quiet draft "$work/alone.relook" --model yolov8m >&2
line "yolov8m alone" "$work/alone.relook" draft "$photos"
