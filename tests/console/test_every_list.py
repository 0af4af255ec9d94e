"""Every list page, walked: its data as JSON and as .xlsx, and as it was on a day or at a position of the record.

stage D, build 6 and 9: every list, figure and order page as of a date or position; .xlsx of every list, JSON of every
page. A page that is added without them makes this file fail, or is named here with the reason.
"""

import io
import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from fastapi import FastAPI
from fastapi.routing import APIRoute
from openpyxl import load_workbook

from automation.router import Router
from console.administration.sample_people import SAMPLE_ACCOUNTS
from console.lookback import look_back
from tests.console.city import Browser, Town, copy_template, served
from tests.console.life import live
from tests.console.tables import foreign

# lists that stand beside the record or before it: what was on a past day is not theirs to say
NOT_OF_A_DAY = {
    "/account": "one's own account",
    "/operations": "how the system stands now",
    "/help": "what each page is for",
    "/trial": "a text that is tried now",
    "/people": "accounts are kept beside the record",
    "/people/sessions": "sign-ins are kept beside the record",
    "/people/log": "what was done with accounts has its own days",
    "/shift": "a shift is written down as it ends",
    "/mandates/changes": "names the two days it compares",
    "/mandates/drafts": "what is being drafted now",
    "/audit": "a form that asks for its own period",
}
HAS_MORE = {
    "/queue": {"tab": "all"},
    "/tasks": {"tab": "all"},
    "/disputes": {"tab": "chains"},
}  # the first tab may be empty
NO_PAGE = ("/api/", "/open311/", "/exports/")


