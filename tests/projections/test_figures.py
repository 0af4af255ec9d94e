"""The views of boundaries, accountability, coverage and heat, each beside a recomputation that knows no view."""

from collections import Counter
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from casework import events as e
from ledger.envelope import Event
from projections.accountability import ACCOUNTABILITY
from projections.coverage import COVERAGE
from projections.days import day_of, week_of
from projections.disputes import DISPUTES
from projections.figures import Cut, count, events_behind, total
from projections.heat import HEAT, by_week, rising, stuck
from projections.measures import measures
from projections.view import View
from tests.projections.conftest import FIGURES, Desk, desk_at
from tests.projections.lives import CLAUSES, START, UNITS, Life, told

LIVES = st.lists(st.integers(0, 400), min_size=1, max_size=12, unique=True)
SETTINGS = settings(max_examples=8, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])


def live(desk: Desk, seeds: list[int]) -> None:
    """Whole lawful lives of orders, one after the other, a day apart."""
    for number, seed in enumerate(seeds):
        life = Life(f"N{seed}")
        for _ in range(number):
            life.now(24 * 60)
        desk.tell(told(life, fact, minutes=7 * 60) for fact in life.quarrel())
    desk.engine.catch_up()


def table_of(desk: Desk, view: View, name: str) -> tuple[Any, Any]:
    """A connection and a table people read."""
    connection = desk.store.reader.connect()
    build = desk.store.current(connection, view.name)
    assert build is not None
    return connection, desk.store.tables(view, build)[name]


@pytest.fixture
def opened(fresh_sqlite: Callable[[], str]) -> Callable[[], Any]:
    """Opens one more desk with the views of this file."""
    return lambda: desk_at(fresh_sqlite(), FIGURES)


@SETTINGS
@given(seeds=LIVES)
def test_the_matrix_of_returns_is_what_one_counts_by_hand(opened: Callable[[], Any], seeds: list[int]) -> None:
    with opened() as desk:
        live(desk, seeds)
        asked: dict[tuple[str, int], Event] = {}
        pairs: Counter[tuple[str, ...]] = Counter()
        for event in desk.events():
            number = event.payload.get("objection")
            if event.type == "ReturnRequested":
                asked[event.stream, number] = event
                pairs["returned", event.payload["unit"], event.payload["proposed_unit"]] += 1
            elif event.type in ("ReturnRefused", "OrderReassigned") and number:
                first = asked[event.stream, number].payload
                what = "refused" if event.type == "ReturnRefused" else "upheld"
                pairs[what, first["unit"], first["proposed_unit"]] += 1
        connection, table = table_of(desk, DISPUTES, "returned")
        with connection:
            assert count(connection, table, ("what", "unit", "proposed"), Cut()) == dict(pairs)
            for key, times in pairs.items():
                cell = Cut(where=dict(zip(("what", "unit", "proposed"), key, strict=True)))
                behind = events_behind(connection, table, cell)
                assert len(behind) == times
                kinds = {"returned": "ReturnRequested", "refused": "ReturnRefused", "upheld": "OrderReassigned"}
                assert {event.type for event in desk.events() if event.event_id in {e for _, e in behind}} == {
                    kinds[key[0]]
                }


@SETTINGS
@given(seeds=LIVES)
def test_chains_name_the_hands_an_order_went_through(opened: Callable[[], Any], seeds: list[int]) -> None:
    with opened() as desk:
        live(desk, seeds)
        hands: dict[str, list[str]] = {}
        back: Counter[str] = Counter()
        for event in desk.events():
            to = event.payload.get("to_unit") if event.type == "OrderReassigned" else None
            if event.type == "WorkOrderDispatched" or to:
                number = event.payload["order_no"]
                back[number] += bool(to and to in hands[number])
                hands.setdefault(number, []).append(to or event.payload["lead"])
        chains = desk.rows(DISPUTES)["chains"]
        names = [name for name, _ in DISPUTES.tables[0].columns]
        now = [dict(zip(names, line, strict=False)) for line in chains if line[-1] == max(row[-1] for row in chains)]
        assert {row["order_no"]: row["hands"] for row in now} == {no: ">".join(path) for no, path in hands.items()}
        assert {row["order_no"]: row["came_back"] for row in now} == {no: back[no] for no in hands}


