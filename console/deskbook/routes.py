"""The addresses of claims, as the console includes them."""

from dataclasses import asdict

from fastapi import APIRouter
from starlette.responses import Response

from console.access import Page, desk_of, require_order
from console.deskbook.book import Claim
from console.forms import Form
from console.orders.reading import read_order
from console.templates import order_address
from console.visit import Visit, Visiting, json_response
from terms.errors import Conflict, NotPermitted

router = APIRouter()


def claimed_by_another(visit: Visit, order_no: str) -> Claim | None:
    """The claim of a colleague of the same desk, if one holds; nobody without a desk is ever in the way of anybody."""
    desk = desk_of(visit.actor)
    if desk is None:
        return None
    return visit.console.parts.book.held_by_another(order_no, desk, visit.actor.account, visit.now)


def require_unclaimed(visit: Visit, order_no: str) -> None:
    """Raise Conflict when a colleague has the order before them."""
    found = claimed_by_another(visit, order_no)
    if found is not None:
        raise Conflict("console.claimed", at=order_no, who=found.name)


@router.get("/claims")
def claims(visit: Visiting) -> Response:
    """The claims of one's own desk: order number → who, for the tags on the queue."""
    visit.open(Page.ORDER)
    desk = desk_of(visit.actor)
    found = {} if desk is None else visit.console.parts.book.claims(desk, visit.now)
    return json_response({number: _told(visit, claim) for number, claim in found.items()})


@router.post("/claim/{order_no:path}")
def claim(visit: Visiting, order_no: str, form: Form) -> Response:
    """Claim an order; with `kept` until it is given back, with `take` even from a colleague."""
    desk = _desk(visit, order_no)
    kept, take = form.flag("kept"), form.flag("take")
    account = visit.session.account
    found = visit.console.parts.book.claim(order_no, desk, account, visit.now, kept=kept, take=take)
    if form.flag("quiet"):
        return json_response(_told(visit, found))
    if found.account != account.account:
        raise Conflict("console.claimed", at=order_no, who=found.name)
    return visit.done(order_address(order_no), f"{order_no} 已{'认领' if kept else '接手'}")


@router.post("/release/{order_no:path}")
def release(visit: Visiting, order_no: str, form: Form) -> Response:
    """Give back one's claim; `looked_at` gives back only what was not taken on purpose."""
    desk = _desk(visit, order_no)
    book = visit.console.parts.book
    book.release(order_no, desk, visit.actor.account, looked_at=form.flag("looked_at"))
    if form.flag("quiet"):
        return Response(status_code=204)
    return visit.done(order_address(order_no), f"{order_no} 已放回")


def _desk(visit: Visit, order_no: str) -> str:
    visit.open(Page.ORDER)
    desk = desk_of(visit.actor)
    if desk is None:
        raise NotPermitted("console.page-not-yours", page=str(Page.QUEUE))
    order, _ = read_order(visit.console.parts.ledger, order_no)
    require_order(visit.actor, order, visit.register)
    return desk


def _told(visit: Visit, claim: Claim) -> dict[str, object]:
    told = asdict(claim)
    del told["account"], told["order_no"]
    return told | {"mine": claim.account == visit.actor.account}


ROUTERS: tuple[APIRouter, ...] = (router,)
