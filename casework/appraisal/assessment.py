"""One unit's sheet in a round: 自评 → 复核 → 签发 (聊城 004). Pure.

Two kinds of sheet go the same way: 核心职能履行评估表 (three aspects, nine standards) and 六类情况调查表 (six
questions). Standards, questions and grades are the city's; what the record says to each is filled in when it is opened.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from enum import StrEnum

from casework import events as e
from casework.appraisal import commands as c
from casework.appraisal.figures import Prefilled
from casework.clocks import NOBODY
from casework.guards import forbid, require
from casework.occasion import Occasion
from casework.permissions import UNIT_ROLES, may
from terms.ids import UnitCode
from terms.messages import sentence

Facts = tuple[e.AssessmentFact, ...]


class AssessmentPhase(StrEnum):
    """How far a sheet is."""

    UNKNOWN = "未下发"
    OPENED = "待自评"
    FILLED = "待复核"
    REVIEWED = "待签发"
    SIGNED = "已签发"


@dataclass(frozen=True, slots=True)
class Assessment:
    """One sheet as it stands; `own` is what the unit said, `reviewed` what counts since the review."""

    sheet_no: str
    version: int = 0
    last_at: datetime | None = None
    phase: AssessmentPhase = AssessmentPhase.UNKNOWN
    kind: str = ""
    round: str = ""
    unit: UnitCode = NOBODY
    grades: tuple[str, ...] = ()
    items: tuple[e.SheetItem, ...] = ()
    own: Mapping[str, e.SheetAnswer] = field(default_factory=dict)
    reviewed: Mapping[str, e.SheetAnswer] = field(default_factory=dict)
    opinion: str = ""
    sent_back: str = ""  # why, while it is with the unit again


def evolve(sheet: Assessment, fact: e.AssessmentFact, at: datetime) -> Assessment:
    """The sheet after one more fact."""
    last_at = at if sheet.last_at is None else max(sheet.last_at, at)
    return replace(_fold(sheet, fact), version=sheet.version + 1, last_at=last_at)


def replay(sheet_no: str, facts: Iterable[tuple[e.AssessmentFact, datetime]]) -> Assessment:
    """The sheet after all its facts."""
    sheet = Assessment(sheet_no)
    for fact, at in facts:
        sheet = evolve(sheet, fact, at)
    return sheet


def _fold(sheet: Assessment, fact: e.AssessmentFact) -> Assessment:
    if isinstance(fact, e.AssessmentOpened):
        return replace(
            sheet, phase=AssessmentPhase.OPENED, kind=fact.kind, round=fact.round, unit=fact.unit, grades=fact.grades,
            items=fact.items,
        )  # fmt: skip
    if isinstance(fact, e.AssessmentFilled):
        own = {one.item: one for one in fact.answers}
        return replace(sheet, phase=AssessmentPhase.FILLED, own=own, reviewed=own, sent_back="")
    if isinstance(fact, e.AssessmentSentBack):
        return replace(sheet, phase=AssessmentPhase.OPENED, sent_back=fact.reason)
    if isinstance(fact, e.AssessmentReviewed):
        changed = {one.item: one for one in fact.answers}
        return replace(sheet, phase=AssessmentPhase.REVIEWED, reviewed={**sheet.own, **changed}, opinion=fact.opinion)
    if isinstance(fact, e.AssessmentSigned):
        return replace(sheet, phase=AssessmentPhase.SIGNED)
    return sheet


def decide(
    sheet: Assessment, command: c.AssessmentCommand, occasion: Occasion, prefilled: Prefilled | None = None
) -> Facts:
    """What follows from a command; `prefilled` is what the record says of the unit, where the sheet is opened.

    Raises NotPermitted, Refused with the rule and what to do instead.
    """
    actor = occasion.actor
    action = sentence(f"command.{type(command).__name__}")
    if not may(actor.role, type(command)):
        raise forbid("role", action=action)
    if isinstance(command, c.OpenAssessment):
        return _open(sheet, command, occasion, prefilled)
    require(sheet.version > 0, "sheet-opened-first")
    if isinstance(command, c.FillAssessment):
        if actor.role in UNIT_ROLES and actor.unit != command.unit:
            raise forbid("own-unit", action=action)
        require(command.unit == sheet.unit, "sheet-of-its-unit")
        _in_phase(sheet, AssessmentPhase.OPENED)
        _answers(sheet, command.answers)
        left = "、".join(one.text for one in sheet.items if one.item not in {two.item for two in command.answers})
        require(not left, "every-item-answered", left=left)
        return (e.AssessmentFilled(sheet_no=sheet.sheet_no, unit=command.unit, answers=command.answers),)
    if isinstance(command, c.SendBackAssessment):
        _in_phase(sheet, AssessmentPhase.FILLED)
        require(bool(command.reason.strip()), "reason-given")
        return (e.AssessmentSentBack(sheet_no=sheet.sheet_no, reason=command.reason),)
    if isinstance(command, c.ReviewAssessment):
        return _review(sheet, command)
    if isinstance(command, c.SignAssessment):
        return _sign(sheet, command)
    raise forbid("role", action=action)


def _open(sheet: Assessment, command: c.OpenAssessment, occasion: Occasion, prefilled: Prefilled | None) -> Facts:
    """A sheet is opened once, for a unit in force, over a period that is over; its items are the city's of that day."""
    require(sheet.version == 0, "sheet-opened-once")
    require(command.unit in occasion.register.units, "unit-known", unit=command.unit)
    require(command.period_from <= command.period_to, "period-in-order")
    require(command.period_to < occasion.calendar.local_day(occasion.now), "period-over")
    require(bool(command.round.strip()), "round-named")
    rules = occasion.city.appraisal
    told = prefilled.figures if prefilled else {}
    return (
        e.AssessmentOpened(
            sheet_no=sheet.sheet_no,
            kind=command.kind,
            round=command.round,
            unit=command.unit,
            period_from=command.period_from,
            period_to=command.period_to,
            position=prefilled.position if prefilled else 0,
            grades=rules.grades_of(command.kind),
            items=tuple(
                e.SheetItem(
                    item=one.code, aspect=one.aspect, text=one.text,
                    figures=tuple(told[name] for name in one.figures if name in told),
                )
                for one in rules.items_of(command.kind)
            ),
        ),
    )  # fmt: skip


