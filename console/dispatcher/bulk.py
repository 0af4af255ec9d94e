"""Bulk dispatch: the selected orders, each by its own proposal, as its own command with its own answer."""

from dataclasses import dataclass

from fastapi import APIRouter
from starlette.responses import Response

from casework.work_order import commands as c
from console.access import Page
from console.deskbook.routes import require_unclaimed
from console.forms import Form
from console.orders.sheet import sheet_for
from console.visit import Visit, Visiting
from terms.errors import BadInput, DingzeError, Refused
from terms.ids import Position, UnitCode

router = APIRouter()
MOST = 100


@dataclass(frozen=True, slots=True)
class Answer:
    """What became of one order: sent to `lead`, or why not."""

    order_no: str
    title: str
    lead: UnitCode | None
    refused: str = ""
    position: Position | None = None


@router.post("/queue/dispatch")
def dispatch(visit: Visiting, form: Form) -> Response:
    """Dispatch every selected order by its proposal. One that is refused stops no other; nothing is undone."""
    visit.open(Page.QUEUE)
    numbers = tuple(dict.fromkeys(one for one in form.values.get("order", ()) if one))[:MOST]
    if not numbers:
        raise BadInput("console.nothing-selected", at="order")
    answers = [_one(visit, number) for number in numbers]
    last = max((one.position for one in answers if one.position is not None), default=None)
    answer = visit.page(
        "queue_answers.html",
        Page.QUEUE,
        "批量派单结果",
        sent=[one for one in answers if not one.refused],
        refused=[one for one in answers if one.refused],
    )
    if last is not None:
        visit.remember(answer, last)
    return answer


def _one(visit: Visit, order_no: str) -> Answer:
    title, lead = "", None
    try:
        sheet = sheet_for(visit, order_no)
        title = sheet.texts.title or sheet.texts.text[:24]
        require_unclaimed(visit, order_no)
        proposal = sheet.proposal
        lead = proposal.lead if proposal else None
        if proposal is None or lead is None:
            raise Refused("console.no-proposed-lead", at=order_no)
        command = c.Dispatch(lead, proposal.supports, citations=proposal.citations)
        done = visit.console.parts.desk.do(order_no, command, visit.actor, seen=sheet.version)
    except DingzeError as error:
        return Answer(order_no, title, lead, error.message)
    return Answer(order_no, title, lead, position=done.position)
