"""履行评估: rounds of 核心职能履行评估表 and 六类情况调查表, one sheet a unit, items beside what the record says."""

from dataclasses import replace
from datetime import date
from typing import Annotated, Any
from urllib.parse import quote

from fastapi import APIRouter, Query
from starlette.responses import Response

from casework import permissions
from casework.appraisal import commands as a
from casework.appraisal.assessment import Assessment, AssessmentPhase, decide
from casework.finding import commands as f
from casework.lanes import FINDINGS, Loaded
from casework.papers.assessment_sheet import TITLES, SheetFacts, assessment_document
from console.access import Page
from console.bianban.acting import Matter, as_it_stood, carry_out, occasion_of, offers
from console.bianban.assessment_actions import ACTIONS, KINDS
from console.bianban.finding_actions import raising_fields
from console.forms import Field, Form
from console.interface.commands import giver_of
from console.interface.doors import ASSESSMENT_DOOR, give_command, known_number
from console.interface.doors import look as look_in
from console.interface.matter_sheets import assessment_sheet
from console.interface.things import DOCX
from console.lookback import Looking
from console.visit import Visit, Visiting
from console.words import CITY_TIME
from projections.assessments import ASSESSMENTS_VIEW
from projections.readings.looking import looking, quarter, quarter_of
from terms.errors import BadInput, NotPermitted, Unavailable
from terms.ids import EventId, Position, UnitCode

router = APIRouter()
EVIDENCE_MOST = 20  # events a finding from a sheet names
PHASES = tuple(str(one) for one in AssessmentPhase if one is not AssessmentPhase.UNKNOWN)
NAMES = dict(KINDS)


@router.post("/assessments/open")
def open_round(visit: Visiting, form: Form) -> Response:
    """Open a round: one sheet for every unit named, or for every unit of a class."""
    visit.open(Page.ACCOUNTABILITY)
    kind = form.needed("kind", "表种")
    name = form.needed("round", "轮次")
    begin, end = form.day("begin", "起始日期"), form.day("end", "截止日期")
    units = form.units("units") or _of_class(visit, form.text("class"))
    if not units:
        raise BadInput("console.field-needed", at="units", field="单位")
    position = 0
    for unit in units:
        number = known_number(f"{'PG' if kind == 'duties' else 'QK'}-{name}-{unit}")
        command = a.OpenAssessment("duties" if kind == "duties" else "situations", name, unit, begin, end)
        position = give_command(ASSESSMENT_DOOR, number, command, giver_of(visit)).position
    return visit.done(f"/assessments?round={quote(name)}", f"{name} 已下发 {len(units)} 个单位", Position(position))


@router.post("/assessments/act/{slug}/{number:path}")
def act(visit: Visiting, slug: str, number: str, form: Form) -> Response:
    """Carry out one action on a sheet."""
    visit.open(Page.ACCOUNTABILITY)
    return carry_out(visit, ASSESSMENT_DOOR, ACTIONS, slug, number, form, f"/assessments/{quote(number)}")


