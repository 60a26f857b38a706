#!/usr/bin/env python3
"""Checks a CVAT XML file (images form) with readers that are not ours.

    check_cvat_xml.py FILE [--schema FILE]

Validates FILE against tests/fixtures/cvat-images-1.1.xsd, reads it with datumaro, and prints as JSON what datumaro saw:
images with their boxes (label, corners in pixels, rotation, attributes) and their outlines (polygons, lines, points), and
a count of all other annotations. Masks are compared pixel by pixel. What is wrong goes to stderr and makes the exit
status 1. Of ellipses, cuboids and skeletons datumaro knows nothing but the skeletons' single points; the schema does.
"""

import argparse
import json
import sys
import tempfile
from collections import Counter
from pathlib import Path

import datumaro
import numpy as np
from datumaro.components.annotation import AnnotationType
from lxml import etree

SCHEMA = Path(__file__).resolve().parent.parent / "fixtures" / "cvat-images-1.1.xsd"


def validate(file, schema):
    """The parsed document and the schema's complaints."""
    parser = etree.XMLParser(resolve_entities=False, no_network=True, huge_tree=True)
    document = etree.parse(str(file), parser)
    if document.docinfo.doctype:
        return document, ["The file has a DOCTYPE, which CVAT refuses"]
    validator = etree.XMLSchema(etree.parse(str(schema)))
    validator.validate(document)
    return document, [f"line {e.line}: {e.message}" for e in validator.error_log]


def import_dataset(file, names):
    """The file as datumaro sees it, and the folder that it took the images from.

    datumaro wants each image to exist, but takes its size from the XML, so empty files will do.
    """
    with tempfile.TemporaryDirectory() as folder:
        folder = Path(folder)
        images = folder / "images"
        images.mkdir()
        for name in names:
            place = images / name
            if not place.resolve().is_relative_to(images.resolve()):
                raise ValueError(f"The name {name!r} leads out of the images' folder")
            place.parent.mkdir(parents=True, exist_ok=True)
            place.touch()
        (folder / "annotations.xml").write_bytes(file.read_bytes())
        dataset = datumaro.Dataset.import_from(str(folder), "cvat")
        return list(dataset), dataset.categories()[AnnotationType.label], images


def box(annotation, labels):
    """One box; a rotated one is turned back into the corners that the file has."""
    if annotation.type == AnnotationType.rotated_bbox:
        cx, cy, w, h, rotation = annotation.cx, annotation.cy, annotation.w, annotation.h, annotation.r
        corners = [cx - w / 2, cy - h / 2, cx + w / 2, cy + h / 2]
    else:
        x, y, w, h = annotation.get_bbox()
        corners, rotation = [x, y, x + w, y + h], 0.0
    attributes = dict(annotation.attributes)
    return {
        "label": None if annotation.label is None else labels[annotation.label].name,
        "corners": [round(float(v), 2) for v in corners],
        "rotation": round(float(rotation), 2),
        "occluded": bool(attributes.pop("occluded", False)),
        "z_order": annotation.z_order,
        "group": annotation.group,
        "attributes": attributes,
    }


BOXES = (AnnotationType.bbox, AnnotationType.rotated_bbox)
OUTLINES = {AnnotationType.polygon: "polygon", AnnotationType.polyline: "polyline", AnnotationType.points: "points"}


def outline(annotation, labels):
    """A polygon, a line or a set of points."""
    return {
        "kind": OUTLINES[annotation.type],
        "label": None if annotation.label is None else labels[annotation.label].name,
        "points": [round(float(v), 2) for v in annotation.points],
    }


