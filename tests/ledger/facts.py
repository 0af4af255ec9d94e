"""Events and a clock for the ledger's tests."""

from datetime import UTC, datetime, timedelta
from typing import Any

from ledger.envelope import Append, NewEvent
from terms.ids import StreamId

WHEN = datetime(2023, 4, 1, 7, 30, tzinfo=UTC)


class ScriptedClock:
    """Says the time it was set to."""

    def __init__(self, now: datetime) -> None:
        self.now = now

    def __call__(self) -> datetime:
        return self.now

    def go_on(self, **by: float) -> None:
        """Move the time by a timedelta's keywords; backwards too."""
        self.now += timedelta(**by)


def fact(payload: dict[str, Any] | None = None, **fields: Any) -> NewEvent:
    """A fact with what a test does not care about filled in."""
    given: dict[str, Any] = {"type": "Noted", "payload": payload or {}, "occurred_at": WHEN, "actor": "system:test"}
    return NewEvent(**(given | fields))


def noted(stream: str, *events: NewEvent, expected: int | None = None) -> Append:
    """An append of these facts, or of one plain fact, to a stream."""
    return Append(StreamId(stream), expected, events or (fact(),))


def received(number: str, mark: str, **fields: Any) -> Append:
    """An order as ingest appends it: a new stream, keyed by its source."""
    event = fact({"number": number}, type="Received", source="12345", source_key=number, mark=mark, **fields)
    return Append(StreamId(f"order-{number}"), 0, (event,))
