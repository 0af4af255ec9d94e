"""履责评价, 条目覆盖, 热点态势: what they show, and that every number is the number of records it opens to."""

import re
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from automation.router import Router
from casework.appraisal.commands import DraftScores
from ledger.envelope import BEFORE_EVERYTHING
from mandates.model import Level
from mandates.reform import Reform, carry_out, plan
from mandates.succession import ReformKind
from projections.readings.appraisal import ViewFigures
from projections.readings.looking import quarter_of
from terms.ids import UnitCode
from tests.console.city import START, Browser, Town, copy_template, order, served
from tests.console.life import OFFICER, live

LEADER = "yz-13-leader"
LINK = re.compile(r'href="(/(?:figures|heat|overview)/[^"]+)"[^>]*>(\d+)</a>')


@pytest.fixture(scope="module")
def house(template: Path, router: Router, tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Town, str]]:
    """A town after a working day, and its pages."""
    town = Town(*copy_template(template, tmp_path_factory.mktemp("boards")), router)
    live(town, 60)
    rule = town.city.scoring.model_copy(update={"least_orders": 1})
    town.city = town.city.model_copy(update={"scoring": rule})
    with served(town.app()) as address:
        yield town, address
    town.close()


def opens_to_its_number(browser: Browser, page: str) -> int:
    """Follow every number of a page to its records; how many there were."""
    links = set(LINK.findall(page))
    for link, number in links:
        path, _, query = link.replace("&amp;", "&").partition("?")
        found = browser.get(f"{path}.json?{query}").json()
        assert found.get("counted", found["total"]) == int(number), link
    return len(links)


def test_a_quarters_score_opens_to_the_events_behind_it(house: tuple[Town, str]) -> None:
    town, address = house
    browser = Browser(address, LEADER)
    board = browser.get("/accountability.json").json()
    assert board["quarter"] == quarter_of(START.date()) and board["rule"] == town.city.scoring.version
    scored = [one for one in board["lines"] if one["score"]["score"] is not None]
    assert scored and scored == sorted(scored, key=lambda one: -one["score"]["score"])
    unit = max(board["lines"], key=lambda one: one["led"])["unit"]
    page = browser.get(f"/accountability/{unit}").text
    assert opens_to_its_number(browser, page) > 6
    told = browser.get(f"/accountability/{unit}.json").json()
    rates = {one["code"]: one for one in told["line"]["score"]["rates"]}
    signed = [
        one for one in town.ledger.read(0, 1_000_000)  # type: ignore[arg-type]
        if one.type == "WorkOrderSignedFor" and one.payload["unit"] == unit
    ]  # fmt: skip
    assert rates["signed"]["bottom"] == len(signed) > 0


def test_a_score_is_reckoned_by_the_weights_it_shows(house: tuple[Town, str]) -> None:
    browser = Browser(house[1], LEADER)
    board = browser.get("/accountability.json").json()["lines"]
    unit = next(one["unit"] for one in board if one["score"]["score"] is not None)
    told = browser.get(f"/accountability/{unit}.json").json()
    weighed = [
        (one["points"], told["weights"].get(one["code"], 0))
        for one in told["line"]["score"]["rates"]
        if one["points"] is not None
    ]
    weight = sum(by for _, by in weighed)
    assert told["line"]["score"]["score"] == sum(points * by for points, by in weighed) // weight


def test_a_department_sees_its_own_score_and_no_others(house: tuple[Town, str]) -> None:
    browser = Browser(house[1], "yz-05-clerk-chengguan")
    assert {one["unit"] for one in browser.get("/accountability.json").json()["lines"]} <= {"C03"}
    assert browser.get("/accountability/C03").status_code == 200
    assert browser.get("/accountability/C05").status_code == 404


