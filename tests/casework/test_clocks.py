"""Clocks: their limits, when they start, restart, move and stop, and how they ring (domain, section 4)."""

from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from pydantic import ValidationError

from casework import events as e
from casework.clocks import Reckoner, starts_clocks, tier_of
from casework.work_order import commands as c
from casework.work_order import next_ring
from city.configuration import CityConfiguration, WorkRules
from city.limits import working_days
from terms.ids import UnitCode
from tests.casework.town import (
    A_MINUTE,
    CALENDAR,
    CHENGGUAN,
    CITY,
    DISPATCHER,
    ECOLOGY,
    HOUSING,
    MONDAY,
    POWER_COMPANY,
    REGISTER,
    REVIEWER,
    TIMERS,
    WATER,
    Life,
    cite,
    clerk,
    head,
)

RECKONER = Reckoner(CITY, CALENDAR, MONDAY)
SHANGHAI = ZoneInfo("Asia/Shanghai")


def day(number: int) -> datetime:
    """24:00 of a day of March 2026 in the city; the 2nd is a Monday."""
    return datetime(2026, 3, number, tzinfo=SHANGHAI) + timedelta(days=1)


def test_receive_to_dispatch_takes_thirty_minutes_when_urgent_and_two_hours_otherwise() -> None:
    """深圳: 30 min / 2 h."""
    assert RECKONER.dispatch("urgent").due - MONDAY == timedelta(minutes=30)
    assert RECKONER.dispatch("life_safety").due - MONDAY == timedelta(minutes=30)
    assert RECKONER.dispatch("general").due - MONDAY == timedelta(hours=2)


def test_signing_takes_fifteen_minutes_thirty_minutes_or_a_working_day() -> None:
    """天津: 15 minutes where life is at stake, 30 for a utility's urgent matter, a working day for all else."""
    assert signing("特急", CHENGGUAN) == signing("特急", POWER_COMPANY) == timedelta(minutes=15)
    assert signing("紧急", POWER_COMPANY) == timedelta(minutes=30)
    general = day(3) - MONDAY - A_MINUTE
    assert signing("一般", CHENGGUAN) == signing("一般", POWER_COMPANY) == signing("紧急", CHENGGUAN) == general


def signing(urgency: str, unit: UnitCode, city: CityConfiguration = CITY) -> timedelta:
    """How long after the dispatch the unit has to sign for it."""
    life = Life(city=city).received(urgency).dispatched(unit, "C03-1")
    return life.order.clock("sign", unit).due - life.now  # type: ignore[union-attr]  # a KeyError would say less


def test_which_units_are_utilities_is_the_citys_list_by_code_or_by_function() -> None:
    """天津; domain, head: lists are the city's. The version of the list stands with the dispatch it decided."""
    own = CityConfiguration(work=WorkRules(utilities=(CHENGGUAN, "供水企业")))
    assert signing("紧急", CHENGGUAN, own) == timedelta(minutes=30)
    assert signing("紧急", POWER_COMPANY, own) > timedelta(hours=8)
    fact, _ = Life(city=own).received("紧急").dispatched().facts[-1]
    assert isinstance(fact, e.WorkOrderDispatched)
    assert fact.decided_by_version == own.version != CITY.version


def test_what_the_citys_limits_decided_says_by_which_version_of_them() -> None:
    """stage C, item 7: its version is recorded on what it decided; domain, section 6: clause version."""
    life = Life().received().dispatched(supports=(HOUSING,))
    life.do(c.RequestExtension(CHENGGUAN, "取证"), clerk(CHENGGUAN))
    life.do(c.DecideExtension(CHENGGUAN, granted=True), REVIEWER)
    life.do(c.AddSupport(WATER, "排水"), DISPATCHER)
    life.do(c.Reassign(ECOLOGY, "更正", citations=(cite("C11-1", ECOLOGY),)), REVIEWER)
    life.returned(ECOLOGY)
    life.do(c.ReviewReturn("designate", "由生态环境承办"), REVIEWER)
    told: dict[str, Any] = {fact.event_type(): fact for fact, _ in life.facts}
    for name in ("WorkOrderDispatched", "ExtensionGranted", "SupportAdded", "OrderReassigned", "UnitDesignated"):
        assert told[name].decided_by_version == CITY.version
    for name in ("WorkOrderDispatched", "SupportAdded", "OrderReassigned", "UnitDesignated", "ReturnRequested"):
        assert told[name].register_edition == REGISTER.digest
    before = e.OrderReassigned(order_no="G1", from_unit=CHENGGUAN, to_unit=WATER)
    assert not {"register_edition", "decided_by_version"} & set(before.to_payload()), "an earlier one reads as it was"


def test_a_utility_that_only_supports_signs_for_an_urgent_order_in_thirty_minutes_too() -> None:
    """天津: the clock is the unit's own, whatever its part."""
    life = Life().received("紧急").dispatched(CHENGGUAN, supports=(POWER_COMPANY, WATER))
    support, other = life.order.clock("sign", POWER_COMPANY), life.order.clock("sign", WATER)
    assert support is not None and support.due - life.now == timedelta(minutes=30)
    assert other is not None and other.due == day(3)


