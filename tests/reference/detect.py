#!/usr/bin/env python3
"""Reference detections, by a second and independent way: Pillow, numpy and the onnxruntime package.

    python tests/reference/detect.py yolov8n > tests/fixtures/golden/yolov8n.json
    python tests/reference/detect.py yolov8m dog eagle giraffe horses kite person > tests/fixtures/golden/yolov8m.json

Reads `models/<name>/model.toml`, the graph beside it and `demo/photos` (all of them, or those named), and writes for
each photo its sha256, upright size and every box scoring at least 0.25, in pixels of the upright photo.
"""

import argparse
import ast
import hashlib
import json
import pathlib
import sys
import tomllib

import numpy as np
import onnxruntime
from PIL import Image, ImageOps

ROOT = pathlib.Path(__file__).resolve().parents[2]
KEEP_ABOVE = 0.25


def letterboxed(photo, width, height, pad):
    """The photo on a canvas of the graph's size; and scale, left, top to find the way back."""
    scale = min(width / photo.width, height / photo.height)
    size = (max(1, round(photo.width * scale)), max(1, round(photo.height * scale)))
    left, top = (width - size[0]) // 2, (height - size[1]) // 2
    canvas = Image.new("RGB", (width, height), (pad, pad, pad))
    canvas.paste(photo.resize(size, Image.Resampling.BILINEAR), (left, top))
    return canvas, scale, left, top


def overlap(one, many):
    """Intersection over union of one box with many; corners x1 y1 x2 y2."""
    low = np.maximum(one[:2], many[:, :2])
    high = np.minimum(one[2:], many[:, 2:])
    common = np.prod(np.clip(high - low, 0, None), axis=1)
    area = np.prod(many[:, 2:] - many[:, :2], axis=1)
    return common / np.maximum(np.prod(one[2:] - one[:2]) + area - common, 1e-12)


def strongest(boxes, scores, classes, limit):
    """Indices, best first, of the boxes that no stronger one of their own class overlaps by more than `limit`."""
    kept = []
    for i in np.argsort(-scores, kind="stable"):
        rivals = [k for k in kept if classes[k] == classes[i]]
        if not rivals or overlap(boxes[i], boxes[rivals]).max() <= limit:
            kept.append(i)
    return kept


def from_ssd(session, card, photo):
    """TensorFlow's SSD: stretched to the graph's size, [1, height, width, 3] in, shares of the photo and scores out."""
    shape = card["input"]
    image = photo.resize((shape["width"], shape["height"]), Image.Resampling.BILINEAR)
    mean, std = (np.asarray(shape[key], np.float32) for key in ("mean", "std"))
    tensor = ((np.asarray(image, np.float32) - mean) / std)[None]
    found = {o.name: v for o, v in zip(session.get_outputs(), session.run(None, {session.get_inputs()[0].name: tensor}))}
    top, left, bottom, right = found["boxes"].reshape(-1, 4).T.astype(float)
    table = found["scores"][0].astype(float)
    # A class without a name is none.
    table[:, [not name for name in card["labels"]]] = 0
    classes, scores = table.argmax(axis=1), table.max(axis=1)
    likely = scores >= KEEP_ABOVE
    corners = (np.stack([left, top, right, bottom], axis=1) * ([photo.width, photo.height] * 2))[likely]
    return corners, classes[likely], scores[likely]


def detections(session, card, photo):
    if card["head"] == "ssd_tensorflow":
        corners, classes, scores = from_ssd(session, card, photo)
        kept = strongest(corners, scores, classes, card["nms_iou"])
        upright = np.clip(corners, 0, [photo.width, photo.height] * 2)
        return [(int(classes[i]), float(scores[i]), upright[i].tolist()) for i in kept]
    shape = card["input"]
    canvas, scale, left, top = letterboxed(photo, shape["width"], shape["height"], shape["pad"])
    mean, std = (np.asarray(shape[key], np.float32) for key in ("mean", "std"))
    tensor = ((np.asarray(canvas, np.float32) - mean) / std).transpose(2, 0, 1)[None]
    rows = session.run(None, {session.get_inputs()[0].name: np.ascontiguousarray(tensor)})[0][0]
    centres, sizes, table = rows[0:2].T.astype(float), rows[2:4].T.astype(float), rows[4:].T.astype(float)
    classes, scores = table.argmax(axis=1), table.max(axis=1)
    likely = scores >= KEEP_ABOVE
    corners = np.concatenate([centres - sizes / 2, centres + sizes / 2], axis=1)[likely]
    classes, scores = classes[likely], scores[likely]
    kept = strongest(corners, scores, classes, card["nms_iou"])
    upright = (corners - [left, top, left, top]) / scale
    upright = np.clip(upright, 0, [photo.width, photo.height] * 2)
    return [(int(classes[i]), float(scores[i]), upright[i].tolist()) for i in kept]


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("model", help="a folder under models/, or the path of one elsewhere")
    parser.add_argument("photo", nargs="*", help="base names without extension; none: all of demo/photos")
    wanted = parser.parse_args()

    folder = ROOT / "models" / wanted.model
    card = tomllib.loads((folder / "model.toml").read_text())
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = 1
    session = onnxruntime.InferenceSession(str(folder / card["file"]), options, providers=["CPUExecutionProvider"])
    names = card["labels"] or ast.literal_eval(session.get_modelmeta().custom_metadata_map["names"])

    photos = []
    for path in sorted((ROOT / "demo" / "photos").glob("*.jpg")):
        if wanted.photo and path.stem not in wanted.photo:
            continue
        photo = ImageOps.exif_transpose(Image.open(path)).convert("RGB")
        photos.append(
            {
                "photo": path.name,
                "sha256": hashlib.sha256(path.read_bytes()).hexdigest(),
                "width": photo.width,
                "height": photo.height,
                "boxes": [
                    {"label": names[label], "score": round(score, 3), "box": [round(v, 3) for v in box]}
                    for label, score, box in detections(session, card, photo)
                ],
            }
        )
    golden = {"model": card["name"], "sha256": card["sha256"], "keep_above": KEEP_ABOVE, "photos": photos}
    json.dump(golden, sys.stdout, indent=1)
    print()


main()
