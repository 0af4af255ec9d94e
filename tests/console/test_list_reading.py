"""What the pages read of the queue, against the plainest counting over all rows, on both databases."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest
from sqlalchemy import select

from console.dispatcher import queue_reading
from console.dispatcher.queue_reading import TABS, Filters, read_queue
from console.leaders.overview_reading import read_overview
from projections.past import as_of
from projections.queue import QUEUE
from projections.queue.sums import ENDINGS, UNDER_WAY
from terms.ids import Position
from tests.projections.conftest import Desk, desk_at
from tests.projections.lives import Life, told

NOW = datetime(2023, 4, 5, tzinfo=UTC)
KINDS = [kind for kind in range(210) if kind % 35 != 28]  # an erased order is received only once


def _write(desk: Desk) -> None:
    lives = [Life(f"N{number:02d}") for number in range(40)]
    desk.tell(told(life, fact) for life in lives for fact in life.quarrel())
    restless = [Life(f"R{number:02d}") for number in range(30)]
    desk.tell(told(life, life.any(KINDS[number * 37 % len(KINDS)])) for number in range(12) for life in restless)
    desk.tell(told(life, life.received()) for life in (Life(f"W{number:02d}") for number in range(30)))
    desk.engine.catch_up()


def _orders(desk: Desk, position: int | None = None) -> list[dict[str, Any]]:
    with desk.store.reading() as connection:
        table = desk.store.tables(QUEUE, desk.store.current(connection, "queue"))["orders"]
        return [dict(row) for row in connection.execute(select(table).where(as_of(table, position))).mappings()]


def _asking(desk: Desk, position: int | None = None) -> set[str]:
    """The orders in which something is asked for, by the plainest counting."""
    with desk.store.reading() as connection:
        table = desk.store.tables(QUEUE, desk.store.current(connection, "queue"))["requests"]
        return set(connection.execute(select(table.c.order_no).where(as_of(table, position))).scalars())


def _late(row: dict[str, Any], *clocks: str) -> bool:
    due = next((row[clock] for clock in clocks if row[clock]), None)
    return row["state"] in UNDER_WAY and due is not None and due < NOW.isoformat().replace("+00:00", "Z")


def _figures(rows: list[dict[str, Any]]) -> dict[str, int]:
    sent = [row for row in rows if row["dispatched_by"] is not None]
    return {
        "orders": len(rows),
        "open": sum(row["state"] not in ENDINGS for row in rows),
        "late": sum(_late(row, "dispatch_due", "due") for row in rows),
        "sent": len(sent),
        "by_rule": sum(row["dispatched_by"] == "rule" for row in sent),
        "first_right": sum(row["returns"] == 0 and row["bounces"] == 0 for row in sent),
        "sent_returned": sum(row["returns"] > 0 for row in sent),
        "returned": sum(row["returns"] > 0 for row in sent),
        "asked": sum(row["satisfied"] is not None for row in rows),
        "satisfied": sum(row["satisfied"] is True for row in rows),
        "resolved_asked": sum(row["resolved"] is not None for row in rows),
        "resolved": sum(row["resolved"] is True for row in rows),
    }


def test_the_overview_says_what_counting_every_order_says_now_and_as_of_any_position(database_url: str) -> None:
    with desk_at(database_url, (QUEUE,)) as desk:
        _write(desk)
        head = int(desk.ledger.head())
        for position in (None, 1, head // 3, head // 2, head - 1):
            rows = _orders(desk, position)
            found = read_overview(desk.store, NOW, None if position is None else Position(position))
            assert found["figures"] == _figures(rows)
            for field, name in (("states", "state"), ("leads", "lead"), ("districts", "district")):
                for line in found[field]:
                    of_it = [row for row in rows if (row[name] or "") == line[name]]
                    assert line["orders"] == len(of_it)
                    assert line["open"] == sum(row["state"] not in ENDINGS for row in of_it)
                    assert line["late"] == sum(_late(row, "due") for row in of_it)
                    assert line["returned"] == sum(row["returns"] > 0 for row in of_it)
                    assert line["asked"] == sum(row["satisfied"] is not None for row in of_it)
            assert sum(line["orders"] for line in found["states"]) == len(rows)


@pytest.fixture
def desk(migrated_sqlite_url: str) -> Iterator[Desk]:
    """A queue on SQLite."""
    with desk_at(migrated_sqlite_url, (QUEUE,)) as opened:
        yield opened


def test_every_state_an_order_can_be_in_is_either_under_way_or_ended(desk: Desk) -> None:
    _write(desk)
    assert {row["state"] for row in _orders(desk)} <= {*UNDER_WAY, *ENDINGS}
    assert not {*UNDER_WAY} & {*ENDINGS}
    assert {state for _, states in TABS.values() for state in states} <= {*UNDER_WAY, *ENDINGS}


@pytest.mark.parametrize("few", [0, 2_000])
def test_the_pages_of_every_tab_hold_each_order_once_whatever_way_they_are_found(
    database_url: str, few: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(queue_reading, "FEW", few)
    with desk_at(database_url, (QUEUE,)) as desk:
        _write(desk)
        then = int(desk.ledger.head()) * 2 // 3
        looks = [
            (tab, look) for tab in TABS for look in (("due", "", None), ("new", "", then), ("old", "云东区", None))
        ]
        looks += [("all", ("due", "", then)), ("done", ("old", "云东区", then))]
        held = {position: {row["order_no"]: row for row in _orders(desk, position)} for position in (None, then)}
        for tab, (sort, district, position) in looks:
            rows, states = held[position], TABS[tab][1]
            asked = Filters(tab=tab, sort=sort, district=district)
            listed: list[dict[str, Any]] = []
            for page in range(1, 8):
                found = read_queue(desk.store, replace(asked, page=page), None, NOW, position)
                listed += found.rows if found.page == page else []
            expected = {
                number
                for number, row in rows.items()
                if (not states or row["state"] in states) and asked.district in ("", row["district"])
            }
            expected &= _asking(desk, position) if tab == "requests" else expected
            assert len(listed) == found.total
            assert {row["order_no"]: row["state"] for row in listed} == {one: rows[one]["state"] for one in expected}
            if asked.sort != "due":
                ages = [row["received_at"] or "" for row in listed if row["received_at"]]
                assert ages == sorted(ages, reverse=asked.sort == "new")


def test_what_cannot_wait_is_dispatched_first_however_tight_the_others_time(desk: Desk) -> None:
    degrees = ("一般", "特急", "紧急")
    lives = [(Life(f"W{number:02d}"), degrees[number % 3]) for number in range(15)]
    desk.tell(told(life, life.received(urgency=degree)) for life, degree in lives)
    desk.engine.catch_up()
    listed = read_queue(desk.store, Filters(size=1_000), None, NOW, first=("特急", "紧急")).rows
    ranks = [{"特急": 0, "紧急": 1}.get(row["urgency"], 2) for row in listed]
    assert set(ranks) == {0, 1, 2} and ranks == sorted(ranks)
    for rank in range(3):
        dues = [row["due_at"] for row, its in zip(listed, ranks, strict=True) if its == rank]
        assert len(dues) == 5 and dues == sorted(dues)


def test_what_is_under_way_comes_first_the_most_pressing_first_and_then_what_ended(desk: Desk) -> None:
    _write(desk)
    listed = [
        row for page in range(1, 8) for row in read_queue(desk.store, Filters(tab="all", page=page), None, NOW).rows
    ]
    ended = [row["state"] in ENDINGS for row in listed]
    assert ended == sorted(ended)
    assert 0 < sum(ended) < len(ended)
    dues = [row["due_at"] for row in listed if row["state"] not in ENDINGS and row["due_at"]]
    assert dues == sorted(dues)


def test_a_list_of_the_past_and_a_list_of_what_is_late_hold_what_was_so(database_url: str) -> None:
    with desk_at(database_url, (QUEUE,)) as desk:
        _write(desk)
        for position in (None, int(desk.ledger.head()) // 2):
            rows = {row["order_no"]: row for row in _orders(desk, position)}
            for tab in ("waiting", "working", "done", "all"):
                for late in (False, True):
                    asked = Filters(tab=tab, overdue=late, size=100)
                    found = read_queue(desk.store, asked, None, NOW, position)
                    states = TABS[tab][1]
                    expected = {
                        number
                        for number, row in rows.items()
                        if (not states or row["state"] in states) and (not late or _late(row, "dispatch_due", "due"))
                    }
                    assert {row["order_no"] for row in found.rows} == expected
                    assert found.total == found.counts[tab] == len(expected)
