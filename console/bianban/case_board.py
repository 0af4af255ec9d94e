"""议题: every boundary case by its step, with its age; and opening one (立案)."""

from datetime import date
from typing import Annotated, Any

from fastapi import APIRouter, Query
from sqlalchemy import Connection, Table, func, select
from starlette.responses import Response

from casework import permissions
from casework.boundary_case import commands as b
from casework.boundary_case.state import Step
from casework.lanes import CASES
from console.access import Page
from console.bianban.case_opening import opening_fields, read_opening
from console.bianban.case_sides import on_the_matter, option_of
from console.forms import Form
from console.interface.commands import giver_of
from console.interface.doors import BIANBAN, CASE_DOOR, give_command
from console.lookback import Day, Lookback, Looking, date_of
from console.registers.clause_card import clause_card
from console.visit import Visit, Visiting
from console.words import due_day
from projections.cases import CASES_VIEW
from projections.disputes import DISPUTES
from projections.figures import Cut, count
from projections.store import as_of
from terms.ids import Position, UnitCode

router = APIRouter()
OLD = 60  # days from which an open case is marked
BOARD = tuple(step for step in Step if step is not Step.UNKNOWN)
# what happened last in a case → the step it stands at; what is not named here leaves the step as it was
STEP_AFTER: dict[str, Step] = {
    "opened": Step.NEGOTIATING, "negotiated": Step.NEGOTIATING, "sent_back": Step.NEGOTIATING, "drafted": Step.SIGNING,
    "signed": Step.SIGNING, "applied": Step.APPLIED, "moved": Step.APPLIED, "accepted": Step.ACCEPTED,
    "opinions_asked": Step.OPINIONS, "opinion_given": Step.OPINIONS, "met": Step.MEETING,
    "opinion_issued": Step.ANSWERING, "opinion_answered": Step.ANSWERING, "reported": Step.REPORTED,
    "closed": Step.CLOSED,
}  # fmt: skip
ENDINGS = {"minutes": "纪要备案", "opinion": "协调意见", "decision": "机关决定", "withdrawn": "撤案"}


def read_cases(visit: Visit, look: Lookback) -> list[dict[str, Any]]:
    """Every case this person may know of, as it stood then: open ones first, the oldest first."""
    views = visit.console.parts.views
    with views.reading() as connection:
        build = views.current(connection, CASES_VIEW.name)
        if build is None:
            return []
        tables = views.tables(CASES_VIEW, build)
        rows = connection.execute(select(tables["cases"]).where(as_of(tables["cases"], look.position))).mappings()
        steps = last_steps(connection, tables["steps"], look)
        found = [_line(dict(row), steps, look.day) for row in rows]
    whole = visit.actor.role in CASE_DOOR.whole
    mine = visit.units or frozenset()
    seen = [row for row in found if whole or not mine.isdisjoint({*row["parties"], row["convener"]})]
    return sorted(seen, key=lambda row: (row["phase"] == Step.CLOSED, -row["age"], row["case_no"]))


def last_steps(connection: Connection, steps: Table, look: Lookback) -> dict[str, tuple[Step, str]]:
    """Case → the step it stood at and the day it came there."""
    query = select(steps.c.case_no, steps.c.step, steps.c.day).where(look.cut().on(steps))
    found: dict[str, tuple[Step, str]] = {}
    for case_no, told, day in connection.execute(query.order_by(steps.c.position, steps.c.line)):
        step = STEP_AFTER.get(told)
        if step is not None and (case_no not in found or found[case_no][0] is not step):
            found[case_no] = (step, day)
    return found


def _line(row: dict[str, Any], steps: dict[str, tuple[Step, str]], day: date) -> dict[str, Any]:
    phase, since = steps.get(row["case_no"], (Step.NEGOTIATING, row["opened_on"]))
    until = date.fromisoformat(row["closed_on"]) if row["closed_on"] else day
    return {
        "case_no": row["case_no"],
        "matter": row["matter"],
        "matter_id": row["matter_id"],
        "parties": row["parties"].split("|") if row["parties"] else [],
        "convener": row["convener"],
        "handler": row["handler"],
        "status_quo": row["status_quo"],
        "orders": row["orders"],
        "lead": row["lead"],
        "doc_no": row["doc_no"],
        "how": row["how"],
        "opened_on": row["opened_on"],
        "closed_on": row["closed_on"],
        "phase": phase,
        "since": since,
        "age": (until - date.fromisoformat(row["opened_on"])).days if row["opened_on"] else 0,
        "waited": (until - date.fromisoformat(since)).days if since else 0,
    }


