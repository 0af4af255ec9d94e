"""公文 on the pages: drafted where the order, case, finding or digest is read, sent through its hands, scanned back."""

import hashlib
from collections.abc import Iterator
from datetime import date
from html import escape

import httpx
import orjson
import pytest

from casework import events as e
from casework.boundary_case import commands as b
from casework.desk import CASES, DIGESTS, FINDINGS
from casework.finding import commands as f
from casework.lanes import PAPERS
from casework.papers.rendering import lines_of, text_of
from casework.work_order import commands as c
from console.administration.people import Account
from terms.actors import Actor, Role
from terms.ids import UnitCode, order_stream
from tests.console.city import Browser, Town, order, served
from tests.console.life import clerk
from tests.console.test_cases import clause_of, points

DISPATCHER, REVIEWER, OFFICER, DIRECTOR = (
    "yz-01-dispatcher", "yz-02-reviewer", "yz-03-bianban", "yz-04-bianban-director",
)  # fmt: skip
HEAD, CHENGGUAN, CLERK_CHENGGUAN, CLERK_ZHUJIAN = (
    "yz-07-head", "yz-08-unit-leader", "yz-05-clerk-chengguan", "yz-06-clerk-zhujian",
)  # fmt: skip
FANGGUAN = "yz-17-leader-fangguan"
SCAN = {"scan": ("签章件.pdf", b"%PDF-1.7 signed", "application/pdf")}
BIANBAN = Actor(OFFICER, Role.BIANBAN_OFFICER, UnitCode("C39"))
CHIEF = Actor(DIRECTOR, Role.BIANBAN_DIRECTOR, UnitCode("C39"))
LEADERS = {unit: Actor(f"leader-{unit}", Role.UNIT_LEADER, UnitCode(unit)) for unit in ("C03", "C05")}


class Office:
    """The people of a quarrel between 城管局 and 房管局, each at a browser of their own."""

    def __init__(self, town: Town, address: str) -> None:
        self.town, self.address = town, address
        self._browsers: dict[str, Browser] = {}

    def at(self, who: str) -> Browser:
        """Somebody's browser."""
        if who not in self._browsers:
            self._browsers[who] = Browser(self.address, who)
        return self._browsers[who]

    def post(self, who: str, address: str, files: object = None, **fields: object) -> httpx.Response:
        """A form of a page; the views follow."""
        browser = self.at(who)
        answer = browser.post(address, data={"csrf": browser.csrf()} | fields, files=files)  # type: ignore[arg-type]
        self.town.engine.catch_up()
        return answer

    def draft(self, who: str, page: str, kind: str, about: str, **fields: object) -> str:
        """拟稿 with the button of a page; the number of the paper."""
        assert f"/papers/draft/{kind}/{about}" in self.at(who).get(page).text, f"{kind} is not offered to {who}"
        answer = self.post(who, f"/papers/draft/{kind}/{about}", **fields)
        assert answer.status_code == 303, (kind, answer.text)
        return answer.headers["location"].removeprefix("/papers/")

    def act(self, who: str, slug: str, paper: str, files: object = None, **fields: object) -> None:
        """A button of the paper's page."""
        assert f"/papers/act/{slug}/{paper}" in self.at(who).get(f"/papers/{paper}").text, f"{slug}: not for {who}"
        seen = str(self.town.desk.load(PAPERS, paper).version)
        answer = self.post(who, f"/papers/act/{slug}/{paper}", files, seen=seen, **fields)
        assert answer.status_code == 303, (slug, answer.text)

    def issue(self, paper: str, reviewer: str, signer: str) -> str:
        """审核 and 签发; the words of the file that came of it."""
        self.act(reviewer, "review", paper, passed="yes", opinion="同意")
        self.act(signer, "sign", paper)
        page = self.at(signer).get(f"/papers/{paper}").text
        assert "下载正式件" in page and "已印发" in page
        said = self.words(signer, paper)
        file = self.at(signer).get(f"/api/v1/papers/{paper}/file").content
        assert all(escape(line) in page for line in lines_of(file)), "whoever signs reads what the file says"
        return said

    def words(self, who: str, paper: str) -> str:
        """What the file says that the page's button downloads."""
        return text_of(self.at(who).get(f"/api/v1/papers/{paper}/file").content)


