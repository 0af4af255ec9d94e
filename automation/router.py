"""Keeps what routing needs at hand: the index of each register edition, the newest memory edition, the city.

Routing itself is pure; this is where its inputs are fetched and kept. A new edition is built before it is swapped in,
so nobody waits for it but whoever asks for that edition first.
"""

import threading
from collections import OrderedDict
from collections.abc import Callable, Mapping
from dataclasses import replace
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

    def day_of(self, moment: datetime) -> date:
        """The city's date at a moment: what decides the register edition."""
        return moment.astimezone(self._zone).date()

    def index(self, edition: RegisterEdition) -> RegisterIndex:
        """The index of an edition, from memory, from the cache folder, or built."""
        with self._lock:
            found = self._kept.get(edition.digest)
            if found is None:
                found = self._kept[edition.digest] = load_or_build(edition, self._cache)
            self._kept.move_to_end(edition.digest)
            while len(self._kept) > KEPT:
                self._kept.popitem(last=False)
            return found

    def route(self, order: OrderText, *, day: date) -> Proposal:
        """The proposal for an order under the register of that day and the newest memory."""
        edition = self._register.as_of(order.at or day)
        return propose(
            replace(order, at=order.at or day),
            self.index(edition),
            self._memory(),
            self._city,
            status_quo=self._status_quo(),
        )
