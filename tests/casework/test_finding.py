"""Findings: the loop 分析—反馈—整改—评估, notices for violations, holds; and the digest that forgets nothing."""

from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from typing import Any

import pytest

from casework import events as e
from casework.events.fact import Attachment
from casework.finding import commands as f
from casework.finding import digest as d
from casework.finding.decide import decide
from casework.finding.state import Finding, Hold, Phase, evolve
from casework.numbers import in_a_series
from casework.occasion import Occasion
from terms.actors import Actor, Role
from terms.ids import UnitCode
from tests.casework.town import (
    CALENDAR,
    CHENGGUAN,
    CITY,
    HOUSING,
    MONDAY,
    REGISTER,
    SUPERVISOR,
    TIMERS,
    clerk,
    head,
    refused,
)

WATCH = Actor("watch", Role.SYSTEM)
OFFICER = Actor("b1", Role.BIANBAN_OFFICER, UnitCode("C39"))
DIRECTOR = Actor("b2", Role.BIANBAN_DIRECTOR, UnitCode("C39"))
VIOLATION = CITY.findings.violation_classes[1]
BOUNDARY = "部门间职责边界不清"


@dataclass
class Loop:
    """One finding lived through."""

    now: datetime = MONDAY
    finding: Finding = field(default_factory=lambda: Finding("F-1"))
    facts: list[tuple[e.FindingFact, datetime]] = field(default_factory=list)

    def do(self, command: f.FindingCommand, actor: Actor) -> tuple[e.FindingFact, ...]:
        """Give a command a minute later; its facts are folded."""
        self.now += timedelta(minutes=1)
        facts = decide(self.finding, command, self.occasion(actor))
        for fact in facts:
            self.finding = evolve(self.finding, fact, self.now)
            self.facts.append((fact, self.now))
        return facts

    def occasion(self, actor: Actor) -> Occasion:
        """Now, for somebody."""
        return Occasion(self.now, actor, CITY, CALENDAR, REGISTER)

    def raised(self, problem_class: str = BOUNDARY, **more: Any) -> "Loop":
        """Raised by a 编办 officer."""
        told: dict[str, Any] = {"source": "audit", "unit": CHENGGUAN, "title": "t", "text": "x", "evidence": ("ev",)}
        self.do(f.RaiseFinding(problem_class=problem_class, **(told | more)), OFFICER)
        return self

    def fed_back(self, problem_class: str = BOUNDARY) -> "Loop":
        """Raised and told to the unit."""
        self.raised(problem_class).do(f.GiveFeedback("请说明"), OFFICER)
        return self

    def noticed(self) -> "Loop":
        """A 督查通知书 was issued."""
        self.fed_back(VIOLATION).do(f.IssueNotice("云编督字〔2026〕1号", "超职数配备", "限期整改"), DIRECTOR)
        return self

    def overdue(self) -> "Loop":
        """Its rectification is overdue."""
        self.noticed()
        due = self.finding.rectification()
        assert due is not None
        self.now = due.due
        return self


def proposing(**more: Any) -> f.ProposeFinding:
    """A fault found by rule."""
    told: dict[str, Any] = {
        "fault": "推诿",
        "unit": CHENGGUAN,
        "rule": "r",
        "explanation": "三次退单均被驳回",
        "evidence": ("e1",),
    }
    return f.ProposeFinding(**(told | more))


# --- proposed and raised ---


def test_a_fault_is_proposed_with_its_evidence_and_a_person_raises_it() -> None:
    """domain, section 8: a fault is proposed with its evidence; a person raises it."""
    loop = Loop()
    with refused("fault-has-evidence"):
        loop.do(proposing(evidence=()), WATCH)
    with refused("fault-known"):
        loop.do(proposing(fault="懒"), WATCH)
    loop.do(proposing(), WATCH)
    with refused("role"):
        loop.do(f.RaiseFinding("events", BOUNDARY, CHENGGUAN, "t", "x"), WATCH)
    with refused("finding-of-its-unit"):
        loop.do(f.RaiseFinding("events", BOUNDARY, HOUSING, "t", "x"), OFFICER)
    loop.do(f.RaiseFinding("events", BOUNDARY, CHENGGUAN, "t", "x"), OFFICER)
    assert loop.finding.fault == "推诿" and loop.finding.evidence == ("e1",)


