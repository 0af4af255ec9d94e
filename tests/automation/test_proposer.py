"""Received → proposed → dispatched by rule."""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

import pytest

from automation.sharing import Share, read_share
from casework.work_order import commands as c
from dingze.wiring import Dingze
from terms.actors import Actor, Role
from terms.errors import BadInput
from terms.ids import order_stream
from tests.automation.conftest import MORNING, Clock, order, take_in

SMOKE = "楼下烧烤店油烟太大，每天晚上呛得睡不着"
WAGES = "工地干了三个月，包工头拖欠工资不给，要求劳动监察处理"


def types_of(dingze: Dingze, number: str) -> list[str]:
    return [event.type for event in dingze.ledger.stream(order_stream(number))]


def test_every_order_gets_a_proposal_or_a_stated_reason_for_none(dingze: Dingze) -> None:
    take_in(dingze, order("1", SMOKE), order("2", WAGES), order("3", "喂"))
    assert dingze.proposer.run() == 3
    for number in ("1", "2", "3"):
        event = dingze.ledger.stream(order_stream(number))[1]
        proposal = event.payload["proposal"]
        assert proposal["lead"] or proposal["abstained"]["message"]
        assert proposal["register_edition"] and proposal["city_version"]


def test_a_proposal_cites_a_clause_in_force_of_its_lead(dingze: Dingze) -> None:
    take_in(dingze, order("1", WAGES))
    dingze.proposer.run()
    proposal = dingze.ledger.stream(order_stream("1"))[1].payload["proposal"]
    assert proposal["lead"] == "C08"
    edition = dingze.register.as_of(dingze.router.day_of(dingze.clock()))
    assert any(edition.text_of(cited["clause_id"]) == cited["text"] for cited in proposal["citations"])


def test_a_restart_proposes_nothing_twice(open_again: Callable[[], Dingze]) -> None:
    first = open_again()
    take_in(first, order("1", SMOKE), order("2", WAGES))
    first.proposer.run()
    head = first.ledger.head()
    second = open_again()
    assert second.proposer.run() == 0
    assert second.ledger.head() == head


def test_two_proposers_that_see_the_same_order_record_one_proposal(open_again: Callable[[], Dingze]) -> None:
    one, other = open_again(), open_again()
    take_in(one, order("1", SMOKE))
    one.projections.catch_up()
    assert one.proposer.due() == other.proposer.due()
    one.proposer.step()
    other.proposer.step()
    assert types_of(one, "1").count("AssignmentProposed") == 1


def test_an_order_older_than_a_month_is_proposed_for_but_starts_no_clock(dingze: Dingze, clock: Clock) -> None:
    take_in(dingze, order("1", WAGES))
    clock.move(days=60)
    take_in(dingze, order("2", WAGES, clock().replace(month=9)))
    dingze.proposer.run()
    received = dingze.ledger.stream(order_stream("2"))[0].payload
    assert received["mode"] == "history" and received["deadlines"] == []
    assert types_of(dingze, "2") == ["WorkOrderReceived", "AssignmentProposed"]


def test_an_order_for_which_the_rules_take_no_proposal_is_passed_and_does_not_hold_up_the_others(
    dingze: Dingze,
) -> None:
    """Merged orders may still be added to; a proposal for one is refused, which is recorded once."""
    take_in(dingze, order("1", SMOKE), order("2", SMOKE), order("3", WAGES))
    dingze.proposer.run()
    dispatcher = Actor("d1", Role.DISPATCHER)
    dingze.desk.do("2", c.Merge("1"), dispatcher)
    box = dingze.ledger.stream(order_stream("2"))[0].payload["masked"]
    dingze.desk.do("2", c.AddToOrder(box, box), dispatcher)
    take_in(dingze, order("4", WAGES))
    dingze.projections.catch_up()
    assert dingze.proposer.due()[0].order_no == "2", "it waits longest"
    dingze.proposer.run()
    assert types_of(dingze, "2")[-1] == "ProposalDeclined" and "AssignmentProposed" in types_of(dingze, "4")
    assert dingze.proposer.due() == []
    head = dingze.ledger.head()
    assert dingze.proposer.run() == 0 and dingze.ledger.head() == head


