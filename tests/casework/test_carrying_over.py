"""机构改革 on one order: whoever succeeds goes on with it, and nobody is worse off for it."""

from dataclasses import replace
from datetime import date, timedelta

import pytest

from casework import events as e
from casework.work_order import WorkOrder, decide
from casework.work_order import commands as c
from casework.work_order.state import Status
from mandates.edition import RegisterEdition
from mandates.model import Unit
from terms.errors import NotPermitted
from terms.ids import ClauseId, UnitCode
from tests.casework.town import (
    CHENGGUAN,
    ECOLOGY,
    HOUSING,
    REGISTER,
    REVIEWER,
    TIMERS,
    WATER,
    Life,
    cite,
    claim,
    clerk,
    unit_leader,
)

DAY = date(2026, 3, 3)
PARKS = UnitCode("C60")


def after(life: Life, ended: UnitCode, clause_to: UnitCode | None = None) -> RegisterEdition:
    """The register of the day on which the unit has ended; its clause went to `clause_to`."""
    units = {code: one for code, one in REGISTER.units.items() if code != ended}
    units[PARKS] = Unit(PARKS, "园林局", REGISTER.units[HOUSING].level)
    clauses = dict(REGISTER.clauses)
    if clause_to:
        key = ClauseId(f"{ended}-1")
        clauses[key] = replace(clauses[key], unit=clause_to)
    life.register = replace(REGISTER, units=units, clauses=clauses)
    return life.register


def carried(life: Life, unit: UnitCode, *heirs: UnitCode) -> tuple[e.OrderFact, ...]:
    return life.do(c.CarryOver(unit, heirs, DAY), TIMERS)


def dues(order: WorkOrder) -> list[tuple[str, object, object]]:
    return sorted((one.clock, one.starts, one.due) for one in order.clocks)


def test_the_one_successor_goes_on_and_the_clocks_go_on_as_they_were() -> None:
    """domain, section 7, 机构改革: open orders carry over; no bounce, no clock begins anew, the steps so far stand."""
    life = Life().received().dispatched(HOUSING, "C04-1", supports=(WATER,))
    life.do(c.SignFor(HOUSING), clerk(HOUSING))
    before = life.order
    life.now += timedelta(hours=3)
    after(life, HOUSING)
    (fact,) = carried(life, HOUSING, PARKS)
    order = life.order
    assert isinstance(fact, e.OrderCarriedOver) and (fact.to_unit, fact.part) == (PARKS, "lead")
    assert order.lead == PARKS and order.status is Status.SIGNED and order.supports == (WATER,)
    assert dues(order) == dues(before) and order.bounces == 0 and order.past_leads == ()
    assert {one.unit for one in order.clocks} >= {PARKS} and HOUSING not in {one.unit for one in order.clocks}
    assert carried(life, HOUSING, PARKS) == ()  # said twice it changes nothing
    life.do(c.StartWork(PARKS), clerk(PARKS))
    assert life.order.status is Status.WORKING


def test_after_a_split_the_cited_clause_decides() -> None:
    """domain, section 7, 机构改革: a split sends each duty where it was assigned, and its orders with it."""
    life = Life().received().dispatched(HOUSING, "C04-1")
    after(life, HOUSING, PARKS)
    (fact,) = carried(life, HOUSING, ECOLOGY, PARKS)
    assert isinstance(fact, e.OrderCarriedOver) and (fact.to_unit, fact.clause) == (PARKS, "C04-1")


def test_a_duty_handed_over_takes_its_orders_along_and_leaves_the_others() -> None:
    """domain, section 7, 机构改革: a unit hands a duty over on a date and goes on with the rest."""
    life = Life().received().dispatched(HOUSING, "C04-1")
    assert carried(life, HOUSING, HOUSING, ECOLOGY) == ()
    clauses = dict(REGISTER.clauses)
    clauses[ClauseId("C04-1")] = replace(clauses[ClauseId("C04-1")], unit=ECOLOGY)
    life.register = replace(REGISTER, clauses=clauses)
    (fact,) = carried(life, HOUSING, HOUSING, ECOLOGY)
    assert isinstance(fact, e.OrderCarriedOver) and fact.to_unit == ECOLOGY and life.order.lead == ECOLOGY


