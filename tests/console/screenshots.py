"""Pictures of every page as those who use it see it.

    python -m tests.console.screenshots docs/screenshots [names of pages] [--both]

`--both` takes each at 1366 × 768 and at 1920 × 1080.
"""

import os
import sys
import tempfile
from dataclasses import replace
from datetime import date
from itertools import product
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from playwright.sync_api import Browser, Page, sync_playwright

from casework.appraisal import commands as a
from casework.events import SheetAnswer
from casework.finding.commands import ProposeFinding
from casework.paperwork import commands as c
from console.administration.sample_people import SAMPLE_ACCOUNTS
from console.app import create_app
from console.assets import MODULES, VENDOR, copy_assets
from console.visit import TOURED_COOKIE
from ledger.backends import migrate
from ledger.envelope import BEFORE_EVERYTHING
from mandates.wording_record import record_candidates
from routing.wording_candidates import Candidate
from terms.actors import Actor, Role, process
from terms.ids import OrderNo, UnitCode
from tests.console.city import DISPATCHER, Town, build_template, copy_template, order, router_of, served
from tests.console.life import OFFICER, REVIEWER, live

CHROMIUM = "/usr/bin/chromium"
CHINESE = os.environ | {"LANGUAGE": "zh_CN"}  # fields of dates as a Chinese desk has them (package chromium-l10n)
ARGUMENTS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
    "--font-render-hinting=none",
    "--lang=zh-CN",
]
ROLES = {one.account: str(one.role) for one in SAMPLE_ACCOUNTS}
KEY = Ed25519PrivateKey.from_private_bytes(bytes(range(32)))  # the audit page is shown where a key is at hand
SIZES = ((1366, 768), (1920, 1080))
# name, who, address, what to press on the page first
PAGES: tuple[tuple[str, str, str, tuple[str, ...]], ...] = (
    ("sign-in", "", "/sign-in", ()),
    ("queue", "yz-01-dispatcher", "/queue", ("j", "j")),
    ("queue-returned", "yz-02-reviewer", "/queue?tab=returned", ()),
    ("queue-requests", "yz-02-reviewer", "/queue?tab=requests", ()),
    ("order-to-dispatch", "yz-01-dispatcher", "first:/queue?tab=waiting", ()),
    ("order-dispatch-form", "yz-01-dispatcher", "first:/queue?tab=waiting", ("d",)),
    ("order-returned", "yz-02-reviewer", "first:/queue?tab=returned", ()),
    ("order-review-form", "yz-02-reviewer", "first:/queue?tab=returned", ("v",)),
    ("tasks", "yz-10-clerk-district", "/tasks?tab=all", ()),
    ("order-return-form", "yz-10-clerk-district", "first:/tasks?tab=lead", ("t",)),
    ("tasks-district", "yz-09-district-desk", "/tasks?tab=all", ()),
    ("order-department", "yz-09-district-desk", "first:/tasks?tab=lead", ()),
    ("mandates", "yz-03-bianban", "/mandates", ()),
    ("mandates-search", "yz-03-bianban", "/mandates?q=油烟", ()),
    ("drafts", "yz-03-bianban", "/mandates/drafts", ()),
    ("unit", "yz-03-bianban", "/mandates/units/C03", ()),
    ("item", "yz-03-bianban", "/mandates/items/BJ-construction-01", ()),
    ("changes", "yz-03-bianban", "/mandates/changes", ()),
    ("import", "yz-03-bianban", "/mandates/import", ()),
    ("reform", "yz-03-bianban", "/mandates/reform", ()),
    ("wordings", "yz-03-bianban", "/mandates/wordings", ()),
    ("disputes", "yz-03-bianban", "/disputes", ()),
    ("disputes-pairs", "yz-03-bianban", "/disputes?tab=pairs", ()),
    ("figure", "yz-03-bianban", "/figures/returns?what=returned", ()),
    ("cases", "yz-03-bianban", "/cases", ()),
    ("case", "yz-03-bianban", "/cases/JX-2026-001", ()),
    ("findings", "yz-04-bianban-director", "/findings?tab=all", ()),
    ("digests", "yz-04-bianban-director", "/digests", ()),
    ("papers", "yz-02-reviewer", "/papers?tab=all", ()),
    ("paper", "yz-02-reviewer", "/papers/GW-2026-000001", ()),
    ("paper-to-sign", "yz-02-reviewer", "/papers/GW-2026-000002", ()),
    ("order-papers", "yz-02-reviewer", "papers:", ()),
    ("accountability", "yz-13-leader", "/accountability", ()),
    ("accountability-unit", "yz-13-leader", "/accountability/D1-03", ()),
    ("coverage", "yz-03-bianban", "/coverage", ()),
    ("compare", "yz-03-bianban", "/coverage/compare", ()),
    ("motions", "yz-03-bianban", "/coverage/motions", ()),
    ("heat", "yz-13-leader", "/heat", ()),
    ("audit", "yz-14-auditor", "/audit", ()),
    ("overview", "yz-13-leader", "/overview", ()),
    ("shift", "yz-01-dispatcher", "/shift", ()),
    ("duties", "yz-10-clerk-district", "/duties", ()),
    ("tour", "yz-01-dispatcher", "/queue?tour=3", ()),
    ("help", "yz-05-clerk-chengguan", "/help", ()),
    ("people", "yz-15-administrator", "/people", ()),
    ("readings", "yz-15-administrator", "/readings", ()),
    ("operations", "yz-15-administrator", "/operations", ()),
    ("held", "yz-15-administrator", "first:/operations", ()),
    ("trial", "yz-01-dispatcher", "/trial", ()),
    ("problem", "yz-05-clerk-chengguan", "/queue", ()),
)
# the same, of the quarter after, when this one has been appraised
AFTERWARDS: tuple[tuple[str, str, str, tuple[str, ...]], ...] = (
    ("scores", "yz-04-bianban-director", "/scores?quarter=2026-Q4", ()),
    ("scores-unit", "yz-04-bianban-director", "/scores/2026-Q4/C02", ()),
    ("assessments", "yz-03-bianban", "/assessments", ()),
    ("assessment", "yz-03-bianban", "/assessments/QK-2026年第4季度-C03", ()),
)
LEARNED = {
    "油烟": "夜里呛得睡不着", "垃圾": "堆在楼道没人收", "积水": "一下雨就漫过来", "噪声": "半夜还在轰隆响",
    "停车": "出口都堵死了", "欠薪": "干完活不给钱", "物业": "交了钱没人管", "预付": "卡里的钱退不了",
}  # fmt: skip # words of a matter → what people might call it
TRIED = "小区底商的烧烤店没有装油烟净化器，每天晚上油烟飘到楼上，家里不敢开窗，门口还占道摆桌椅。"


