"""The return as a counter-claim: what it must carry, who is asked, how it is reviewed (domain, section 2)."""

from datetime import timedelta
from typing import Any, Literal

import pytest

from casework import events as e
from casework.standing import NOTHING_KNOWN, Standing
from casework.work_order import Status
from casework.work_order import commands as c
from city.configuration import CityConfiguration
from terms.actors import Role
from terms.ids import UnitCode
from tests.casework.town import (
    CHENGGUAN,
    CITY,
    D_CHENGGUAN,
    D_HOUSING,
    DESK,
    DISTRICT,
    ECOLOGY,
    HOUSING,
    PROPOSER,
    REVIEWER,
    WATER,
    Life,
    cite,
    claim,
    clerk,
    head,
    refused,
)

RECORDER = PROPOSER


def handled() -> Life:
    """An order of the chengguan bureau, just dispatched."""
    return Life().received().dispatched()


def agreed(life: Life, unit: UnitCode = ECOLOGY) -> Life:
    """The proposed unit agrees to take the order."""
    life.do(c.AnswerAsProposed(unit, agrees=True), head(unit))
    return life


# --- what it must carry ---


def test_a_complete_return_is_an_objection_and_the_proposed_unit_is_asked() -> None:
    life = handled()
    requested, asked = life.do(claim(), head(CHENGGUAN))
    assert isinstance(requested, e.ReturnRequested) and isinstance(asked, e.ProposedUnitAsked)
    assert requested.denied_clause == "C03-1" and requested.claimed_clause == "C11-1" and requested.basis_complete
    assert requested.register_edition == life.register.digest and requested.city_version == CITY.version
    assert asked.unit == ECOLOGY and asked.deadlines[0].clock == "answer"
    assert life.order.clock("review") is not None


@pytest.mark.parametrize(
    ("reason", "carried"),
    [
        ("not_ours", {"denied_clause": "C03-1", "claimed_clause": "C11-1", "proposed_unit": ECOLOGY}),
        ("unclear", {"denied_clause": "C03-1", "no_clause": True}),
        ("overlap", {"denied_clause": "C03-1", "claimed_clause": "C11-1", "proposed_unit": ECOLOGY}),
        ("territory", {"place": "东渡区渡口路"}),
        ("duplicate", {"other_order": "G0"}),
        ("incomplete", {"missing": ("具体地点",)}),
        ("legal_channel", {"channel": "劳动仲裁"}),
        ("partial", {"keeps": "噪声处罚", "asked_support": HOUSING}),
    ],
)
def test_what_a_return_must_carry_depends_on_its_reason(reason: str, carried: dict[str, Any]) -> None:
    """domain, section 2; 吕梁 2024: 并提供相关依据及理由."""
    for left_out in carried:
        lacking = {key: value for key, value in carried.items() if key not in (left_out, "proposed_unit")}
        if left_out != "proposed_unit":
            with refused("return-carries-its-basis"):
                handled().do(c.RequestReturn(CHENGGUAN, reason, **lacking, note="n", signatory="s"), head(CHENGGUAN))
    life = handled()
    life.do(c.RequestReturn(CHENGGUAN, reason, **carried, note="n", signatory="s"), head(CHENGGUAN))
    assert life.order.objection is not None


def test_a_return_always_has_a_note_and_a_signatory() -> None:
    """domain, section 2."""
    for note, signatory in ((" ", "s"), ("n", "")):
        with refused("return-signed"):
            handled().returned(note=note, signatory=signatory)


def test_no_unit_has_a_clause_is_a_lawful_answer() -> None:
    """domain, section 2: that is how an orphan matter is seen."""
    life = handled().returned(claimed_clause=None, proposed_unit=None, no_clause=True)
    assert life.order.objection is not None and life.order.objection.proposed is None


def test_a_return_says_either_whose_clause_it_is_or_that_nobody_has_one() -> None:
    with refused("no-clause-or-one"):
        handled().returned(no_clause=True)