@SETTINGS
@given(seeds=LIVES, part=st.floats(0.2, 1))
def test_units_answer_for_exactly_what_happened(opened: Callable[[], Any], seeds: list[int], part: float) -> None:
    with opened() as desk:
        live(desk, seeds)
        upto = int(len(desk.events()) * part)
        expected: Counter[tuple[str, str, int]] = Counter()
        due: dict[tuple[str, str, str], str] = {}
        first: dict[str, Event] = {}
        spoilt: set[str] = set()
        for event in desk.events()[:upto]:
            told_of, number = event.payload, event.payload.get("order_no")
            for clock in told_of.get("deadlines", []):
                due[number, clock["unit"], clock["clock"]] = clock["due"]
            at = event.occurred_at.isoformat()[:19]
            match event.type:
                case "WorkOrderDispatched":
                    first[number] = event
                    for unit in (told_of["lead"], *told_of["supports"]):
                        expected[unit, "dispatched", 1] += 1
                case "WorkOrderSignedFor":
                    in_time = at <= due[number, told_of["unit"], "sign"][:19]
                    expected[told_of["unit"], "signed_in_time", int(in_time)] += 1
                case "ResultSubmitted":
                    in_time = at <= due[number, told_of["unit"], "handle"][:19]
                    expected[told_of["unit"], "finished_in_time", int(in_time)] += 1
                case "ReturnRequested":
                    spoilt.add(number)
                    expected[told_of["unit"], "returned", 1] += 1
                case "OrderReassigned":
                    spoilt.add(number)
                    expected[told_of["from_unit"], "return_upheld", 1] += 1
                case "OrderClosed":
                    expected[first[number].payload["lead"], "first_kept", int(number not in spoilt)] += 1
        connection, table = table_of(desk, ACCOUNTABILITY, "facts")
        names = sorted({measure for _, measure, _ in expected})
        with connection:
            cut = Cut(upto=upto, where={"measure": names})
            assert count(connection, table, ("unit", "measure", "value"), cut) == dict(expected)
            sums = total(connection, table, ("unit", "measure"), "value", cut)
            for unit, measure in sums:
                assert sums[unit, measure] == expected[unit, measure, 1]
                for value in (0, 1):
                    cell = cut.narrowed(unit=unit, measure=measure, value=value)
                    assert len(events_behind(connection, table, cell)) == expected[unit, measure, value]


def test_an_order_not_counted_for_a_unit_leaves_its_figures_but_only_from_then_on(desk_of_figures: Desk) -> None:
    desk, life = desk_of_figures, Life("N1")
    desk.tell(told(life, fact) for fact in (life.received(), life.proposed(), life.dispatched(UNITS[0], supports=())))
    desk.tell([told(life, life.any(31))])  # 不计考核 granted
    desk.engine.catch_up()
    connection, table = table_of(desk, ACCOUNTABILITY, "facts")
    with connection:
        kept = measures(connection, table, Cut(where={"measure": "dispatched"}))
        assert kept == {}
        assert measures(connection, table, Cut(upto=3)) == {(UNITS[0], "lead", "dispatched"): (1, 1)}
        assert measures(connection, table, Cut(), excluded_count=True)[UNITS[0], "lead", "dispatched"] == (1, 1)
        assert measures(connection, table, Cut())[UNITS[0], "lead", "excluded"] == (1, 1)


def test_an_order_an_older_platform_left_out_is_left_out_from_its_dispatch_here_on(desk_of_figures: Desk) -> None:
    """domain, section 6: 是否不计考核 comes in before the order does, as ExclusionGranted (ingest.history)."""
    desk, life, counted = desk_of_figures, Life("N1"), Life("N2")
    desk.tell([told(life, e.ExclusionGranted(order_no="N1", unit=UNITS[0], reason="原平台已认定"))])
    for one in (life, counted):
        desk.tell(told(one, fact) for fact in (one.received(), one.dispatched(UNITS[0], supports=(UNITS[1],))))
    desk.engine.catch_up()
    connection, table = table_of(desk, ACCOUNTABILITY, "facts")
    with connection:
        assert measures(connection, table, Cut()) == {
            (UNITS[0], "lead", "excluded"): (1, 1),
            (UNITS[0], "lead", "dispatched"): (1, 1),
            (UNITS[1], "support", "dispatched"): (2, 2),
        }


def test_who_acts_under_a_designation_is_marked_so_that_no_fault_is_seen_in_it(desk_of_figures: Desk) -> None:
    desk, life = desk_of_figures, Life("N1")
    desk.tell(told(life, fact) for fact in (life.received(), life.dispatched(UNITS[0], supports=()), life.returned()))
    desk.tell([told(life, life.any(11 + 36 * 2))])  # designated
    unit = desk.events()[-1].payload["unit"]
    life.lead = unit
    desk.tell([told(life, life.any(18))])
    desk.engine.catch_up()
    connection, table = table_of(desk, ACCOUNTABILITY, "facts")
    with connection:
        found = count(connection, table, ("unit", "acting"), Cut(where={"measure": "finished_in_time"}))
    assert found == {(unit, "designated"): 1}


