"""After the work: result review, follow-up, rework, supervision, exclusion, closing, rating; and the clocks' voices."""

from datetime import datetime

from casework import events as e
from casework.clocks import Clock
from casework.guards import require
from casework.work_order import commands as c
from casework.work_order.context import Context
from casework.work_order.permit import in_status
from casework.work_order.state import AT_REST, BEFORE_DISPATCH, WITH_LEAD, Status, WorkOrder
from casework.work_order.working import off_the_shelf, part_of
from terms.ids import UnitCode

Facts = tuple[e.OrderFact, ...]
STEPS = ("reminded", "listed", "talk", "raised")  # 催办 < 挂牌 < 约谈 < 提级
RATED = frozenset({Status.CLOSED, Status.TERMINATED, Status.ARCHIVED})


def review_result(order: WorkOrder, command: c.ReviewResult, context: Context) -> Facts:
    """办结审核: on to follow-up, or back to the lead with a reason."""
    in_status(order, command, frozenset({Status.RESULT_REVIEW}))
    if command.accepted:
        call = (context.reckoner.start(Clock.FOLLOW_UP, context.city.clocks.follow_up),)
        return (
            e.ResultAccepted(order_no=order.order_no, note=command.note, deadlines=call if order.starts_clocks else ()),
        )
    require(bool(command.note.strip()), "reason-given")
    return (e.ResultSentBack(order_no=order.order_no, reason=command.note),)


def record_follow_up(order: WorkOrder, command: c.RecordFollowUp, context: Context) -> Facts:
    """回访: contacted, resolved, satisfied; nothing is put into the mouth of a requester who was not reached."""
    in_status(order, command, frozenset({Status.FOLLOW_UP}))
    said_nothing = command.resolved is None and command.satisfied is None
    require(command.contacted or said_nothing, "not-reached-said-nothing")
    return (
        e.FollowUpRecorded(
            order_no=order.order_no,
            contacted=command.contacted,
            resolved=command.resolved,
            satisfied=command.satisfied,
            note=command.note,
            round=order.round,
        ),
    )


def order_rework(order: WorkOrder, command: c.OrderRework, context: Context) -> Facts:
    """重办 after a follow-up, with three working days (上海)."""
    in_status(order, command, frozenset({Status.FOLLOW_UP}))
    require(order.followed_up, "follow-up-first")
    require(bool(command.reason.strip()), "reason-given")
    again = context.reckoner.start(Clock.REWORK, context.city.clocks.rework, order.lead or UnitCode(""), "lead")
    return (
        e.ReworkOrdered(
            order_no=order.order_no,
            reason=command.reason,
            round=order.round + 1,
            deadlines=(again,) if order.starts_clocks else (),
            decided_by_version=context.city.version,
        ),
    )


def supervise(order: WorkOrder, command: c.Supervise, context: Context) -> Facts:
    """督办 rises step by step and never falls: 催办, 挂牌, 约谈, 提级."""
    in_status(order, command, WITH_LEAD)
    member = part_of(order, command.unit, context)
    require(bool(command.reason.strip()), "reason-given")
    had = STEPS.index(member.supervision) if member.supervision else -1
    wanted = STEPS.index(command.step)
    require(wanted > had or wanted == 0 == had, "supervision-rises")
    return (e.SupervisionIssued(order_no=order.order_no, step=command.step, unit=command.unit, reason=command.reason),)


def request_exclusion(order: WorkOrder, command: c.RequestExclusion, context: Context) -> Facts:
    """不计考核 on request and review."""
    in_status(order, command, WITH_LEAD | {Status.CLOSED, Status.TERMINATED})
    member = part_of(order, command.unit, context)
    require(not member.asked_exclusion and command.unit not in order.left_out, "exclusion-once")
    require(bool(command.reason.strip()), "reason-given")
    return (e.ExclusionRequested(order_no=order.order_no, unit=command.unit, reason=command.reason),)