@router.get("/cases")
@router.get("/cases.json")
def cases(
    visit: Visiting,
    look: Looking,
    step: Annotated[str, Query(max_length=20)] = "",
    unit: Annotated[str, Query(max_length=20)] = "",
    q: Annotated[str, Query(max_length=80)] = "",
    due: Day = "",
    matter_id: Annotated[str, Query(max_length=80)] = "",
    party: Annotated[list[str] | None, Query(max_length=20)] = None,
) -> Response:
    """The board and the list; `matter_id` and `party` come from where a dispute was seen and fill the opening form."""
    visit.open(Page.CASES, "cases:read")
    current = visit.caught_up("cases")
    everything = read_cases(visit, look)
    last = date_of(due, "due", "到期")
    for row in everything:
        row["due"] = _due_of(visit, row) if look.as_of is None else None
    rows = [
        row
        for row in everything
        if (not step or row["phase"] == step)
        and (not unit or unit in row["parties"])
        and (last is None or (row["due"] is not None and row["due"] <= last))
        and (not q.strip() or any(q.strip() in row[name] for name in ("matter", "matter_id", "case_no")))
    ]
    filters = look.query() | {"step": step, "unit": unit, "q": q.strip(), "due": due}
    data = {"filters": filters, "current": current, "cases": rows}
    if visit.request.url.path.endswith(".json"):
        return visit.page("cases.html", Page.CASES, "议题", **data)
    lanes = [(name, [row for row in everything if row["phase"] == name]) for name in BOARD if name is not Step.CLOSED]
    may_open = permissions.may(visit.actor.role, b.OpenCase) and look.as_of is None
    filled = _filled(visit, everything, matter_id, party or []) if may_open else {}
    return visit.page(
        "cases.html", Page.CASES, "议题", look=look, lanes=lanes, steps=BOARD, endings=ENDINGS, old=OLD,
        parties=sorted({unit for row in everything for unit in row["parties"]}),
        fields=opening_fields(visit.actor.role in BIANBAN, filled) if may_open else (),
        opening=bool(matter_id), order_no="", received=None, **data,
    )  # fmt: skip


def _due_of(visit: Visit, row: dict[str, Any]) -> date | None:
    """The day of the nearest deadline of an open case, as the record has it now."""
    if row["phase"] == Step.CLOSED:
        return None
    clocks = visit.console.parts.desk.load(CASES, row["case_no"]).state.clocks
    return min((due_day(one.due) for one in clocks), default=None)


def _filled(visit: Visit, cases: list[dict[str, Any]], matter_id: str, parties: list[str]) -> dict[str, Any]:
    """What is known of a matter beforehand: the next number, the parties, the clauses they named, its open orders."""
    year = visit.now.year
    taken = {row["case_no"] for row in cases}
    number = next(one for one in (f"JX-{year}-{place:03}" for place in range(1, 10_000)) if one not in taken)
    register = visit.register
    found: dict[str, Any] = {"number": number, "matter_id": matter_id}
    named = {one: register.units[one].name for one in register.units}
    found["parties"] = [f"{unit} {named[unit]}" for unit in map(str, parties) if unit in named]  # type: ignore[index]
    if matter_id:
        found |= _known(visit, matter_id, parties)
        units = [UnitCode(one) for one in parties if UnitCode(one) in register.units]
        told = on_the_matter(str(found.get("matter", "")), units, register, visit.actor.role)
        offered = dict.fromkeys((*found.get("clauses", ()), *(f"{unit} {item}" for unit, item in told)))
        found["clause_options"] = [
            (one, option_of(one.partition(" ")[2], register, visit.actor.role)) for one in offered
        ]
    return found


def _known(visit: Visit, matter_id: str, parties: list[str]) -> dict[str, Any]:
    views = visit.console.parts.views
    with views.reading() as connection:
        build = views.current(connection, DISPUTES.name)
        if build is None:
            return {}
        tables = views.tables(DISPUTES, build)
        chains = tables["chains"]
        matter = connection.execute(
            select(func.max(chains.c.matter)).where(as_of(chains, None), chains.c.matter_id == matter_id)
        ).scalar()
        orders = connection.execute(
            select(chains.c.order_no)
            .where(as_of(chains, None), chains.c.matter_id == matter_id, chains.c.returns > 0)
            .order_by(chains.c.order_no)
            .limit(20)
        ).scalars()
        by = ("unit", "denied_clause", "proposed", "claimed_clause")
        clauses: dict[str, None] = {}
        cut = Cut(where={"what": "returned", "matter_id": matter_id})
        for unit, denied, proposed, claimed in count(connection, tables["returned"], by, cut):
            for whose, clause in ((unit, denied), (proposed, claimed)):
                if clause and whose in parties:
                    clauses[f"{whose} {clause}"] = None
        return {
            "matter": matter or clause_card(matter_id, visit.register).matter,
            "orders": list(orders),
            "clauses": list(clauses),
        }


@router.post("/cases/open")
def open_case(visit: Visiting, form: Form) -> Response:
    """立案."""
    visit.open(Page.CASES)
    number = form.needed("number", "编号")
    done = give_command(CASE_DOOR, number, read_opening(form), giver_of(visit))
    return visit.done(f"/cases/{number}", f"{number} 已立案", Position(done.position))
