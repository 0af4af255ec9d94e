"""A draft edition: what a file or folder would enact, laid over the register of a past day, in memory only."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from pathlib import Path
from typing import Any

from mandates.draft_steps import with_draft
from mandates.edition import RegisterEdition
from mandates.events import BY_CLASS, KINDS, Enactable, key_of
from mandates.importing import SANDING_TEXTS, gather
from mandates.lint_references import dangling
from mandates.model import FOREVER
from mandates.register import Register
from mandates.tables import Fault
from terms.errors import BadInput
from terms.ids import UnitCode

TABLES = (".csv", ".tsv", ".xlsx", ".json", ".jsonl")
_FIELD_OF = {kind.table: kind.table for kind in KINDS} | {"departments": "units"}


@dataclass(frozen=True, slots=True)
class Draft:
    """What would be in force: things changed or new, and the keys of things that would no longer be, by table.

    `day` is the day on which all of it has taken effect; `faults` are rows that could not be read.
    """

    day: date
    changed: Mapping[str, Mapping[str, Enactable]] = field(default_factory=dict)
    ended: Mapping[str, frozenset[str]] = field(default_factory=dict)
    faults: tuple[Fault, ...] = ()

    @property
    def touched(self) -> tuple[tuple[str, str, str], ...]:
        """Every thing the draft speaks of: table, key, "changed" or "ended"; in a fixed order."""
        found = [(table, key, "changed") for table, items in self.changed.items() for key in items]
        found += [(table, key, "ended") for table, keys in self.ended.items() for key in keys]
        return tuple(sorted(found))


def files_of(path: Path) -> list[Path]:
    """The files a draft consists of: itself, or everything in its folder that an import reads, by name.

    Raises BadInput `what-if.no-draft` where there is none.
    """
    if path.is_file():
        return [path]
    found = sorted(file for file in path.rglob("*") if file.is_file() and _is_read(file)) if path.is_dir() else []
    if not found:
        raise BadInput("what-if.no-draft", at=str(path))
    return found


def _is_read(file: Path) -> bool:
    suffixes = [suffix.lower() for suffix in file.suffixes if suffix.lower() != ".gz"]
    return bool(suffixes) and suffixes[-1] in (*TABLES, *SANDING_TEXTS)


def read_draft(
    register: Register, paths: Sequence[Path], *, today: date, unit: str | None = None, valid_from: date | None = None
) -> Draft:
    """Read draft files as an import would; the register is not changed. Raises BadInput where nothing can be read."""
    found = gather(register, paths, today=today, unit=unit, valid_from=valid_from)
    if not found.items and not found.ended:
        reason = found.faults[0].reason if found.faults else ""
        raise BadInput("what-if.empty-draft", at=found.faults[0].file if found.faults else None, reason=reason)
    return draft_of(register, found.items, [("clauses", str(key), day) for key, day in found.ended], found.faults)


def draft_of(
    register: Register,
    items: Sequence[Enactable],
    ended: Sequence[tuple[str, str, date]] = (),
    faults: Sequence[Fault] = (),
) -> Draft:
    """The draft that these enactments and endings (table, key, day) make on top of a register.

    They are enacted in a copy; for every key they touch, what holds there once all of them have taken effect is the
    draft's word for it, on whichever past day it is tried.
    """
    after = with_draft(register, items, ended)
    days = [day for _, _, day in ended]
    touched = {(table, key) for table, key, _ in ended}
    for item in items:
        table = BY_CLASS[type(item)]
        touched.add((table.table, key_of(item)))
        days.append(item.span.valid_from)
        if item.span.valid_to != FOREVER:
            days.append(item.span.valid_to)
    effective = max(days)
    changed: dict[str, dict[str, Enactable]] = {}
    gone: dict[str, set[str]] = {}
    for table_name, key in sorted(touched):
        holding = [item for item in after.versions(table_name, key) if item.span.covers(effective)]
        if holding:
            changed.setdefault(table_name, {})[key] = holding[-1]
        else:
            gone.setdefault(table_name, set()).add(key)
    return Draft(effective, changed, {table: frozenset(keys) for table, keys in gone.items()}, tuple(faults))


def laid_over(edition: RegisterEdition, draft: Draft) -> RegisterEdition:
    """The edition as it would have been had the draft been in force on its day.

    Raises BadInput `what-if.dangling` when the draft leads somewhere that is not in force: a unit nobody knows, a
    clause it ended itself.
    """
    register = Register()
    for kind in KINDS:
        gone, changed = draft.ended.get(kind.table, frozenset()), draft.changed.get(kind.table, {})
        for key, item in _items(edition, kind.table).items():
            if key not in gone and key not in changed:
                register.tables[kind.table][key] = {item.span.valid_from: item}
        for key, item in changed.items():
            dated: Any = replace(item, span=replace(item.span, valid_from=edition.as_of, valid_to=FOREVER))
            register.tables[kind.table][key] = {edition.as_of: dated}
    after = register.as_of(edition.as_of)
    before = {(one.table, one.item, one.message) for one in dangling(edition)}
    fresh = [one for one in dangling(after) if (one.table, one.item, one.message) not in before]
    if fresh:
        raise BadInput("what-if.dangling", at=f"{fresh[0].table} {fresh[0].item}", reason=fresh[0].message)
    return after


def _items(edition: RegisterEdition, table: str) -> dict[str, Enactable]:
    if table == "places":
        return {key_of(place): place for place in edition.places}
    return dict(getattr(edition, _FIELD_OF[table]))


def units_touched(edition: RegisterEdition, after: RegisterEdition, draft: Draft) -> frozenset[UnitCode]:
    """The units whose own things the draft changes, before or after, and the bureaus that carry their duties."""
    found: set[UnitCode] = set()
    for table, key, _ in draft.touched:
        for one in (edition, after):
            item: Any = _items(one, table).get(key)
            for name in ("code", "unit", "lead"):
                if owner := getattr(item, name, None):
                    found.add(owner)
            found.update(getattr(item, "supports", ()))
    bureaus = {code for code, unit in after.units.items() if not found.isdisjoint(unit.mirrors)}
    return frozenset(found | bureaus)
