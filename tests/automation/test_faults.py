"""The database restarts, the network is cut, the disk is full, the clock jumps: nothing is lost, doubled or reordered.

A source sends orders again and again until they are taken, as a topic does; the parts of the program run as they do in
production and are started again by the supervisor. One round each in a plain run, three in `make faults`, 25 in
`make soak`.
"""

import random
import resource
import signal
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from automation.supervisor import Part, Supervisor
from dingze.folders import initialise
from dingze.settings import Settings
from dingze.wiring import Dingze
from ingest.arrival import Arrival
from ledger.envelope import Bookmark
from ledger.feed import Feed
from mandates.enact import enact
from projections.awaiting import AWAITING
from projections.matters import STANDINGS
from projections.queue import QUEUE
from sample.load import sample_items
from terms.errors import DingzeError
from terms.ids import Position
from tests import needs, postgres, workplace
from tests.automation.conftest import MORNING, Clock, order
from tests.network import Line
from tests.rounds import rounds

pytestmark = pytest.mark.faults
ROUNDS = rounds(plain=1)
SOAK = ROUNDS > 1
FAULTS = ("restart", "cut", "held up", "power cut") if SOAK else ("cut", "power cut")
EACH = 40 if SOAK else 20  # orders a fault
SMOKE = "楼下烧烤店油烟太大，每天晚上呛得睡不着"
READER = "test-source"


class Source:
    """Sends batches in order until each is taken; its place moves in the transaction of what it brought."""

    def __init__(self, dingze: Dingze, clock: Callable[[], datetime]) -> None:
        self._dingze = dingze
        self._clock = clock
        self._one_step = threading.Lock()
        self.asked = 0

    def step(self) -> int:
        """The next batch, from where the record says we are."""
        with self._one_step:
            return self._next_batch()

    def ask(self, more: int) -> None:
        """So many more from where it stands, whatever was asked before."""
        with self._one_step:
            self.asked = self.taken() + more

    def _next_batch(self) -> int:
        place = self._dingze.ledger.bookmarks(READER).get("0")
        after = place or 0
        if after >= self.asked:
            return 0
        upto = min(after + 7, self.asked)
        rows = [
            order(f"F{number:05}", f"{SMOKE}{number}" if number % 3 else "喂", self._clock())
            for number in range(after, upto)
        ]
        self._dingze.gateway.take(
            rows, "work-order", Arrival(self._clock(), origin="test"), [Bookmark(READER, "0", place, upto)]
        )
        return upto - after

    def taken(self) -> int:
        """How many it has brought in."""
        return self._dingze.ledger.bookmarks(READER).get("0") or 0


@contextmanager
def at_work(dingze: Dingze, source: Source) -> Iterator[Supervisor]:
    """The parts of one city, each in its thread."""
    parts = [
        Part("source", source.step, every=0.05),
        Part("projections", follow=dingze.projections.follow),
        Part("proposer", dingze.proposer.step, every=0.2),
        Part("timers", dingze.timers.step, every=0.2),
    ]
    supervisor = Supervisor(parts, Feed(dingze.ledger), dingze.ledger.head)
    supervisor.start()
    try:
        yield supervisor
    finally:
        assert supervisor.stop(30)


def wait(done: Callable[[], bool], seconds: float = 60) -> None:
    until = time.monotonic() + seconds
    while True:
        try:
            if done():
                return
        except DingzeError:
            pass  # away: that is the test
        assert time.monotonic() < until, "it did not come back"
        time.sleep(0.05)


def proposed(dingze: Dingze) -> int:
    head = dingze.ledger.head()
    return len(dingze.ledger.read_raw_of(["AssignmentProposed"], Position(0), head))


def assert_whole(dingze: Dingze, sent: int) -> None:
    """Every order exactly once and in order, one proposal each, the chain valid, views as if rebuilt."""
    ledger = dingze.ledger
    rows = ledger.read_raw_of(["WorkOrderReceived", "AssignmentProposed"], Position(0), ledger.head())
    received = [row.stream for row in rows if row.type == "WorkOrderReceived"]
    assert received == [f"order-F{number:05}" for number in range(sent)]
    answered = [row.stream for row in rows if row.type == "AssignmentProposed"]
    assert sorted(answered) == sorted(received), "one proposal each"
    assert ledger.verify().position == ledger.head()
    dingze.projections.catch_up()
    for view in (QUEUE, AWAITING, STANDINGS):
        assert dingze.projections.verify(view.name) == (True, int(ledger.head()))


def city(url: str, folder: Path, clock: Callable[[], datetime]) -> Dingze:
    """A city with the sample's register on that database."""
    settings = Settings(database_url=url, master_key=folder / "key", cache=workplace.indexes())
    if initialise(settings):
        first = Dingze(settings, clock=lambda: datetime(2015, 1, 1, tzinfo=MORNING.tzinfo))
        enact(first.ledger, sample_items(), at=first.clock(), actor="system:sample")
        first.close()
    return Dingze(settings, clock=clock)