@pytest.mark.parametrize("under", ["designated", "fallback"])
def test_acting_under_a_designation_or_as_fallback_is_never_overreach_or_misplacement(under: Any) -> None:
    """domain, section 8."""
    for fault in ("越位", "错位"):
        with refused("designated-or-fallback-is-no-fault"):
            Loop().do(proposing(fault=fault, acted_under=under), WATCH)
    Loop().do(proposing(fault="衔接不畅", acted_under=under), WATCH)


@pytest.mark.parametrize("source", CITY.findings.sources)
def test_a_finding_may_come_from_elsewhere_with_documents_as_evidence(source: str) -> None:
    """domain, section 8: survey, visit, inspection, audit, discipline, invited assessors."""
    Loop().raised(source=source, evidence=(), documents=(Attachment(name="审计报告.pdf"),))
    with refused("fault-has-evidence"):
        Loop().raised(source=source, evidence=())


def test_a_finding_has_a_known_source_and_one_of_the_nine_problem_classes() -> None:
    """聊城 004: nine problem classes."""
    assert len(CITY.findings.problem_classes) == 9
    with refused("source-of-finding-known"):
        Loop().raised(source="rumour")
    with refused("problem-class-known"):
        Loop().raised("其他")


def test_a_proposed_finding_is_dismissed_with_a_reason() -> None:
    loop = Loop()
    loop.do(proposing(), WATCH)
    with refused("reason-given"):
        loop.do(f.DismissFinding(" "), SUPERVISOR)
    loop.do(f.DismissFinding("条目更新所致"), SUPERVISOR)
    with refused("finding-phase"):
        loop.raised()


# --- the loop ---


def test_the_loop_goes_from_feedback_over_rectification_to_reassessment() -> None:
    """domain, section 8: 分析—反馈—整改—评估."""
    loop = Loop().raised()
    with refused("finding-phase"):
        loop.do(f.IssuePaper("supervision_order", "督1号", "x"), SUPERVISOR)
    with refused("text-given"):
        loop.do(f.GiveFeedback(""), OFFICER)
    loop.do(f.GiveFeedback("请说明"), OFFICER)
    with refused("reason-given"):
        loop.do(f.AnswerFeedback(CHENGGUAN, accepts=False), head(CHENGGUAN))
    loop.do(f.AnswerFeedback(CHENGGUAN, accepts=True), head(CHENGGUAN))
    with refused("numbered"):
        loop.do(f.IssuePaper("supervision_order", "", "x"), SUPERVISOR)
    loop.do(f.IssuePaper("supervision_order", "督1号", "限期整改"), SUPERVISOR)
    loop.do(f.ReportRectification(CHENGGUAN, "已建章立制"), head(CHENGGUAN))
    with refused("reason-given"):
        loop.do(f.Reassess(passed=False), OFFICER)
    loop.do(f.Reassess(passed=False, note="未见成效"), OFFICER)
    assert loop.finding.phase is Phase.RECTIFYING and loop.finding.rectification() is not None
    loop.do(f.ReportRectification(CHENGGUAN, "再次整改"), head(CHENGGUAN))
    facts = loop.do(f.Reassess(passed=True), OFFICER)
    assert [fact.event_type() for fact in facts] == ["FindingReassessed", "FindingClosed"]


def test_only_the_unit_it_is_about_answers_and_rectifies() -> None:
    loop = Loop().fed_back()
    with refused("addressee-only"):
        loop.do(f.AnswerFeedback(HOUSING, accepts=True), head(HOUSING))
    with refused("own-unit"):
        loop.do(f.AnswerFeedback(CHENGGUAN, accepts=True), head(HOUSING))


def test_the_supervision_notice_is_for_violations_only() -> None:
    """domain, section 8; 呼伦贝尔 003."""
    with refused("notice-for-violations-only"):
        Loop().fed_back().do(f.IssueNotice("1号", "x", "y"), DIRECTOR)


def test_the_supervision_notice_is_numbered_addressed_dated_and_receipted() -> None:
    """domain, section 8; 呼伦贝尔 003."""
    loop = Loop().fed_back(VIOLATION)
    with refused("numbered"):
        loop.do(f.IssueNotice(" ", "x", "y"), DIRECTOR)
    (notice,) = loop.do(f.IssueNotice("云编督字〔2026〕1号", "超职数配备", "限期整改"), DIRECTOR)
    assert isinstance(notice, e.SupervisionNoticeIssued)
    assert notice.addressee == CHENGGUAN and notice.issued_on == date(2026, 3, 2) and notice.deadlines
    with refused("signatory-named"):
        loop.do(f.ReceiptNotice(CHENGGUAN, ""), clerk(CHENGGUAN))
    loop.do(f.ReceiptNotice(CHENGGUAN, "收文员"), clerk(CHENGGUAN))
    assert loop.do(f.ReceiptNotice(CHENGGUAN, "收文员"), clerk(CHENGGUAN)) == ()


