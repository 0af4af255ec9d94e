"""Before and beside the work: what the requester adds, what is not accepted, what is answered at once, merging."""

from casework import events as e
from casework.grounds import in_force
from casework.guards import refuse, require
from casework.work_order import commands as c
from casework.work_order.context import Context
from casework.work_order.permit import in_status
from casework.work_order.state import AT_REST, BEFORE_DISPATCH, IN_HANDS, Status, WorkOrder

Facts = tuple[e.OrderFact, ...]
EVER = frozenset(Status) - {Status.UNKNOWN}


def request_information(order: WorkOrder, command: c.RequestInformation, context: Context) -> Facts:
    """待补充: asked of the requester; an order already in hands stays there meanwhile."""
    in_status(order, command, BEFORE_DISPATCH | IN_HANDS)
    require(bool(command.missing), "missing-named")
    return (e.InformationRequested(order_no=order.order_no, missing=command.missing, note=command.note),)


def add_to_order(order: WorkOrder, command: c.AddToOrder, context: Context) -> Facts:
    """The requester may add to an order at any time; it stays one order (domain, section 5)."""
    in_status(order, command, EVER)
    return (
        e.AdditionReceived(
            order_no=order.order_no,
            sealed=command.sealed,
            masked=command.masked,
            attachments=command.attachments,
            channel=command.channel,
        ),
    )


def chase(order: WorkOrder, command: c.Chase, context: Context) -> Facts:
    """The requester may chase an order at any time; it stays one order (domain, section 5)."""
    in_status(order, command, EVER)
    return (e.OrderChased(order_no=order.order_no, times=order.chases + 1, channel=command.channel, note=command.note),)


def not_accept(order: WorkOrder, command: c.NotAccept, context: Context) -> Facts:
    """不予受理 names the ground and the right channel (北京条例 art. 11); after dispatch only on such a return."""
    found = order.objection
    returned = found is not None and found.reason == "legal_channel"
    in_status(order, command, BEFORE_DISPATCH | (IN_HANDS if returned else frozenset()))
    ground = next((one for one in context.city.not_accepted_grounds if one.code == command.ground), None)
    if ground is None:
        raise refuse("not-accepted-names-a-channel", ground=command.ground)
    channel = command.channel.strip() or ground.channel
    return (
        e.OrderNotAccepted(order_no=order.order_no, ground=ground.code, channel=channel, note=command.note),
        e.OrderClosed(order_no=order.order_no, how="not_accepted"),
    )


def refer_out(order: WorkOrder, command: c.ReferOut, context: Context) -> Facts:
    """Whose it is not this city's to answer goes upward or outward with a reasoned notice (北京条例 art. 12).

    Of vertically managed bodies those that stand in the register are dispatched to; this is for all others. After
    dispatch only on a return, so that nobody's order is taken from it unasked.
    """
    in_status(order, command, BEFORE_DISPATCH | (IN_HANDS if order.objection is not None else frozenset()))
    require(bool(command.addressee.strip()) and bool(command.reason.strip()), "referral-names-whom-and-why")
    named = command.addressee.strip()
    known = any(named in (code, unit.name, *unit.everyday_names) for code, unit in context.register.units.items())
    require(not known, "units-of-the-city-are-dispatched-to", unit=named)
    require(not command.clause or in_force(command.clause, context.register), "clause-in-force", clause=command.clause)
    return (
        e.OrderReferredOut(
            order_no=order.order_no,
            level=command.level,
            addressee=named,
            reason=command.reason,
            clause=command.clause,
        ),
        e.OrderClosed(order_no=order.order_no, how="referred", reply=command.reason),
    )


def answer_at_once(order: WorkOrder, command: c.AnswerAtOnce, context: Context) -> Facts:
    """即时答复 by the hotline."""
    in_status(order, command, BEFORE_DISPATCH)
    require(bool(command.reply.strip()), "reply-given")
    return (
        e.AnsweredAtOnce(order_no=order.order_no, reply=command.reply, citations=command.citations),
        e.OrderClosed(order_no=order.order_no, how="answered", reply=command.reply),
    )


def merge(order: WorkOrder, command: c.Merge, context: Context) -> Facts:
    """并单: repeats are handled under one parent (国办函〔2025〕66号 item (五)). Told in both streams."""
    in_status(order, command, BEFORE_DISPATCH | IN_HANDS)
    parent = context.others.get(command.parent)
    if parent is None or parent.status is Status.UNKNOWN or command.parent == order.order_no:
        raise refuse("merge-under-an-open-order", parent=command.parent)
    still_open = parent.status not in AT_REST and parent.status is not Status.ARCHIVED
    require(still_open, "merge-under-an-open-order", parent=command.parent)
    require(not order.children, "merge-one-level")
    told = {
        "parent": command.parent,
        "child": order.order_no,
        "similarity": command.similarity,
        "note": command.note,
    }
    return tuple(e.OrdersMerged.from_payload(told | {"order_no": no}) for no in (order.order_no, command.parent))


def unmerge(order: WorkOrder, command: c.Unmerge, context: Context) -> Facts:
    """A merge is undone: the order is dispatched anew. Told in both streams."""
    in_status(order, command, frozenset({Status.MERGED}))
    require(bool(command.reason.strip()), "reason-given")
    return tuple(
        e.OrderUnmerged(order_no=no, parent=order.parent, child=order.order_no, reason=command.reason)
        for no in (order.order_no, order.parent)
    )


def read_personal_data(order: WorkOrder, command: c.ReadPersonalData, context: Context) -> Facts:
    """The reading is recorded, with its purpose."""
    require(not order.erased, "erased-already")
    require(bool(command.purpose.strip()), "purpose-given")
    return (
        e.PersonalDataRead(
            order_no=order.order_no, account=context.actor.account, purpose=command.purpose, fields=command.fields
        ),
    )


def erase_personal_data(order: WorkOrder, command: c.ErasePersonalData, context: Context) -> Facts:
    """Once the order is at rest; erasing twice changes nothing. The vault drops the key when it sees the fact."""
    in_status(order, command, AT_REST | {Status.ARCHIVED})
    require(bool(command.ground.strip()), "reason-given")
    if order.erased:
        return ()
    return (e.PersonalDataErased(order_no=order.order_no, ground=command.ground),)
