"""The register: everything ever enacted, and what of it is in force on a day.

A pure fold of the events of `mandates.events`. `as_of(day)` gives the edition of that day; editions between two
changes are the same object, so routing builds one index for each.
"""

import hashlib
from bisect import bisect_right
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Any

import orjson

from mandates.drafts import Drafts
from mandates.edition import RegisterEdition
from mandates.events import BY_EVENT, ENDED, KINDS, Enactable, item_of, key_of, payload_of
from mandates.learned_wordings import LearnedWordings
from mandates.links import Links
from mandates.model import FOREVER, Span
from mandates.succession import Succession
from terms.ids import UnitCode

Versions = dict[date, Enactable]  # by valid_from


@dataclass(slots=True)
class Register:
    """All versions of everything, by table and key; `apply` takes events in the order of the ledger."""

    tables: dict[str, dict[str, Versions]] = field(default_factory=lambda: {kind.table: {} for kind in KINDS})
    position: int = 0
    links: Links = field(default_factory=Links)
    wordings: LearnedWordings = field(default_factory=LearnedWordings)
    succession: Succession = field(default_factory=Succession)
    drafts: Drafts = field(default_factory=Drafts)
    _editions: dict[date, RegisterEdition] = field(default_factory=dict)
    _days: list[date] = field(default_factory=list)

    def apply(self, type_: str, payload: Mapping[str, Any], position: int) -> bool:
        """Fold one event; events of other rooms are passed over. Returns whether the register changed."""
        if kind := BY_EVENT.get(type_):
            item = item_of(kind.table, dict(payload))
            self.tables[kind.table].setdefault(key_of(item), {})[item.span.valid_from] = item
        elif type_ == ENDED:
            self._end(payload["table"], payload["id"], date.fromisoformat(payload["valid_to"]))
        elif any(fold.apply(type_, payload) for fold in (self.links, self.wordings, self.succession, self.drafts)):
            self.position = position  # no edition changes: a reform's new texts are enactments of their own
            return True
        else:
            return False
        self.position = position
        self._editions.clear()
        self._days.clear()
        return True

    def _end(self, table: str, key: str, day: date) -> None:
        versions = self.tables[table].get(key, {})
        for start, item in list(versions.items()):
            if start >= day:  # what was to come into force later does not
                del versions[start]
            elif day < item.span.valid_to:
                versions[start] = replace(item, span=Span(start, day))

    def versions(self, table: str, key: str) -> tuple[Enactable, ...]:
        """Every version of one thing, oldest first, each ending where the next begins."""
        found = self.tables[table].get(key, {})
        starts = sorted(found)
        ends = [*starts[1:], FOREVER][: len(starts)]
        return tuple(
            found[start] if found[start].span.valid_to <= end else replace(found[start], span=Span(start, end))
            for start, end in zip(starts, ends, strict=True)
        )

    def successor(self, unit: UnitCode, day: date, item: str | None = None) -> UnitCode:
        """Who carries on for a unit on that day: itself, or where reforms took it (see `Succession.successor`)."""
        return self.succession.successor(unit, day, item)

    def change_days(self) -> list[date]:
        """The days on which something comes into force or ends, oldest first."""
        if not self._days:
            days: set[date] = set()
            for table in self.tables.values():
                for versions in table.values():
                    for item in versions.values():
                        days.update((item.span.valid_from, item.span.valid_to))
            self._days = sorted(days - {FOREVER})
        return self._days

    def as_of(self, day: date) -> RegisterEdition:
        """What is in force on that day. The same object for every day between two changes."""
        days = self.change_days()
        at = bisect_right(days, day)
        first = days[at - 1] if at else date.min
        if first not in self._editions:
            self._editions[first] = self._edition(first)
        return self._editions[first]

    def _edition(self, day: date) -> RegisterEdition:
        force = {kind.table: self._in_force(kind.table, day) for kind in KINDS}
        content = [item for kind in KINDS for item in force[kind.table].values()]
        places = tuple(force.pop("places").values())
        return RegisterEdition(
            digest=_digest(content), as_of=day, places=places, units=force.pop("departments"), **force
        )

    def _in_force(self, table: str, day: date) -> Any:
        # Any: which class a table holds is known to `KINDS`, not to the type checker.
        found: dict[str, Enactable] = {}
        for key in sorted(self.tables[table]):
            for item in self.versions(table, key):
                if item.span.covers(day):
                    found[key] = item
        return found


def _digest(items: Iterable[Enactable]) -> str:
    """The name of an edition: sha-256 over the canonical JSON of its items, spans left out.

    Two days on which the same words bind the same units are the same edition, whenever it was recorded.
    """
    made = hashlib.sha256()
    for item in items:
        content = payload_of(item)
        content.pop("span")
        made.update(orjson.dumps(content, option=orjson.OPT_SORT_KEYS | orjson.OPT_APPEND_NEWLINE))
    return made.hexdigest()


def fold(events: Iterable[tuple[str, Mapping[str, Any], int]]) -> Register:
    """The register from its events, given as (type, payload, position)."""
    register = Register()
    for type_, payload, position in events:
        register.apply(type_, payload, position)
    return register
