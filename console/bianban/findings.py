"""问题台账: faults proposed by rule with their evidence; findings raised, rectified, closed; holds."""

from itertools import count
from typing import Annotated, Any

from fastapi import APIRouter, Query
from sqlalchemy import select
from starlette.responses import Response

from casework import events as e
from casework import permissions
from casework.finding import commands as f
from casework.finding.decide import decide
from casework.finding.state import Phase
from casework.lanes import Loaded
from console.access import Page
from console.bianban.acting import Matter, as_it_stood, carry_out, occasion_of, offers, with_scans
from console.bianban.finding_actions import ACTIONS, raising_fields, read_raising
from console.forms import Form
from console.interface.commands import giver_of
from console.interface.doors import FINDING_DOOR, give_command, known_number
from console.interface.doors import look as look_in
from console.interface.matter_sheets import TOLD_TO_THE_UNIT, finding_sheet
from console.lookback import Day, Lookback, Looking, date_of
from console.orders.timeline import entry_of
from console.paging import paged
from console.papers.here import papers_here
from console.visit import Visit, Visiting, json_response
from console.words import CITY_TIME, CLOCKS, SOURCES, due_day
from projections.findings import FINDINGS_VIEW
from projections.store import as_of
from terms.ids import EventId, Position, UnitCode

router = APIRouter()
TABS: dict[str, tuple[str, tuple[Phase, ...]]] = {
    "proposed": ("待研判", (Phase.PROPOSED,)),
    "open": ("在办", (Phase.RAISED, Phase.FED_BACK, Phase.RECTIFYING, Phase.REPORTED)),
    "closed": ("已销号", (Phase.CLOSED, Phase.DISMISSED)),
    "all": ("全部", tuple(Phase)),
}
TOLD = tuple(str(one) for one in (Phase.FED_BACK, Phase.RECTIFYING, Phase.REPORTED, Phase.CLOSED))
HOLDS = {"proposed": "待审签暂停受理", "signed": "已暂停受理", "declined": "不予暂停", "lifted": "已恢复受理"}
EVIDENCE_SHOWN = 50
SOUGHT = ("finding_no", "title", "explanation", "matter", "notice")  # where a word is looked for


def read_findings(visit: Visit, look: Lookback) -> list[dict[str, Any]]:
    """Every finding this person may know of, as it stood then, the nearest deadline first."""
    views = visit.console.parts.views
    with views.reading() as connection:
        build = views.current(connection, FINDINGS_VIEW.name)
        if build is None:
            return []
        table = views.tables(FINDINGS_VIEW, build)["findings"]
        terms = [as_of(table, look.position)]
        whole = visit.actor.role in FINDING_DOOR.whole
        if not whole:
            terms += [table.c.unit.in_(sorted(visit.units or ())), table.c.phase.in_(TOLD)]
        query = select(table).where(*terms).order_by(table.c.began_on.desc(), table.c.finding_no)
        rows = [dict(row) for row in connection.execute(query).mappings()]
    if not whole:  # to its unit, a hold is nothing until it is signed
        for row in rows:
            row["hold"] = row["hold"] if row["hold"] in ("signed", "lifted") else ""
    return sorted(rows, key=lambda row: (row["due"] == "", row["due"]))


@router.get("/findings")
@router.get("/findings.json")
def findings(
    visit: Visiting,
    look: Looking,
    tab: str = "",
    problem_class: Annotated[str, Query(alias="class", max_length=40)] = "",
    fault: Annotated[str, Query(max_length=20)] = "",
    unit: Annotated[str, Query(max_length=20)] = "",
    q: Annotated[str, Query(max_length=80)] = "",
    due: Day = "",
    page: Annotated[int, Query(ge=1, le=10_000)] = 1,
) -> Response:
    """The ledger, by class, fault, owner and phase."""
    visit.open(Page.FINDINGS, "findings:read")
    current = visit.caught_up("findings")
    everything = read_findings(visit, look)
    last, words = date_of(due, "due", "到期"), q.strip()
    counts = {key: sum(row["phase"] in phases for row in everything) for key, (_, phases) in TABS.items()}
    tab = tab if tab in TABS else ("open" if counts["open"] or not counts["proposed"] else "proposed")
    rows = [
        row
        for row in everything
        if row["phase"] in TABS[tab][1]
        and (not problem_class or row["problem_class"] == problem_class)
        and (not fault or row["fault"] == fault)
        and (not unit or row["unit"] == unit)
        and (last is None or (row["due"] and due_day(row["due"]) <= last))
        and (not words or any(words in (row[name] or "") for name in SOUGHT))
    ]
    filters = look.query() | {
        "tab": tab, "class": problem_class, "fault": fault, "unit": unit, "q": words, "due": due
    }  # fmt: skip
    shown, listed = paged(rows, page)
    data = {
        "filters": filters,
        "current": current,
        "total": len(rows),
        "counts": counts,
        "findings": shown,
        "on_hold": sorted({row["unit"] for row in everything if row["hold"] == "signed"}),
    }
    if visit.request.url.path.endswith(".json"):
        return visit.page("findings.html", Page.FINDINGS, "问题台账", **data)
    rules = visit.console.parts.city.findings
    taken = {row["finding_no"] for row in everything}
    number = next(one for one in (f"WT-{visit.now.year}-{place:03}" for place in count(1)) if one not in taken)
    may_raise = permissions.may(visit.actor.role, f.RaiseFinding) and look.as_of is None
    return visit.page(
        "findings.html", Page.FINDINGS, "问题台账", look=look, tabs=TABS, rules=rules, holds=HOLDS,
        owners=sorted({row["unit"] for row in everything}), listed=listed,
        fields=raising_fields(rules, fresh=True, number=number) if may_raise else (), order_no="", received=None,
        classed=_classed(everything, rules.problem_classes), **data,
    )  # fmt: skip


