#!/usr/bin/env python3
"""The peer of `make bench-formats`: reads a CVAT XML file with datumaro, then writes it.

    formats.py FOLDER OUT

FOLDER holds annotations.xml and images/. Prints the seconds of each; what is read is counted, so that nothing stays
unread.
"""

import logging
import sys
import time
from pathlib import Path

import datumaro


def main():
    folder, out = Path(sys.argv[1]), Path(sys.argv[2])
    logging.disable(logging.WARNING)
    begin = time.perf_counter()
    dataset = datumaro.Dataset.import_from(str(folder), "cvat")
    count = sum(len(item.annotations) for item in dataset)
    reading = time.perf_counter() - begin
    begin = time.perf_counter()
    dataset.export(str(out), "cvat", save_media=False)
    writing = time.perf_counter() - begin
    print(f"read {reading:.3f} write {writing:.3f} shapes {count}")


if __name__ == "__main__":
    main()
