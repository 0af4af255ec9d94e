"""机构改革: the parts of units that ended, or handed a duty over, go on with their successors (domain, section 7)."""

from casework import events as e
from casework.grounds import belongs, desk_of, lead_of
from casework.work_order import commands as c
from casework.work_order.choosing import name_of
from casework.work_order.context import Context
from casework.work_order.state import IN_HANDS, WITH_LEAD, Member, WorkOrder
from terms.ids import UnitCode
from terms.messages import sentence

Facts = tuple[e.OrderFact, ...]
HOTLINE = UnitCode("")


def carry_over(order: WorkOrder, command: c.CarryOver, context: Context) -> Facts:
    """Open orders carry over (domain, section 7, 机构改革): to the successor where it is one, else by the cited clause.

    Where no clause decides, the hotline dispatches anew, unless the work is past that (a return, a consultation or a
    hand-over lies beside it, or it is shelved or done): then the first of the successors has it, as it has every
    clause assigned to none. Said twice it changes nothing. `context.register` is today's edition.
    """
    member = order.member(command.unit)
    if member is None or order.status not in WITH_LEAD:
        return ()
    ended = command.unit not in context.register.units
    heirs = tuple(
        unit
        for unit in dict.fromkeys(command.heirs)
        if unit in context.register.units and unit not in order.subject_units  # 济南条例 art. 32: never to the accused
    )
    to, clause = _by_clause(order, command.unit, heirs, context)
    why = "clause"
    if not ended:
        if to in (None, command.unit):
            return ()  # it goes on with what was not handed over
    elif len(set(command.heirs)) == 1 and heirs:
        to, clause, why = heirs[0], "", "only"
    elif to is None:
        to, why = _undecided(order, member, heirs)
    return (_carried(order, member, to or HOTLINE, clause, why, command, context),)


def _by_clause(
    order: WorkOrder, unit: UnitCode, heirs: tuple[UnitCode, ...], context: Context
) -> tuple[UnitCode | None, str]:
    """The one successor that has what the unit's part was given on, and the item that says so."""
    found: dict[UnitCode, str] = {}
    for clause in (cited for owner, cited in order.grounds if owner == unit):
        lead = lead_of(clause, context.register)
        having = (lead,) if lead in heirs else tuple(one for one in heirs if belongs(clause, one, context.register))
        for one in having:
            found.setdefault(one, clause)
    return next(iter(found.items())) if len(found) == 1 else (None, "")


def _undecided(order: WorkOrder, member: Member, heirs: tuple[UnitCode, ...]) -> tuple[UnitCode, str]:
    beside = order.objection or order.consultation or any(one.state in ("sent", "received") for one in order.hand_overs)
    fresh = member.part == "lead" and order.status in IN_HANDS and not beside
    if not heirs or fresh:
        return HOTLINE, "undecided"
    return heirs[0], "first"


def _carried(
    order: WorkOrder, member: Member, to: UnitCode, clause: str, why: str, command: c.CarryOver, context: Context
) -> e.OrderCarriedOver:
    back = to == HOTLINE and member.part == "lead"
    desk = order.desk if member.part == "support" else desk_of(to, context.register) if to else None
    return e.OrderCarriedOver(
        order_no=order.order_no,
        from_unit=command.unit,
        to_unit=to,
        part=member.part,
        heirs=command.heirs,
        desk=desk,
        clause=clause,
        reformed_on=command.reformed_on,
        reason=sentence(
            f"reform.{why}",
            unit=name_of(to, context),
            heirs="、".join(name_of(one, context) for one in command.heirs),
        ),
        deadlines=(context.reckoner.dispatch(order.tier),) if back and order.starts_clocks else (),
    )
