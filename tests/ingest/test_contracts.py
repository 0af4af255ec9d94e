"""The contracts: names, times and answers as people write them, and the schemas that are published of them."""

from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import orjson
import pytest

from ingest.contracts import IncomingHistory, read_history, read_order, read_return
from ingest.fields import HISTORY_FIELDS, ORDER_FIELDS, read_mapping
from ingest.schemas import CONTRACTS, file_of, schema_of, written
from terms.errors import BadInput

TIMES = {
    "2023-04-06 12:00": (4, 0), "2023/4/6 12:00": (4, 0), "2023年4月6日 12:00": (4, 0), "2023年4月6日12时": (4, 0),
    "2023.4.6 12:00:00": (4, 0), "2023-04-06T04:00:00Z": (4, 0), "2023-04-06T12:00:00+08:00": (4, 0),
    "2023-04-06T12:00:00 +0800": (4, 0), "2023-04-06 12:00:00.0": (4, 0), "2023-04-06": (4, 0),
    "2023年4月6日12时5分": (4, 5), "2023-4-6 9:5": (1, 5),
}  # fmt: skip


CARRIED = (
    "工单编号 工单类型 问题分类 标题 主要内容 紧急程度 来电人 联系方式 被反映区 被反映街乡镇 地点 小区 "
    "受理时间 派单时间 办理时限 主办 协办 附件 是否解决 是否满意 办结时间 回复内容 是否不计考核"
)


@pytest.mark.parametrize("name", CARRIED.split())
def test_every_field_real_systems_carry_is_read_by_its_own_name(name: str) -> None:
    """domain, section 6: with the order itself, or with what an older platform did with it."""
    assert name in {**ORDER_FIELDS, **HISTORY_FIELDS}


@pytest.mark.parametrize("written_as", TIMES)
def test_a_time_is_read_as_hotlines_write_it(written_as: str) -> None:
    hour, minute = TIMES[written_as]
    order = read_order({"text": "路灯不亮", "受理时间": written_as})
    assert order.received_at is not None
    assert order.received_at.astimezone(UTC) == datetime(2023, 4, 6, hour, minute, tzinfo=UTC)


def test_milliseconds_since_1970_are_a_time_too() -> None:
    order = read_order({"text": "路灯不亮", "date": 1680753600000})
    assert order.received_at == datetime(2023, 4, 6, 4, tzinfo=UTC)


@pytest.mark.parametrize("value", [20230406, True, "20230406", "4月6日", "2023-13-01", "2023-01-01 25:00", [], {}])
def test_what_is_no_time_is_refused(value: Any) -> None:
    with pytest.raises(BadInput):
        read_order({"text": "路灯不亮", "date": value})


def test_chinese_and_english_names_say_the_same() -> None:
    english = {"id": "W-1", "text": "路灯不亮", "caller": "某某", "phone": "12345678", "date": "2023-04-06"}
    chinese = {
        "工单编号": "W-1",
        "主要内容": "路灯不亮",
        "来电人": "某某",
        "联系方式": "12345678",
        "受理时间": "2023-04-06",
    }
    assert read_order(english) == read_order(chinese)


def test_a_mapping_goes_before_the_names_we_know_and_may_read_a_unit() -> None:
    mapping = {"内容": "title", "详情": "text", "unit_name": "by"}
    order = read_order({"内容": "标题在此", "详情": "正文在此"}, mapping=mapping)
    assert (order.title, order.text) == ("标题在此", "正文在此")
    told = read_history(
        {"工单编号": "1", "环节": "派单", "时间": "2023-04-06", "unit_name": "城管", "unit": "别的"}, mapping=mapping
    )
    assert told.by == "城管"


@pytest.mark.parametrize(("name", "text"), [("m.toml", '"受理内容" = "text"\n'), ("m.json", '{"受理内容": "text"}')])
def test_a_mapping_file_is_toml_or_json(tmp_path: Path, name: str, text: str) -> None:
    file = tmp_path / name
    file.write_text(text, "utf-8")
    assert read_mapping(file) == {"受理内容": "text"}


