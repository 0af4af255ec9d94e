"""Each page as each role in a real Chromium: no error on its console, no request that leaves the machine."""

import time
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from automation.router import Router
from console.help.tours import TOURS
from terms.actors import Role
from tests.console.city import Town, copy_template, order, served
from tests.console.life import live
from tests.console.windows import Watched, kind_of

if TYPE_CHECKING:
    from playwright.sync_api import Browser

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def city(template: Path, router: Router, tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Town, str]]:
    """A town after a working day, behind a server."""
    town = Town(*copy_template(template, tmp_path_factory.mktemp("town")), router)
    live(town, 40)
    with served(town.app()) as address:
        yield town, address
    town.close()


def look_at(window: Watched, where: str) -> None:
    """A page as those see it who zoom to 200 %, go by the keyboard or have it read aloud, and who read Chinese only."""
    assert window.page.inner_text("h1"), where
    assert window.faults() == [], where
    assert window.too_wide() <= 0, f"{where} is too wide for 1366"
    assert window.too_wide_at_double_size() <= 0, f"{where} is too wide at 200 %"
    assert window.without_focus() == [], where
    assert window.english_tags() == [], where


def test_every_page_of_every_role_is_quiet_and_stays_on_this_machine(
    city: tuple[Town, str], chromium: "Browser"
) -> None:
    town, address = city
    looked: set[str] = set()  # for people with a disability, once a page and once each kind of page it leads to
    accounts = town.people.samples()
    window = Watched(chromium, address, accounts[0].account)
    for account in accounts:
        window.hand_over(account.account)
        for link in window.links(".dz-menu a"):
            window.page.goto(link)
            assert window.page.inner_text("h1"), (account.role, link)
            assert window.too_wide() <= 0, f"{account.role} {link} is too wide for 1366"
            if link not in looked:
                look_at(window, f"{account.role} {link}")
                looked.add(link)
                for kind, one in {kind_of(one): one for one in window.links("main a[href^='/']")}.items():
                    if kind not in looked:
                        looked.add(kind)
                        opened = window.page.goto(one)
                        assert opened is not None and opened.ok, (account.role, link, one)
                        look_at(window, f"{account.role} {one}")
        window.was_quiet()
    window.close()
    kinds = {one for one in looked if one.endswith("/…")}
    assert {"/orders/…", "/mandates/units/…", "/accountability/…", "/figures/…"} <= kinds, kinds


def test_the_tour_is_walked_by_keyboard_and_put_away(city: tuple[Town, str], chromium: "Browser") -> None:
    window = Watched(chromium, city[1], "yz-01-dispatcher")
    page = window.page
    page.goto("/queue")
    page.wait_for_selector(".dz-welcome")
    page.keyboard.press("h")
    page.wait_for_selector("h1:has-text('使用帮助')")
    assert window.faults() == []
    page.focus("text=开始导览")
    page.keyboard.press("Enter")
    steps = len(TOURS[Role.DISPATCHER])
    for number in range(1, steps + 1):
        page.wait_for_selector(f".dz-tour:has-text('导览 {number} / {steps}')")
        page.wait_for_selector(".dz-toured")
        if number in (1, steps):
            assert window.faults() == []
        page.keyboard.press("ArrowRight" if number < steps else "Escape")
    page.wait_for_selector(".dz-notice:has-text('按 H 可再看')")
    assert page.query_selector(".dz-welcome") is None
    window.close()


def test_what_takes_its_time_says_so_and_a_lost_line_changes_nothing(
    city: tuple[Town, str], chromium: "Browser"
) -> None:
    window = Watched(chromium, city[1], "yz-01-dispatcher")
    page = window.page
    page.goto("/queue")
    page.route("**/queue?*overdue*", lambda route: (page.wait_for_timeout(900), route.continue_()))
    page.check("[name=overdue]")
    page.wait_for_selector(".dz-busy-words", state="visible")
    page.wait_for_selector(".dz-busy-words", state="hidden")
    assert "overdue=true" in page.url
    page.route("**/queue?*", lambda route: route.abort())
    page.uncheck("[name=overdue]")
    page.wait_for_selector(".dz-error:has-text('网络不通')")
    assert page.is_visible("#queue"), "the list stays as it was"
    window.errors.clear()  # the browser notes the lost line itself
    window.close()


