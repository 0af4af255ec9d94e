"""The parts of one process: kept going, and ended in time."""

import threading
import time

import pytest

from automation.supervisor import Part, Supervisor
from dingze.wiring import Dingze
from ledger.feed import Feed
from terms.errors import Unavailable
from terms.ids import Position


def supervised(dingze: Dingze, *parts: Part) -> Supervisor:
    return Supervisor(list(parts), Feed(dingze.ledger), dingze.ledger.head)


def test_a_part_runs_until_it_is_stopped_and_ends_in_time(dingze: Dingze) -> None:
    steps = threading.Semaphore(0)

    def step() -> int:
        steps.release()
        return 0

    supervisor = supervised(dingze, Part("counting", step, every=0.01))
    supervisor.start()
    assert all(steps.acquire(timeout=5) for _ in range(3))
    began = time.monotonic()
    assert supervisor.stop()
    assert time.monotonic() - began < 10


def test_the_steps_of_a_part_that_gathers_lie_apart_however_much_there_is_to_do(dingze: Dingze) -> None:
    steps = threading.Semaphore(0)

    def step() -> int:
        steps.release()
        return 1

    supervisor = supervised(dingze, Part("gathering", step, gather=0.05))
    began = time.monotonic()
    supervisor.start()
    assert all(steps.acquire(timeout=5) for _ in range(5))
    assert time.monotonic() - began >= 4 * 0.05
    assert supervisor.stop()


def test_a_part_that_fails_is_named_and_tried_again_and_its_neighbours_go_on(dingze: Dingze) -> None:
    tried, neighbour = threading.Semaphore(0), threading.Semaphore(0)

    def fails() -> int:
        tried.release()
        raise OSError("disk")

    def works() -> int:
        neighbour.release()
        return 0

    supervisor = supervised(dingze, Part("failing", fails, every=0.01), Part("working", works, every=0.01))
    supervisor.start()
    assert all(tried.acquire(timeout=10) for _ in range(2))
    assert all(neighbour.acquire(timeout=10) for _ in range(3))
    assert supervisor.failures["failing"] == "OSError", "the kind; what a library says may be what was sent"
    assert supervisor.stop()


def test_a_record_that_is_away_ends_no_part_and_what_follows_again_is_well_again(
    dingze: Dingze, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The look at the head once stood outside: a database that restarted ended every thread for good, unseen."""
    monkeypatch.setattr("automation.supervisor.WELL_AFTER", 0.2)
    away, stepped, followed = threading.Event(), threading.Semaphore(0), threading.Semaphore(0)

    def head() -> Position:
        if away.is_set():
            raise Unavailable("ledger.unavailable", at="nowhere")
        return dingze.ledger.head()

    def follow(stop: threading.Event) -> None:
        followed.release()
        while not stop.wait(0.02):
            head()

    def step() -> int:
        stepped.release()
        return 0

    parts = [Part("stepping", step, every=0.02), Part("following", follow=follow)]
    supervisor = Supervisor(parts, Feed(dingze.ledger), head)
    supervisor.start()
    assert stepped.acquire(timeout=5) and followed.acquire(timeout=5)
    away.set()
    until = time.monotonic() + 10
    while set(supervisor.failures) != {"stepping", "following"} and time.monotonic() < until:
        time.sleep(0.02)
    assert set(supervisor.failures) == {"stepping", "following"} and supervisor.running()
    away.clear()
    while supervisor.failures and time.monotonic() < until + 10:
        time.sleep(0.02)
    assert not supervisor.failures and stepped.acquire(timeout=5) and followed.acquire(timeout=5)
    assert supervisor.stop()
