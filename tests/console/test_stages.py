"""The state a list shows of an order is the one its page shows, whatever lies beside the work."""

import pytest
from sqlalchemy import select

from casework import events as e
from casework.work_order import commands as c
from console.department.task_reading import read_tasks
from console.dispatcher.queue_reading import TABS, Filters, count_queue, read_queue
from projections.past import as_of
from projections.queue import QUEUE
from projections.tasks import TASKS
from terms.actors import Actor, Role
from terms.ids import UnitCode
from tests.console.city import DISPATCHER, Town, order
from tests.console.life import REVIEWER, clerk, live

UNIT, OTHER = UnitCode("C03"), UnitCode("C04")
AT_WORK = clerk(UNIT)
HEAD = Actor("head-c03", Role.HEAD, UNIT)
CLAIM = c.RequestReturn(UNIT, "unclear", "C03-SD-08", no_clause=True, note="不明", signatory="x")
AGAINST = c.RequestReturn(UNIT, "not_ours", "C03-SD-08", "C04-SD-01", proposed_unit=OTHER, note="不属", signatory="x")
MATERIAL = (e.Attachment(name="现场.png", reference="https://hotline.example/1.png"),)
WAYS: dict[str, tuple[tuple[c.Command, Actor, str], ...]] = {
    "a support is added by the review": (
        (c.SignFor(UNIT), AT_WORK, "签收"),
        (AGAINST, AT_WORK, "退单申请"),
        (c.AnswerAsProposed(OTHER, agrees=False, note="不同意"), clerk(OTHER), "异议审核"),
        (c.ReviewReturn("add_support", "由两家办", to=OTHER), REVIEWER, "签收"),
        (c.StartWork(UNIT), AT_WORK, "办理中"),
    ),
    "the work goes on while the return is looked at": (
        (c.SignFor(UNIT), AT_WORK, "签收"),
        (CLAIM, AT_WORK, "异议审核"),
        (c.StartWork(UNIT), AT_WORK, "异议审核"),
        (c.ReviewReturn("refuse", "条目明确"), REVIEWER, "办理中"),
    ),
    "more time is asked for, and refused": (
        (c.SignFor(UNIT), AT_WORK, "签收"),
        (c.StartWork(UNIT), AT_WORK, "办理中"),
        (c.RequestExtension(UNIT, "须检测"), AT_WORK, "延期"),
        (c.DecideExtension(UNIT, granted=False, reason="可按期办结"), REVIEWER, "办理中"),
        (c.SendHandOver(UNIT, OTHER, "C04-SD-01", "执法", "监管", MATERIAL), AT_WORK, "移送"),
        (c.ReceiveHandOver(OTHER, 1), clerk(OTHER), "移送"),
        (c.FeedBackHandOver(OTHER, 1, "已查"), clerk(OTHER), "办理中"),
    ),
    "it is merged under another and comes apart again": (
        (c.SignFor(UNIT), AT_WORK, "签收"),
        (AGAINST, AT_WORK, "退单申请"),
        (c.Merge("YZ8300"), DISPATCHER, "并单"),
        (c.Unmerge("点位不同"), DISPATCHER, "待派遣"),
    ),
    "it is taken back and ended otherwise": (
        (c.OpenConsultation((UNIT, OTHER), "由谁办"), DISPATCHER, "会商"),
        (c.CloseConsultation(agreed=False, conclusion="维持"), DISPATCHER, "已派单"),
        (c.WithdrawDispatch("派错"), DISPATCHER, "待派遣"),
        (c.ReferOut("outward", "外地热线", "不在本市"), DISPATCHER, "终止"),
    ),
}  # fmt: skip


def states(town: Town) -> dict[str, str]:
    """What the queue's view says of every order."""
    with town.views.reading() as connection:
        table = town.views.tables(QUEUE, town.views.current(connection, QUEUE.name))["orders"]
        found = connection.execute(select(table.c.order_no, table.c.state).where(as_of(table, None)))
        return {number: state for number, state in found}  # noqa: C416 - a Row is not a pair to mypy


@pytest.mark.parametrize("way", WAYS)
def test_the_list_and_the_page_say_the_same_of_where_an_order_stands(town: Town, way: str) -> None:
    town.receive(order("YZ8300", "请问医保卡在哪里补办"), order("YZ8301", "小区门口的烧烤店每天晚上油烟很大"))
    town.dispatch("YZ8301", UNIT)
    for command, actor, state in WAYS[way]:
        town.do("YZ8301", command, actor)
        assert town.desk.order("YZ8301").stage == state, command
        assert states(town)["YZ8301"] == state, command
        tab = next(name for name, (_, among) in TABS.items() if state in among and name != "requests")
        listed = read_queue(town.views, Filters(tab=tab), None, town.now)
        assert "YZ8301" in [row["order_no"] for row in listed.rows], (tab, command)


