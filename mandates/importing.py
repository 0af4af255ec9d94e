"""Bring files into the register: tables of any kind, or a 三定 text; preview first, then write; neighbours go in.

What a command or page shows comes back as plain data. A row that cannot be read is a fault with file, row, column and
reason, and stops nothing; a file that cannot be read as a whole raises.
"""

import hashlib
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass, field
from datetime import date, datetime
from pathlib import Path
from typing import Any

import orjson

from ledger.envelope import Append, NewEvent
from ledger.store import Ledger
from mandates.enact import SOURCE, enact
from mandates.events import BY_CLASS, ENDED, Enactable, iso, key_of, stream_of
from mandates.itemise import Itemised, itemise
from mandates.model import Instrument, InstrumentKind, Span
from mandates.naming import UnitNames
from mandates.reading import RegisterReader
from mandates.register import Register
from mandates.revision import Revision, revise
from mandates.sheets import read_rows
from mandates.tables import CHINESE, Fault, field_names, placed_items
from terms.errors import BadInput
from terms.ids import ClauseId, InstrumentId, UnitCode
from terms.messages import sentence

SANDING_TEXTS = (".docx", ".doc", ".wps", ".txt")


@dataclass(slots=True)
class Gathered:
    """What the files say, before anything is written."""

    items: list[Enactable] = field(default_factory=list)
    faults: list[Fault] = field(default_factory=list)
    ended: list[tuple[ClauseId, date]] = field(default_factory=list)
    notes: list[dict[str, Any]] = field(default_factory=list)
    drafts: list[dict[str, Any]] = field(default_factory=list)


def import_files(
    ledger: Ledger,
    reader: RegisterReader,
    paths: Sequence[Path],
    *,
    at: datetime,
    actor: str,
    preview: bool = False,
    unit: str | None = None,
    valid_from: date | None = None,
) -> dict[str, Any]:
    """`dingze mandates import FILE…`: what went in, what was there already, which rows did not go in and why.

    `unit` (code or name) and `valid_from` speak for a 三定 text that does not say them itself. With `preview` nothing
    is written and new, changed and unchanged things are told apart. Raises BadInput for a file that is unreadable.
    """
    register = reader.register()
    found = gather(register, paths, today=at.date(), unit=unit, valid_from=valid_from)
    answer: dict[str, Any] = {"preview": preview}
    if preview:
        answer |= _compared(register, found.items)
    else:
        done = enact(ledger, found.items, at=at, actor=actor)
        for clause, day in found.ended:
            ledger.append(_ending(clause, day, at=at, actor=actor))
        answer |= {"enacted": done.enacted, "unchanged": done.unchanged, "by_table": done.by_table}
    return answer | {
        "ended": [clause for clause, _ in found.ended],
        "faults": [asdict(fault) for fault in found.faults],
        "notes": found.notes,
        "drafts": found.drafts,
    }


def gather(
    register: Register, paths: Iterable[Path], *, today: date, unit: str | None = None, valid_from: date | None = None
) -> Gathered:
    """Read every file; nothing is written. Two rows of one key, day and different words: the later is a fault."""
    found = Gathered()
    seen: dict[tuple[str, str, date], tuple[Enactable, str]] = {}
    for path in paths:
        if path.suffix.lower() in SANDING_TEXTS:
            _sanding(register, path, found, today, unit, valid_from)
        else:
            _table(path, found, seen)
    return found


def _table(path: Path, found: Gathered, seen: dict[tuple[str, str, date], tuple[Enactable, str]]) -> None:
    unknown: set[str] = set()
    for row, item in placed_items(read_rows(path)):
        unknown.update(column for column in row.cells if column.strip() and column.strip() not in CHINESE)
        if isinstance(item, Fault):
            found.faults.append(item)
            continue
        table = BY_CLASS[type(item)].table
        unknown -= field_names(table)
        key = (table, key_of(item), item.span.valid_from)
        before, place = seen.setdefault(key, (item, row.at))
        if before is item:
            found.items.append(item)
        elif before != item:
            reason = sentence("mandates.twice", other=place)
            found.faults.append(Fault(row.file, row.number, "", "mandates.twice", reason))
    if unknown:
        detail = "、".join(sorted(unknown))
        found.notes.append(_note(path.name, 1, "mandates.unknown-column", detail))


def _sanding(
    register: Register, path: Path, found: Gathered, today: date, unit: str | None, valid_from: date | None
) -> None:
    names = UnitNames(register.as_of(valid_from or today))
    named = names.find(unit) if unit else None
    if unit and named is None:
        raise BadInput("mandates.unknown-unit", at=path.name, detail=unit)
    read = itemise(path, names, named)
    if read.unit is None:
        raise BadInput("mandates.sanding-unit", at=path.name)
    day = valid_from or read.valid_from or today
    revision = _revision(register, read, read.unit, day)
    found.items.append(_instrument(register, read, read.unit, day))
    found.items.extend(revision.clauses)
    found.ended.extend((clause, day) for clause in revision.ended)
    found.notes.extend(_note(read.file, note.line, note.code, note.detail) for note in read.notes)
    found.drafts.extend(_shown(draft) for draft in read.drafts)


def _revision(register: Register, read: Itemised, unit: UnitCode, day: date) -> Revision:
    instrument = InstrumentId(f"I-{unit}-SD")
    return revise(register.as_of(day), unit, instrument, read.drafts, day, list(register.tables["clauses"]))


def _instrument(register: Register, read: Itemised, unit: UnitCode, day: date) -> Instrument:
    key = InstrumentId(f"I-{unit}-SD")
    present = register.as_of(day).instruments.get(key)
    secrecy, openness = (present.secrecy, present.openness) if present else ("公开", "主动公开")
    title = f"《{read.title.strip('《》')}》" if read.title else (present.title if present else "")
    return Instrument(
        key, InstrumentKind.SANDING, title, read.doc_no or (present.doc_no if present else ""),
        present.issuer if present else "", unit, secrecy, openness, Span(day),
    )  # fmt: skip


def _ending(clause: ClauseId, day: date, *, at: datetime, actor: str) -> Append:
    body = {"table": "clauses", "id": clause, "valid_to": iso(day), "reason": "新“三定”规定不再列入"}
    mark = hashlib.sha256(orjson.dumps(body, option=orjson.OPT_SORT_KEYS)).hexdigest()
    event = NewEvent(ENDED, body, at, actor, source=SOURCE, source_key=f"end/{clause}/{iso(day)}", mark=mark)
    return Append(stream_of("clauses", clause), None, (event,))


def _compared(register: Register, items: Iterable[Enactable]) -> dict[str, Any]:
    counted: Counter[str] = Counter(new=0, changed=0, unchanged=0)
    by_table: Counter[str] = Counter()
    for item in items:
        table = BY_CLASS[type(item)].table
        versions = register.tables[table].get(key_of(item), {})
        if versions.get(item.span.valid_from) == item:
            counted["unchanged"] += 1
            continue
        counted["changed" if versions else "new"] += 1
        by_table[table] += 1
    return {**counted, "by_table": dict(by_table)}


def _note(file: str, line: int, code: str, detail: str) -> dict[str, Any]:
    return {"file": file, "row": line, "code": code, "message": sentence(code, detail=detail)}


def _shown(draft: Any) -> dict[str, Any]:
    # Any: a ClauseDraft; asdict knows its fields, the type checker does not know asdict's
    plain: dict[str, Any] = orjson.loads(orjson.dumps(asdict(draft)))
    return plain