def decide_exclusion(order: WorkOrder, command: c.DecideExclusion, context: Context) -> Facts:
    """Granted, the order is left out of that unit's figures."""
    in_status(order, command, WITH_LEAD | {Status.CLOSED, Status.TERMINATED})
    member = part_of(order, command.unit, context)
    require(member.asked_exclusion, "no-exclusion-asked")
    if command.granted:
        return (e.ExclusionGranted(order_no=order.order_no, unit=command.unit, reason=command.reason),)
    require(bool(command.reason.strip()), "reason-given")
    return (e.ExclusionRefused(order_no=order.order_no, unit=command.unit, reason=command.reason),)


def close(order: WorkOrder, command: c.Close, context: Context) -> Facts:
    """结案 after follow-up; what the requester calls unresolved is reworked or gets a final answer instead."""
    in_status(order, command, frozenset({Status.FOLLOW_UP}))
    require(order.followed_up, "follow-up-first")
    require(order.resolved is not False, "unresolved-is-reworked")
    return (_closed(order, "done", order.reply),)


def terminate(order: WorkOrder, command: c.Terminate, context: Context) -> Facts:
    """终止/最终答复: nothing more can be done, and the requester is told so finally."""
    in_status(order, command, frozenset({Status.FOLLOW_UP, Status.RESULT_REVIEW}))
    require(bool(command.reply.strip()), "reply-given")
    return (_closed(order, "final_answer", command.reply),)


def _closed(order: WorkOrder, how: str, reply: str) -> e.OrderClosed:
    return e.OrderClosed.from_payload(
        {
            "order_no": order.order_no,
            "how": how,
            "lead": order.lead,
            "supports": order.supports,
            "reply": reply,
            "resolved": order.resolved,
            "satisfied": order.satisfied,
        }
    )


def archive(order: WorkOrder, command: c.Archive, context: Context) -> Facts:
    """归档 of what is at rest."""
    in_status(order, command, AT_REST - {Status.MERGED})
    return (e.OrderArchived(order_no=order.order_no, note=command.note),)


def rate(order: WorkOrder, command: c.Rate, context: Context) -> Facts:
    """牵头/配合相互评价 (聊城): after closing, both ways, once each, with a reason below the city's threshold."""
    in_status(order, command, RATED)
    rater = part_of(order, command.unit, context)
    rated = part_of(order, command.rated, context)
    require("lead" in (rater.part, rated.part) and rater.part != rated.part, "rated-across-parts")
    require((command.unit, command.rated) not in order.rated, "rated-once")
    require(1 <= command.score <= 5, "score-one-to-five")
    below = context.city.work.rating_reason_below
    require(command.score >= below or bool(command.reason.strip()), "low-rating-has-a-reason", below=below)
    return (
        e.PartsRated(
            order_no=order.order_no,
            rater=command.unit,
            rater_part=rater.part,
            rated=command.rated,
            score=command.score,
            reason=command.reason,
        ),
    )


# --- clocks ----------------------------------------------------------------------------------------------------


def ring_clocks(order: WorkOrder, command: c.RingClocks, context: Context) -> Facts:
    """Which clocks are nearly through or ran out; each is said once, so a timer may ring as often as it likes.

    On its review date what was shelved comes back.
    """
    if order.status not in BEFORE_DISPATCH | WITH_LEAD:
        return ()
    found: list[e.OrderFact] = []
    for clock in order.clocks:
        key = (clock.clock, clock.unit, clock.due)
        if key in order.expired:
            continue
        told = {"order_no": order.order_no, "clock": clock.clock, "unit": clock.unit, "due": clock.due}
        if context.now >= clock.due:
            found.append(e.ClockExpired.from_payload(told))
        elif context.now >= clock.warn_at and key not in order.warned:
            found.append(e.ClockWarned.from_payload(told))
    return (*found, *off_the_shelf(order, context))


def next_ring(order: WorkOrder) -> datetime | None:
    """When a timer has to look at this order again; None when nothing runs."""
    if order.status not in BEFORE_DISPATCH | WITH_LEAD:
        return None
    moments = [
        clock.due if (clock.clock, clock.unit, clock.due) in order.warned else clock.warn_at
        for clock in order.clocks
        if (clock.clock, clock.unit, clock.due) not in order.expired
    ]
    return min(moments, default=None)
