"""What the pages read of disputes, against the plainest counting over all lines, on both databases."""

from collections import Counter
from typing import Any

import pytest
from sqlalchemy import select

from console.bianban import boundary_reading
from console.bianban.boundary_reading import read_chains, read_choices, read_matters, read_pairs
from projections.disputes import DISPUTES
from projections.figures import Cut
from projections.past import as_of
from tests.projections.conftest import Desk, desk_at
from tests.projections.lives import Life, told


def _lines(desk: Desk, name: str, position: int | None = None) -> tuple[Any, dict[str, Any], list[dict[str, Any]]]:
    connection = desk.store.reader.connect()
    tables = desk.store.tables(DISPUTES, desk.store.current(connection, "disputes"))
    query = select(tables[name])
    if name == "chains":
        query = query.where(as_of(tables[name], position))
    elif position is not None:
        query = query.where(tables[name].c.position <= position)
    return connection, tables, [dict(row) for row in connection.execute(query).mappings()]


@pytest.fixture
def desk(database_url: str) -> Any:
    with desk_at(database_url, (DISPUTES,)) as opened:
        lives = [Life(f"N{number:03d}") for number in range(160)]
        opened.tell(told(life, fact) for life in lives for fact in life.quarrel())
        opened.engine.catch_up()
        yield opened


def test_the_worst_pairs_are_listed_with_all_their_quarrels_and_the_others_are_counted(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(boundary_reading, "PAIRS_SHOWN", 4)
    connection, tables, lines = _lines(desk, "returned")
    returns = Counter(tuple(sorted((one["unit"], one["proposed"]))) for one in lines if one["what"] == "returned")
    worst = sorted(returns, key=lambda pair: (-returns[pair], pair))[:4]
    with connection:
        pairs, total = read_pairs(connection, tables["returned"], Cut())
    assert total == len(returns) > 4
    assert [(pair.first, pair.second) for pair in pairs] == worst
    for pair in pairs:
        between = [one for one in lines if {one["unit"], one["proposed"]} == {pair.first, pair.second}]
        asked = [one for one in between if one["what"] == "returned"]
        assert (pair.there, pair.back) == (
            sum(one["unit"] == pair.first for one in asked), sum(one["unit"] == pair.second for one in asked),
        )  # fmt: skip
        assert pair.upheld == sum(one["what"] == "upheld" for one in between)
        assert pair.refused == sum(one["what"] == "refused" for one in between)
        assert pair.last == max(one["day"] for one in asked)
        matters = Counter((one["matter_id"], one["matter"]) for one in asked)
        assert {(id_, name): times for id_, name, times in pair.matters} == dict(matters)
        assert [times for *_, times in pair.matters] == sorted(matters.values(), reverse=True)


@pytest.mark.parametrize("part", [0, 1, 2, 3])
def test_a_disputed_matter_says_who_led_its_orders_at_any_position(desk: Desk, part: int) -> None:
    position = int(desk.ledger.head()) * part // 3 or None
    _, _, returned = _lines(desk, "returned", position)
    _, _, moved = _lines(desk, "moved", position)
    connection, tables, chains = _lines(desk, "chains", position)
    with connection:
        matters = read_matters(connection, tables, Cut(position), {})
        choices, districts = read_choices(connection, tables["chains"], position)
        went_on = read_chains(connection, tables["chains"], position, {})
    assert len(matters) > 1
    for one in matters:
        orders = [row for row in chains if row["matter_id"] == one["matter_id"]]
        told = [row for row in (*returned, *moved) if row["matter_id"] == one["matter_id"]]
        assert one["orders"] == len(orders)
        assert one["matter"] == max(row["matter"] for row in told if row.get("what", "returned") == "returned")
        assert one["no_clause"] == sum(row.get("what") == "returned" and row["basis"] == "no_clause" for row in told)
        assert dict(one["leads"]) == dict(Counter(row["lead"] for row in orders if row["lead"]))
        assert [times for _, times in one["leads"]] == sorted((times for _, times in one["leads"]), reverse=True)
    assert {id_ for id_, _ in choices} == {
        row["matter_id"] for row in chains if row["matter_id"] and (row["returns"] or row["moves"])
    }
    assert districts == sorted({row["district"] for row in chains if row["district"]})
    shown = [row["order_no"] for row in went_on]
    order = {row["order_no"]: (-row["came_back"], -row["moves"], -row["returns"], row["order_no"]) for row in chains}
    assert shown == sorted((row["order_no"] for row in chains if row["moves"] or row["returns"] > 1), key=order.get)
