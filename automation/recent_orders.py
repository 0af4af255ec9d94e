"""The open orders of the last days, by what they say: where the proposer looks for the same request again.

Folded from the record as far as the window reaches back, and kept in memory: masked texts give signatures, the erasable
pseudonym tells one caller from another, no text is kept. What is closed, merged or erased is forgotten.
"""

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime, timedelta

from city.configuration import Routing
from ledger.envelope import Event
from ledger.store import Ledger
from projections.view import Masked
from routing.duplicates import Duplicate, DuplicateIndex, filed
from terms.ids import OrderNo, Position

BATCH = 5_000
ENDED = ("OrderNotAccepted", "AnsweredAtOnce", "OrderClosed", "OrdersMerged", "PersonalDataErased")
READ = ("WorkOrderReceived", *ENDED)


class RecentOrders:
    """Follows the record of one ledger from where the window begins."""

    def __init__(
        self, ledger: Ledger, rules: Routing, open_masked: Callable[[Sequence[Event]], Mapping[str, Masked]]
    ) -> None:
        self._ledger = ledger
        self._open_masked = open_masked
        self._window = timedelta(hours=rules.duplicate_window_hours)
        self._index = DuplicateIndex(self._window, rules.duplicate_at)
        self._latest: datetime | None = None
        self._read_to: Position | None = None

    def begin(self, since: datetime, upto: Position) -> None:
        """Take up the window that ends at a moment, as far as a position; a second time changes nothing."""
        if self._read_to is None:
            # nothing is recorded before it came in
            self.follow(min(self._ledger.position_at(since - self._window), upto), upto)

    def earlier_like(self, order_no: str) -> Duplicate | None:
        """The likeliest open order that came in before this one and says the same; None where there is none."""
        own = self._index.known(OrderNo(order_no))
        return next((found for found in self._index.like(own) if found.earlier), None) if own else None

    def follow(self, after: Position, upto: Position) -> None:
        """Take up one stretch of the record."""
        while after < upto:
            to = Position(min(after + BATCH, upto))
            self._fold([self._ledger.decode(row) for row in self._ledger.read_raw_of(READ, after, to)])
            after = self._read_to = to
        self._read_to = upto

    def goes_on(self, after: Position, upto: Position) -> None:
        """The next stretch, once the window was begun."""
        if self._read_to is not None:
            self.follow(after, upto)

    def _fold(self, events: Sequence[Event]) -> None:
        texts = self._open_masked([event for event in events if event.type == "WorkOrderReceived"])
        for event in events:
            told = event.payload
            if event.type in ENDED:
                self._index.forget([OrderNo(told["child"] if event.type == "OrdersMerged" else told["order_no"])])
            elif event.event_id in texts and told["mode"] == "live":
                masked = texts[event.event_id]
                text = "\n".join(part for part in (masked.get("title", ""), masked.get("text", "")) if part)
                place = f"{told['district']}{told['street']}" if told["street"] else ""
                order_no, at = OrderNo(told["order_no"]), datetime.fromisoformat(told["received_at"])
                self._index.add(filed(order_no, text, at, place, told["caller"]))
                self._latest = max(at, self._latest or at)
        if self._latest is not None:
            self._index.forget(self._index.older_than(self._latest))
