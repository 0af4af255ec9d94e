"""Killing the runner at random moments changes no row: rows and checkpoint are one transaction.

`DINGZE_SOAK=50` kills a hundred times on each database (`make soak`).
"""

import random
import signal
import subprocess
import sys
import time

import pytest

from casework import events as e
from projections.queue import QUEUE
from projections.tasks import TASKS
from terms.ids import Position
from tests.projections.conftest import desk_at
from tests.projections.lives import Life, told
from tests.rounds import rounds

ROUNDS = rounds(plain=2, most=50)
CHILD = """
import sys
from tests.projections.conftest import desk_at
with desk_at(sys.argv[1]) as desk:
    print("ready", flush=True)
    if sys.argv[2] == "follow":
        desk.engine.catch_up(batch=9)
    else:
        desk.engine.rebuild("queue", batch=11)
    print("done", flush=True)
"""


def anything(rng: random.Random, life: Life) -> e.Fact:
    """A fact of any kind but an erasure: here the texts stay, and an erased order is never received again."""
    while isinstance(fact := life.any(rng.randrange(10_000)), e.PersonalDataErased):
        pass
    return fact


@pytest.mark.faults
def test_killing_the_runner_at_random_moments_changes_no_row(database_url: str) -> None:
    rng = random.Random(11)
    with desk_at(database_url) as desk:
        kills = tries = 0
        while kills < 2 * ROUNDS:
            tries += 1
            assert tries <= 5 * ROUNDS + 5, f"only {kills} kills came in time: the moments are badly chosen"
            lives = [Life(f"N{number}") for number in range(12)]
            desk.tell(told(life, anything(rng, life)) for _ in range(40) for life in lives)
            for work in ("follow", "rebuild"):
                with subprocess.Popen(
                    [sys.executable, "-c", CHILD, database_url, work], stdout=subprocess.PIPE, text=True
                ) as child:
                    assert child.stdout is not None
                    assert child.stdout.readline() == "ready\n"
                    time.sleep(rng.random() * 0.25)
                    child.send_signal(signal.SIGKILL)
                    kills += "done" not in child.stdout.read()
            assert desk.engine.rebuild("queue").position == int(desk.ledger.head()), "it goes on at once"
            for view in (QUEUE, TASKS):
                desk.engine.catch_up(Position(int(desk.ledger.head())))
                assert desk.engine.verify(view.name) == (True, int(desk.ledger.head()))
