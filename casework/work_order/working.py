"""The work: start, contact, progress, extension, shelving, inside the unit, result."""

from dataclasses import replace
from datetime import timedelta

from casework import events as e
from casework.clocks import Clock, Reckoner
from casework.guards import refuse, require
from casework.work_order import commands as c
from casework.work_order.choosing import name_of
from casework.work_order.context import Context
from casework.work_order.permit import in_status
from casework.work_order.state import IN_HANDS, WITH_LEAD, Member, Status, WorkOrder
from terms.ids import UnitCode
from terms.messages import sentence

Facts = tuple[e.OrderFact, ...]
SUPPORT_AT_WORK = WITH_LEAD


def part_of(order: WorkOrder, unit: UnitCode, context: Context) -> Member:
    """The unit's part in the order. Raises Refused when it has none."""
    found = order.member(unit)
    if found is None:
        raise refuse("no-part", unit=name_of(unit, context))
    return found


def _at_work(order: WorkOrder, command: c.UnitCommand, context: Context) -> Member:
    """The lead acts while it has the order in hands, a support on its own course until the order is closed."""
    in_status(order, command, WITH_LEAD)
    member = part_of(order, command.unit, context)
    in_status(order, command, IN_HANDS if member.part == "lead" else SUPPORT_AT_WORK)
    require(not member.finished, "finished-already")
    return member


def start_work(order: WorkOrder, command: c.StartWork, context: Context) -> Facts:
    """The unit begins; a return that is open does not keep it from working. Starting twice changes nothing."""
    member = _at_work(order, command, context)
    if member.started:
        return ()
    return (e.WorkStarted(order_no=order.order_no, unit=command.unit, part=member.part),)


def contact_requester(order: WorkOrder, command: c.ContactRequester, context: Context) -> Facts:
    """首次联系 by the lead (上海: within one working day)."""
    member = _at_work(order, command, context)
    require(member.part == "lead", "lead-contacts-the-requester")
    return (
        e.RequesterContacted(order_no=order.order_no, unit=command.unit, reached=command.reached, note=command.note),
    )


def report_progress(order: WorkOrder, command: c.ReportProgress, context: Context) -> Facts:
    """Supports report to the lead, the lead to all: until the review decides, the first receiver coordinates."""
    in_status(order, command, WITH_LEAD)
    member = part_of(order, command.unit, context)
    return (
        e.ProgressReported(
            order_no=order.order_no,
            unit=command.unit,
            part=member.part,
            note=command.note,
            attachments=command.attachments,
        ),
    )


# --- extension and shelf ---------------------------------------------------------------------------------------


def _work_clock(order: WorkOrder, unit: UnitCode) -> e.Deadline | None:
    return order.clock(Clock.REWORK, unit) or order.clock(Clock.HANDLE, unit)


def request_extension(order: WorkOrder, command: c.RequestExtension, context: Context) -> Facts:
    """延期: at most so many, asked before the time is up (吕梁: three of three working days; long-cycle 180 days)."""
    member = _at_work(order, command, context)
    require(not member.asked_extension, "one-extension-at-a-time")
    at_most = context.city.clocks.extensions_at_most
    require(member.extensions < at_most, "extensions-at-most", at_most=at_most)
    require(bool(command.reason.strip()), "reason-given")
    clock = _work_clock(order, command.unit)
    require(clock is None or context.now < clock.due, "extension-before-it-is-due")
    return (
        e.ExtensionRequested(
            order_no=order.order_no,
            unit=command.unit,
            number=member.extensions + 1,
            reason=command.reason,
            long_cycle=command.long_cycle,
        ),
    )


def decide_extension(order: WorkOrder, command: c.DecideExtension, context: Context) -> Facts:
    """Granted, the deadline moves and the clock never stopped; the lead's moves the citizen's total with it."""
    in_status(order, command, WITH_LEAD)
    member = part_of(order, command.unit, context)
    require(member.asked_extension, "no-extension-asked")
    number = member.extensions + 1
    if not command.granted:
        require(bool(command.reason.strip()), "reason-given")
        return (e.ExtensionRefused(order_no=order.order_no, unit=command.unit, number=number, reason=command.reason),)
    return (
        e.ExtensionGranted(
            order_no=order.order_no,
            unit=command.unit,
            number=number,
            deadlines=_extended(order, member, context),
            long_cycle=member.asked_long_cycle,
            reason=command.reason,
            decided_by_version=context.city.version,
        ),
    )


def _extended(order: WorkOrder, member: Member, context: Context) -> tuple[e.Deadline, ...]:
    running = _work_clock(order, member.unit)
    if running is None:
        return ()
    clocks, reckoner = context.city.clocks, context.reckoner
    moved = reckoner.extended(running, clocks.long_cycle if member.asked_long_cycle else clocks.extension)
    total = order.clock(Clock.TOTAL)
    if member.part == "support" or total is None or total.due >= moved.due:
        return (moved,)
    return (moved, total.model_copy(update={"due": moved.due, "warn_at": max(total.warn_at, moved.warn_at)}))


