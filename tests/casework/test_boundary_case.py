"""The matter lane: negotiation, minutes, application, opinions, meeting, opinion, report, decision."""

from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from typing import Any

import pytest

from casework import events as e
from casework.boundary_case import commands as b
from casework.boundary_case.decide import decide
from casework.boundary_case.points import enactments
from casework.boundary_case.state import BoundaryCase, Step, evolve
from casework.events.fact import Attachment
from casework.occasion import Occasion
from casework.standing import NOTHING_KNOWN, Standing
from mandates.edition import RegisterEdition
from mandates.model import BoundaryItem, Clause, DutyPoint, DutyRole, Instrument, InstrumentKind, Link
from terms.actors import Actor, Role
from terms.ids import ClauseId, InstrumentId, UnitCode
from tests.casework.town import (
    CALENDAR,
    CHENGGUAN,
    CITY,
    ECOLOGY,
    HOUSING,
    MONDAY,
    PROPOSER,
    REGISTER,
    REVIEWER,
    TIMERS,
    WATER,
    head,
    refused,
    unit_leader,
)

OFFICER = Actor("b1", Role.BIANBAN_OFFICER, UnitCode("C39"))
DIRECTOR = Actor("b2", Role.BIANBAN_DIRECTOR, UnitCode("C39"))
JUSTICE = Actor("j1", Role.JUSTICE_OFFICER, UnitCode("C22"))
SCAN = Attachment(name="决定.pdf", reference="scans/1")
POINTS = (
    e.PointDraft(link="执法", unit=CHENGGUAN, text="夜间施工噪声由城管局执法", base_clause="C03-1"),
    e.PointDraft(link="监管", unit=HOUSING, text="工地文明施工由住建局监管", base_clause="C04-1"),
)
CITED = (e.CitedBy(unit=CHENGGUAN, clause="C03-1"), e.CitedBy(unit=ECOLOGY, clause="C11-1"))
BODY = CITY.cases.competent_bodies[0]


@dataclass
class Dispute:
    """One case lived through."""

    now: datetime = MONDAY
    register: RegisterEdition = REGISTER
    standing: Standing = NOTHING_KNOWN
    case: BoundaryCase = field(default_factory=lambda: BoundaryCase("BC-1"))
    facts: list[tuple[e.CaseFact, datetime]] = field(default_factory=list)

    def occasion(self, actor: Actor) -> Occasion:
        """What a decision may know just now."""
        return Occasion(self.now, actor, CITY, CALENDAR, self.register, self.standing)

    def do(self, command: b.CaseCommand, actor: Actor) -> tuple[e.CaseFact, ...]:
        """Give a command a minute later; its facts are folded."""
        self.now += timedelta(minutes=1)
        facts = decide(self.case, command, self.occasion(actor))
        for fact in facts:
            self.case = evolve(self.case, fact, self.now)
            self.facts.append((fact, self.now))
        return facts

    def opened(self, **more: Any) -> "Dispute":
        """Opened by 编办 among three departments."""
        told: dict[str, Any] = {
            "matter": "夜间施工噪声",
            "matter_id": "DP-1",
            "opened_by": "bianban",
            "parties": (CHENGGUAN, HOUSING, ECOLOGY),
            "question": "谁主办夜间施工噪声投诉",
            "clauses": CITED,
        }
        self.do(b.OpenCase(**(told | more)), OFFICER)
        return self

    def negotiated(self) -> "Dispute":
        """The convener, here 编办, held a meeting."""
        assert self.case.convener is not None
        self.do(b.HoldNegotiation(self.case.convener, (CHENGGUAN, HOUSING, ECOLOGY), "未达成一致"), OFFICER)
        return self

    def applied(self) -> "Dispute":
        """Applied for coordination."""
        self.do(application(), head(CHENGGUAN))
        return self

    def opinions(self) -> "Dispute":
        """Taken up, and one round of opinions given."""
        self.do(b.AcceptApplication(), OFFICER)
        self.do(b.AskOpinions(), OFFICER)
        for unit, clause in ((CHENGGUAN, "C03-1"), (HOUSING, "C04-1"), (ECOLOGY, "C11-1")):
            self.do(b.GiveOpinion(unit, "不属于本单位", (clause,)), head(unit))
        return self

    def issued(self) -> "Dispute":
        """Meeting held and 协调意见 issued."""
        self.do(b.HoldMeeting((CHENGGUAN, HOUSING, ECOLOGY), "协调会纪要"), OFFICER)
        self.do(b.IssueOpinion("云编函〔2026〕1号", CHENGGUAN, POINTS, "依据三定", date(2026, 4, 1)), DIRECTOR)
        return self


