"""Outcomes become memory; memory speaks for itself and forgets who is erased."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from automation.learner import carried_over
from casework.work_order import commands as c
from dingze.wiring import Dingze
from mandates.model import Level, Unit
from mandates.reform import Reform, appends, carry_out, plan
from mandates.succession import ReformKind
from routing.memory import Outcome
from routing.memory_edition import EMPTY, FORMAT
from terms.actors import Actor, Role
from terms.ids import ClauseId, OrderNo, UnitCode, order_stream
from tests.automation.conftest import MORNING, Clock, opening, order, take_in
from tests.mandates.town import DAY, registered, unit

DISPATCHER = Actor("d1", Role.DISPATCHER)


def live(dingze: Dingze, number: str, text: str, unit: str) -> None:
    take_in(dingze, order(number, text))
    dingze.desk.do(number, c.Dispatch(lead=UnitCode(unit), reason="按条目派单"), DISPATCHER)
    dingze.desk.do(number, c.SignFor(unit=UnitCode(unit)), Actor("c1", Role.CLERK, UnitCode(unit)))


def finished(dingze: Dingze, number: str, unit: str) -> None:
    clerk, reviewer = Actor("c1", Role.CLERK, UnitCode(unit)), Actor("r1", Role.REVIEWER)
    dingze.desk.do(number, c.StartWork(unit=UnitCode(unit)), clerk)
    dingze.desk.do(number, c.SubmitResult(unit=UnitCode(unit), reply="已处理"), clerk)
    dingze.desk.do(number, c.ReviewResult(accepted=True), reviewer)
    dingze.desk.do(number, c.RecordFollowUp(contacted=True, resolved=True, satisfied=True), DISPATCHER)
    dingze.desk.do(number, c.Close(), DISPATCHER)


def taught(dingze: Dingze, orders: int) -> None:
    for number in range(orders):
        wages = number % 2 == 0
        text = f"厂里{number}月拖欠工资" if wages else f"第{number}路公交车拒载老人"
        live(dingze, str(number), text, "C08" if wages else "C06")
    dingze.projections.catch_up()


@pytest.fixture(scope="module")
def school_folder(register_folder: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The city after sixty orders were signed for, for copying."""
    folder = tmp_path_factory.mktemp("school")
    with opening(register_folder, folder, Clock()) as again:
        taught(again(), 60)
    return folder


@pytest.fixture
def school(school_folder: Path, tmp_path: Path, clock: Clock) -> Iterator[Dingze]:
    """The city after sixty orders were signed for."""
    with opening(school_folder, tmp_path, clock) as again:
        yield again()


def test_signed_orders_become_a_memory_edition_that_the_record_names(school: Dingze) -> None:
    assert school.learner.step() == 1
    edition = school.learner.newest()
    assert edition.learned == 60
    made = school.ledger.read(school.ledger.head() - 1, 1)[0]
    assert made.type == "MemoryEditionMade" and made.payload["digest"] == edition.digest
    assert school.learner.step() == 0


def test_too_few_outcomes_teach_nothing_yet(dingze: Dingze) -> None:
    taught(dingze, 10)
    assert dingze.learner.step() == 0
    assert dingze.learner.newest() == EMPTY


def test_learning_again_from_the_same_outcomes_gives_the_same_bytes(school: Dingze) -> None:
    school.learner.step()
    first = school.learner.newest().to_bytes()
    assert school.learner.learn_now() == 0
    assert school.learner.newest().to_bytes() == first


def test_an_edition_that_is_lost_or_of_an_older_format_is_learned_again(school: Dingze) -> None:
    school.learner.step()
    shelf, first = school.learner.shelf, school.learner.newest()
    shelf.keep_only(set())
    shelf.put(replace(first, digest="1" * 64))
    with shelf._store.changing() as connection:
        old = first.to_bytes().replace(f'"format":{FORMAT}'.encode(), b'"format":1')
        connection.execute(shelf._table.update().values(content=old))
    assert shelf.get("1" * 64) is None
    started_anew = replace(school.learner, _newest=(0, EMPTY))
    assert started_anew.step() == 1
    assert started_anew.newest().to_bytes() == first.to_bytes()