def test_the_denied_clause_is_the_units_own() -> None:
    with refused("denied-clause-is-own"):
        handled().returned(denied_clause="C04-1")


def test_the_claimed_clause_belongs_to_the_proposed_unit() -> None:
    with refused("claimed-clause-is-theirs"):
        handled().returned(claimed_clause="C04-1")
    with refused("claimed-clause-has-its-unit"):
        handled().returned(proposed_unit=None)
    with refused("another-unit"):
        handled().returned(proposed_unit=CHENGGUAN)


def test_the_cited_clauses_are_in_force_on_the_orders_date() -> None:
    with refused("clause-in-force"):
        handled().returned(denied_clause="C03-77")
    with refused("clause-in-force"):
        handled().returned(claimed_clause="C11-77")


def test_a_district_bureau_argues_with_the_clauses_of_the_city_bureau_it_mirrors() -> None:
    """domain, section 2: district bureaus mirror city bureaus."""
    life = Life().received().dispatched(D_CHENGGUAN, "C03-1")
    life.returned(D_CHENGGUAN, claimed_clause="C04-1", proposed_unit=D_HOUSING)
    assert life.order.objection is not None


def test_a_duplicate_names_another_order() -> None:
    with refused("another-order"):
        handled().returned(reason="duplicate", other_order="G1")


def test_a_reason_the_city_does_not_know_is_refused() -> None:
    with refused("return-reason-known"):
        handled().returned(reason="busy")


def test_a_city_may_allow_returns_only_of_what_is_clearly_not_the_units() -> None:
    """潍坊条例 art. 22: only orders 明确不属于 the unit may be returned."""
    only = tuple(reason for reason in CITY.return_reasons if reason.code == "not_ours")
    life = Life(city=CityConfiguration(return_reasons=only)).received().dispatched()
    with refused("return-reason-known"):
        life.returned(reason="overlap")
    life.returned()


# --- when and by whom ---


def test_a_return_comes_within_one_working_day_and_silence_is_acceptance() -> None:
    """吕梁 2024."""
    life = handled()
    clock = life.order.clock("return")
    assert clock is not None
    life.now = clock.due - timedelta(minutes=2)
    life.returned()
    late = handled()
    late.now = clock.due
    with refused("silence-accepts"):
        late.returned()


def test_an_urgent_order_is_handled_first_and_objected_to_afterwards() -> None:
    """domain, section 2; 深圳 "先办后议"."""
    life = Life().received("紧急").dispatched()
    with refused("urgent-handle-first"):
        life.returned()
    life.do(c.StartWork(CHENGGUAN), clerk(CHENGGUAN))
    life.returned()


def test_only_the_lead_returns_a_support_objects_to_its_share() -> None:
    life = Life().received().dispatched(supports=(HOUSING,))
    with refused("only-the-lead-returns"):
        life.returned(HOUSING)
    with refused("only-a-support-objects"):
        life.do(c.ObjectAsSupport(CHENGGUAN, "不属于"), head(CHENGGUAN))
    life.do(c.ObjectAsSupport(HOUSING, "不在工地红线内", denied_clause="C04-1"), head(HOUSING))
    assert life.order.lead == CHENGGUAN and life.order.objection is None
    life.do(c.DecideSupportObjection(HOUSING, upheld=True, reason="成立"), REVIEWER)
    assert life.order.supports == ()


def test_a_support_whose_objection_is_refused_keeps_its_share() -> None:
    """stage C, item 1: a support may object to its own share."""
    life = Life().received().dispatched(supports=(HOUSING,))
    life.do(c.ObjectAsSupport(HOUSING, "不属于"), head(HOUSING))
    with refused("return-open"):
        life.do(c.ObjectAsSupport(HOUSING, "不属于"), head(HOUSING))
    life.do(c.DecideSupportObjection(HOUSING, upheld=False, reason="不成立"), REVIEWER)
    assert life.order.supports == (HOUSING,)
    with refused("no-return-open"):
        life.do(c.DecideSupportObjection(HOUSING, upheld=False, reason="不成立"), REVIEWER)


