"""What an older platform did is recorded as it told it: in any order, before the order itself, once."""

from datetime import UTC, datetime

import pytest

from casework.events import ExclusionGranted, HistoryRecorded
from ingest.gateway import Gateway
from ingest.history import STEPS
from ledger.store import Ledger
from terms.ids import StreamId
from tests.ingest.rows import ORDER, taken

STEP = {"工单编号": "W-1", "环节": "派单", "时间": "2024-03-04 09:40", "单位": "城管"}


def told(ledger: Ledger, number: str = "W-1") -> list[HistoryRecorded]:
    """The history in an order's stream, as it arrived."""
    events = ledger.stream(StreamId(f"order-{number}"))
    return [HistoryRecorded.from_payload(event.payload) for event in events if event.type == "HistoryRecorded"]


def test_history_may_come_before_its_order_and_out_of_order(gateway: Gateway, ledger: Ledger) -> None:
    answered = {"是否解决": "是", "是否满意": "不满意", "是否联系": "已联系"}
    done = taken(
        gateway,
        STEP | {"环节": "结案", "时间": "2024-03-01 17:00"},
        STEP | {"环节": "回访", "时间": "2024-03-01 10:00"} | answered,
        STEP | {"时间": "2024-02-28 09:40"},
        STEP | {"环节": "改派", "时间": "2024-02-28 15:00", "改派单位": "望湖区城管局"},
        kind="history",
    )
    assert [one["status"] for one in done] == ["in"] * 4
    assert taken(gateway, ORDER)[0]["status"] == "in"
    closed, follow_up, dispatched, reassigned = told(ledger)
    assert [one.what for one in told(ledger)] == ["closed", "follow_up", "dispatched", "reassigned"]
    assert (follow_up.contacted, follow_up.resolved, follow_up.satisfied) == (True, True, False)
    assert (dispatched.unit, closed.happened_at) == ("C01", datetime(2024, 3, 1, 9, tzinfo=UTC))
    assert (reassigned.unit, reassigned.other_unit) == ("C01", "D1-01")


def test_the_same_row_is_recorded_once_and_a_changed_one_with_its_own_number_is_a_conflict(
    gateway: Gateway, ledger: Ledger
) -> None:
    numbered = STEP | {"记录编号": "L-7"}
    done = taken(gateway, STEP, STEP, numbered, numbered, numbered | {"单位": "C02"}, kind="history", origin="a.csv")
    assert [one["status"] for one in done] == ["in", "duplicate", "in", "duplicate", "conflict"]
    again = taken(gateway, STEP, numbered, kind="history", origin="exported again.csv")
    assert [one["status"] for one in again] == ["duplicate", "duplicate"]
    other = taken(gateway, numbered | {"工单编号": "X-1"}, kind="history")
    assert other[0]["status"] == "in", "two platforms number their records alike"


@pytest.mark.parametrize(
    ("name", "code"),
    [("C02", "C02"), ("云泽市生态环境局", "C02"), ("环保局", "C02"), ("云泽市城市管理行政执法局", "C01")],
)
def test_a_unit_is_known_by_its_code_its_name_its_former_and_everyday_names(
    gateway: Gateway, ledger: Ledger, name: str, code: str
) -> None:
    taken(gateway, STEP | {"单位": name}, kind="history")
    assert (told(ledger)[0].unit, told(ledger)[0].unit_text) == (code, "")


def test_the_district_says_which_bureau_is_meant(gateway: Gateway, ledger: Ledger) -> None:
    taken(gateway, STEP | {"单位": "区城管局", "所属区": "望湖区"}, kind="history")
    assert told(ledger)[0].unit == "D1-01"


def test_a_name_nobody_knows_is_kept_as_it_was_given(gateway: Gateway, ledger: Ledger) -> None:
    taken(gateway, STEP | {"单位": "老城改造指挥部", "改派单位": "某某专班"}, kind="history")
    (one,) = told(ledger)
    assert (one.unit, one.other_unit, one.unit_text) == ("", "", "老城改造指挥部；某某专班")


def test_supports_are_read_from_one_cell(gateway: Gateway, ledger: Ledger) -> None:
    taken(gateway, STEP | {"协办单位": "环保局、住建局"}, kind="history")
    assert told(ledger)[0].supports == ("C02", "C03")


@pytest.mark.parametrize(("basis", "complete"), [("", False), ("三定规定第三条", True)])
def test_a_return_without_a_basis_is_recorded_and_marked(
    gateway: Gateway, ledger: Ledger, basis: str, complete: bool
) -> None:
    returned = STEP | {"环节": "退单", "退单原因": "权属不清", "退单依据": basis, "说明": "不归我局"}
    assert taken(gateway, returned, kind="history")[0]["status"] == "in"
    (one,) = told(ledger)
    assert (one.what, one.reason, one.note, one.basis_complete) == ("returned", "unclear", "不归我局", complete)


