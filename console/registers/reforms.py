"""机构改革 as a page: units merge, split, are renamed or hand a duty over; looked at first, then kept as a draft.

The preview tells what moves in the register and what hangs on it: open orders of the units, what memory learned of
them, the scores of the quarter. Like every draft it holds once another person has reviewed it and the director signed.
"""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import orjson
from fastapi import APIRouter
from sqlalchemy import func, select
from starlette.responses import Response

from console.access import Page
from console.forms import Filled, Form
from console.registers.differences import KINDS, TABLES
from console.registers.importing import TITLE_AT_MOST, today
from console.registers.outlook import Outlook, outlook
from console.visit import Visit, Visiting
from mandates.draft_steps import drafting, reform_written
from mandates.drafts import Draft
from mandates.model import Level, Section, Span, Unit
from mandates.reform import Reform, ReformPlan, plan
from mandates.succession import ReformKind
from projections.outcomes import LEARNABLE
from projections.queue import QUEUE, SETTLED
from projections.store import as_of
from terms.errors import BadInput, Conflict
from terms.ids import InstrumentId, UnitCode

router = APIRouter()
SHOWN = 200
ORDERS_SHOWN = 50


@dataclass(frozen=True, slots=True)
class Weighed:
    """A reform with its plan, its outlook, and what hangs on the units that take part."""

    reform: Reform
    plan: ReformPlan
    outlook: Outlook
    orders: tuple[dict[str, Any], ...]
    orders_total: int
    learned: dict[str, int]
    digest: str


@router.get("/mandates/reform")
def form_page(visit: Visiting) -> Response:
    """The form."""
    visit.open(Page.DRAFTS)
    return visit.page(
        "reform.html", Page.DRAFTS, "机构改革", kinds_of_reform=list(ReformKind), today=today(visit).isoformat()
    )


@router.post("/mandates/reform/clauses")
def clauses(visit: Visiting, form: Form) -> Response:
    """The clauses of the units that are reformed, each with the units it may go to; nothing is written."""
    visit.open(Page.DRAFTS)
    day, sources = form.day("day", "生效日期"), form.units("sources")
    edition = visit.console.parts.register.as_of(day)
    established = tuple(_unit(line, None, Span(day)) for line in form.lines("establish"))
    into = form.units("into") or tuple(one.code for one in established)
    if not sources or not into:
        raise BadInput("console.field-needed", at="into", field="被改革单位和承接单位")
    names = {code: unit.name for code, unit in edition.units.items()} | {one.code: one.name for one in established}
    own = [one for one in edition.clauses.values() if one.unit in sources and one.section is not Section.POSTS]
    return visit.fragment(
        "reform_clauses.html", clauses=own, into=into, names=names, assigned=_chosen(form),
        split=form.text("kind") == ReformKind.SPLIT,
    )  # fmt: skip


@router.post("/mandates/reform/preview")
def preview(visit: Visiting, form: Form) -> Response:
    """What the reform would change, as a part of the page; nothing is written."""
    visit.open(Page.DRAFTS)
    weighed = _weigh(visit, form)
    return visit.fragment(
        "reform_preview.html", weighed=weighed, tables=TABLES, kinds=KINDS, shown=SHOWN,
        both={**weighed.outlook.before.units, **weighed.outlook.after.units},
    )  # fmt: skip


@router.post("/mandates/reform")
def keep(visit: Visiting, form: Form) -> Response:
    """Keep as a draft what was previewed. Raises Conflict when form or register have changed since."""
    visit.open(Page.DRAFTS)
    weighed = _weigh(visit, form)
    if form.text("seen") != weighed.digest:
        raise Conflict("mandates.draft-moved")
    parts = visit.console.parts
    draft = Draft(
        parts.register.register().drafts.next_key(today(visit)),
        form.needed("title", "标题")[:TITLE_AT_MOST],
        (),
        visit.register.digest,
        0,
        str(visit.actor),
        visit.now.isoformat(),
        reform=reform_written(weighed.reform),
    )
    parts.ledger.append(drafting(draft, visit.actor, visit.now))
    return visit.done(f"/mandates/drafts/{draft.draft}", f"草案 {draft.draft} 已保存，待他人审核")


