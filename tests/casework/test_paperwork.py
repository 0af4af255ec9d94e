"""Papers made from the record: all twelve kinds out of one quarrel that was really lived through, numbered and printed.

The ledger, the vault, the desk and the templates are those of the program; only the clock is moved by hand.
"""

import hashlib
import io
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from docx import Document

from casework import events as e
from casework.boundary_case import commands as b
from casework.desk import CASES, FINDINGS, Desk
from casework.events.fact import Attachment
from casework.finding import commands as f
from casework.lanes import PAPERS as PAPERS_LANE
from casework.papers.kinds import PaperKind
from casework.papers.rendering import text_of
from casework.papers.templates import shipped
from casework.paperwork import commands as c
from casework.paperwork.desk import PaperDesk
from casework.paperwork.state import Phase
from casework.paperwork.writing import PaperCommand, Write
from casework.work_order import commands as w
from ledger.backends import open_ledger
from ledger.envelope import Append, NewEvent
from ledger.master_key import make_master_key
from ledger.store import Ledger
from ledger.upcast import EventTypes, KnownType
from ledger.vault import open_vault
from mandates.events import EVENT_TYPES
from terms.actors import Actor, Role
from terms.errors import BadInput, NotFound, Refused
from terms.ids import StreamId, UnitCode, order_stream
from tests.casework.town import (
    CALENDAR,
    CHENGGUAN,
    CITY,
    DISPATCHER,
    ECOLOGY,
    HOUSING,
    MONDAY,
    REGISTER,
    REVIEWER,
    WATER,
    Life,
    cite,
    claim,
    head,
    refused,
    unit_leader,
)

OFFICER = Actor("b1", Role.BIANBAN_OFFICER, UnitCode("C39"))
DIRECTOR = Actor("b2", Role.BIANBAN_DIRECTOR, UnitCode("C39"))
PARTIES = (ECOLOGY, CHENGGUAN, HOUSING)
BODY = CITY.cases.competent_bodies[0]
POINTS = (
    e.PointDraft(link="执法", unit=CHENGGUAN, text="夜间施工噪声由城管局处罚", base_clause="C03-1"),
    e.PointDraft(link="监管", unit=HOUSING, text="住建局督促工地", base_clause="C04-1"),
)
SCAN = Attachment(name="签章件.pdf", kind="document", reference="scans/1", digest="ab" * 32)
LATER = date(2026, 6, 1)


@dataclass
class Folder:
    """A shelf in memory."""

    files: dict[str, bytes] = field(default_factory=dict)

    def put(self, digest: str, about: StreamId, file: bytes) -> None:
        self.files[digest] = file

    def get(self, digest: str, about: StreamId) -> bytes | None:
        return self.files.get(digest)


@dataclass
class Office:
    """A record, a desk, and the desk where papers are made."""

    ledger: Ledger
    key: Path
    now: datetime = MONDAY

    def __post_init__(self) -> None:
        self.desk = Desk(self.ledger, CITY, CALENDAR, lambda day: REGISTER, self.clock)
        self.vault = open_vault(self.ledger, self.key)
        self.shelf = Folder()
        self.papers = PaperDesk(self.desk, self.vault, shipped(), self.shelf)

    def clock(self) -> datetime:
        self.now += timedelta(seconds=1)
        return self.now

    def later(self, **span: float) -> None:
        self.now += timedelta(**span)

    def receive(self, number: str, **more: Any) -> None:
        """An order comes in, its words under its own key."""
        stream = order_stream(number)
        ring = self.vault.keyring([stream])
        words = {"title": "夜间施工", "text": "工地半夜打桩，来电人要求制止", "place": "望湖路工地"}
        life = Life(order_no=number, now=self.clock()).received(masked=ring.seal(stream, words), **more)
        new = tuple(
            NewEvent(fact.event_type(), fact.to_payload(), at, "system:gateway", fact.SCHEMA) for fact, at in life.facts
        )
        self.ledger.append_each([Append(stream, 0, new)], keys=ring.new_keys())

    def put(self, number: str, command: PaperCommand, actor: Actor) -> Any:
        return self.papers.do(number, command, actor).state

    def signed(self, number: str, command: Write, *hands: Actor) -> str:
        """Through all hands; the words of the file that came of it, opened anew."""
        drafter, reviewer, signer = hands if len(hands) == 3 else (*hands, hands[-1], hands[-1])[:3]
        assert self.put(number, command, drafter).phase is Phase.DRAFTED
        assert "（草稿）" in self.papers.print(number).name
        self.put(number, c.ReviewPaper(passed=True, opinion="同意"), reviewer)
        state = self.put(number, c.SignPaper(), signer)
        printed = self.papers.print(number)
        issued = self.papers.issued(state.signed).fact
        assert printed.final and hashlib.sha256(printed.file).hexdigest() == issued.digest
        assert issued.paper_no == number and state.signed.doc_no == issued.doc_no
        assert Document(io.BytesIO(printed.file)).paragraphs, "a file that Word opens"
        said = text_of(printed.file)
        assert issued.doc_no in said and "{{" not in said
        return said


