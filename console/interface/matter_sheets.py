"""Boundary cases, findings, digests, papers and holds as each reader may see them."""

from collections.abc import Iterable
from typing import Any, Literal

from casework import events as e
from casework.appraisal.assessment import Assessment, AssessmentPhase
from casework.appraisal.score_sheet import ScoreSheet
from casework.boundary_case.state import BoundaryCase
from casework.desk import ORDERS
from casework.finding.digest import Digest
from casework.finding.state import Finding, Hold
from casework.lanes import Loaded
from casework.paperwork.state import Paperwork
from console.interface.answers import (
    AssessmentSheet,
    CaseSheet,
    DigestSheet,
    FindingSheet,
    Holds,
    Listed,
    Minutes,
    Opinion,
    PaperSheet,
    ScoreObjection,
    ScoreSheetSheet,
    StandingHold,
    Step,
)
from console.interface.docket import HoldSigned, Thing
from console.interface.doors import ORDER_DOOR, Giver, sees
from console.interface.sieve import earliest_due, state_of
from ledger.envelope import Event
from terms.actors import Actor
from terms.ids import UnitCode

TOLD_TO_ALL = frozenset({"ScoresDrafted", "ScoresPublished"})
TOLD_TO_THE_UNIT = frozenset(
    {
        "FeedbackGiven", "FeedbackAnswered", "SupervisionPaperIssued", "SupervisionNoticeIssued", "NoticeReceipted",
        "RectificationReported", "FindingReassessed", "HoldSigned", "HoldLifted", "FindingClosed",
    }
)  # fmt: skip


def history(events: Iterable[Event]) -> tuple[Step, ...]:
    """The facts of a thing, in order."""
    return tuple(
        Step(position=one.position, event_id=one.event_id, type=one.type, at=one.occurred_at, who=_who(one.actor))
        for one in events
        if one.type in e.FACTS
    )


def _who(actor: str) -> str:
    found = Actor.parse(actor)
    return f"{found.role}@{found.unit}" if found.unit else str(found.role)


def case_sheet(found: Loaded[BoundaryCase], giver: Giver) -> CaseSheet:
    """A case as this person may read it: a unit's people read, of its orders and written opinions, their own."""
    case, units = found.state, giver.units()
    opened = case.opened
    return CaseSheet(
        number=case.case_no,
        version=found.version,
        position=found.position,
        step=case.step,
        outcome=case.outcome,
        matter=opened.matter if opened else "",
        matter_id=opened.matter_id if opened else "",
        question=opened.question if opened else "",
        parties=case.parties,
        convener=case.convener,
        handler=case.handler,
        jurisdiction=_jurisdiction(case.jurisdiction),
        status_quo=opened.status_quo if opened else "",
        orders=tuple(one for one in case.orders if units is None or _theirs(one, giver)),
        minutes=Minutes(drafted=case.minutes, signed=tuple(sorted(case.signed)), scan=_filed(found))
        if case.minutes
        else None,
        application=case.application,
        opinions=tuple(one for one in case.opinions if units is None or one.unit in units),
        opinion=_opinion(case),
        decision=case.decision,
        written=_written(case, giver, units),
        clocks=case.clocks,
        history=history(found.events),
    )


def _jurisdiction(told: str) -> Literal["duty", "enforcement_basis"]:
    return "enforcement_basis" if told == "enforcement_basis" else "duty"


def _theirs(order_no: str, giver: Giver) -> bool:
    return sees(ORDER_DOOR, giver.desk.load(ORDERS, order_no).state, giver)


def _opinion(case: BoundaryCase) -> Opinion | None:
    if case.opinion is None:
        return None
    return Opinion(issued=case.opinion, agreed=tuple(sorted(case.agreed)), disagreed=tuple(sorted(case.disagreed)))


def _written(case: BoundaryCase, giver: Giver, units: frozenset[UnitCode] | None) -> e.DutyPointsWritten | None:
    if case.written is None or units is None:
        return case.written
    return case.written.model_copy(update={"orders": tuple(one for one in case.written.orders if _theirs(one, giver))})


def finding_sheet(found: Loaded[Finding], giver: Giver) -> FindingSheet:
    """A finding as this person may read it: to its unit, a hold is nothing until it is signed."""
    finding = found.state
    whole = giver.units() is None
    raised: dict[str, Any] = next((one.payload for one in reversed(found.events) if one.type == "FindingRaised"), {})
    hold = finding.hold if whole or finding.hold in (Hold.SIGNED, Hold.LIFTED) else Hold.NONE
    return FindingSheet(
        number=finding.finding_no,
        version=found.version,
        position=found.position,
        phase=finding.phase,
        unit=finding.unit,
        fault=finding.fault,
        problem_class=finding.problem_class,
        source=finding.source,
        title=raised.get("title", ""),
        text=raised.get("text", ""),
        evidence=finding.evidence if whole else (),
        notice=finding.notice,
        papers=finding.papers,
        receipted=finding.receipted,
        hold=hold.value,
        clocks=finding.clocks,
        history=history(one for one in found.events if whole or one.type in TOLD_TO_THE_UNIT),
    )