def test_an_order_that_came_in_left_out_is_told_and_stands_in_no_other_figure(house: tuple[Town, str]) -> None:
    """domain, section 6: 是否不计考核, as the platform it came from says."""
    town, address = house
    browser = Browser(address, LEADER)
    before = browser.get("/accountability/C03.json").json()
    town.receive(order("YZ9901", "小区门口的烧烤店油烟很大", excluded="是"))
    town.dispatch("YZ9901", "C03")
    after = browser.get("/accountability/C03.json").json()
    told = {name: told for name, told in after["measures"].items() if told != before["measures"][name]}
    assert after["line"] == before["line"] and list(told) == ["excluded"]
    assert told["excluded"]["lead"][0] == before["measures"]["excluded"]["lead"][0] + 1


def test_another_quarter_has_nothing_yet_and_a_wrong_one_is_told(house: tuple[Town, str]) -> None:
    browser = Browser(house[1], LEADER)
    assert "这一季度没有可评价的记录" in browser.get("/accountability?quarter=2025-Q1").text
    assert browser.get("/accountability?quarter=2025Q9").status_code == 422


def test_what_clauses_carry_opens_to_its_events_tab_by_tab(house: tuple[Town, str]) -> None:
    browser = Browser(house[1], "yz-03-bianban")
    load = browser.get("/coverage").text
    assert opens_to_its_number(browser, load) > 5
    for tab in ("disputed", "vague", "unused", "uncovered"):
        page = browser.get(f"/coverage?tab={tab}")
        assert page.status_code == 200, tab
        assert browser.get(f"/coverage.json?tab={tab}").json()["total"] >= 0
    unused = browser.get("/coverage.json?tab=unused").json()["uses"]
    assert unused and not any(one["dispatched"] for one in unused)
    assert browser.get("/coverage.json?as_of=2026-01-06").json()["total"] == 0, (
        "nothing was used before the first order"
    )


def test_the_weeks_of_a_matter_open_to_their_orders(house: tuple[Town, str]) -> None:
    browser = Browser(house[1], LEADER)
    for by in ("matter", "district", "street"):
        page = browser.get(f"/heat?by={by}").text
        assert opens_to_its_number(browser, page) > 2, by
    told = browser.get("/heat.json?days=1").json()
    assert told["weeks"][-1] == told["week"] == "2026-W47"
    assert len(told["stuck"]) == told["stuck_total"] and all(row["age"] > 1 for row in told["stuck"])
    assert browser.get("/heat?days=0").status_code == 422


def test_a_units_first_dispatch_accuracy_never_stands_without_its_automatic_share(house: tuple[Town, str]) -> None:
    """domain, section 9: 首派准确率 always beside the share dispatched automatically, of the same orders."""
    town, address = house
    browser = Browser(address, LEADER)
    lines = browser.get("/accountability.json").json()["lines"]
    assert all(one["first"]["bottom"] == one["by_rule"]["bottom"] >= one["by_rule"]["top"] for one in lines)
    firsts: dict[str, dict[str, str]] = {}
    for event in town.ledger.read(BEFORE_EVERYTHING, 1_000_000):
        if event.type == "WorkOrderDispatched" and event.payload["lead"] != event.payload["desk"]:
            firsts.setdefault(event.payload["order_no"], event.payload)
    sent = {payload["lead"] for payload in firsts.values() if payload["by"] == "rule"}
    told = {one["unit"] for one in lines if one["by_rule"]["top"]}
    assert told and told <= sent
    unit = max(lines, key=lambda one: one["by_rule"]["top"])["unit"]
    page = browser.get(f"/accountability/{unit}").text
    assert "自动派单占比" in page and opens_to_its_number(browser, page) > 6
    assert "自动派单占比" in browser.get("/accountability").text


def test_every_figure_of_the_city_opens_to_its_orders(house: tuple[Town, str]) -> None:
    browser = Browser(house[1], LEADER)
    page = browser.get("/overview")
    assert opens_to_its_number(browser, page.text) > 12
    told = browser.get("/overview.json").json()
    assert told["weeks"][-1]["week"] == "2026-W47" and sum(week["received"] for week in told["weeks"]) >= 60
    assert browser.get("/overview.json?as_of=2026-11-01").json()["figures"]["orders"] == 0
    assert browser.get("/overview/orders?of=nothing").status_code == 404


