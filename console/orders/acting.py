"""Doing something with an order: one route for every action, and the opening of what is sealed."""

import re
from dataclasses import replace
from functools import partial

from fastapi import APIRouter
from starlette.responses import Response

from casework.work_order import commands as c
from console.access import Page, desk_of
from console.deskbook.routes import require_unclaimed
from console.forms import Filled, Form
from console.orders.actions import refused
from console.orders.page import ACTIONS, ground_for
from console.orders.reading import OrderSheet
from console.orders.sheet import sheet_for
from console.templates import order_address
from console.visit import Visit, Visiting
from terms.errors import Conflict, NotFound
from terms.ids import order_stream

router = APIRouter()
NEXT_ORDER = re.compile(r"/orders/(?!.*\.\.)[^\s\\?#]{1,200}")  # an order of this site
LIST = re.compile(r"/(?:queue|tasks)(?:\?[\w%&=.+-]{0,400})?")  # a list of this site, as it was filtered
QUIET = frozenset({"PersonalDataRead", "ClockWarned", "ProgressReported", "OrderChased"})
UNDONE_BY = {"dispatch": "withdraw-dispatch", "merge": "unmerge", "return": "withdraw-return"}  # each a new event
SEALED = {"caller_name": "来电人", "caller_phone": "联系方式", "title": "标题", "text": "主要内容", "place": "地点"}


@router.post("/act/{slug}/{order_no:path}")
def act(visit: Visiting, slug: str, order_no: str, form: Form) -> Response:
    """Carry out one action. What the rules refuse comes back as the page of the refusal, and nothing was written."""
    visit.open(Page.ORDER)
    if slug not in ACTIONS:
        raise NotFound("console.no-page")
    action = ACTIONS[slug]
    require_unclaimed(visit, order_no)
    sheet = sheet_for(visit, order_no)
    _still_as_seen(sheet, form)
    store, desk = visit.console.parts.attachments, visit.console.parts.desk
    if form.uploads:
        form = replace(form, kept=store.attached(form.uploads))
        desk = replace(desk, once_accepted=partial(store.keep, order_no, form.uploads))
    command = action.read(ground_for(visit, sheet), form)
    done = desk.do(order_no, command, visit.actor, seen=sheet.version)
    claimed_at = desk_of(visit.actor)
    if claimed_at is not None:
        visit.console.parts.book.release(order_no, claimed_at, visit.actor.account)
    address = _onward(form, order_no)
    return visit.done(address, f"{order_no} {action.done or action.label}", done.position, _undo(visit, slug, order_no))


def _undo(visit: Visit, slug: str, order_no: str) -> str:
    """Where what was just done can be taken back; nothing where the rules would not let it be."""
    if slug not in UNDONE_BY:
        return ""
    back = ACTIONS[UNDONE_BY[slug]]
    if refused(back, ground_for(visit, sheet_for(visit, order_no))) is not None:
        return ""
    return f"{order_address(order_no)}#form-{back.slug}"


def _onward(form: Filled, order_no: str) -> str:
    """Where one goes on: back to the list, to the next order of it (an address of this site), else the same order."""
    if LIST.fullmatch(form.text("back")):
        return form.text("back")
    following = form.text("next")
    return following if NEXT_ORDER.fullmatch(following) else order_address(order_no)


def _still_as_seen(sheet: OrderSheet, form: Filled) -> None:
    """Somebody else may have decided since the page was shown: then it is looked at again before anything is done."""
    seen = form.text("seen")
    if not seen.isdigit():
        return
    since = [one for one in sheet.timeline[int(seen) :] if one.type not in QUIET]
    if since:
        raise Conflict("console.moved-on", at=sheet.order.order_no, who=since[-1].who, what=since[-1].title)


@router.post("/sealed/{order_no:path}")
def open_sealed(visit: Visiting, order_no: str, form: Form) -> Response:
    """Open the personal data of an order. The reading is recorded first; casework's rules decide who may."""
    visit.open(Page.ORDER)
    sheet = sheet_for(visit, order_no)
    purpose = form.needed("purpose", "查看用途")
    parts = visit.console.parts
    event = next(one for one in parts.ledger.stream(order_stream(order_no)) if one.type == "WorkOrderReceived")
    parts.desk.do(order_no, c.ReadPersonalData(purpose, tuple(SEALED)), visit.actor)
    opened = parts.vault.open(event.stream, event.payload["sealed"]) if event.payload["sealed"] else None
    fields = {label: str(opened.get(name) or "") for name, label in SEALED.items()} if opened else {}
    return visit.fragment("sealed.html", order_no=order_no, fields=fields, erased=sheet.order.erased)
