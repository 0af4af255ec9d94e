"""Keeps what routing needs at hand: the index of each register edition, the newest memory edition, the city.

Routing itself is pure; this is where its inputs are fetched and kept. A new edition is built before it is swapped in,
so nobody waits for it but whoever asks for that edition first.
"""

import threading
from collections import OrderedDict
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

from city.configuration import CityConfiguration
from mandates.edition import RegisterEdition
from mandates.reading import RegisterReader
from routing.building import load_or_build
from routing.index import RegisterIndex
from routing.memory import EMPTY, MemoryEdition
from routing.proposal import OrderText, Proposal
from routing.propose import propose
from terms.ids import UnitCode
from terms.measures import ROUTE, timed

KEPT = 4  # editions at hand: today's, last year's, a draft


class Router:
    """Routes one order after another. Safe to share between threads."""

    def __init__(
        self,
        register: RegisterReader,
        city: CityConfiguration,
        cache: Path,
        *,
        memory: Callable[[], MemoryEdition] = lambda: EMPTY,
        status_quo: Callable[[], Mapping[str, UnitCode]] = dict,
    ) -> None:
        self._register = register
        self._city = city
        self._cache = cache
        self._memory = memory
        self._status_quo = status_quo
        self._zone = ZoneInfo(city.timezone)
        self._kept: OrderedDict[str, RegisterIndex] = OrderedDict()
        self._lock = threading.Lock()
        self._building: dict[str, threading.Lock] = {}

    def day_of(self, moment: datetime) -> date:
        """The city's date at a moment: what decides the register edition."""
        return moment.astimezone(self._zone).date()

    def index(self, edition: RegisterEdition) -> RegisterIndex:
        """The index of an edition, from memory, from the cache folder, or built: once, and nobody who asks for another
        edition waits for it."""
        with self._lock:
            found = self._at_hand(edition.digest)
            if found is not None:
                return found
            building = self._building.setdefault(edition.digest, threading.Lock())
        with building:
            with self._lock:
                found = self._at_hand(edition.digest)
            if found is None:
                found = load_or_build(edition, self._cache)
            with self._lock:
                self._kept[edition.digest] = found
                self._kept.move_to_end(edition.digest)
                while len(self._kept) > KEPT:
                    self._kept.popitem(last=False)
                self._building.pop(edition.digest, None)
        return found

    def _at_hand(self, digest: str) -> RegisterIndex | None:
        found = self._kept.get(digest)
        if found is not None:
            self._kept.move_to_end(digest)
        return found

    def at_hand(self) -> "AtHand":
        """What a batch of orders is judged by, read once for all of them."""
        return AtHand(self._register, self._memory(), self._status_quo())

    def route(self, order: OrderText, *, day: date, at_hand: "AtHand | None" = None) -> Proposal:
        """The proposal for an order under the register of that day and the newest memory."""
        known = at_hand or self.at_hand()
        with timed(ROUTE, "route"):
            return propose(
                replace(order, at=order.at or day),
                self.index(known.edition(order.at or day)),
                known.memory,
                self._city,
                status_quo=known.status_quo,
            )


@dataclass(frozen=True, slots=True)
class AtHand:
    """The newest memory, the matters in dispute, and the register editions of the days that were asked for."""

    register: RegisterReader
    memory: MemoryEdition
    status_quo: Mapping[str, UnitCode]
    _editions: dict[date, RegisterEdition] = field(default_factory=dict)

    def edition(self, day: date) -> RegisterEdition:
        """The edition in force on a day, as known when it was first asked for."""
        if day not in self._editions:
            self._editions[day] = self.register.as_of(day)
        return self._editions[day]
