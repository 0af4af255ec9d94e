"""Sums that are kept by months and years say what counting all lines says, for any period, position and filter."""

from collections.abc import Callable, Iterator
from datetime import date
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import select, update

from projections.accountability import ACCOUNTABILITY
from projections.coverage import COVERAGE
from projections.figures import Cut, count, sums
from projections.sums import KEPT, kept
from tests.projections.conftest import Desk, desk_at
from tests.projections.lives import UNITS, Life, told
from tests.projections.test_figures import table_of

VIEWS = (ACCOUNTABILITY, COVERAGE)
DAYS = st.one_of(
    st.none(),
    st.dates(date(2023, 3, 20), date(2023, 9, 1)).map(date.isoformat),
    st.sampled_from(("2023-05-01", "2023-06-01", "2023-08-01")),
    st.sampled_from(("2022-11-15", "2023-01-01", "2024-01-01", "2024-02-10")),  # a whole year between
)


@pytest.fixture
def opened(fresh_sqlite: Callable[[], str]) -> Callable[[], Any]:
    return lambda: desk_at(fresh_sqlite(), VIEWS)


@pytest.fixture
def half_a_year(database_url: str) -> Iterator[Desk]:
    """A desk on each database with orders of half a year, folded a few at a time."""
    with desk_at(database_url, VIEWS) as desk:
        live(desk, list(range(12)), batch=7)
        yield desk


def live(desk: Desk, seeds: list[int], batch: int) -> None:
    """Whole lives of orders, half a month apart; some facts are recorded long after they happened."""
    for number, seed in enumerate(seeds):
        life = Life(f"N{seed}")
        life.now(number * 15 * 24 * 60 if seed % 5 else 0)
        desk.tell(told(life, fact, minutes=2_000) for fact in life.quarrel())
        desk.engine.catch_up(batch=batch)


def plainly(desk: Desk, view: Any, name: str, by: tuple[str, ...], cut: Cut) -> dict[Any, tuple[int, int]]:
    """Each line looked at by itself."""
    connection, table = table_of(desk, view, name)
    found: dict[Any, tuple[int, int]] = {}
    with connection:
        for row in connection.execute(select(table)).mappings():
            known = cut.upto is None or row["position"] <= cut.upto
            inside = (cut.since or "") <= row["day"] < (cut.until or "9")
            if known and inside and all(row[key] == value for key, value in cut.where.items()):
                lines, worth = found.get(key := tuple(row[one] for one in by), (0, 0))
                found[key] = lines + 1, worth + row.get("value", 0)
    return found


@settings(max_examples=10, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    seeds=st.lists(st.integers(0, 400), min_size=2, max_size=6, unique=True), batch=st.sampled_from((1, 5, 500)),
    part=st.floats(0, 1), since=DAYS, until=DAYS, past=st.booleans(),
)  # fmt: skip
def test_a_figure_taken_from_sums_is_what_counting_its_lines_gives(
    opened: Callable[[], Any], seeds: list[int], batch: int, part: float, since: str, until: str, past: bool
) -> None:
    with opened() as desk:
        live(desk, seeds, batch)
        cut = Cut(int(desk.ledger.head() * part) if past else None, since, until)
        for view, name, by, where in (
            (ACCOUNTABILITY, "facts", ("unit", "part", "measure"), {}),
            (ACCOUNTABILITY, "facts", ("unit",), {"measure": "first_kept", "how": "rule"}),
            (COVERAGE, "uses", ("clause", "how"), {}),
            (COVERAGE, "uses", ("clause", "how"), {"unit": UNITS[0]}),  # no sums by units are kept
        ):
            asked = cut.narrowed(**where)
            connection, table = table_of(desk, view, name)
            with connection:
                found = sums(connection, table, by, asked)
                assert {key: held for key, held in found.items() if held[0]} == plainly(desk, view, name, by, asked)


def test_sums_are_the_same_kept_live_or_made_by_a_rebuild(half_a_year: Desk) -> None:
    desk = half_a_year

    def all_sums() -> list[list[tuple[Any, ...]]]:
        found = []
        for view, name in ((ACCOUNTABILITY, "facts"), (COVERAGE, "uses")):
            connection, table = table_of(desk, view, name)
            with connection:
                found.append(sorted(map(tuple, connection.execute(select(kept(table))))))
        return found

    live_sums = all_sums()
    assert all(len({row[-1] for row in rows}) > 5 for rows in live_sums)
    desk.engine.rebuild_all()
    assert all_sums() == live_sums
    live(desk, [400, 401], batch=500)  # and they go on from there
    assert desk.engine.verify("accountability")[0] and desk.engine.verify("coverage")[0]


def test_verify_finds_a_sum_somebody_changed(half_a_year: Desk) -> None:
    connection, table = table_of(half_a_year, ACCOUNTABILITY, "facts")
    connection.close()
    assert half_a_year.engine.verify("accountability")[0]
    with half_a_year.store.writing() as writing:
        changed = kept(table)
        writing.execute(update(changed).where(changed.c.measure == "dispatched").values(lines=changed.c.lines + 1))
    assert not half_a_year.engine.verify("accountability")[0]


def test_a_page_reads_sums_and_not_all_lines(half_a_year: Desk) -> None:
    connection, table = table_of(half_a_year, COVERAGE, "uses")
    with connection, half_a_year.store.writing() as writing:
        writing.execute(kept(table).delete())  # were the lines counted, nobody would notice
    connection, table = table_of(half_a_year, COVERAGE, "uses")
    with connection:
        assert KEPT in table.info
        assert count(connection, table, ("clause", "how"), Cut()) == {}