def test_one_return_at_a_time() -> None:
    life = handled().returned()
    with refused("return-open"):
        life.returned()


def test_until_the_review_decides_the_unit_that_has_the_order_keeps_handling_it() -> None:
    """首接负责制, 北京条例 art. 14."""
    life = handled()
    before = life.order
    life.returned()
    assert life.order.lead == CHENGGUAN and life.order.status is before.status
    assert life.order.clock("handle") == before.clock("handle")
    life.do(c.StartWork(CHENGGUAN), clerk(CHENGGUAN))
    life.do(c.ReportProgress(CHENGGUAN, "已到现场"), clerk(CHENGGUAN))
    assert life.order.status is Status.WORKING and life.order.objection is not None


def test_the_first_receiver_coordinates_and_the_supports_report_while_a_return_is_open() -> None:
    """首接负责制, 北京条例 art. 14: it coordinates, the others report to it."""
    life = Life().received().dispatched(supports=(HOUSING,)).returned()
    assert life.order.objection is not None and life.order.lead == CHENGGUAN
    told = life.do(c.ReportProgress(HOUSING, "已核查证明"), clerk(HOUSING))
    assert [(one.unit, one.part) for one in told if isinstance(one, e.ProgressReported)] == [(HOUSING, "support")]
    life.do(c.StartWork(CHENGGUAN), clerk(CHENGGUAN))
    life.do(c.SubmitResult(CHENGGUAN, "已制止，房管部门另行答复"), clerk(CHENGGUAN))
    assert life.order.lead == CHENGGUAN, "the lead speaks for all"


def test_a_dispute_never_pauses_the_work() -> None:
    """山东: 协商协调期间，相关部门仍按照原职责划分规定开展工作; 深圳 先办后议."""
    life = handled().returned()
    with refused("dispute-never-pauses"):
        life.do(c.Shelve("等待划分", (life.now + timedelta(days=9)).date()), REVIEWER)


def test_a_matter_under_a_case_is_not_shelved_and_may_be_once_the_case_is_closed() -> None:
    """山东: 协商协调期间，相关部门仍按照原职责划分规定开展工作."""
    life = handled()
    life.standing = Standing("DP-1", open_case="BC-1")
    shelving = c.Shelve("等待", (life.now + timedelta(days=9)).date())
    with refused("dispute-never-pauses"):
        life.do(shelving, REVIEWER)
    life.standing = NOTHING_KNOWN
    life.do(shelving, REVIEWER)


def test_a_support_that_finishes_its_share_takes_its_objection_back() -> None:
    life = Life().received().dispatched(supports=(HOUSING,))
    life.do(c.ObjectAsSupport(HOUSING, "不属于"), head(HOUSING))
    life.do(c.SubmitResult(HOUSING, "已配合"), clerk(HOUSING))
    with refused("no-return-open"):
        life.do(c.DecideSupportObjection(HOUSING, upheld=True, reason="x"), REVIEWER)


def test_a_unit_that_finishes_the_work_takes_its_return_back() -> None:
    life = handled().returned()
    facts = life.do(c.SubmitResult(CHENGGUAN, "已现场制止"), clerk(CHENGGUAN))
    assert [fact.event_type() for fact in facts] == ["ReturnWithdrawn", "ResultSubmitted"]
    assert life.order.objection is None


def test_a_return_can_be_withdrawn_by_who_made_it() -> None:
    life = handled().returned()
    with refused("own-return-only"):
        life.do(c.WithdrawReturn(ECOLOGY), head(ECOLOGY))
    life.do(c.WithdrawReturn(CHENGGUAN), head(CHENGGUAN))
    assert life.order.objection is None
    with refused("no-return-open"):
        life.do(c.WithdrawReturn(CHENGGUAN), head(CHENGGUAN))