def propose_findings(town: Town) -> None:
    """What the watch would propose after a longer while: returns without a ground, each with its event."""
    events = town.ledger.read(BEFORE_EVERYTHING, 1_000_000)
    back = [one for one in events if one.type == "ReturnRequested"][:4]
    for number, event in enumerate(back, 1):
        why = f"就工单 {event.payload['order_no']} 退单，所引条目未被认可"
        found = ProposeFinding("推诿", UnitCode(event.payload["unit"]), "ungrounded-return", why, (event.event_id,))
        town.desk.do_finding(f"YD2026Q4-{number:03}", found, process("watch"))
    town.engine.catch_up()


def hold_back(town: Town) -> None:
    """Two records that could not be taken in: one without a time that can be read, one without a word."""
    town.receive(order("YZ20261100990", "路灯不亮，夜里看不清路", 受理时间="昨天"), order("YZ20261100991", "", 标题=""))


def propose_wordings(town: Town) -> None:
    """What the learner would propose after a longer while, of units that took orders that day."""
    taken: dict[UnitCode, list[OrderNo]] = {}
    for one in town.ledger.read(BEFORE_EVERYTHING, 1_000_000):
        if one.type == "WorkOrderSignedFor":
            taken.setdefault(UnitCode(one.payload["unit"]), []).append(OrderNo(one.payload["order_no"]))
    points = [one for one in town.register.as_of(town.now.date()).duty_points.values() if one.unit in taken]
    told = []
    for place, (matter, wording) in enumerate(LEARNED.items()):
        if point := next((one for one in points if matter in one.matter), None):
            orders = tuple(taken[point.unit][:3])
            told.append(Candidate(point.id, point.unit, wording, 88 - 7 * place, 14 - place, 15, orders))
    record_candidates(town.ledger, town.register.register().wordings, told, at=town.now)


def take(
    folder: Path, names: frozenset[str] = frozenset(), sizes: tuple[tuple[int, int], ...] = SIZES[:1]
) -> list[Path]:
    """Take the pictures into a folder; the files made. `names` picks some pages, all without."""
    folder.mkdir(parents=True, exist_ok=True)
    made: list[Path] = []
    if not (VENDOR / "manifest.json").exists():
        copy_assets(MODULES, VENDOR)
    with tempfile.TemporaryDirectory() as temporary:
        here = Path(temporary)
        migrate(f"sqlite:///{here / 'migrated.db'}")
        template = build_template(here, here / "migrated.db")
        (here / "town").mkdir()
        with router_of(template, here / "cache") as router:
            town = Town(*copy_template(template, here / "town"), router)
            live(town)
            draft_papers(town)
            propose_findings(town)
            propose_wordings(town)
            hold_back(town)
        with sync_playwright() as playwright:
            browser = playwright.chromium.launch(executable_path=CHROMIUM, args=ARGUMENTS, env=CHINESE)
            for pages in (PAGES, AFTERWARDS):
                wanted = [one for one in pages if not names or one[0] in names]
                if wanted and pages is AFTERWARDS:
                    appraise(town)
                with served(create_app(replace(town.parts(), audit_key=lambda: KEY))) as address:
                    for (width, height), (name, account, path, keys) in product(sizes, wanted):
                        suffix = "" if width == SIZES[0][0] else f"-{width}"
                        made.append(folder / f"{name}{suffix}.png")
                        _one(browser, address, account, path, keys, made[-1], (width, height))
            browser.close()
        town.close()
    return made


