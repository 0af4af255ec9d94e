"""What an agreement or decision writes: duty points, their instrument, and the proposed change of the list."""

from collections.abc import Iterable
from dataclasses import replace
from datetime import date
from typing import Literal

from casework import events as e
from casework.boundary_case.state import BoundaryCase
from casework.grounds import belongs, in_force, may_decide
from casework.guards import require
from casework.occasion import Occasion
from mandates.edition import RegisterEdition
from mandates.model import (
    Clause,
    DutyPoint,
    DutyRole,
    Instrument,
    InstrumentKind,
    Level,
    Link,
    Section,
    Span,
)
from terms.ids import ClauseId, InstrumentId, UnitCode

Source = Literal["minutes", "opinion", "decision"]
KIND = {"minutes": "协商纪要", "opinion": "协调意见", "decision": "决定"}


def check_points(
    case: BoundaryCase,
    lead: UnitCode,
    points: tuple[e.PointDraft, ...],
    occasion: Occasion,
    *,
    within_sanding: bool = True,
) -> None:
    """One owner a link, the lead among them; within the existing 三定 every point rests on a clause of its owner."""
    require(bool(points) and lead in {point.unit for point in points}, "points-name-the-lead")
    require(len({point.link for point in points}) == len(points), "one-owner-a-link")
    register = occasion.register
    for point in points:
        require(point.link in set(Link), "link-known", link=point.link)
        require(point.unit in register.units, "unit-known", unit=point.unit)
        require(bool(point.text.strip()), "point-worded")
        if not point.base_clause:
            require(not within_sanding, "within-the-existing-sanding")
            continue
        require(in_force(point.base_clause, register), "clause-in-force", clause=point.base_clause)
        require(
            belongs(point.base_clause, point.unit, register), "point-on-its-owners-clause", clause=point.base_clause
        )
        require(may_decide(point.base_clause, register, occasion.city), "source-may-decide", clause=point.base_clause)


def written(
    case: BoundaryCase,
    source: Source,
    doc_no: str,
    lead: UnitCode,
    supports: tuple[UnitCode, ...],
    points: tuple[e.PointDraft, ...],
    effective_from: date,
    occasion: Occasion,
) -> tuple[e.DutyPointsWritten, e.ListChangeProposed]:
    """The facts: points in force from a day, and the change of the boundary list that is proposed with it."""
    opened = case.opened
    matter, matter_id = (opened.matter, opened.matter_id) if opened else ("", "")
    listed = occasion.register.boundary_items.get(ClauseId(matter_id))
    items = tuple(
        item
        for number, point in enumerate(points, start=1)
        for item in _item_ids(case.case_no, number, matter, matter_id, point, occasion.register)
    )
    return (
        e.DutyPointsWritten(
            case_no=case.case_no,
            source=source,
            doc_no=doc_no,
            matter=matter,
            matter_id=matter_id,
            lead=lead,
            supports=supports,
            points=points,
            items=items,
            instrument=_instrument_id(case.case_no),
            effective_from=effective_from,
            orders=case.orders,
        ),
        e.ListChangeProposed(
            case_no=case.case_no,
            item=listed.id if listed else "",
            matter=matter,
            lead=lead,
            supports=supports,
            division=tuple(e.CitedBy(unit=point.unit, clause=point.text) for point in points),
            doc_no=doc_no,
            effective_from=effective_from,
        ),
    )


def _instrument_id(case_no: str) -> InstrumentId:
    return InstrumentId(f"I-{case_no}")


def _item_ids(
    case_no: str, number: int, matter: str, matter_id: str, point: e.PointDraft, register: RegisterEdition
) -> tuple[str, ...]:
    """Duty points the new one takes over: those of the matter with the same link; a new id when there is none."""
    taken = tuple(
        sorted(
            known.id
            for known in register.duty_points.values()
            if known.link == point.link and (known.matter == matter or known.id == matter_id)
        )
    )
    return taken or (f"DP-{case_no}-{number}",)


def enactments(fact: e.DutyPointsWritten, register: RegisterEdition) -> Iterable[Instrument | Clause | DutyPoint]:
    """What the register has to take up for it: the document, a clause a point, and the duty points citing them.

    A duty point of the matter that is there already is succeeded on the day: its everyday words stay.
    """
    span = Span(valid_from=fact.effective_from)
    instrument = InstrumentId(fact.instrument)
    yield Instrument(
        id=instrument,
        kind=InstrumentKind.DECISION,
        title=f"关于{fact.matter}职责分工的{KIND[fact.source]}",
        doc_no=fact.doc_no,
        span=span,
    )
    for number, point in enumerate(fact.points, start=1):
        clause = ClauseId(f"{fact.case_no}-{number}")
        yield Clause(
            id=clause,
            unit=point.unit,
            instrument=instrument,
            number=f"第{number}项",
            section=Section.DIVISION,
            role=DutyRole.MAIN if point.unit == fact.lead else DutyRole.SUPPORT,
            text=point.text,
            parties=point.supports,
            span=span,
        )
        ids = _item_ids(fact.case_no, number, fact.matter, fact.matter_id, point, register)
        for item in ids:
            yield _point(ClauseId(item), clause, fact, point, span, register)


def _point(
    item: ClauseId,
    clause: ClauseId,
    fact: e.DutyPointsWritten,
    point: e.PointDraft,
    span: Span,
    register: RegisterEdition,
) -> DutyPoint:
    known = register.duty_points.get(item)
    wordings = tuple(dict.fromkeys((*(known.wordings if known else ()), *point.wordings)))
    made = DutyPoint(
        id=item,
        matter=known.matter if known else fact.matter,
        link=Link(point.link),
        unit=point.unit,
        clause=clause,
        supports=point.supports,
        level=Level(point.level),
        wordings=wordings,
        decision=fact.doc_no,
        span=span,
    )
    return replace(made, level=known.level) if known else made
