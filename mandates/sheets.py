"""Rows of a CSV, XLSX, JSON or JSONL file (also .gz), each with its place; bad rows keep their bytes.

Input is hostile until read: an XLSX is a ZIP and is measured before it is opened, a GB18030 file is recognised, a
line that no encoding reads is handed on as a fault beside its neighbours.
"""

import csv
import gzip
import io
import re
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import Any

import orjson
from python_calamine import CalamineError, CalamineWorkbook

from mandates.archives import measured
from terms.errors import BadInput, TooLarge
from terms.unreadable import why_unreadable

LIMIT = 256 * 1024 * 1024  # bytes after unpacking; larger files are split by their owner
_PAIR = re.compile(rb"[\x81-\xfe][\x30-\xfe]")


@dataclass(frozen=True, slots=True)
class Row:
    """One row: `number` counts from 1 as a person sees it (the header is row 1 of a table), `fault` says why not."""

    file: str
    number: int
    cells: dict[str, Any]
    raw: bytes
    fault: str = ""

    @property
    def at(self) -> str:
        """The place a message names."""
        return f"{self.file} 第 {self.number} 行"


def read_rows(path: Path, *, limit: int = LIMIT) -> Iterator[Row]:
    """The rows of a file by its ending: .csv .tsv .xlsx .json .jsonl, each also with .gz.

    Raises BadInput("input.unreadable") when the file as a whole cannot be read, TooLarge past `limit` bytes.
    """
    try:
        data = _bytes(path, limit)
    except (OSError, EOFError, zlib.error) as error:
        raise BadInput("input.unreadable", at=path.name, reason=why_unreadable(error)) from error
    suffixes = [suffix.lower() for suffix in path.suffixes if suffix.lower() != ".gz"]
    return rows_of(data, suffixes[-1] if suffixes else "", path.name)


def rows_of(data: bytes, suffix: str, name: str) -> Iterator[Row]:
    """The rows of file content that is already in memory; `suffix` like ".csv", `name` for messages."""
    match suffix:
        case ".jsonl" | ".ndjson":
            return _json_lines(data, name)
        case ".json":
            return _json(data, name)
        case ".csv":
            return _csv(data, name, ",")
        case ".tsv":
            return _csv(data, name, "\t")
        case ".xlsx":
            return _xlsx(data, name)
    raise BadInput("input.unreadable", at=name, reason=f"不支持的文件类型 {suffix or name}")


def _bytes(path: Path, limit: int) -> bytes:
    with path.open("rb") as file:
        source = gzip.GzipFile(fileobj=file) if path.suffix.lower() == ".gz" else file
        data = source.read(limit + 1)
    if len(data) > limit:
        raise TooLarge("input.too-large", at=path.name, limit=f"{limit // 1024 // 1024} MB")
    return data


def decoded(data: bytes) -> str:
    """Text in UTF-8 or GB18030; bytes that neither reads stay as lone surrogates, so the fault keeps its place."""
    found = _in_one_encoding(data)
    if found is not None:
        return found
    lines = data.splitlines(keepends=True)  # a file pasted together from two systems: each line for itself
    return "".join(_in_one_encoding(line) or line.decode("utf-8", "surrogateescape") for line in lines)


def _in_one_encoding(data: bytes) -> str | None:
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError:
        pass
    try:
        return data.decode("gb18030") if _looks_gb18030(data) else None
    except UnicodeDecodeError:
        return None


def _looks_gb18030(data: bytes) -> bool:
    """Whether most two-byte letters are signs or common characters (GB 2312 level 1), as in Chinese that people write.

    GB18030 reads nearly any bytes: UTF-8 with one broken byte would come out as 鐨勪竴 and nobody would be told.
    """
    pairs: list[bytes] = _PAIR.findall(data)
    common = sum(0xA1 <= pair[0] <= 0xD7 and pair[1] >= 0xA1 for pair in pairs)
    return common * 10 >= len(pairs) * 7


def _unreadable(text: str) -> bool:
    return any("\udc80" <= letter <= "\udcff" for letter in text)


