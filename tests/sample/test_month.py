"""The sample month: what a visitor of the sample city may count on to find."""

from collections import Counter
from datetime import timedelta
from pathlib import Path
from typing import Any

import orjson
import pytest

from casework.clocks import Clock
from casework.work_order import Status
from casework.work_order.state import AT_REST, IN_HANDS, WITH_LEAD
from console.dispatcher.queue_reading import Filters, read_queue
from dingze import sample
from dingze.folders import initialise
from dingze.sample import load_sample
from dingze.wiring import Dingze
from ledger.envelope import Event
from sample.calls import NIGHT_WORK, ORDERS, ORPHAN, calls
from terms.errors import BadInput
from terms.ids import order_stream
from tests.ledger.database import everything_held
from tests.sample.conftest import Month
from tests.sample.loaded import TODAY, Loaded, settings_in

ENDED = {Status.CLOSED, Status.ARCHIVED, Status.TERMINATED, Status.ANSWERED, Status.NOT_ACCEPTED}
AT_LEAST = {
    "WorkOrderReceived": 490,
    "AssignmentProposed": 490,
    "WorkOrderDispatched": 440,
    "WorkOrderSignedFor": 420,
    "WorkStarted": 380,
    "RequesterContacted": 300,
    "ProgressReported": 200,
    "ResultSubmitted": 320,
    "ResultAccepted": 280,
    "FollowUpRecorded": 280,
    "OrderClosed": 280,
    "OrderArchived": 20,
    "ReturnRequested": 35,
    "ProposedUnitAsked": 20,
    "ProposedUnitAnswered": 15,
    "ReturnRefused": 8,
    "OrderReassigned": 8,
    "UnitDesignated": 4,
    "EscalatedByRule": 1,
    "SupportAdded": 8,
    "SupportObjected": 1,
    "ReworkOrdered": 10,
    "ResultSentBack": 5,
    "SupervisionIssued": 20,
    "OrderChased": 25,
    "AdditionReceived": 10,
    "OrdersMerged": 20,
    "OrderUnmerged": 2,
    "HandOverSent": 6,
    "HandOverReceived": 3,
    "HandOverResultFedBack": 2,
    "ExtensionRequested": 12,
    "ExtensionGranted": 8,
    "OrderShelved": 3,
    "ConsultationOpened": 3,
    "ConsultationClosed": 2,
    "OrderNotAccepted": 3,
    "AnsweredAtOnce": 15,
    "InformationRequested": 2,
    "DispatchWithdrawn": 1,
    "AssignedInside": 50,
    "LeaderSignedOff": 40,
    "PersonalDataRead": 40,
    "PartsRated": 60,
    "DuplicateSuspected": 7,
    "MemoryEditionMade": 4,
    "ExclusionRequested": 2,
    "BoundaryCaseOpened": 4,
    "NegotiationHeld": 4,
    "MinutesFiled": 1,
    "ApplicationAccepted": 2,
    "OpinionGiven": 4,
    "CoordinationOpinionIssued": 1,
    "DecisionRecorded": 1,
    "DutyPointsWritten": 2,
    "FindingRaised": 4,
    "SupervisionPaperIssued": 2,
    "SupervisionNoticeIssued": 1,
    "RectificationReported": 2,
    "FindingClosed": 1,
    "DigestPublished": 1,
    "ClockWarned": 100,
    "ClockExpired": 50,
}


def test_nobody_in_the_month_was_told_no_by_a_rule(city: Loaded) -> None:
    assert city.answer["refused"] == {}
    assert city.answer["orders"] == 490


@pytest.mark.parametrize(("event_type", "least"), AT_LEAST.items())
def test_every_kind_of_thing_happens_often_enough_to_be_seen(month: Month, event_type: str, least: int) -> None:
    assert month.count(event_type) >= least


def test_about_two_thirds_of_the_orders_are_over(month: Month) -> None:
    share = sum(order.status in ENDED for order in month.orders.values()) / len(month.orders)
    assert 0.58 <= share <= 0.78


def test_about_a_tenth_of_the_orders_was_returned_at_least_once(month: Month) -> None:
    share = sum(bool(order.objections) for order in month.orders.values()) / len(month.orders)
    assert 0.07 <= share <= 0.13


