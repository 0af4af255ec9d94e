"""Two stories in a real Chromium: a boundary case from opening to decision, a quarter's score opened to its events."""

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from automation.router import Router
from casework.desk import CASES
from console.administration.people import Account
from terms.actors import Role
from terms.ids import UnitCode
from tests.console.city import START, Town, copy_template, served
from tests.console.life import live
from tests.console.test_cases import CHENGGUAN, DIRECTOR, FANGGUAN, OFFICER, clause_of
from tests.console.windows import Watched

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

pytestmark = pytest.mark.browser
NUMBER = "JX-2026-002"
LYING = {"width": 1032, "height": 703}  # A4 lying less 12 mm on each side, at 96 dots to the inch
CUT_OFF = "Math.max(0, ...[...document.querySelectorAll('.dz-scroll')].map(one => one.scrollWidth - one.clientWidth))"


@pytest.fixture(scope="module")
def city(template: Path, router: Router, tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Town, str]]:
    """A town after a working day, whose units are scored from their first order."""
    town = Town(*copy_template(template, tmp_path_factory.mktemp("stories")), router)
    town.people.add_missing([Account(FANGGUAN, "样例房管分管领导", Role.UNIT_LEADER, UnitCode("C05"), sample=True)])
    live(town, 40)
    rule = town.city.scoring.model_copy(update={"least_orders": 1})
    town.city = town.city.model_copy(update={"scoring": rule})
    with served(town.app()) as address:
        yield town, address
    town.close()


class Story:
    """People take turns at one window; the case file is where each acts."""

    def __init__(self, town: Town, address: str, browser: "Browser", first: str) -> None:
        self.town, self.window, self.sits = town, Watched(browser, address, first), first

    def act(self, who: str, slug: str, **fields: str) -> None:
        """Open the case file as somebody, press the button, fill in the form, submit; the page says it is done."""
        if who != self.sits:
            self.window.hand_over(who)
            self.sits = who
        page = self.window.page
        page.goto(f"/cases/{NUMBER}")
        if page.locator(f'[data-opens="form-{slug}"]').count():
            page.click(f'[data-opens="form-{slug}"]')
            fill(page, slug, fields)
            page.click(f"#form-{slug} .dz-form-end .btn-primary")
        else:
            page.click(f'form[action="/cases/act/{slug}/{NUMBER}"] button')
        page.wait_for_selector(".dz-notice")
        self.town.engine.catch_up()

    def points(self) -> dict[str, str]:
        """The duty points as an officer types them."""
        return {
            "point_link": "执法", "point_unit": "C03 云泽市城市管理和综合行政执法局", "point_text": "查处违规安装",
            "point_clause": clause_of(self.town, "C03"), "lead": "C03 云泽市城市管理和综合行政执法局",
            "effective_from": "2026-11-17",
        }  # fmt: skip


def fill(page: "Page", slug: str, fields: dict[str, str]) -> None:
    """Fill in a drawer by the names of its fields; of fields that repeat, the first."""
    for name, value in fields.items():
        field = page.locator(f'#form-{slug} [name="{name}"]').first
        kind = field.evaluate("one => one.type || one.tagName")
        if kind in ("radio", "checkbox"):
            page.check(f'#form-{slug} [name="{name}"][value="{value}"]')
        elif kind == "select-one":
            field.select_option(value)
        elif kind == "file":
            field.set_input_files({"name": value, "mimeType": "application/pdf", "buffer": b"%PDF-1.7"})
        else:
            field.fill(value)


