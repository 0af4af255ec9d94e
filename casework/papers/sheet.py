"""Tables (.xlsx) dressed as an office prints them; the digest's items as one. Pure; the same rows, the same bytes."""

import io
from collections.abc import Iterable, Sequence
from datetime import date
from math import ceil

from openpyxl import Workbook
from openpyxl.cell import Cell, MergedCell
from openpyxl.styles import Alignment, Border, Font, Side
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.properties import PageSetupProperties
from openpyxl.worksheet.worksheet import Worksheet

from casework.papers.archive import pack
from casework.papers.digest import Digest, DigestItem
from casework.papers.finishing import width as wide
from casework.papers.paper import Quoted
from casework.papers.words import chinese_date, printable

_COLUMNS = (
    ("序号", 6),
    ("争议事项", 24),
    ("涉及单位", 34),
    ("工单数", 8),
    ("各方依据", 60),
    ("研判意见", 48),
    ("处置方式", 10),
    ("责任单位", 26),
    ("完成时限", 16),
    ("状态", 12),
    ("列入次数", 9),
)
_STARTS_A_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")
_CELL_AT_MOST = 32_767  # characters, a limit of the format
_LINE, _HIGHEST = 16.0, 409.0  # points: a line of the text, the highest row the format knows
_THIN = Side(style="thin")
_FRAME = Border(left=_THIN, right=_THIN, top=_THIN, bottom=_THIN)


def digest_table(digest: Digest) -> bytes:
    """One row an item."""
    title = f"{digest.period}退单争议定期梳理"
    rows = map(_row, digest.items)
    return table("退单争议事项清单", _COLUMNS, rows, digest.issued_on, title=title, issuer=digest.issuer)


def table(
    name: str,
    columns: Sequence[tuple[str, int]],
    rows: Iterable[Sequence[str | int]],
    on: date,
    *,
    title: str = "",
    issuer: str = "",
) -> bytes:
    """Rows under headings with their widths in characters, headings frozen and repeated in print, on A4 lying."""
    book = Workbook()
    book.remove(book.worksheets[0])
    sheet: Worksheet = book.create_sheet(name)
    for row, values in enumerate(([heading for heading, _ in columns], *rows), start=1):
        for column, value in enumerate(values, start=1):
            write(sheet.cell(row, column), value)
    _dress(sheet, columns)
    book.properties.creator = printable(issuer)[:255]
    book.properties.title = printable(title or name)[:255]
    written = io.BytesIO()
    book.save(written)
    return pack(written.getvalue(), on)


def write(cell: Cell | MergedCell, value: str | int) -> None:
    """A value into a cell as itself: a text is never a formula, and is marked so where it looks like one."""
    if isinstance(value, int):
        cell.value = value
        return
    text = printable(value)[:_CELL_AT_MOST]
    cell.value = text
    cell.data_type = "s"
    if text.startswith(_STARTS_A_FORMULA):
        cell.quotePrefix = True  # the apostrophe that Excel shows in the formula bar: it stays a text when edited


def cited(quote: Quoted) -> str:
    """A clause in one line: whose, which, what it says."""
    whose = f"{quote.unit}：" if quote.unit else ""
    return f"{whose}《{quote.instrument}》{quote.number}：“{quote.text}”"


def _row(item: DigestItem) -> tuple[str | int, ...]:
    return (
        item.number,
        item.matter,
        "、".join(item.units),
        item.orders,
        "\n".join(map(cited, item.quotes)),
        item.opinion,
        item.disposition,
        item.owner,
        chinese_date(item.due) if item.due else "",
        item.state,
        item.times,
    )


def _lines(text: str, width: int) -> int:
    """How many lines a text takes in a column: a program that opens the table does not make its rows higher itself."""
    room = max(width / 2.2, 1.0)  # characters of 12 points; a column is measured in figures of 11
    return sum(max(ceil(wide(line) / room), 1) for line in text.split("\n"))


def _dress(sheet: Worksheet, columns: Sequence[tuple[str, int]]) -> None:
    for at, (_, width) in enumerate(columns):
        sheet.column_dimensions[get_column_letter(at + 1)].width = width
    for at, row in enumerate(sheet.iter_rows(), start=1):
        lines = max(_lines(str(cell.value or ""), width) for cell, (_, width) in zip(row, columns, strict=False))
        sheet.row_dimensions[at].height = min(lines * _LINE + 6, _HIGHEST)
        for cell in row:
            cell.border = _FRAME
            cell.font = Font(name="黑体" if cell.row == 1 else "仿宋_GB2312", size=12)
            cell.alignment = Alignment(
                wrap_text=True, vertical="center", horizontal="center" if cell.row == 1 else None
            )
    sheet.freeze_panes = "A2"
    sheet.print_title_rows = "1:1"
    sheet.page_setup.orientation = "landscape"
    sheet.page_setup.paperSize = 9  # A4
    sheet.page_setup.fitToWidth, sheet.page_setup.fitToHeight = 1, 0
    sheet.sheet_properties.pageSetUpPr = PageSetupProperties(fitToPage=True)
