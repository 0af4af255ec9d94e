"""机构改革 as one operation: units merge, split, are renamed or hand a duty over on a day; everything is carried over.

A plan is made of the register and shown first; carrying it out is one transaction. Nothing is overwritten: what moves
gets a version from the day with its new unit, under the same id, so that citations, memory and scores still find it.
"""

import hashlib
from collections import Counter, defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from typing import Any

import orjson

from ledger.envelope import Append, Appended, NewEvent
from ledger.store import Ledger
from mandates.events import BY_CLASS, ENDED, REFORMED, Enactable, iso, key_of, payload_of, stream_of
from mandates.model import BoundaryItem, Clause, DutyPoint, Instrument, Place, PowerItem, Span, SubdistrictItem, Unit
from mandates.register import Register
from mandates.succession import ReformKind
from terms.errors import BadInput
from terms.ids import InstrumentId, StreamId, UnitCode

SOURCE = "reform"
_PARTS = {
    ReformKind.MERGE: "合并应填两个以上被改革单位和一个承接单位；一个单位并入另一个时，"
    "被改革单位填前者、承接单位填后者",
    ReformKind.SPLIT: "拆分应填一个被改革单位、两个以上承接单位",
    ReformKind.RENAME: "更名只填一个被改革单位，承接单位留空",
    ReformKind.HAND_OVER: "职责划转应填一个被改革单位、另一个承接单位",
}


@dataclass(frozen=True, slots=True)
class Reform:
    """What is ordered. `into` names the units that go on, the first takes what is assigned to none.

    `establish` are the units that begin on that day. `assign` says for a split or a hand-over which clause (or item)
    goes to which unit; what stands on a clause goes with it. `new_name` is for a rename only.
    """

    kind: ReformKind
    sources: tuple[UnitCode, ...]
    into: tuple[UnitCode, ...]
    day: date
    instrument: InstrumentId | None = None
    establish: tuple[Unit, ...] = ()
    assign: Mapping[str, UnitCode] = field(default_factory=dict)
    new_name: str = ""


@dataclass(frozen=True, slots=True)
class ReformPlan:
    """What carrying a reform out would do; `unassigned` went to the first of `into` for want of a word."""

    reform: Reform
    enact: tuple[Enactable, ...]
    end: tuple[UnitCode, ...]
    moved: Mapping[str, UnitCode]
    unassigned: tuple[str, ...]

    def preview(self) -> dict[str, Any]:
        """The plan as plain data for a page or a command."""
        return {
            "kind": str(self.reform.kind),
            "from": list(self.reform.sources),
            "into": list(self.reform.into),
            "valid_from": iso(self.reform.day),
            "established": [{"code": unit.code, "name": unit.name} for unit in self.reform.establish],
            "ended": list(self.end),
            "carried": dict(Counter(BY_CLASS[type(item)].table for item in self.enact)),
            "moved": dict(self.moved),
            "unassigned": list(self.unassigned),
        }


def plan(register: Register, reform: Reform) -> ReformPlan:
    """What the reform changes in the register as it is known. Raises BadInput("mandates.reform") with the reason."""
    _check(register, reform)
    carrier = _Carrier(reform)
    carried: list[Enactable] = [replace(unit, span=Span(reform.day, unit.span.valid_to)) for unit in reform.establish]
    for table, things in register.tables.items():
        for key in sorted(things):
            for item in register.versions(table, key):
                if item.span.valid_to <= reform.day:
                    continue
                after = carrier.after(item)
                if after != item:
                    start = max(item.span.valid_from, reform.day)
                    carried.append(replace(after, span=Span(start, item.span.valid_to)))
    return ReformPlan(reform, tuple(carried), carrier.ended, dict(carrier.moved), tuple(sorted(carrier.unassigned)))


