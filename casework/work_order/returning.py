"""The return as a counter-claim (domain, section 2); its review stands in `reviewing`.

A return never pauses the work: none of these decisions touches the status of the order or the clocks of the unit
that has it (首接负责制, 北京条例 art. 14; 深圳 "先办后议").
"""

from collections.abc import Iterator

from casework import events as e
from casework.clocks import Clock
from casework.grounds import belongs, in_force
from casework.guards import refuse, require
from casework.work_order import commands as c
from casework.work_order.choosing import name_of
from casework.work_order.context import Context
from casework.work_order.permit import in_status
from casework.work_order.state import IN_HANDS, Objection, WorkOrder
from city.configuration import ReturnReason
from terms.ids import UnitCode
from terms.messages import sentence

Facts = tuple[e.OrderFact, ...]
Claim = c.RequestReturn | c.RecordReturn


# --- what a return must carry ----------------------------------------------------------------------------------


def reason_of(code: str, context: Context) -> ReturnReason | None:
    """The city's reason by its code, or None."""
    return next((reason for reason in context.city.return_reasons if reason.code == code), None)


def missing_from(claim: Claim, reason: ReturnReason) -> Iterator[str]:
    """What the reason asks for and the claim does not carry; "a|b" is satisfied by either."""
    for wanted in reason.must_carry:
        if not any(_carried(claim, name) for name in wanted.split("|")):
            yield wanted


def _carried(claim: Claim, name: str) -> bool:
    found = getattr(claim, name)
    return bool(found.strip()) if isinstance(found, str) else bool(found)


def request_return(order: WorkOrder, command: c.RequestReturn, context: Context) -> Facts:
    """退单申请, guarded by every rule on returns; then the unit it points at is asked, and bouncing is counted."""
    in_status(order, command, IN_HANDS)
    require(command.unit == order.lead, "only-the-lead-returns", unit=name_of(command.unit, context))
    require(command.unit != order.designated, "designated-may-not-return")
    require(order.objection is None, "return-open")
    _handle_first(order, command)
    _within_its_clock(order, command, context)
    _complete(order, command, context)
    _clauses_hold(order, command, context)
    return _counted(order, command, context, basis_complete=True)


def _handle_first(order: WorkOrder, command: c.RequestReturn) -> None:
    """Urgent orders: handle first, object afterwards (深圳 "先办后议")."""
    member = order.member(command.unit)
    require(order.tier == "general" or (member is not None and member.started), "urgent-handle-first")


def _within_its_clock(order: WorkOrder, command: c.RequestReturn, context: Context) -> None:
    """Within one working day; silence is acceptance (吕梁 2024)."""
    clock = order.clock(Clock.RETURN, command.unit)
    require(clock is None or context.now < clock.due, "silence-accepts")
    require(clock is not None or not order.starts_clocks, "silence-accepts")


def _complete(order: WorkOrder, command: c.RequestReturn, context: Context) -> None:
    """What a return carries depends on its reason; always a note and a signatory (domain, section 2)."""
    reason = reason_of(command.reason, context)
    if reason is None:
        raise refuse("return-reason-known", reason=command.reason)
    lacking = "、".join(sentence(f"carry.{wanted}") for wanted in missing_from(command, reason))
    require(not lacking, "return-carries-its-basis", reason=reason.label, lacking=lacking)
    require(bool(command.note.strip()) and bool(command.signatory.strip()), "return-signed")
    require(command.other_order != order.order_no, "another-order")


def _clauses_hold(order: WorkOrder, command: c.RequestReturn, context: Context) -> None:
    """Clauses are checked against the register of the order's date: they exist, are in force, and whose they are."""
    register = context.register
    for clause in (command.denied_clause, command.claimed_clause):
        require(not clause or in_force(clause, register), "clause-in-force", clause=clause)
    if command.denied_clause:
        require(
            belongs(command.denied_clause, command.unit, register), "denied-clause-is-own", clause=command.denied_clause
        )
    require(not (command.no_clause and command.claimed_clause), "no-clause-or-one")
    if command.claimed_clause:
        require(command.proposed_unit is not None, "claimed-clause-has-its-unit")
    for unit in (command.proposed_unit, command.asked_support):
        if unit is None:
            continue
        require(unit in register.units, "unit-known", unit=unit)
        require(unit != command.unit, "another-unit")
        require(unit not in order.subject_units, "never-to-the-one-complained-about", unit=name_of(unit, context))
    if command.claimed_clause and command.proposed_unit:
        theirs = belongs(command.claimed_clause, command.proposed_unit, register)
        require(theirs, "claimed-clause-is-theirs", unit=name_of(command.proposed_unit, context))


