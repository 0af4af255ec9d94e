"""机构改革: open orders of a unit that ended go on with its successor, once, on every page."""

from collections.abc import Callable
from datetime import date

from sqlalchemy import select

from casework.work_order import commands as c
from console.orders.reading import register_of
from dingze.wiring import Dingze
from mandates.model import Level, Unit
from mandates.reform import Reform, carry_out, plan
from mandates.succession import ReformKind
from projections.past import as_of
from projections.queue import QUEUE
from projections.tasks import TASKS
from projections.view import View
from terms.actors import Actor, Role
from terms.ids import UnitCode, order_stream
from tests.automation.conftest import MORNING, Clock, order, take_in

UNIT, OTHER, HEIR = UnitCode("C08"), UnitCode("C05"), UnitCode("C90")
TOMORROW = date(2026, 9, 15)
DISPATCHER = Actor("d1", Role.DISPATCHER)


def rows(dingze: Dingze, view: View, table: str) -> list[dict[str, object]]:
    store = dingze.projections.store
    with store.reading() as connection:
        build = store.current(connection, view.name)
        assert build is not None
        found = store.tables(view, build)[table]
        return [dict(row._mapping) for row in connection.execute(select(found).where(as_of(found, None)))]


def test_from_the_day_on_the_successor_has_the_open_orders_and_a_restart_repeats_nothing(
    open_again: Callable[[], Dingze], clock: Clock
) -> None:
    dingze = open_again()
    take_in(dingze, order("1", "工地拖欠工资三个月"), order("2", "路灯不亮"))
    dingze.projections.catch_up()
    dingze.desk.do("1", c.Dispatch(lead=UNIT, supports=(OTHER,), reason="按条目派单"), DISPATCHER)
    dingze.desk.do("2", c.Dispatch(lead=OTHER, supports=(UNIT,), reason="按条目派单"), DISPATCHER)
    new = (Unit(HEIR, "人力和民生局", Level.CITY),)
    merger = Reform(ReformKind.MERGE, (UNIT, UnitCode("C07")), (HEIR,), TOMORROW, establish=new)
    carry_out(dingze.ledger, plan(dingze.register.register(), merger), at=MORNING, actor="bianban_director:d")
    dingze.projections.catch_up()
    due = {row["order_no"]: row["due"] for row in rows(dingze, QUEUE, "orders")}
    assert dingze.carrier.step() == 0  # not before the day
    clock.move(days=1)
    assert dingze.carrier.step() == 2
    dingze.projections.catch_up()
    assert dingze.carrier.step() == 0 and open_again().carrier.step() == 0
    queue = {row["order_no"]: row for row in rows(dingze, QUEUE, "orders")}
    assert (queue["1"]["lead"], queue["1"]["state"], queue["1"]["bounces"]) == (HEIR, "已派单", 0)
    assert (queue["2"]["lead"], queue["2"]["supports"]) == (OTHER, HEIR)
    assert {number: row["due"] for number, row in queue.items()} == due
    held = {(row["order_no"], row["unit"]) for row in rows(dingze, TASKS, "parts") if row["state"] != "已移出"}
    assert held == {("1", HEIR), ("1", OTHER), ("2", OTHER), ("2", HEIR)}
    told = [event for event in dingze.ledger.stream(order_stream("1")) if event.type == "OrderCarriedOver"]
    assert [event.actor for event in told] == ["system:carrier"]
    shown = register_of(dingze.register, dingze.desk.order("1"), clock.now).units  # the page knows both by name
    assert shown[HEIR].name == "人力和民生局" and UNIT in shown
    dingze.desk.do("1", c.SignFor(HEIR), Actor("c1", Role.CLERK, HEIR))


def test_an_order_dispatched_to_an_ended_unit_by_an_earlier_days_register_is_found_too(
    dingze: Dingze, clock: Clock
) -> None:
    new = (Unit(HEIR, "人力和民生局", Level.CITY),)
    merger = Reform(ReformKind.MERGE, (UNIT, UnitCode("C07")), (HEIR,), TOMORROW, establish=new)
    take_in(dingze, order("1", "工地拖欠工资三个月"))
    carry_out(dingze.ledger, plan(dingze.register.register(), merger), at=MORNING, actor="bianban_director:d")
    clock.move(days=1)
    dingze.projections.catch_up()
    assert dingze.carrier.step() == 0
    dingze.desk.do("1", c.Dispatch(lead=UNIT, reason="按受理当日的条目派单"), DISPATCHER)
    dingze.projections.catch_up()
    assert dingze.carrier.step() == 1
    assert dingze.desk.order("1").lead == HEIR
