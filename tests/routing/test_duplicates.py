"""The same request again is found, another is not."""

from datetime import UTC, datetime, timedelta

from routing.duplicates import DuplicateIndex, filed
from terms.ids import OrderNo

MONDAY = datetime(2023, 6, 5, 9, tzinfo=UTC)
TEXT = "柳桥新村三号楼电梯停运三天，老人上下楼困难，物业一直没有维修"


def held() -> DuplicateIndex:
    found = DuplicateIndex(timedelta(hours=72), 80)
    found.add(filed(OrderNo("A1"), TEXT, MONDAY, "柳桥新村", "caller-1"))
    for number in range(300):
        text = f"第{number}条公交线路{number * 7}路{number * 13}站发车间隔太长"
        found.add(filed(OrderNo(f"N{number}"), text, MONDAY))
    return found


def test_the_same_words_with_a_small_change_are_a_duplicate() -> None:
    again = filed(OrderNo("A2"), f"{TEXT}，请处理", MONDAY + timedelta(hours=5), "柳桥新村")
    assert [one.order_no for one in held().like(again)] == ["A1"]


def test_the_same_caller_may_say_it_in_other_words() -> None:
    said = "柳桥新村三号楼电梯停运三天没有维修，老人上下楼很困难，物业不管"
    other = filed(OrderNo("A2"), said, MONDAY, "柳桥新村", "caller-2")
    same = filed(OrderNo("A2"), said, MONDAY, "柳桥新村", "caller-1")
    assert held().like(other) == []
    assert [(one.order_no, one.same_caller) for one in held().like(same)] == [("A1", True)]


def test_another_place_or_another_week_is_another_request() -> None:
    assert held().like(filed(OrderNo("A2"), TEXT, MONDAY, "书院里")) == []
    assert held().like(filed(OrderNo("A2"), TEXT, MONDAY + timedelta(days=4), "柳桥新村")) == []


def test_what_was_forgotten_or_is_too_old_is_not_found() -> None:
    found = held()
    found.forget([OrderNo("A1")])
    assert found.like(filed(OrderNo("A2"), TEXT, MONDAY, "柳桥新村")) == []
    assert len(found.older_than(MONDAY + timedelta(days=4))) == 300
