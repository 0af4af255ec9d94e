"""Who carries on for whom: the reforms of units as they were recorded, and where each duty went."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from typing import Any

from mandates.events import REFORMED
from terms.ids import UnitCode


class ReformKind(StrEnum):
    """The operations of a 机构改革."""

    MERGE = "合并"
    SPLIT = "拆分"
    RENAME = "更名"
    HAND_OVER = "职责划转"


@dataclass(frozen=True, slots=True)
class Reformed:
    """One reform as recorded. `moved` names the clauses and items that went elsewhere than to the first of `into`."""

    kind: ReformKind
    sources: tuple[UnitCode, ...]
    into: tuple[UnitCode, ...]
    day: date
    instrument: str | None
    moved: Mapping[str, UnitCode]


@dataclass(slots=True)
class Succession:
    """All reforms, folded from the events, by day and then as recorded."""

    reforms: list[Reformed] = field(default_factory=list)

    def apply(self, type_: str, payload: Mapping[str, Any]) -> bool:
        """Fold one event; whether it was a reform."""
        if type_ != REFORMED:
            return False
        self.reforms.append(
            Reformed(
                ReformKind(payload["kind"]),
                tuple(map(UnitCode, payload["from"])),
                tuple(map(UnitCode, payload["into"])),
                date.fromisoformat(payload["valid_from"]),
                payload["instrument"],
                {key: UnitCode(unit) for key, unit in payload["moved"].items()},
            )
        )
        self.reforms.sort(key=lambda reform: reform.day)  # a stable sort: the same day keeps the order of the record
        return True

    def successor(self, unit: UnitCode, day: date, item: str | None = None) -> UnitCode:
        """The unit that answers on that day for what was `unit`'s; `item` follows one clause or list item.

        A unit that goes on after a reform is its own successor; one that ends is followed by where `item` went, else
        by the first of the units it became. Open orders, memory and scores are carried over by this.
        """
        for reform in self.reforms:
            if reform.day > day:
                break
            if unit in reform.sources:
                if item is not None and item in reform.moved:
                    unit = reform.moved[item]
                elif unit not in reform.into and reform.kind is not ReformKind.HAND_OVER:
                    unit = reform.into[0]
        return unit

    def heirs(self, unit: UnitCode, day: date) -> tuple[tuple[UnitCode, ...], date | None]:
        """Every unit that may have something of `unit`'s on that day, and the day of the last reform that says so.

        The first has what was assigned to none. A unit that handed a duty over is itself the first of its heirs.
        """
        found: tuple[UnitCode, ...] = (unit,)
        last: date | None = None
        for reform in self.reforms:
            if reform.day > day:
                break
            after: list[UnitCode] = []
            for one in found:
                if one not in reform.sources or reform.kind is ReformKind.RENAME:
                    after.append(one)
                    continue
                last = reform.day
                after += [one, *reform.into] if reform.kind is ReformKind.HAND_OVER else reform.into
            found = tuple(dict.fromkeys(after))
        return found, last

    def reformed(self, day: date) -> tuple[UnitCode, ...]:
        """The units that by that day ended, were split or handed duties over."""
        told = (one for one in self.reforms if one.day <= day and one.kind is not ReformKind.RENAME)
        return tuple(sorted({unit for one in told for unit in one.sources}))

    def absorbed(self, unit: UnitCode, day: date) -> tuple[UnitCode, ...]:
        """The units that by that day ended in this one and in no other: their past is its past.

        A unit that was split, or that others succeed as well, keeps its own past under its own name.
        """
        ended = (one for one in self.predecessors(unit, day) if self.heirs(one, day)[0] == (unit,))
        return tuple(ended)

    def predecessors(self, unit: UnitCode, day: date) -> tuple[UnitCode, ...]:
        """The units that had become this one by that day, so that its past can be shown with theirs."""
        found = {
            source
            for reform in self.reforms
            for source in reform.sources
            if reform.day <= day and source != unit and self.successor(source, day) == unit
        }
        return tuple(sorted(found))