@pytest.mark.parametrize(
    ("name", "text"), [("m.toml", "x ="), ("m.toml", "[a]\nb=1"), ("m.json", "[]"), ("m.json", "{")]
)
def test_a_mapping_file_that_maps_nothing_is_refused(tmp_path: Path, name: str, text: str) -> None:
    file = tmp_path / name
    file.write_text(text, "utf-8")
    with pytest.raises(BadInput):
        read_mapping(file)


@pytest.mark.parametrize(
    ("word", "means"),
    [("是", True), ("1.0", True), ("未解决", False), ("0", False), ("未评价", None), ("非常满意", True)],
)
def test_yes_and_no_are_read_and_no_answer_is_none(word: str, means: bool | None) -> None:
    row = {"工单编号": "1", "环节": "回访", "时间": "2023-04-06", "是否解决": word}
    assert read_history(row).resolved is means


@pytest.mark.parametrize(
    ("written_as", "means"),
    [
        ("5个工作日", "5个工作日"), ("12 工作日", "12个工作日"),
        ("2023-04-12 17:30", datetime(2023, 4, 12, 9, 30, tzinfo=UTC)),
        ("2023年4月12日", datetime(2023, 4, 12, 16, tzinfo=UTC)),
        (1681270200000, datetime(2023, 4, 12, 3, 30, tzinfo=UTC)),
    ],
)  # fmt: skip
def test_a_limit_is_a_moment_a_day_to_its_end_or_working_days(written_as: Any, means: Any) -> None:
    for found in (
        read_order({"text": "路灯不亮", "办理时限": written_as}),
        read_history({"工单编号": "1", "环节": "派单", "时间": "2023-04-06", "办理时限": written_as}),
    ):
        assert found.handle_limit == means


@pytest.mark.parametrize(
    ("field", "value"),
    [
        *(("办理时限", value) for value in ("5", 5, "5天", "0个工作日", "尽快", "9999-12-31", "0001-01-01", True, [])),
        *(("是否不计考核", value) for value in ("也许", "未评价", "满意", 2, [])),
    ],
)
def test_a_limit_or_an_exclusion_that_cannot_be_read_is_a_fault_with_its_place(field: str, value: Any) -> None:
    ours = "handle_limit" if field == "办理时限" else "excluded"
    with pytest.raises(BadInput) as order:
        read_order({"text": "路灯不亮", field: value}, at="a.csv:2")
    with pytest.raises(BadInput) as history:
        read_history({"工单编号": "1", "环节": "派单", "时间": "2023-04-06", field: value}, at="a.csv:2")
    assert {order.value.at, history.value.at} == {f"a.csv:2 {ours}"}


@pytest.mark.parametrize(("word", "means"), [("是", True), ("否", False), ("true", True), (1, True), (False, False)])
def test_whether_an_order_is_left_out_of_scoring_is_yes_or_no(word: Any, means: bool) -> None:
    assert read_order({"text": "路灯不亮", "是否不计考核": word}).excluded is means


def test_a_return_needs_no_more_than_its_order() -> None:
    found = read_return({"工单编号": 20230406})
    assert (found.order_no, found.by, found.reason) == ("20230406", "", "")


@pytest.mark.parametrize("name", CONTRACTS)
def test_the_published_schema_is_the_model(name: str) -> None:
    assert file_of(name).read_bytes() == written(name), "run: python -m ingest.schemas (a new meaning is a new version)"


def test_the_schema_names_every_field_the_reader_knows() -> None:
    properties = schema_of("history")["properties"]
    assert set(properties) == set(IncomingHistory.model_fields)
    assert "环节" in properties["what"]["x-names"]
    assert orjson.loads(written("return"))["$id"] == "urn:dingze:contract:return:1"