def describe(items, labels, images):
    """Images in frame order with their boxes and outlines, and what else there was."""
    seen, other = [], Counter()
    for item in sorted(items, key=lambda item: item.attributes["frame"]):
        height, width = item.media.size
        other.update(a.type.name for a in item.annotations if a.type not in BOXES and a.type not in OUTLINES)
        seen.append(
            {
                "frame": item.attributes["frame"],
                "name": str(Path(item.media.path).relative_to(images)),
                "width": int(width),
                "height": int(height),
                "boxes": [box(a, labels) for a in item.annotations if a.type in BOXES],
                "outlines": [outline(a, labels) for a in item.annotations if a.type in OUTLINES],
            }
        )
    return {"labels": [label.name for label in labels.items], "images": seen, "other": dict(sorted(other.items()))}


def compare(document, seen):
    """What a plain look at the XML finds and datumaro does not."""
    troubles = []
    images = document.findall("image")
    if len(images) != len(seen["images"]):
        troubles.append(f"The file has {len(images)} images, datumaro saw {len(seen['images'])}")
    by_name = {image["name"]: image for image in seen["images"]}
    for element in images:
        name = element.get("name")
        image = by_name.get(name)
        if image is None:
            troubles.append(f"Image {name!r} was not seen by datumaro")
            continue
        want = [[float(b.get(side)) for side in ("xtl", "ytl", "xbr", "ybr")] for b in element.findall("box")]
        got = [b["corners"] for b in image["boxes"]]
        close = len(want) == len(got) and all(
            abs(a - b) < 0.011 for w, g in zip(want, got) for a, b in zip(w, g)
        )
        if not close:
            troubles.append(f"Image {name!r}: the file has the boxes {want}, datumaro saw {got}")
        troubles += [f"Image {name!r}: a box has a label that meta lacks" for b in image["boxes"] if b["label"] is None]
        want = [(e.tag, numbers(e.get("points"))) for e in element.iter(*OUTLINES.values())]
        got = [(o["kind"], o["points"]) for o in image["outlines"]]
        if want != got:
            troubles.append(f"Image {name!r}: the file has the outlines {want}, datumaro saw {got}")
    return troubles


def numbers(points):
    return [float(v) for v in points.replace(";", ",").split(",")]


def pixels(element, image):
    """The pixels of a mask's element, row by row over its image."""
    left, top, width, height = (int(element.get(name)) for name in ("left", "top", "width", "height"))
    runs = [int(run) for run in element.get("rle").split(",")]
    crop = np.repeat(np.arange(len(runs)) % 2 == 1, runs).reshape(height, width)
    whole = np.zeros((int(image.get("height")), int(image.get("width"))), dtype=bool)
    whole[top : top + height, left : left + width] = crop
    return whole


def compare_masks(document, items):
    """Masks whose pixels datumaro sees elsewhere."""
    seen, troubles = {}, []
    for item in items:
        seen[str(item.attributes["frame"])] = [a for a in item.annotations if a.type == AnnotationType.mask]
    for image in document.findall("image"):
        masks = image.findall("mask")
        got = seen.get(image.get("id"), [])
        if len(masks) != len(got) or any((pixels(m, image) != (g.image != 0)).any() for m, g in zip(masks, got)):
            troubles.append(f"Image {image.get('name')!r}: datumaro saw other masks than the file has")
    return troubles


def main():
    arguments = argparse.ArgumentParser(description="Check a CVAT XML file with readers that are not ours")
    arguments.add_argument("file", type=Path)
    arguments.add_argument("--schema", type=Path, default=SCHEMA)
    options = arguments.parse_args()
    troubles = []
    try:
        document, troubles = validate(options.file, options.schema)
        if not troubles:
            names = [image.get("name") for image in document.findall("image")]
            items, labels, images = import_dataset(options.file, names)
            seen = describe(items, labels, images)
            troubles = compare(document, seen) + compare_masks(document, items)
            json.dump(seen, sys.stdout, ensure_ascii=False, indent=2)
            print()
    # A foreign reader may fail in any way; each is a verdict on the file.
    except Exception as error:
        troubles.append(f"{type(error).__name__}: {error}")
    for trouble in troubles:
        print(f"{options.file}: {trouble}", file=sys.stderr)
    return 1 if troubles else 0


if __name__ == "__main__":
    sys.exit(main())
