"""A ZIP (.xlsx, .docx) measured before anything else opens it: it may unpack to a thousand times its size.

Sizes that an archive states may lie, and two readers may see two different archives in one file. So every member is
unpacked here, counted as it comes, and packed anew; what was counted is what the next reader gets.
"""

import io
import re
import zipfile
import zlib

from terms.errors import BadInput, TooLarge

LIMIT = 96 * 1024 * 1024  # bytes unpacked: some 100,000 rows of a hotline's export
MEMBERS = 2_000
CELLS = 8_000_000  # a sheet is read as a full rectangle; a cell in row 1,048,576 would ask for gigabytes
_PIECE = 1024 * 1024
_SHEET = re.compile(r"xl/worksheets/[^/]+\.xml", re.IGNORECASE)
_CELL = re.compile(rb"""\br\s*=\s*["']([A-Za-z]{1,3})?([0-9]{1,7})["']""")


def measured(data: bytes, name: str) -> bytes:
    """The same archive, every member unpacked, counted and stored. Raises BadInput, TooLarge."""
    packed = io.BytesIO()
    left = LIMIT
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive, zipfile.ZipFile(packed, "w") as anew:
            members = archive.infolist()
            if len(members) > MEMBERS:
                raise TooLarge("input.too-large", at=name, limit=f"{MEMBERS} 个部件")
            for member in members:
                content = _unpacked(archive, member, left, name)
                left -= len(content)
                if _SHEET.fullmatch(member.filename.replace("\\", "/")):
                    _check_rectangle(content, name)
                anew.writestr(zipfile.ZipInfo(member.filename), content)
    except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, RuntimeError, ValueError, OSError) as error:
        raise BadInput("input.unreadable", at=name, reason=f"压缩包已损坏或加密（{type(error).__name__}）") from error
    return packed.getvalue()


def _unpacked(archive: zipfile.ZipFile, member: zipfile.ZipInfo, left: int, name: str) -> bytes:
    content = bytearray()
    with archive.open(member) as source:
        while piece := source.read(_PIECE):
            content += piece
            if len(content) > left:
                raise TooLarge("input.too-large", at=name, limit=f"{LIMIT // 1024 // 1024} MB")
    return bytes(content)


def _check_rectangle(sheet: bytes, name: str) -> None:
    if b"\0" in sheet:
        raise BadInput("input.unreadable", at=name, reason="工作表应为 UTF-8 编码")
    columns = rows = 1
    for found in _CELL.finditer(sheet):
        letters, row = found.groups()
        rows = max(rows, int(row))
        columns = max(columns, _column(letters or b"A"))
        if rows * columns > CELLS:
            raise TooLarge("input.too-large", at=name, limit=f"{CELLS} 个单元格")


def _column(letters: bytes) -> int:
    number = 0
    for letter in letters.upper():
        number = number * 26 + letter - 64
    return number
