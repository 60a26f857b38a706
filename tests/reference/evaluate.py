"""COCO average precision of detection lists against a truth file.

evaluate.py TRUTH RESULTS...  prints a line for each list: AP over IoU 0.50 to 0.95, AP at 0.50, at 0.75, and for small,
medium and large boxes. RESULTS are files of `relook export --format coco-results`.
"""

import contextlib
import io
import sys

from pycocotools.coco import COCO
from pycocotools.cocoeval import COCOeval


def stats(truth: COCO, results: str) -> list[float]:
    with contextlib.redirect_stdout(io.StringIO()):
        run = COCOeval(truth, truth.loadRes(results), "bbox")
        run.evaluate()
        run.accumulate()
        run.summarize()
    return [float(value) for value in run.stats[:6]]


def main() -> int:
    if len(sys.argv) < 3:
        print(__doc__, file=sys.stderr)
        return 2
    with contextlib.redirect_stdout(io.StringIO()):
        truth = COCO(sys.argv[1])
    print(f"{'':<28} AP    AP50  AP75  small medium large")
    for results in sys.argv[2:]:
        values = "  ".join(f"{value:.3f}"[1:] if value < 1 else "1.00" for value in stats(truth, results))
        name = results.rsplit("/", 1)[-1].removesuffix(".json")
        print(f"{name:<28} {values}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
