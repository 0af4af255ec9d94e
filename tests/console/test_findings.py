"""问题台账, 定期梳理 and 离任审计 through their pages: the loop closed by those whose turn it is."""

import io
import zipfile
from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime, timedelta

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from sqlalchemy import select

from casework.desk import DIGESTS, FINDINGS
from casework.finding import commands as f
from casework.work_order import commands as c
from console.app import create_app
from console.words import CITY_TIME
from projections.audit.verifying import verify_archive
from projections.findings import FINDINGS_VIEW
from projections.store import as_of
from terms.actors import process
from terms.ids import UnitCode
from tests.console.city import Browser, Town, order, served
from tests.console.life import clerk
from tests.console.test_cases import clause_of

OFFICER, DIRECTOR, HEAD = "yz-03-bianban", "yz-04-bianban-director", "yz-07-head"
FINDING = "X-1"
KEY = Ed25519PrivateKey.from_private_bytes(bytes(32))


@pytest.fixture
def house(town: Town) -> Iterator[tuple[Town, str]]:
    """A town in which 房管局 returned an order, and a rule proposed a fault with that return as its evidence."""
    town.receive(order("WT0001", "夜间施工噪音扰民，工地凌晨还在打桩"))
    town.dispatch("WT0001", "C05")
    own, other = (clause_of(town, unit) for unit in ("C05", "C03"))
    why = "就工单 WT0001 退单不成立"
    back = c.RequestReturn(
        UnitCode("C05"), "not_ours", own, other, proposed_unit=UnitCode("C03"), note="不属本单位", signatory="head-1"
    )
    town.do("WT0001", back, clerk("C05"))
    event = next(one for one in town.ledger.read(0, 1_000_000) if one.type == "ReturnRequested")  # type: ignore[arg-type]
    proposed = f.ProposeFinding("推诿", UnitCode("C05"), "ungrounded-return", why, (event.event_id,))
    town.desk.do_finding("X-1", proposed, process("watch"))
    town.engine.catch_up()
    with served(create_app(replace(town.parts(), audit_key=lambda: KEY))) as address:
        yield town, address


def act(town: Town, browser: Browser, slug: str, **fields: str) -> None:
    """Press a button that is offered, and it is done."""
    assert f"/findings/act/{slug}/{FINDING}" in browser.get(f"/findings/{FINDING}").text, f"{slug} is not offered"
    version = town.desk.load(FINDINGS, FINDING).version
    answer = browser.fill(f"/findings/act/{slug}/{FINDING}", seen=str(version), **fields)
    assert answer.status_code == 303, (slug, answer.text)
    town.engine.catch_up()
    the_ledger_says_what_the_record_says(town)


def the_ledger_says_what_the_record_says(town: Town) -> None:
    """The folded row is the finding as casework replays it."""
    with town.views.reading() as connection:
        build = town.views.current(connection, FINDINGS_VIEW.name)
        assert build is not None
        table = town.views.tables(FINDINGS_VIEW, build)["findings"]
        row = connection.execute(select(table).where(as_of(table, None))).mappings().one()
    state = town.desk.load(FINDINGS, FINDING).state
    names = ("phase", "unit", "fault", "problem_class", "source", "notice", "receipted")
    assert {name: row[name] for name in names} == {name: getattr(state, name) for name in names}
    assert row["hold"] == state.hold.value and row["papers"] == len(state.papers)
    due = state.rectification()
    assert not due or datetime.fromisoformat(row["due"]) == due.due


def test_a_proposed_fault_is_raised_rectified_and_closed_on_its_page(house: tuple[Town, str]) -> None:
    town, address = house
    officer, director, head = Browser(address, OFFICER), Browser(address, DIRECTOR), Browser(address, HEAD)
    assert officer.get("/findings.json").json()["counts"]["proposed"] == 1
    page = officer.get("/findings/X-1").text
    assert "就工单 WT0001 退单不成立" in page and "/orders/WT0001?at=" in page, "the evidence opens to the order then"
    assert head.get("/findings/X-1").status_code == 404, "its unit is not told while others still weigh it"
    classes = town.city.findings.violation_classes
    act(town, officer, "raise", source="events", problem_class=classes[0], title="无据退单", text="多次无据退单")
    act(town, officer, "feedback", text="请说明并整改")
    act(town, head, "answer", accepts="yes")
    act(town, director, "notice", number="云编督字〔2026〕7号", violation="推诿", text="限期整改")
    assert "云编督字〔2026〕7号" in officer.get("/findings").text and "待签收" in officer.get("/findings").text
    act(town, head, "receipt", received_by="head-1")
    act(town, head, "rectify", measures="已建立首接责任制")
    act(town, officer, "reassess", passed="yes", note="整改到位")
    assert officer.get("/findings.json?tab=closed").json()["findings"][0]["phase"] == "已销号"


def test_an_overdue_notice_holds_the_units_applications_when_the_director_signs(house: tuple[Town, str]) -> None:
    town, address = house
    officer, director = Browser(address, OFFICER), Browser(address, DIRECTOR)
    act(
        town,
        officer,
        "raise",
        source="events",
        problem_class=town.city.findings.violation_classes[0],
        title="甲",
        text="乙",
    )
    act(town, officer, "feedback", text="请整改")
    act(town, director, "notice", number="云编督字〔2026〕8号", violation="推诿", text="限期整改")
    due = town.desk.load(FINDINGS, "X-1").state.rectification()
    assert due is not None
    town.now = due.due + timedelta(minutes=1)
    officer, director = Browser(address, OFFICER), Browser(address, DIRECTOR)
    act(town, officer, "propose-hold")
    assert "已暂停受理" not in director.get("/findings").text
    act(town, director, "hold", signed="yes", reason="逾期未整改")
    assert officer.get("/findings.json").json()["on_hold"] == ["C05"]
    before = officer.get("/findings.json?as_of=2026-11-16").json()
    assert before["on_hold"] == [] and before["total"] == 1, "the day before, nobody was on hold"


