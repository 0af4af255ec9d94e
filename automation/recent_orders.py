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
ENDED = frozenset({"OrderNotAccepted", "AnsweredAtOnce", "OrderClosed", "OrdersMerged", "PersonalDataErased"})


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

    def earlier_like(self, order_no: str, received_at: datetime) -> Duplicate | None:
        """The likeliest open order that came in before this one and says the same; None where there is none."""
        self._follow(received_at)
        own = self._index.known(OrderNo(order_no))
        return next((found for found in self._index.like(own) if found.earlier), None) if own else None

    def _follow(self, since: datetime) -> None:
        head = self._ledger.head()
        if self._read_to is None:
            self._read_to = self._ledger.position_at(since - self._window)  # nothing is recorded before it came in
        while self._read_to < head:
            rows = self._ledger.read_raw(self._read_to, min(BATCH, head - self._read_to))
            kept = [row for row in rows if row.type == "WorkOrderReceived" or row.type in ENDED]
            self._fold([self._ledger.decode(row) for row in kept])
            self._read_to = Position(rows[-1].position)

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
