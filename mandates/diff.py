"""What differs between two editions: what was added, what ended, what changed, and where in the words."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from rapidfuzz.distance import Indel

from mandates.edition import RegisterEdition
from mandates.events import KINDS, Enactable, key_of, payload_of
from terms.ids import UnitCode

ISLAND = 2  # characters; a shorter run of equal ones between two changes is part of the change


@dataclass(frozen=True, slots=True)
class TextChange:
    """One changed passage: half-open spans of code points in the text before and in the text after."""

    before: tuple[int, int]
    after: tuple[int, int]


@dataclass(frozen=True, slots=True)
class FieldChange:
    """One field that reads otherwise. `spans` only where both sides are text."""

    field: str
    before: Any
    after: Any
    spans: tuple[TextChange, ...] = ()


@dataclass(frozen=True, slots=True)
class Change:
    """One thing of the register: `kind` is added, ended or changed; `fields` only for changed."""

    table: str
    key: str
    kind: str
    unit: UnitCode | None
    text: str
    fields: tuple[FieldChange, ...] = ()


def diff(before: RegisterEdition, after: RegisterEdition) -> tuple[Change, ...]:
    """Every difference, ordered by table and key; equal editions have none. Spans of time are no difference."""
    if before.digest == after.digest:
        return ()
    found = []
    for kind in KINDS:
        old, new = _things(before, kind.table), _things(after, kind.table)
        for key in sorted(old.keys() | new.keys()):
            if key not in old:
                found.append(_change(kind.table, key, "added", new[key]))
            elif key not in new:
                found.append(_change(kind.table, key, "ended", old[key]))
            elif fields := _fields(old[key], new[key]):
                found.append(_change(kind.table, key, "changed", new[key], fields))
    return tuple(found)


def text_changes(before: str, after: str) -> tuple[TextChange, ...]:
    """The passages in which two texts differ, near ones joined so that a reader sees words and not letters."""
    found: list[TextChange] = []
    for step in Indel.opcodes(before, after):
        if step.tag == "equal":
            continue
        here = TextChange((step.src_start, step.src_end), (step.dest_start, step.dest_end))
        if found and here.before[0] - found[-1].before[1] < ISLAND and here.after[0] - found[-1].after[1] < ISLAND:
            last = found.pop()
            here = TextChange((last.before[0], here.before[1]), (last.after[0], here.after[1]))
        found.append(here)
    return tuple(found)


def _things(edition: RegisterEdition, table: str) -> Mapping[str, Enactable]:
    if table == "places":
        return {key_of(place): place for place in edition.places}
    things: Any = edition.units if table == "departments" else getattr(edition, table)
    return dict(things)


def _fields(old: Enactable, new: Enactable) -> tuple[FieldChange, ...]:
    before, after = payload_of(old), payload_of(new)
    pairs = {name: (before.get(name, []), after.get(name, [])) for name in {**before, **after} if name != "span"}
    return tuple(
        FieldChange(
            name, one, other, text_changes(one, other) if isinstance(one, str) and isinstance(other, str) else ()
        )
        for name, (one, other) in pairs.items()
        if one != other
    )


def _change(table: str, key: str, kind: str, item: Enactable, fields: tuple[FieldChange, ...] = ()) -> Change:
    unit = getattr(item, "unit", None) or getattr(item, "lead", None)
    words = next((getattr(item, name) for name in ("text", "name", "title", "matter") if hasattr(item, name)), key)
    return Change(table, key, kind, unit, words, fields)