@pytest.fixture
def office(database_url: str, tmp_path: Path) -> Iterator[Office]:
    casework = (fact.known_type() for fact in e.FACTS.values())
    ledger = open_ledger(database_url, types=EventTypes(casework, (KnownType(name) for name in EVENT_TYPES)))
    make_master_key(tmp_path / "key")
    yield Office(ledger, tmp_path / "key")
    ledger.close()


def quarrel(office: Office) -> None:
    """G1 is dispatched to the ecology bureau, returned, and designated after the chengguan was heard."""
    office.receive("G1")
    office.desk.do("G1", w.Dispatch(ECOLOGY, citations=(cite("C11-1", ECOLOGY),)), DISPATCHER)
    counter = claim(ECOLOGY, proposed_unit=CHENGGUAN, claimed_clause="C03-1")
    office.desk.do("G1", counter, head(ECOLOGY))
    answer = w.AnswerAsProposed(CHENGGUAN, agrees=False, denied_clause="C03-1", note="须住建认定")
    office.desk.do("G1", answer, head(CHENGGUAN))


def case_to_meeting(office: Office) -> None:
    """BC-1 from opening to the meeting."""
    do = office.desk.do_case
    do("BC-1", b.OpenCase("夜间施工噪声", "bianban", PARTIES, "谁主办", "DP-1"), OFFICER)
    do("BC-1", b.HoldNegotiation(UnitCode("C39"), PARTIES, "三家各执一词"), OFFICER)
    five = b.ApplyForCoordination(CHENGGUAN, "夜间施工噪声", "协商一次", "谁主办", "条目交叉", ("C03-1", "C11-1"))
    do("BC-1", five, head(CHENGGUAN))
    do("BC-1", b.AcceptApplication(), OFFICER)
    do("BC-1", b.AskOpinions(), OFFICER)
    for unit, clause in zip(PARTIES, ("C11-1", "C03-1", "C04-1"), strict=True):
        do("BC-1", b.GiveOpinion(unit, f"{unit}认为应由他单位主办", (clause,)), head(unit))
    do("BC-1", b.HoldMeeting(PARTIES, "协调会"), OFFICER)


def raised(office: Office, number: str, problem_class: str) -> None:
    told = f.RaiseFinding("audit", problem_class, HOUSING, "增设机构", "未经批准增设内设机构", evidence=("x",))
    office.desk.do_finding(number, told, OFFICER)
    office.desk.do_finding(number, f.GiveFeedback("请说明"), OFFICER)


def test_the_papers_of_an_order_say_what_the_record_says(office: Office) -> None:
    """stage C, item 8: 派单通知, 退单申请, 异议审核结果 out of one order's life."""
    quarrel(office)
    said = office.signed("P1", c.WriteDispatchNotice(about="G1", urgency="加急"), DISPATCHER, DISPATCHER, REVIEWER)
    assert "生态环境局" in said and "负责环境噪声污染防治的统一监督管理" in said and "望湖路工地" in said
    assert "签收" in said and "办理" in said and "云热派〔2026〕1号" in said
    assert "日24时" in said and "日0时00分" not in said, "a limit in days ends at 24:00 of its last day"

    said = office.signed("P2", c.WriteReturnApplication(about="G1"), head(ECOLOGY), head(ECOLOGY), unit_leader(ECOLOGY))
    assert "明确不属本单位职责" in said and "负责夜间施工噪声扰民的行政处罚" in said and "不在处罚范围" in said

    with refused("paper-has-its-facts"):
        office.put("P3", c.WriteReviewResult(about="G1"), REVIEWER)
    office.desk.do("G1", w.ReviewReturn("designate", "先由城管承办", CHENGGUAN), REVIEWER)
    said = office.signed("P3", c.WriteReviewResult(about="G1"), REVIEWER)
    assert "指定承办" in said and "须住建认定" in said and "不得再次退单" in said

    said = office.signed("P4", c.WriteDispatchNotice(about="G1"), DISPATCHER, REVIEWER, REVIEWER)
    assert "云热派〔2026〕2号" in said and "不得再次退单" in said, "the second of its series, to whom it is with now"


