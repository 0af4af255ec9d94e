"""What stands in a downloaded table, as somebody finds it who opens it in an office program."""

import io
import re
from collections.abc import Iterator

from openpyxl import load_workbook

CODE = re.compile(r"[A-Za-z][a-z]*([A-Z_][a-z]+)*")  # a word of the program: reviewed, first_receiver, OrderClosed


def foreign(content: bytes) -> list[tuple[str, str]]:
    """(sheet, word): names of sheets, headings and whole cells that are words of the program and not Chinese."""
    return list(_foreign(content))


def _foreign(content: bytes) -> Iterator[tuple[str, str]]:
    for sheet in load_workbook(io.BytesIO(content)).worksheets:
        if sheet.title.isascii():
            yield sheet.title, sheet.title
        for number, row in enumerate(sheet.iter_rows(values_only=True)):
            for cell in row:
                if isinstance(cell, str) and (CODE.fullmatch(cell) or (number == 0 and cell.isascii())):
                    yield sheet.title, cell
