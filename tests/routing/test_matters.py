"""The matter of a boundary list that an order arises in, and whose task in it the words speak of."""

from city.configuration import CityConfiguration
from routing.index import RegisterIndex
from routing.memory import EMPTY
from routing.proposal import OrderText
from routing.propose import propose
from routing.seen import read_order, see
from routing.supports import ground_in_matter, leads_matter

TREES = "小区的树枝长到窗户跟前了，物业说管不了；路边那棵枯树也要倒"


def test_an_order_is_likest_to_the_matter_it_arises_in(index: RegisterIndex) -> None:
    seen = see(read_order(OrderText(TREES)), index)
    arising = index.matters.arising(seen.reading.text, seen.vector)
    assert index.matters.items[int(arising.items.argmax())].matter == "行道树与小区树木修剪"


def test_each_task_is_told_by_its_own_sayings(index: RegisterIndex) -> None:
    matters = index.matters
    seen = see(read_order(OrderText(TREES)), index)
    arising = matters.arising(seen.reading.text, seen.vector)
    item = int(arising.items.argmax())
    tasks = {matters.units[task]: task for task in range(len(matters.units)) if int(matters.item_of[task]) == item}
    assert arising.told[tasks["C16"]] > 0 and arising.told[tasks["C05"]] > 0
    assert arising.told[tasks["E01"]] == 0
    hit = matters.saying(arising, tasks["C16"])
    assert hit is not None and seen.reading.text[slice(*hit.span)] == hit.wording.text
    assert matters.saying(arising, tasks["E01"]) is None


def test_a_support_without_a_point_is_cited_by_its_own_clause_of_the_matter(index: RegisterIndex) -> None:
    seen = see(read_order(OrderText(TREES)), index)
    heard = seen.heard(index)
    assert heard is not None
    column = index.column
    ground = ground_in_matter(index, heard.arising, column["C16"], column["C05"], index.units[column["C05"]])
    assert ground is not None and ground.unit == "C05"
    owner = index.edition.clauses.get(ground.item)
    assert owner.unit == "C05" if owner else ground.item in index.edition.boundary_items
    nobody = ground_in_matter(index, heard.arising, column["C36"], column["C05"], index.units[column["C05"]])
    assert nobody is None  # who leads no matter with it calls it in by none


def test_a_text_of_no_known_term_arises_in_nothing(index: RegisterIndex) -> None:
    seen = see(read_order(OrderText("嗯嗯")), index)
    arising = index.matters.arising(seen.reading.text, seen.vector)
    assert not arising.items.any() and not arising.told.any()
    assert propose(OrderText("嗯嗯"), index, EMPTY, CityConfiguration()).supports == ()


def test_a_matter_is_led_by_its_lead_and_by_nobody_where_the_text_arises_in_none(index: RegisterIndex) -> None:
    column = index.column
    for text, led in ((TREES, {"C16"}), ("请问几点上班", set())):
        heard = see(read_order(OrderText(text)), index).heard(index)
        assert heard is not None
        assert {unit for unit in ("C05", "C16", "E01") if leads_matter(index, heard, column[unit])} == led
