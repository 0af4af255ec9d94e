"""The forms of what is done with a boundary case, and how they are read."""

from datetime import date

from casework import events as e
from casework.boundary_case import commands as b
from casework.boundary_case.state import BoundaryCase
from console.bianban.acting import Matter
from console.bianban.case_drafts import opinion_draft
from console.bianban.case_sides import clause_options
from console.forms import Field, Filled
from mandates.model import Level, Link
from terms.errors import BadInput
from terms.ids import UnitCode

Case = Matter[BoundaryCase]
ROWS = 4  # of duty points on a form
REASON = Field("reason", "理由", "area", required=True)


def convening(case: Case) -> UnitCode:
    """The unit a convening is told for: the actor's own, else the convener for whom an office acts."""
    return case.unit if case.unit in case.state.parties else (case.state.convener or case.unit)


def attended_field(case: Case) -> Field:
    """Which parties took part."""
    return Field(
        "attended",
        "参加单位",
        "checks",
        values=tuple(case.state.parties),
        options=tuple((unit, case.name(unit)) for unit in case.state.parties),
    )


def attending(filled: Filled) -> tuple[UnitCode, ...]:
    """Who took part, as filled in."""
    return tuple(UnitCode(one) for one in filled.values.get("attended", ()) if one)


def points_field(case: Case) -> Field:
    """Rows for duty points, filled from the last draft; base clauses to choose from are those of the parties."""
    drafted = case.state.opinion or case.state.minutes
    rows = tuple(f"{one.link}|{one.unit}|{one.base_clause}|{one.text}" for one in (drafted.points if drafted else ()))
    empty = ("|||",) * max(1, ROWS - len(rows))
    options = clause_options(case.state, case.state.parties, case.register, case.actor.role)
    return Field(
        "points",
        "职责颗粒点",
        "points",
        required=True,
        values=(*rows, *empty),
        options=options,
        help="一行一个环节，各有一个单位；须落在该单位现有“三定”条目上",
    )


def read_points(case: Case, filled: Filled) -> tuple[e.PointDraft, ...]:
    """The rows that were filled in. Raises BadInput for a link that is none."""
    columns = [list(filled.values.get(f"point_{name}", ())) for name in ("link", "unit", "clause", "text")]
    if len({len(column) for column in columns}) > 1:
        raise BadInput("console.field-needed", at="points", field="职责颗粒点")
    found = []
    for link, unit, clause, text in zip(*columns, strict=True):
        if not (unit or text):
            continue
        if link not in set(Link):
            raise BadInput("console.field-needed", at="point_link", field="职责颗粒点的环节")
        code = UnitCode(unit.split()[0]) if unit else UnitCode("")
        level = Level.DISTRICT if case.register.units.get(code, None) and in_district(case, code) else Level.CITY
        found.append(e.PointDraft(link=link, unit=code, text=text, base_clause=clause, level=level))
    return tuple(found)


def in_district(case: Case, unit: UnitCode) -> bool:
    """Whether the unit is a district's."""
    return case.register.units[unit].level is Level.DISTRICT


def lead_field(case: Case) -> Field:
    """Who leads, filled from the last draft."""
    drafted = case.state.opinion or case.state.minutes
    return Field("lead", "主办单位", "unit", required=True, value=case.named(drafted.lead if drafted else None))


def supports_field(case: Case) -> Field:
    """Who supports, filled from the last draft."""
    drafted = case.state.opinion or case.state.minutes
    return Field("supports", "协办单位", "units", values=tuple(map(case.named, drafted.supports if drafted else ())))


def read_application(case: Case, filled: Filled) -> b.ApplyForCoordination:
    """协调申请 as filled in. Raises BadInput."""
    return b.ApplyForCoordination(
        case.unit,
        filled.needed("matter", "协调事项"),
        filled.needed("own_efforts", "自行协调情况"),
        filled.needed("main_dispute", "主要争议"),
        filled.needed("reasons", "理由"),
        tuple(one for one in filled.values.get("basis", ()) if one),
    )


