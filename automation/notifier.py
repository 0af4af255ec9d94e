"""Tells people (通知): one leased process follows the feed and sends what `casework.notices` says, at least once.

It begins where the record stands when it first runs, so that an import of past years rings no telephone. The bookmark
moves behind what was sent; a crash between the two, or a sink that was away, sends a notice again under the same key,
by which the receiver drops what it has. A notice a sink will never take is logged and passed; one of an outage waits.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

import structlog

from casework import events as e
from casework.lanes import CASES, FINDINGS, ORDERS, Lane
from casework.notices import TOLD, Notice, Sink, notices_of
from city.calendar import WorkingCalendar
from ledger.envelope import Bookmark, Event
from ledger.store import Ledger
from mandates.edition import RegisterEdition
from terms.errors import BadInput, Conflict, Unavailable
from terms.ids import Position

LOG = structlog.get_logger("notifier")
NAME = "notifier"
PLACE = "position"
BATCH = 500
TELLING = {fact.event_type() for fact in TOLD}


@dataclass(frozen=True, slots=True)
class Notifier:
    """Follows one ledger for some sinks. `holds` takes or renews the lease and says whether it is ours."""

    ledger: Ledger
    calendar: WorkingCalendar
    register: Callable[[date], RegisterEdition]
    sinks: Sequence[Sink]
    holds: Callable[[], bool]

    def step(self) -> int:
        """Send what the record holds by now; how many events were passed. 0: nothing to do, or not ours to do."""
        if not self.sinks or not self.holds():
            return 0
        before = self.ledger.bookmarks(NAME).get(PLACE)
        if before is None:
            self._move(None, self.ledger.head())
            return 0
        events = self.ledger.read(Position(before), BATCH)
        passed = before
        for event in events:
            if not self._tell(event):
                break
            passed = event.position
        if passed == before or not self._move(before, passed):
            return 0
        return passed - before

    def notices(self, event: Event) -> tuple[Notice, ...]:
        """What is told of one event, as its thing stood then. Empty where nobody is told."""
        if event.type not in TELLING:
            return ()
        fact = e.read(event.type, event.payload)
        lane: Lane[Any] = _lane(fact)
        thing = lane.empty(lane.key_of(fact))
        for one in self.ledger.stream(event.stream):
            if one.version > event.version:
                break
            if one.type in e.FACTS:
                thing = lane.evolve(thing, e.read(one.type, one.payload), one.occurred_at)
        return notices_of(fact, thing, self.register(self.calendar.local_day(event.occurred_at)))

    def _tell(self, event: Event) -> bool:
        """Send the notices of one event; False when a sink is away, and all of them go out again later."""
        for notice in self.notices(event):
            for sink in self.sinks:
                try:
                    sink.send(notice)
                except Unavailable as error:
                    LOG.warning("waiting", whom=type(sink).__name__, error=error.code, position=event.position)
                    return False
                except BadInput as error:
                    LOG.error("not taken", whom=type(sink).__name__, error=error.code, key=notice.key)
        return True

    def _move(self, before: int | None, after: int) -> bool:
        try:
            self.ledger.append(bookmarks=(Bookmark(NAME, PLACE, before, after),))
        except Conflict:
            LOG.warning("overtaken by another notifier", after=before)
            return False
        return True


def _lane(fact: e.Fact) -> Lane[Any]:
    if isinstance(fact, e.OrderFact):
        return ORDERS
    return CASES if isinstance(fact, e.CaseFact) else FINDINGS
