#!/usr/bin/env python3
"""How fast `relook draft` is against the bare graph and the best that Python does with the same photos, graph and cores.

    python tests/bench/draft.py RELOOK GRAPH FOLDER [--rounds 5] [--openvino LIBRARY]

Ways, taken by turns in each round:

    one    bare runs on ready tensors, one session on all cores
    each   the same, a session of one thread for each core
    relook `relook draft` of the folder in inputs of the graph's own size, as all the others here; the loading of the model
           not counted (nowhere here is it)
    shaped the same as Relook does it unasked: inputs of each photo's shape
    half   the same with OpenVINO (ONNX Runtime's build for it at LIBRARY), half precision where Relook finds that it holds,
           inputs of the graph's own size
    both   half precision and inputs of each photo's shape
    python a thread for each core: OpenCV's reduced decoding, letterbox, onnxruntime, boxes and their suppression
    limit  a thread for each core that only decodes (reduced) and runs the graph on a ready tensor

Prints images a second (median of the rounds), and each as a share of `each` and of `limit`.
"""

import argparse
import json
import os
import pathlib
import statistics
import subprocess
import tempfile
import threading
import time

import cv2
import numpy as np
import onnxruntime

SIDE = 640
KEEP_ABOVE, NMS_IOU = 0.05, 0.7


def session(graph, threads):
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = threads
    options.inter_op_num_threads = 1
    return onnxruntime.InferenceSession(graph, options, providers=["CPUExecutionProvider"])


def longer_side(jpeg):
    """Of a JPEG file, from its frame's header, without decoding."""
    at = 2
    while True:
        marker, length = jpeg[at + 1], int(jpeg[at + 2]) << 8 | int(jpeg[at + 3])
        if 0xC0 <= marker <= 0xCF and marker not in (0xC4, 0xC8, 0xCC):
            height, width = (int(jpeg[i]) << 8 | int(jpeg[i + 1]) for i in (at + 5, at + 7))
            return max(width, height)
        at += 2 + length


def reduced(jpeg):
    """Decoded at the smallest of 1, 1/2, 1/4, 1/8 that leaves the longer side at least as long as the graph sees it."""
    times = longer_side(jpeg) / SIDE
    for least, flag in (
        (8, cv2.IMREAD_REDUCED_COLOR_8),
        (4, cv2.IMREAD_REDUCED_COLOR_4),
        (2, cv2.IMREAD_REDUCED_COLOR_2),
    ):
        if times >= least:
            return cv2.imdecode(jpeg, flag)
    return cv2.imdecode(jpeg, cv2.IMREAD_COLOR)


def letterboxed(photo):
    height, width = photo.shape[:2]
    scale = min(SIDE / width, SIDE / height)
    size = (round(width * scale), round(height * scale))
    if size != (width, height):
        photo = cv2.resize(photo, size, interpolation=cv2.INTER_LINEAR)
    left, top = (SIDE - size[0]) // 2, (SIDE - size[1]) // 2
    canvas = np.full((SIDE, SIDE, 3), 114, np.uint8)
    canvas[top : top + size[1], left : left + size[0]] = photo
    return cv2.dnn.blobFromImage(canvas, 1 / 255, swapRB=True)


def boxes(output):
    found = output[0]
    scores = found[4:]
    best = scores.max(axis=0)
    kept = np.flatnonzero(best >= KEEP_ABOVE)
    if kept.size == 0:
        return []
    centre = found[:4, kept].T
    corners = np.concatenate([centre[:, :2] - centre[:, 2:] / 2, centre[:, 2:]], axis=1)
    classes = scores[:, kept].argmax(axis=0)
    return cv2.dnn.NMSBoxesBatched(corners.tolist(), best[kept].tolist(), classes.tolist(), KEEP_ABOVE, NMS_IOU)


def by_threads(count, work, cores):
    """Seconds in which `cores` threads have done `work(thread, n)` for n below `count`."""
    numbers = iter(range(count))
    lock = threading.Lock()

    def run(thread):
        while True:
            with lock:
                n = next(numbers, None)
            if n is None:
                return
            work(thread, n)

    threads = [threading.Thread(target=run, args=(thread,)) for thread in range(cores)]
    began = time.perf_counter()
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return time.perf_counter() - began