@pytest.mark.parametrize(
    ("kind", "complex_matter", "due"), [("咨询", False, day(5)), ("投诉", False, day(9)), ("投诉", True, day(23))]
)
def test_handling_takes_three_five_or_fifteen_working_days(kind: str, complex_matter: bool, due: datetime) -> None:
    """上海 1/3/5/15; 吕梁 3/5; 济南, 潍坊 5."""
    limit = RECKONER.handle_limit(kind, "general", complex_matter=complex_matter, statutory_days=None)
    assert CALENDAR.after(MONDAY, limit).at == due


def test_a_longer_statutory_limit_prevails_and_a_shorter_one_does_not() -> None:
    """domain, section 4."""
    assert RECKONER.handle_limit("投诉", "general", complex_matter=False, statutory_days=20) == working_days(20)
    assert (
        RECKONER.handle_limit("投诉", "general", complex_matter=False, statutory_days=2) == CITY.clocks.handle_general
    )
    life = Life().received().dispatched(WATER, "C14-XK-1")
    clock = life.order.clock("handle", WATER)
    assert clock is not None and clock.due == CALENDAR.after(life.now, working_days(20)).at


@pytest.mark.parametrize(
    ("told", "due"), [({"handle_days": 7}, day(11)), ({"handle_due": day(20)}, day(20)), ({"handle_days": 2}, None)]
)
def test_a_limit_the_order_brought_along_prevails_where_it_is_longer(
    told: dict[str, object], due: datetime | None
) -> None:
    """domain, section 6 (办理时限) and section 4 (the longer one prevails)."""
    usual = Life().received().dispatched().order.clock("handle", CHENGGUAN)
    order = Life().received(**told).dispatched().order
    clock, total = order.clock("handle", CHENGGUAN), order.clock("total")
    assert usual is not None and clock is not None and total is not None
    assert (clock.due, clock.ground) == ((due, "stated") if due else (usual.due, ""))
    assert total.due == clock.due
    assert e.Deadline.model_validate(clock.model_dump(mode="json")) == clock
    assert ("ground" in clock.model_dump(mode="json")) is bool(due), "usual clocks are written as they ever were"


def _handed_over(unit: UnitCode, due: datetime) -> e.HistoryRecorded:
    return e.HistoryRecorded(
        order_no="G1", what="dispatched", happened_at=MONDAY - timedelta(days=3), unit=unit, handle_due=due
    )


def test_a_unit_an_older_platform_dispatched_to_goes_on_with_the_time_that_platform_gave() -> None:
    """domain, section 6 (办理时限): longer or shorter; another unit begins with its own time."""
    due = day(3)
    for told_to, is_due, ground in ((CHENGGUAN, due, "stated"), (HOUSING, day(9), "")):
        life = Life().received()
        life.keep(_handed_over(told_to, due))
        clock = life.dispatched().order.clock("handle", CHENGGUAN)
        assert clock is not None and (clock.due, clock.ground) == (is_due, ground)
    life = Life().received()
    life.keep(_handed_over(CHENGGUAN, due))
    clock = life.dispatched().order.clock("handle", CHENGGUAN)
    assert clock is not None and clock.starts == MONDAY - timedelta(days=3) < clock.warn_at < clock.due
    life.do(c.Reassign(HOUSING, "更正", citations=(cite("C04-1", HOUSING),)), REVIEWER)
    again = life.order.clock("handle", HOUSING)
    assert again is not None and again.due > due and again.ground == ""


def test_handling_starts_at_dispatch_not_at_signing() -> None:
    """domain, section 4."""
    life = Life().received().dispatched()
    at = life.now
    before = life.order.clock("handle", CHENGGUAN)
    life.do(c.SignFor(CHENGGUAN), clerk(CHENGGUAN), after=timedelta(hours=9))
    assert before is not None and before.starts == at and life.order.clock("handle", CHENGGUAN) == before


def test_reassignment_restarts_the_units_clock_never_the_citizens_total() -> None:
    """domain, section 4."""
    life = Life().received().dispatched()
    total, handle = life.order.clock("total"), life.order.clock("handle", CHENGGUAN)
    life.do(c.Reassign(HOUSING, "更正", citations=(cite("C04-1", HOUSING),)), REVIEWER, after=timedelta(days=1))
    again = life.order.clock("handle", HOUSING)
    assert handle is not None and again is not None and again.starts == life.now and again.due > handle.due
    assert life.order.clock("total") == total
    assert not [clock for clock in life.order.clocks if clock.unit == CHENGGUAN]


def test_each_support_has_clocks_of_its_own() -> None:
    """domain, section 9: lead and support scored separately, each with its own clocks."""
    life = Life().received().dispatched(supports=(HOUSING,))
    parts = {(clock.unit, clock.part) for clock in life.order.clocks if clock.clock == "handle"}
    assert parts == {(CHENGGUAN, "lead"), (HOUSING, "support")}


def test_review_first_contact_and_return_take_one_working_day() -> None:
    """吕梁 (return), 上海 (first contact); no text gives a figure for the review."""
    life = Life().received().dispatched().returned()
    for name in ("review", "first_contact", "return"):
        clock = life.order.clock(name)
        assert clock is not None and clock.due == day(3) and not clock.round_the_clock


