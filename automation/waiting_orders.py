"""The orders that wait for a proposal, kept in memory: taken from the view `awaiting` once, then followed by headings.

The proposer would otherwise wait until every view has folded what just came in, and ask a table for what it could
have counted itself. What an event does to an order is the view's own rule (`projections.awaiting`); a test holds the
two together. Nothing here is kept across a restart.
"""

from collections.abc import Callable, Collection
from dataclasses import dataclass
from typing import Literal

from sqlalchemy import select

from ledger.chain import Heading
from ledger.store import Ledger
from projections.awaiting import AWAITING
from projections.engine import ProjectionEngine
from projections.matters import STANDINGS
from projections.past import as_of
from projections.rows import BatchRows
from projections.view import Row
from terms.ids import Position, StreamId, order_no_of, order_stream

BATCH = 5_000
ASKS = frozenset({"WorkOrderReceived", "AdditionReceived"})
DECIDED = "DutyPointsWritten"  # lies in the stream of its case and names the orders it asks for
# a rule's own dispatches are no news about who answers for a matter; what these say is
JUDGED_BY = frozenset(STANDINGS.handlers) - {"AssignmentProposed", "WorkOrderDispatched"}


@dataclass(frozen=True, slots=True)
class Due:
    """One order that waits for a proposal, why, and the position of the event that asks for it."""

    order_no: str
    why: Literal["received", "added", "decided"]
    asked_at: int


class WaitingOrders:
    """Follows the record of one ledger. Not shared between threads."""

    def __init__(self, ledger: Ledger, projections: ProjectionEngine) -> None:
        self._ledger = ledger
        self._projections = projections
        self._due: dict[str, Due] = {}  # in the order in which they were asked for
        self.read_to: Position | None = None
        self.judged_by = Position(0)  # the last event that says who answers for a matter

    def due(self) -> Collection[Due]:
        """Every order that waits, the one that waits longest first."""
        return self._due.values()

    def follow(self, told: Callable[[Position, Position], None] = lambda after, upto: None) -> None:
        """Take up what was recorded since; `told` hears of every stretch that was read."""
        after = self._begin() if self.read_to is None else self.read_to
        while headings := self._ledger.headings(after, BATCH):
            for heading in headings:
                self._take(heading)
            upto = Position(headings[-1].position)
            told(after, upto)
            after = upto
        self.read_to = after

    def _begin(self) -> Position:
        """From the view people read, wherever it stands; without one, from the beginning."""
        store = self._projections.store
        with store.reading() as connection:
            build = store.current(connection, AWAITING.name)
            if build is None or build.version != AWAITING.version:
                return Position(0)
            table = store.tables(AWAITING, build)["proposals"]
            rows = connection.execute(
                select(table.c.order_no, table.c.due, table.c.asked_at)
                .where(table.c.due != "", as_of(table, build.position))
                .order_by(table.c.asked_at)
            )
            self._due = {row.order_no: Due(*row) for row in rows}
        self.judged_by = Position(build.position)
        return Position(build.position)

    def _take(self, heading: Heading) -> None:
        kind = heading.type
        if kind in JUDGED_BY:
            self.judged_by = Position(heading.position)
        if kind == DECIDED:
            self._decided(heading)
        elif kind in ASKS:
            self._asked(heading)
        elif kind in AWAITING.handlers:
            self._due.pop(order_no_of(StreamId(heading.stream)), None)

    def _asked(self, heading: Heading) -> None:
        order_no = order_no_of(StreamId(heading.stream))
        before = self._before(order_no, heading.position) if heading.version > 1 else None
        if before is None or not (before["dispatched"] or before["settled"]):
            self._due.pop(order_no, None)
            received = heading.type == "WorkOrderReceived"
            self._due[order_no] = Due(order_no, "received" if received else "added", heading.position)

    def _decided(self, heading: Heading) -> None:
        (event,) = self._ledger.read(Position(heading.position - 1), 1)
        for order_no in event.payload["orders"]:
            before = self._before(order_no, heading.position)
            if before is not None and not before["settled"]:
                self._due.pop(order_no, None)
                self._due[order_no] = Due(order_no, "decided", heading.position)

    def _before(self, order_no: str, position: int) -> Row | None:
        """The row the view had for an order before a position, folded from its stream: asked for rarely."""
        rows = BatchRows(AWAITING, lambda *_: ())
        for event in self._ledger.stream(order_stream(order_no)):
            if event.position < position and event.type in AWAITING.handlers:
                rows.at(event.position, event.event_id)
                AWAITING.handlers[event.type](rows, event, {})
        return rows.get("proposals", (order_no,))