def test_signing_an_opinion_issues_it_and_the_scan_of_a_decision_records_it(office: Office) -> None:
    """domain, section 3: 编办 draft and number, the competent body decides, its signed scan is what is recorded."""
    case_to_meeting(office)
    said = office.signed(
        "P1", c.WriteApplication(about="BC-1"), head(CHENGGUAN), unit_leader(CHENGGUAN), unit_leader(CHENGGUAN)
    )
    assert "自行协调情况" in said and "条目交叉" in said

    write = c.WriteOpinion(
        about="BC-1", lead=CHENGGUAN, points=POINTS, reasoning="处罚权已划转", effective_from=LATER, clauses=("C03-1",)
    )
    said = office.signed("P2", write, OFFICER, OFFICER, DIRECTOR)
    assert "1轮征求各方书面意见" in said and "C04认为应由他单位主办" in said and "夜间施工噪声由城管局处罚" in said
    case = office.desk.load(CASES, "BC-1").state
    assert case.opinion is not None and case.opinion.doc_no == "云编协〔2026〕1号"

    office.desk.do_case("BC-1", b.AnswerOpinion(HOUSING, agrees=False, note="不同意"), unit_leader(HOUSING))
    office.desk.do_case("BC-1", b.ReportUpward(BODY, "住建局不同意"), DIRECTOR)
    decision = c.WriteDecision(about="BC-1", body=BODY, lead=CHENGGUAN, points=POINTS, effective_from=LATER)
    said = office.signed("P3", decision, OFFICER, OFFICER, DIRECTOR)
    assert BODY in said and "住建局不同意" in said
    assert office.desk.load(CASES, "BC-1").state.decision is None, "编办 do not rule"
    done = office.papers.do("P3", c.AttachScan(SCAN), OFFICER)
    decided = office.desk.load(CASES, "BC-1").state
    assert decided.decision is not None and (decided.decision.doc_no, decided.decision.scan) == (
        "云编决〔2026〕1号",
        SCAN,
    )
    assert "DutyPointWritten" in {event.type for event in done.events}
    assert office.papers.print("P3").final


def test_minutes_are_filed_by_signing_them(office: Office) -> None:
    """山东: minutes signed by all are filed with 编办 under a number."""
    do = office.desk.do_case
    do("BC-2", b.OpenCase("夜间施工噪声", "bianban", PARTIES, "谁主办", "DP-1"), OFFICER)
    do("BC-2", b.HoldNegotiation(UnitCode("C39"), PARTIES, "谈成了"), OFFICER)
    do("BC-2", b.DraftMinutes(UnitCode("C39"), "由城管局主办", CHENGGUAN, POINTS, (HOUSING,)), OFFICER)
    write = c.WriteMinutes(about="BC-2", effective_from=LATER)
    with pytest.raises(Refused):  # not signed by all yet: said while it can still be mended
        office.put("P1", write, OFFICER)
    for unit in PARTIES:
        do("BC-2", b.SignMinutes(unit, f"leader-{unit}"), unit_leader(unit))
    said = office.signed("P1", write, OFFICER)
    assert "由城管局主办" in said and "leader-C11" in said and "云协纪〔2026〕1号" in said
    assert office.desk.load(CASES, "BC-2").state.outcome == "minutes"


