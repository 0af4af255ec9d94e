"""What duties weigh against posts: the 三定—权责清单对照表, load by unit and office, evidence for motions."""

from dataclasses import asdict
from datetime import date
from typing import Annotated, Any

from fastapi import APIRouter, Query
from starlette.responses import Response

from console.access import Page, may_read
from console.leaders.accountability import choices
from console.lookback import Lookback, Looking
from console.paging import paged
from console.visit import Visit, Visiting
from mandates.edition import RegisterEdition
from mandates.links import comparisons
from mandates.model import Section
from mandates.model import Unit as UnitRecord
from projections.readings.load import UnitLoad, load
from projections.readings.looking import Period, looking, quarter, quarter_of
from projections.readings.motions import MotionEvidence, Trigger, motions
from terms.actors import Role
from terms.errors import Unavailable
from terms.ids import ClauseId, UnitCode

router = APIRouter()
# the Chinese columns of the 对照表 → the names of its data
COLUMNS = {
    "条目": "clause", "序号": "clause_no", "角色": "role", "条目内容": "words", "职权编码": "power",
    "职权类型": "power_type", "职权名称": "power_name", "实施依据": "basis", "依据状态": "basis_state",
    "事项": "matter", "关联": "link", "提示": "hint",
}  # fmt: skip
ONLY = {"": "全部", "repealed": "依据已失效", "powerless": "有责无权", "dutiless": "有权无责"}
HINTS = {"powerless": "有责无权", "dutiless": "有权无责"}
TRIGGERS = {"reform": "机构改革", "new_duties": "新增职责", "load": "工作量明显变化", "failure": "履职明显不力"}
Unit = Annotated[str, Query(max_length=20)]
At = Annotated[int, Query(ge=1, le=10_000)]  # the page of a list


@router.get("/coverage/compare")
@router.get("/coverage/compare.json")
def compare(
    visit: Visiting, look: Looking, unit: Unit = "", only: Annotated[str, Query(max_length=20)] = "", page: At = 1
) -> Response:
    """A unit's 三定—权责清单对照表: each clause beside its list items, repealed laws marked; else every unit's sum.

    What stands in a document this person may not read is left out.
    """
    visit.open(Page.COVERAGE, "orders:read")
    register = visit.console.parts.register.as_of(look.day)
    only = only if only in ONLY else ""
    units = [UnitCode(unit)] if unit else sorted(one.code for one in _owners(register))
    links = visit.console.parts.register.register(look.position).links
    tables = {one: _compared(visit, register, rows) for one, rows in comparisons(register, links, units).items()}
    sums = [
        {"unit": one, "clauses": len({row["clause"] for row in rows if row["clause"]}),
         "powers": len({row["power"] for row in rows if row["power"]}),
         "repealed": sum(bool(row["basis_state"]) for row in rows),
         "powerless": sum(row["hint"] == "有责无权" for row in rows),
         "dutiless": sum(row["hint"] == "有权无责" for row in rows),
         "proposed": sum(row["link"] == "待确认" for row in rows)}
        for one, rows in tables.items()
    ]  # fmt: skip
    found = [row for row in tables[UnitCode(unit)] if _wanted(row, only)] if unit else []
    filters = look.query() | {"unit": unit, "only": only}
    shown, listed = paged(sums, page)
    data = {"filters": filters, "total": len(found) if unit else len(sums), "compared": found, "sums": shown}
    return visit.page(
        "compare.html", Page.COVERAGE, "三定—权责清单对照表", **data,
        **({} if _json(visit) else {"look": look, "only": ONLY, "listed": listed, "joined": _joined(found),
                                    "with_duties": _owners(register)}),
    )  # fmt: skip


def _joined(rows: list[dict[str, Any]]) -> list[list[dict[str, Any]]]:
    """Rows that follow one another under one clause together, as the printed table joins their cells."""
    found: list[list[dict[str, Any]]] = []
    for row in rows:
        if found and row["clause"] and found[-1][0]["clause"] == row["clause"]:
            found[-1].append(row)
        else:
            found.append([row])
    return found


def _compared(visit: Visit, register: RegisterEdition, rows: list[dict[str, Any]]) -> list[dict[str, str]]:
    role = visit.actor.role
    return [
        {COLUMNS[name]: value for name, value in row.items()}
        for row in rows
        if all(
            not item or may_read(role, register.instrument_of(ClauseId(item)))
            for item in (row["条目"], row["职权编码"])
        )
    ]


def _wanted(row: dict[str, str], only: str) -> bool:
    if only == "repealed":
        return bool(row["basis_state"])
    return not only or row["hint"] == HINTS[only]


def _owners(register: RegisterEdition) -> list[UnitRecord]:
    codes = {one.unit for one in register.clauses.values() if one.section is Section.DUTIES}
    return [unit for unit in register.units.values() if unit.code in codes]


