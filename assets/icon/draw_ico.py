#!/usr/bin/env python3
"""Draws icon.ico, the Windows program's icon, from icon.svg: `python3 assets/icon/draw_ico.py`.

Knows only what the drawing uses: rectangles with round corners, filled with one colour.
"""

import struct
import zlib
from pathlib import Path
from xml.etree import ElementTree

HERE = Path(__file__).resolve().parent
# What Windows asks for at scales from 100 % to 250 %, and for its largest view.
SIZES = [16, 20, 24, 32, 40, 48, 64, 96, 128, 256]
# Below this, edges between pixels would blur the bars into one another.
CRISP_FROM = 96


def rectangles():
    """Each rectangle of the drawing: x, y, width, height, radius (pixels of 256) and colour."""
    svg = "{http://www.w3.org/2000/svg}"

    def below(element, fill):
        fill = element.get("fill", fill)
        if element.tag == svg + "rect":
            place = [float(element.get(name)) for name in ("x", "y", "width", "height", "rx")]
            yield *place, bytes.fromhex(fill.removeprefix("#"))
        for child in element:
            yield from below(child, fill)

    return list(below(ElementTree.parse(HERE / "icon.svg").getroot(), "#000000"))


def scaled(rectangle, size, is_ground):
    """The rectangle in pixels of an icon of `size`, on whole pixels where the icon is small."""
    x, y, width, height, radius, colour = rectangle
    scale = size / 256
    place = [x * scale, y * scale, width * scale, height * scale]
    if size < CRISP_FROM:
        left, top = round(place[0]), round(place[1])
        right, bottom = size - left, size - top
        if not is_ground:
            middle = size / 2
            bar = max(1, round(place[2]))
            # The bars stand as far apart as they are wide, around the middle.
            number = round((x + width / 2 - 124) / 32)
            left = round(middle - bar / 2) + 2 * bar * number
            right = left + bar
            half = max(1, round(place[3] / 2))
            top, bottom = round(middle) - half, round(middle) + half
        place = [left, top, right - left, bottom - top]
    return place, min(radius * scale, place[2] / 2), colour


def covered(place, radius, x, y):
    """How much of the pixel at `x`, `y` is inside, from 0 to 1: by the distance to the edge."""
    left, top, width, height = place
    dx = abs(x + 0.5 - left - width / 2) - width / 2 + radius
    dy = abs(y + 0.5 - top - height / 2) - height / 2 + radius
    outside = (max(dx, 0) ** 2 + max(dy, 0) ** 2) ** 0.5
    return min(1, max(0, 0.5 - (outside + min(max(dx, dy), 0) - radius)))


def drawn(size):
    """Rows of pixels, each `[red, green, blue, alpha]` with parts from 0 to 255."""
    ground, *bars = [
        scaled(rectangle, size, is_ground=number == 0)
        for number, rectangle in enumerate(rectangles())
    ]
    rows = []
    for y in range(size):
        row = []
        for x in range(size):
            red, green, blue = ground[2]
            for place, radius, colour in bars:
                part = covered(place, radius, x, y)
                red, green, blue = (
                    round(old + (new - old) * part)
                    for old, new in zip((red, green, blue), colour)
                )
            row.append([red, green, blue, round(255 * covered(ground[0], ground[1], x, y))])
        rows.append(row)
    return rows


def png(rows):
    """A PNG (W3C PNG, third edition): 8 bits a part, with alpha."""

    def chunk(kind, data):
        return struct.pack(">I", len(data)) + kind + data + struct.pack(
            ">I", zlib.crc32(kind + data)
        )

    size = len(rows)
    lines = b"".join(b"\0" + bytes(part for pixel in row for part in pixel) for row in rows)
    return (
        b"\x89PNG\r\n\x1a\n"
        + chunk(b"IHDR", struct.pack(">IIBBBBB", size, size, 8, 6, 0, 0, 0))
        + chunk(b"IDAT", zlib.compress(lines, 9))
        + chunk(b"IEND", b"")
    )


def bitmap(rows):
    """A BITMAPINFOHEADER with blue, green, red and alpha from the bottom up, and an empty mask."""
    size = len(rows)
    head = struct.pack("<IiiHHIIiiII", 40, size, 2 * size, 1, 32, 0, 0, 0, 0, 0, 0)
    pixels = b"".join(bytes([b, g, r, a]) for row in reversed(rows) for r, g, b, a in row)
    return head + pixels + bytes((size + 31) // 32 * 4 * size)


def main():
    """Small pictures as bitmaps, which every reader knows, large ones as PNG."""
    pictures = [(bitmap if size <= 64 else png)(drawn(size)) for size in SIZES]
    head = struct.pack("<HHH", 0, 1, len(SIZES))
    offset = len(head) + 16 * len(SIZES)
    for size, picture in zip(SIZES, pictures):
        head += struct.pack("<BBBBHHII", size % 256, size % 256, 0, 0, 1, 32, len(picture), offset)
        offset += len(picture)
    (HERE / "icon.ico").write_bytes(head + b"".join(pictures))


if __name__ == "__main__":
    main()