def _filed(found: Loaded[Any]) -> e.Attachment | None:
    """The scan of the minutes, once they are filed with one."""
    filed = [one for one in found.events if one.type == "MinutesFiled"]
    return e.MinutesFiled.from_payload(filed[-1].payload).scan if filed else None


def digest_sheet(found: Loaded[Digest], giver: Giver) -> DigestSheet:
    """A digest; the last judgement of each item counts."""
    digest = found.state
    judged = {
        one.payload["item"]: e.DigestItemJudged.from_payload(one.payload)
        for one in found.events
        if one.type == "DigestItemJudged"
    }
    return DigestSheet(
        number=digest.digest_no,
        version=found.version,
        position=found.position,
        items=digest.items,
        judged=tuple(judged.values()),
        closed=tuple(sorted(digest.closed)),
        published=digest.published,
        history=history(found.events),
    )


def paper_sheet(found: Loaded[Paperwork], giver: Giver) -> PaperSheet:
    """A paper; its number's own facts (scan, void) are read from its series."""
    paper, signed = found.state, found.state.signed
    issued = giver.papers.issued(signed) if signed else None
    return PaperSheet(
        number=paper.paper_no,
        version=found.version,
        position=found.position,
        phase=paper.phase,
        kind=paper.kind or "",
        title=issued.fact.title if issued else (paper.kind.label if paper.kind else ""),
        about=paper.about,
        issuer=paper.issuer,
        addressees=paper.addressees,
        copies=paper.copies,
        opinion=paper.opinion,
        doc_no=signed.doc_no if signed else "",
        issued_on=signed.issued_on.isoformat() if signed else "",
        seal=issued.fact.digest if issued else "",
        scan=issued.scan if issued else None,
        voided=issued.voided if issued else "",
        history=history(found.events),
    )


def score_sheet_sheet(found: Loaded[ScoreSheet], giver: Giver) -> ScoreSheetSheet:
    """The scores of a quarter: a unit's people read its own line and its own objections, whoever oversees all."""
    sheet, units = found.state, giver.units()
    drafted = [one for one in found.events if one.type == "ScoresDrafted"]
    own = [one for one in found.events if units is None or one.type in TOLD_TO_ALL or one.payload["unit"] in units]
    return ScoreSheetSheet(
        number=sheet.quarter,
        version=found.version,
        position=found.position,
        phase=sheet.phase,
        rule=drafted[-1].payload["rule_version"] if drafted else "",
        reckoned_at=drafted[-1].payload["position"] if drafted else 0,
        objections_until=sheet.open_until if drafted else None,
        published=sheet.number,
        lines=tuple(one for one in sheet.lines if units is None or one.unit in units),
        objections=tuple(
            ScoreObjection(
                objection=one.number, unit=one.unit, indicator=one.indicator, reason=one.reason, upheld=one.upheld
            )
            for one in sheet.objections
            if units is None or one.unit in units
        ),
        history=history(own),
    )


def assessment_sheet(found: Loaded[Assessment], giver: Giver) -> AssessmentSheet:
    """One unit's sheet. To the unit the review is nothing until it is signed."""
    sheet = found.state
    whole = giver.units() is None or sheet.phase is AssessmentPhase.SIGNED
    return AssessmentSheet(
        number=sheet.sheet_no,
        version=found.version,
        position=found.position,
        phase=sheet.phase,
        kind=sheet.kind,
        round=sheet.round,
        unit=sheet.unit,
        grades=sheet.grades,
        items=sheet.items,
        own=tuple(sheet.own.values()),
        reviewed=tuple(sheet.reviewed.values()) if whole else (),
        opinion=sheet.opinion if whole else "",
        sent_back=sheet.sent_back,
        history=history(found.events),
    )


def listed(thing: Thing) -> Listed:
    """A thing as one line of a list."""
    about, units = _line(thing.state)
    due = earliest_due(thing)
    return Listed(number=thing.number, version=thing.version, state=state_of(thing), about=about, units=units, due=due)


def _line(state: Any) -> tuple[str, tuple[str, ...]]:
    """What a thing is about, and whose it is."""
    if isinstance(state, BoundaryCase):
        return state.opened.matter if state.opened else "", state.parties
    if isinstance(state, Finding):
        return state.fault or state.problem_class, (state.unit,)
    if isinstance(state, Paperwork):
        return f"{state.kind.label if state.kind else ''} {state.about}", (state.issuer,)
    if isinstance(state, ScoreSheet):
        return f"{sum(one.score is not None for one in state.lines)}/{len(state.lines)}", ()
    if isinstance(state, Assessment):
        return f"{state.round} {state.kind}", (state.unit,)
    return f"{len(state.open_items)}/{len(state.items)}", ()


def holds_sheet(unit: str, name: str, standing: Iterable[HoldSigned], position: int) -> Holds:
    """The answer to the outside approval system."""
    holds = tuple(StandingHold(finding_no=one.finding_no, since=one.since, position=one.position) for one in standing)
    return Holds(unit=unit, name=name, on_hold=bool(holds), holds=holds, position=position)
