"""Rings the clocks that are nearly through or ran out, each once (domain, section 4).

Which clock rings is decided by the order itself (`casework`); here stands only when to look at which order again. At
start the open orders come from the queue, afterwards the feed says which orders moved. The key of what it appends is
the clock and its due moment, so after a restart nothing rings twice.
"""

import heapq
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy import select

from casework.desk import ORDERS, Cause, Desk
from casework.work_order import WorkOrder, next_ring
from casework.work_order.commands import RingClocks
from ledger.store import Ledger
from projections.engine import ProjectionEngine
from projections.queue import QUEUE, SETTLED
from projections.view import OPEN
from terms.actors import process
from terms.ids import Position

NAME = "timers"
ACTOR = process(NAME)
FOLLOW = 2_000


@dataclass(slots=True)
class Timers:
    """The next moment of every open order, kept by following the feed."""

    ledger: Ledger
    projections: ProjectionEngine
    desk: Desk
    clock: Callable[[], datetime]
    _position: Position | None = None
    _next: dict[str, datetime] = field(default_factory=dict)
    _heap: list[tuple[datetime, str]] = field(default_factory=list)

    def step(self) -> int:
        """Take in what moved, then ring what is due now; how many facts were recorded."""
        self._follow()
        now = self.clock()
        rung = 0
        while self._heap and self._heap[0][0] <= now:
            moment, order_no = heapq.heappop(self._heap)
            if self._next.get(order_no) == moment:
                del self._next[order_no]
                rung += self._ring(order_no, moment)
        return rung

    def next_moment(self) -> datetime | None:
        """When something rings next, as far as known."""
        return self._heap[0][0] if self._heap else None

    def _follow(self) -> None:
        moved: set[str] = set()
        if self._position is None:
            self._position, moved = self._open_orders()
        while rows := self.ledger.read_raw(self._position, FOLLOW):
            moved |= {row.stream.removeprefix("order-") for row in rows if row.stream.startswith("order-")}
            self._position = Position(rows[-1].position)
        for order_no in sorted(moved):
            self._look(self.desk.load(ORDERS, order_no).state)

    def _open_orders(self) -> tuple[Position, set[str]]:
        store = self.projections.store
        with store.reading() as connection:
            build = store.current(connection, QUEUE.name)
            if build is None:
                return Position(0), set()
            table = store.tables(QUEUE, build)["orders"]
            rows = connection.execute(
                select(table.c.order_no).where(
                    table.c.to_position == OPEN, table.c.mode == "live", table.c.state.not_in(SETTLED)
                )
            )
            return Position(build.position), {row.order_no for row in rows}

    def _look(self, order: WorkOrder) -> None:
        moment = next_ring(order)
        if moment is None:
            self._next.pop(order.order_no, None)
        elif self._next.get(order.order_no) != moment:
            self._next[order.order_no] = moment
            heapq.heappush(self._heap, (moment, order.order_no))

    def _ring(self, order_no: str, moment: datetime) -> int:
        # The moment names the cause: whatever was due then is said in one append, and never again.
        done = self.desk.do(order_no, RingClocks(), ACTOR, cause=Cause(NAME, f"{order_no}/{moment.isoformat()}"))
        self._look(done.state)
        return len(done.events)
