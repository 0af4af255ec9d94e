"""A return from another platform: an objection on a live order, history elsewhere, never lost, never refused."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from casework.events import HistoryRecorded, ReturnRequested, WorkOrderDispatched
from ingest.gateway import Gateway
from ledger.envelope import Append, NewEvent
from ledger.store import Ledger
from terms.ids import StreamId, UnitCode
from tests.ingest.conftest import NOW
from tests.ingest.rows import ORDER, taken

STREAM = StreamId("order-W-1")
RETURN = {
    "工单编号": "W-1", "退单单位": "城管", "退单原因": "属地不符", "地点": "临江区", "退单说明": "不在我市辖区",
    "签署人": "u-head-1", "退单时间": "2024-03-04 11:00",
}  # fmt: skip


def dispatch(ledger: Ledger, lead: str = "C01", number: str = "W-1") -> None:
    """The order is dispatched, as the hotline does it."""
    fact = WorkOrderDispatched(order_no=number, lead=UnitCode(lead), by="hand")
    event = NewEvent(type=fact.event_type(), payload=fact.to_payload(), occurred_at=NOW, actor="dispatcher:u1")
    ledger.append(Append(StreamId(f"order-{number}"), None, (event,)))


def last(ledger: Ledger) -> Any:
    """The newest fact that tells of a return."""
    found = [event for event in ledger.stream(STREAM) if event.type in ("ReturnRequested", "HistoryRecorded")]
    kind = ReturnRequested if found[-1].type == "ReturnRequested" else HistoryRecorded
    return kind.from_payload(found[-1].payload)


def test_a_return_of_a_live_order_becomes_an_objection_to_review(gateway: Gateway, ledger: Ledger) -> None:
    taken(gateway, ORDER)
    dispatch(ledger)
    assert taken(gateway, RETURN, kind="return", now=NOW + timedelta(hours=2))[0]["status"] == "in"
    objection = last(ledger)
    assert isinstance(objection, ReturnRequested)
    assert (objection.unit, objection.reason, objection.place, objection.basis_complete) == (
        "C01", "territory", "临江区", True,
    )  # fmt: skip
    assert objection.objection == 1


def test_a_return_of_an_older_platform_keeps_the_time_it_was_made(gateway: Gateway, ledger: Ledger) -> None:
    """domain, section 2: a return always has a time; what the older platform says is it."""
    taken(gateway, ORDER)
    dispatch(ledger)
    taken(gateway, RETURN, kind="return", now=NOW + timedelta(hours=2))
    (event,) = (one for one in ledger.stream(STREAM) if one.type == "ReturnRequested")
    assert event.occurred_at == datetime(2024, 3, 4, 3, 0, tzinfo=UTC), "11:00 in the city"


def test_a_return_without_a_basis_is_recorded_and_marked(gateway: Gateway, ledger: Ledger) -> None:
    taken(gateway, ORDER)
    dispatch(ledger)
    bare = {"工单编号": "W-1", "单位": "C01", "退单原因": "不归我们管"}
    assert taken(gateway, bare, kind="return")[0]["status"] == "in"
    objection = last(ledger)
    assert isinstance(objection, ReturnRequested)
    assert (objection.basis_complete, objection.reason) == (False, "不归我们管")


@pytest.mark.parametrize("unit", ["环保局", "老城改造指挥部"])
def test_a_return_by_a_unit_that_does_not_have_the_order_is_kept_as_history(
    gateway: Gateway, ledger: Ledger, unit: str
) -> None:
    taken(gateway, ORDER)
    dispatch(ledger)
    assert taken(gateway, RETURN | {"退单单位": unit}, kind="return")[0]["status"] == "in"
    kept = last(ledger)
    assert isinstance(kept, HistoryRecorded)
    assert kept.what == "returned"
    assert kept.unit == ("C02" if unit == "环保局" else "")
    assert kept.unit_text == ("" if unit == "环保局" else unit)


def test_a_return_of_an_unknown_order_is_kept_as_history(gateway: Gateway, ledger: Ledger) -> None:
    assert taken(gateway, RETURN, kind="return")[0]["status"] == "in"
    assert isinstance(last(ledger), HistoryRecorded)


def test_a_second_return_of_one_batch_sees_the_first(gateway: Gateway, ledger: Ledger) -> None:
    taken(gateway, ORDER)
    dispatch(ledger)
    done = taken(gateway, RETURN, RETURN | {"退单说明": "再次说明"}, kind="return")
    assert [one["status"] for one in done] == ["in", "in"]
    types = [event.type for event in ledger.stream(STREAM)]
    assert types.count("ReturnRequested") == 1
    assert types[-1] == "HistoryRecorded", "while a return waits for its review, another is kept beside it"


def test_the_same_return_again_is_a_duplicate_whatever_became_of_the_order(gateway: Gateway, ledger: Ledger) -> None:
    taken(gateway, ORDER)
    dispatch(ledger)
    numbered = RETURN | {"退单编号": "R-1"}
    taken(gateway, RETURN, numbered, kind="return")
    head = ledger.head()
    again = taken(gateway, RETURN, numbered, numbered | {"退单说明": "改口"}, kind="return")
    assert [one["status"] for one in again] == ["duplicate", "duplicate", "conflict"]
    assert ledger.head() == head + 1


def test_a_batch_that_says_a_return_twice_records_it_once(gateway: Gateway, ledger: Ledger) -> None:
    done = taken(gateway, RETURN, RETURN, RETURN | {"退单说明": "另一次"}, kind="return")
    assert [one["status"] for one in done] == ["in", "duplicate", "in"]


def test_an_order_that_moves_on_meanwhile_is_looked_at_again(
    gateway: Gateway, ledger: Ledger, monkeypatch: pytest.MonkeyPatch
) -> None:
    taken(gateway, ORDER)
    dispatch(ledger)
    append = Ledger.append
    raced = iter([True])

    def overtaken(self: Ledger, *appends: Append, **how: Any) -> Any:
        if next(raced, False):
            append(self, Append(STREAM, None, (moved,)))
        return append(self, *appends, **how)

    fact = HistoryRecorded(order_no="W-1", what="progress", happened_at=NOW)
    moved = NewEvent(type=fact.event_type(), payload=fact.to_payload(), occurred_at=NOW, actor="system:test")
    monkeypatch.setattr(Ledger, "append", overtaken)
    assert taken(gateway, RETURN, kind="return")[0]["status"] == "in"
    assert isinstance(last(ledger), ReturnRequested)
