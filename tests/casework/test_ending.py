"""After the work: result review, follow-up, rework, supervision, exclusion, closing, rating."""

from casework import events as e
from casework.work_order import Status
from casework.work_order import commands as c
from tests.casework.town import (
    CHENGGUAN,
    DISPATCHER,
    ECOLOGY,
    HOUSING,
    REVIEWER,
    SUPERVISOR,
    WATER,
    Life,
    clerk,
    head,
    refused,
)


def finished() -> Life:
    """Both the lead and its support have finished, the result waits for its review."""
    life = Life().received().dispatched(supports=(HOUSING,))
    life.do(c.SubmitResult(HOUSING, "工地已整改"), clerk(HOUSING))
    life.do(c.SubmitResult(CHENGGUAN, "已处理"), clerk(CHENGGUAN))
    return life


def followed_up(*, resolved: bool | None = True) -> Life:
    """The result was accepted and the requester called."""
    life = finished()
    life.do(c.ReviewResult(accepted=True), REVIEWER)
    life.do(c.RecordFollowUp(True, resolved, satisfied=resolved), DISPATCHER)
    return life


def closed() -> Life:
    """Closed as done."""
    life = followed_up()
    life.do(c.Close(), DISPATCHER)
    return life


def test_a_result_sent_back_gives_its_reason_and_the_lead_goes_on() -> None:
    """domain, section 5: 办结审核."""
    life = finished()
    with refused("reason-given"):
        life.do(c.ReviewResult(accepted=False), REVIEWER)
    life.do(c.ReviewResult(accepted=False, note="无现场照片"), REVIEWER)
    assert life.order.status is Status.WORKING
    assert life.order.clock("handle", CHENGGUAN) is not None  # it was never stopped
    life.do(c.SubmitResult(CHENGGUAN, "补充照片"), clerk(CHENGGUAN))


def test_an_accepted_result_ends_the_leads_clocks() -> None:
    life = finished()
    life.do(c.ReviewResult(accepted=True), REVIEWER)
    assert life.order.status is Status.FOLLOW_UP
    assert not {clock.clock for clock in life.order.clocks} & {"handle", "total", "first_contact"}


def test_the_reviewer_and_the_caller_have_clocks_of_their_own() -> None:
    life = finished()
    assert life.order.clock("result_review") is not None
    life.do(c.ReviewResult(accepted=True), REVIEWER)
    assert life.order.clock("result_review") is None and life.order.clock("follow_up") is not None
    life.do(c.RecordFollowUp(contacted=False), DISPATCHER)
    assert life.order.clock("follow_up") is None


def test_an_order_is_closed_after_its_follow_up() -> None:
    """domain, section 5: 办结审核, 回访, 结案."""
    life = finished()
    with refused("state"):
        life.do(c.Close(), DISPATCHER)
    life.do(c.ReviewResult(accepted=True), REVIEWER)
    with refused("follow-up-first"):
        life.do(c.Close(), DISPATCHER)
    with refused("follow-up-first"):
        life.do(c.OrderRework("未解决"), DISPATCHER)


def test_nothing_is_put_into_the_mouth_of_a_requester_who_was_not_reached() -> None:
    life = finished()
    life.do(c.ReviewResult(accepted=True), REVIEWER)
    with refused("not-reached-said-nothing"):
        life.do(c.RecordFollowUp(contacted=False, resolved=True), DISPATCHER)
    life.do(c.RecordFollowUp(contacted=False), DISPATCHER)
    life.do(c.Close(), DISPATCHER)
    assert life.order.status is Status.CLOSED


def test_what_the_requester_calls_unresolved_is_reworked_with_a_fresh_clock() -> None:
    """上海: rework after a follow-up call, 3 working days."""
    life = followed_up(resolved=False)
    with refused("unresolved-is-reworked"):
        life.do(c.Close(), DISPATCHER)
    life.do(c.OrderRework("仍有噪声"), DISPATCHER)
    assert life.order.status is Status.REWORK and life.order.round == 2
    assert life.order.clock("rework", CHENGGUAN) is not None
    (fact,) = life.do(c.SubmitResult(CHENGGUAN, "再次处罚"), clerk(CHENGGUAN))
    assert isinstance(fact, e.ResultSubmitted) and fact.round == 2


def test_a_final_answer_ends_what_cannot_be_resolved() -> None:
    """domain, section 5: 终止/最终答复."""
    life = followed_up(resolved=False)
    with refused("reply-given"):
        life.do(c.Terminate(""), REVIEWER)
    (fact,) = life.do(c.Terminate("依法不予支持，最终答复"), REVIEWER)
    assert isinstance(fact, e.OrderClosed) and fact.how == "final_answer" and fact.lead == CHENGGUAN
    assert life.order.status is Status.TERMINATED and not life.order.clocks