@router.get("/assessments")
@router.get("/assessments.json")
def assessments(
    visit: Visiting,
    look: Looking,
    kind: Annotated[str, Query(max_length=20)] = "",
    round_name: Annotated[str, Query(alias="round", max_length=80)] = "",
    phase: Annotated[str, Query(max_length=20)] = "",
    unit: Annotated[str, Query(max_length=20)] = "",
) -> Response:
    """Every sheet this person may see, the newest first. Raises NotPermitted for a role that may open none of them."""
    visit.open(Page.ACCOUNTABILITY, "scores:read")
    if visit.actor.role not in ASSESSMENT_DOOR.readers:
        raise NotPermitted("console.page-not-yours", page=ASSESSMENT_DOOR.title)
    current = visit.caught_up("assessments")
    rows: list[dict[str, Any]] = []
    try:
        with looking(visit.console.parts.views, look.position) as then:
            table = then.table(ASSESSMENTS_VIEW, "sheets")
            terms = [] if visit.units is None else [table.c.unit.in_(sorted(visit.units))]
            rows = then.rows(table, *terms, order=("position", "sheet_no"))[::-1]
    except Unavailable:
        current = False
    rounds = list(dict.fromkeys(row["round"] for row in rows))
    asked = {"kind": kind, "round": round_name, "phase": phase, "unit": unit}
    shown = [row for row in rows if all(not value or row[name] == value for name, value in asked.items())]
    if visit.units is not None:  # to the unit, the review is nothing until it is signed
        shown = [row if row["signed_on"] else row | {"differs": 0, "opinion": ""} for row in shown]
    data = {"filters": look.query() | asked, "current": current, "total": len(shown), "sheets": shown}
    if visit.request.url.path.endswith(".json"):
        return visit.page("assessments.html", Page.ACCOUNTABILITY, "履行评估", **data)
    may_open = permissions.may(visit.actor.role, a.OpenAssessment) and not look.past
    return visit.page(
        "assessments.html", Page.ACCOUNTABILITY, "履行评估", look=look, kinds=NAMES, rounds=rounds, phases=PHASES,
        fields=_opening(visit) if may_open else (), order_no="", received=None, **data,
    )  # fmt: skip


@router.get("/assessments/{number:path}.docx")
def document(visit: Visiting, look: Looking, number: str) -> Response:
    """The sheet as .docx, as it stands or stood."""
    visit.open(Page.ACCOUNTABILITY, "scores:read")
    giver = giver_of(visit)
    found = as_it_stood(ASSESSMENT_DOOR, look_in(ASSESSMENT_DOOR, number, giver), number, look, giver)
    sheet = found.state
    opened = next(one.payload for one in found.events if one.type == "AssessmentOpened")
    signed = next((one.occurred_at for one in found.events if one.type == "AssessmentSigned"), None)
    facts = SheetFacts(
        visit.console.unit_name(sheet.unit, visit.register),
        date.fromisoformat(opened["period_from"]),
        date.fromisoformat(opened["period_to"]),
        signed.astimezone(CITY_TIME).date() if signed else None,
    )
    if visit.units is not None and signed is None:  # to the unit, the review is nothing until it is signed
        sheet = replace(sheet, reviewed={}, opinion="")
    named = quote(f"{TITLES[sheet.kind]}-{sheet.sheet_no}.docx", safe="")
    return Response(
        assessment_document(sheet, facts), media_type=DOCX,
        headers={"Content-Disposition": f"attachment; filename*=UTF-8''{named}"},
    )  # fmt: skip


@router.get("/assessments/{number:path}")
@router.get("/assessments/{number:path}.json")
def assessment_page(visit: Visiting, look: Looking, number: str) -> Response:
    """One sheet: every item, what the record says to it and by which events, the answers, what may be done now.

    As of a day or position, as it stood then: nothing can be done to the past.
    """
    visit.open(Page.ACCOUNTABILITY, "scores:read")
    giver = giver_of(visit)
    found = as_it_stood(ASSESSMENT_DOOR, look_in(ASSESSMENT_DOOR, number, giver), number, look, giver)
    sheet = assessment_sheet(found, giver)
    if visit.request.url.path.endswith(".json"):
        return visit.page("assessment.html", Page.ACCOUNTABILITY, number, **sheet.model_dump(mode="json"))
    matter = Matter(found.state, occasion_of(visit))
    opened = next(one.payload for one in found.events if one.type == "AssessmentOpened")
    return visit.page(
        "assessment.html", Page.ACCOUNTABILITY, f"履行评估 {number}", number=number, sheet=sheet, kinds=NAMES,
        period=(opened["period_from"], opened["period_to"]), reckoned_at=opened["position"],
        own={one.item: one for one in sheet.own}, reviewed={one.item: one for one in sheet.reviewed},
        evidence=_evidence(visit, found.state.items), raising={} if look.past else _raising(visit, found), look=look,
        offers=[] if look.past else offers(ACTIONS, matter, decide), order_no="",
        received=None,
    )  # fmt: skip