# --- the proposed unit ---


def test_the_proposed_unit_is_heard_before_an_order_is_moved_to_it() -> None:
    """domain, section 2: the proposed unit is asked before an order is moved to it."""
    life = handled().returned()
    moving = c.ReviewReturn("reassign", "属生态环境职责", ECOLOGY, citations=(cite("C11-1", ECOLOGY),))
    with refused("proposed-unit-heard-first"):
        life.do(moving, REVIEWER)
    agreed(life).do(moving, REVIEWER)
    assert life.order.lead == ECOLOGY


def test_the_proposed_units_silence_past_its_clock_counts_as_heard() -> None:
    """domain, section 2: the proposed unit is asked; it cannot hold an order up by silence."""
    life = handled().returned()
    life.now += timedelta(hours=5)
    life.do(c.ReviewReturn("reassign", "逾期未答复", ECOLOGY), REVIEWER)
    assert life.order.lead == ECOLOGY


def test_another_unit_has_to_be_asked_as_well() -> None:
    life = agreed(handled().returned())
    with refused("proposed-unit-heard-first"):
        life.do(c.ReviewReturn("reassign", "属住建职责", HOUSING), REVIEWER)
    life.do(c.AskUnit(HOUSING), REVIEWER)
    assert life.do(c.AskUnit(HOUSING), REVIEWER) == ()
    life.do(c.AnswerAsProposed(HOUSING, agrees=False, note="工地已完工"), head(HOUSING))
    life.do(c.ReviewReturn("reassign", "仍属住建职责", HOUSING), REVIEWER)
    assert life.order.lead == HOUSING


def test_the_lead_need_not_be_asked() -> None:
    with refused("already-the-lead"):
        handled().returned().do(c.AskUnit(CHENGGUAN), REVIEWER)


def test_a_unit_answers_once_and_with_a_ground() -> None:
    life = handled().returned()
    with refused("not-asked"):
        life.do(c.AnswerAsProposed(WATER, agrees=True), head(WATER))
    with refused("answer-has-a-ground"):
        life.do(c.AnswerAsProposed(ECOLOGY, agrees=False), head(ECOLOGY))
    life.do(c.AnswerAsProposed(ECOLOGY, agrees=False, denied_clause="C11-1"), head(ECOLOGY))
    with refused("answered-already"):
        life.do(c.AnswerAsProposed(ECOLOGY, agrees=True), head(ECOLOGY))


# --- the review ---


def test_a_refused_return_leaves_the_order_where_it_is() -> None:
    """domain, section 3, item 1: the review refuses."""
    life = handled().returned()
    handle = life.order.clock("handle")
    life.do(c.ReviewReturn("refuse", "属处罚职责", citations=(cite("C03-1", CHENGGUAN),)), REVIEWER)
    assert life.order.lead == CHENGGUAN and life.order.objection is None
    assert life.order.clock("handle") == handle and life.order.clock("review") is None


@pytest.mark.parametrize(
    ("verdict", "lead", "outcome"),
    [
        ("refuse", CHENGGUAN, "refused"),
        ("reassign", ECOLOGY, "reassigned"),
        ("add_support", CHENGGUAN, "support_added"),
        ("designate", ECOLOGY, "designated"),
    ],
)
def test_a_review_ends_in_one_of_four_ways(
    verdict: Literal["refuse", "reassign", "add_support", "designate"], lead: UnitCode, outcome: str
) -> None:
    """domain, section 3, item 1: refused, reassigned, support added, designated."""
    life = agreed(handled().returned())
    life.do(c.ReviewReturn(verdict, "审核意见", None if verdict == "refuse" else ECOLOGY), REVIEWER)
    assert (life.order.lead, life.order.objections[0].outcome) == (lead, outcome)
    assert life.order.clock("review") is None and life.order.clock("handle", lead) is not None