@SETTINGS
@given(seeds=LIVES)
def test_the_load_of_a_clause_is_how_often_it_was_cited(opened: Callable[[], Any], seeds: list[int]) -> None:
    with opened() as desk:
        live(desk, seeds)
        cited: Counter[tuple[str, str]] = Counter()
        for event in desk.events():
            told_of = event.payload
            match event.type:
                case "WorkOrderDispatched" | "OrderReassigned":
                    cited.update({(one["clause_id"], "dispatched") for one in told_of["citations"]})
                case "AssignmentProposed":
                    cited.update({(one["clause_id"], "proposed") for one in told_of["proposal"]["citations"]})
                case "ReturnRequested":
                    cited[told_of["denied_clause"], "denied"] += 1
                    cited[told_of["claimed_clause"], "claimed"] += 1
        connection, table = table_of(desk, COVERAGE, "uses")
        with connection:
            cut = Cut(where={"clause": list(CLAUSES), "how": ["dispatched", "proposed", "denied", "claimed"]})
            uses = count(connection, table, ("clause", "how"), cut)
        assert uses == dict(cited)


def test_an_order_no_clause_covers_is_seen_until_somebody_finds_one(desk_of_figures: Desk) -> None:
    desk, life = desk_of_figures, Life("N1")
    desk.tell([told(life, life.received()), told(life, life.dispatched(UNITS[0], supports=()))])
    desk.tell([told(life, life.returned(no_clause=True, claimed_clause=None, proposed_unit=None))])
    desk.tell([told(life, life.reassigned(UNITS[1], objection=1))])
    desk.engine.catch_up()
    lines = desk.rows(COVERAGE)["orders"]
    covered = [name for name, _ in COVERAGE.tables[0].columns].index("covered")
    assert [line[covered] for line in lines] == [None, True, False, True]


def test_heat_counts_repeats_under_their_parent_and_sees_what_rises_and_what_is_stuck(desk_of_figures: Desk) -> None:
    desk = desk_of_figures
    at = START
    numbers = iter(range(100))

    def orders(times: int, weeks: int) -> Iterator[Life]:
        for _ in range(times):
            life = Life(f"N{next(numbers)}", at)
            life.now(weeks * 7 * 24 * 60)
            desk.tell([told(life, life.received(district="云东区", street="青石街道"))])
            desk.tell([told(life, life.dispatched(UNITS[0], supports=(), matter="餐饮油烟"))])
            yield life

    for week in range(4):
        list(orders(1, week))
    now = list(orders(4, 4))
    parent, child = now[0], now[1]
    for stream in (parent, child):
        merged = child.any(24).model_copy(
            update={"order_no": stream.order_no, "parent": parent.order_no, "child": child.order_no}
        )
        desk.tell([told(stream, merged)])
    closed = now[3]
    desk.tell([told(closed, closed.any(23))])
    desk.engine.catch_up()
    connection, table = table_of(desk, HEAT, "spots")
    week = week_of(parent.at)
    with connection:
        counts = by_week(connection, table)
        spot = ("云东区", "青石街道", "餐饮油烟")
        assert counts[week, spot] == 4
        assert [counts[key] for key in sorted(counts)] == [1, 1, 1, 1, 4]
        known = sorted({one for one, _ in counts if one < week})
        (found,) = rising(connection, table, week, known)
        assert (found.spot, found.now, found.before) == (spot, 4, 100)
        assert rising(connection, table, week, known, least=5) == ()
        assert rising(connection, table, week, known, where={"district": "云西区"}) == ()
        assert sum(by_week(connection, table, by=()).values()) == sum(counts.values())
        old = stuck(connection, table, day_of(parent.at))
        assert [row["order_no"] for row in old] == ["N0", "N1", "N2", "N3"]


def test_a_matter_rises_in_the_city_in_a_district_or_in_a_street_as_asked(desk_of_figures: Desk) -> None:
    desk = desk_of_figures
    for number, (district, street) in enumerate((("甲区", "一街"), ("甲区", "二街"), ("乙区", "三街"))):
        life = Life(f"N{number}")
        desk.tell([told(life, life.received(district=district, street=street))])
        desk.tell([told(life, life.dispatched(UNITS[0], supports=(), matter="噪声"))])
    desk.engine.catch_up()
    connection, table = table_of(desk, HEAT, "spots")
    levels = ("matter",), ("district", "matter"), ("district", "street", "matter")
    with connection:
        found = [rising(connection, table, week_of(START), (), by=by, least=2) for by in levels]
    assert [[(one.spot, one.now) for one in spots] for spots in found] == [
        [(("", "", "噪声"), 3)], [(("甲区", "", "噪声"), 2)], [],
    ]  # fmt: skip


@pytest.fixture
def desk_of_figures(database_url: str) -> Iterator[Desk]:
    """A desk with these views, once on each database."""
    with desk_at(database_url, FIGURES) as opened_desk:
        yield opened_desk