@pytest.fixture
def real_time() -> Callable[[], datetime]:
    """A clock that goes on from Monday morning."""
    began = time.monotonic()
    return lambda: MORNING + timedelta(seconds=time.monotonic() - began)


@pytest.fixture
def cluster() -> Iterator[postgres.Cluster]:
    """A server of our own, to be stopped."""
    try:
        with postgres.cluster() as running:
            yield running
    except postgres.NoServer as absent:
        needs.missing("postgres", str(absent))


@pytest.mark.postgres
def test_a_database_that_restarts_and_a_network_that_is_cut_lose_and_double_nothing(
    cluster: postgres.Cluster, tmp_path: Path, real_time: Callable[[], datetime]
) -> None:
    chance = random.Random(20261130)
    line = Line(Path(cluster.url.partition("host=")[2]) / ".s.PGSQL.5432")
    url = f"postgresql://dingze@127.0.0.1:{line.port}/postgres?sslmode=disable"
    dingze = city(url, tmp_path, real_time)
    source = Source(dingze, real_time)
    try:
        with at_work(dingze, source):
            for _ in range(ROUNDS):
                for fault in FAULTS:
                    source.asked += EACH
                    wait(lambda: source.taken() > source.asked - EACH)
                    time.sleep(chance.uniform(0, 0.1))
                    if fault in ("restart", "power cut"):
                        cluster.stop(signal.SIGINT if fault == "restart" else signal.SIGQUIT)
                        time.sleep(chance.uniform(0, 0.3))
                        cluster.start()
                    else:
                        line.cut() if fault == "cut" else line.hold_up()
                        time.sleep(chance.uniform(0.1, 0.5))
                        line.mend()
                    wait(lambda: source.taken() == source.asked)
            wait(lambda: proposed(dingze) == source.asked)
        assert_whole(dingze, source.asked)
        assert source.asked == EACH * len(FAULTS) * ROUNDS
    finally:
        dingze.close()
        line.close()


@contextmanager
def full_at(size: int) -> Iterator[None]:
    """No file of this process grows beyond so many bytes: to the program a full disk."""
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, before[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)


def fill_up(dingze: Dingze, full: Callable[[], AbstractContextManager[None]]) -> None:
    """In each round orders come until the disk is full; when there is room again they come in as if nothing was."""
    source = Source(dingze, dingze.clock)
    for _ in range(ROUNDS):
        with at_work(dingze, source) as supervisor:
            source.asked += 20
            wait(lambda: source.taken() == source.asked)
            with full():
                source.asked += 400
                wait(lambda: "source" in supervisor.failures or source.taken() == source.asked)
                assert "source" in supervisor.failures, "the disk was to be full"
                assert source.taken() < source.asked
            source.ask(20)
            wait(lambda: source.taken() == source.asked)
            wait(lambda: proposed(dingze) == source.asked)
    assert_whole(dingze, source.asked)


def test_a_full_disk_under_the_event_file_loses_and_doubles_nothing(
    tmp_path: Path, real_time: Callable[[], datetime]
) -> None:
    dingze = city(f"sqlite:///{tmp_path / 'd.db'}", tmp_path, real_time)
    try:
        fill_up(dingze, lambda: full_at(100_000))  # less than 400 orders write, wherever in its log the database stands
    finally:
        dingze.close()


@pytest.mark.postgres
def test_a_full_disk_under_the_database_server_loses_and_doubles_nothing(
    cluster: postgres.Cluster, tmp_path: Path, real_time: Callable[[], datetime]
) -> None:
    dingze = city(cluster.url, tmp_path, real_time)
    try:
        fill_up(dingze, lambda: cluster.full(room=100_000))
    finally:
        dingze.close()


def test_a_clock_that_jumps_an_hour_either_way_orders_nothing_anew_and_rings_nothing_twice(
    dingze: Dingze, clock: Clock
) -> None:
    """What is recorded never runs backwards; clocks that rang in the hour that was none do not ring again."""
    source = Source(dingze, clock)
    chance = random.Random(7)
    for jump in (1, -1, -1, 2, 1, -1, 2) * ROUNDS:
        source.asked += 5
        while source.step():
            dingze.proposer.run()
        dingze.timers.step()
        clock.now += timedelta(hours=jump, seconds=chance.randrange(60))
        dingze.projections.catch_up()
        dingze.timers.step()
    dingze.proposer.run()
    assert_whole(dingze, source.asked)
    told = [event for event in dingze.ledger.read(Position(0), 100_000) if event.stream.startswith("order-")]
    moments = [event.recorded_at for event in told]
    assert moments == sorted(moments), "recorded time never runs backwards"
    rung = [
        (event.stream, event.type, event.payload["clock"], event.payload["unit"], event.payload["due"])
        for event in told
        if event.type in ("ClockWarned", "ClockExpired")
    ]
    assert rung and len(rung) == len(set(rung))
    assert threading.active_count() < 50
