#!/usr/bin/env bash
# The demo: drafts and second-looks the demo photos, then opens the window, or without a display writes the XML.
# Each step skips what is done already, so this is quick the second time.
. "$(dirname "$0")/common.sh"

relook=$BIN/relook
project=$DEMO/demo.relook
cd "$ROOT"

"$relook" models fetch yolov8n yolov8m
[ -e "$project" ] || "$relook" new "$project" --labels coco80
"$relook" add "$project" "$DEMO/photos"
step "Drafting with the small model"
"$relook" draft "$project"
step "Second look with the larger model"
"$relook" second-look "$project"

if [ -n "${DISPLAY:-}${WAYLAND_DISPLAY:-}" ]; then
  step "Opening the window on demo/demo.relook"
  "$relook" open "$project"
else
  "$relook" export "$project" --format cvat-images --out "$DEMO/annotations.xml"
  say "There is no display, so no window opens. The boxes are in demo/annotations.xml (CVAT XML 1.1)."
fi
