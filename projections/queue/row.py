"""The row of an order in the queue, as an event changes it, and what lists take from an event."""

from typing import Any

from ledger.envelope import Event
from projections.queue.stage import shown
from projections.queue.sums import ENDINGS, recount
from projections.queue.tables import EMPTY
from projections.view import Masked, Row, Rows


def row_of(rows: Rows, event: Event) -> Row:
    """The row of the event's order; an empty one for an order not known yet."""
    return rows.get("orders", (event.payload["order_no"],)) or EMPTY


def put(rows: Rows, event: Event, row: Row, **changes: Any) -> None:
    """Change the row: what it shows follows from where the work stands and what lies beside it; sums go along."""
    if "state" in changes:
        changes["stands"] = changes["state"]
    now = row | changes
    now["state"] = shown(now["stands"], now["aside"])
    rows.put("orders", (event.payload["order_no"],), now)
    if now["state"] in ENDINGS or row["state"] in ENDINGS:
        recount(rows, row, now)


def headline(masked: Masked) -> str:
    """What a list shows of an order: its title, else the beginning of its text."""
    return (masked.get("title") or masked.get("text", "")[:40])[:120]  # it is indexed: no title may be too long


def due_of(deadlines: list[dict[str, Any]], clock: str, unit: str | None = None) -> str | None:
    """When a clock among new deadlines is due, if it is there."""
    for deadline in deadlines:
        if deadline["clock"] == clock and unit in (None, deadline["unit"]):
            due: str = deadline["due"]
            return due
    return None