def _evidence(visit: Visit, items: tuple[Any, ...]) -> dict[str, list[tuple[int, str, str]]]:
    """Item → the newest events behind its figures: position, kind of event, address of the order or case."""
    found: dict[str, list[tuple[int, str, str]]] = {}
    for one in items:
        ids = dict.fromkeys(event for figure in one.figures for event in figure.evidence[:3])
        told = (visit.console.parts.ledger.event(EventId(event)) for event in ids)
        found[one.item] = [(event.position, event.type, event.payload.get("order_no", "")) for event in told if event]
    return found


def _raising(visit: Visit, found: Loaded[Assessment]) -> dict[str, tuple[str, tuple[Field, ...]]]:
    """Item that was judged below standard → the finding's number and the form to raise it, filled in.

    From the review on, for who may raise findings (问卷调查: domain, section 8); without a form once it is raised.
    """
    sheet, parts = found.state, visit.console.parts
    if sheet.phase not in (AssessmentPhase.REVIEWED, AssessmentPhase.SIGNED):
        return {}
    if not permissions.may(visit.actor.role, f.RaiseFinding):
        return {}
    rules = parts.city.appraisal
    classes = {one.code: one.problem_class for one in rules.items_of(sheet.kind)}
    said = [one.event_id for one in found.events if one.type in ("AssessmentFilled", "AssessmentReviewed")][-2:]
    raised: dict[str, tuple[str, tuple[Field, ...]]] = {}
    for one in sheet.items:
        answer = sheet.reviewed.get(one.item)
        if answer is None or answer.grade in rules.passes_of(sheet.kind):
            continue
        number = finding_number(sheet.sheet_no, one.item)
        if parts.desk.load(FINDINGS, number).events:
            raised[one.item] = (number, ())
            continue
        shown = (event for figure in one.figures for event in figure.evidence)
        filled = {
            "number": number, "source": "survey", "problem_class": classes.get(one.item, ""),
            "unit": Matter(sheet, occasion_of(visit)).named(sheet.unit),
            "evidence": "\n".join(list(dict.fromkeys([*said, *shown]))[:EVIDENCE_MOST]),
            "title": f"{one.aspect}：{answer.grade}",
            "text": f"{sheet.round} {NAMES[sheet.kind]}第{one.item}项“{one.text}”，复核为“{answer.grade}”。"
            + answer.note,
        }  # fmt: skip
        fields = raising_fields(parts.city.findings, fresh=True)
        raised[one.item] = (number, tuple(replace(field, value=filled.get(field.name, "")) for field in fields))
    return raised


def finding_number(sheet_no: str, item: str) -> str:
    """The number a finding from an item goes by, so that an item becomes one finding only."""
    return f"DC-{sheet_no}-{item}"


def _of_class(visit: Visit, unit_class: str) -> tuple[UnitCode, ...]:
    units = visit.register.units.values()
    return tuple(sorted(one.code for one in units if unit_class and one.unit_class == unit_class))


def _opening(visit: Visit) -> tuple[Field, ...]:
    last = quarter(quarter_of(visit.now.astimezone(CITY_TIME).date())).before()
    classes = tuple((one, one) for one in visit.console.parts.city.unit_classes)
    return (
        Field("kind", "表种", "choice", required=True, options=KINDS),
        Field("round", "轮次", required=True, value=f"{last.end.year}年第{(last.end.month + 2) // 3}季度"),
        Field("begin", "期间起始", "date", required=True, value=last.begin.isoformat()),
        Field("end", "期间截止", "date", required=True, value=last.end.isoformat()),
        Field("class", "按类别下发", "choice", options=classes, help="下面列了单位的，以单位为准"),
        Field("units", "单位", "units"),
    )
