"""Ledgers, view stores and engines on either backend."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any

import pytest

from ledger.backends import open_ledger
from ledger.envelope import Append, Event
from ledger.store import Ledger
from projections.accountability import ACCOUNTABILITY
from projections.coverage import COVERAGE
from projections.digests import DIGESTS
from projections.disputes import DISPUTES
from projections.engine import ProjectionEngine
from projections.findings import FINDINGS_VIEW
from projections.heat import HEAT
from projections.papers import PAPERS
from projections.queue import QUEUE
from projections.store import ViewStore
from projections.tasks import TASKS
from projections.unsealed import UNSEALED
from projections.view import Masked, View
from terms.ids import Position
from tests.projections.naive import stored

VIEWS: tuple[View, ...] = (QUEUE, TASKS)
FIGURES: tuple[View, ...] = (DISPUTES, ACCOUNTABILITY, COVERAGE, HEAT)
ALL_VIEWS = VIEWS + FIGURES + (DIGESTS, FINDINGS_VIEW, PAPERS, UNSEALED)


class Desk:
    """A ledger with its views, as one process would hold them."""

    def __init__(self, url: str, views: Sequence[View] = VIEWS) -> None:
        self.url = url
        self.ledger: Ledger = open_ledger(url)
        self.store = ViewStore(url)
        self._erased: set[str] = set()
        self._seen = 0
        self.engine = ProjectionEngine(self.ledger, self.store, views, self.masked)

    def masked(self, events: Sequence[Event]) -> Mapping[str, Masked]:
        """The texts of these tests lie open in the payload; as with the vault, an erased order has none any more."""
        erased = self.erased()
        return {event.event_id: event.payload["masked"] for event in events if event.stream not in erased}

    def erased(self) -> set[str]:
        """The streams whose text was erased, wherever in the record that stands."""
        for row in self.ledger.read_raw(Position(self._seen), 1_000_000):
            self._seen = row.position
            if row.type == "PersonalDataErased":
                self._erased.add(row.stream)
        return self._erased

    def tell(self, appends: Iterable[Append]) -> None:
        """Write facts, some hundred in a transaction."""
        batch: list[Append] = []
        for append in appends:
            batch.append(append)
            if len(batch) == 200:
                self.ledger.append_each(batch)
                batch = []
        self.ledger.append_each(batch)

    def events(self) -> list[Event]:
        """The whole record."""
        return self.ledger.read(Position(0), 1_000_000)

    def rows(self, view: View) -> dict[str, list[tuple[Any, ...]]]:
        """What people read of a view, in the form of `tests.projections.naive.content`."""
        return stored(self.store, view)

    def close(self) -> None:
        """Give the connections back."""
        self.store.close()
        self.ledger.close()


@contextmanager
def desk_at(url: str, views: Sequence[View] = VIEWS) -> Iterator[Desk]:
    """A desk for the length of a block."""
    desk = Desk(url, views)
    try:
        yield desk
    finally:
        desk.close()


@pytest.fixture
def desk(database_url: str) -> Iterator[Desk]:
    """A desk on a fresh database; once on each backend."""
    with desk_at(database_url) as opened:
        yield opened