def test_urgent_orders_run_round_the_clock() -> None:
    """domain, section 4: minute and hour limits run round the clock."""
    life = Life().received("紧急").dispatched()
    clock = life.order.clock("handle", CHENGGUAN)
    assert clock is not None and clock.round_the_clock and clock.due - clock.starts == timedelta(hours=24)


def test_words_of_danger_make_an_order_a_matter_of_life() -> None:
    assert tier_of("一般", "楼下燃气泄漏味道很大", CITY) == "life_safety"
    assert tier_of("特急", "", CITY) == "life_safety"
    assert tier_of("紧急", "停水", CITY) == "urgent"
    assert tier_of("一般", "路灯不亮", CITY) == "general"


def test_imports_older_than_thirty_days_start_no_clocks() -> None:
    """stage A; `city.imports.clocks_start_within_days`."""
    assert starts_clocks(MONDAY - timedelta(days=30), MONDAY, CITY)
    assert not starts_clocks(MONDAY - timedelta(days=30, seconds=1), MONDAY, CITY)
    life = Life().received(days_ago=31).dispatched()
    life.do(c.RequestExtension(CHENGGUAN, "等待"), clerk(CHENGGUAN))
    life.do(c.DecideExtension(CHENGGUAN, granted=True), REVIEWER)
    assert life.order.clocks == ()


def test_history_without_clocks_can_be_returned_at_any_time() -> None:
    life = Life().received(days_ago=400).dispatched()
    life.now += timedelta(days=9)
    life.returned()
    assert life.order.objection is not None


@pytest.mark.parametrize("told", [{"amount": 3}, {"amount": 3, "unit": "week"}, {"amount": 0, "unit": "working_day"}])
def test_each_limit_says_its_unit(told: dict[str, object]) -> None:
    """domain, section 4: each limit says its unit."""
    with pytest.raises(ValidationError):
        CityConfiguration.model_validate({"clocks": {"rework": told}})


# --- ringing ---


def test_a_clock_warns_and_expires_once_each_however_often_it_is_rung() -> None:
    """stage C: warnings before and at expiry, fired once."""
    life = Life().received().dispatched()
    clock = life.order.clock("sign", CHENGGUAN)
    assert clock is not None
    life.now = clock.warn_at
    assert any(isinstance(f, e.ClockWarned) and f.clock == "sign" for f in life.do(c.RingClocks(), TIMERS))
    assert not [f for f in life.do(c.RingClocks(), TIMERS) if f.clock == "sign"]  # type: ignore[attr-defined]  # all are clock facts
    life.now = clock.due
    assert any(isinstance(f, e.ClockExpired) and f.clock == "sign" for f in life.do(c.RingClocks(), TIMERS))
    assert life.do(c.RingClocks(), TIMERS) == ()


def test_a_timer_knows_when_to_look_again() -> None:
    life = Life().received()
    clock = life.order.clock("dispatch")
    assert clock is not None and next_ring(life.order) == clock.warn_at
    life.now = clock.warn_at
    life.do(c.RingClocks(), TIMERS)
    assert next_ring(life.order) == clock.due
    life.now = clock.due
    life.do(c.RingClocks(), TIMERS)
    assert next_ring(life.order) is None


def test_an_order_at_rest_rings_no_clock() -> None:
    life = Life().received()
    life.do(c.AnswerAtOnce("答复"), DISPATCHER)
    life.now += timedelta(days=99)
    assert life.do(c.RingClocks(), TIMERS) == () and next_ring(life.order) is None


def test_a_clock_reckoned_into_an_unpublished_year_is_provisional() -> None:
    late = Reckoner(CITY, CALENDAR, datetime(2031, 3, 3, 9, tzinfo=SHANGHAI))
    assert late.start("handle", CITY.clocks.handle_general).provisional  # type: ignore[arg-type]  # a clock by name
    assert not RECKONER.dispatch("general").provisional


def test_the_limits_are_the_citys_not_ours() -> None:
    """domain, head: limits are city configuration, none is a constant in code."""
    slow = CityConfiguration(clocks=CITY.clocks.model_copy(update={"return_order": working_days(3)}))
    life = Life(city=slow).received().dispatched()
    clock = life.order.clock("return", CHENGGUAN)
    assert clock is not None and clock.due == day(5)


def test_the_proposed_unit_has_four_hours_to_be_heard_and_half_an_hour_when_urgent() -> None:
    """domain, section 2: the proposed unit is asked before an order is moved to it."""
    assert RECKONER.answer(ECOLOGY, "general").due - MONDAY == timedelta(hours=4)
    assert RECKONER.answer(ECOLOGY, "urgent").due - MONDAY == timedelta(minutes=30)
    life = Life().received("紧急").dispatched()
    life.do(c.StartWork(CHENGGUAN), clerk(CHENGGUAN))
    life.returned()
    life.do(c.AnswerAsProposed(ECOLOGY, agrees=True), head(ECOLOGY))
    assert life.order.clock("answer") is None
