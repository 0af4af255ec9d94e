"""Rings the clocks that are nearly through or ran out, each once (domain, section 4).

Which clock rings is decided by the order itself (`casework`); here stands only when to look at which order again. At
start the open orders come from the queue, afterwards the feed says which orders moved. The key of what it appends is
the clock and its due moment, so after a restart nothing rings twice.
"""

import heapq
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import select

from casework.boundary_case.commands import RingCaseClocks
from casework.boundary_case.state import BoundaryCase
from casework.desk import Cause, Desk
from casework.finding.commands import RingFindingClocks
from casework.finding.state import Finding
from casework.lanes import CASES, FINDINGS, ORDERS, Done, Lane
from casework.work_order import next_ring
from casework.work_order.commands import RingClocks
from ledger.store import Ledger
from projections.engine import ProjectionEngine
from projections.past import as_of
from projections.queue import QUEUE, SETTLED
from terms.actors import process
from terms.ids import Position, order_stream

NAME = "timers"
ACTOR = process(NAME)
FOLLOW = 2_000


@dataclass(frozen=True, slots=True)
class Ringing:
    """One kind of thing that has clocks: how it is loaded, when to look at it again, and how its clocks are rung."""

    kind: str  # the first part of its stream's name
    lane: Lane[Any]
    next_moment: Callable[[Any], datetime | None]
    ring: Callable[[Desk, str, Cause], Done[Any]]


def next_of_clocks(thing: BoundaryCase | Finding) -> datetime | None:
    """When a timer has to look at a case or a finding again; None when nothing runs."""
    moments = [
        clock.due if (clock.clock, clock.unit, clock.due) in thing.warned else clock.warn_at
        for clock in thing.clocks
        if (clock.clock, clock.unit, clock.due) not in thing.expired
    ]
    return min(moments, default=None)


RINGING = (
    Ringing("order", ORDERS, next_ring, lambda desk, name, cause: desk.do(name, RingClocks(), ACTOR, cause=cause)),
    Ringing(
        "case",
        CASES,
        next_of_clocks,
        lambda desk, name, cause: desk.do_case(name, RingCaseClocks(), ACTOR, cause=cause),
    ),
    Ringing(
        "finding",
        FINDINGS,
        next_of_clocks,
        lambda desk, name, cause: desk.do_finding(name, RingFindingClocks(), ACTOR, cause=cause),
    ),
)
BY_KIND = {ringing.kind: ringing for ringing in RINGING}


@dataclass(slots=True)
class Timers:
    """The next moment of everything that has clocks, kept by following the feed."""

    ledger: Ledger
    projections: ProjectionEngine
    desk: Desk
    clock: Callable[[], datetime]
    _position: Position | None = None
    _next: dict[str, datetime] = field(default_factory=dict)  # by stream
    _heap: list[tuple[datetime, str]] = field(default_factory=list)

    def step(self) -> int:
        """Take in what moved, then ring what is due now; how many facts were recorded."""
        self._follow()
        now = self.clock()
        rung = 0
        while self._heap and self._heap[0][0] <= now:
            moment, stream = heapq.heappop(self._heap)
            if self._next.get(stream) == moment:
                del self._next[stream]
                rung += self._ring(stream, moment)
        return rung

    def next_moment(self) -> datetime | None:
        """When something rings next, as far as known."""
        return self._heap[0][0] if self._heap else None

    def _follow(self) -> None:
        moved: set[str] = set()
        if self._position is None:
            self._position, moved = self._running()
        while rows := self.ledger.read_raw(self._position, FOLLOW):
            moved |= {row.stream for row in rows if row.stream.partition("-")[0] in BY_KIND}
            self._position = Position(rows[-1].position)
        for stream in sorted(moved):
            kind, _, name = stream.partition("-")
            self._look(stream, self.desk.load(BY_KIND[kind].lane, name).state)

    def _running(self) -> tuple[Position, set[str]]:
        """Where to follow from, and what runs already: open orders from the queue, cases and findings from the feed.

        The latter are few; their streams are found by one raw reading of the record at start.
        """
        store = self.projections.store
        with store.reading() as connection:
            build = store.current(connection, QUEUE.name)
            if build is None:
                return Position(0), set()
            table = store.tables(QUEUE, build)["orders"]
            orders = connection.execute(
                select(table.c.order_no).where(
                    as_of(table, None), table.c.mode == "live", table.c.state.not_in(SETTLED)
                )
            )
            running = {str(order_stream(row.order_no)) for row in orders}
        position = Position(0)
        while position < build.position and (rows := self.ledger.read_raw(position, FOLLOW)):
            running |= {row.stream for row in rows if row.stream.startswith(("case-", "finding-"))}
            position = Position(rows[-1].position)
        return Position(build.position), running

    def _look(self, stream: str, thing: Any) -> None:
        moment = BY_KIND[stream.partition("-")[0]].next_moment(thing)
        if moment is None:
            self._next.pop(stream, None)
        elif self._next.get(stream) != moment:
            self._next[stream] = moment
            heapq.heappush(self._heap, (moment, stream))

    def _ring(self, stream: str, moment: datetime) -> int:
        # The moment names the cause: whatever was due then is said in one append, and never again.
        kind, _, name = stream.partition("-")
        done = BY_KIND[kind].ring(self.desk, name, Cause(NAME, f"{stream}/{moment.isoformat()}"))
        self._look(stream, done.state)
        return len(done.events)