def application(**more: Any) -> b.ApplyForCoordination:
    """A complete application."""
    told: dict[str, Any] = {
        "unit": CHENGGUAN,
        "matter": "夜间施工噪声",
        "own_efforts": "三月协商两次",
        "main_dispute": "谁主办",
        "reasons": "条目不清",
        "basis": ("C03-1",),
    }
    return b.ApplyForCoordination(**(told | more))


def coordinated() -> Dispute:
    """As far as the 协调意见."""
    return Dispute().opened().negotiated().applied().opinions().issued()


def decision(**more: Any) -> b.RecordDecision:
    """What the competent body decided."""
    told: dict[str, Any] = {
        "body": BODY,
        "doc_no": "云编委〔2026〕1号",
        "decided_on": date(2026, 4, 10),
        "scan": SCAN,
        "lead": CHENGGUAN,
        "points": POINTS,
        "effective_from": date(2026, 5, 1),
        "supports": (HOUSING,),
    }
    return b.RecordDecision(**(told | more))


# --- opening ---


def test_a_case_is_opened_from_orders_by_a_department_by_bianban_or_by_instruction() -> None:
    """stage C, item 3."""
    parties = (CHENGGUAN, HOUSING)
    told: dict[str, Any] = {"matter": "m", "question": "q"}
    with refused("orders-named"):
        Dispute().do(b.OpenCase(opened_by="orders", parties=parties, **told), REVIEWER)
    Dispute().do(b.OpenCase(opened_by="orders", parties=parties, orders=("G1",), **told), REVIEWER)
    Dispute().do(b.OpenCase(opened_by="department", parties=parties, **told), head(HOUSING))
    Dispute().do(b.OpenCase(opened_by="bianban", parties=parties, **told), OFFICER)
    with refused("instruction-named"):
        Dispute().do(b.OpenCase(opened_by="instruction", parties=parties, **told), OFFICER)
    Dispute().do(b.OpenCase(opened_by="instruction", parties=parties, instruction="批示1号", **told), OFFICER)


def test_who_opens_a_case_says_truly_as_whom() -> None:
    with refused("opened-by-whom-it-says"):
        Dispute().do(b.OpenCase("m", "bianban", (CHENGGUAN, HOUSING), "q"), REVIEWER)
    with refused("proposer-is-a-party"):
        Dispute().do(b.OpenCase("m", "department", (CHENGGUAN, HOUSING), "q"), head(WATER))
    with refused("two-parties-at-least"):
        Dispute().opened(parties=(CHENGGUAN,), clauses=())
    with refused("question-put"):
        Dispute().opened(question=" ")
    with refused("case-opened-once"):
        Dispute().opened().opened()


def test_there_is_one_case_a_matter_not_one_an_order() -> None:
    """domain, section 3: a boundary case per matter, not per order."""
    with refused("one-case-a-matter"):
        Dispute(standing=Standing("DP-1", open_case="BC-0")).opened()
    dispute = Dispute().opened(orders=("G1",))
    dispute.do(b.AttachOrder("G2"), REVIEWER)
    assert dispute.do(b.AttachOrder("G2"), REVIEWER) == () and dispute.case.orders == ("G1", "G2")


def test_cited_clauses_are_in_force_and_of_the_parties() -> None:
    for unit, clause in ((WATER, "C14-1"), (CHENGGUAN, "C04-1")):
        with refused("clause-of-a-party"):
            Dispute().opened(clauses=(e.CitedBy(unit=unit, clause=clause),))
    with refused("clause-in-force"):
        Dispute().opened(clauses=(e.CitedBy(unit=CHENGGUAN, clause="C03-99"),))


def leading(*clauses: str) -> RegisterEdition:
    """The town's register with some clauses marked 牵头."""
    changed = {
        key: replace(clause, role=DutyRole.LEAD) if key in clauses else clause
        for key, clause in REGISTER.clauses.items()
    }
    return replace(REGISTER, clauses=changed)


