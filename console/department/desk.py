"""The department's desk: what is due today, as lead and as support."""

from typing import Annotated

from fastapi import APIRouter, Query
from starlette.responses import Response

from console.access import Page, require_unit
from console.department.task_reading import TABS, read_tasks
from console.lookback import Looking
from console.visit import Visiting
from console.words import PARTS
from terms.ids import UnitCode

router = APIRouter()
ROLES = {**PARTS, "answer": "被征询", "hand_over": "移送接收"}


@router.get("/tasks")
@router.get("/tasks.json")
def tasks(
    visit: Visiting,
    look: Looking,
    tab: str = "today",
    q: Annotated[str, Query(max_length=80)] = "",
    unit: Annotated[str, Query(max_length=20)] = "",
    page: Annotated[int, Query(ge=1)] = 1,
) -> Response:
    """The tasks of one's unit; a district's desk may look at one unit of its district."""
    visit.open(Page.TASKS, "orders:read")
    mine = visit.units or frozenset()
    if unit:
        require_unit(visit.actor, UnitCode(unit), visit.register)
    asked = frozenset({UnitCode(unit)}) if unit else mine
    current = visit.caught_up("tasks")
    tab = tab if tab in TABS else "today"
    listed = read_tasks(visit.console.parts.views, asked, tab, q.strip(), page, look.moment, look.position)
    filters = look.query() | {"tab": tab, "q": q.strip(), "unit": unit, "page": listed.page}
    data = {"filters": filters, "listed": listed, "current": current}
    if visit.request.headers.get("HX-Target") == "tasks":
        return visit.fragment("tasks_table.html", tabs=TABS, parts=ROLES, several=len(mine) > 1, **data)
    if visit.request.url.path.endswith(".json"):
        return visit.page("tasks.html", Page.TASKS, "本单位待办", **data)
    among = sorted(mine) if len(mine) > 1 else []
    return visit.page(
        "tasks.html",
        Page.TASKS,
        "本单位待办",
        tabs=TABS,
        parts=ROLES,
        among=among,
        several=len(mine) > 1,
        look=look,
        **data,
    )