@pytest.fixture
def office(town: Town) -> Iterator[Office]:
    """An order that was returned once, a case between both, a finding that was fed back."""
    town.people.add_missing([Account(FANGGUAN, "样例房管分管领导", Role.UNIT_LEADER, UnitCode("C05"), sample=True)])
    town.receive(order("GW0001", "小区业主在楼道违规安装充电桩，物业不管"))
    town.dispatch("GW0001", "C05")
    own, other = (clause_of(town, unit) for unit in ("C05", "C03"))
    back = c.RequestReturn(
        UnitCode("C05"), "not_ours", own, other, proposed_unit=UnitCode("C03"), note="不属本单位", signatory="head-1"
    )
    town.do("GW0001", back, clerk("C05"))
    parties = (UnitCode("C03"), UnitCode("C05"))
    town.desk.do_case("JX-1", b.OpenCase("楼道充电桩", "bianban", parties, "由谁主办"), BIANBAN)
    town.desk.do_case("JX-1", b.HoldNegotiation(UnitCode("C39"), parties, "各执一词"), BIANBAN)
    classes = town.city.findings.violation_classes
    told = f.RaiseFinding("audit", classes[0], UnitCode("C05"), "增设机构", "未经批准增设内设机构", evidence=("x",))
    town.desk.do_finding("WT-1", told, BIANBAN)
    town.desk.do_finding("WT-1", f.GiveFeedback("请说明"), BIANBAN)
    town.engine.catch_up()
    with served(town.app()) as address:
        yield Office(town, address)


def test_a_paper_of_an_order_goes_through_its_hands_on_the_pages(office: Office) -> None:
    """stage C, item 8: 拟稿—审核—签发—文号, sent back once, the signed scan attached at the end."""
    page = office.at(CLERK_ZHUJIAN).get("/papers")
    assert page.status_code == 200 and "没有符合条件的公文" in page.text
    paper = office.draft(DISPATCHER, "/orders/GW0001", "dispatch_notice", "GW0001", urgency="加急")
    assert f"/papers/{paper}" in office.at(DISPATCHER).get("/orders/GW0001").text, "the order's page lists it"
    assert office.at(HEAD).get(f"/papers/{paper}").status_code == 404, "a draft is not told to whom it will go"
    office.act(REVIEWER, "review", paper, passed="no", opinion="请补抄送")
    mended = office.at(DISPATCHER).get(f"/papers/{paper}").text
    assert "修改重拟" in mended and "请补抄送" in mended
    again = office.post(DISPATCHER, "/papers/draft/dispatch_notice/GW0001", paper_no=paper, urgency="特急")
    assert again.headers["location"] == f"/papers/{paper}"
    said = office.issue(paper, REVIEWER, REVIEWER)
    assert "云热派〔2026〕1号" in said and "特急" in said
    assert "/papers/act/sign/" not in office.at(REVIEWER).get(f"/papers/{paper}").text
    office.act(REVIEWER, "scan", paper, SCAN)
    told = office.at(HEAD).get(f"/papers/{paper}").text
    assert "签章件.pdf" in told and "/approval-sheet" not in told, "whom it went to reads it, not its 发文稿纸"
    assert f"/api/v1/papers/{paper}/scan" in told
    opened = office.at(HEAD).get(f"/api/v1/papers/{paper}/scan")
    assert (opened.content, opened.headers["content-type"]) == (SCAN["scan"][1], "application/pdf")
    assert office.at(CLERK_ZHUJIAN).get(f"/api/v1/papers/{paper}/scan").status_code == 404
    assert office.at(CLERK_ZHUJIAN).get(f"/papers/{paper}").status_code == 404
    returned = office.draft(HEAD, "/orders/GW0001", "return_application", "GW0001")
    assert "不属本单位" in office.issue(returned, HEAD, HEAD)
    office.act(HEAD, "void", returned, reason="重复印发")
    assert "已作废" in office.at(HEAD).get(f"/papers/{returned}").text