def test_a_step_with_another_name_is_kept_with_its_name(gateway: Gateway, ledger: Ledger) -> None:
    taken(gateway, STEP | {"环节": "领导批示", "说明": "请抓紧"}, kind="history")
    assert (told(ledger)[0].what, told(ledger)[0].note) == ("other", "领导批示：请抓紧")


def test_every_step_has_a_name_that_views_know() -> None:
    assert set(STEPS.values()) == {
        "dispatched", "signed", "returned", "return_refused", "reassigned", "support_added", "started", "progress",
        "extended", "result", "accepted", "follow_up", "rework", "closed",
    }  # fmt: skip


def test_personal_data_in_a_note_is_covered_and_the_caller_is_not_kept(gateway: Gateway, ledger: Ledger) -> None:
    note = "已电话13900000001联系欧阳测试，其表示满意"
    taken(gateway, STEP | {"说明": note, "来电人": "欧阳测试", "联系方式": "13900000001"}, kind="history")
    event = ledger.stream(StreamId("order-W-1"))[0]
    assert event.payload["note"] == "已电话***********联系****，其表示满意"
    assert "欧阳" not in str(event)


@pytest.mark.parametrize(
    ("limit", "due"),
    [
        ("3个工作日", datetime(2024, 2, 28, 16, tzinfo=UTC)),
        ("2024-02-29 17:30", datetime(2024, 2, 29, 9, 30, tzinfo=UTC)),
    ],
)
def test_the_time_an_older_platform_gave_is_a_due_date_in_the_event(
    gateway: Gateway, ledger: Ledger, limit: str, due: datetime
) -> None:
    given = STEP | {"时间": "2024-02-23 09:40", "办理时限": limit}
    taken(gateway, given, given | {"环节": "办结", "时间": "2024-03-01 09:00"}, kind="history")
    dispatched, result = told(ledger)
    assert dispatched.handle_due == due
    assert (result.handle_due, result.handle_days) == ((None, 3) if "工作日" in limit else (due, None)), (
        "days from when?"
    )
    (late,) = taken(gateway, given | {"办理时限": "2024-02-20"}, kind="history")
    assert late["status"] == "quarantined" and late["problem"]["code"] == "ingest.bad-field"


def test_what_an_older_platform_left_out_of_scoring_is_excluded_once_for_each_unit_that_had_a_part(
    gateway: Gateway, ledger: Ledger
) -> None:
    """domain, section 6: 是否不计考核; that platform has judged already."""
    out = STEP | {"时间": "2024-02-28 09:40", "协办单位": "环保局", "是否不计考核": "是"}
    moved = STEP | {"时间": "2024-02-28 15:00", "环节": "改派", "改派单位": "住建局", "是否不计考核": "是"}
    proposed = STEP | {"时间": "2024-02-28 14:00", "环节": "退单", "建议单位": "望湖区城管局", "是否不计考核": "是"}
    counted = STEP | {"工单编号": "W-2", "是否不计考核": "否"}
    nobody = STEP | {"工单编号": "W-3", "单位": "老城改造指挥部", "是否不计考核": "是"}
    for _ in range(2):
        taken(gateway, out, out, moved, kind="history")
    taken(gateway, proposed, counted, nobody, kind="history")
    events = ledger.stream(StreamId("order-W-1"))
    granted = [event for event in events if event.type == "ExclusionGranted"]
    assert [event.payload["unit"] for event in granted] == ["C01", "C02", "C03"]
    assert {event.payload["reason"] for event in granted} == {"原平台已认定"}
    assert [event.cause for event in granted] == [events[0].event_id, events[0].event_id, events[3].event_id]
    assert ExclusionGranted.from_payload(granted[0].payload).order_no == "W-1"
    assert [event.type for event in ledger.stream(StreamId("order-W-2"))] == ["HistoryRecorded"]
    assert [event.type for event in ledger.stream(StreamId("order-W-3"))] == ["HistoryRecorded"]
    assert told(ledger, "W-3")[0].excluded is True, "the unit is not known, what was said of the order is kept"


@pytest.mark.parametrize(
    "change",
    [{"时间": ""}, {"时间": "1024-01-01"}, {"环节": ""}, {"工单编号": ""}, {"办理时限": "尽快"}, {"是否不计考核": "?"}],
)
def test_a_row_that_says_not_what_or_when_or_of_which_order_waits_in_quarantine(
    gateway: Gateway, change: dict[str, str]
) -> None:
    assert taken(gateway, STEP | change, kind="history")[0]["status"] == "quarantined"
