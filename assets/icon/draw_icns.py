#!/usr/bin/env python3
"""Draws icon.svg as an icon for macOS: `python3 assets/icon/draw_icns.py FILE.icns`."""

import struct
import sys
from pathlib import Path

from draw_ico import drawn, png

# The kinds of pictures that every macOS reads as PNG, by their pixels: for ordinary and for sharp screens.
KINDS = {
    "ic07": 128,
    "ic08": 256,
    "ic09": 512,
    "ic11": 32,
    "ic12": 64,
    "ic13": 256,
    "ic14": 512,
    "ic10": 1024,
}


def main():
    """A head, and a head before each picture: a kind of four letters, and the length with the head."""
    if len(sys.argv) != 2:
        sys.exit(f"usage: {sys.argv[0]} FILE.icns")
    pictures = {size: png(drawn(size)) for size in set(KINDS.values())}
    body = b"".join(
        struct.pack(">4sI", kind.encode(), 8 + len(pictures[size])) + pictures[size]
        for kind, size in KINDS.items()
    )
    Path(sys.argv[1]).write_bytes(struct.pack(">4sI", b"icns", 8 + len(body)) + body)


if __name__ == "__main__":
    main()