def undecided() -> Life:
    life = Life().received()
    life.dispatched(HOUSING, citations=(cite("C14-1", WATER),))
    after(life, HOUSING)
    return life


def test_where_no_clause_decides_the_hotline_dispatches_anew_and_the_citizens_total_runs_on() -> None:
    """domain, section 7, 机构改革: the order is the hotline's again, with the reason and its own clock."""
    life = undecided()
    total = life.order.clock("total")
    (fact,) = carried(life, HOUSING, ECOLOGY, PARKS)
    assert isinstance(fact, e.OrderCarriedOver) and fact.to_unit == "" and "重新派单" in fact.reason
    assert life.order.status is Status.TO_DISPATCH and life.order.lead is None
    assert life.order.clock("total") == total and life.order.clock("dispatch") is not None
    life.dispatched(ECOLOGY, "C11-1")
    assert life.order.lead == ECOLOGY and life.order.bounces == 0 and life.order.clock("total") == total


def test_an_open_return_stays_with_the_first_successor_until_the_review_decides() -> None:
    """domain, section 7, 机构改革: whoever has the order keeps handling it, under the successor's name."""
    life = undecided()
    life.register = REGISTER
    life.do(claim(HOUSING), unit_leader(HOUSING))
    after(life, HOUSING)
    (fact,) = carried(life, HOUSING, ECOLOGY, PARKS)
    assert isinstance(fact, e.OrderCarriedOver) and fact.to_unit == ECOLOGY
    assert life.order.objection is not None and life.order.objection.unit == life.order.lead == ECOLOGY


def test_a_support_that_ended_is_carried_over_and_joins_the_lead_when_the_lead_succeeds_it() -> None:
    """domain, section 7, 机构改革: one unit has one part."""
    for heir, supports in ((PARKS, (PARKS,)), (CHENGGUAN, ())):
        life = Life().received().dispatched(CHENGGUAN, "C03-1", supports=(WATER,))
        after(life, WATER)
        carried(life, WATER, heir)
        assert life.order.lead == CHENGGUAN and life.order.supports == supports
        assert WATER not in {one.unit for one in life.order.clocks}


def test_a_successor_that_is_complained_about_does_not_get_the_order() -> None:
    """济南条例 art. 32: a complaint about a unit is never routed to it, by a reform neither."""
    life = Life().received(subject_units=(PARKS,)).dispatched(HOUSING, "C04-1")
    after(life, HOUSING)
    (fact,) = carried(life, HOUSING, PARKS)
    assert isinstance(fact, e.OrderCarriedOver) and fact.to_unit == "" and life.order.lead is None


def test_an_order_at_rest_keeps_the_name_it_was_done_under() -> None:
    """domain, section 7, 机构改革: open orders carry over, what is closed stays as it was."""
    life = Life().received()
    after(life, HOUSING)
    assert carried(life, HOUSING, PARKS) == ()


def test_only_the_system_carries_orders_over() -> None:
    life = Life().received().dispatched(HOUSING, "C04-1")
    with pytest.raises(NotPermitted):
        decide(life.order, c.CarryOver(HOUSING, (PARKS,), DAY), life.context(clerk(HOUSING)))


def test_a_part_that_was_left_out_of_the_figures_is_left_out_for_the_successor_too() -> None:
    """domain, section 7, 机构改革: scores carry over; section 9: 不计考核."""
    life = Life().received().dispatched(HOUSING, "C04-1", supports=(WATER,))
    life.do(c.RequestExclusion(HOUSING, "诉求不合理"), unit_leader(HOUSING))
    life.do(c.DecideExclusion(HOUSING, granted=True), REVIEWER)
    after(life, HOUSING)
    _, left_out = carried(life, HOUSING, PARKS)
    assert left_out == e.ExclusionGranted(order_no="G1", unit=PARKS, reason="机构改革前的承办单位已同意不计考核")
    assert life.order.left_out == {HOUSING, PARKS}