def test_papers_are_found_by_phase_kind_unit_and_number(office: Office) -> None:
    first = office.draft(DISPATCHER, "/orders/GW0001", "dispatch_notice", "GW0001")
    second = office.draft(HEAD, "/orders/GW0001", "return_application", "GW0001")
    office.issue(second, HEAD, HEAD)
    browser = office.at(REVIEWER)

    def found(**asked: str) -> list[str]:
        told = browser.get("/papers.json", params=asked).json()
        assert told["total"] == len(told["papers"])
        return [one["paper_no"] for one in told["papers"]]

    assert found(tab="all") == [second, first]
    assert found(tab="review") == [first] and found(tab="sign") == [] and found(tab="issued") == [second]
    assert found(tab="all", kind="dispatch_notice") == [first]
    assert found(tab="all", unit="C05") == [second], "the issuer; the draft is not told to its addressee yet"
    assert found(tab="all", q="云热退") == [second] and found(tab="all", q="GW0001") == [second, first]
    assert found(tab="all", q="%") == []
    mine = office.at(HEAD).get("/papers.json?tab=all").json()["papers"]
    assert [one["paper_no"] for one in mine] == [second]
    assert office.at(CLERK_CHENGGUAN).get("/papers.json?tab=all").json()["total"] == 0


def test_the_papers_of_a_case_issue_the_opinion_and_record_the_decision(office: Office) -> None:
    """domain, section 3: 编办 draft and number, the competent body decides, its signed scan is what is recorded."""
    town, address = office.town, "/cases/JX-1"
    assert "/papers/draft/coordination_opinion/" not in office.at(OFFICER).get(address).text
    do = town.desk.do_case
    own = clause_of(town, "C03")
    do("JX-1", b.ApplyForCoordination(UnitCode("C03"), "楼道充电桩", "一次", "谁主办", "交叉", (own,)), LEADERS["C03"])
    do("JX-1", b.AcceptApplication(), BIANBAN)
    do("JX-1", b.AskOpinions(), BIANBAN)
    for unit, leader in LEADERS.items():
        do("JX-1", b.GiveOpinion(UnitCode(unit), f"{unit}认为不归自己", (clause_of(town, unit),)), leader)
    do("JX-1", b.HoldMeeting((UnitCode("C03"), UnitCode("C05")), "协调会"), BIANBAN)
    town.engine.catch_up()
    paper = office.draft(CHENGGUAN, address, "coordination_application", "JX-1")
    assert "云协申〔2026〕1号" in office.issue(paper, CHENGGUAN, CHENGGUAN)
    said = {"effective_from": "2026-12-01", "reasoning": "由执法单位主办"} | points(town)
    paper = office.draft(OFFICER, address, "coordination_opinion", "JX-1", **said)
    assert "云编协〔2026〕1号" in office.issue(paper, OFFICER, DIRECTOR)
    case = town.desk.load(CASES, "JX-1").state
    assert case.opinion is not None and case.opinion.doc_no == "云编协〔2026〕1号", "signing it issued it"
    do("JX-1", b.AnswerOpinion(UnitCode("C05"), agrees=False, note="不同意"), LEADERS["C05"])
    body = town.city.cases.competent_bodies[0]
    do("JX-1", b.ReportUpward(body, "不同意"), Actor(DIRECTOR, Role.BIANBAN_DIRECTOR, UnitCode("C39")))
    town.engine.catch_up()
    decided = {"effective_from": "2026-12-01", "body": body} | points(town)
    paper = office.draft(OFFICER, address, "decision", "JX-1", **decided)
    office.issue(paper, OFFICER, DIRECTOR)
    assert town.desk.load(CASES, "JX-1").state.decision is None, "编办 do not rule"
    office.act(OFFICER, "scan", paper, SCAN)
    recorded = town.desk.load(CASES, "JX-1").state.decision
    assert recorded is not None and recorded.doc_no == "云编决〔2026〕1号" and recorded.scan.name == "签章件.pdf"
    kept = f"/api/v1/cases/JX-1/scans/{recorded.scan.digest}"
    assert kept in office.at(CHENGGUAN).get(address).text
    assert office.at(CHENGGUAN).get(kept).content == SCAN["scan"][1], "a party opens what was decided"
    assert office.at(CHENGGUAN).get(kept[:-1] + "z").status_code == 404
    assert office.at(CLERK_ZHUJIAN).get(kept).status_code == 404