def shelve(order: WorkOrder, command: c.Shelve, context: Context) -> Facts:
    """挂账 stops the clocks until its review date; a dispute is no ground for it: it never pauses the work (山东)."""
    in_status(order, command, IN_HANDS)
    require(order.objection is None and not context.standing.open_case, "dispute-never-pauses")
    require(bool(command.reason.strip()), "reason-given")
    today = context.calendar.local_day(context.now)
    latest = today + timedelta(days=context.city.clocks.long_cycle.amount)
    require(today < command.review_on <= latest, "shelf-has-a-review-date", latest=latest.isoformat())
    due = context.calendar.end_of(command.review_on)
    shelf = e.Deadline(clock=Clock.SHELF, starts=context.now, warn_at=due, due=due)
    return (
        e.OrderShelved(
            order_no=order.order_no,
            unit=order.lead or UnitCode(""),
            reason=command.reason,
            review_on=command.review_on,
            deadlines=(shelf,),
        ),
    )


def resume(order: WorkOrder, command: c.Resume, context: Context) -> Facts:
    """The clocks go on with what was left of them."""
    in_status(order, command, frozenset({Status.SHELVED}))
    return (_resumed(order, command.reason, context.reckoner),)


def _resumed(order: WorkOrder, reason: str, reckoner: Reckoner) -> e.OrderResumed:
    stopped_at = order.shelved_at or reckoner.now
    deadlines = tuple(reckoner.resumed(one, stopped_at) for one in order.shelf)
    return e.OrderResumed(order_no=order.order_no, reason=reason, deadlines=deadlines)


def off_the_shelf(order: WorkOrder, context: Context) -> Facts:
    """The review date is there: the clocks go on from it, however late somebody looks (挂账 stops them until then)."""
    shelf = order.clock(Clock.SHELF)
    if order.status is not Status.SHELVED or shelf is None or context.now < shelf.due:
        return ()
    return (_resumed(order, sentence("order.off-the-shelf"), replace(context.reckoner, now=shelf.due)),)


# --- inside the unit -------------------------------------------------------------------------------------------


def assign_inside(order: WorkOrder, command: c.AssignInside, context: Context) -> Facts:
    """内部交办 to a 科室 or 二级单位; the unit stays answerable."""
    member = _at_work(order, command, context)
    require(bool(command.office.strip()) and command.office not in member.offices, "office-once")
    return (
        e.AssignedInside(
            order_no=order.order_no,
            unit=command.unit,
            office=command.office,
            task=command.task,
            due=command.due,
        ),
    )


def collect_inside(order: WorkOrder, command: c.CollectInside, context: Context) -> Facts:
    """汇总 what the office did."""
    member = _at_work(order, command, context)
    require(command.office in member.offices, "office-was-assigned", office=command.office)
    return (
        e.InsideResultCollected(
            order_no=order.order_no,
            unit=command.unit,
            office=command.office,
            result=command.result,
            attachments=command.attachments,
        ),
    )


def sign_off(order: WorkOrder, command: c.SignOff, context: Context) -> Facts:
    """分管领导审签 what was collected."""
    member = _at_work(order, command, context)
    require(not member.offices, "inside-collected-first", offices="、".join(member.offices))
    return (
        e.LeaderSignedOff(order_no=order.order_no, unit=command.unit, approved=command.approved, note=command.note),
    )


# --- result ----------------------------------------------------------------------------------------------------


def submit_result(order: WorkOrder, command: c.SubmitResult, context: Context) -> Facts:
    """办结. The lead may finish without a late support; whoever finishes takes its own open return back by doing so."""
    member = _at_work(order, command, context)
    require(bool(command.reply.strip()), "reply-given")
    require(not member.offices, "inside-collected-first", offices="、".join(member.offices))
    require(not member.assigned_inside or member.signed_off, "leader-signs-off-first")
    result = e.ResultSubmitted(
        order_no=order.order_no,
        unit=command.unit,
        part=member.part,
        reply=command.reply,
        attachments=command.attachments,
        late_supports=_late(order) if member.part == "lead" else (),
        round=order.round,
        deadlines=_review_clock(order, context) if member.part == "lead" else (),
    )
    found = order.objection
    if found is None or found.unit != command.unit:
        return (result,)
    taken_back = e.ReturnWithdrawn(order_no=order.order_no, objection=found.number, unit=command.unit)
    return (taken_back, result)


def _review_clock(order: WorkOrder, context: Context) -> tuple[e.Deadline, ...]:
    if not order.starts_clocks:
        return ()
    return (context.reckoner.start(Clock.RESULT_REVIEW, context.city.clocks.result_review),)


def _late(order: WorkOrder) -> tuple[UnitCode, ...]:
    return tuple(one.unit for one in order.members if one.part == "support" and not one.finished)
