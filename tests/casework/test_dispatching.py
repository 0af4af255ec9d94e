"""Who answers: the rules on dispatch, passing on, withdrawing, consultation, reassignment, supports."""

from dataclasses import replace

import pytest

from casework import events as e
from casework.standing import Standing, status_quo
from casework.work_order import Status
from casework.work_order import commands as c
from terms.ids import UnitCode
from tests.casework.town import (
    CHENGGUAN,
    CITY,
    D_CHENGGUAN,
    D_HOUSING,
    DESK,
    DISPATCHER,
    DISTRICT,
    ECOLOGY,
    HOTLINE,
    HOUSING,
    OTHER_DISTRICT,
    PROPOSER,
    REVIEWER,
    STREET,
    WATER,
    Life,
    cite,
    clerk,
    refused,
)


def one(facts: tuple[e.OrderFact, ...]) -> e.OrderFact:
    (fact,) = facts
    return fact


# --- by rule and by hand ---


def test_a_sure_proposal_with_a_clause_is_dispatched_by_rule() -> None:
    life = Life().received().proposed()
    fact = one(life.do(c.Dispatch(CHENGGUAN, by="rule"), PROPOSER))
    assert isinstance(fact, e.WorkOrderDispatched)
    assert fact.by == "rule" and fact.citations[0].clause_id == "C03-1" and fact.matter_id == "DP-1"
    assert fact.decided_by_version == CITY.version
    assert life.order.status is Status.DISPATCHED and life.order.lead == CHENGGUAN


def test_an_unsure_proposal_is_never_dispatched_by_rule() -> None:
    life = Life().received().proposed(automatic=False)
    with refused("rule-needs-a-sure-proposal"):
        life.do(c.Dispatch(CHENGGUAN, by="rule"), PROPOSER)


def test_a_lead_without_a_clause_or_decision_in_force_is_never_automatic() -> None:
    """design.md, Routing; 国办函〔2025〕66号 item (五): dispatch rests on the catalogue."""
    life = Life().received().proposed(CHENGGUAN, None)
    with refused("rule-needs-a-clause"):
        life.do(c.Dispatch(CHENGGUAN, by="rule"), PROPOSER)


def test_a_decision_in_force_is_ground_enough_and_is_cited() -> None:
    life = Life(standing=Standing("DP-1", decided=CHENGGUAN, decision="云编决〔2026〕1号")).received()
    life.proposed(CHENGGUAN, None)
    fact = one(life.do(c.Dispatch(CHENGGUAN, by="rule"), PROPOSER))
    assert isinstance(fact, e.WorkOrderDispatched) and fact.decision == "云编决〔2026〕1号"


def test_an_order_already_handled_on_the_older_platform_is_not_dispatched_by_rule() -> None:
    life = Life().received().proposed()
    life.keep(e.HistoryRecorded(order_no="G1", what="dispatched", happened_at=life.now, unit=HOUSING))
    with refused("handled-elsewhere"):
        life.do(c.Dispatch(CHENGGUAN, by="rule"), PROPOSER)


def test_departing_from_the_proposal_by_hand_needs_a_reason() -> None:
    life = Life().received().proposed()
    with refused("departure-needs-a-reason"):
        life.do(c.Dispatch(HOUSING, citations=(cite("C04-1", HOUSING),)), DISPATCHER)
    fact = one(life.do(c.Dispatch(HOUSING, reason="工地文明施工"), DISPATCHER))
    assert isinstance(fact, e.WorkOrderDispatched) and not fact.proposal_followed


def test_an_order_is_dispatched_once() -> None:
    life = Life().received().dispatched()
    with refused("state"):
        life.do(c.Dispatch(HOUSING, reason="再派"), DISPATCHER)


def test_a_clause_that_is_not_in_force_on_the_orders_date_is_no_ground() -> None:
    """国办函〔2025〕66号 item (五) "动态更新": a route is made as of the order's date."""
    with refused("clause-in-force"):
        Life().received().dispatched(CHENGGUAN, "C03-77")


def test_a_unit_nobody_knows_gets_no_order() -> None:
    with refused("unit-known"):
        Life().received().do(c.Dispatch(UnitCode("C99"), reason="x"), DISPATCHER)


def test_a_complaint_about_a_unit_is_never_routed_to_that_unit() -> None:
    """domain, section 2; 济南条例 art. 32."""
    life = Life().received(subject_units=(CHENGGUAN,))
    with refused("never-to-the-one-complained-about"):
        life.dispatched()
    with refused("never-to-the-one-complained-about"):
        life.dispatched(HOUSING, "C04-1", supports=(CHENGGUAN,))


def test_supports_are_named_once_and_are_not_the_lead() -> None:
    life = Life().received()
    for supports in ((CHENGGUAN,), (HOUSING, HOUSING)):
        with refused("supports-once"):
            life.dispatched(supports=supports)