def test_most_requesters_are_satisfied_but_not_all(month: Month) -> None:
    asked = [event.payload for event in month.told("FollowUpRecorded") if event.payload["satisfied"] is not None]
    share = sum(one["satisfied"] for one in asked) / len(asked)
    assert 0.79 <= share <= 0.91


def test_there_is_an_order_at_every_stage_so_that_no_page_is_empty(month: Month) -> None:
    standing = Counter(order.status for order in month.orders.values())
    wanted = {
        Status.DISPATCHED,
        Status.SIGNED,
        Status.WORKING,
        Status.SHELVED,
        Status.RESULT_REVIEW,
        Status.FOLLOW_UP,
        Status.MERGED,
    } | ENDED
    assert wanted <= set(standing), standing
    stages = Counter(order.stage for order in month.orders.values())
    assert {"退单申请", "异议审核"} & set(stages), stages


def test_whoever_opens_the_queue_finds_a_living_morning(month: Month) -> None:
    waiting = [order for order in month.orders.values() if order.status is Status.TO_DISPATCH]
    assert 20 <= len(waiting) <= 30
    assert all(TODAY - timedelta(hours=2) < order.received_at < TODAY for order in waiting if order.received_at)
    sure = [order.proposal.confidence for order in waiting if order.proposal]
    assert len(sure) == len(waiting)
    assert sum(one < 60 for one in sure) >= 3
    assert any(order.tier != "general" for order in waiting)
    since = TODAY - timedelta(hours=2)
    assert [one for one in month.told("WorkOrderDispatched") if one.occurred_at > since and one.payload["disputed"]]
    assert [one for one in month.told("ReturnRequested") if one.occurred_at > since]


def test_the_morning_has_past_orders_alike_repeats_to_merge_and_pictures(month: Month) -> None:
    waiting = [order for order in month.orders.values() if order.status is Status.TO_DISPATCH]
    assert sum(bool(order.proposal.similar) for order in waiting if order.proposal) >= 3
    assert any(order.suspected for order in waiting)
    assert sum(bool(order.suspected) and not order.parent for order in month.orders.values()) >= 3
    added = {one.payload["order_no"] for one in month.told("AdditionReceived") if one.payload["attachments"]}
    assert any(order.order_no in added for order in waiting)
    assert len(added) >= 5


def test_what_a_machine_suspected_was_merged_with_its_likeness(month: Month) -> None:
    suspected = {one.payload["order_no"]: one.payload for one in month.told("DuplicateSuspected")}
    merged = [one.payload for one in month.told("OrdersMerged") if one.payload["child"] == one.payload["order_no"]]
    told = [one for one in merged if one["child"] in suspected]
    assert len(told) >= 4
    assert all(one["similarity"] == suspected[one["child"]]["score"] for one in told)


def test_what_awaits_the_review_stands_on_its_list_and_nothing_else(month: Month, dingze: Dingze) -> None:
    expected = set()
    for number, order in month.orders.items():
        for one in order.members:
            asked = {
                "extension": one.asked_extension and order.status in WITH_LEAD,
                "objection": one.objected and order.status not in AT_REST,
                "exclusion": one.asked_exclusion and order.status in WITH_LEAD | {Status.CLOSED, Status.TERMINATED},
            }
            expected |= {(number, one.unit, what) for what, waits in asked.items() if waits}
    listed = read_queue(dingze.views, Filters(tab="requests", size=100), None, TODAY)
    assert {(row["order_no"], one["unit"], one["what"]) for row in listed.rows for one in row["requests"]} == expected
    assert expected
    assert listed.counts["requests"] == len({number for number, *_ in expected})


def test_proof_of_work_can_be_opened(month: Month, dingze: Dingze) -> None:
    proved = [one.payload for one in month.told("ResultSubmitted") if one.payload["attachments"]]
    assert len(proved) >= 50
    for one in proved[:3]:
        (proof,) = one["attachments"]
        assert dingze.attachments.open(one["order_no"], proof["digest"]).startswith(b"\x89PNG")


