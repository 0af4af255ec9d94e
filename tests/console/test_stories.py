"""Whole stories in a real Chromium, on both databases: a dispatcher's fifty orders, a return and its review."""

import re
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from automation.router import Router
from console.administration.people import Account
from console.department.task_reading import read_tasks
from ledger.backends import open_ledger
from ledger.master_key import make_master_key
from mandates.enact import enact
from sample.load import sample_items
from terms.actors import Role
from terms.ids import UnitCode
from tests.console.city import TYPES, Town, copy_template, order, served
from tests.console.life import sample_orders
from tests.console.windows import Watched

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

pytestmark = pytest.mark.browser
FIFTY = 50


@pytest.fixture(params=["sqlite", pytest.param("postgres", marks=pytest.mark.postgres)])
def living(
    request: pytest.FixtureRequest, template: Path, router: Router, tmp_path: Path
) -> Iterator[tuple[Town, str]]:
    """A town whose views follow the record by themselves, behind a server."""
    if request.param == "sqlite":
        url, key = copy_template(template, tmp_path)
    else:
        url, key = request.getfixturevalue("migrated_postgres_url"), tmp_path / "key"
        make_master_key(key)
        ledger = open_ledger(url, types=TYPES)
        enact(ledger, sample_items(), at=datetime(2026, 1, 5, tzinfo=UTC), actor="system:test")
        ledger.close()
    town = Town(url, key, router)
    with served(town.app()) as address:
        yield town, address
    town.close()


@contextmanager
def folding(town: Town) -> Iterator[None]:
    """What the projector does beside the pages: fold what was recorded, at once."""
    over = threading.Event()

    def fold() -> None:
        while not over.wait(0.03):
            town.engine.catch_up()

    thread = threading.Thread(target=fold, daemon=True)
    thread.start()
    try:
        yield
    finally:
        over.set()
        thread.join(10)


def shown(page: "Page", selector: str) -> None:
    """Wait for something on a page whose script listens to the keys."""
    page.wait_for_selector(selector)
    page.wait_for_load_state("load")


def waiting(page: "Page") -> int:
    """How many orders wait, as the tab says."""
    return int(page.inner_text(".dz-tabs a[aria-current] b"))


def test_a_dispatcher_sends_fifty_orders_and_takes_one_back_without_a_mouse(
    living: tuple[Town, str], chromium: "Browser"
) -> None:
    town, address = living
    town.receive(*sample_orders(110))
    with folding(town):
        window = Watched(chromium, address, "yz-01-dispatcher")
        page, press = window.page, window.page.keyboard.press
        page.goto("/queue?size=100")
        before = waiting(page)
        assert FIFTY < before <= 100
        # one at a time: open the first, dispatch, go on to the next
        press("j")
        press("Enter")
        alone: list[str] = []
        for turn in range(FIFTY):
            shown(page, ".dz-actions [data-key=d]")
            alone.append(page.inner_text("h1"))
            joins = turn % 5 == 1 and page.query_selector('[data-candidate="1"]') is not None
            press("1" if joins else "d")  # 1: with the first other candidate as a support
            page.wait_for_selector("dialog[open]")
            if not page.input_value("dialog[open] [name=lead]"):
                page.locator("dialog[open] [name=lead]").focus()
                page.keyboard.insert_text("C03 云泽市城市管理和综合行政执法局")
            if turn % 5 <= 1 or joins:
                page.locator("dialog[open] textarea").focus()
                page.keyboard.insert_text("按职责派单")
            if turn:  # one stroke sends it and opens the next
                press("Control+Shift+Enter")
            else:
                press("Control+Enter")
                shown(page, ".dz-notice")
                press("j")
            page.wait_for_function("number => document.querySelector('h1').textContent !== number", arg=alone[-1])
        assert len(set(alone)) == FIFTY
        assert all(town.desk.order(number).lead is not None for number in alone)
        shown(page, ".dz-notice")
        assert alone[-1] in page.inner_text(".dz-notice"), "what was just sent can be taken back from here"
        # the last one was wrong: back to it, taken back before anybody signed
        press("k")
        page.wait_for_function("number => document.querySelector('h1').textContent === number", arg=alone[-1])
        shown(page, "[data-opens=form-withdraw-dispatch]")
        page.locator("[data-opens=form-withdraw-dispatch]").focus()
        press("Enter")
        page.wait_for_selector("dialog[open]")
        page.keyboard.type("派错了")
        press("Control+Enter")
        shown(page, ".dz-actions [data-key=d]")
        assert town.desk.order(alone[-1]).lead is None
        # it is sent once more, then the rest by the proposal, all at once; each has its own answer
        press("d")
        page.wait_for_selector("dialog[open]")
        if not page.input_value("dialog[open] [name=lead]"):
            page.keyboard.insert_text("C03 云泽市城市管理和综合行政执法局")
        page.locator("dialog[open] textarea").focus()
        page.keyboard.insert_text("核对后再派")
        press("Control+Enter")
        shown(page, ".dz-notice:has-text('已派单')")
        assert page.query_selector(".dz-notice a") is not None, (
            "nobody has signed for it: it may be taken back once more"
        )
        press("u")
        shown(page, "[data-all]")
        rest = waiting(page)
        assert rest == before - FIFTY and rest > 0
        press("x")
        press("a")
        press("d")
        shown(page, "h1:has-text('批量派单结果')")
        sent, refused = map(int, re.findall(r"\d+", page.inner_text(".dz-head .dz-sub")))
        assert sent + refused == rest
        press("u")
        page.wait_for_selector("#queue")
        assert waiting(page) == refused
        window.close()


