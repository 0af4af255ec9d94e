"""The sample city's CSV files as a register edition, for tests and measurements of routing."""

import csv
import hashlib
from collections.abc import Iterator
from datetime import date
from pathlib import Path

from mandates.edition import RegisterEdition
from mandates.model import (
    FOREVER,
    BoundaryItem,
    Clause,
    DutyPoint,
    DutyRole,
    Instrument,
    InstrumentKind,
    Level,
    Link,
    Place,
    PowerItem,
    Section,
    Span,
    SubdistrictItem,
    SubdistrictList,
    Unit,
)
from terms.ids import ClauseId, InstrumentId, UnitCode

CITY = Path(__file__).resolve().parents[2] / "sample" / "city"


def _rows(name: str) -> Iterator[dict[str, str]]:
    for path in sorted(CITY.glob(f"**/{name}")):
        with path.open(encoding="utf-8", newline="") as opened:
            yield from csv.DictReader(opened)


def _many(text: str | None) -> tuple[str, ...]:
    return tuple(part.strip() for part in (text or "").split("|") if part.strip())


def _span(row: dict[str, str]) -> Span:
    start, end = row.get("valid_from") or "2015-01-01", row.get("valid_to") or ""
    return Span(date.fromisoformat(start), date.fromisoformat(end) if end else FOREVER)


def _units(texts: tuple[str, ...]) -> tuple[UnitCode, ...]:
    return tuple(UnitCode(text) for text in texts)


def _link(text: str) -> Link:
    return Link(text) if text in set(Link) else Link.SERVE


def sample_edition(day: date = date(2023, 6, 1)) -> RegisterEdition:
    """The sample city's register in force on that day."""
    units = {
        UnitCode(row["code"]): Unit(
            UnitCode(row["code"]),
            row["name"],
            Level(row["level"]),
            _many(row["everyday_names"]),
            _many(row["former_names"]),
            UnitCode(row["parent"]) if row["parent"] else None,
            _units(_many(row["mirrors"])),
            row["class"],
            _many(row["functions"]),
            row["vertical"] == "是",
            _span(row),
        )
        for row in _rows("departments.csv")
    }
    instruments = {
        InstrumentId(row["id"]): Instrument(
            InstrumentId(row["id"]),
            InstrumentKind(row["kind"]),
            row["title"],
            unit=UnitCode(row["unit"]),
            span=_span(row),
        )
        for row in _rows("instruments.csv")
    }
    clauses = {
        ClauseId(row["id"]): Clause(
            ClauseId(row["id"]),
            UnitCode(row["unit"]),
            InstrumentId(row["instrument"]),
            row["number"],
            Section(row["section"]),
            row["text"],
            DutyRole(row["role"]) if row["role"] else None,
            _units(_many(row["parties"])),
            None,
            _span(row),
        )
        for row in _rows("clauses.csv")
    }
    lists = {found.unit: found.id for found in instruments.values() if found.kind is InstrumentKind.POWER_LIST}
    items = {
        ClauseId(row["code"]): PowerItem(
            ClauseId(row["code"]),
            UnitCode(row["unit"]),
            row["type"],
            row["name"],
            lists.get(UnitCode(row["unit"]), InstrumentId(f"I-{row['unit']}-QZ")),
            row["office"],
            row["law"],
            row["article"],
            row["duty"],
            None,
            ClauseId(row["clause"]) if row["clause"] else None,
            _span(row),
        )
        for row in _rows("power_items.csv")
    }
    boundary = {
        ClauseId(row["id"]): BoundaryItem(
            ClauseId(row["id"]),
            InstrumentId(f"I-BJ-{row['id'].split('-')[1]}"),
            row["matter"],
            UnitCode(row["lead"]),
            _units(_many(row["supports"])),
            tuple(
                (UnitCode(part.split("=", 1)[0]), part.split("=", 1)[1])
                for part in _many(row["division"])
                if "=" in part
            ),
            row["trigger"],
            row["handover"],
            row["dispute"],
            row["supervision"],
            tuple(ClauseId(part) for part in _many(row["clauses"])),
            _many(row["wordings"]),
            _many(row.get("calls")),
            tuple(
                (UnitCode(unit), tuple(phrases.split("/")))
                for unit, _, phrases in (part.partition("=") for part in _many(row.get("said")))
            ),
            _span(row),
        )
        for row in _rows("boundary_items.csv")
    }
    points = {
        ClauseId(row["id"]): DutyPoint(
            ClauseId(row["id"]),
            row["matter"],
            _link(row["link"]),
            UnitCode(row["unit"]),
            ClauseId(row["clause"]),
            _units(_many(row["supports"])),
            Level(row["level"]),
            _many(row["wordings"]),
            None,
            _many(row.get("calls")),
            _span(row),
        )
        for row in _rows("duty_points.csv")
    }
    listed = {
        ClauseId(row["id"]): SubdistrictItem(
            ClauseId(row["id"]),
            InstrumentId(row["instrument"]),
            SubdistrictList(row["list"]),
            _units(_many(row["units"].replace("*", ""))),
            row["matter"],
            row["text"],
            UnitCode(row["lead"]) if row["lead"] else None,
            _many(row["wordings"]),
            _span(row),
        )
        for row in _rows("subdistrict_items.csv")
    }
    places = tuple(
        Place(
            row["kind"],
            row["name"],
            _many(row["aliases"]),
            row["parent"],
            UnitCode(row["unit"]) if row["unit"] else None,
        )
        for row in _rows("places.csv")
    )
    digest = hashlib.sha256(day.isoformat().encode())
    for path in sorted(CITY.glob("**/*.csv")):
        digest.update(path.read_bytes())
    return RegisterEdition(
        digest.hexdigest(),
        day,
        {key: value for key, value in sorted(units.items()) if value.span.covers(day)},
        dict(sorted(instruments.items())),
        {key: value for key, value in sorted(clauses.items()) if value.span.covers(day)},
        {key: value for key, value in sorted(items.items()) if value.span.covers(day)},
        {key: value for key, value in sorted(boundary.items()) if value.span.covers(day)},
        {key: value for key, value in sorted(points.items()) if value.span.covers(day)},
        {key: value for key, value in sorted(listed.items()) if value.span.covers(day)},
        places,
    )
