#!/usr/bin/env bash
# `make bench-evaluate`: COCO's twelve numbers by `relook evaluate` and by COCO's own program on the same boxes, and what either
# takes, by turns, as whole processes. Fails only on an error; the table worth keeping stands in RESULTS.md.
. "$(dirname "$0")/../../assets/setup/common.sh"

relook=$BIN/relook
rounds=${ROUNDS:-5}
truth=../shared/data/coco-val-a
cd "$ROOT"
if [ ! -f "$truth/instances.json" ]; then
  say "$truth is not here: nothing is evaluated"
  exit 0
fi
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
export RELOOK_CONFIG=$work/config RELOOK_CACHE=$work/cache
"$relook" models fetch yolov8n >&2
"$relook" --quiet new "$work/a.relook" >&2
"$relook" --quiet add "$work/a.relook" "$truth/images" >&2
# Weak boxes too, else the curves are cut off.
"$relook" --quiet draft "$work/a.relook" --keep-above 0.001 >&2

step "COCO's twelve numbers of a draft by yolov8n, $(find "$truth/images" -type f | wc -l) photos, $rounds rounds"
.venv/bin/python - "$relook" "$work" "$truth/instances.json" "$rounds" <<'PY'
import json, statistics, subprocess, sys, time

relook, work, truth, rounds = sys.argv[1:]


def ask(*words):
    return json.loads(subprocess.run([relook, "--quiet", "--json", *words], check=True, stdout=subprocess.PIPE).stdout)


# The very boxes: an exported file holds hundredths of a pixel, which moves some over a threshold.
known = json.load(open(truth))
categories = {one["name"]: one["id"] for one in known["categories"]}
names = {one["id"]: one["name"] for one in ask("labels", f"{work}/a.relook")}
boxes = []
for image in known["images"]:
    for box in ask("show", f"{work}/a.relook", "--image", image["file_name"], "--all")["annotations"]:
        r, drafted = box["rect"], box["opinions"][0]
        place = [r["x1"], r["y1"], r["x2"] - r["x1"], r["y2"] - r["y1"]]
        boxes.append({"image_id": image["id"], "category_id": categories[names[box["label"]]], "bbox": place, "score": drafted["score"]})
json.dump(boxes, open(f"{work}/boxes.json", "w"))
ways = {
    "relook": [relook, "--quiet", "--json", "evaluate", f"{work}/a.relook", "--truth", truth, "--stage", "draft"],
    "pycocotools": [sys.executable, "tests/reference/evaluate.py", "--json", truth, f"{work}/boxes.json"],
}
took, said = {way: [] for way in ways}, {}
for _ in range(int(rounds)):
    for way, words in ways.items():
        began = time.perf_counter()
        said[way] = json.loads(subprocess.run(words, check=True, stdout=subprocess.PIPE).stdout)
        took[way].append(time.perf_counter() - began)
ours, theirs = said["relook"]["coco"], said["pycocotools"][0]
print(f"{'':10} {'relook':>9} {'pycocotools':>12} {'apart':>9}")
for (name, value), other in zip(ours.items(), theirs, strict=True):
    value = -1.0 if value is None else value
    print(f"{name:10} {value:9.4f} {other:12.4f} {abs(value - other):9.6f}")
print(f"{'seconds':10} {statistics.median(took['relook']):9.2f} {statistics.median(took['pycocotools']):12.2f}   (the whole process, median)")
print(f"{said['relook']['boxes']} boxes held against {said['relook']['wanted']}")
PY