def drafted(relook, folder, work, shape, library=None):
    """Seconds of a draft of the folder by the program itself, less those of loading the model; images; the device."""
    project = work / f"draft-{shape}-{'cpu' if library is None else 'openvino'}.relook"
    env = {**os.environ, **({"ORT_DYLIB_PATH": library} if library else {})}
    for old in work.glob(f"{project.name}*"):
        old.unlink()
    for words in (["new", project], ["add", project, folder], ["settings", project, "input-shape", shape]):
        subprocess.run([relook, "--quiet", *words], check=True, stdout=subprocess.DEVNULL)
    told = subprocess.run([relook, "--quiet", "--json", "draft", project], check=True, stdout=subprocess.PIPE, env=env)
    told = json.loads(told.stdout)
    return told["seconds"] - told["loading"], told["images"], told["device"]


def main():
    arguments = argparse.ArgumentParser()
    arguments.add_argument("relook")
    arguments.add_argument("graph")
    arguments.add_argument("folder", type=pathlib.Path)
    arguments.add_argument("--rounds", type=int, default=5)
    arguments.add_argument("--openvino", help="the library of ONNX Runtime's OpenVINO build")
    given = arguments.parse_args()

    cores = len(os.sched_getaffinity(0))
    cv2.setNumThreads(1)
    files = sorted(path for path in given.folder.rglob("*") if path.is_file())
    photos = [np.fromfile(path, np.uint8) for path in files]
    one = session(given.graph, cores)
    each = [session(given.graph, 1) for _ in range(cores)]
    name = one.get_inputs()[0].name
    tensors = [letterboxed(reduced(photo)) for photo in photos[:32]]
    count = len(photos)

    def bare(run):
        return lambda thread, n: run(thread).run(None, {name: tensors[n % len(tensors)]})

    def python(thread, n):
        # A tool reads its files; so does this.
        photo = reduced(np.fromfile(files[n], np.uint8))
        boxes(each[thread].run(None, {name: letterboxed(photo)})[0])

    def limit(thread, n):
        reduced(photos[n])
        each[thread].run(None, {name: tensors[n % len(tensors)]})

    programs = {"relook": ("model", None), "shaped": ("photo", None)}
    if given.openvino:
        programs |= {"half": ("model", given.openvino), "both": ("photo", given.openvino)}
    rates = {way: [] for way in ("one", "each", *programs, "python", "limit")}
    devices = {}
    with tempfile.TemporaryDirectory() as work:
        work = pathlib.Path(work)
        os.environ.update(RELOOK_CONFIG=str(work / "config"), RELOOK_CACHE=str(work / "cache"))
        # Once without counting: files into the cache, memory taken, half precision compared.
        for way in programs.values():
            drafted(given.relook, given.folder, work, *way)
        for _ in range(given.rounds):
            rates["one"].append(count / by_threads(count, bare(lambda _: one), 1))
            rates["each"].append(count / by_threads(count, bare(lambda thread: each[thread]), cores))
            for name_of, way in programs.items():
                seconds, images, devices[name_of] = drafted(given.relook, given.folder, work, *way)
                assert images == count, f"{images} of {count} images were drafted"
                rates[name_of].append(count / seconds)
            rates["python"].append(count / by_threads(count, python, cores))
            rates["limit"].append(count / by_threads(count, limit, cores))
    medians = {way: statistics.median(values) for way, values in rates.items()}
    print(f"{count} photos, longer side {longer_side(photos[0])} pixels, {cores} cores, {given.rounds} rounds")
    print(f"{'':8} {'images/s':>9} {'of each':>8} {'of limit':>9}   from to")
    for way, rate in medians.items():
        print(
            f"{way:8} {rate:9.2f} {rate / medians['each']:8.2f} {rate / medians['limit']:9.2f}"
            f"   {min(rates[way]):.2f} {max(rates[way]):.2f}  {devices.get(way, '')}"
        )


main()