def _counted(order: WorkOrder, claim: Claim, context: Context, *, basis_complete: bool) -> Facts:
    number = len(order.objections) + 1
    review = (context.reckoner.start(Clock.REVIEW, context.city.clocks.objection_review),)
    requested = e.ReturnRequested(
        order_no=order.order_no,
        objection=number,
        unit=claim.unit,
        reason=claim.reason,
        denied_clause=claim.denied_clause or None,
        claimed_clause=claim.claimed_clause or None,
        no_clause=claim.no_clause,
        proposed_unit=claim.proposed_unit,
        place=claim.place,
        other_order=claim.other_order,
        missing=claim.missing,
        channel=claim.channel,
        keeps=claim.keeps,
        asked_support=claim.asked_support,
        note=claim.note,
        signatory=claim.signatory,
        signatory_post=claim.signatory_post,
        basis_complete=basis_complete,
        register_edition=context.register.digest,
        city_version=context.city.version,
        matter=order.matter,
        matter_id=order.matter_id,
        deadlines=review if order.starts_clocks else (),
    )
    found: list[e.OrderFact] = [requested]
    asked = claim.proposed_unit or claim.asked_support
    if asked and asked in context.register.units and asked != claim.unit:
        found.append(asked_of(order, number, asked, context))
    if escalation := _bouncing(order, claim.unit, context):
        found.append(escalation)
    return tuple(found)


def asked_of(order: WorkOrder, number: int, unit: UnitCode, context: Context) -> e.ProposedUnitAsked:
    """A unit is asked whether the order is its own; its clock to be heard starts."""
    deadlines = (context.reckoner.answer(unit, order.tier),)
    return e.ProposedUnitAsked(order_no=order.order_no, objection=number, unit=unit, deadlines=deadlines)


def _bouncing(order: WorkOrder, unit: UnitCode, context: Context) -> e.EscalatedByRule | None:
    """Too many returns of one order escalate by rule: the review then has to designate."""
    if order.escalated:
        return None
    limits = context.city.escalation
    returned = (*(one.unit for one in order.objections if one.outcome != "withdrawn"), unit)
    ping_pong = sum(1 for past in order.past_leads if past == unit)
    if len(returned) >= limits.designate_after_returns:
        count, limit, rule = len(returned), limits.designate_after_returns, "returned-too-often"
    elif ping_pong >= limits.ping_pong_after:
        count, limit, rule = ping_pong, limits.ping_pong_after, "ping-pong"
    else:
        return None
    return e.EscalatedByRule.from_payload(
        {
            "order_no": order.order_no,
            "rule": rule,
            "count": count,
            "limit": limit,
            "units": tuple(dict.fromkeys(returned)),
            "matter": order.matter,
            "matter_id": order.matter_id,
            "decided_by_version": context.city.version,
        }
    )


def record_return(order: WorkOrder, command: c.RecordReturn, context: Context) -> Facts:
    """A return an older platform tells of is recorded, and marked 依据不全 where its basis lacks; never refused.

    Where the order can still be returned by that unit it becomes an objection to review; otherwise it is history.
    """
    reason = reason_of(command.reason, context)
    complete = reason is not None and not any(missing_from(command, reason))
    complete = complete and bool(command.note.strip()) and bool(command.signatory.strip())
    known = command.unit in context.register.units
    live = order.status in IN_HANDS and command.unit == order.lead and command.unit != order.designated
    if known and live and order.objection is None:
        return _counted(order, command, context, basis_complete=complete)
    return (
        e.HistoryRecorded(
            order_no=order.order_no,
            what="returned",
            happened_at=command.returned_at or context.now,
            unit=command.unit,
            other_unit=command.proposed_unit or UnitCode(""),
            unit_text=command.unit_text,
            reason=command.reason,
            note=command.note,
            basis_complete=complete,
            origin=command.origin,
        ),
    )


def withdraw_return(order: WorkOrder, command: c.WithdrawReturn, context: Context) -> Facts:
    """The unit takes its return back and keeps the order."""
    found = open_return(order)
    require(found.unit == command.unit, "own-return-only")
    return (e.ReturnWithdrawn(order_no=order.order_no, objection=found.number, unit=command.unit, note=command.note),)


def open_return(order: WorkOrder) -> Objection:
    """The return that waits for its review. Raises Refused when there is none."""
    found = order.objection
    if found is None:
        raise refuse("no-return-open")
    return found