# --- subdistricts ---


def test_a_matter_of_departments_is_not_dispatched_to_the_grassroots() -> None:
    """国办函〔2025〕66号 item (五): 应由职能部门办理的诉求事项不得分派给基层办理."""
    for clause in ("JC-2", "C03-1"):
        with refused("street-leads-on-basic-items"):
            Life().received().dispatched(STREET, clause)
    with refused("street-leads-on-basic-items"):
        Life().received().dispatched(STREET, citations=())


def test_an_item_taken_back_never_goes_to_the_subdistrict() -> None:
    """国办函〔2025〕66号 item (五), the 上级收回 list."""
    with refused("withdrawn-never-to-the-street"):
        Life().received().dispatched(STREET, "JC-3")


def test_a_subdistrict_leads_on_a_basic_item_through_its_districts_desk() -> None:
    life = Life().received().dispatched(STREET, "JC-1")
    assert life.order.lead == STREET and life.order.desk == DISTRICT


# --- two tiers ---


def test_the_hotline_dispatches_to_a_desk_which_dispatches_among_its_bureaus() -> None:
    """北京条例 art. 12."""
    life = Life().received().dispatched(DISTRICT, citations=())
    assert life.order.lead == DISTRICT == life.order.desk
    total = life.order.clock("total")
    life.do(c.PassOn(D_CHENGGUAN, citations=(cite("C03-1", D_CHENGGUAN),)), DESK)
    assert life.order.lead == D_CHENGGUAN and life.order.desk == DISTRICT
    assert life.order.clock("total") == total
    assert life.order.first_receiver == DISTRICT
    with refused("already-passed-on"):
        life.do(c.PassOn(D_HOUSING), DESK)


def test_the_hotline_dispatches_to_a_city_unit_without_a_desk() -> None:
    """北京条例 art. 12: of the two tiers a city unit is reached by the first."""
    life = Life().received().dispatched()
    assert life.order.lead == CHENGGUAN and life.order.desk is None
    with refused("desk-of-the-district"):
        Life().received().dispatched(desk=DISTRICT)


def test_a_desk_passes_on_only_inside_its_district() -> None:
    """北京条例 art. 12."""
    life = Life().received().dispatched(DISTRICT, citations=())
    for unit in (CHENGGUAN, OTHER_DISTRICT, DISTRICT):
        with refused("inside-the-district"):
            life.do(c.PassOn(unit), DESK)


def test_a_desk_has_no_say_in_orders_that_do_not_go_through_it() -> None:
    life = Life().received().dispatched()
    with refused("own-district"):
        life.do(c.AddSupport(D_HOUSING), DESK)


def test_a_bureaus_order_names_the_desk_of_its_own_district_and_none_other() -> None:
    life = Life().received()
    with refused("desk-of-the-district"):
        life.dispatched(D_CHENGGUAN, "C03-1", desk=OTHER_DISTRICT)


# --- disputed matters ---


def test_new_orders_on_a_disputed_matter_go_at_once_to_the_status_quo_unit() -> None:
    """domain, section 2; 山东: 协商协调期间，相关部门仍按照原职责划分规定开展工作."""
    life = Life(standing=Standing("DP-1", designated=HOUSING, open_case="BC-1")).received().proposed()
    with refused("disputed-goes-to-status-quo"):
        life.do(c.Dispatch(CHENGGUAN, by="rule"), PROPOSER)
    fact = one(life.do(c.Dispatch(HOUSING, by="rule"), PROPOSER))
    assert isinstance(fact, e.WorkOrderDispatched)
    assert (fact.disputed, fact.status_quo) == ("BC-1", "designated")
    assert life.order.designated == HOUSING


@pytest.mark.parametrize(
    ("known", "clause_unit", "expected"),
    [
        (Standing(decided=WATER, designated=HOUSING, first_receiver=ECOLOGY), CHENGGUAN, (WATER, "decided")),
        (Standing(designated=HOUSING, first_receiver=ECOLOGY), CHENGGUAN, (HOUSING, "designated")),
        (Standing(first_receiver=ECOLOGY), CHENGGUAN, (CHENGGUAN, "clause")),
        (Standing(first_receiver=ECOLOGY), None, (ECOLOGY, "first_receiver")),
        (Standing(), None, (HOTLINE, "fallback")),
    ],
)
def test_the_status_quo_unit_is_the_decided_then_designated_then_by_clause_then_first_then_fallback(
    known: Standing, clause_unit: UnitCode | None, expected: tuple[UnitCode, str]
) -> None:
    """domain, section 2."""
    assert status_quo(known, clause_unit, UnitCode(CITY.fallback_unit)) == expected