def _check(register: Register, reform: Reform) -> None:
    before = register.as_of(reform.day).units
    known = set(before) | {unit.code for unit in reform.establish}
    if not _fits(reform, before):
        raise _fault(_PARTS[reform.kind])
    if missing := [code for code in reform.sources if code not in before]:
        raise _fault(f"{'、'.join(missing)} 在 {iso(reform.day)} 不是现行单位")
    if missing := [code for code in (*reform.into, *reform.assign.values()) if code not in known]:
        raise _fault(f"{'、'.join(dict.fromkeys(missing))} 不存在，请一并设立")
    if twice := [unit.code for unit in reform.establish if unit.code in register.tables["departments"]]:
        raise _fault(f"{'、'.join(twice)} 已用过，单位代码不得重复使用")
    if stray := sorted(set(reform.assign.values()) - set(reform.into)):
        raise _fault(f"{'、'.join(stray)} 不在接收单位之列")
    if reform.kind is ReformKind.RENAME and not reform.new_name.strip():
        raise _fault("缺少新名称")
    if reform.kind is ReformKind.HAND_OVER and not reform.assign:
        raise _fault("没有指明划转的条目")
    if young := [code for code in reform.sources if before[code].span.valid_from == reform.day]:
        raise _fault(f"{'、'.join(young)} 在改革当日才设立")
    owned = _owned(register, reform)
    if foreign := sorted(key for key in reform.assign if owned.get(key) not in reform.sources):
        raise _fault(f"{'、'.join(foreign)} 不是被改革单位当日的条目")


def _fits(reform: Reform, before: Collection[UnitCode]) -> bool:
    """Whether the units that take part are as many as this kind of reform asks for."""
    one, other = len(reform.sources) == 1, len(reform.into) == 1 and reform.into != reform.sources
    return {
        ReformKind.MERGE: (other and reform.into[0] in before) if one else len(reform.into) == 1,
        ReformKind.SPLIT: one and len(reform.into) >= 2,
        ReformKind.RENAME: one and reform.into == reform.sources,
        ReformKind.HAND_OVER: one and other,
    }[reform.kind]


def _owned(register: Register, reform: Reform) -> dict[str, UnitCode]:
    edition = register.as_of(reform.day)
    owned: dict[str, UnitCode] = {}
    for table in (edition.clauses, edition.power_items, edition.duty_points):
        owned.update({key: item.unit for key, item in table.items()})
    return owned | {key: item.lead for key, item in edition.boundary_items.items()}


def _fault(reason: str) -> BadInput:
    return BadInput("mandates.reform", at="reform", reason=reason)