def _json_lines(data: bytes, name: str) -> Iterator[Row]:
    for number, line in enumerate(data.splitlines(), 1):
        if line.strip():
            yield _json_row(line, name, number)


def _json_row(line: bytes, name: str, number: int) -> Row:
    try:
        cells = orjson.loads(line)
    except orjson.JSONDecodeError:
        text = decoded(line)
        try:
            cells = orjson.loads(text)
        except (orjson.JSONDecodeError, UnicodeEncodeError) as error:
            return Row(name, number, {}, line, why_unreadable(error))
    if not isinstance(cells, dict):
        return Row(name, number, {}, line, "每行应是一个 JSON 对象")
    return Row(name, number, cells, line)


def _json(data: bytes, name: str) -> Iterator[Row]:
    try:
        found = orjson.loads(decoded(data))
    except (orjson.JSONDecodeError, UnicodeEncodeError) as error:
        raise BadInput("input.unreadable", at=name, reason=why_unreadable(error)) from error
    for number, cells in enumerate(found if isinstance(found, list) else [found], 1):
        try:
            raw = orjson.dumps(cells)
        except TypeError:
            yield Row(name, number, {}, data[:1_000], "嵌套过深，无法读取")
            continue
        if isinstance(cells, dict):
            yield Row(name, number, cells, raw)
        else:
            yield Row(name, number, {}, raw, "每条应是一个 JSON 对象")


class _Lines:
    """The lines of a text for a CSV reader, and the bytes of those it took for the present row."""

    def __init__(self, text: str) -> None:
        self._source = io.StringIO(text, newline="")
        self._taken: list[str] = []

    def __iter__(self) -> Iterator[str]:
        return self

    def __next__(self) -> str:
        line = self._source.readline()
        if not line:
            raise StopIteration
        self._taken.append(line)
        return line

    def taken(self) -> bytes:
        """What was read since the last call, as it stood in the file (in UTF-8, where it was legible)."""
        found, self._taken = "".join(self._taken), []
        return found.rstrip("\r\n").encode("utf-8", "surrogateescape")


def _csv(data: bytes, name: str, delimiter: str) -> Iterator[Row]:
    lines = _Lines(decoded(data).replace("\0", "\ufffd"))
    reader = csv.reader(lines, delimiter=delimiter)
    header: list[str] | None = None
    number = 0
    while True:
        number += 1
        try:
            cells = next(reader)
        except StopIteration:
            return
        except csv.Error as error:
            yield Row(name, number, {}, lines.taken(), f"无法按表格读取：{why_unreadable(error)}")
            continue
        raw = lines.taken()
        if header is None:
            if _unreadable("".join(cells)):
                raise BadInput("input.unreadable", at=name, reason="表头编码无法识别")
            header = [cell.strip() for cell in cells]
        elif not any(cell.strip() for cell in cells):
            continue
        elif _unreadable("".join(cells)):
            yield Row(name, number, {}, raw, "编码无法识别，请另存为 UTF-8 或 GB18030")
        elif len(cells) > len(header):
            yield Row(name, number, {}, raw, f"多出 {len(cells) - len(header)} 列，请检查分隔符与引号")
        else:
            yield Row(name, number, dict(zip(header, cells, strict=False)), raw)


def _xlsx(data: bytes, name: str) -> Iterator[Row]:
    try:
        sheet = CalamineWorkbook.from_filelike(io.BytesIO(measured(data, name))).get_sheet_by_index(0)
        table = sheet.to_python()
    except (CalamineError, IndexError) as error:
        raise BadInput("input.unreadable", at=name, reason=why_unreadable(error)) from error
    header = [str(cell).strip() for cell in table[0]] if table else []
    for number, values in enumerate(table[1:], 2):
        cells = {key: _plain(value) for key, value in zip(header, values, strict=False) if key}
        if any(value != "" for value in cells.values()):
            yield Row(name, number, cells, orjson.dumps(cells))


def _plain(value: Any) -> Any:
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    if isinstance(value, datetime | date):
        return value.isoformat()
    return value if isinstance(value, bool) else str(value)
