"""A page's data as a workbook: a sheet for each list, a row for each record, words and numbers as pages say them."""

import io
import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import date, datetime
from typing import Any

from openpyxl import Workbook
from openpyxl.styles import Font
from openpyxl.utils import get_column_letter

from casework.desk import event_name
from casework.papers.archive import pack
from casework.papers.sheet import write
from console.spreadsheet_words import (
    HEADINGS,
    HUNDREDTHS,
    HUNDREDTHS_BESIDE,
    LEFT_OUT,
    REPEATED_BESIDE,
    SHEETS,
    SHEETS_BESIDE,
    SHOWN,
    UNITS,
    WORDS,
)
from console.words import deadline, moment, quarter, week
from terms.messages import sentence

DAY = date(2020, 1, 1)  # of the parts inside the file: the same rows give the same bytes
OPENED = ("card", "judged", "score")  # records inside a row whose fields are columns of their own
TOLD: Mapping[str, Callable[[str], str]] = {
    "week": week,
    "quarter": quarter,
    "type": lambda text: event_name(text) if text.isascii() else text,
}
_MOMENT = re.compile(r"[12]\d{3}-\d\d-\d\dT\d\d:\d\d(:\d\d(\.\d+)?)?(Z|[+-]\d\d:\d\d)")  # as the record writes it
Value = str | int | float
Row = dict[str, Any]


def table(
    told: Mapping[str, Any], names: Mapping[str, str] | None = None, reasons: Mapping[str, str] | None = None
) -> bytes:
    """A page's data as a workbook: a sheet for each list, and one for the single figures beside them.

    `names` are those of units, `reasons` the city's words for the codes of return reasons.
    """
    book = Workbook()
    book.remove(book.worksheets[0])
    named = names or {}
    lists = [(key, [_said(row, reasons or {}) for row in rows]) for key, rows in _lists(told, named)]
    for key, rows in lists:
        keys = list(dict.fromkeys(name for row in rows for name in row if _shown(name, row)))
        lines = [[_cell(name, row.get(name), named) for name in keys] for row in rows]
        _sheet(book, _title(key, rows), [_heading(one, rows) for one in keys], lines)
    single = [(HEADINGS.get(key, key), _cell(key, value, named)) for key, value in _singles(told)]
    if single or not lists:
        _sheet(book, sentence("sheet.summary"), [sentence("sheet.item"), sentence("sheet.value")], map(list, single))
    out = io.BytesIO()
    book.save(out)
    return pack(out.getvalue(), DAY)


def _lists(told: Mapping[str, Any], named: Mapping[str, str]) -> Iterator[tuple[str, list[Row]]]:
    for key, value in told.items():
        if key in LEFT_OUT and not (key == "line" and isinstance(value, dict)):
            continue
        if isinstance(value, list) and value and all(isinstance(one, dict) for one in value):
            weeks = told.get("weeks") if key == "grid" else None
            yield key, [_flat(row, weeks) for row in value]
        elif isinstance(value, dict) and "row_totals" in value:
            yield key, _matrix(value, named)
        elif isinstance(value, dict):
            yield from ((inner if inner != "rows" else key, rows) for inner, rows in _lists(value, named))


def _flat(row: Mapping[str, Any], weeks: list[str] | None = None) -> Row:
    """A row with the records in it laid open: a rate is a column under its own name, a week one under its number."""
    found: Row = {}
    for key, value in row.items():
        if _is_rate(value):
            found[_rate_name(value)] = _share(value["rate"])
        elif isinstance(value, list) and value and all(map(_is_rate, value)):
            found |= {_rate_name(one): _share(one["rate"]) for one in value}
        elif isinstance(value, dict) and key in OPENED:
            found |= {name: inner for name, inner in _flat(value).items() if name not in row or name == key}
        elif key == "weeks" and weeks and isinstance(value, list):
            found |= {week(name): number for name, number in zip(weeks, value, strict=True)}
        elif key in HUNDREDTHS or HUNDREDTHS_BESIDE.get(key, "-") in row:
            found[key] = _share(value) if isinstance(value, int) else value
        else:
            found[key] = value
    return found


def _said(row: Row, reasons: Mapping[str, str]) -> Row:
    reason = row.get("reason")
    return row | {"reason": reasons[reason]} if isinstance(reason, str) and reason in reasons else row


def _is_rate(value: Any) -> bool:
    return isinstance(value, dict) and {"label", "rate"} <= value.keys()


def _rate_name(rate: Mapping[str, Any]) -> str:
    return f"{rate['label']}（%）"


def _share(value: int | None) -> float | None:
    return None if value is None else value / 100