def test_a_review_gives_its_reason_and_names_the_unit() -> None:
    life = handled().returned()
    with refused("reason-given"):
        life.do(c.ReviewReturn("refuse", ""), REVIEWER)
    with refused("review-names-a-unit"):
        life.do(c.ReviewReturn("reassign", "改派"), REVIEWER)


def test_a_partly_own_order_keeps_its_lead_and_gets_a_support() -> None:
    """domain, section 3, item 1: the review adds a support."""
    life = handled()
    told = c.RequestReturn(CHENGGUAN, "partial", keeps="处罚", asked_support=HOUSING, note="n", signatory="s")
    life.do(told, head(CHENGGUAN))
    life.do(c.AnswerAsProposed(HOUSING, agrees=True), head(HOUSING))
    life.do(c.ReviewReturn("add_support", "加派住建", HOUSING), REVIEWER)
    assert life.order.lead == CHENGGUAN and life.order.supports == (HOUSING,)
    assert life.order.objection is None


def test_a_designated_unit_may_not_return_the_order() -> None:
    """潍坊条例 art. 22."""
    life = agreed(handled().returned())
    life.do(c.ReviewReturn("designate", "指定承办", ECOLOGY), REVIEWER)
    assert life.order.lead == ECOLOGY == life.order.designated
    assert life.order.clock("return", ECOLOGY) is None
    with refused("designated-may-not-return"):
        life.returned(ECOLOGY)
    with refused("designated-stays"):
        life.do(c.Reassign(HOUSING, "更正"), REVIEWER)


def test_the_present_lead_may_be_designated() -> None:
    """domain, section 3, item 1; 潍坊条例 art. 22: a designation binds."""
    life = handled().returned()
    life.do(c.ReviewReturn("designate", "仍由城管承办"), REVIEWER)
    assert life.order.designated == CHENGGUAN == life.order.lead
    with refused("designated-may-not-return"):
        life.returned()


def test_returns_without_end_escalate_by_rule_and_the_review_has_to_designate() -> None:
    """domain, section 2 and stage C: bounce counting escalates by rule."""
    life = agreed(handled().returned())
    life.do(c.ReviewReturn("reassign", "属生态", ECOLOGY), REVIEWER)
    life.returned(ECOLOGY)
    escalated = life.facts[-1][0]
    assert isinstance(escalated, e.EscalatedByRule)
    assert (escalated.rule, escalated.count, escalated.units) == ("returned-too-often", 2, (CHENGGUAN, ECOLOGY))
    verdicts: tuple[Literal["refuse", "reassign", "add_support"], ...] = ("refuse", "reassign", "add_support")
    for verdict in verdicts:
        with refused("escalated-must-designate"):
            life.do(c.ReviewReturn(verdict, "再改派", HOUSING), REVIEWER)
    life.do(c.ReviewReturn("designate", "指定生态环境局", ECOLOGY), REVIEWER)
    assert life.order.designated == ECOLOGY and not life.order.escalated


def test_ping_pong_is_seen_even_where_many_returns_are_allowed() -> None:
    patient = CITY.escalation.model_copy(update={"designate_after_returns": 99})
    life = Life(city=CITY.model_copy(update={"escalation": patient})).received().dispatched()
    for holder, to, clause in 2 * ((CHENGGUAN, ECOLOGY, "C11-1"), (ECOLOGY, CHENGGUAN, "C03-1")):
        assert not life.order.escalated
        life.returned(holder, proposed_unit=to, claimed_clause=clause)
        agreed(life, to).do(c.ReviewReturn("reassign", "改派", to), REVIEWER)
    found = life.facts[-1][0]
    assert isinstance(found, e.EscalatedByRule)
    assert (found.rule, found.count, found.units) == ("ping-pong", 2, (CHENGGUAN, ECOLOGY))