@pytest.fixture(scope="module")
def house(
    template: Path, router: Router, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[tuple[Town, FastAPI, str]]:
    """A town after a working day, its application and its address."""
    town = Town(*copy_template(template, tmp_path_factory.mktemp("lists")), router)
    live(town, 40)
    app = town.app()
    with served(app) as address:
        yield town, app, address
    town.close()


def routes(app: Any) -> Iterator[APIRoute]:
    """Every address of the console that answers a GET, wherever it was included from."""
    for one in app.routes:
        if isinstance(one, APIRoute) and "GET" in one.methods:
            yield one
        elif hasattr(one, "original_router"):
            yield from routes(one.original_router)
        elif hasattr(one, "routes") and not isinstance(one, APIRoute):
            yield from routes(one)


def pages(app: FastAPI) -> dict[str, APIRoute]:
    """Every page with its own address: path without `.json` → the route of its data."""
    found = {one.path: one for one in routes(app)}
    return {
        path.removesuffix(".json"): one
        for path, one in sorted(found.items())
        if path.endswith(".json") and "{" not in path and not path.startswith(NO_PAGE)
    }


def looks_back(route: APIRoute) -> bool:
    """Whether an address may be asked as of a day or position of the record."""
    asked = list(route.dependant.dependencies)
    while asked:
        one = asked.pop()
        if one.call is look_back:
            return True
        asked += one.dependencies
    return False


def in_force(route: APIRoute) -> bool:
    """Whether an address may be asked for what was in force on a day."""
    return any(parameter.name == "at" for parameter in route.dependant.query_params)


def numbers(told: Any) -> set[str]:
    """The numbers of orders anywhere in a document."""
    if isinstance(told, dict):
        own = {told["order_no"]} if isinstance(told.get("order_no"), str) else set()
        return own.union(*map(numbers, told.values())) if told else own
    return set().union(*map(numbers, told)) if isinstance(told, list) and told else set()


def has_rows(told: Any) -> bool:
    """Whether a document lists anything."""
    if isinstance(told, dict):
        return any(map(has_rows, told.values()))
    return isinstance(told, list) and any(isinstance(one, dict) for one in told)


def unusual(page: str) -> list[str]:
    """What a Chinese office does not expect of a page: 操作 not in the last column, an English document to read."""
    heads = [
        re.findall(r"<th\b[^>]*>(.*?)</th>", head, re.DOTALL)
        for head in re.findall(r"<thead>.*?</thead>", page, re.DOTALL)
    ]
    found = [f"操作 is not last: {head}" for head in heads if "操作" in head and head[-1] != "操作"]
    found += re.findall(r"docs/[\w-]+\.md", page)
    return found


def test_every_list_may_be_asked_as_of_a_day_or_says_why_not(house: tuple[Town, FastAPI, str]) -> None:
    found = pages(house[1])
    assert len(found) >= 20 and set(NOT_OF_A_DAY) <= set(found)
    assert {path for path, route in found.items() if not (looks_back(route) or in_force(route))} == set(NOT_OF_A_DAY)


@pytest.mark.parametrize("day", ["9999-12-31", "0001-01-01", "2026-02-30"])
def test_a_day_without_a_next_one_is_refused_as_one_that_is_none(house: tuple[Town, FastAPI, str], day: str) -> None:
    browser = Browser(house[2], "yz-04-bianban-director")
    for address in (f"/coverage.json?as_of={day}", f"/disputes.json?until={day}", f"/mandates.json?at={day}"):
        refused = browser.get(address)
        assert (refused.status_code, refused.json()["code"]) == (422, "console.bad-date"), address


def test_every_page_has_its_data_and_its_table_and_every_list_obeys_the_day_and_the_position(
    house: tuple[Town, FastAPI, str],
) -> None:
    town, app, address = house
    browsers = [Browser(address, one.account) for one in SAMPLE_ACCOUNTS]
    empty_then = full_now = 0
    for path, route in pages(app).items():
        more = HAS_MORE.get(path, {})
        browser = next(one for one in browsers if one.get(path, params=more).status_code == 200)
        page = browser.get(path, params=more)
        assert page.headers["content-type"].startswith("text/html"), path
        assert not unusual(page.text), path
        now = browser.get(f"{path}.json", params=more)
        assert not now.json().get("total") or re.search(r"共\s*(<b>)?\d", page.text), (path, "共 N 条")
        assert now.status_code == 200 and now.headers["content-type"] == "application/json", path
        table = browser.get(f"{path}.xlsx", params=more)
        assert table.status_code == 200, path
        assert load_workbook(io.BytesIO(table.content)).worksheets, path
        assert not foreign(table.content), path
        if not looks_back(route):
            continue
        seen = numbers(now.json())
        assert "下载 Excel" in page.text or not has_rows(now.json()), path
        for then in ({"as_of": "2026-01-06"}, {"position": "0"}):
            told = browser.get(f"{path}.json", params=more | then)
            assert told.status_code == 200, (path, then, told.text[:200])
            assert not numbers(told.json()), (path, then)
            page = browser.get(path, params=more | then)
            assert page.status_code == 200 and ("终了时的情况" in page.text or "账本第 0 条" in page.text), (path, then)
            empty_then += 1
        head = browser.get(f"{path}.json", params=more | {"position": str(town.ledger.head())}).json()
        assert numbers(head) == seen, path
        full_now += bool(seen)
    assert empty_then >= 20 and full_now >= 4


def test_an_order_and_a_figure_are_shown_as_they_were(house: tuple[Town, FastAPI, str]) -> None:
    town, _, address = house
    browser = Browser(address, "yz-02-reviewer")
    events = [one for one in town.ledger.read(0, 1_000_000) if one.type == "WorkOrderDispatched"]  # type: ignore[arg-type]
    number, position = events[-1].payload["order_no"], events[-1].position
    before = browser.get(f"/orders/{number}.json", params={"at": position - 1})
    after = browser.get(f"/orders/{number}.json", params={"at": position})
    assert before.status_code == after.status_code == 200 and json.dumps(before.json()) != json.dumps(after.json())
    asked = {"measure": "dispatched", "counted": "yes"}
    whole = Browser(address, "yz-13-leader").get("/figures/duties.json", params=asked).json()["total"]
    then = Browser(address, "yz-13-leader").get("/figures/duties.json", params=asked | {"position": position}).json()
    assert 0 < then["total"] <= whole
    assert all(row["position"] <= position for row in then["rows"])
