"""The find box on top of every page: an order number leads to the order, words lead to a search."""

from typing import Annotated
from urllib.parse import urlencode

from fastapi import APIRouter, Query
from starlette.responses import RedirectResponse, Response

from console.access import MAY_OPEN, Page
from console.orders.sheet import sheet_for
from console.templates import order_address
from console.visit import Visiting
from terms.errors import NotFound

router = APIRouter()


@router.get("/find")
def find(visit: Visiting, q: Annotated[str, Query(max_length=80)] = "") -> Response:
    """To the order of that number, else to the mandates, or for an order's beginning to the queue."""
    visit.open(Page.ORDER)
    asked = q.strip()
    if asked:
        try:
            sheet_for(visit, asked)
        except NotFound:
            looks_like_an_order = asked.isascii() and any(letter.isdigit() for letter in asked)
            if looks_like_an_order and visit.actor.role in MAY_OPEN[Page.QUEUE]:
                return RedirectResponse("/queue?" + urlencode({"tab": "all", "q": asked}), 303)
            if looks_like_an_order and visit.actor.role in MAY_OPEN[Page.TASKS]:
                return RedirectResponse("/tasks?" + urlencode({"tab": "all", "q": asked}), 303)
        else:
            return RedirectResponse(order_address(asked), 303)
    return RedirectResponse("/mandates?" + urlencode({"q": asked}), 303)