def test_the_named_lead_convenes_with_several_the_first_listed_with_none_the_proposer() -> None:
    """domain, section 3; provincial 职责分工协商协调办法."""
    assert Dispute(register=leading("C11-1")).opened().case.convener == ECOLOGY
    both = Dispute(register=leading("C11-1", "C03-1")).opened().case.opened
    assert both is not None and (both.convener, both.convener_ground) == (CHENGGUAN, "first_listed")
    none = Dispute()
    none.do(b.OpenCase("m", "department", (CHENGGUAN, HOUSING), "q"), head(HOUSING))
    assert none.case.opened is not None and none.case.opened.convener_ground == "proposer"
    assert none.case.convener == HOUSING
    item = BoundaryItem(ClauseId("BJ-1"), InstrumentId("I-SD"), "施工噪声", HOUSING, (ECOLOGY,), ())
    listed = replace(REGISTER, boundary_items={item.id: item})
    assert Dispute(register=listed).opened(matter_id="BJ-1").case.convener == HOUSING


def test_a_dispute_never_leaves_a_matter_without_an_owner() -> None:
    """domain, section 2: orders under a case stay with the status-quo unit."""
    case = Dispute(standing=Standing("DP-1", designated=HOUSING)).opened().case
    assert case.opened is not None
    assert (case.opened.status_quo, case.opened.status_quo_ground) == (HOUSING, "designated")


# --- by themselves ---


def test_departments_negotiate_first() -> None:
    """State Council Order 486 art. 10; 职责分工协商协调办法."""
    with refused("negotiate-first"):
        Dispute().opened().applied()
    with refused("negotiate-first"):
        Dispute(register=leading("C03-1")).opened().do(
            b.DraftMinutes(CHENGGUAN, "t", CHENGGUAN, POINTS), head(CHENGGUAN)
        )


def test_the_convener_convenes() -> None:
    dispute = Dispute(register=leading("C03-1")).opened()
    with refused("convener-convenes"):
        dispute.do(b.HoldNegotiation(HOUSING, (CHENGGUAN, HOUSING), "x"), head(HOUSING))
    with refused("two-parties-at-least"):
        dispute.do(b.HoldNegotiation(CHENGGUAN, (CHENGGUAN,), "x"), head(CHENGGUAN))
    with refused("summary-given"):
        dispute.do(b.HoldNegotiation(CHENGGUAN, (CHENGGUAN, HOUSING), ""), head(CHENGGUAN))
    with refused("parties-only"):
        dispute.do(b.HoldNegotiation(WATER, (CHENGGUAN, HOUSING), "x"), head(WATER))


def drafted() -> Dispute:
    """Minutes drafted by the named lead."""
    dispute = Dispute(register=leading("C03-1")).opened()
    dispute.do(b.HoldNegotiation(CHENGGUAN, (CHENGGUAN, HOUSING, ECOLOGY), "一致"), head(CHENGGUAN))
    dispute.do(b.DraftMinutes(CHENGGUAN, "纪要", CHENGGUAN, POINTS, (HOUSING,)), head(CHENGGUAN))
    return dispute


def test_minutes_signed_by_all_and_filed_write_duty_points() -> None:
    """domain, section 3: minutes signed by all, filed with 编办, and their agreement writes duty points."""
    dispute = drafted()
    filing = b.FileMinutes("云城纪〔2026〕1号", date(2026, 4, 1))
    for unit in (CHENGGUAN, HOUSING):
        dispute.do(b.SignMinutes(unit, "局长"), unit_leader(unit))
    with refused("minutes-signed-by-all"):
        dispute.do(filing, OFFICER)
    with refused("signatory-named"):
        dispute.do(b.SignMinutes(ECOLOGY, ""), unit_leader(ECOLOGY))
    dispute.do(b.SignMinutes(ECOLOGY, "局长"), unit_leader(ECOLOGY))
    assert dispute.do(b.SignMinutes(ECOLOGY, "局长"), unit_leader(ECOLOGY)) == ()
    with refused("numbered"):
        dispute.do(b.FileMinutes("", date(2026, 4, 1)), OFFICER)
    filed, points, change, closed = dispute.do(filing, OFFICER)
    assert isinstance(filed, e.MinutesFiled) and isinstance(closed, e.CaseClosed) and closed.how == "minutes"
    assert isinstance(points, e.DutyPointsWritten) and points.source == "minutes" and points.lead == CHENGGUAN
    assert isinstance(change, e.ListChangeProposed) and change.effective_from == date(2026, 4, 1)
    assert dispute.case.step is Step.CLOSED


