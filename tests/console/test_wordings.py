"""学到的说法: the 编办 reads what the machine learned, with its evidence, and accepts or rejects it on the page."""

import io
from collections.abc import Iterator
from dataclasses import dataclass

import openpyxl
import pytest

from casework.work_order.commands import SignFor
from console.registers.wordings import ADDRESS
from mandates.learned_wordings import WordingStanding
from mandates.wording_record import record_candidates
from terms.ids import ClauseId, OrderNo, UnitCode
from tests.console.city import Browser, Town, order, served
from tests.console.life import clerk

OFFICER = "yz-03-bianban"
THERE, NOWHERE = "YZ20261109001", "YZ20261109999"


@dataclass(frozen=True)
class Found:
    item: ClauseId
    unit: UnitCode
    wording: str
    score: int = 70
    accepted: int = 9
    standing: int = 10
    orders: tuple[OrderNo, ...] = (OrderNo(THERE), OrderNo(NOWHERE))


@pytest.fixture
def desk(town: Town) -> Iterator[tuple[Town, str, list[Found]]]:
    """A town with one order and three candidates of two units."""
    town.receive(order(THERE, "小区楼下的烧烤店油烟很大，晚上睡不着"))
    points = [one for one in town.register.as_of(town.now.date()).duty_points.values() if not one.only_calls]
    first = points[0]
    other = next(one for one in points if one.unit != first.unit)
    words = [(first, "夜里呛得慌", 90), (first, "多次打电话", 60), (other, "没人来收拾", 50)]
    found = [Found(point.id, point.unit, word, score) for point, word, score in words]
    assert record_candidates(town.ledger, town.register.register().wordings, found, at=town.now) == 3
    with served(town.app()) as address:
        yield town, address, found


def rows(browser: Browser, **asked: str) -> list[str]:
    return [one["wording"] for one in browser.get(f"{ADDRESS}.json", params=asked).json()["wordings"]]


def ticked(*found: Found) -> list[str]:
    return [f"{one.item}|{one.wording}" for one in found]


def answer(browser: Browser, how: str, *found: Found, **fields: str) -> int:
    data = {"word": ticked(*found), "csrf": browser.csrf(), **fields}
    return browser.post(f"{ADDRESS}/{how}", data=data).status_code


def test_candidates_are_listed_with_counts_and_only_orders_that_are_there(desk: tuple[Town, str, list[Found]]) -> None:
    _, address, (first, second, third) = desk
    officer = Browser(address, OFFICER)
    assert rows(officer) == [one.wording for one in (first, second, third)], "the most telling first"
    assert rows(officer, unit=third.unit) == [third.wording] and rows(officer, q="打电话") == [second.wording]
    told = officer.get(f"{ADDRESS}.json").json()["wordings"][0]
    assert (told["accepted"], told["with_it"], told["orders"], told["unit"]) == (9, 10, [THERE], first.unit)
    page = officer.get(ADDRESS).text
    assert f'href="/orders/{THERE}"' in page and NOWHERE not in page and "采纳所选" in page
    assert f'href="{ADDRESS}"' in officer.get("/mandates").text
    sheet = openpyxl.load_workbook(io.BytesIO(officer.get(f"{ADDRESS}.xlsx").content)).worksheets[0]
    assert "日常说法" in [cell.value for cell in sheet[1]] and sheet.max_row == 4


def test_an_accepted_wording_joins_its_duty_point_and_a_rejected_one_keeps_its_reason(
    desk: tuple[Town, str, list[Found]],
) -> None:
    town, address, (first, second, third) = desk
    officer, before = Browser(address, OFFICER), town.ledger.head()
    assert answer(officer, "accept") == 422 and answer(officer, "reject", second) == 409
    assert answer(officer, "accept", first, valid_from="2026-11-01") == 422, "no day that is past"
    assert town.ledger.head() == before
    assert answer(officer, "accept", first, third, valid_from="2026-12-15") == 303
    assert answer(officer, "reject", second, reason="不是事项") == 303
    assert answer(officer, "accept", second, first) == 409, "what was decided stands"
    register = town.register.register()
    for one in (first, third):
        days = (town.now.date(), town.now.date().replace(month=12, day=15))
        assert [one.wording in register.as_of(day).duty_points[one.item].wordings for day in days] == [False, True]
    assert rows(officer, state=WordingStanding.REJECTED) == [second.wording]
    assert "不是事项" in officer.get(ADDRESS).text
    then = officer.get(f"{ADDRESS}.json", params={"position": str(before)}).json()["wordings"]
    assert {one["state"] for one in then} == {"待确认"}
    assert "采纳所选" not in officer.get(ADDRESS, params={"position": str(before)}).text


