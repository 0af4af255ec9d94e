"""移送 between the links of a matter (审批 → 监管 → 执法 → 养护; domain, section 2): sent, answered, fed back."""

from casework import events as e
from casework.clocks import Clock
from casework.grounds import belongs, in_force
from casework.guards import refuse, require
from casework.work_order import commands as c
from casework.work_order.choosing import name_of
from casework.work_order.context import Context
from casework.work_order.permit import in_status
from casework.work_order.state import IN_HANDS, WITH_LEAD, HandOver, WorkOrder
from casework.work_order.working import part_of
from mandates.model import Link
from terms.ids import UnitCode

Facts = tuple[e.OrderFact, ...]


def send_hand_over(order: WorkOrder, command: c.SendHandOver, context: Context) -> Facts:
    """移送 from link to link with its material and its clause, which must be in force and the receiver's.

    The sender stays answerable for the order.
    """
    in_status(order, command, IN_HANDS)
    part_of(order, command.unit, context)
    register = context.register
    require(command.receiver in register.units, "unit-known", unit=command.receiver)
    require(command.receiver != command.unit, "another-unit")
    require(command.receiver not in order.subject_units, "never-to-the-one-complained-about", unit=command.receiver)
    require(in_force(command.clause, register), "clause-in-force", clause=command.clause)
    theirs = belongs(command.clause, command.receiver, register)
    require(theirs, "claimed-clause-is-theirs", unit=name_of(command.receiver, context))
    for link in filter(None, (command.from_link, command.to_link)):
        require(link in set(Link), "link-known", link=link)
    require(any(one.name.strip() for one in command.material), "hand-over-brings-material")
    receipt = context.reckoner.start(Clock.HAND_OVER, context.city.clocks.hand_over_receipt, command.receiver)
    return (
        e.HandOverSent(
            order_no=order.order_no,
            hand_over=len(order.hand_overs) + 1,
            sender=command.unit,
            receiver=command.receiver,
            from_link=command.from_link,
            to_link=command.to_link,
            material=command.material,
            clause=command.clause,
            note=command.note,
            deadlines=(receipt,) if order.starts_clocks else (),
        ),
    )


def _hand_over(order: WorkOrder, number: int, unit: UnitCode, state: str) -> HandOver:
    found = next((one for one in order.hand_overs if one.number == number and one.receiver == unit), None)
    if found is None or found.state != state:
        raise refuse("hand-over-in-turn")
    return found


def receive_hand_over(order: WorkOrder, command: c.ReceiveHandOver, context: Context) -> Facts:
    """The receipt; from now on a result is owed."""
    in_status(order, command, WITH_LEAD)
    _hand_over(order, command.hand_over, command.unit, "sent")
    owed = context.reckoner.start(Clock.HAND_OVER_RESULT, context.city.clocks.hand_over_result, command.unit)
    return (
        e.HandOverReceived(
            order_no=order.order_no,
            hand_over=command.hand_over,
            receiver=command.unit,
            deadlines=(owed,) if order.starts_clocks else (),
        ),
    )


def refuse_hand_over(order: WorkOrder, command: c.RefuseHandOver, context: Context) -> Facts:
    """A refusal gives its reason."""
    in_status(order, command, WITH_LEAD)
    found = _hand_over(order, command.hand_over, command.unit, "sent")
    require(bool(command.reason.strip()), "hand-over-refused-with-reason")
    require(not command.clause or in_force(command.clause, context.register), "clause-in-force", clause=command.clause)
    return (
        e.HandOverRefused(
            order_no=order.order_no,
            hand_over=command.hand_over,
            sender=found.sender,
            receiver=command.unit,
            reason=command.reason,
            clause=command.clause,
        ),
    )


def feed_back_hand_over(order: WorkOrder, command: c.FeedBackHandOver, context: Context) -> Facts:
    """The result goes back to the sender."""
    in_status(order, command, WITH_LEAD)
    found = _hand_over(order, command.hand_over, command.unit, "received")
    require(bool(command.result.strip()), "reply-given")
    return (
        e.HandOverResultFedBack(
            order_no=order.order_no,
            hand_over=command.hand_over,
            sender=found.sender,
            receiver=command.unit,
            result=command.result,
            attachments=command.attachments,
        ),
    )