def test_minutes_wait_for_all_signatures_and_signing_the_paper_files_them(office: Office) -> None:
    """山东: minutes signed by all are filed with 编办 under a number."""
    town = office.town
    drafted = tuple(
        e.PointDraft(link=link, unit=UnitCode(unit), text=text, base_clause=clause_of(town, unit))
        for link, unit, text in (("执法", "C03", "查处违规安装"), ("监管", "C05", "督促物业劝阻"))
    )
    draft = b.DraftMinutes(UnitCode("C39"), "由城管局主办", UnitCode("C03"), drafted, (UnitCode("C05"),))
    town.desk.do_case("JX-1", draft, BIANBAN)
    page = office.at(OFFICER).get("/cases/JX-1").text
    assert "暂不能拟协商纪要" in page and "/papers/draft/minutes/" not in page
    for unit, leader in LEADERS.items():
        town.desk.do_case("JX-1", b.SignMinutes(UnitCode(unit), f"leader-{unit}"), leader)
    paper = office.draft(OFFICER, "/cases/JX-1", "minutes", "JX-1", effective_from="2026-12-01")
    assert "云协纪〔2026〕1号" in office.issue(paper, OFFICER, OFFICER)
    assert town.desk.load(CASES, "JX-1").state.outcome == "minutes"


def test_the_scan_of_filed_minutes_is_kept_and_opened_by_a_party(office: Office) -> None:
    """domain, section 3: minutes signed by all, filed with 编办."""
    town = office.town
    town.desk.do_case("JX-1", minutes_of(town), BIANBAN)
    for unit, leader in LEADERS.items():
        town.desk.do_case("JX-1", b.SignMinutes(UnitCode(unit), f"leader-{unit}"), leader)
    fields = {"doc_no": "云编备〔2026〕1号", "effective_from": "2026-12-01"}
    assert office.post(OFFICER, "/cases/act/file/JX-1", SCAN, **fields).status_code == 303
    opened_by_a_party(office, "MinutesFiled")


def kept_files(town: Town) -> int:
    return len([one for one in (town.folder / "attachments").rglob("*") if one.is_file()])


def test_minutes_are_filed_with_their_signed_scan_by_program(office: Office) -> None:
    """stage C, items 3 and 8: what is signed on paper comes as a file, and its digest stands in the event."""
    town, address = office.town, "/api/v1/cases/JX-1/signed/FileMinutes"
    town.desk.do_case("JX-1", minutes_of(town), BIANBAN)
    fields = {"body": orjson.dumps({"doc_no": "云编备〔2026〕1号", "effective_from": "2026-12-01"}).decode()}
    unsigned = office.post(OFFICER, address, SCAN, **fields)
    assert (unsigned.status_code, unsigned.json()["rule"]) == (409, "minutes-signed-by-all")
    for unit, leader in LEADERS.items():
        town.desk.do_case("JX-1", b.SignMinutes(UnitCode(unit), f"leader-{unit}"), leader)
    assert office.post(CHENGGUAN, address, SCAN, **fields).status_code == 403
    assert office.post(OFFICER, address, **fields).status_code == 422, "no file"
    forged = {"scan": ("a.pdf", b"<script>", "application/pdf")}
    assert office.post(OFFICER, address, forged, **fields).status_code == 422
    assert office.post(OFFICER, address.replace("FileMinutes", "AskOpinions"), SCAN, **fields).status_code == 404
    assert kept_files(town) == 0, "nothing is kept of what is refused"
    filed = office.post(OFFICER, address, SCAN, **fields)
    assert filed.status_code == 200 and filed.json()["facts"][0] == "MinutesFiled"
    opened_by_a_party(office, "MinutesFiled")