# --- the district desk ---


def test_a_district_desk_reviews_returns_among_its_bureaus() -> None:
    """北京条例 art. 12."""
    life = Life().received().dispatched(D_CHENGGUAN, "C03-1")
    life.returned(D_CHENGGUAN, claimed_clause="C04-1", proposed_unit=D_HOUSING)
    agreed(life, D_HOUSING).do(c.ReviewReturn("reassign", "属区住建", D_HOUSING), DESK)
    assert life.order.lead == D_HOUSING and life.order.desk == DISTRICT


def test_a_district_desk_moves_no_order_beyond_its_district() -> None:
    """北京条例 art. 12."""
    life = Life().received().dispatched(D_CHENGGUAN, "C03-1").returned(D_CHENGGUAN)
    with refused("inside-the-district"):
        agreed(life).do(c.ReviewReturn("reassign", "属市生态", ECOLOGY), DESK)
    life.do(c.ReviewReturn("reassign", "属市生态", ECOLOGY), REVIEWER)
    assert life.order.desk is None


def test_the_city_department_leads_only_where_duties_cross_and_are_disputed() -> None:
    """潍坊条例 art. 24: district bureaus mirror city bureaus, so this is no default for every order."""
    up = c.ReviewReturn("reassign", "属市城管职责", CHENGGUAN, citations=(cite("C03-1", CHENGGUAN),))
    for reason, moved in (("not_ours", False), ("overlap", True), ("unclear", True)):
        life = Life().received().dispatched(D_CHENGGUAN, "C03-1")
        life.returned(D_CHENGGUAN, reason=reason, claimed_clause="C03-1", proposed_unit=CHENGGUAN)
        agreed(life, CHENGGUAN)
        if moved:
            life.do(up, REVIEWER)
            assert life.order.lead == CHENGGUAN
            continue
        for verdict in ("reassign", "designate"):
            with refused("city-leads-where-duties-cross"):
                life.do(c.ReviewReturn(verdict, "属市城管职责", CHENGGUAN), REVIEWER)  # type: ignore[arg-type]
    life = Life().received().dispatched(D_CHENGGUAN, "C03-1")
    with refused("city-leads-where-duties-cross"):
        life.do(c.Reassign(CHENGGUAN, reason="属市城管职责"), REVIEWER)
    life.do(c.Reassign(CHENGGUAN, reason="已有决定", by="decision", decision="云编委〔2026〕1号"), PROPOSER)
    assert life.order.lead == CHENGGUAN, "a decision may say otherwise"


def test_nobody_judges_his_own_return() -> None:
    life = Life().received().dispatched(DISTRICT, citations=())
    told = c.RequestReturn(DISTRICT, "territory", place="东渡区", note="n", signatory="s")
    life.do(told, DESK)
    with refused("not-judge-of-own-return"):
        life.do(c.ReviewReturn("refuse", "自审"), DESK)


# --- from an older platform ---


def test_a_return_without_a_basis_is_recorded_and_marked_never_refused() -> None:
    """domain, section 2: facts are not lost (依据不全)."""
    life = handled()
    (fact,) = life.do(c.RecordReturn(CHENGGUAN, "不归我们管"), RECORDER)
    assert isinstance(fact, e.ReturnRequested) and not fact.basis_complete
    assert life.order.objection is not None


def test_a_return_of_an_order_that_is_not_the_units_is_kept_as_history() -> None:
    for life in (Life(), handled()):
        (fact,) = life.do(c.RecordReturn(UnitCode("旧单位"), "x", unit_text="老城管局"), RECORDER)
        assert isinstance(fact, e.HistoryRecorded) and fact.what == "returned" and not fact.basis_complete


def test_only_the_gateway_records_returns() -> None:
    with refused("role"):
        handled().do(c.RecordReturn(CHENGGUAN), head(CHENGGUAN))
    assert Role.SYSTEM is RECORDER.role