# --- hold ---


def test_an_overdue_notice_proposes_a_hold_that_the_director_signs() -> None:
    """domain, section 8; 呼伦贝尔 003: 原则上暂停受理."""
    early = Loop().noticed()
    with refused("hold-when-overdue"):
        early.do(f.ProposeHold(), WATCH)
    loop = Loop().overdue()
    with refused("no-hold-proposed"):
        loop.do(f.DecideHold(signed=True), DIRECTOR)
    loop.do(f.ProposeHold(), WATCH)
    assert loop.do(f.ProposeHold(), WATCH) == () and not loop.finding.on_hold
    with refused("role"):
        loop.do(f.DecideHold(signed=True), OFFICER)
    loop.do(f.DecideHold(signed=True), DIRECTOR)
    assert loop.finding.on_hold


def test_the_clock_of_an_overdue_notice_proposes_the_hold_by_itself_and_once() -> None:
    """domain, section 8; 呼伦贝尔 003: its rectification overdue, a hold is proposed."""
    loop = Loop().overdue()
    rung = [fact.event_type() for fact in loop.do(f.RingFindingClocks(), TIMERS)]
    assert rung == ["FindingClockExpired", "HoldProposed"]
    assert loop.do(f.RingFindingClocks(), TIMERS) == () == loop.do(f.ProposeHold(), WATCH)
    loop.do(f.DecideHold(signed=True), DIRECTOR)
    assert loop.finding.on_hold
    letter = Loop().fed_back()
    letter.do(f.IssuePaper("reminder_letter", "函1号", "x"), SUPERVISOR)
    letter.now += timedelta(days=60)
    assert [fact.event_type() for fact in letter.do(f.RingFindingClocks(), TIMERS)] == ["FindingClockExpired"]


def test_who_reported_in_time_is_not_held_because_the_assessment_takes_long() -> None:
    """domain, section 8; 呼伦贝尔 003: its rectification overdue, not our assessment."""
    loop = Loop().noticed()
    loop.do(f.ReportRectification(CHENGGUAN, "已整改"), head(CHENGGUAN))
    loop.now += timedelta(days=90)
    with refused("hold-when-overdue"):
        loop.do(f.ProposeHold(), WATCH)


def test_a_hold_stands_on_a_notice_only_and_may_be_declined() -> None:
    paper = Loop().fed_back()
    paper.do(f.IssuePaper("reminder_letter", "函1号", "x"), SUPERVISOR)
    paper.now += timedelta(days=60)
    with refused("hold-on-a-notice-only"):
        paper.do(f.ProposeHold(), WATCH)
    loop = Loop().overdue()
    loop.do(f.ProposeHold(), WATCH)
    with refused("reason-given"):
        loop.do(f.DecideHold(signed=False), DIRECTOR)
    loop.do(f.DecideHold(signed=False, reason="已在整改"), DIRECTOR)
    assert loop.finding.hold is Hold.DECLINED and not loop.finding.on_hold


def test_a_hold_is_lifted_when_it_is_done() -> None:
    """domain, section 8; stage C, item 4: lifted when done."""
    loop = Loop().overdue()
    loop.do(f.ProposeHold(), WATCH)
    with refused("no-hold-signed"):
        loop.do(f.LiftHold("x"), DIRECTOR)
    loop.do(f.DecideHold(signed=True), DIRECTOR)
    (late,) = loop.do(f.ReportRectification(CHENGGUAN, "已整改"), head(CHENGGUAN))
    assert isinstance(late, e.RectificationReported) and late.late
    facts = loop.do(f.Reassess(passed=True), OFFICER)
    assert "HoldLifted" in {fact.event_type() for fact in facts} and not loop.finding.on_hold


def test_the_rectifications_clock_rings_once() -> None:
    loop = Loop().overdue()
    fact, _ = loop.do(f.RingFindingClocks(), TIMERS)
    assert isinstance(fact, e.FindingClockExpired) and loop.do(f.RingFindingClocks(), TIMERS) == ()


# --- the digest ---


def judge(item: str = "m1", **more: Any) -> f.JudgeItem:
    """A complete judgement."""
    told: dict[str, Any] = {
        "opinion": "职责已明确",
        "disposition": "解释",
        "owner": CHENGGUAN,
        "due": date(2026, 6, 30),
    }
    return f.JudgeItem(item, **(told | more))