def test_the_papers_of_supervision_are_served_by_signing_them(office: Office) -> None:
    """domain, section 8: buck-passing gets a 督办单 or 提示函, a 机构编制 violation the numbered 督查通知书."""
    raised(office, "WT-1", "机构编制违规违纪")
    raised(office, "WT-2", "部门职能不理顺")
    raised(office, "WT-3", "部门职能不理顺")
    notice = c.WriteSupervisionNotice(about="WT-1", violation="未经批准增设机构", text="撤销机构\n清理文件")
    said = office.signed("P1", notice, OFFICER, OFFICER, DIRECTOR)
    assert "送达回执" in said and "撤销机构" in said and "清理文件" in said
    assert office.desk.load(FINDINGS, "WT-1").state.notice == "云编督〔2026〕1号"
    order = c.WriteSupervisionOrder(about="WT-2", text="限期办理", step="挂牌", orders=("G1",), clauses=("C04-1",))
    assert "挂牌" in office.signed("P2", order, OFFICER)
    assert "请明确移送清单" in office.signed("P3", c.WriteReminderLetter(about="WT-3", text="请明确移送清单"), OFFICER)
    papers = [office.desk.load(FINDINGS, number).state.papers for number in ("WT-2", "WT-3")]
    assert papers == [("云督单〔2026〕1号",), ("云督函〔2026〕1号",)]
    with refused("notice-for-violations-only"):
        raised(office, "WT-4", "部门职能不理顺")
        office.put("P4", c.WriteSupervisionNotice(about="WT-4", violation="推诿", text="整改"), OFFICER)


def test_a_digest_is_published_by_signing_it_and_counts_how_often_an_item_came_back(office: Office) -> None:
    """domain, section 3: 退单争议定期梳理; an item comes back in the next digest until closed."""
    do = office.desk.do_digest
    item = e.DigestItem(item="i1", matter="夜间施工噪声", units=(CHENGGUAN, HOUSING), returns=7)
    do("SL-1", f.OpenDigest(date(2026, 1, 1), date(2026, 1, 31), (item,)), OFFICER)
    do("SL-1", f.JudgeItem("i1", "条目交叉", "立案", CHENGGUAN, date(2026, 4, 1)), OFFICER)
    do("SL-2", f.OpenDigest(date(2026, 2, 1), date(2026, 2, 28), (item,), "SL-1"), OFFICER)
    do("SL-2", f.JudgeItem("i1", "条目交叉", "立案", CHENGGUAN, date(2026, 4, 1)), OFFICER)
    cited = {"i1": ("C03-1", "C04-1", "C04-ended")}
    write = c.WriteDigest(
        about="SL-2", period="2026年2月", dispatched=21_873, returned=642, upheld=201, refused=441, clauses=cited
    )
    said = office.signed("P1", write, OFFICER, OFFICER, DIRECTOR)
    assert "21873" in said and "云编梳〔2026〕1号" in said and "城管局" in said
    assert "负责夜间施工噪声扰民的行政处罚" in said and "负责建筑工地文明施工的监督管理" in said, "both sides' clauses"
    assert "C04-ended" in said and "第2次列入" in said
    command = c.WriteDigest(about="SL-2", period="x", dispatched=1, returned=1, upheld=0, refused=1)
    material = office.papers.material(command)
    assert len(material.before) == 1


def test_the_approval_sheet_tells_through_whose_hands_a_paper_went(office: Office) -> None:
    """GB/T 9704: 拟稿—审核—签发—文号; by role and unit, never by account."""
    quarrel(office)
    office.signed("P1", c.WriteDispatchNotice(about="G1"), DISPATCHER, DISPATCHER, REVIEWER)
    sheet = office.papers.print_sheet("P1")
    said = text_of(sheet.file)
    assert "云热派〔2026〕1号" in said and "同意" in said and "d1" not in said and "r1" not in said


def test_every_kind_of_paper_has_its_command_and_its_hands() -> None:
    from casework.paperwork.composing import COMPOSE
    from casework.paperwork.hands import HANDS
    from casework.permissions import PERMISSIONS

    kinds = set(PaperKind) - {PaperKind.APPROVAL_SHEET}  # comes with every other
    assert set(c.WRITING) == set(COMPOSE) == set(HANDS) == kinds
    for kind, command in c.WRITING.items():
        assert HANDS[kind].draft == PERMISSIONS[command.__name__]
        assert HANDS[kind].review <= PERMISSIONS["ReviewPaper"] and HANDS[kind].sign <= PERMISSIONS["SignPaper"]
        assert HANDS[kind].draft <= PERMISSIONS["AttachScan"] & PERMISSIONS["DropDraft"]
        assert kind in dict(CITY.papers.prefixes)