def own_clauses_field(case: Case, name: str, label: str) -> Field:
    """The unit's own clauses to choose from."""
    options = clause_options(case.state, (case.unit,), case.register, case.actor.role)
    return Field(name, label, "checks", options=options, help="按本单位现行条目列出，可多选")


def application_fields(case: Case) -> tuple[Field, ...]:
    """协调申请 with its five parts."""
    opened = case.state.opened
    return (
        Field("matter", "协调事项", required=True, value=opened.matter if opened else ""),
        Field(
            "own_efforts",
            "自行协调情况",
            "area",
            required=True,
            value=f"已自行协商 {case.state.negotiations} 次，未能一致。",
        ),
        Field("main_dispute", "主要争议", "area", required=True, value=opened.question if opened else ""),
        Field("reasons", "理由", "area", required=True),
        own_clauses_field(case, "basis", "依据条目"),
    )


def read_opinion(case: Case, filled: Filled) -> b.IssueOpinion:
    """协调意见 as filled in. Raises BadInput."""
    return b.IssueOpinion(
        doc_no=filled.needed("doc_no", "文号"),
        lead=unit_of(filled, "lead", "主办单位"),
        points=read_points(case, filled),
        reasoning=filled.needed("reasoning", "协调意见"),
        effective_from=filled.day("effective_from", "生效日期"),
        supports=filled.units("supports"),
        clauses=tuple(one for one in filled.values.get("clauses", ()) if one),
    )


def unit_of(filled: Filled, name: str, label: str) -> UnitCode:
    """A unit that must be given. Raises BadInput."""
    return UnitCode(filled.needed(name, label).split()[0])


def opinion_fields(case: Case) -> tuple[Field, ...]:
    """协调意见, begun from the draft."""
    options = clause_options(case.state, case.state.parties, case.register, case.actor.role)
    return (
        Field("doc_no", "文号", required=True),
        Field(
            "reasoning",
            "协调意见",
            "area",
            required=True,
            value=opinion_draft(case.state, case.register),
            help="已按模板写入争议焦点、各方意见和所引条目，请在“研究意见”处补充",
        ),
        lead_field(case),
        supports_field(case),
        points_field(case),
        Field("clauses", "引用条目", "checks", options=options),
        Field("effective_from", "生效日期", "date", required=True),
    )


def read_decision(case: Case, filled: Filled) -> b.RecordDecision:
    """决定 as filled in. Raises BadInput."""
    return b.RecordDecision(
        body=filled.needed("body", "决定机关"),
        doc_no=filled.needed("doc_no", "文号"),
        decided_on=filled.day("decided_on", "决定日期"),
        scan=filled.scanned.get("scan"),
        lead=unit_of(filled, "lead", "主办单位"),
        points=read_points(case, filled),
        effective_from=filled.day("effective_from", "生效日期"),
        supports=filled.units("supports"),
        changes_sanding=filled.flag("changes_sanding"),
    )


def decision_fields(case: Case) -> tuple[Field, ...]:
    """决定 as it is recorded."""
    bodies = case.occasion.city.cases.competent_bodies
    return (
        Field("body", "决定机关", "choice", required=True, options=tuple((one, one) for one in bodies)),
        Field("doc_no", "文号", required=True),
        Field("decided_on", "决定日期", "date", required=True),
        Field("scan", "决定文件扫描件", "scan", required=True, help="PDF 或照片，加密保存，看得到本案的人可以打开"),
        lead_field(case),
        supports_field(case),
        points_field(case),
        Field("effective_from", "生效日期", "date", required=True),
        Field("changes_sanding", "本决定修改“三定”规定文本（须编委决定）", "flag"),
    )


def today(case: Case) -> date:
    """The city's day."""
    return case.occasion.calendar.local_day(case.occasion.now)
