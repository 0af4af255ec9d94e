"""The parts of one process: kept going, and ended in time."""

import threading
import time

from automation.supervisor import Part, Supervisor
from dingze.wiring import Dingze
from ledger.feed import Feed


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
    assert "disk" in supervisor.failures["failing"]
    assert supervisor.stop()