def test_a_return_goes_from_the_clerk_over_the_unit_it_points_at_to_the_reviewer(
    living: tuple[Town, str], chromium: "Browser"
) -> None:
    town, address = living
    town.receive(order("YZ6701", "小区门口的烧烤店每天晚上油烟很大"))
    town.dispatch("YZ6701", "C03")
    with folding(town):
        clerk = Watched(chromium, address, "yz-05-clerk-chengguan")
        page = clerk.page
        page.goto("/tasks?tab=sign")
        page.keyboard.press("j")
        page.keyboard.press("s")  # signed for where it stands in the list
        shown(page, ".dz-notice:has-text('已签收')")
        page.goto("/tasks?tab=lead")
        page.keyboard.press("j")
        page.keyboard.press("Enter")
        shown(page, ".dz-actions [data-key=t]")
        page.keyboard.press("t")
        page.select_option("dialog[open] select[name=reason]", "not_ours")
        proposed = page.input_value("dialog[open] [name=proposed_unit]")
        assert proposed, "the router names the other unit"
        page.check("dialog[open] input[name=denied_clause] >> nth=0")
        page.check("dialog[open] input[name=claimed_clause] >> nth=0")
        page.fill("dialog[open] textarea[name=note]", "现场处置属对方职责")
        page.keyboard.press("Control+Enter")
        page.wait_for_selector(".dz-notice:has-text('退单申请已提交')")
        clerk.close()

        unit = UnitCode(proposed.split()[0])
        town.people.add_missing([Account("yz-31-other", "样例被征询人", Role.CLERK, unit, sample=True)])
        other = Watched(chromium, address, "yz-31-other")
        other.page.goto("/tasks?tab=asked")
        other.page.keyboard.press("j")
        other.page.keyboard.press("Enter")
        shown(other.page, "[data-opens=form-answer]")
        assert "现场处置属对方职责" in other.page.inner_text(".dz-claim-open")
        other.page.click("[data-opens=form-answer]")
        other.page.check("dialog[open] input[value=yes]")
        other.page.keyboard.press("Control+Enter")
        other.page.wait_for_selector(".dz-notice")
        other.close()

        reviewer = Watched(chromium, address, "yz-02-reviewer")
        page = reviewer.page
        page.goto("/queue?tab=returned")
        page.keyboard.press("j")
        page.keyboard.press("Enter")
        shown(page, ".dz-sides")
        assert "同意接办" in page.inner_text(".dz-claim-open")
        page.keyboard.press("v")
        page.check("dialog[open] input[value=reassign]")
        assert page.input_value("dialog[open] [name=to]") == proposed
        page.fill("dialog[open] textarea[name=reason]", "退单理由成立")
        page.keyboard.press("Control+Enter")
        page.wait_for_selector(".dz-notice")
        assert town.desk.order("YZ6701").lead == unit
        reviewer.close()
    town.engine.catch_up()
    assert read_tasks(town.views, frozenset({unit}), "asked", "", 1, town.now).total == 0, "nothing is asked any more"
