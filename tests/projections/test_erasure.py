"""After an erasure no view holds the text: not in an old version of a row, not in another build, not in the file."""

import random
from pathlib import Path

import pytest
from sqlalchemy import select

from projections.queue import QUEUE
from projections.store import Build
from projections.tasks import TASKS
from tests.projections.conftest import Desk, desk_at
from tests.projections.lives import Life, told

SECRET = "地下车库张某车辆"


def _lived(desk: Desk, orders: int = 60) -> None:
    lives = [Life(f"N{number}") for number in range(orders)]
    texts = {"title": SECRET + "被划", "place": SECRET + "停放处"}
    desk.tell(told(life, life.received(texts)) for life in lives)
    rng = random.Random(7)
    desk.tell(told(life, life.any(rng.choice((1, 2, 3, 4, 5, 7, 8, 9, 18, 19)))) for _ in range(8) for life in lives)


def _erase(desk: Desk, number: int) -> None:
    life = Life(f"N{number}")
    desk.tell([told(life, life.any(28))])


def test_erasing_blanks_every_version_in_every_build_and_still_verifies(desk: Desk) -> None:
    _lived(desk)
    desk.engine.catch_up()
    beside = desk.engine.rebuild("queue", flip=False)
    _erase(desk, 3)
    desk.engine.catch_up()
    with desk.store.reading() as connection:
        for view in (QUEUE, TASKS):
            for build in desk.store.builds(connection, view.name):
                for declared in (one for one in view.tables if one.texts):
                    table = desk.store.tables(view, build)[declared.name]
                    found = connection.execute(select(table.c.title, table.c.place).where(table.c.order_no == "N3"))
                    blank = set(map(tuple, found))
                    assert blank <= {("", "")}, (build, table.name)
                    assert blank or declared.name == "asks", "nobody was asked anything about this order"
    assert beside.generation == 2
    for name in ("queue", "tasks"):
        assert desk.engine.verify(name)[0], "what lived through the erasure equals what is built after it"
    desk.engine.rebuild("queue")
    assert desk.engine.verify("queue")[0]


@pytest.mark.parametrize("readers", [0, 1])
def test_no_byte_of_an_erased_text_stays_in_the_sqlite_files(migrated_sqlite_url: str, readers: int) -> None:
    with desk_at(migrated_sqlite_url) as desk:
        _lived(desk)
        desk.engine.catch_up()
        beside = desk.engine.rebuild("tasks", flip=False)
        held = desk.store.reader.connect() if readers else None
        if held is not None:
            table = desk.store.tables(QUEUE, _current(desk))["orders"]
            held.execute(select(table)).all()  # a long reader keeps the old pages of the log alive
        for number in range(60):
            _erase(desk, number)
        desk.engine.catch_up()
        if held is not None:
            assert _found(desk), "while somebody reads the old state it must still be there"
            held.close()
            life = Life("N1")
            desk.tell([told(life, life.any(26))])
            desk.engine.catch_up()
        assert not _found(desk)
        assert beside.generation == 2
        assert desk.engine.verify("queue")[0]


def _current(desk: Desk) -> Build:
    with desk.store.reading() as connection:
        build = desk.store.current(connection, "queue")
        assert build is not None
        return build


def _found(desk: Desk) -> list[str]:
    folder = Path(desk.url.removeprefix("sqlite:///")).parent
    return [file.name for file in folder.glob("*.views*") if SECRET.encode() in file.read_bytes()]
