"""A Dingze over a copy of the sample city's register, with a clock that stands still until it is moved."""

import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

import orjson
import pytest

from dingze.folders import initialise
from dingze.settings import Settings
from dingze.wiring import Dingze
from mandates.enact import enact
from mandates.sheets import Row
from sample.load import sample_items
from tests import workplace

MORNING = datetime(2026, 9, 14, 1, 0, tzinfo=UTC)  # Monday, 9 a.m. in the city


class Clock:
    """A clock in the hands of a test."""

    def __init__(self) -> None:
        self.now = MORNING

    def __call__(self) -> datetime:
        """The moment it stands at."""
        return self.now

    def move(self, **by: int) -> None:
        """Forward by days, hours, minutes."""
        self.now += timedelta(**by)


def settings_in(folder: Path) -> Settings:
    """Settings over the database in a folder."""
    return Settings(database_url=f"sqlite:///{folder / 'city.db'}", cache=workplace.indexes())


@contextmanager
def opening(folder: Path, to: Path, clock: Clock) -> Iterator[Callable[[], Dingze]]:
    """Opens one copy of a city, as often as asked: a restart, a second process."""
    for file in folder.glob("city.db*"):
        shutil.copy(file, to / file.name)
    opened: list[Dingze] = []

    def again() -> Dingze:
        opened.append(Dingze(settings_in(to), clock=clock))
        return opened[-1]

    try:
        yield again
    finally:
        for dingze in opened:
            dingze.close()


@pytest.fixture(scope="session")
def register_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with a database that holds the sample city's register and nothing else."""
    folder = tmp_path_factory.mktemp("register")
    settings = settings_in(folder)
    initialise(settings)
    dingze = Dingze(settings, clock=lambda: datetime(2015, 1, 1, tzinfo=UTC))
    enact(dingze.ledger, sample_items(), at=datetime(2015, 1, 1, tzinfo=UTC), actor="system:sample")
    dingze.projections.catch_up()
    dingze.close()
    return folder


@pytest.fixture
def clock() -> Clock:
    """Monday morning."""
    return Clock()


@pytest.fixture
def open_again(register_folder: Path, tmp_path: Path, clock: Clock) -> Iterator[Callable[[], Dingze]]:
    """Opens the same copy of the city, as often as asked: a restart, a second process."""
    with opening(register_folder, tmp_path, clock) as again:
        yield again


@pytest.fixture
def dingze(open_again: Callable[[], Dingze]) -> Dingze:
    """The city, open."""
    return open_again()


def order(number: str, text: str, at: datetime = MORNING, **more: str) -> Row:
    """A row as a hotline sends it."""
    cells = {"工单编号": number, "主要内容": text, "受理时间": at.isoformat()} | more
    return Row("orders.jsonl", 1, cells, orjson.dumps(cells))


def take_in(dingze: Dingze, *rows: Row) -> None:
    """Through the gateway, and nothing else yet."""
    for _ in dingze.gateway.admit(rows, now=dingze.clock()):
        pass