def _matrix(told: Mapping[str, Any], named: Mapping[str, str]) -> list[Row]:
    """Who returned to whom: a row for each unit that returned, a column for each it pointed at."""
    named = {"": sentence("sheet.nobody"), **named}
    return [
        {"unit": unit}
        | {named.get(one, one): told["cells"].get(unit, {}).get(one, 0) for one in told["column_totals"]}
        | {"total": total, "refused": told["refused"].get(unit, 0)}
        for unit, total in told["row_totals"].items()
    ]


def _shown(name: str, row: Row) -> bool:
    return (name in SHOWN or not name.isascii()) and REPEATED_BESIDE.get(name, "-") not in row


def _title(key: str, rows: list[Row]) -> str:
    columns = {column for row in rows for column in row}
    beside = (name for (one, column), name in SHEETS_BESIDE.items() if one == key and column in columns)
    return next(beside, "") or SHEETS.get(key) or HEADINGS.get(key, key)


def _heading(key: str, rows: list[Row]) -> str:
    if key == "basis" and any("denied_clause" in row for row in rows):
        return sentence("sheet.leans-on")
    if key == "kind" and not any("order_no" in row for row in rows):
        return sentence("sheet.kind")
    if key == "weight" and any("per_hundred_posts" in row for row in rows):
        return sentence("sheet.weighted")
    return HEADINGS.get(key, key)


def _singles(told: Mapping[str, Any]) -> Iterator[tuple[str, Any]]:
    for key, value in told.items():
        if (key not in SHOWN and not isinstance(value, dict)) or key in LEFT_OUT or value in (None, "", []):
            continue
        if isinstance(value, dict) and not any(isinstance(one, dict | list) for one in value.values()):
            yield from _singles(value)
        elif isinstance(value, bool | int | float) or (isinstance(value, str) and key != "figure"):
            yield key, value


def _cell(key: str, value: Any, names: Mapping[str, str]) -> Value:
    if value is None:
        return ""
    if isinstance(value, bool):
        return sentence("sheet.yes" if value else "sheet.no")
    if isinstance(value, int | float):
        return value
    if isinstance(value, list):
        one_of = IN_A_LIST.get(key, _cell)
        return "、".join(str(one_of(key, one, names)) for one in value)
    if isinstance(value, dict):
        return "；".join(f"{HEADINGS.get(name, name)}：{_cell(name, one, names)}" for name, one in value.items())
    text = str(value)
    if key in UNITS:
        parts = [f"{names[one]}（{one}）" if one in names else one for one in text.replace(">", "|").split("|") if one]
        return "、".join(parts)
    if _is_moment(text):
        return deadline(text) if key.endswith("due") or key == "due_at" else moment(text)
    return TOLD[key](text) if key in TOLD else WORDS.get(key, {}).get(text, text)


def _is_moment(text: str) -> bool:
    """Whether it is a time; what somebody wrote may only look like one."""
    try:
        return bool(_MOMENT.fullmatch(text) and datetime.fromisoformat(text))
    except ValueError:
        return False


def _counted(key: str, value: Any, names: Mapping[str, str]) -> Value:
    """A unit or matter with how often: [C03, 4] or [id, name, 4]."""
    if not isinstance(value, list):
        return _cell(key, value, names)
    return f"{_cell(key, value[-2], names)}（{value[-1]}）"


def _link(key: str, value: Any, names: Mapping[str, str]) -> Value:
    """A link of a matter with the units that carry it."""
    if not isinstance(value, dict):
        return _cell(key, value, names)
    units = value.get("units") or value.get("unit") or []
    return f"{value.get('link', '')}：{_cell('units', units, names)}"


def _first(key: str, value: Any, names: Mapping[str, str]) -> Value:
    return _cell(key, value[0] if isinstance(value, list) else value, names)


IN_A_LIST: Mapping[str, Callable[[str, Any, Mapping[str, str]], Value]] = {
    "leads": _counted, "matters": _counted, "links": _link, "cases": _first,
}  # fmt: skip


def _sheet(book: Workbook, title: str, head: list[str], rows: Iterable[list[Value]]) -> None:
    sheet = book.create_sheet("".join(one for one in title if one not in "[]:*?/\\'")[:31] or "1")
    for column, word in enumerate(head, 1):
        cell = sheet.cell(1, column)
        write(cell, word)
        cell.font = Font(bold=True)
        sheet.column_dimensions[get_column_letter(column)].width = 16
    for at, row in enumerate(rows, 2):
        for column, value in enumerate(row, 1):
            cell = sheet.cell(at, column)
            if isinstance(value, float):
                cell.value, cell.number_format = value, "0.0#"
            else:
                write(cell, value)
    sheet.freeze_panes = "A2"