def _weigh(visit: Visit, form: Filled) -> Weighed:
    register = visit.console.parts.register.register()
    reform = read_reform(visit, form)
    made = plan(register, reform)
    ended = tuple(("departments", str(code), reform.day) for code in made.end)
    seen = outlook(register, made.enact, ended, today(visit), visit.actor.role)
    orders, total = _open_orders(visit, reform.sources)
    told = [reform_written(reform), seen.before.digest, seen.after.digest]
    digest = hashlib.sha256(orjson.dumps(told, option=orjson.OPT_SORT_KEYS)).hexdigest()
    return Weighed(reform, made, seen, tuple(orders), total, _learned(visit, reform.sources), digest)


def read_reform(visit: Visit, form: Filled) -> Reform:
    """The reform a form orders. Raises BadInput for a line that says no unit or no clause."""
    told = form.needed("kind", "改革方式")
    if told not in set(ReformKind):
        raise BadInput("console.field-needed", at="kind", field="改革方式")
    kind, day = ReformKind(told), form.day("day", "生效日期")
    sources = form.units("sources")
    if not sources:
        raise BadInput("console.field-needed", at="sources", field="被改革单位")
    first = visit.register.units.get(sources[0])
    established = tuple(_unit(line, first, Span(day)) for line in form.lines("establish"))
    into = form.units("into") or (sources if kind is ReformKind.RENAME else tuple(one.code for one in established))
    return Reform(
        kind, sources, into, day, InstrumentId(form.text("instrument")) if form.text("instrument") else None,
        established, _chosen(form), form.text("new_name"),
    )  # fmt: skip


def _chosen(form: Filled) -> dict[str, UnitCode]:
    """Which clause goes to which unit: as chosen in the list, then as written by codes."""
    listed = (one for one in form.values.get("assign_to", ()) if one)
    return dict(_assigned(line) for line in (*listed, *form.lines("assign")))


def _unit(line: str, like: Unit | None, span: Span) -> Unit:
    """`C40 云泽市某局`: a unit that begins with the reform, of the tier and class of the first that takes part."""
    code, _, name = line.partition(" ")
    if not name.strip():
        raise BadInput("mandates.reform", at="establish", reason=f"“{line}”应写成“代码 名称”")
    level = like.level if like else Level.CITY
    kept = (like.parent, like.unit_class, like.functions) if like else (None, "", ())
    return Unit(UnitCode(code), name.strip(), level, parent=kept[0], unit_class=kept[1], functions=kept[2], span=span)


def _assigned(line: str) -> tuple[str, UnitCode]:
    """`C03-3-01=C40`: which clause or item goes to which unit."""
    item, _, unit = line.partition("=")
    if not unit.strip():
        raise BadInput("mandates.reform", at="assign", reason=f"“{line}”应写成“条目编号=单位代码”")
    return item.strip(), UnitCode(unit.split()[0])


def _open_orders(visit: Visit, units: Sequence[UnitCode]) -> tuple[list[dict[str, Any]], int]:
    """Orders these units lead that have not ended."""
    views = visit.console.parts.views
    with views.reading() as connection:
        build = views.current(connection, QUEUE.name)
        if build is None:
            return [], 0
        table = views.tables(QUEUE, build)["orders"]
        held = [as_of(table, None), table.c.lead.in_(units), table.c.state.not_in((*SETTLED, "终止"))]
        total = connection.execute(select(func.count()).select_from(table).where(*held)).scalar_one()
        query = select(*[table.c[name] for name in ("order_no", "title", "lead", "state", "district")]).where(*held)
        rows = connection.execute(query.order_by(table.c.received_at, table.c.order_no).limit(ORDERS_SHOWN)).mappings()
        return [dict(row) for row in rows], total


def _learned(visit: Visit, units: Sequence[UnitCode]) -> dict[str, int]:
    """How many outcomes memory has learned of each unit."""
    views = visit.console.parts.views
    with views.reading() as connection:
        build = views.current(connection, LEARNABLE.name)
        if build is None:
            return {}
        table = views.tables(LEARNABLE, build)["outcomes"]
        query = select(table.c.unit, func.count()).where(as_of(table, None), table.c.unit.in_(units))
        return {row[0]: row[1] for row in connection.execute(query.group_by(table.c.unit).order_by(table.c.unit))}