def test_acting_as_fallback_is_marked_on_the_dispatch() -> None:
    """domain, section 8: acting as fallback is never 越位 or 错位."""
    life = Life().received()
    fact = one(life.do(c.Dispatch(HOTLINE, reason="无单位有条目，兜底"), DISPATCHER))
    assert isinstance(fact, e.WorkOrderDispatched) and fact.fallback


# --- undoing, signing, consulting, moving ---


def test_a_dispatch_nobody_signed_for_can_be_withdrawn_and_made_again() -> None:
    life = Life().received().dispatched()
    total = life.order.clock("total")
    life.do(c.WithdrawDispatch("选错单位"), DISPATCHER)
    assert life.order.lead is None and life.order.status is Status.TO_DISPATCH
    life.dispatched(HOUSING, "C04-1")
    assert life.order.lead == HOUSING and life.order.clock("total") == total


def test_a_dispatch_that_was_signed_for_is_not_withdrawn() -> None:
    life = Life().received().dispatched()
    life.do(c.SignFor(CHENGGUAN), clerk(CHENGGUAN))
    with refused("signed-for-is-not-withdrawn"):
        life.do(c.WithdrawDispatch("选错单位"), DISPATCHER)


def test_signing_twice_changes_nothing() -> None:
    life = Life().received().dispatched(supports=(HOUSING,))
    assert len(life.do(c.SignFor(CHENGGUAN), clerk(CHENGGUAN))) == 1
    assert life.do(c.SignFor(CHENGGUAN), clerk(CHENGGUAN)) == ()
    life.do(c.SignFor(HOUSING), clerk(HOUSING))
    assert life.order.status is Status.SIGNED and life.order.clock("sign") is None


def test_only_who_has_a_part_signs() -> None:
    with refused("no-part"):
        Life().received().dispatched().do(c.SignFor(WATER), clerk(WATER))


def test_an_unclear_duty_is_consulted_to_fix_lead_and_supports() -> None:
    """国办函〔2025〕66号 item (五)."""
    life = Life().received()
    with refused("consult-at-least-two"):
        life.do(c.OpenConsultation((CHENGGUAN,), "谁主办"), DISPATCHER)
    life.do(c.OpenConsultation((CHENGGUAN, HOUSING), "谁主办"), DISPATCHER)
    assert life.order.stage == "会商"
    with refused("one-consultation-at-a-time"):
        life.do(c.OpenConsultation((CHENGGUAN, WATER), "谁主办"), DISPATCHER)
    with refused("consultation-names-a-lead"):
        life.do(c.CloseConsultation(agreed=True, lead=WATER), DISPATCHER)
    life.do(c.CloseConsultation(agreed=True, lead=HOUSING, supports=(CHENGGUAN,)), DISPATCHER)
    with refused("no-consultation-open"):
        life.do(c.CloseConsultation(agreed=False), DISPATCHER)
    life.dispatched(HOUSING, "C04-1", supports=(CHENGGUAN,))


def test_a_consultation_does_not_stop_the_work() -> None:
    life = Life().received().dispatched()
    life.do(c.OpenConsultation((CHENGGUAN, HOUSING), "谁配合"), REVIEWER)
    life.do(c.StartWork(CHENGGUAN), clerk(CHENGGUAN))
    assert life.order.status is Status.WORKING


def test_a_reassignment_gives_its_reason_and_moves_the_lead() -> None:
    life = Life().received().dispatched()
    with refused("reason-given"):
        life.do(c.Reassign(HOUSING, " "), REVIEWER)
    with refused("already-the-lead"):
        life.do(c.Reassign(CHENGGUAN, "更正"), REVIEWER)
    life.do(c.Reassign(HOUSING, "更正", citations=(cite("C04-1", HOUSING),)), REVIEWER)
    assert life.order.lead == HOUSING and life.order.past_leads == (CHENGGUAN,) and life.order.bounces == 1
    assert [member.unit for member in life.order.members if member.part == "lead"] == [HOUSING]


def test_an_added_support_has_clocks_of_its_own() -> None:
    life = Life().received().dispatched()
    life.do(c.AddSupport(HOUSING, "核查工地"), REVIEWER)
    assert life.order.supports == (HOUSING,)
    assert {clock.clock for clock in life.order.clocks if clock.unit == HOUSING} == {"sign", "handle"}
    with refused("supports-once"):
        life.do(c.AddSupport(HOUSING), REVIEWER)


def test_who_becomes_lead_from_support_is_no_support_any_more() -> None:
    life = Life().received().dispatched(supports=(HOUSING,))
    life.do(c.Reassign(HOUSING, "更正"), REVIEWER)
    assert life.order.supports == () and life.order.lead == HOUSING
    assert replace(life.order).member(HOUSING) is not None
