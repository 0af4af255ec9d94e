"""The same request again is found, another is not."""

import random
from dataclasses import replace
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


def test_the_index_keeps_the_newest_and_no_more_than_it_may_whatever_comes_and_goes() -> None:
    found = DuplicateIndex(timedelta(hours=72), 80, most=2_000)
    chance = random.Random(5)
    texts = [
        f"{chance.choice('东西南北')}街{n}号门前{chance.choice(('积水', '停车', '油烟', '噪声'))}{n * n}"
        for n in range(60)
    ]
    signatures = [filed(OrderNo("x"), text, MONDAY) for text in texts]
    for number in range(6_000):
        one = signatures[number % 60]
        found.add(replace(one, order_no=OrderNo(f"N{number}"), at=MONDAY + timedelta(seconds=number)))
        if number % 3 == 0:
            found.forget([OrderNo(f"N{number - chance.randrange(40)}")])
    assert 1_000 < len(found) <= 2_500
    last = found.known(OrderNo("N5999"))
    assert last is not None and found.known(OrderNo("N10")) is None
    near = [int(one.order_no[1:]) for one in found.like(last)]
    assert near and all(number % 60 == 59 for number in near), "the same text, whatever was written anew meanwhile"
    assert all(found.known(OrderNo(f"N{number}")) is not None for number in near), "and none that was forgotten"
    assert found.older_than(MONDAY + timedelta(days=4)) == sorted(
        found.older_than(MONDAY + timedelta(days=4)), key=number_of
    )


def number_of(order_no: OrderNo) -> int:
    return int(order_no[1:])
