"""Faults are seen in the facts, with the events that show them; who was designated or stood in is innocent."""

from collections.abc import Iterator
from datetime import date
from typing import Any

import pytest

from casework import events as e
from city.configuration import CityConfiguration
from mandates.edition import RegisterEdition
from mandates.model import Clause, DutyPoint, Level, Link, Section, Unit
from projections.accountability import ACCOUNTABILITY
from projections.coverage import COVERAGE
from projections.disputes import DISPUTES
from projections.faults import Fault, detect, gather
from projections.figures import Cut
from terms.ids import ClauseId, InstrumentId
from tests.projections.conftest import FIGURES, Desk, desk_at
from tests.projections.lives import UNITS, Life, told

ONE, OTHER = UNITS[0], UNITS[1]
CITY = CityConfiguration()


def _point(name: str, link: Link, unit: Any) -> DutyPoint:
    return DutyPoint(ClauseId(name), "餐饮油烟", link, unit, ClauseId("c"))


EDITION = RegisterEdition(
    digest="d",
    as_of=date(2023, 5, 1),
    units={code: Unit(code, str(code), Level.CITY) for code in UNITS},
    clauses={
        ClauseId(f"{unit}-3-1"): Clause(ClauseId(f"{unit}-3-1"), unit, InstrumentId("i"), "1", Section.DUTIES, "负责")
        for unit in UNITS
    },
    duty_points={
        ClauseId("dp-permit"): _point("dp-permit", Link.PERMIT, ONE),
        ClauseId("dp-watch"): _point("dp-watch", Link.SUPERVISE, OTHER),
    },
)


@pytest.fixture
def desk(database_url: str) -> Iterator[Desk]:
    """A desk with the views faults are seen in, once on each database."""
    with desk_at(database_url, FIGURES) as opened:
        yield opened


def seen(desk: Desk) -> tuple[Fault, ...]:
    """What the facts show now."""
    desk.engine.catch_up()
    with desk.store.reading() as connection:
        tables = {}
        for view, name in ((DISPUTES, "returned"), (COVERAGE, "acts"), (ACCOUNTABILITY, "facts")):
            build = desk.store.current(connection, view.name)
            assert build is not None
            tables[name] = desk.store.tables(view, build)[name]
        return detect(gather(connection, tables, Cut()), EDITION, CITY)


def handled(desk: Desk, number: int, **dispatch: Any) -> Life:
    """An order handled by unit ONE."""
    life = Life(f"N{number}")
    given = {"supports": (), "matter": "餐饮油烟", "matter_id": "dp-watch"} | dispatch
    result = e.ResultSubmitted(order_no=life.order_no, unit=ONE, part="lead", reply="已办")
    desk.tell(told(life, fact) for fact in (life.received(), life.dispatched(ONE, **given), result))
    return life


def refused(desk: Desk, number: int) -> None:
    """Unit ONE denies its own clause and is refused."""
    life = Life(f"R{number}")
    back = e.ReturnRefused(order_no=life.order_no, objection=1, unit=ONE, reason="条款明确")
    dispatched = life.dispatched(ONE, supports=(), matter="餐饮油烟", matter_id="dp-watch")
    claim = life.returned(denied_clause=f"{ONE}-3-1", proposed_unit=OTHER, matter="餐饮油烟", matter_id="dp-watch")
    desk.tell(told(life, fact) for fact in (life.received(), dispatched, claim, back))


def test_returns_refused_again_and_again_are_buck_passing_and_absence_with_their_events(desk: Desk) -> None:
    for number in range(3):
        assert "推诿" not in {one.fault for one in seen(desk)} if number else True
        refused(desk, number)
    found = {one.fault: one for one in seen(desk)}
    assert set(found) == {"推诿", "缺位", "重权轻责"}, "it permits what it will not supervise"
    evidence = [event for event in desk.events() if event.event_id in found["推诿"].evidence]
    assert [event.type for event in evidence] == ["ReturnRefused"] * 3
    assert (found["推诿"].unit, found["推诿"].other_units, found["推诿"].matter_id) == (ONE, (OTHER,), "dp-watch")


def test_acting_without_a_clause_or_on_anothers_is_seen(desk: Desk) -> None:
    handled(desk, 1, citations=())
    handled(desk, 2, citations=(Life("x").citation(OTHER),))
    handled(desk, 3)
    assert {(one.fault, one.unit) for one in seen(desk)} == {("越位", ONE), ("错位", ONE)}


def test_who_stands_in_or_was_designated_is_innocent(desk: Desk) -> None:
    handled(desk, 1, citations=(), fallback=True)
    handled(desk, 2, citations=(), status_quo="designated")
    handled(desk, 3, citations=(Life("x").citation(OTHER),), status_quo="designated")
    assert seen(desk) == ()


def test_two_units_of_one_tier_leading_one_matter_on_their_own_clauses_overlap(desk: Desk) -> None:
    handled(desk, 1)
    life = Life("N2")
    result = e.ResultSubmitted(order_no="N2", unit=OTHER, part="lead", reply="已办")
    dispatched = life.dispatched(OTHER, supports=(), matter="餐饮油烟", matter_id="dp-watch")
    desk.tell(told(life, fact) for fact in (life.received(), dispatched, result))
    (found,) = seen(desk)
    assert (found.fault, found.unit, found.other_units, len(found.evidence)) == ("职责交叉", ONE, (OTHER,), 2)


def test_a_hand_over_that_stalls_is_seen(desk: Desk) -> None:
    life = handled(desk, 1)
    desk.tell([told(life, e.ClockExpired(order_no="N1", clock="hand_over", unit=OTHER, due=life.at))])
    (found,) = seen(desk)
    assert (found.fault, found.unit) == ("衔接不畅", OTHER)