def test_minutes_are_filed_with_bianban_and_by_no_party() -> None:
    """domain, section 3: filed with 编办."""
    dispute = drafted()
    for unit in (CHENGGUAN, HOUSING, ECOLOGY):
        dispute.do(b.SignMinutes(unit, "局长"), unit_leader(unit))
    filing = b.FileMinutes("云城纪〔2026〕1号", date(2026, 4, 1))
    for actor in (head(CHENGGUAN), unit_leader(CHENGGUAN), JUSTICE):
        with refused("role"):
            dispute.do(filing, actor)
    dispute.do(filing, OFFICER)


def test_a_new_draft_is_signed_anew() -> None:
    dispute = drafted()
    dispute.do(b.SignMinutes(HOUSING, "局长"), unit_leader(HOUSING))
    dispute.do(b.DraftMinutes(CHENGGUAN, "第二稿", CHENGGUAN, POINTS), head(CHENGGUAN))
    assert dispute.case.signed == frozenset() and dispute.case.drafts == 2


def test_an_agreement_stays_within_the_existing_sanding() -> None:
    """domain, section 3: duty points within the existing 三定; a change to 三定 text needs the 编委."""
    dispute = drafted()

    def draft(point: e.PointDraft, lead: UnitCode = CHENGGUAN) -> None:
        dispute.do(b.DraftMinutes(CHENGGUAN, "稿", lead, (point,)), head(CHENGGUAN))

    good = POINTS[0]
    with refused("within-the-existing-sanding"):
        draft(good.model_copy(update={"base_clause": ""}))
    with refused("point-on-its-owners-clause"):
        draft(good.model_copy(update={"base_clause": "C04-1"}))
    with refused("points-name-the-lead"):
        draft(good, HOUSING)
    with refused("link-known"):
        draft(good.model_copy(update={"link": "喝茶"}))
    with refused("point-worded"):
        draft(good.model_copy(update={"text": ""}))
    with refused("points-bind-parties"):
        draft(e.PointDraft(link="监管", unit=WATER, text="x", base_clause="C14-1"), WATER)
    with refused("one-owner-a-link"):
        same = e.PointDraft(link="执法", unit=HOUSING, text="x", base_clause="C04-1")
        dispute.do(b.DraftMinutes(CHENGGUAN, "稿", CHENGGUAN, (good, same)), head(CHENGGUAN))


# --- coordination ---


@pytest.mark.parametrize("part", ["matter", "own_efforts", "main_dispute", "reasons", "basis"])
def test_an_application_carries_its_five_parts(part: str) -> None:
    """domain, section 3: 协调事项、自行协调情况、主要争议、理由、依据."""
    with refused("application-has-five-parts"):
        Dispute().opened().negotiated().do(application(**{part: () if part == "basis" else " "}), head(CHENGGUAN))


def test_duty_goes_to_bianban_and_enforcement_basis_to_justice() -> None:
    """国办函〔2025〕66号 item (五)."""
    duty = Dispute().opened().negotiated().applied()
    with refused("jurisdiction"):
        duty.do(b.AcceptApplication(), JUSTICE)
    duty.do(b.MoveJurisdiction("执法依据问题"), OFFICER)
    assert duty.case.handler == CITY.justice_unit
    with refused("jurisdiction"):
        duty.do(b.AcceptApplication(), OFFICER)
    duty.do(b.AcceptApplication(), JUSTICE)
    assert duty.case.step is Step.ACCEPTED


def test_an_application_may_be_sent_back_with_what_is_lacking() -> None:
    dispute = Dispute().opened().negotiated().applied()
    with refused("reason-given"):
        dispute.do(b.AcceptApplication(accepted=False), OFFICER)
    dispute.do(b.AcceptApplication(accepted=False, reason="缺依据"), OFFICER)
    dispute.applied()


def test_opinions_come_in_up_to_two_rounds_of_five_working_days() -> None:
    """执法协调 rules: 5 working days a round."""
    dispute = Dispute().opened().negotiated().applied().opinions()
    with refused("one-opinion-a-round"):
        dispute.do(b.GiveOpinion(HOUSING, "再说一次", ("C04-1",)), head(HOUSING))
    (asked,) = dispute.do(b.AskOpinions(), OFFICER)
    assert isinstance(asked, e.OpinionsRequested) and asked.round == 2
    assert CALENDAR.working_days_after(CALENDAR.local_day(dispute.now), 5).at == asked.deadlines[0].due
    with refused("opinions-still-due"):
        dispute.do(b.HoldMeeting((CHENGGUAN,), "x"), OFFICER)
    dispute.now = asked.deadlines[0].due
    with refused("opinion-rounds"):
        dispute.do(b.AskOpinions(), OFFICER)
    (late,) = dispute.do(b.GiveOpinion(HOUSING, "迟到的意见", ("C04-1",)), head(HOUSING))
    assert isinstance(late, e.OpinionGiven) and late.late
    dispute.issued()  # silence holds nothing up