def test_a_decision_is_recorded_with_its_signed_scan_by_program(office: Office) -> None:
    """domain, section 3: body, 文号, date and scan."""
    town, body = office.town, office.town.city.cases.competent_bodies[0]
    reported(town)
    point = {"link": "执法", "unit": "C03", "text": "查处违规安装", "base_clause": clause_of(town, "C03")}
    told = {
        "body": body, "doc_no": "云编委〔2026〕9号", "decided_on": "2026-11-16", "lead": "C03", "points": [point],
        "effective_from": "2026-12-01",
    }  # fmt: skip
    address = "/api/v1/cases/JX-1/signed/RecordDecision"
    late = office.post(OFFICER, address, SCAN, body=orjson.dumps(told | {"seen": 1}).decode())
    assert (late.status_code, late.json()["code"]) == (409, "casework.somebody-was-first")
    assert kept_files(town) == 0, "nothing is kept of what comes too late"
    done = office.post(OFFICER, address, SCAN, body=orjson.dumps(told).decode())
    assert done.status_code == 200 and done.json()["facts"][0] == "DecisionRecorded", done.text
    opened_by_a_party(office, "DecisionRecorded")


def reported(town: Town) -> None:
    """The case of the office goes all the way up to the competent body."""
    parties, own = (UnitCode("C03"), UnitCode("C05")), clause_of(town, "C03")
    point = e.PointDraft(link="执法", unit=UnitCode("C03"), text="查处", base_clause=own)
    head = Actor("head-C03", Role.HEAD, UnitCode("C03"))
    steps: tuple[tuple[b.CaseCommand, Actor], ...] = (
        (b.ApplyForCoordination(UnitCode("C03"), "充电桩", "一次", "谁主办", "条目不同", (own,)), head),
        (b.AcceptApplication(), BIANBAN),
        (b.AskOpinions(), BIANBAN),
        *((b.GiveOpinion(unit, "对方主办", (clause_of(town, unit),)), LEADERS[unit]) for unit in parties),
        (b.HoldMeeting(parties, "未能一致"), BIANBAN),
        (b.IssueOpinion("云编函〔2026〕1号", UnitCode("C03"), (point,), "由执法单位主办", date(2026, 12, 1)), CHIEF),
        (b.AnswerOpinion(UnitCode("C03"), agrees=False, note="另有考虑"), LEADERS["C03"]),
        (b.ReportUpward(town.city.cases.competent_bodies[0], "请决定"), CHIEF),
    )
    for command, actor in steps:
        town.desk.do_case("JX-1", command, actor)


def minutes_of(town: Town) -> b.DraftMinutes:
    point = e.PointDraft(link="执法", unit=UnitCode("C03"), text="查处违规安装", base_clause=clause_of(town, "C03"))
    return b.DraftMinutes(UnitCode("C39"), "由城管局主办", UnitCode("C03"), (point,), (UnitCode("C05"),))


def opened_by_a_party(office: Office, kind: str) -> None:
    """The event has the file's digest, the case file links it, and a party opens it; a stranger does not."""
    scan = next(one for one in office.town.desk.load(CASES, "JX-1").events if one.type == kind).payload["scan"]
    assert scan["digest"] == hashlib.sha256(SCAN["scan"][1]).hexdigest()
    kept = f"/api/v1/cases/JX-1/scans/{scan['digest']}"
    assert kept in office.at(CHENGGUAN).get("/cases/JX-1").text
    assert office.at(CHENGGUAN).get(kept).content == SCAN["scan"][1]
    assert office.at(CLERK_ZHUJIAN).get(kept).status_code == 404


