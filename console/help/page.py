"""The help page: the tour as a list, the keys, what each page is for; and the wish not to be offered the tour again."""

from fastapi import APIRouter
from starlette.responses import Response

from console.access import Page
from console.forms import Form
from console.help.guide import guide_pages
from console.help.tours import ABOUT, tour_of
from console.visit import TOURED_COOKIE, Visiting, address_of_step

router = APIRouter()
A_YEAR = 365 * 24 * 3600  # seconds


@router.get("/help")
@router.get("/help.json")
def help_page(visit: Visiting) -> Response:
    """The page."""
    visit.open(Page.ACCOUNT)
    steps = [
        {"title": step.title, "words": step.words, "address": address_of_step(visit.actor.role, number)}
        for number, step in enumerate(tour_of(visit.actor.role), 1)
    ]
    return visit.page("help.html", Page.ACCOUNT, "使用帮助", steps=steps, about=ABOUT, has_guide=bool(guide_pages()))


@router.post("/help/toured")
def toured(visit: Visiting, form: Form) -> Response:
    """Offer the tour no more in this browser; it stays reachable from the help page."""
    visit.open(Page.ACCOUNT)
    answer = visit.done(visit.home, "导览已收起，按 H 可再看")
    secure = visit.request.url.scheme == "https"
    answer.set_cookie(
        TOURED_COOKIE, str(visit.actor.role), max_age=A_YEAR, httponly=True, samesite="lax", secure=secure
    )
    return answer