def test_a_merged_units_figures_stand_under_its_successor_and_still_open(house: tuple[Town, str]) -> None:
    """domain, section 7, 机构改革: scores carry over. The last of this town: afterwards two of its units are gone."""
    town, address = house
    browser = Browser(address, LEADER)
    before = {one["unit"]: one for one in browser.get("/accountability.json").json()["lines"]}
    city = {code: one for code, one in town.register.as_of(town.now.date()).units.items() if one.level is Level.CITY}
    one, two = sorted(before.keys() & city.keys(), key=lambda unit: -before[unit]["led"])[:2]
    heir, today = UnitCode("C90"), town.now.date()
    new = (replace(city[UnitCode(one)], code=heir, name="某某综合局", everyday_names=(), former_names=()),)
    merger = Reform(ReformKind.MERGE, (UnitCode(one), UnitCode(two)), (heir,), today, establish=new)
    carry_out(town.ledger, plan(town.register.register(), merger), at=town.now, actor="bianban_director:d")
    lines = {one["unit"]: one for one in browser.get("/accountability.json").json()["lines"]}
    assert one not in lines and two not in lines and lines[heir]["absorbed"] == sorted((one, two))
    for name in ("led", "supported", "returned", "upheld", "refused"):
        assert lines[heir][name] == before[one][name] + before[two][name]
    page = browser.get(f"/accountability/{heir}").text
    assert f"原{city[UnitCode(one)].name}" in page and opens_to_its_number(browser, page) > 6
    assert f"原{city[UnitCode(one)].name}" in browser.get("/accountability").text
    _the_quarter_is_scored_so_too(town, address, heir, lines, before)


def _the_quarter_is_scored_so_too(
    town: Town, address: str, heir: UnitCode, lines: dict[str, Any], before: dict[str, Any]
) -> None:
    """季度评分 of units that ended within the quarter: the merged one counts with its successor, the split one keeps a
    line up to its end; drafts made before that was so are reckoned again as they were."""
    city = {code: one for code, one in town.register.as_of(town.now.date()).units.items() if one.level is Level.CITY}
    third = UnitCode(max(before.keys() & city.keys(), key=lambda unit: before[unit]["led"]))
    halves = tuple(
        replace(city[third], code=UnitCode(code), name=f"某某分局{code}", everyday_names=(), former_names=())
        for code in ("C91", "C92")
    )
    split = Reform(ReformKind.SPLIT, (third,), tuple(one.code for one in halves), town.now.date(), establish=halves)
    carry_out(town.ledger, plan(town.register.register(), split), at=town.now, actor="bianban_director:d")
    town.later(days=60)
    rule = town.city.scoring.model_copy(update={"least_orders": 1, "least_weight": 10})
    town.city = town.city.model_copy(update={"scoring": rule})
    town.remake_desk()
    town.engine.catch_up()
    drafted = {one.unit: one for one in town.desk.do_scores("2026-Q4", DraftScores(), OFFICER).state.lines}
    assert drafted[heir].orders == lines[heir]["led"] + lines[heir]["supported"] > 0
    assert drafted[third].orders == before[third]["led"] + before[third]["supported"] > 0
    assert not drafted.keys() & set(lines[heir]["absorbed"])
    town.engine.catch_up()
    browser = Browser(address, LEADER)
    assert opens_to_its_number(browser, browser.get(f"/scores/2026-Q4/{heir}").text) > 3
    assert browser.get(f"/scores/2026-Q4/{third}").status_code == 200
    figures = ViewFigures(town.views, town.ledger, town.register, town.city)
    told = next(one for one in reversed(town.ledger.read(BEFORE_EVERYTHING, 1_000_000)) if one.type == "ScoresDrafted")
    for carried in (True, False):
        again = figures.again("2026-Q4", rule, told.payload["position"], carried=carried)
        assert ([one.model_dump(mode="json") for one in again] == told.payload["lines"]) is carried
    assert next(one for one in again if one.unit == heir).orders == 0, "as a draft of that day had it"
