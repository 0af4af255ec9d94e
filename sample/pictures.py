"""The pictures of the sample month: drawn by code, so that they show nobody and no place, and are the same every time.

A street with something in the way as the caller sends it, the same street cleared as the unit proves it, and a page as
a scanner gives it. Written as PNG (RFC 2083) with a palette.
"""

import random
import struct
import zlib
from functools import cache
from typing import Literal

View = Literal["before", "after", "page"]
WIDTH, HEIGHT = 320, 200
SKY, WALL, PAVEMENT, ROAD, LINE, WINDOW, HEAP, BARRIER, PAPER, INK = range(10)
PALETTE = (
    (205, 219, 230), (187, 180, 170), (158, 158, 154), (98, 100, 104), (228, 226, 214),
    (122, 140, 154), (116, 92, 66), (214, 120, 48), (250, 249, 245), (120, 124, 130),
)  # fmt: skip
STREETS = 6  # how many different ones there are


@cache
def picture(view: View, number: int) -> bytes:
    """The PNG of a view; `number` (any) chooses one of the streets, so before and after show the same."""
    street = number % STREETS
    return _png(_page(street) if view == "page" else _street(street, cleared=view == "after"))


def _street(street: int, *, cleared: bool) -> list[bytearray]:
    dice = random.Random(street)  # noqa: S311  # a drawing, no secret
    rows = [bytearray([SKY]) * WIDTH for _ in range(HEIGHT)]
    for left in range(-dice.randrange(40), WIDTH, 84):
        top = dice.randrange(20, 60)
        _box(rows, left, top, 78, 130 - top, WALL)
        for down in range(top + 10, 118, 22):
            for across in range(left + 8, left + 70, 22):
                _box(rows, across, down, 12, 12, WINDOW)
    _box(rows, 0, 130, WIDTH, 22, PAVEMENT)
    _box(rows, 0, 152, WIDTH, 48, ROAD)
    for across in range(dice.randrange(30), WIDTH, 60):
        _box(rows, across, 174, 34, 4, LINE)
    middle = dice.randrange(90, 230)
    if not cleared:
        for layer in range(26):
            half = 44 - layer * 3 // 2
            _box(rows, middle - half + dice.randrange(5), 160 - layer, half * 2, 1, HEAP)
        _box(rows, middle + 30, 138, 5, 20, BARRIER)
        _box(rows, middle - 36, 138, 5, 20, BARRIER)
    return rows


def _page(street: int) -> list[bytearray]:
    dice = random.Random(street)  # noqa: S311  # a drawing, no secret
    rows = [bytearray([PAVEMENT]) * WIDTH for _ in range(HEIGHT)]
    _box(rows, 84, 6, 152, 188, PAPER)
    _box(rows, 124, 18, 72, 5, INK)
    for down in range(36, 168, 9):
        _box(rows, 98, down, dice.randrange(70, 124), 2, INK)
    _box(rows, 184, 176, 38, 2, INK)
    return rows


def _box(rows: list[bytearray], left: int, top: int, width: int, height: int, colour: int) -> None:
    first, last = max(0, left), min(WIDTH, left + width)
    if last <= first:
        return
    for row in rows[max(0, top) : max(0, top + height)]:
        row[first:last] = bytearray([colour]) * (last - first)


def _png(rows: list[bytearray]) -> bytes:
    head = struct.pack(">IIBBBBB", WIDTH, HEIGHT, 8, 3, 0, 0, 0)
    colours = bytes(part for colour in PALETTE for part in colour)
    told = zlib.compress(b"".join(b"\0" + bytes(row) for row in rows), 9)
    chunks = ((b"IHDR", head), (b"PLTE", colours), (b"IDAT", told), (b"IEND", b""))
    return b"\x89PNG\r\n\x1a\n" + b"".join(_chunk(kind, body) for kind, body in chunks)


def _chunk(kind: bytes, body: bytes) -> bytes:
    return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))