def test_some_open_orders_are_overdue_and_most_are_not(month: Month) -> None:
    held = [order for order in month.orders.values() if order.status in IN_HANDS]
    late = [order for order in held if any(one.clock == Clock.HANDLE and one.due <= TODAY for one in order.clocks)]
    assert 2 <= len(late) < len(held) / 2


def test_orders_in_hands_have_exactly_one_lead(month: Month) -> None:
    for order in month.orders.values():
        leads = [one.unit for one in order.members if one.part == "lead"]
        assert leads == ([order.lead] if order.lead else [])
        assert order.status not in WITH_LEAD or len(leads) == 1, order.order_no


def test_urban_management_and_construction_quarrel_most_over_building_noise_at_night(month: Month) -> None:
    night = {call.number for call in calls(TODAY.date()) if NIGHT_WORK in call.labels}
    pairs = Counter(
        frozenset((one.payload["unit"], one.payload["proposed_unit"]))
        for one in month.told("ReturnRequested")
        if one.payload["proposed_unit"]
    )
    assert pairs.most_common(1)[0][0] == frozenset(("C03", "C04"))
    returned = {one.payload["order_no"] for one in month.told("ReturnRequested")}
    assert len(night & returned) >= 6


def test_construction_returns_most_and_is_refused_most(month: Month) -> None:
    assert month.by("ReturnRequested", "unit").most_common(1)[0][0] == "C04"
    assert month.by("ReturnRefused", "unit").most_common(1)[0][0] == "C04"


def test_what_belongs_to_nobody_is_returned_with_no_unit_has_a_clause(month: Month) -> None:
    orphans = {call.number for call in calls(TODAY.date()) if ORPHAN in call.labels}
    returned = {one.payload["order_no"] for one in month.told("ReturnRequested") if one.payload["no_clause"]}
    assert len(returned) >= 4
    assert returned <= orphans


def test_returns_cite_clauses_that_are_in_force_and_whose_they_are(month: Month, dingze: Dingze) -> None:
    cited = [event for event in month.told("ReturnRequested") if event.payload["claimed_clause"]]
    assert len(cited) >= 15
    for event in cited:
        register = dingze.register.as_of(event.occurred_at.date())
        assert register.text_of(event.payload["claimed_clause"])
        assert register.text_of(event.payload["denied_clause"])


def test_two_cases_are_open_and_two_were_settled_one_by_minutes_one_by_decision(month: Month) -> None:
    opened, closed = month.by("BoundaryCaseOpened", "case_no"), month.by("CaseClosed", "case_no")
    assert len(opened) - len(closed) == 2
    assert set(month.by("CaseClosed", "how")) == {"minutes", "decision"}


def test_orders_of_a_matter_under_a_case_go_to_its_status_quo_unit(month: Month) -> None:
    disputed = [one.payload for one in month.told("WorkOrderDispatched") if one.payload["disputed"]]
    assert disputed
    held = {one.payload["case_no"]: one.payload["status_quo"] for one in month.told("BoundaryCaseOpened")}
    for one in disputed:
        assert one["disputed"] in held
        assert one["status_quo"]


def test_the_register_changes_in_the_month_by_its_decision_alone(dingze: Dingze, month: Month) -> None:
    """So that what the decision changed can be seen; the minutes take effect with the month after."""
    (decided,) = (one.occurred_at.date() for one in month.told("DecisionRecorded"))
    days = {event.occurred_at.date() for event in month.told("WorkOrderReceived")}
    before = {dingze.register.as_of(day).digest for day in days if day < decided}
    since = {dingze.register.as_of(day).digest for day in days if day > decided}
    after = {dingze.register.as_of(TODAY.date() + timedelta(days=40)).digest}
    assert [len(one) for one in (before, since, after)] == [1, 1, 1]
    assert len(before | since | after) == 3


def test_the_dispatcher_mostly_follows_the_proposal_and_departs_with_a_reason(month: Month) -> None:
    by_hand = [one.payload for one in month.told("WorkOrderDispatched") if one.payload["by"] == "hand"]
    departed = [one for one in by_hand if _departed(one)]
    assert 10 <= len(departed) < len(by_hand) / 2
    assert all(one["reason"] for one in departed)
    assert month.by("WorkOrderDispatched", "by")["rule"] >= 40