def test_the_papers_of_a_finding_and_of_a_digest_are_served_by_signing_them(office: Office) -> None:
    """domain, section 8: the numbered 督查通知书; section 3: the digest, with its figures from the record."""
    town = office.town
    fields = {"violation": "未经批准增设机构", "text": "撤销机构\n清理文件"}
    paper = office.draft(OFFICER, "/findings/WT-1", "supervision_notice", "WT-1", **fields)
    said = office.issue(paper, OFFICER, DIRECTOR)
    assert "送达回执" in said and "清理文件" in said
    assert town.desk.load(FINDINGS, "WT-1").state.notice == "云编督〔2026〕1号"
    opened = office.post(OFFICER, "/digests/open", number="SL-1", begin="2026-11-01", end="2026-11-16")
    assert opened.status_code == 303, opened.text
    assert "/papers/draft/digest/" not in office.at(OFFICER).get("/digests?number=SL-1").text, "not judged yet"
    for item in town.desk.load(DIGESTS, "SL-1").state.items:
        judged = {"item": item.item, "opinion": "边界清楚", "disposition": "解释", "owner": "C05", "due": "2026-12-01"}
        assert office.post(OFFICER, "/digests/act/judge/SL-1", **judged).status_code == 303
    paper = office.draft(OFFICER, "/digests?number=SL-1", "digest", "SL-1", period="2026年11月")
    said = office.issue(paper, OFFICER, DIRECTOR)
    assert "云编梳〔2026〕1号" in said and "2026年11月" in said
    assert town.desk.load(DIGESTS, "SL-1").state.published == "云编梳〔2026〕1号"
    content = town.desk.load(PAPERS, paper).state.content
    assert (content["dispatched"], content["returned"]) == (1, 1), "counted by the view, typed by nobody"


def test_a_signed_scan_is_sealed_with_its_order_and_brought_by_the_interface_only_by_its_hands(office: Office) -> None:
    """stage C, item 8: signed scans attached back. 个人信息保护法: a paper's scan goes with the order it is about."""
    town = office.town
    paper = office.draft(DISPATCHER, "/orders/GW0001", "dispatch_notice", "GW0001")
    address = f"/api/v1/papers/{paper}/scan"
    office.issue(paper, REVIEWER, REVIEWER)
    assert office.at(REVIEWER).get(address).status_code == 404, "nothing came back yet"
    folder = town.folder / "attachments"

    def kept() -> list[bytes]:
        return [one.read_bytes() for one in folder.rglob("*") if one.is_file()]

    before = len(kept())
    assert office.post(HEAD, address, SCAN).status_code == 403
    assert office.post(REVIEWER, address, {"scan": ("a.pdf", b"<script>", "application/pdf")}).status_code == 422
    assert office.post(REVIEWER, address).status_code == 422
    assert len(kept()) == before, "nothing is kept of what is refused"
    assert office.post(REVIEWER, address, SCAN).status_code == 200
    assert len(kept()) == before + 1 and not any(b"PDF" in one for one in kept())
    assert office.at(REVIEWER).get(address).content == SCAN["scan"][1]
    town.vault.erase([order_stream("GW0001")], town.now)
    assert office.at(REVIEWER).get(address).status_code == 404


def test_the_document_of_a_finding_is_kept_and_opened_by_those_who_read_all_findings(office: Office) -> None:
    """domain, section 8: documents are evidence beside events."""
    town = office.town
    asked = {
        "number": "WT-9", "unit": "C05", "source": "audit", "problem_class": town.city.findings.problem_classes[0],
        "title": "增设机构", "text": "未经批准增设内设机构",
    }  # fmt: skip
    paper = {"document": ("审计报告.pdf", b"%PDF-1.7 audited", "application/pdf")}
    assert office.post(OFFICER, "/findings/raise", paper, **asked).status_code == 303
    (document,) = town.desk.load(FINDINGS, "WT-9").events[0].payload["documents"]
    kept = f"/api/v1/findings/WT-9/documents/{document['digest']}"
    assert kept in office.at(OFFICER).get("/findings/WT-9").text
    assert office.at(OFFICER).get(kept).content == b"%PDF-1.7 audited"
    town.desk.do_finding("WT-9", f.GiveFeedback("请说明"), BIANBAN)
    assert office.at(HEAD).get("/api/v1/findings/WT-9").status_code == 200, "the unit is told of it"
    assert office.at(HEAD).get(kept).status_code == 404, "and not shown its evidence"