def _review(sheet: Assessment, command: c.ReviewAssessment) -> Facts:
    """The review may judge an item otherwise than the unit did, and says why; with an opinion on the whole."""
    _in_phase(sheet, AssessmentPhase.FILLED)
    _answers(sheet, command.answers)
    require(bool(command.opinion.strip()), "text-given")
    unsaid = any(one.grade != sheet.own[one.item].grade and not one.note.strip() for one in command.answers)
    require(not unsaid, "reason-given")
    return (e.AssessmentReviewed(sheet_no=sheet.sheet_no, answers=command.answers, opinion=command.opinion),)


def _sign(sheet: Assessment, command: c.SignAssessment) -> Facts:
    """签发 what was reviewed."""
    _in_phase(sheet, AssessmentPhase.REVIEWED)
    return (e.AssessmentSigned(sheet_no=sheet.sheet_no, note=command.note),)


def _in_phase(sheet: Assessment, phase: AssessmentPhase) -> None:
    require(sheet.phase is phase, "sheet-phase", phase=str(sheet.phase))


def _answers(sheet: Assessment, answers: tuple[e.SheetAnswer, ...]) -> None:
    known = {one.item for one in sheet.items}
    for one in answers:
        require(one.item in known, "sheet-item-known", item=one.item)
        require(one.grade in sheet.grades, "grade-known", grade=one.grade)
    require(len({one.item for one in answers}) == len(answers), "one-answer-an-item")