def test_what_the_proposer_did_names_the_event_that_asked_for_it(dingze: Dingze) -> None:
    take_in(dingze, order("1", SMOKE))
    dingze.proposer.run()
    asked, *answered = dingze.ledger.stream(order_stream("1"))
    assert {event.cause for event in answered} == {asked.event_id}
    assert {event.actor for event in answered} == {"system:proposer"}


def test_several_proposers_share_the_orders_and_each_order_is_answered_once(
    open_again: Callable[[], Dingze],
) -> None:
    take_in(open_again(), *(order(str(number), SMOKE) for number in range(20)))
    answered: list[set[str]] = []
    for number in (1, 2, 3):
        worker = open_again()
        worker.projections.catch_up()
        proposer = replace(worker.proposer, share=Share(number, 3))
        answered.append({one.order_no for one in proposer.due()})
        assert proposer.step() == len(answered[-1]) > 0
    assert sum(map(len, answered)) == len(set.union(*answered)) == 20


def test_an_idle_proposer_takes_what_another_left_lying(dingze: Dingze, clock: Clock) -> None:
    number = next(str(number) for number in range(50) if Share(1, 2).has(str(number)))
    take_in(dingze, order(number, SMOKE))
    dingze.projections.catch_up()
    other = replace(dingze.proposer, share=Share(2, 2))
    assert other.step() == 0
    clock.move(minutes=1)
    assert other.step() == 1


@pytest.mark.parametrize("share", ["0/2", "3/2", "one", "1/", "-1/2"])
def test_a_share_that_is_none_is_refused_in_words(share: str) -> None:
    with pytest.raises(BadInput, match="第几份"):
        read_share(share)
    assert read_share("2/2") == Share(2, 2)


LIFT = "柳桥新村三号楼电梯停运三天，老人上下楼困难，物业一直没有维修"


def suspected(dingze: Dingze, number: str) -> list[dict[str, object]]:
    stream = dingze.ledger.stream(order_stream(number))
    return [event.payload for event in stream if event.type == "DuplicateSuspected"]


def test_the_same_request_again_is_marked_with_the_earlier_order(dingze: Dingze, clock: Clock) -> None:
    take_in(dingze, order("1", LIFT), order("2", WAGES), order("3", f"{LIFT}，请处理", MORNING + timedelta(minutes=5)))
    dingze.proposer.run()
    (found,) = suspected(dingze, "3")
    assert found["of"] == "1" and found["grounds"] == ["text"] and int(str(found["score"])) >= 80
    assert suspected(dingze, "1") == [] and suspected(dingze, "2") == []


def test_after_a_restart_the_orders_of_the_window_are_known_again(
    open_again: Callable[[], Dingze], clock: Clock
) -> None:
    first = open_again()
    take_in(first, order("1", LIFT), order("2", LIFT, MORNING + timedelta(minutes=1)))
    first.proposer.run()
    clock.move(hours=2)
    second = open_again()
    take_in(second, order("3", LIFT, MORNING + timedelta(hours=1)))
    second.proposer.run()
    assert [one["of"] for one in suspected(second, "3")] == ["1"]
    assert second.proposer.run() == 0 and len(suspected(second, "3")) == 1


def test_what_was_merged_or_is_too_old_is_no_duplicate(dingze: Dingze, clock: Clock) -> None:
    take_in(dingze, order("0", WAGES), order("1", LIFT))
    dingze.proposer.run()
    dingze.desk.do("1", c.Merge("0"), Actor("d1", Role.DISPATCHER))
    take_in(dingze, order("2", LIFT, MORNING + timedelta(minutes=5)))
    dingze.proposer.run()
    assert suspected(dingze, "2") == []
    clock.move(days=5)
    take_in(dingze, order("3", LIFT, clock()))
    dingze.proposer.run()
    assert suspected(dingze, "3") == []
