"""Logs go to stderr, whichever it is when they are written."""

import errno
import io
import subprocess
import sys
import threading

import orjson
import pytest
import structlog

from automation.supervisor import Part, Supervisor
from dingze.logs import configure
from terms.ids import Position


def test_a_logger_outlives_the_stderr_it_was_set_up_under(monkeypatch: pytest.MonkeyPatch) -> None:
    first, second = io.StringIO(), io.StringIO()
    monkeypatch.setattr(sys, "stderr", first)
    configure("info")
    log = structlog.get_logger("test")
    first.close()
    monkeypatch.setattr(sys, "stderr", second)
    log.info("still here", order="1")
    assert '"event": "still here"' in second.getvalue()


class Full(io.StringIO):
    """A stderr on a disk that is full for a while."""

    room = False

    def write(self, text: str) -> int:
        if not self.room:
            raise OSError(errno.ENOSPC, "No space left on device")
        return super().write(text)


class Still:
    """A feed in which nothing happens."""

    def wait(self, after: Position, timeout: float) -> bool:
        return False


def test_a_part_whose_failure_cannot_be_logged_is_tried_again_all_the_same(monkeypatch: pytest.MonkeyPatch) -> None:
    full = Full()
    monkeypatch.setattr(sys, "stderr", full)
    configure("info")
    tries = 0
    well = threading.Event()

    def step() -> int:
        nonlocal tries
        tries += 1
        if tries == 1:
            raise OSError(errno.ENOSPC, "No space left on device")
        full.room = True
        well.set()
        return 0

    supervisor = Supervisor([Part("writes", step, every=0.01)], Still(), lambda: Position(0))  # type: ignore[arg-type]
    supervisor.start()
    try:
        assert well.wait(20) and supervisor.running()
    finally:
        supervisor.stop()


TALKING = """
import logging, threading
import structlog
from dingze.logs import configure

configure("info")

def tell(name):
    for number in range(300):
        structlog.get_logger().info("ours", by=name, number=number)
        logging.getLogger("library").warning("theirs %s %s", name, number)

threads = [threading.Thread(target=tell, args=(at,)) for at in range(4)]
for one in threads:
    one.start()
for one in threads:
    one.join()
"""


def test_lines_of_several_threads_never_run_into_each_other() -> None:
    told = subprocess.run([sys.executable, "-c", TALKING], capture_output=True, check=True).stderr.splitlines()
    assert len(told) == 2_400 and all("event" in orjson.loads(line) for line in told)
