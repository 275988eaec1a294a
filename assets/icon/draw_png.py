#!/usr/bin/env python3
"""Draws icon.svg in the sizes that Linux desktops ask for: `python3 assets/icon/draw_png.py FOLDER`.

Each goes where an icon theme has it: FOLDER/16x16/apps/audio-housekeeper.png and so on.
"""

import sys
from pathlib import Path

from draw_ico import drawn, png

SIZES = [16, 22, 24, 32, 48, 64, 128, 256]


def main():
    """One file a size."""
    if len(sys.argv) != 2:
        sys.exit(f"usage: {sys.argv[0]} FOLDER")
    for size in SIZES:
        folder = Path(sys.argv[1]) / f"{size}x{size}" / "apps"
        folder.mkdir(parents=True, exist_ok=True)
        (folder / "audio-housekeeper.png").write_bytes(png(drawn(size)))


if __name__ == "__main__":
    main()