@router.get("/coverage/workload")
@router.get("/coverage/workload.json")
def workload(
    visit: Visiting,
    look: Looking,
    unit: Unit = "",
    unit_class: Annotated[str, Query(alias="class", max_length=40)] = "",
    page: At = 1,
) -> Response:
    """职能量化: what each unit carries, weighted by kind and role, by post; of one unit, its 内设机构 and clauses."""
    visit.open(Page.COVERAGE, "orders:read")
    register = visit.console.parts.register.as_of(look.day)
    period = _period(look)
    lines: tuple[UnitLoad, ...] = ()
    current = True
    try:
        with looking(visit.console.parts.views, look.position) as then:
            links = visit.console.parts.register.register(look.position).links
            lines = load(then, register, links, visit.console.parts.city.load, period)
    except Unavailable:
        current = False
    shown = [
        one for one in lines if (not unit or one.unit == unit) and (not unit_class or one.unit_class == unit_class)
    ]
    filters = look.query() | {"unit": unit, "class": unit_class}
    here, listed = paged(shown, page)
    data = {
        "filters": filters, "current": current, "total": len(shown),
        "workloads": [
            {"unit": one.unit, "unit_class": one.unit_class, "posts": one.posts, "led": one.lead_orders,
             "supported": one.support_orders, "weight": one.weight, "per_hundred_posts": one.per_hundred_posts,
             "kinds": [f"{kind} {orders}" for kind, orders in one.kinds]}
            for one in here
        ],
        "offices": [asdict(office) | {"per_hundred_posts": office.per_hundred_posts}
                    for one in shown if unit for office in one.offices],
    }  # fmt: skip
    return visit.page(
        "workload.html", Page.COVERAGE, "工作量与编制", **data,
        **({} if _json(visit) else {"look": look, "weights": visit.console.parts.city.load,
                                    "listed": listed, "classes": visit.console.parts.city.unit_classes,
                                    "register_units": register.units}),
    )  # fmt: skip


@router.get("/coverage/motions")
@router.get("/coverage/motions.json")
def evidence(
    visit: Visiting,
    look: Looking,
    unit: Unit = "",
    name: Annotated[str, Query(alias="quarter", max_length=7)] = "",
    timely: bool = False,
    page: At = 1,
) -> Response:
    """Evidence for 机构编制 motions: 适时 triggers, the 适度 interval, the 适量 proportion; nothing is decided here."""
    visit.open(Page.COVERAGE, "orders:read")
    period = quarter(name) if name else _period(look) or quarter(quarter_of(look.day))
    found: tuple[MotionEvidence, ...] = ()
    current = True
    try:
        with looking(visit.console.parts.views, look.position) as then:
            register = visit.console.parts.register.register(look.position)
            found = motions(then, register, visit.console.parts.city, period)
    except Unavailable:
        current = False
    shown = [one for one in found if (not unit or one.load.unit == unit) and (not timely or one.timely)]
    readable = visit.console.parts.register.as_of(look.day)
    here, listed = paged(shown, page)
    data = {
        "filters": look.query() | {"unit": unit, "quarter": name, "timely": "true" if timely else ""},
        "current": current,
        "total": len(shown),
        "motions": [_motion(one, readable, visit.actor.role) for one in here],
        "duties": [
            asdict(duty) for one in shown if unit for duty in one.duties
            if may_read(visit.actor.role, readable.instrument_of(ClauseId(duty.clause)))
        ],
    }  # fmt: skip
    return visit.page(
        "motions.html", Page.COVERAGE, "机构编制动议依据", **data,
        **({} if _json(visit) else {"look": look, "period": period, "rules": visit.console.parts.city.adjustment,
                                    "quarters": choices(look.day), "listed": listed,
                                    "register_units": readable.units}),
    )  # fmt: skip


def _motion(one: MotionEvidence, readable: RegisterEdition, role: Role) -> dict[str, Any]:
    return {
        "unit": one.load.unit, "unit_class": one.load.unit_class, "posts": one.load.posts, "led": one.load.lead_orders,
        "supported": one.load.support_orders, "weight": one.load.weight,
        "per_hundred_posts": one.load.per_hundred_posts, "peers": one.peers,
        "posts_since": one.posts_since.isoformat() if one.posts_since else "", "months_since": one.months_since,
        "interval_kept": one.interval_kept, "timely": one.timely,
        "triggers": [f"{TRIGGERS[told.kind]}：{_told(told)}" for told in one.triggers],
        "proportions": [_proportion(told) for told in one.triggers],
        "reasons": [
            asdict(told) | {"items": [item for item in told.items
                                      if may_read(role, readable.instrument_of(ClauseId(item)))]}
            for told in one.triggers
        ],
    }  # fmt: skip


def _told(one: Trigger) -> str:
    """What a reason rests on, in words."""
    if one.kind == "load":
        return f"加权 {one.before / 100:.1f} 件 → {one.number / 100:.1f} 件，与上一期间相比"
    if one.kind == "failure":
        return f"办理超时 {one.number} 件，派单 {one.before} 件"
    moved = "改革当日" if one.kind == "reform" else "最早"
    return f"{one.number} 条，{moved} {one.since}"


def _proportion(one: Trigger) -> str:
    """The posts in proportion to the duty that moves."""
    if one.posts is None:
        return "—"
    sign = "+" if one.kind == "load" else ""
    return f"{one.posts / 100:{sign}.1f} 名"


def _period(look: Lookback) -> Period | None:
    if look.since is None and look.until is None:
        return None
    return Period(look.since or date(1949, 10, 1), look.until or look.day)


def _json(visit: Visit) -> bool:
    return visit.request.url.path.endswith(".json")
