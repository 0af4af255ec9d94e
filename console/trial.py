"""Trying the router on a text: who would answer, on which clause, and why not another. Nothing is recorded."""

from datetime import date

from fastapi import APIRouter
from starlette.responses import Response

from console.access import Page
from console.forms import Form
from console.orders.reading import evidence_of
from console.orders.why import why
from console.visit import Visiting
from console.words import CITY_TIME, FEATURES
from routing.proposal import OrderText
from terms.errors import BadInput

router = APIRouter()
LONGEST = 5_000  # characters


@router.get("/trial")
@router.get("/trial.json")
def trial_page(visit: Visiting) -> Response:
    """The form."""
    visit.open(Page.TRIAL, "route")
    return visit.page("trial.html", Page.TRIAL, "智能试派", today=visit.now.astimezone(CITY_TIME).date().isoformat())


@router.post("/trial")
def trial(visit: Visiting, form: Form) -> Response:
    """The answer, beside the form. The text is posted, so that it stands in no address and no log."""
    visit.open(Page.TRIAL, "route")
    text = form.needed("text", "诉求内容")
    if len(text) > LONGEST:
        raise BadInput("input.too-large", at="text", limit=f"{LONGEST} 字")
    at: date = form.day("at", "日期") if form.text("at") else visit.now.astimezone(CITY_TIME).date()
    register = visit.console.parts.register.as_of(at)
    proposal = visit.console.parts.route(OrderText(text=text, place=form.text("place"), at=at))
    evidence = evidence_of(proposal, text, register)
    return visit.fragment(
        "trial_answer.html",
        text=text,
        spans=[(*one.citation.order_span, one.label) for one in evidence if one.citation.order_span],
        proposal=proposal,
        evidence=evidence,
        alternatives=[one for one in proposal.candidates if one.unit != proposal.lead],
        reasons=why(proposal, register.units),
        features=FEATURES,
        register_units=register.units,
    )