def _classed(rows: list[dict[str, Any]], classes: tuple[str, ...]) -> list[tuple[str, int, int]]:
    """Class → findings open and all."""
    ended = (Phase.CLOSED, Phase.DISMISSED)
    return [
        (
            name,
            sum(row["problem_class"] == name and row["phase"] not in ended for row in rows),
            sum(row["problem_class"] == name for row in rows),
        )
        for name in classes
    ]


@router.post("/findings/raise")
def raise_finding(visit: Visiting, form: Form) -> Response:
    """A person raises a finding from elsewhere than a rule."""
    visit.open(Page.FINDINGS)
    number = known_number(form.needed("number", "编号"))
    form, giver = with_scans(form, FINDING_DOOR.lane.stream(number), giver_of(visit))
    command = read_raising(form, UnitCode(form.needed("unit", "责任单位").split()[0]), form.text("fault"))
    done = give_command(FINDING_DOOR, number, command, giver)
    return visit.done(f"/findings/{number}", f"{number} 已立项", Position(done.position))


@router.post("/findings/act/{slug}/{number:path}")
def act(visit: Visiting, slug: str, number: str, form: Form) -> Response:
    """Carry out one action; what the rules refuse comes back as the page of the refusal."""
    visit.open(Page.FINDINGS)
    return carry_out(visit, FINDING_DOOR, ACTIONS, slug, number, form, f"/findings/{number}")


@router.get("/findings/{number:path}")
@router.get("/findings/{number:path}.json")
def finding_page(visit: Visiting, look: Looking, number: str) -> Response:
    """One finding: why it was proposed, its evidence event by event, the loop so far, and what may be done now.

    As of a day or position, as it stood then: nothing can be done to the past.
    """
    visit.open(Page.FINDINGS, "findings:read")
    giver = giver_of(visit)
    found = as_it_stood(FINDING_DOOR, look_in(FINDING_DOOR, number, giver), number, look, giver)
    sheet = finding_sheet(found, giver)
    if visit.request.url.path.endswith(".json"):
        return json_response(sheet.model_dump(mode="json"))  # its title would be taken for that of the page
    matter = Matter(found.state, occasion_of(visit))
    whole = visit.units is None
    proposed = next((one.payload for one in found.events if one.type == "FindingProposed"), {})
    return visit.page(
        "finding.html", Page.FINDINGS, f"问题 {number}", number=number, sheet=sheet, proposed=proposed if whole else {},
        evidence=_evidence(visit, sheet.evidence), documents=_documents(found) if whole else [],
        offers=[] if look.past else offers(ACTIONS, matter, decide), look=look, holds=HOLDS,
        sources=SOURCES, clocks=CLOCKS,
        timeline=[
            entry_of(one, matter.register, visit.console.parts.city)
            for one in found.events
            if one.type in e.FACTS and (whole or one.type in TOLD_TO_THE_UNIT)
        ],
        about=number, order_no="", received=None,
        **papers_here(visit, "findings", number, found.state, now=not look.past),
    )  # fmt: skip


def _evidence(visit: Visit, ids: tuple[str, ...]) -> list[dict[str, Any]]:
    """The events that prove it; what is not an event is told by its name."""
    found = []
    for one in ids[:EVIDENCE_SHOWN]:
        event = visit.console.parts.ledger.event(EventId(one))
        entry = entry_of(event, visit.register, visit.console.parts.city) if event and event.type in e.FACTS else None
        payload = event.payload if event else {}
        found.append(
            {
                "id": one,
                "entry": entry,
                "position": event.position if event else None,
                "type": event.type if event else "",
                "day": event.occurred_at.astimezone(CITY_TIME).date().isoformat() if event else "",
                "order_no": payload.get("order_no", ""),
                "case_no": payload.get("case_no", ""),
            }
        )
    return found


def _documents(found: Loaded[Any]) -> list[dict[str, Any]]:
    return [document for one in found.events if one.type == "FindingRaised" for document in one.payload["documents"]]