def test_which_sources_may_be_cited_is_ranked_per_city() -> None:
    """宁波: 部门规章、规范性文件 may not decide a duty."""
    dispute = Dispute().opened().negotiated().applied()
    dispute.do(b.AcceptApplication(), OFFICER)
    dispute.do(b.AskOpinions(), OFFICER)
    with refused("source-may-decide"):
        dispute.do(b.GiveOpinion(ECOLOGY, "按规章", ("C11-9",)), head(ECOLOGY))
    with refused("position-given"):
        dispute.do(b.GiveOpinion(ECOLOGY, "", ("C11-1",)), head(ECOLOGY))
    (given,) = dispute.do(b.GiveOpinion(ECOLOGY, "按三定", ("C11-9", "C11-1")), head(ECOLOGY))
    assert isinstance(given, e.OpinionGiven) and given.clauses == ("C11-1", "C11-9")  # best source first
    dispute.do(b.GiveOpinion(HOUSING, "无单位有条目", no_clause=True), head(HOUSING))


def test_the_meeting_follows_the_opinions_and_the_coordination_opinion_the_meeting() -> None:
    """domain, section 3: written opinions, then a meeting, then the 协调意见."""
    dispute = Dispute().opened().negotiated().applied()
    meet = b.HoldMeeting((CHENGGUAN, HOUSING), "协调会")
    issue = b.IssueOpinion("云编函〔2026〕1号", CHENGGUAN, POINTS, "依据三定", date(2026, 4, 1))
    dispute.do(b.AcceptApplication(), OFFICER)
    for too_soon in (meet, issue):
        with refused("case-step"):
            dispute.do(too_soon, DIRECTOR)
    dispute.do(b.AskOpinions(), OFFICER)
    for unit, clause in ((CHENGGUAN, "C03-1"), (HOUSING, "C04-1"), (ECOLOGY, "C11-1")):
        dispute.do(b.GiveOpinion(unit, "不属于本单位", (clause,)), head(unit))
    with refused("case-step"):
        dispute.do(issue, DIRECTOR)
    dispute.do(meet, OFFICER)
    dispute.do(issue, DIRECTOR)
    assert dispute.case.step is Step.ANSWERING


def test_an_opinion_all_parties_agree_to_writes_duty_points() -> None:
    """domain, section 3: 编办 issue a 协调意见 (agreed, it also writes duty points)."""
    dispute = coordinated()
    for unit in (CHENGGUAN, HOUSING):
        assert len(dispute.do(b.AnswerOpinion(unit, agrees=True), unit_leader(unit))) == 1
    facts = dispute.do(b.AnswerOpinion(ECOLOGY, agrees=True), unit_leader(ECOLOGY))
    assert [fact.event_type() for fact in facts][1:] == ["DutyPointsWritten", "ListChangeProposed", "CaseClosed"]


def test_bianban_do_not_rule_an_opinion_that_is_not_agreed_is_reported_upward() -> None:
    """domain, section 3."""
    dispute = coordinated()
    with refused("report-when-not-agreed"):
        dispute.do(b.ReportUpward(BODY, "未答复"), DIRECTOR)
    with refused("reason-given"):
        dispute.do(b.AnswerOpinion(ECOLOGY, agrees=False), unit_leader(ECOLOGY))
    with refused("opinion-awaits-its-answers"):
        dispute.do(b.IssueOpinion("2号", CHENGGUAN, POINTS, "x", date(2026, 4, 1)), DIRECTOR)
    dispute.do(b.AnswerOpinion(ECOLOGY, agrees=False, note="不同意"), unit_leader(ECOLOGY))
    with refused("case-step"):
        dispute.do(decision(), OFFICER)
    with refused("competent-body"):
        dispute.do(b.ReportUpward("编办", "x"), DIRECTOR)
    dispute.do(b.ReportUpward(BODY, "各方不一致"), DIRECTOR)
    assert dispute.case.step is Step.REPORTED