def on(digest: d.Digest, command: f.FindingCommand, previous: d.Digest | None = None) -> d.Digest:
    """The digest after a command of the director."""
    for fact in d.decide(digest, command, Occasion(MONDAY, DIRECTOR, CITY, CALENDAR, REGISTER), previous):
        digest = d.evolve(digest, fact, MONDAY)
    return digest


def opened(number: str = "2026Q1", *items: str, previous: d.Digest | None = None) -> d.Digest:
    """A digest with these items."""
    told = tuple(e.DigestItem(item=item, matter=f"事项{item}", returns=2) for item in items)
    command = f.OpenDigest(date(2026, 1, 1), date(2026, 3, 31), told)
    return on(d.Digest(number), command, previous)


def test_each_item_of_the_digest_gets_an_opinion_a_disposition_an_owner_and_a_date() -> None:
    """domain, section 3, item 3; 聊城 004."""
    digest = opened("2026Q1", "m1", "m2")
    with refused("disposition-known"):
        on(digest, judge(disposition="再议"))
    with refused("text-given"):
        on(digest, judge(opinion=""))
    with refused("unit-known"):
        on(digest, judge(owner=UnitCode("C99")))
    with refused("due-ahead"):
        on(digest, judge(due=date(2026, 3, 2)))
    with refused("digest-item-known"):
        on(digest, judge("m9"))
    digest = on(digest, judge())
    with refused("digest-complete"):
        on(digest, f.PublishDigest("云编梳理〔2026〕1号"))
    digest = on(on(digest, judge("m2")), f.PublishDigest("云编梳理〔2026〕1号"))
    with refused("digest-published-once"):
        on(digest, f.PublishDigest("2号"))


@pytest.mark.parametrize("disposition", ["解释", "会商", "立案", "改清单"])
def test_the_digest_disposes_of_an_item_in_four_ways(disposition: str) -> None:
    """domain, section 3, item 3: 解释 / 会商 / 立案 / 改清单."""
    assert disposition in CITY.cases.dispositions and len(CITY.cases.dispositions) == 4
    assert on(opened("2026Q1", "m1"), judge(disposition=disposition)).judged == {"m1"}


def test_an_item_comes_back_in_the_next_digest_until_it_is_closed() -> None:
    """domain, section 3, item 3: and comes back in the next digest until closed."""
    first = opened("2026Q1", "m1", "m2")
    with refused("digest-item-judged-first"):
        on(first, f.CloseItem("m2", "已明确"))
    first = on(on(on(first, judge()), judge("m2")), f.CloseItem("m2", "清单已改"))
    second = opened("2026Q2", "m3", previous=first)
    assert {item.item: item.open_since for item in second.items} == {"m1": "2026Q1", "m3": ""}
    third = opened("2026Q3", "m1", previous=second)
    assert next((item.item, item.open_since, item.returns) for item in third.items) == ("m1", "2026Q1", 2)


def test_a_digest_is_opened_once_and_first() -> None:
    with refused("digest-opened-first"):
        on(d.Digest("x"), judge())
    with refused("digest-opened-once"):
        on(opened("2026Q1", "m1"), f.OpenDigest(date(2026, 1, 1), date(2026, 3, 31), ()))
    with refused("period-in-order"):
        on(d.Digest("x"), f.OpenDigest(date(2026, 3, 31), date(2026, 1, 1), ()))


def test_a_number_of_the_citys_own_series_is_not_typed_by_hand() -> None:
    """stage C, item 8: papers are numbered; what a series gives out in turn may not stand on two papers."""
    loop = Loop().fed_back(VIOLATION)
    for typed in ("云编督〔2026〕3号", " 云编督 [2026] 第 3 号", "云编督（2026）3", "云热派〔2027〕９号"):
        with refused("number-of-a-series"):
            loop.do(f.IssueNotice(typed, "超职数配备", "限期整改"), DIRECTOR)
    for typed in ("云编督字〔2026〕3号", "云编督办3号", "2026年第3号"):
        assert decide(loop.finding, f.IssueNotice(typed, "超", "改"), loop.occasion(DIRECTOR))
    given = replace(loop.occasion(DIRECTOR), numbered="云编督〔2026〕3号")
    assert decide(loop.finding, f.IssueNotice("云编督〔2026〕3号", "超", "改"), given), "the series itself gave it"
    papers = CITY.papers.model_copy(update={"prefixes": (("minutes", "云{unit}纪"),)})
    assert in_a_series("云C03纪〔2026〕1号", papers) and not in_a_series("云纪〔2026〕1号", papers)