def test_a_case_is_carried_from_opening_to_decision_by_those_whose_turn_it_is(
    city: tuple[Town, str], chromium: "Browser"
) -> None:
    town, address = city
    story = Story(town, address, chromium, OFFICER)
    window = story.window
    window.page.goto("/cases?matter_id=BJ-none&party=C03&party=C05")
    window.page.wait_for_selector("#form-open[open]")
    assert window.page.input_value('#form-open [name="number"]') == NUMBER, "the next number is filled in"
    fill(window.page, "open", {"matter": "楼道充电桩", "matter_id": "", "opened_by": "bianban", "question": "由谁主办",
                               "jurisdiction": "duty"})  # fmt: skip
    window.page.click("#form-open .dz-form-end .btn-primary")
    window.page.wait_for_selector("h1:has-text('楼道充电桩')")
    town.engine.catch_up()
    story.act(OFFICER, "negotiate", summary="各执一词")
    told = {"own_efforts": "协商一次", "main_dispute": "由谁主办", "reasons": "条目不同"}
    story.act(CHENGGUAN, "apply", **told, basis=clause_of(town, "C03"))
    story.act(OFFICER, "accept", verdict="yes")
    story.act(OFFICER, "ask")
    for who, unit in ((CHENGGUAN, "C03"), (FANGGUAN, "C05")):
        story.act(who, "opinion", clauses=clause_of(town, unit))
    story.act(OFFICER, "meet", summary="未能一致")
    story.act(DIRECTOR, "issue", doc_no="云编函〔2026〕3号", **story.points())
    story.act(FANGGUAN, "answer", agrees="no", note="另有考虑")
    body = town.city.cases.competent_bodies[0]
    story.act(DIRECTOR, "report", body=body)
    story.act(OFFICER, "decide", body=body, doc_no="云编委〔2026〕5号", decided_on="2026-11-16", scan="决定.pdf",
              **story.points())  # fmt: skip
    window.close()
    case = town.desk.load(CASES, NUMBER).state
    assert case.outcome == "decision" and case.written is not None
    assert all(item in town.register.as_of(case.written.effective_from).duty_points for item in case.written.items)


def test_a_quarters_score_is_opened_to_the_events_behind_it(city: tuple[Town, str], chromium: "Browser") -> None:
    town, address = city
    window = Watched(chromium, address, "yz-13-leader")
    page = window.page
    page.goto("/accountability")
    page.wait_for_selector(".dz-chart[data-drawn] canvas")
    page.click("#t-lines tbody tr >> nth=0 >> a:has-text('明细')")
    page.wait_for_selector("#t-rates")
    number = page.locator("#t-rates .dz-figure-link").first
    said = int(number.inner_text())
    number.click()
    page.wait_for_selector("h1:has-text('数字出处')")
    assert page.locator("main tbody tr").count() == min(said, 50)
    position = int(page.inner_text("main tbody tr >> nth=0 >> td[title]").lstrip("#"))
    event = town.ledger.read(position - 1, 1)[0]  # type: ignore[arg-type]
    page.click("main tbody tr >> nth=0 >> a:has-text('看当时')")
    page.wait_for_selector(f"h1:has-text('{event.payload['order_no']}')")
    assert f"账本第 {position} 条时的情况" in page.inner_text(".dz-head")
    assert event.occurred_at >= START or event.occurred_at.year == START.year
    window.close()


def test_a_board_is_printed_with_every_column_on_the_sheet(city: tuple[Town, str], chromium: "Browser") -> None:
    window = Watched(chromium, city[1], OFFICER)
    page = window.page
    page.emulate_media(media="print")
    page.set_viewport_size(LYING)  # type: ignore[arg-type]
    for address in ("/coverage/compare?unit=C03", "/disputes", "/cases", "/digests"):
        page.goto(address)
        assert page.locator(".dz-scroll table").count(), address
        assert page.evaluate(CUT_OFF) == 0, address
        assert not page.locator(".dz-menu").is_visible() and not page.locator(".dz-filters").is_visible(), address
    window.close()


def test_the_long_lists_of_a_unit_are_folded_and_opened_by_their_jumps(
    city: tuple[Town, str], chromium: "Browser"
) -> None:
    window = Watched(chromium, city[1], OFFICER)
    page = window.page
    page.goto("/mandates/units/C03")
    points = page.locator("#points")
    assert not points.is_visible()
    page.click(".dz-jump a[href='#points']")
    points.wait_for()
    assert points.locator("tbody tr").first.is_visible() and not page.locator("#powers").is_visible()
    page.evaluate("dispatchEvent(new Event('beforeprint'))")
    assert page.locator("#powers tbody tr").first.is_visible(), "nothing stays folded on paper"
    window.close()


def test_the_headings_of_a_shift_stand_apart_from_the_table_above(city: tuple[Town, str], chromium: "Browser") -> None:
    window = Watched(chromium, city[1], "yz-01-dispatcher")
    page = window.page
    page.goto("/shift")
    under = page.locator(".dz-table + h3")
    assert under.count(), "the shift lists orders, and more under them"
    for heading in under.all():
        gap = "one => one.getBoundingClientRect().top - one.previousElementSibling.getBoundingClientRect().bottom"
        assert heading.evaluate(gap) >= 12
    window.close()
