"""COCO average precision of detection lists against a truth file.

evaluate.py TRUTH RESULTS...  prints a line for each list: AP over IoU 0.50 to 0.95, AP at 0.50, at 0.75, and for small,
medium and large boxes. RESULTS are files of `relook export --format coco-results`. With --json first, a list of COCO's
twelve numbers for each list, -1 where there is nothing to measure.
"""

import contextlib
import io
import json
import sys

from pycocotools.coco import COCO
from pycocotools.cocoeval import COCOeval


def stats(truth: COCO, results: str) -> list[float]:
    with contextlib.redirect_stdout(io.StringIO()):
        run = COCOeval(truth, truth.loadRes(results), "bbox")
        run.evaluate()
        run.accumulate()
        run.summarize()
    return [float(value) for value in run.stats]


def main() -> int:
    arguments = sys.argv[1:]
    as_json = arguments[:1] == ["--json"]
    if as_json:
        arguments = arguments[1:]
    if len(arguments) < 2:
        print(__doc__, file=sys.stderr)
        return 2
    with contextlib.redirect_stdout(io.StringIO()):
        truth = COCO(arguments[0])
    if as_json:
        print(json.dumps([stats(truth, results) for results in arguments[1:]]))
        return 0
    print(f"{'':<28} AP    AP50  AP75  small medium large")
    for results in arguments[1:]:
        values = "  ".join(f"{value:.3f}"[1:] if value < 1 else "1.00" for value in stats(truth, results)[:6])
        name = results.rsplit("/", 1)[-1].removesuffix(".json")
        print(f"{name:<28} {values}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
