"""A rebuild whose rows another process writes is the rebuild that writes them itself, whatever happens to the other."""

import multiprocessing
import os
import signal

import pytest

from projections.queue import QUEUE
from projections.scribe import Scribe
from projections.view import FactTable, View
from tests.projections.conftest import desk_at
from tests.projections.test_engine import counting, naive, write

HISTORY = [(number % 4, number * 11 % 210) for number in range(300)]


@pytest.fixture(autouse=True)
def scribes_are_waited_for(monkeypatch: pytest.MonkeyPatch) -> None:
    """These records are folded before a process has started: here it is waited for."""
    at_once = Scribe.ready

    def ready(scribe: Scribe) -> bool:
        return at_once(scribe) or (scribe._pipe.poll(30) and at_once(scribe))

    monkeypatch.setattr(Scribe, "ready", ready)
    monkeypatch.setattr("projections.building.WORTH_A_SCRIBE", 1)


def test_what_a_scribe_writes_is_the_naive_fold_even_when_it_is_killed(database_url: str) -> None:
    with desk_at(database_url, (QUEUE,)) as desk:
        write(desk, HISTORY)
        seen: list[int] = []
        assert desk.engine.rebuild("queue", seen.append, batch=40, scribes=True).position == 300
        assert seen == [40, 80, 120, 160, 200, 240, 280, 300]
        assert desk.rows(QUEUE) == naive(desk, QUEUE)
        assert desk.engine.verify("queue") == (True, 300)

        def kill(position: int) -> None:
            if position == 120:
                (child,) = multiprocessing.active_children()
                os.kill(child.pid or 0, signal.SIGKILL)

        assert desk.engine.rebuild("queue", kill, batch=40, scribes=True).position == 300
        assert desk.rows(QUEUE) == naive(desk, QUEUE)


def test_an_event_that_cannot_be_folded_or_written_is_found_although_a_scribe_writes(migrated_sqlite_url: str) -> None:
    sick = counting("sick", poison="N2")
    odd = View(
        "odd",
        1,
        (FactTable("told", (("type", QUEUE.tables[0].columns[0][1]),)),),
        {
            "WorkOrderReceived": lambda rows, event, _: rows.add(
                "told", {"type": {"not": "a text"} if event.payload["order_no"] == "N2" else "a"}
            )
        },
    )
    with desk_at(migrated_sqlite_url, (sick, odd)) as desk:
        write(desk, [(0, 0), (1, 0), (3, 0), (2, 0), (0, 0), (1, 0)])
        for view in (sick, odd):
            built = desk.engine.rebuild(view.name, batch=2, scribes=True)
            assert (built.position, built.current) == (3, False)
            assert "第 4 条" in built.stopped
