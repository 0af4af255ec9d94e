"""Several processes that share a rebuild make what one makes."""

from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial

import pytest

from projections.crew import rebuild_by_processes, shares
from projections.engine import ProjectionEngine
from projections.view import FactTable, View
from terms.errors import Conflict
from tests.projections.conftest import ALL_VIEWS, desk_at
from tests.projections.naive import stored
from tests.projections.test_engine import naive, write


@contextmanager
def engine_at(url: str) -> Iterator[ProjectionEngine]:
    """What a process of the crew opens."""
    with desk_at(url, ALL_VIEWS) as desk:
        yield desk.engine


def test_two_processes_rebuild_all_views_to_what_the_naive_fold_says(database_url: str) -> None:
    with desk_at(database_url, ALL_VIEWS) as desk:
        write(desk, [(number % 4, number * 11 % 210) for number in range(300)])
        heard: list[int] = []
        built = rebuild_by_processes(desk.engine, partial(engine_at, database_url), 2, heard.append)
        assert [(one.name, one.position, one.current) for one in built] == [
            (name, 300, True) for name in sorted(desk.engine.views)
        ]
        assert heard == sorted(heard)
        for view in ALL_VIEWS:
            assert stored(desk.store, view) == naive(desk, view)
            assert desk.engine.verify(view.name) == (True, 300)


def test_a_crew_that_meets_another_rebuild_says_so(database_url: str) -> None:
    with desk_at(database_url, ALL_VIEWS) as desk:
        write(desk, [(0, 0)])
        with desk.store.changing() as connection:
            assert desk.store.leases.take(connection, "queue.rebuild")
        with pytest.raises(Conflict):
            rebuild_by_processes(desk.engine, partial(engine_at, database_url), 2)


def test_shares_cost_about_the_same_and_every_view_is_in_one() -> None:
    views = [View(f"v{cost}", 1, (FactTable("told", ()),), {}, cost) for cost in (24, 22, 18, 14, 10, 8, 6, 4, 1)]
    dealt = shares(views, 2)
    assert sorted(name for share in dealt for name in share) == sorted(view.name for view in views)
    sums = [sum(int(name[1:]) for name in share) for share in dealt]
    assert abs(sums[0] - sums[1]) <= 2
    assert shares(views[:1], 4) == (("v24",),)