def test_supervision_rises_step_by_step_and_never_falls() -> None:
    """domain, section 5: 督办 (催办/挂牌/约谈/提级)."""
    life = Life().received().dispatched()
    life.do(c.Supervise(CHENGGUAN, "listed", "逾期"), SUPERVISOR)
    with refused("supervision-rises"):
        life.do(c.Supervise(CHENGGUAN, "reminded", "再催"), SUPERVISOR)
    life.do(c.Supervise(CHENGGUAN, "talk", "约谈"), SUPERVISOR)
    with refused("no-part"):
        life.do(c.Supervise(ECOLOGY, "listed", "x"), SUPERVISOR)


def test_an_order_is_left_out_of_the_figures_on_request_and_review() -> None:
    """domain, section 9: 不计考核."""
    life = closed()
    with refused("no-exclusion-asked"):
        life.do(c.DecideExclusion(CHENGGUAN, granted=True), REVIEWER)
    life.do(c.RequestExclusion(CHENGGUAN, "诉求不合理"), head(CHENGGUAN))
    with refused("exclusion-once"):
        life.do(c.RequestExclusion(CHENGGUAN, "诉求不合理"), head(CHENGGUAN))
    life.do(c.DecideExclusion(CHENGGUAN, granted=True), REVIEWER)
    assert life.order.left_out == {CHENGGUAN}
    with refused("exclusion-once"):
        life.do(c.RequestExclusion(CHENGGUAN, "诉求不合理"), head(CHENGGUAN))


def test_what_an_older_platform_left_out_is_not_asked_for_again() -> None:
    """domain, section 6: 是否不计考核, told before the unit has its part here."""
    life = Life().received()
    life.keep(e.ExclusionGranted(order_no="G1", unit=CHENGGUAN, reason="原平台已认定"))
    life.dispatched()
    with refused("exclusion-once"):
        life.do(c.RequestExclusion(CHENGGUAN, "诉求不合理"), head(CHENGGUAN))


def test_an_order_that_came_in_left_out_is_left_out_for_every_unit_that_gets_a_part() -> None:
    """domain, section 6: 是否不计考核 of the platform it came from; of which unit is known once one has a part."""
    life = Life().received(excluded=True).dispatched(CHENGGUAN, supports=(HOUSING,))
    assert life.order.left_out == {CHENGGUAN, HOUSING}
    life.do(c.SignFor(CHENGGUAN), clerk(CHENGGUAN))
    life.do(c.Reassign(WATER, reason="应由水务"), REVIEWER)
    life.do(c.AddSupport(ECOLOGY, "监测"), DISPATCHER)
    granted = [fact.unit for fact, _ in life.facts if isinstance(fact, e.ExclusionGranted)]
    assert granted == [CHENGGUAN, HOUSING, WATER, ECOLOGY], "each unit once"
    with refused("exclusion-once"):
        life.do(c.RequestExclusion(WATER, "再申请"), head(WATER))


def test_an_order_no_platform_left_out_counts_until_a_review_says_otherwise() -> None:
    """domain, section 9: on request and review."""
    for told in (None, False):
        assert not Life().received(excluded=told).dispatched(CHENGGUAN, supports=(HOUSING,)).order.left_out


# --- mutual rating ---


def test_lead_and_support_rate_each_other_once_after_closing() -> None:
    """聊城 004: 牵头/配合相互评价."""
    with refused("state"):
        followed_up().do(c.Rate(CHENGGUAN, HOUSING, 5), head(CHENGGUAN))
    life = closed()
    life.do(c.Rate(CHENGGUAN, HOUSING, 5), head(CHENGGUAN))
    with refused("rated-once"):
        life.do(c.Rate(CHENGGUAN, HOUSING, 4), head(CHENGGUAN))
    life.do(c.Rate(HOUSING, CHENGGUAN, 3), head(HOUSING))
    assert life.order.rated == {(CHENGGUAN, HOUSING), (HOUSING, CHENGGUAN)}


def test_a_low_rating_gives_its_reason() -> None:
    """stage C: a reason below a threshold."""
    life = closed()
    with refused("low-rating-has-a-reason"):
        life.do(c.Rate(CHENGGUAN, HOUSING, 2), head(CHENGGUAN))
    life.do(c.Rate(CHENGGUAN, HOUSING, 2, "未到现场"), head(CHENGGUAN))


def test_a_rating_goes_across_parts_and_lies_between_one_and_five() -> None:
    life = closed()
    with refused("rated-across-parts"):
        life.do(c.Rate(CHENGGUAN, CHENGGUAN, 5), head(CHENGGUAN))
    with refused("no-part"):
        life.do(c.Rate(CHENGGUAN, ECOLOGY, 5), head(CHENGGUAN))
    for score in (0, 6):
        with refused("score-one-to-five"):
            life.do(c.Rate(CHENGGUAN, HOUSING, score, "x"), head(CHENGGUAN))


def test_an_archived_order_is_only_read_and_rated() -> None:
    """domain, section 5: 结案归档."""
    life = closed()
    life.do(c.Archive(), DISPATCHER)
    with refused("state"):
        life.do(c.StartWork(CHENGGUAN), clerk(CHENGGUAN))
    life.do(c.Rate(HOUSING, CHENGGUAN, 5), head(HOUSING))
    assert life.order.status is Status.ARCHIVED
