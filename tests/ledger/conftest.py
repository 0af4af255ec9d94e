"""A ledger on each backend, and the events these tests write."""

from collections.abc import Iterator
from datetime import UTC, datetime

import pytest

from ledger.backends import open_ledger
from ledger.store import Ledger
from tests.ledger.facts import ScriptedClock


@pytest.fixture
def clock() -> ScriptedClock:
    """A clock that stands until it is told to go on."""
    return ScriptedClock(datetime(2023, 4, 1, 8, tzinfo=UTC))


@pytest.fixture
def ledger(database_url: str, clock: ScriptedClock) -> Iterator[Ledger]:
    """An empty ledger with the scripted clock; once on each backend."""
    opened = open_ledger(database_url, clock=clock)
    yield opened
    opened.close()
