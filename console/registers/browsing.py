"""The register by document and by matter: which instruments bind whom, and for each matter who leads which link."""

from typing import Annotated, Any

from fastapi import APIRouter, Query
from starlette.responses import Response

from console.access import Page, may_read
from console.paging import paged
from console.registers.pages import At, edition_of
from console.visit import Visiting
from console.words import INSTRUMENTS
from mandates.edition import RegisterEdition
from terms.actors import Role
from terms.ids import ClauseId

router = APIRouter()
Short = Annotated[str, Query(max_length=80)]
Number = Annotated[int, Query(ge=1, le=10_000)]


@router.get("/mandates/instruments")
@router.get("/mandates/instruments.json")
def instruments(
    visit: Visiting, q: Short = "", kind: Short = "", unit: Short = "", at: At = "", page: Number = 1
) -> Response:
    """Every document in force that one may read, with how many clauses and items stand in it."""
    visit.open(Page.MANDATES)
    register, day = edition_of(visit, at)
    held = _held(register)
    rows = [
        {
            "id": one.id, "title": one.title, "kind": INSTRUMENTS.get(one.kind, str(one.kind)), "doc_no": one.doc_no,
            "issuer": one.issuer, "unit": one.unit or "", "secrecy": one.secrecy, "openness": one.openness,
            "valid_from": one.span.valid_from.isoformat(), "holds": held.get(one.id, 0),
        }
        for one in register.instruments.values()
        if may_read(visit.actor.role, one)
        and (not q.strip() or q.strip() in one.title + one.doc_no)
        and (not kind or one.kind == kind)
        and (not unit or one.unit == unit)
    ]  # fmt: skip
    rows.sort(key=lambda row: (str(row["kind"]), str(row["unit"]), str(row["title"])))
    shown, listed = paged(rows, page)
    filters = {"q": q.strip(), "kind": kind, "unit": unit, "at": at}
    data = {"filters": filters, "day": day, "instruments": shown, "total": len(rows)}
    if visit.request.url.path.endswith(".json"):
        return visit.page("instruments.html", Page.MANDATES, "文件依据", **data)
    return visit.page(
        "instruments.html", Page.MANDATES, "文件依据", kinds=INSTRUMENTS, listed=listed, register_units=register.units,
        **data,
    )  # fmt: skip


@router.get("/mandates/matters")
@router.get("/mandates/matters.json")
def matters(visit: Visiting, q: Short = "", unit: Short = "", at: At = "", page: Number = 1) -> Response:
    """Every matter: its links with the unit of each, and the boundary item that divides it."""
    visit.open(Page.MANDATES)
    register, day = edition_of(visit, at)
    rows = [
        row
        for row in matter_rows(register, visit.actor.role)
        if (not q.strip() or q.strip() in row["matter"] or any(q.strip() in one for one in row["wordings"]))
        and (not unit or unit in row["units"])
    ]
    shown, listed = paged(rows, page)
    filters = {"q": q.strip(), "unit": unit, "at": at}
    data = {"filters": filters, "day": day, "matters": shown, "total": len(rows)}
    if visit.request.url.path.endswith(".json"):
        return visit.page("matters.html", Page.MANDATES, "事项", **data)
    return visit.page(
        "matters.html", Page.MANDATES, "事项", listed=listed, register_units=register.units, **data
    )  # fmt: skip


def matter_rows(register: RegisterEdition, role: Role) -> list[dict[str, Any]]:
    """A row a matter, by name: duty points by link, and boundary items, as far as the role may read them."""
    found: dict[str, dict[str, Any]] = {}

    def row(matter: str) -> dict[str, Any]:
        new: dict[str, Any] = {"matter": matter, "links": [], "boundary": "", "lead": "", "units": [], "wordings": []}
        return found.setdefault(matter, new)

    for point in register.duty_points.values():
        if may_read(role, register.instrument_of(ClauseId(point.id))):
            told = row(point.matter)
            told["links"].append({"link": str(point.link), "unit": point.unit, "item": point.id})
            told["units"] += [point.unit, *point.supports]
            told["wordings"] += point.wordings
    for item in register.boundary_items.values():
        if may_read(role, register.instrument_of(ClauseId(item.id))):
            told = row(item.matter)
            told |= {"boundary": item.id, "lead": item.lead}
            told["units"] += [item.lead, *item.supports]
            told["wordings"] += item.wordings
    for told in found.values():
        told["units"] = list(dict.fromkeys(told["units"]))
        told["wordings"] = list(dict.fromkeys(told["wordings"]))
    return [found[name] for name in sorted(found)]


def _held(register: RegisterEdition) -> dict[str, int]:
    found: dict[str, int] = {}
    tables: tuple[Any, ...] = (
        register.clauses, register.power_items, register.boundary_items, register.subdistrict_items,
    )  # fmt: skip
    for table in tables:
        for item in table.values():
            found[item.instrument] = found.get(item.instrument, 0) + 1
    return found