def test_a_paper_goes_through_its_hands_in_order_and_by_nobody_elses(office: Office) -> None:
    quarrel(office)
    office.put("P1", c.WriteReturnApplication(about="G1"), head(ECOLOGY))
    with refused("paper-phase"):
        office.put("P1", c.SignPaper(), unit_leader(ECOLOGY))
    with refused("own-unit"):
        office.put("P1", c.ReviewPaper(passed=True), head(CHENGGUAN))
    with refused("paper-hands"):
        office.put("P1", c.ReviewPaper(passed=True), DIRECTOR)
    with refused("reason-given"):
        office.put("P1", c.ReviewPaper(passed=False), head(ECOLOGY))
    assert office.put("P1", c.ReviewPaper(passed=False, opinion="缺依据"), head(ECOLOGY)).phase is Phase.SENT_BACK
    with refused("paper-stays-what-it-is"):
        office.put("P1", c.WriteDispatchNotice(about="G1"), REVIEWER)
    office.put("P1", c.WriteReturnApplication(about="G1", urgency="特急"), head(ECOLOGY))
    with refused("reason-given"):
        office.put("P1", c.DropDraft(" "), head(ECOLOGY))
    assert office.put("P1", c.DropDraft("另拟"), head(ECOLOGY)).phase is Phase.DROPPED
    with pytest.raises(NotFound):
        office.put("P9", c.SignPaper(), REVIEWER)
    with pytest.raises(NotFound):
        office.put("P9", c.WriteDispatchNotice(about="G9"), DISPATCHER)


def test_a_paper_about_an_order_goes_to_nobody_without_a_part_in_it(office: Office) -> None:
    """济南条例 art. 32: nor to the unit complained about, though it was asked."""
    quarrel(office)
    with refused("paper-for-those-with-a-part"):
        office.put("P1", c.WriteDispatchNotice(about="G1", copies=(WATER,)), DISPATCHER)
    office.put("P1", c.WriteDispatchNotice(about="G1", copies=(CHENGGUAN,)), DISPATCHER)
    office.receive("G2", subject_units=(WATER,))
    office.desk.do("G2", w.OpenConsultation((WATER, ECOLOGY), "是否属实"), DISPATCHER)
    office.desk.do("G2", w.Dispatch(ECOLOGY, citations=(cite("C11-1", ECOLOGY),)), DISPATCHER)
    with refused("never-to-the-one-complained-about"):
        office.put("P2", c.WriteDispatchNotice(about="G2", copies=(WATER,)), DISPATCHER)


def test_a_signed_paper_is_mended_by_voiding_it_and_its_number_stays_used(office: Office) -> None:
    quarrel(office)
    office.signed("P1", c.WriteDispatchNotice(about="G1"), REVIEWER)
    with refused("paper-phase"):
        office.put("P1", c.DropDraft("算了"), REVIEWER)
    with pytest.raises(BadInput):
        office.put("P1", c.AttachScan(Attachment(name="x", digest="short")), REVIEWER)
    office.put("P1", c.AttachScan(SCAN), REVIEWER)
    office.put("P1", c.VoidPaper("主送有误"), REVIEWER)
    signed = office.desk.load(PAPERS_LANE, "P1").state.signed
    assert signed is not None and office.papers.issued(signed).voided == "主送有误"
    assert "〔2026〕2号" in office.signed("P2", c.WriteDispatchNotice(about="G1"), REVIEWER)


def test_a_lost_file_is_made_again_from_the_record_and_an_erased_orders_is_not(office: Office) -> None:
    """The digest in the ledger proves the file; 个人信息保护法 art. 47: what was erased is not given out again."""
    quarrel(office)
    office.signed("P1", c.WriteDispatchNotice(about="G1"), REVIEWER)
    first = office.papers.print("P1").file
    office.desk.do("G1", w.ReviewReturn("designate", "先由城管承办", CHENGGUAN), REVIEWER)
    office.shelf.files.clear()
    assert office.papers.print("P1").file == first, "as it was signed, though the order has moved on"
    office.desk.do("G1", w.SubmitResult(CHENGGUAN, "已制止"), unit_leader(CHENGGUAN))
    office.desk.do("G1", w.Terminate("最终答复"), REVIEWER)
    office.desk.do("G1", w.ErasePersonalData("依申请删除"), Actor("a1", Role.ADMINISTRATOR))
    with refused("paper-erased"):
        office.papers.print("P1")
    with refused("paper-erased"):
        office.papers.print_sheet("P1")
