"""What differs between two editions as a page shows it: item by item, the words that changed marked on both sides."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from console.access import may_read
from console.registers.clause_card import clause_name
from console.words import INSTRUMENTS
from mandates.diff import Change, FieldChange, text_changes
from mandates.edition import RegisterEdition
from mandates.model import Instrument
from mandates.register import Register
from mandates.tables import CHINESE
from terms.actors import Role
from terms.ids import ClauseId, InstrumentId

TABLES = {
    "departments": "单位", "instruments": "文件", "clauses": "“三定”条目", "power_items": "权责事项",
    "boundary_items": "边界事项", "duty_points": "职责颗粒点", "subdistrict_items": "履职事项", "places": "地名",
}  # fmt: skip
CITABLE = ("clauses", "power_items", "boundary_items", "subdistrict_items")
KINDS = {"added": "新增", "changed": "修改", "ended": "失效"}
UNIT_COLUMNS = frozenset({"unit", "lead", "parent", "supports", "parties", "mirrors", "units"})
WHOLE = UNIT_COLUMNS | {"clause", "instrument", "kind"}  # names: another one is another, not one with other letters
CLAUSE_COLUMNS = frozenset({"clause", "clauses"})
OF_EACH_UNIT = frozenset({"division", "said"})  # pairs of a unit and what is said of it
LABELS: dict[str, str] = {}
for _chinese, _english in CHINESE.items():
    LABELS.setdefault(_english, _chinese)
LABELS |= {"unit_class": "类别", "decision": "所依决定", "unit": "单位"}
Span = tuple[int, int, str]


@dataclass(frozen=True, slots=True)
class FieldLine:
    """One field that reads otherwise; spans mark what changed where both sides are text."""

    field: str
    label: str
    before: str
    after: str
    gone: tuple[Span, ...] = ()
    come: tuple[Span, ...] = ()


@dataclass(frozen=True, slots=True)
class Line:
    """One thing that differs. `kind` is added, changed or ended."""

    table: str
    key: str
    kind: str
    unit: str
    text: str
    fields: tuple[FieldLine, ...]


def lines_of(
    changes: Iterable[Change], before: RegisterEdition, after: RegisterEdition, role: Role
) -> tuple[list[Line], int]:
    """What the role may read of the changes, by table and key; and how many it may not."""
    found, hidden = [], 0
    for change in changes:
        if not all(readable(role, edition, change.table, change.key) for edition in (before, after)):
            hidden += 1
            continue
        fields = tuple(_field(one, after, before, role) for one in change.fields)
        found.append(Line(change.table, change.key, change.kind, change.unit or "", change.text, fields))
    return found, hidden


def readable(role: Role, edition: RegisterEdition, table: str, key: str) -> bool:
    """Whether the role may read a thing of the register as it stands in an edition (密级 of its document)."""
    if table in ("departments", "places"):
        return True
    if table == "instruments":
        return may_read(role, edition.instruments.get(InstrumentId(key)))
    return may_read(role, edition.instrument_of(ClauseId(key)))


def may_read_version(role: Role, register: Register, item: Any) -> bool:
    """Whether the role may read one version of an item, past ones too: never was its document closed to it."""
    if (clause := getattr(item, "clause", None)) is not None and not hasattr(item, "instrument"):
        cited = (one for table in CITABLE for one in register.versions(table, clause))
        return all(may_read_version(role, register, one) for one in cited)
    instruments: Sequence[Any] = register.versions("instruments", getattr(item, "instrument", ""))
    return all(may_read(role, one) for one in instruments if isinstance(one, Instrument))


def _field(change: FieldChange, after: RegisterEdition, before: RegisterEdition, role: Role) -> FieldLine:
    """Spans are of the words the page says, which are not always those of the record."""
    old, new = (_said(change.field, change.before, before, role), _said(change.field, change.after, after, role))
    spans = text_changes(old, new) if old and new and change.field not in WHOLE else ()
    return FieldLine(
        change.field,
        LABELS.get(change.field, change.field),
        old,
        new,
        tuple((*one.before, "") for one in spans),
        tuple((*one.after, "") for one in spans),
    )


def _said(field: str, value: Any, edition: RegisterEdition, role: Role) -> str:
    """A value as a page says it: units, clauses and documents by their names."""
    if value is None or value == []:
        return ""
    if field in OF_EACH_UNIT and isinstance(value, list):
        return "；".join(
            f"{_said('unit', unit, edition, role)}：{_said('', told, edition, role)}" for unit, told in value
        )
    if isinstance(value, list):
        return "、".join(_said(field, one, edition, role) for one in value)
    if isinstance(value, bool):
        return "是" if value else "否"
    if field in UNIT_COLUMNS and (unit := edition.units.get(value)):
        return unit.name
    if field in CLAUSE_COLUMNS:
        return clause_name(value, edition, role)[0]
    if field == "instrument" and (known := edition.instruments.get(value)):
        return known.title
    if field == "kind":
        return INSTRUMENTS.get(value, value)
    return str(value)