def test_a_person_proposes_a_word_of_their_own_and_what_is_known_is_not_proposed_again(
    desk: tuple[Town, str, list[Found]],
) -> None:
    town, address, (first, *_) = desk
    officer = Browser(address, OFFICER)
    point = town.register.as_of(town.now.date()).duty_points[first.item]
    picked = officer.get("/clauses", params={"field": "item", "sort": "point", "q": point.matter}).text
    assert f'value="{point.id}"' in picked and 'name="item"' in picked
    assert officer.fill(f"{ADDRESS}/propose", item=point.id, wording="夜里 熏得人头疼").status_code == 303
    told = next(one for one in officer.get(f"{ADDRESS}.json").json()["wordings"] if one["wording"] == "夜里 熏得人头疼")
    assert (told["state"], told["by_hand"], told["unit"]) == ("待确认", True, point.unit)
    assert "人工提出" in officer.get(ADDRESS).text
    event = town.ledger.read(town.ledger.head() - 1, 1)[0]  # type: ignore[operator,arg-type]
    assert event.type == "WordingProposed" and OFFICER in event.actor, "the record knows who proposed it"
    before = town.ledger.head()
    for wording in (first.wording, point.matter, *point.wordings[:1], "夜里  熏得人头疼"):
        assert officer.fill(f"{ADDRESS}/propose", item=point.id, wording=wording).status_code == 409, wording
    for wording in ("", "呛", "呛|熏", "很" * 21):
        assert officer.fill(f"{ADDRESS}/propose", item=point.id, wording=wording).status_code == 422, wording
    assert officer.fill(f"{ADDRESS}/propose", item="KL-none", wording="夜里熏").status_code == 404
    assert town.ledger.head() == before


def test_the_page_searches_the_orders_for_words_that_a_unit_took_again_and_again(
    desk: tuple[Town, str, list[Found]],
) -> None:
    town, address, _ = desk
    for number, where in enumerate(("东头", "西头", "南头", "北头", "桥边", "路口"), 1):
        town.receive(order(f"YZ2026111900{number}", f"{where}的烧烤摊味道呛嗓子，天天晚上这样"))
        town.dispatch(f"YZ2026111900{number}", "C03")
        town.do(f"YZ2026111900{number}", SignFor(UnitCode("C03")), clerk("C03"))
    for number in range(1, 7):
        town.receive(order(f"YZ2026111910{number}", f"第{number}栋的医保报销没有到账"))
        town.dispatch(f"YZ2026111910{number}", "C23")
        town.do(f"YZ2026111910{number}", SignFor(UnitCode("C23")), clerk("C23"))
    officer, before = Browser(address, OFFICER), set(rows(Browser(address, OFFICER)))
    assert officer.fill(f"{ADDRESS}/search").status_code == 303
    assert "查了最近 12 件" in officer.get(ADDRESS).text
    fresh = set(rows(officer, unit="C03")) - before
    assert any("呛嗓子" in word for word in fresh), fresh
    head = town.ledger.head()
    assert officer.fill(f"{ADDRESS}/search").status_code == 303 and town.ledger.head() == head, "again adds nothing"


def test_nobody_but_the_bianban_reads_or_decides_them(desk: tuple[Town, str, list[Found]]) -> None:
    town, address, (first, *_) = desk
    before = town.ledger.head()
    for account in ("yz-05-clerk-chengguan", "yz-01-dispatcher", "yz-13-leader", "yz-15-administrator"):
        other = Browser(address, account)
        assert other.get(ADDRESS).status_code == 403 and answer(other, "accept", first) == 403
        assert other.fill(f"{ADDRESS}/search").status_code == 403
        assert other.fill(f"{ADDRESS}/propose", item=first.item, wording="夜里熏").status_code == 403
        assert f'href="{ADDRESS}"' not in other.get("/mandates").text
    assert town.ledger.head() == before
