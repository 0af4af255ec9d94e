"""Workers: which parts each runs, what it answers when asked how it is, and how it ends."""

import signal
import socket
import subprocess
import sys
import time
from pathlib import Path

import httpx
import pytest

from automation.supervisor import Part, Supervisor
from dingze.commands.work import NAMES, Work, parts_for
from dingze.folders import initialise
from dingze.settings import Settings
from dingze.wiring import Dingze
from dingze.worker_door import Outside, Watched, answering
from ledger.feed import Feed
from terms.errors import BadInput, Unavailable


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    """An empty record."""
    made = Settings(database_url=f"sqlite:///{tmp_path / 'd.db'}", cache=tmp_path / "cache")
    initialise(made)
    return made


def test_each_kind_runs_its_own_parts_and_routing_folds_no_views(settings: Settings) -> None:
    dingze = Dingze(settings)
    named = {what: [part.name for part in parts_for(dingze, what)[0]] for what in NAMES}
    dingze.close()
    assert named == {
        Work.ROUTE: ["proposer"],
        Work.PROJECT: ["projections", "eraser"],
        Work.NOTIFY: ["notifier"],
        Work.CLOCKS: ["projections", "timers", "carrier", "sealer", "learner", "watch"],
    }


def test_a_worker_tells_how_it_is_and_ends_within_ten_seconds_when_told(settings: Settings) -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    environment = {
        "DINGZE_DATABASE_URL": settings.database_url,
        "DINGZE_CACHE": str(settings.cache),
        "DINGZE_WORKER_ADDRESS": f"127.0.0.1:{port}",
    }
    command = [sys.executable, "-m", "dingze", "work", "project"]
    with subprocess.Popen(command, env=environment, stderr=subprocess.PIPE) as worker:
        try:
            address = f"http://127.0.0.1:{port}"
            until = time.monotonic() + 60
            while True:
                try:
                    ready = httpx.get(f"{address}/readyz")
                    break
                except httpx.TransportError:
                    assert time.monotonic() < until and worker.poll() is None
                    time.sleep(0.2)
            assert ready.json() == {"ready": True, "work": "project", "reasons": []}
            assert httpx.get(f"{address}/healthz").json() == {"alive": True, "work": "project"}
            told = httpx.get(f"{address}/metrics").text
            assert "dingze_up 1.0" in told and 'dingze_part_failing{part="eraser"} 0.0' in told
            assert httpx.get(f"{address}/orders").status_code == 404
            worker.send_signal(signal.SIGTERM)
            began = time.monotonic()
            assert worker.wait(15) == 0 and time.monotonic() - began < 10
        finally:
            worker.kill()


def broken() -> int:
    raise RuntimeError("the reason, which stays in the log")


def away() -> int:
    raise Unavailable("ledger.unavailable", at="nowhere")


def test_a_part_that_fails_a_partition_that_stopped_and_a_record_that_is_away_are_named(settings: Settings) -> None:
    dingze = Dingze(settings)
    supervisor = Supervisor([Part("fails", broken), Part("works", lambda: 0)], Feed(dingze.ledger), dingze.ledger.head)
    outside = Outside(lambda: {"hotline.returns/0": 7}, lambda: {"hotline.returns/1": "bookmark 9 lies beyond"})
    watched = Watched("ingest", supervisor, away, outside)
    with answering("127.0.0.1:0", watched) as port:
        door = f"http://127.0.0.1:{port}"
        assert httpx.get(f"{door}/healthz").status_code == 503, "nothing runs yet"
        supervisor.start()
        until = time.monotonic() + 10
        while not supervisor.failures and time.monotonic() < until:
            time.sleep(0.02)
        assert httpx.get(f"{door}/healthz").status_code == 200
        ready = httpx.get(f"{door}/readyz")
        metrics = httpx.get(f"{door}/metrics").text
        supervisor.stop()
        dingze.close()
    assert ready.status_code == 503 and "the reason" not in ready.text and "bookmark" not in ready.text
    assert [(one["what"], one["code"]) for one in ready.json()["reasons"]] == [
        ("ledger", "ledger.unavailable"),
        ("part fails", "ready.part-fails"),
        ("partition hotline.returns/1", "ready.partition-stopped"),
    ]
    assert "dingze_up 0.0" in metrics and 'dingze_part_failing{part="fails"} 1.0' in metrics


def test_without_an_address_nothing_is_opened_and_a_wrong_one_is_told(settings: Settings) -> None:
    watched = Watched("route", Supervisor([], Feed(Dingze(settings).ledger), lambda: 0), lambda: 0)  # type: ignore[arg-type, return-value]
    with answering("", watched) as port:
        assert port == 0
    with pytest.raises(BadInput, match="DINGZE_WORKER_ADDRESS"), answering("here", watched):
        pass