class _Carrier:
    """Says for one thing of the register what it is after the reform."""

    def __init__(self, reform: Reform) -> None:
        self.reform = reform
        self.ended = tuple(
            code
            for code in reform.sources
            if code not in reform.into and reform.kind in (ReformKind.MERGE, ReformKind.SPLIT)
        )
        self.moved: dict[str, UnitCode] = {}
        self.unassigned: set[str] = set()

    def after(self, item: Enactable) -> Enactable:
        match item:
            case Unit():
                return self._unit(item)
            case Instrument():
                return replace(item, unit=self._perhaps(item.unit))
            case Clause():
                unit = self._owner(item.unit, item.id)
                return replace(item, unit=unit, parties=self._others(item.parties, unit))
            case PowerItem():
                return replace(item, unit=self._owner(item.unit, item.id, item.clause))
            case DutyPoint():
                unit = self._owner(item.unit, item.id, item.clause)
                return replace(item, unit=unit, supports=self._others(item.supports, unit))
            case BoundaryItem():
                return self._boundary(item)
            case SubdistrictItem():
                return replace(item, lead=self._perhaps(item.lead), units=self._several(item.units))
            case Place():
                return replace(item, unit=self._perhaps(item.unit))

    def _owner(self, unit: UnitCode, item: str, *grounds: str | None) -> UnitCode:
        """Who has an item after the day: by its own assignment, that of the clause it stands on, or by default."""
        if unit not in self.reform.sources or self.reform.kind is ReformKind.RENAME:
            return unit
        for key in (item, *grounds):
            if key is not None and key in self.reform.assign:
                self.moved[item] = self.reform.assign[key]
                return self.reform.assign[key]
        if unit not in self.ended:
            return unit
        if self.reform.kind is ReformKind.SPLIT:
            self.unassigned.add(item)
        return self.reform.into[0]

    def _named(self, unit: UnitCode) -> UnitCode:
        return self.reform.into[0] if unit in self.ended else unit

    def _perhaps(self, unit: UnitCode | None) -> UnitCode | None:
        return None if unit is None else self._named(unit)

    def _several(self, units: Sequence[UnitCode]) -> tuple[UnitCode, ...]:
        return tuple(dict.fromkeys(self._named(unit) for unit in units))

    def _others(self, units: Sequence[UnitCode], own: UnitCode) -> tuple[UnitCode, ...]:
        if not set(units) & set(self.ended):
            return tuple(units)
        return tuple(unit for unit in self._several(units) if unit != own)

    def _unit(self, unit: Unit) -> Unit:
        if unit.code in self.ended:
            return unit
        if self.reform.kind is ReformKind.RENAME and unit.code in self.reform.sources:
            former = tuple(dict.fromkeys((*unit.former_names, unit.name)))
            return replace(unit, name=self.reform.new_name.strip(), former_names=former)
        mirrors: list[UnitCode] = []
        for code in unit.mirrors:
            # a bureau that mirrored a unit now split mirrors all it became; the district reforms itself in its own time
            mirrors.extend(self.reform.into if code in self.ended else (code,))
        parent = self._perhaps(unit.parent)
        return replace(unit, mirrors=tuple(dict.fromkeys(mirrors)), parent=parent)

    def _boundary(self, item: BoundaryItem) -> BoundaryItem:
        lead = self._owner(item.lead, item.id, *item.clauses)
        if not {item.lead, *item.supports, *(unit for unit, _ in item.division)} & {*self.ended, *self.reform.sources}:
            return item
        division: dict[UnitCode, list[str]] = defaultdict(list)
        for unit, words in item.division:
            division[lead if unit == item.lead else self._named(unit)].append(words)
        supports = tuple(unit for unit in self._several(item.supports) if unit != lead)
        joined = tuple((unit, "；".join(words)) for unit, words in division.items())
        said: dict[UnitCode, list[str]] = defaultdict(list)
        for unit, phrases in item.said:
            said[lead if unit == item.lead else self._named(unit)].extend(phrases)
        spoken = tuple((unit, tuple(dict.fromkeys(phrases))) for unit, phrases in said.items())
        return replace(item, lead=lead, supports=supports, division=joined, said=spoken)


def appends(made: ReformPlan, *, at: datetime, actor: str) -> tuple[Append, ...]:
    """The plan as one transaction's appends; the same plan twice has the same source keys and adds nothing."""
    reform = made.reform
    payload = {
        "kind": str(reform.kind), "from": list(reform.sources), "into": list(reform.into),
        "valid_from": iso(reform.day), "instrument": reform.instrument, "moved": dict(sorted(made.moved.items())),
    }  # fmt: skip
    name = hashlib.sha256(orjson.dumps(payload, option=orjson.OPT_SORT_KEYS)).hexdigest()[:24]

    def event(type_: str, body: dict[str, Any], key: str) -> NewEvent:
        mark = hashlib.sha256(orjson.dumps(body, option=orjson.OPT_SORT_KEYS)).hexdigest()
        return NewEvent(type_, body, at, actor, source=SOURCE, source_key=f"{name}/{key}", mark=mark)

    streams: dict[StreamId, list[NewEvent]] = defaultdict(list)
    streams[StreamId(f"mandate-reforms-{name}")].append(event(REFORMED, payload, "reform"))
    for item in made.enact:
        kind = BY_CLASS[type(item)]
        key = f"{kind.table}/{key_of(item)}/{iso(item.span.valid_from)}"
        streams[stream_of(kind.table, key_of(item))].append(event(kind.event, payload_of(item), key))
    for code in made.end:
        body = {"table": "departments", "id": code, "valid_to": iso(reform.day), "reason": str(reform.kind)}
        streams[stream_of("departments", code)].append(event(ENDED, body, f"end/{code}"))
    return tuple(Append(stream, None, tuple(events)) for stream, events in streams.items())


def carry_out(ledger: Ledger, made: ReformPlan, *, at: datetime, actor: str) -> tuple[Appended, ...]:
    """Record the reform, all of it or nothing."""
    return ledger.append(*appends(made, at=at, actor=actor))