def test_a_digest_is_opened_from_what_is_disputed_judged_and_published(house: tuple[Town, str]) -> None:
    town, address = house
    officer, director = Browser(address, OFFICER), Browser(address, DIRECTOR)
    preview = officer.get("/digests.json").json()
    assert preview["total"] == 1 and preview["digest"]["digest_no"] == ""
    answer = officer.fill("/digests/open", number="SL-1", begin="2026-11-01", end="2026-11-16")
    assert answer.status_code == 303, answer.text
    town.engine.catch_up()
    item = town.desk.load(DIGESTS, "SL-1").state.items[0].item
    judged = {"item": item, "opinion": "边界清楚", "disposition": "解释", "owner": "C05 房管", "due": "2026-12-01"}
    assert officer.fill("/digests/act/judge/SL-1", **judged).status_code == 303
    town.engine.catch_up()
    told = officer.get("/digests?number=SL-1").text
    assert "边界清楚" in told and "2026-12-01" in told and "/digests/act/publish/" not in told, "the director publishes"
    assert director.fill("/digests/act/publish/SL-1", number="云编梳理〔2026〕1号").status_code == 303
    town.engine.catch_up()
    assert "已印发 云编梳理〔2026〕1号" in officer.get("/digests").text
    assert Browser(address, "yz-05-clerk-chengguan").get("/digests").status_code == 403


def test_findings_and_items_of_digests_are_found_by_words_unit_and_deadline(house: tuple[Town, str]) -> None:
    town, address = house
    officer = Browser(address, OFFICER)
    classes = town.city.findings.violation_classes
    act(town, officer, "raise", source="events", problem_class=classes[0], title="无据退单", text="多次无据退单")
    act(town, officer, "feedback", text="请整改")
    act(town, Browser(address, DIRECTOR), "notice", number="云编督字〔2026〕9号", violation="推诿", text="限期整改")
    due = town.desk.load(FINDINGS, FINDING).state.rectification()
    assert due is not None
    day = (due.due.astimezone(CITY_TIME) - timedelta(minutes=1)).date()  # due at 24:00 of its last day

    def found(page: str, items: str, **asked: str) -> int:
        told = officer.get(page, params=asked).json()
        shown = told[items] if items in told else told["digest"][items]
        assert told["total"] == len(shown)
        return len(shown)

    for asked in ({"q": "无据"}, {"q": "9号"}, {"unit": "C05"}, {"due": day.isoformat()}):
        assert found("/findings.json", "findings", tab="all", **asked) == 1
    for asked in ({"q": "别的"}, {"unit": "C03"}, {"due": (day - timedelta(days=1)).isoformat()}):
        assert found("/findings.json", "findings", tab="all", **asked) == 0
    officer.fill("/digests/open", number="SL-1", begin="2026-11-01", end="2026-11-16")
    town.engine.catch_up()
    item = town.desk.load(DIGESTS, "SL-1").state.items[0]
    judged = {"item": item.item, "opinion": "边界清楚", "disposition": "解释", "owner": "C11", "due": "2026-12-01"}
    assert found("/digests.json", "items", state="待研判") == 1
    assert officer.fill("/digests/act/judge/SL-1", **judged).status_code == 303
    town.engine.catch_up()
    for asked in ({"state": "办理中"}, {"unit": "C11"}, {"due": "2026-12-01"}, {"q": "边界"}, {"q": item.matter[:2]}):
        assert found("/digests.json", "items", **asked) == 1
    for asked in ({"state": "待研判"}, {"unit": "C16"}, {"due": "2026-11-30"}, {"q": "别的"}):
        assert found("/digests.json", "items", **asked) == 0
    assert officer.get("/digests?state=办理中&due=2026-12-01").status_code == 200


def test_an_auditor_downloads_an_archive_that_proves_itself(house: tuple[Town, str]) -> None:
    town, address = house
    town.now += timedelta(days=1)
    auditor = Browser(address, "yz-14-auditor")
    answer = auditor.fill("/audit", unit="C05 房管", officer="", begin="2026-11-01", end="2026-11-16")
    assert answer.status_code == 200 and answer.headers["content-type"] == "application/zip", answer.text[-900:]
    assert "events" in verify_archive(answer.content, KEY.public_key().public_bytes_raw().hex()).manifest
    assert zipfile.ZipFile(io.BytesIO(answer.content)).namelist()
    assert auditor.fill("/audit", unit="C05", officer="", begin="2026-11-01", end="2026-11-17").status_code == 422
    assert auditor.fill("/audit", unit="", officer="", begin="2026-11-01", end="2026-11-16").status_code == 422
    assert Browser(address, "yz-13-leader").get("/audit").status_code == 403


def test_a_unit_reads_only_its_own_findings(house: tuple[Town, str]) -> None:
    town, address = house
    officer = Browser(address, OFFICER)
    act(town, officer, "raise", source="events", problem_class="部门间职责边界不清", title="甲", text="乙")
    act(town, officer, "feedback", text="请整改")
    assert "X-1" in Browser(address, HEAD).get("/findings").text
    assert "X-1" not in Browser(address, "yz-05-clerk-chengguan").get("/findings").text