def test_routing_reads_the_edition_the_record_named_last(school: Dingze) -> None:
    school.learner.step()
    take_in(school, order("new", "老板拖欠工资"))
    school.proposer.run()
    proposed = school.ledger.stream(order_stream("new"))[1]
    assert proposed.payload["proposal"]["memory_edition"] == school.learner.newest().digest


def test_an_erased_order_leaves_memory_at_the_next_step(school: Dingze) -> None:
    school.learner.step()
    old = school.learner.newest()
    finished(school, "7", "C06")
    school.desk.do("7", c.ErasePersonalData(ground="依申请"), Actor("a1", Role.ADMINISTRATOR))
    assert school.eraser.step() == 1
    school.projections.catch_up()
    assert school.learner.step() == 1
    newest = school.learner.newest()
    assert "7" not in {number for number, _, _ in newest.orders}
    assert school.learner.shelf.get(old.digest) is None


def test_who_helped_is_an_outcome_of_the_order(dingze: Dingze) -> None:
    take_in(dingze, order("1", "烧烤店油烟呛人"))
    dingze.desk.do("1", c.Dispatch(lead=UnitCode("C03"), supports=(UnitCode("C07"),), reason="按条目派单"), DISPATCHER)
    dingze.desk.do("1", c.SignFor(unit=UnitCode("C03")), Actor("c1", Role.CLERK, UnitCode("C03")))
    dingze.projections.catch_up()
    assert [(one.unit, one.supports) for one in dingze.learner.outcomes()] == [("C03", ("C07",))]


def test_what_an_ended_unit_taught_speaks_for_its_successor_from_the_day_on(school: Dingze, clock: Clock) -> None:
    """domain, section 7, 机构改革: memory carries over."""
    assert school.learner.step() == 1
    heir, tomorrow = UnitCode("C90"), clock.now.date() + timedelta(days=1)
    new = (Unit(heir, "人力和民生局", Level.CITY),)
    merger = Reform(ReformKind.MERGE, (UnitCode("C08"), UnitCode("C07")), (heir,), tomorrow, establish=new)
    carry_out(school.ledger, plan(school.register.register(), merger), at=clock.now, actor="bianban_director:d")
    assert school.learner.step() == 0
    clock.move(days=1)
    assert school.learner.step() == 1
    edition = school.learner.newest()
    assert edition.learned == 60 and {unit for _, unit, _ in edition.orders} == {"C06", heir}
    assert school.learner.step() == 0 and school.learner.learn_now() == 0  # the same bytes again
    take_in(school, order("new", "老板拖欠工资", clock.now))
    school.proposer.run()
    proposed = school.ledger.stream(order_stream("new"))[1].payload["proposal"]
    assert proposed["memory_edition"] == edition.digest
    assert proposed["candidates"][0]["unit"] == heir


def test_after_a_split_the_matter_says_for_whom_an_outcome_speaks() -> None:
    """domain, section 7, 机构改革: memory follows the duty point."""
    register = registered()
    into = (unit("A4", "甲市公园局"), unit("A5", "甲市古树局"))
    split = Reform(
        ReformKind.SPLIT, (UnitCode("A2"),), (UnitCode("A4"), UnitCode("A5")), DAY,
        establish=into, assign={"A2-SD-02": UnitCode("A5")},
    )  # fmt: skip
    for append in appends(plan(register, split), at=MORNING, actor="bianban_director:d"):
        for event in append.events:
            register.apply(event.type, dict(event.payload), register.position + 1)
    told = [
        Outcome(OrderNo("1"), "古树", UnitCode("A2"), matter_id=ClauseId("DP-03"), supports=(UnitCode("A1"),)),
        Outcome(OrderNo("2"), "公园", UnitCode("A2"), supports=(UnitCode("A3"),)),
        Outcome(OrderNo("3"), "河道", UnitCode("A1"), supports=(UnitCode("A2"),)),
    ]
    now = [(one.unit, one.supports) for one in carried_over(told, register, DAY)]
    assert now == [("A5", ("A1",)), ("A4", ("A3",)), ("A1", ("A4",))]
    assert carried_over(told, register, DAY - timedelta(days=1)) == told