def test_what_is_printed_is_the_page_without_its_menu_and_buttons(city: tuple[Town, str], chromium: "Browser") -> None:
    window = Watched(chromium, city[1], "yz-13-leader")
    window.page.goto("/overview")
    window.page.emulate_media(media="print")
    for hidden in (".dz-menu", ".dz-top", ".dz-asof"):
        assert not window.page.is_visible(hidden), hidden
    assert window.page.is_visible("h1") and window.page.is_visible(".dz-figures")
    window.close()


def test_a_dispatcher_sends_an_order_by_keyboard_alone(city: tuple[Town, str], chromium: "Browser") -> None:
    town, address = city
    window = Watched(chromium, address, "yz-01-dispatcher")
    page = window.page
    page.goto("/queue")
    waiting = int(page.inner_text(".dz-tabs a[aria-current] b"))
    page.keyboard.press("j")
    number = page.inner_text("tr.dz-picked .dz-no")
    page.keyboard.press("Enter")
    page.wait_for_selector(f"h1:has-text('{number}')")
    page.keyboard.press("d")
    page.wait_for_selector("dialog[open] .dz-clause")
    page.locator("dialog[open] textarea").focus()
    page.keyboard.type("按职责派单")
    page.keyboard.press("Control+Enter")
    page.wait_for_selector(".dz-notice")
    assert town.desk.order(number).lead is not None
    town.engine.catch_up()
    page.keyboard.press("u")
    page.wait_for_selector("#queue")
    assert int(page.inner_text(".dz-tabs a[aria-current] b")) == waiting - 1
    window.close()


def test_a_refusal_is_told_in_the_form_and_what_was_typed_stays(city: tuple[Town, str], chromium: "Browser") -> None:
    town, address = city
    town.receive(order("YZ6601", "小区门口的烧烤店每天晚上油烟很大"))
    town.dispatch("YZ6601", "C03")
    window = Watched(chromium, address, "yz-05-clerk-chengguan")
    page = window.page
    page.goto("/orders/YZ6601")
    page.keyboard.press("t")
    page.select_option("dialog[open] select[name=reason]", "not_ours")
    page.fill("dialog[open] textarea[name=note]", "这一条不涉及")
    page.check("dialog[open] input[name=no_clause]")
    page.uncheck("dialog[open] input[name=no_clause]")
    page.keyboard.press("Control+Enter")
    page.wait_for_selector("dialog[open] .dz-error")
    assert "他单位条目" in page.inner_text("dialog[open] .dz-error")
    assert page.input_value("dialog[open] textarea[name=note]") == "这一条不涉及"
    window.errors = [one for one in window.errors if "409" not in one]  # the browser notes the refusal itself
    page.check("dialog[open] input[name=no_clause]")
    page.check("dialog[open] input[name=denied_clause] >> nth=0")
    page.check("dialog[open] input[name=signatory][value=yz-08-unit-leader]")
    page.keyboard.press("Control+Enter")
    page.wait_for_selector(".dz-notice")
    assert "退单申请已提交" in page.inner_text(".dz-notice")
    assert town.desk.order("YZ6601").objection is not None
    window.close()


def test_a_new_order_appears_on_the_queue_by_itself(city: tuple[Town, str], chromium: "Browser") -> None:
    town, address = city
    window = Watched(chromium, address, "yz-01-dispatcher")
    window.page.goto("/queue?tab=all&sort=new")
    window.page.wait_for_selector("#live[data-state=live]")
    window.page.wait_for_timeout(800)  # the stream has told where the views stand
    spans = []
    for number in ("YZ6602", "YZ6603", "YZ6604"):
        began = time.perf_counter()
        town.receive(order(number, "路灯不亮已经三天", 受理时间="2026-11-16T20:00:00+08:00"))
        window.page.wait_for_selector(f"a:has-text('{number}')")
        spans.append(time.perf_counter() - began)
        window.page.wait_for_timeout(500)
    assert min(spans) <= 1.0, spans  # the least of three: a busy machine proves nothing against it
    window.close()


def test_the_router_can_be_tried_without_leaving_the_page(city: tuple[Town, str], chromium: "Browser") -> None:
    window = Watched(chromium, city[1], "yz-03-bianban")
    window.page.goto("/trial")
    window.page.fill("#text", "楼下烧烤店油烟很大，家里不敢开窗")
    window.page.keyboard.press("Control+Enter")
    window.page.wait_for_selector("#answer mark")
    assert window.page.url.endswith("/trial"), "what was typed stands in no address"
    window.close()
