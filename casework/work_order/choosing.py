"""Whom an order may go to, and which clocks start for who got it (domain, sections 1, 2 and 4)."""

from collections.abc import Iterable

from casework import events as e
from casework.clocks import Clock
from casework.grounds import basic_item, belongs, desk_of, in_force, statutory_days, withdrawn_item
from casework.guards import require
from casework.work_order.context import Context
from casework.work_order.state import WorkOrder
from city.limits import Limit
from routing.proposal import Citation
from terms.ids import UnitCode

CROSSING = frozenset({"unclear", "overlap", "territory"})  # codes of city.return_reasons


def check_lead(order: WorkOrder, lead: UnitCode, citations: tuple[Citation, ...], context: Context) -> None:
    """Whom an order may go to as lead: a unit of the register that is not complained about, on grounds in force."""
    register = context.register
    require(lead in register.units, "unit-known", unit=lead)
    require(lead not in order.subject_units, "never-to-the-one-complained-about", unit=name_of(lead, context))
    for citation in citations:
        require(in_force(citation.clause_id, register), "clause-in-force", clause=citation.clause_id)
    _street_leads_only_on_its_list(lead, citations, context)


def _street_leads_only_on_its_list(lead: UnitCode, citations: tuple[Citation, ...], context: Context) -> None:
    """A subdistrict or township leads only on 基本履职 or conferred items (国办函〔2025〕66号 item (五))."""
    if context.register.units[lead].level != "街":
        return
    cited = tuple(citation.clause_id for citation in citations)
    require(
        not withdrawn_item(lead, cited, context.register), "withdrawn-never-to-the-street", unit=name_of(lead, context)
    )
    require(basic_item(lead, cited, context.register), "street-leads-on-basic-items", unit=name_of(lead, context))


def city_leads_where_duties_cross(order: WorkOrder, to: UnitCode, context: Context) -> None:
    """County against city: the city department leads only where duties really cross and are disputed (潍坊 art. 24).

    A district bureau mirrors a city bureau; its order does not go up there as a matter of course. What is needed is a
    boundary case, an escalation, or a return for 权属不清, 职能交叉 or another place.
    """
    known = context.register.units.get(order.lead) if order.lead else None
    if known is None or to not in known.mirrors:
        return
    crossing = order.disputed or order.escalated or any(one.reason in CROSSING for one in order.objections)
    require(bool(crossing), "city-leads-where-duties-cross", unit=name_of(to, context))


def check_supports(order: WorkOrder, lead: UnitCode, supports: tuple[UnitCode, ...], context: Context) -> None:
    """Supports are units of the register, each once, none of them the lead or complained about."""
    require(len(set(supports)) == len(supports) and lead not in supports, "supports-once")
    for unit in supports:
        require(unit in context.register.units, "unit-known", unit=unit)
        require(unit not in order.subject_units, "never-to-the-one-complained-about", unit=name_of(unit, context))


def desk_for(lead: UnitCode, given: UnitCode | None, context: Context) -> UnitCode | None:
    """The desk of the lead's district, and none other (two tiers, 北京条例 art. 12)."""
    desk = desk_of(lead, context.register)
    require(given is None or given == desk, "desk-of-the-district", unit=name_of(lead, context))
    return desk


def name_of(unit: UnitCode, context: Context) -> str:
    """The unit's name for a sentence, its code when it is not known."""
    known = context.register.units.get(unit)
    return known.name if known else unit


def cited_for(unit: UnitCode, citations: Iterable[Citation], context: Context) -> bool:
    """Whether a clause in force that is the unit's own is among the citations."""
    return any(
        in_force(one.clause_id, context.register) and belongs(one.clause_id, unit, context.register)
        for one in citations
    )


def fresh_clocks(
    order: WorkOrder,
    lead: UnitCode | None,
    supports: Iterable[UnitCode],
    citations: tuple[Citation, ...],
    context: Context,
    *,
    complex_matter: bool = False,
    given_days: int | None = None,
    total: bool = False,
    designated: bool = False,
) -> tuple[e.Deadline, ...]:
    """The clocks of units that just got the order; none for history. `total` starts the citizen's as well.

    A 办理时限 the order brought along prevails where it is longer; a unit that an older platform had dispatched it to
    goes on with the time that platform gave.
    """
    if not order.starts_clocks:
        return ()
    reckoner = context.reckoner
    cited_days = statutory_days((one.clause_id for one in citations), context.register)

    def limit(*days: int | None) -> Limit:
        longest = max((one for one in days if one is not None), default=None)
        return reckoner.handle_limit(order.kind, order.tier, complex_matter=complex_matter, statutory_days=longest)

    handle = limit(given_days, cited_days, order.stated_days)
    by_stated_days = handle != limit(given_days, cited_days)
    earlier = order.handed_elsewhere(lead) if lead else None
    found: list[e.Deadline] = []
    if lead:
        found.extend(reckoner.unit_clocks(lead, "lead", _sign_limit(order, lead, context), handle))
    for unit in supports:
        found.extend(reckoner.unit_clocks(unit, "support", _sign_limit(order, unit, context), handle))
    if total:
        found.append(reckoner.start(Clock.TOTAL, handle))
    return tuple(
        _as_stated(one, order, earlier if one.part != "support" else None, by_stated_days, context)
        for one in found
        if not (designated and one.clock == Clock.RETURN)
    )


def _sign_limit(order: WorkOrder, unit: UnitCode, context: Context) -> Limit:
    known = context.register.units.get(unit)
    utility = known is not None and context.city.work.is_utility(unit, known.functions)
    return context.reckoner.sign_limit(order.tier, utility=utility)


def _as_stated(
    clock: e.Deadline, order: WorkOrder, earlier: e.HistoryRecorded | None, by_stated_days: bool, context: Context
) -> e.Deadline:
    """The clock of the work as the 办理时限 has it, where it does; other clocks as they are."""
    if clock.clock not in (Clock.HANDLE, Clock.TOTAL):
        return clock
    if earlier is not None and earlier.handle_due is not None:
        return context.reckoner.stated(clock, earlier.handle_due, earlier.happened_at)
    if order.stated_due is not None and order.stated_due > clock.due:
        return context.reckoner.stated(clock, order.stated_due)
    return clock.model_copy(update={"ground": "stated"}) if by_stated_days else clock