def reported() -> Dispute:
    """Reported upward."""
    dispute = coordinated()
    dispute.do(b.AnswerOpinion(ECOLOGY, agrees=False, note="不同意"), unit_leader(ECOLOGY))
    dispute.do(b.ReportUpward(BODY, "各方不一致"), DIRECTOR)
    return dispute


def test_a_decision_is_recorded_with_body_number_date_and_scan() -> None:
    """domain, section 3: recorded with issuing body, 文号, date and scan."""
    dispute = reported()
    with refused("competent-body"):
        dispute.do(decision(body="编办"), OFFICER)
    lacks: tuple[dict[str, Any], ...] = ({"doc_no": " "}, {"scan": None})
    for lacking in lacks:
        with refused("decision-has-number-and-scan"):
            dispute.do(decision(**lacking), OFFICER)
    with refused("effective-after-decided"):
        dispute.do(decision(effective_from=date(2026, 4, 9)), OFFICER)
    facts = dispute.do(decision(), OFFICER)
    assert [fact.event_type() for fact in facts] == [
        "DecisionRecorded",
        "DutyPointsWritten",
        "ListChangeProposed",
        "CaseClosed",
    ]
    assert dispute.case.outcome == "decision"


@pytest.mark.parametrize("body", CITY.cases.competent_bodies)
def test_the_competent_body_is_the_bianwei_or_the_government(body: str) -> None:
    """domain, section 3: a 决定 by the competent body, 编委 or government, is recorded; 编办 make none."""
    assert len(CITY.cases.competent_bodies) == 2 and "编制委员会" in CITY.cases.competent_bodies[0]
    fact = reported().do(decision(body=body), OFFICER)[0]
    assert isinstance(fact, e.DecisionRecorded) and fact.body == body


def test_only_the_bianwei_change_the_text_of_a_sanding() -> None:
    """domain, section 3: a change to 三定 text needs the 编委."""
    new = (e.PointDraft(link="执法", unit=CHENGGUAN, text="新增职责"),)
    dispute = reported()
    with refused("sanding-changed-by-the-bianwei"):
        dispute.do(decision(body="市人民政府", points=new, changes_sanding=True), OFFICER)
    with refused("within-the-existing-sanding"):
        dispute.do(decision(points=new), OFFICER)
    dispute.do(decision(points=new, changes_sanding=True), OFFICER)


def test_a_decision_enters_the_register_as_document_clauses_and_duty_points() -> None:
    """stage C: a decision writes duty points with an effective date; later orders cite it."""
    dispute = reported()
    fact = next(f for f in dispute.do(decision(), OFFICER) if isinstance(f, e.DutyPointsWritten))
    items = tuple(enactments(fact, REGISTER))
    (document,) = [item for item in items if isinstance(item, Instrument)]
    assert document.kind is InstrumentKind.DECISION and document.doc_no == "云编委〔2026〕1号"
    points = {item.link: item for item in items if isinstance(item, DutyPoint)}
    clauses = {item.id: item for item in items if isinstance(item, Clause)}
    assert points[Link.ENFORCE].id == "DP-1"  # the point that was disputed is succeeded, its words stay
    assert points[Link.ENFORCE].unit == CHENGGUAN and points[Link.ENFORCE].decision == document.doc_no
    assert all(clauses[point.clause].instrument == document.id for point in points.values())
    assert {item.span.valid_from for item in items} == {date(2026, 5, 1)}
    assert set(fact.items) == {point.id for point in points.values()}


def test_a_dispute_that_is_gone_is_withdrawn_by_its_proposer_or_bianban() -> None:
    dispute = Dispute()
    dispute.do(b.OpenCase("m", "department", (CHENGGUAN, HOUSING), "q"), head(HOUSING))
    with refused("proposer-withdraws"):
        dispute.do(b.WithdrawCase("x"), head(CHENGGUAN))
    dispute.do(b.WithdrawCase("已自行解决"), head(HOUSING))
    with refused("case-step"):
        dispute.do(b.WithdrawCase("x"), OFFICER)


def test_the_clocks_of_a_case_ring_once() -> None:
    dispute = Dispute().opened()
    dispute.now = dispute.case.clocks[0].due
    (fact,) = dispute.do(b.RingCaseClocks(), TIMERS)
    assert isinstance(fact, e.CaseClockExpired) and dispute.do(b.RingCaseClocks(), TIMERS) == ()
    with refused("role"):
        dispute.do(b.AskOpinions(), PROPOSER)
    with refused("own-unit"):
        dispute.do(application(), head(HOUSING))