ASKED_FOR: dict[str, tuple[c.Command, Actor, c.Command, str]] = {
    "more time": (
        c.RequestExtension(UNIT, "须检测"), AT_WORK, c.DecideExtension(UNIT, granted=True), "extension",
    ),
    "to help no more": (
        c.ObjectAsSupport(OTHER, "不涉及"), clerk(OTHER), c.DecideSupportObjection(OTHER, upheld=True, reason="属实"),
        "objection",
    ),
    "to leave it out of the appraisal": (
        c.RequestExclusion(UNIT, "系统故障"), HEAD, c.DecideExclusion(UNIT, granted=False, reason="与故障无关"),
        "exclusion",
    ),
}  # fmt: skip


@pytest.mark.parametrize("what", ASKED_FOR)
def test_what_a_unit_asks_for_stands_on_the_reviews_list_until_it_is_decided(town: Town, what: str) -> None:
    asks, by, decides, named = ASKED_FOR[what]
    town.receive(order("YZ8304", "小区门口的烧烤店每天晚上油烟很大"))
    town.dispatch("YZ8304", UNIT)
    town.do("YZ8304", c.SignFor(UNIT), AT_WORK)
    town.do("YZ8304", c.StartWork(UNIT), AT_WORK)
    town.do("YZ8304", c.AddSupport(OTHER, reason="需配合"), REVIEWER)
    assert read_queue(town.views, Filters(tab="requests"), None, town.now).total == 0
    before = town.ledger.head()
    town.do("YZ8304", asks, by)
    waiting = read_queue(town.views, Filters(tab="requests"), None, town.now)
    asked = [row["requests"] for row in waiting.rows]
    assert asked == [[{"unit": OTHER if named == "objection" else UNIT, "what": named}]]
    assert waiting.counts["requests"] == 1 == count_queue(town.views, Filters(tab="requests"), None, town.now)
    assert read_queue(town.views, Filters(tab="requests"), frozenset({UnitCode("D1-03")}), town.now).total == 0
    town.do("YZ8304", decides, REVIEWER)
    assert read_queue(town.views, Filters(tab="requests"), None, town.now).total == 0
    assert read_queue(town.views, Filters(tab="requests"), None, town.now, before).total == 0
    assert read_queue(town.views, Filters(tab="requests"), None, town.now, before + 1).total == 1


def test_who_loses_its_part_in_an_order_asks_for_nothing_in_it_any_more(town: Town) -> None:
    town.receive(order("YZ8305", "小区门口的烧烤店每天晚上油烟很大"))
    town.dispatch("YZ8305", UNIT)
    town.do("YZ8305", c.SignFor(UNIT), AT_WORK)
    town.do("YZ8305", c.StartWork(UNIT), AT_WORK)
    town.do("YZ8305", c.RequestExclusion(UNIT, "系统故障"), HEAD)
    town.do("YZ8305", c.Reassign(OTHER, "更正地点"), REVIEWER)
    assert read_queue(town.views, Filters(tab="requests"), None, town.now).total == 0


def test_a_whole_day_leaves_no_order_listed_otherwise_than_it_stands(town: Town) -> None:
    live(town, 40)
    shown = states(town)
    assert len(shown) == 40 and len(set(shown.values())) > 4
    assert {number: town.desk.order(number).stage for number in shown} == shown


def test_a_merged_order_is_no_unit_s_task_any_more(town: Town) -> None:
    town.receive(order("YZ8306", "请问医保卡在哪里补办"), order("YZ8307", "小区门口的烧烤店每天晚上油烟很大"))
    town.dispatch("YZ8307", UNIT)
    town.do("YZ8307", c.SignFor(UNIT), AT_WORK)
    town.do("YZ8307", AGAINST, AT_WORK)
    town.do("YZ8307", c.RequestExclusion(UNIT, "系统故障"), HEAD)
    both = frozenset({UNIT, OTHER})
    assert sum(read_tasks(town.views, both, "all", "YZ8307", 1, town.now).counts.values()) > 0
    town.do("YZ8307", c.Merge("YZ8306"), DISPATCHER)
    assert set(read_tasks(town.views, both, "all", "YZ8307", 1, town.now).counts.values()) == {0}
    town.do("YZ8307", c.Unmerge("点位不同"), DISPATCHER)
    waiting = read_queue(town.views, Filters(q="YZ8307"), None, town.now)
    assert [(row["state"], row["lead"], row["requests"]) for row in waiting.rows] == [("待派遣", "", [])]


def test_a_unit_whose_return_the_review_answered_has_the_order_in_hand_again(town: Town) -> None:
    town.receive(order("YZ8302", "小区门口的烧烤店每天晚上油烟很大"))
    town.dispatch("YZ8302", UNIT)
    for command, actor, _ in WAYS["a support is added by the review"][:4]:
        town.do("YZ8302", command, actor)
    with town.views.reading() as connection:
        parts = town.views.tables(TASKS, town.views.current(connection, TASKS.name))["parts"]
        own = select(parts.c.state).where(as_of(parts, None), parts.c.unit == UNIT)
        assert connection.execute(own).scalars().all() == ["签收"]
