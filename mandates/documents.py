"""The paragraphs and tables of a .docx or .txt document, in reading order; a hostile or odd file is refused whole.

A .docx is a ZIP of XML: it is measured before it is opened, and python-docx's parser resolves no entities. Numbers
that Word makes itself (a list style) are not in the text; `mandates.word_numbering` writes them out again.
"""

import io
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import docx
from docx.document import Document
from docx.opc.exceptions import OpcError
from docx.table import Table
from docx.text.paragraph import Paragraph

from mandates.archives import measured
from mandates.sheets import decoded
from mandates.word_numbering import WordNumbering
from terms.errors import BadInput, TooLarge
from terms.unreadable import why_unreadable

LIMIT = 20 * 1024 * 1024  # bytes of the file itself
# What python-docx raises at a file that is not what it says: broken XML is a SyntaxError, a missing part a KeyError, a
# file of another kind a ValueError, a part with a wrong root an AttributeError or TypeError.
_BROKEN = (OpcError, SyntaxError, KeyError, ValueError, AttributeError, TypeError)
_OLE = b"\xd0\xcf\x11\xe0"


@dataclass(frozen=True, slots=True)
class Line:
    """One paragraph, or one row of a table (`cells`); `number` counts from 1 as a person would count them."""

    number: int
    text: str
    cells: tuple[str, ...] | None = None
    table: int = 0  # which table of the document, from 1; 0 = none


def read_document(path: Path) -> list[Line]:
    """The lines of a file. Raises BadInput("input.unreadable") or TooLarge; see `lines_of`."""
    try:
        with path.open("rb") as file:
            data = file.read(LIMIT + 1)
    except OSError as error:
        raise BadInput("input.unreadable", at=path.name, reason=why_unreadable(error)) from error
    return lines_of(data, path.suffix, path.name)


def lines_of(data: bytes, suffix: str, name: str) -> list[Line]:
    """The lines of file content in memory, by the ending of its name (.docx or .txt)."""
    if len(data) > LIMIT:
        raise TooLarge("input.too-large", at=name, limit=f"{LIMIT // 1024 // 1024} MB")
    match suffix.lower():
        case ".txt":
            return list(_text_lines(data, name))
        case ".docx":
            return _docx(data, name)
        case ".doc" | ".wps":
            raise BadInput("input.unreadable", at=name, reason="旧版 Word 文件，请另存为 .docx")
    raise BadInput("input.unreadable", at=name, reason=f"不支持的文件类型 {suffix or name}")


def _text_lines(data: bytes, name: str) -> Iterator[Line]:
    if data[:2] in (b"\xff\xfe", b"\xfe\xff"):
        try:
            text = data.decode("utf-16")
        except UnicodeDecodeError as error:
            raise BadInput("input.unreadable", at=name, reason=why_unreadable(error)) from error
    else:
        text = decoded(data)
    if "\0" in text or any("\udc80" <= letter <= "\udcff" for letter in text):
        raise BadInput("input.unreadable", at=name, reason="不是文本，或编码无法识别")
    for number, line in enumerate(text.splitlines(), 1):
        if line.strip():
            yield Line(number, line.strip())


def _docx(data: bytes, name: str) -> list[Line]:
    if data.startswith(_OLE):
        raise BadInput("input.unreadable", at=name, reason="旧版 Word 或加密文件，请另存为不加密的 .docx")
    archive = measured(data, name)
    try:
        return list(_docx_lines(docx.Document(io.BytesIO(archive))))
    except _BROKEN as error:
        raise BadInput("input.unreadable", at=name, reason=why_unreadable(error)) from error


def _docx_lines(document: Document) -> Iterator[Line]:
    numbering = WordNumbering(document)
    number = tables = 0
    for block in document.iter_inner_content():
        if isinstance(block, Paragraph):
            number += 1
            for part in _broken(numbering.label(block) + block.text):
                yield Line(number, part)
        else:
            tables += 1
            for cells in _rows(block):
                number += 1
                yield Line(number, "\t".join(cells), cells, tables)


def _broken(text: str) -> Iterator[str]:
    """A paragraph with manual line breaks is several lines."""
    for part in text.splitlines():
        if part.strip():
            yield part.strip()


def _rows(table: Table) -> Iterator[tuple[str, ...]]:
    for row in table.rows:
        cells: list[str] = []
        seen: set[int] = set()
        for cell in row.cells:
            if id(cell._tc) in seen:  # a merged cell is given for each column it spans; the columns keep their places
                cells.append("")
                continue
            seen.add(id(cell._tc))
            cells.append("\n".join(_broken(cell.text)))
        if any(cells):
            yield tuple(cells)
