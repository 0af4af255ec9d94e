"""The month, read once."""

from collections import Counter, defaultdict
from collections.abc import Iterator
from dataclasses import dataclass

import pytest

from casework.desk import ORDERS
from casework.work_order import WorkOrder
from dingze.wiring import Dingze
from ledger.envelope import Event
from terms.ids import Position
from tests.sample.loaded import TODAY, Loaded, forget, loaded


@dataclass(frozen=True)
class Month:
    """Everything that happened, and how every order stands at the end."""

    events: list[Event]
    orders: dict[str, WorkOrder]

    def told(self, event_type: str) -> list[Event]:
        """The events of one type."""
        return [event for event in self.events if event.type == event_type]

    def count(self, event_type: str) -> int:
        """How many of them."""
        return len(self.told(event_type))

    def by(self, event_type: str, field: str) -> Counter[str]:
        """How often each value of a field."""
        return Counter(str(event.payload[field]) for event in self.told(event_type))


@pytest.fixture(scope="session")
def city() -> Iterator[Loaded]:
    """The sample city, loaded."""
    yield loaded()
    forget()


@pytest.fixture(scope="session")
def dingze(city: Loaded) -> Iterator[Dingze]:
    """A Dingze over it, at the moment at which it was loaded. To be looked at only."""
    opened = Dingze(city.settings, lambda: TODAY)
    yield opened
    opened.close()


@pytest.fixture(scope="session")
def month(dingze: Dingze) -> Month:
    """The whole month, decoded and folded once."""
    events: list[Event] = []
    while found := dingze.ledger.read(Position(len(events)), 5_000):
        events.extend(found)
    numbers: dict[str, None] = defaultdict(lambda: None)
    for event in events:
        if event.type == "WorkOrderReceived":
            numbers[event.payload["order_no"]] = None
    return Month(events, {number: dingze.desk.load(ORDERS, number).state for number in numbers})