def appraise(town: Town) -> None:
    """The quarter after: scores are drafted, a round of both sheets was filled in, reviewed and partly signed.

    A day is no quarter, so that units are scored on fewer orders than a city would ask for.
    """
    town.later(days=60)
    rule = town.city.scoring.model_copy(update={"least_orders": 1, "least_weight": 10})
    town.city = town.city.model_copy(update={"scoring": rule})
    town.remake_desk()
    town.engine.catch_up()
    town.desk.do_scores("2026-Q4", a.DraftScores(), OFFICER)
    quarter = (date(2026, 10, 1), date(2026, 12, 31))
    for kind, unit in (("duties", "C03"), ("situations", "C03"), ("situations", "C04")):
        number = f"{'PG' if kind == 'duties' else 'QK'}-2026年第4季度-{unit}"
        opened = a.OpenAssessment(
            "duties" if kind == "duties" else "situations", "2026年第4季度", UnitCode(unit), *quarter
        )
        sheet = town.desk.do_assessment(number, opened, OFFICER).state
        if unit == "C04":
            continue
        head = Actor("yz-08-unit-leader", Role.UNIT_LEADER, UnitCode(unit))
        own = tuple(SheetAnswer(item=one.item, grade=sheet.grades[0]) for one in sheet.items)
        town.desk.do_assessment(number, a.FillAssessment(UnitCode(unit), own), head)
        worse = SheetAnswer(item=sheet.items[0].item, grade=sheet.grades[-1], note="夜间施工噪声由谁主办未厘清")
        town.desk.do_assessment(number, a.ReviewAssessment("总体较好，边界问题须尽快理顺", (worse,)), OFFICER)
    town.engine.catch_up()


def draft_papers(town: Town) -> None:
    """Two orders' 派单通知: one issued, one that waits to be signed."""
    sent = [
        str(one.payload["order_no"])
        for one in town.ledger.read(BEFORE_EVERYTHING, 1_000_000)
        if one.type == "WorkOrderSignedFor"
    ]
    for place, order_no in enumerate(sent[:2], 1):
        number = f"GW-{town.now.year}-{place:06}"
        town.papers.do(number, c.WriteDispatchNotice(about=order_no), DISPATCHER)
        town.papers.do(number, c.ReviewPaper(passed=True, opinion="同意"), REVIEWER)
        if place == 1:
            town.papers.do(number, c.SignPaper(), REVIEWER)
    town.engine.catch_up()


def _one(
    browser: Browser, address: str, account: str, path: str, keys: tuple[str, ...], file: Path, size: tuple[int, int]
) -> None:
    context = browser.new_context(viewport={"width": size[0], "height": size[1]}, locale="zh-CN", base_url=address)
    if account in ROLES:  # the pictures show the work, not the invitation to the tour
        context.add_cookies([{"name": TOURED_COOKIE, "value": ROLES[account], "url": address}])
    page = context.new_page()
    if account:
        page.goto("/sign-in")
        page.click(f'button[value="{account}"]')
    if path.startswith("papers:"):
        page.goto("/papers?tab=all")
        page.click("table a[href^='/orders/'] >> nth=0")
        page.locator("#papers").scroll_into_view_if_needed()
    elif path.startswith("first:"):
        page.goto(path.removeprefix("first:"))
        page.click("[data-open] >> nth=0")
    else:
        page.goto(path)
    page.wait_for_load_state("load")
    for key in keys:
        page.keyboard.press(key)
        page.wait_for_timeout(400)
    if path == "/trial":
        _try_router(page)
    page.wait_for_timeout(250)
    page.screenshot(path=file)
    context.close()


def _try_router(page: Page) -> None:
    page.fill("#text", TRIED)
    page.fill("#place", "望湖区湖滨街道")
    page.click("main form button")
    page.wait_for_selector("#answer blockquote, #answer .dz-none")


if __name__ == "__main__":
    wanted = [one for one in sys.argv[1:] if one != "--both"]
    asked = SIZES if "--both" in sys.argv else SIZES[:1]
    for picture in take(Path(wanted[0]), frozenset(wanted[1:]), asked):
        sys.stdout.write(f"{picture}\n")
