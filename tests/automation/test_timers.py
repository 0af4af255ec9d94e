"""Clocks that warn and run out ring once, whatever restarts."""

from collections import Counter
from collections.abc import Callable

from casework.work_order import commands as c
from dingze.wiring import Dingze
from terms.actors import Actor, Role
from terms.ids import UnitCode, order_stream
from tests.automation.conftest import Clock, order, take_in

DISPATCHER = Actor("d1", Role.DISPATCHER)
UNIT = UnitCode("C08")


def rung(dingze: Dingze, number: str) -> Counter[tuple[str, str]]:
    return Counter(
        (event.type, event.payload["clock"])
        for event in dingze.ledger.stream(order_stream(number))
        if event.type in ("ClockWarned", "ClockExpired")
    )


def dispatched(dingze: Dingze) -> None:
    take_in(dingze, order("1", "工地拖欠工资三个月"))
    dingze.projections.catch_up()
    dingze.desk.do("1", c.Dispatch(lead=UNIT, reason="按条目派单"), DISPATCHER)


def test_a_clock_warns_once_and_runs_out_once(dingze: Dingze, clock: Clock) -> None:
    dispatched(dingze)
    for _ in range(40):
        clock.move(hours=12)
        dingze.timers.step()
    told = rung(dingze, "1")
    assert told["ClockWarned", "handle"] == 1
    assert told["ClockExpired", "handle"] == 1
    assert set(told.values()) == {1}


def test_a_clock_that_was_met_does_not_ring(dingze: Dingze, clock: Clock) -> None:
    dispatched(dingze)
    dingze.desk.do("1", c.SignFor(unit=UNIT), Actor("c1", Role.CLERK, UNIT))
    clock.move(days=4)
    dingze.timers.step()
    assert rung(dingze, "1")["ClockExpired", "sign"] == 0


def test_a_restart_rings_nothing_again_and_misses_nothing(open_again: Callable[[], Dingze], clock: Clock) -> None:
    first = open_again()
    dispatched(first)
    first.projections.catch_up()
    clock.move(days=3)
    first.timers.step()
    before = rung(first, "1")
    second = open_again()
    second.timers.step()
    assert rung(second, "1") == before
    clock.move(days=30)
    second.timers.step()
    assert rung(second, "1")["ClockExpired", "handle"] == 1