def _departed(dispatched: dict[str, Any]) -> bool:
    """Whether the dispatcher thought otherwise; under an open case the status-quo unit needs no reason."""
    return not dispatched["proposal_followed"] and dispatched["tier"] == "city" and not dispatched["disputed"]


def test_what_is_sure_goes_by_rule_to_the_districts_too(month: Month) -> None:
    sure = {
        one.payload["order_no"]
        for one in month.told("AssignmentProposed")
        if one.payload["proposal"]["automatic"] and one.payload["why"] == "received"
    }
    by_rule = [one.payload for one in month.told("WorkOrderDispatched") if one.payload["by"] == "rule"]
    assert any(one["desk"] for one in by_rule)
    assert len(by_rule) >= 0.9 * len(sure)


def test_the_month_ended_yesterday_and_the_last_days_have_orders(month: Month) -> None:
    days = Counter((TODAY.date() - event.occurred_at.date()).days for event in month.told("WorkOrderReceived"))
    assert all(days[ago] for ago in range(1, 8))
    assert max(event.recorded_at for event in month.events) <= TODAY
    assert max(event.occurred_at for event in month.events) > TODAY - timedelta(hours=3)


def test_what_happens_is_recorded_when_it_happens(month: Month) -> None:
    for event in month.events:
        if event.stream.startswith("order-"):
            assert abs(event.recorded_at - event.occurred_at) < timedelta(seconds=1), event.type


def test_the_record_and_every_view_prove_themselves(dingze: Dingze) -> None:
    assert dingze.ledger.verify().position == dingze.ledger.head()
    dingze.projections.catch_up()
    for name in dingze.projections.views:
        assert dingze.projections.verify(name)[0], name


def test_loading_it_again_adds_nothing_and_says_so(dingze: Dingze) -> None:
    before = dingze.ledger.head()
    assert load_sample(dingze) == {"already": True, "mandates": 0, "orders": 0, "events": 0}
    assert dingze.ledger.head() == before


def test_no_name_and_no_number_of_a_caller_stands_in_the_database_files(city: Loaded) -> None:
    people = [orjson.loads(line) for line in ORDERS.read_bytes().splitlines()]
    numbers = {one["联系方式"].encode() for one in people if len(one["联系方式"]) >= 7}
    said = {one["主要内容"][:24].encode() for one in people if len(one["主要内容"]) >= 24}
    held = dict(everything_held(city.database_url))
    assert held
    for name, content in held.items():
        assert not [one for one in numbers if one in content], name
        assert not [one for one in said if one in content] or "views" in name, name


def test_the_same_calls_give_the_same_decisions_whoever_else_calls(
    month: Month, city: Loaded, tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch
) -> None:
    few = calls(TODAY.date() - timedelta(days=1))[:25]
    monkeypatch.setattr(sample, "calls", lambda _: few)
    settings = settings_in(tmp_path_factory.mktemp("again"))
    initialise(settings)
    dingze = Dingze(settings, lambda: TODAY)
    load_sample(dingze)
    for call in few:
        again = [_decided(event) for event in dingze.ledger.stream(order_stream(call.number))]
        assert again == [_decided(event) for event in month.events if event.stream == order_stream(call.number)]
    dingze.close()


def _decided(event: Event) -> tuple[object, ...]:
    """What was decided, without what is sealed: keys differ between two vaults, and so do boxes and pseudonyms."""
    payload = {name: value for name, value in event.payload.items() if name not in ("sealed", "masked", "caller")}
    return event.type, event.occurred_at, event.actor, payload


def test_a_month_that_was_broken_off_is_not_taken_up_in_the_middle(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings = settings_in(tmp_path)
    initialise(settings)
    dingze = Dingze(settings, lambda: TODAY)
    with monkeypatch.context() as power:
        power.setattr(sample, "play_month", _power_cut)
        with pytest.raises(KeyboardInterrupt):
            load_sample(dingze)
    with pytest.raises(BadInput, match="样例城市上次载入中断"):
        load_sample(dingze)
    dingze.close()


def _power_cut(*_: object) -> None:
    raise KeyboardInterrupt
