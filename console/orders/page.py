"""The order page: the words beside the clauses, who answers and why not another, clocks, what to do, the whole life."""

from collections.abc import Sequence
from typing import Annotated

from fastapi import APIRouter, Query
from starlette.responses import Response

from casework.desk import ORDERS
from casework.work_order import commands as c
from casework.work_order.context import Context
from casework.work_order.decide import decide
from casework.work_order.state import AT_REST
from console.access import Page, desk_of
from console.administration.people import Account
from console.department import unit_actions
from console.dispatcher import hotline_actions, review_actions
from console.lookback import Lookback, Looking, look_back
from console.orders.actions import Action, Ground, offers
from console.orders.additions import Addition, addition
from console.orders.beside import beside
from console.orders.reading import OrderSheet, judging
from console.orders.sheet import clocks_of, sheet_for
from console.orders.why import why
from console.papers.here import papers_here
from console.registers.clause_card import clause_card
from console.visit import Visit, Visiting
from console.words import FEATURES, PARTS
from terms.errors import NotFound, NotPermitted, Refused

router = APIRouter()
TABLES = (hotline_actions.ACTIONS, review_actions.ACTIONS, unit_actions.ACTIONS)
RUNNERS_UP = 2  # shown whatever speaks for them
ACTIONS: dict[str, Action] = {action.slug: action for table in TABLES for action in table}
PURPOSES = ("联系诉求人核实情况", "现场处置需要", "回访", "督办核查")


def ground_for(visit: Visit, sheet: OrderSheet) -> Ground:
    """What the actions of this person on this order stand on."""
    parts = visit.console.parts
    context = Context(visit.now, visit.actor, parts.city, parts.calendar, judging(parts.register, sheet))

    def seal(told: Addition) -> c.AddToOrder:
        return addition(told, parts.desk.load(ORDERS, sheet.order.order_no), parts.vault)

    def colleagues() -> Sequence[Account]:
        return parts.people.of_unit(visit.actor.unit) if visit.actor.unit else ()

    return Ground(sheet, context, seal, colleagues)


@router.get("/orders/{order_no:path}")
@router.get("/orders/{order_no:path}.json")
def order_page(
    visit: Visiting,
    look: Looking,
    order_no: str,
    at: Annotated[int | None, Query(ge=1, le=2**62, description="as of this position, as `position`")] = None,
) -> Response:
    """One order; as of a day or a position of the record as it stood then, and nothing can be done to the past."""
    visit.open(Page.ORDER, "orders:read")
    look = look_back(visit, position=at) if at else look
    sheet = _sheet_then(visit, order_no, look)
    order, proposal = sheet.order, sheet.proposal
    others = [] if proposal is None else [one for one in proposal.candidates if one.unit != proposal.lead]
    # the runner-ups are always explained; of the rest only those for whom anything speaks
    candidates = [*others[:RUNNERS_UP], *(one for one in others[RUNNERS_UP:] if one.score > 0)]
    data = {
        "order_no": order_no,
        "stage": order.stage,
        "lead": order.lead,
        "supports": order.supports,
        "desk": order.desk,
        "received": sheet.received,
        "texts": sheet.texts,
        "proposal": proposal,
        "evidence": sheet.evidence,
        "alternatives": candidates,
        "clocks": [] if look.past or order.parent else clocks_of(order, sheet.register, visit.now),
        "claims": sheet.claims,
        "timeline": sheet.timeline,
        "attachments": sheet.attachments,
        "erased": order.erased,
        "version": order.version,
        "at": look.position,
    }
    if visit.request.url.path.endswith(".json"):
        return visit.page("order.html", Page.ORDER, order_no, **data)
    ground = ground_for(visit, sheet)
    cited = {one.citation.clause_id for one in sheet.evidence}
    desk = None if look.past or order.status in AT_REST else desk_of(visit.actor)
    claim = None if desk is None else visit.console.parts.book.claims(desk, visit.now, [order_no]).get(order_no)
    return visit.page(
        "order.html",
        Page.ORDER,
        f"工单 {order_no}",
        look=look,
        order=order,
        offers=[] if look.past else offers(ACTIONS, ground),
        reasons=why(proposal, sheet.register.units),
        features=FEATURES,
        claims_here=desk is not None,
        claim=claim,
        grounds=[(unit, clause_card(clause, sheet.register)) for unit, clause in order.grounds if clause not in cited],
        members={member.unit: member for member in order.members},
        parts=PARTS,
        register_units=sheet.register.units,
        beside=beside(visit, sheet),
        suspected="" if visit.units is not None or order.parent else order.suspected,
        purposes=PURPOSES if may_open_sealed(ground) and not look.past else (),
        about=order_no,
        **papers_here(visit, "work-orders", order_no, order, now=not look.past and not order.erased),
        **data,
    )


def _sheet_then(visit: Visit, order_no: str, look: Lookback) -> OrderSheet:
    """The order as it was then. Raises NotFound; for one this person may see by now, with the day it was not yet."""
    try:
        return sheet_for(visit, order_no, look.position)
    except NotFound:
        sheet_for(visit, order_no)
        raise NotFound("console.no-order-then", order_no=order_no, day=look.day) from None


def may_open_sealed(ground: Ground) -> bool:
    """Whether the rules would let this person open the sealed data."""
    try:
        decide(ground.order, c.ReadPersonalData("试"), ground.context)
    except (NotPermitted, Refused):
        return False
    return True
