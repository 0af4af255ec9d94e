"""What may be asked of a score sheet and of a unit's sheet. Frozen data; who may ask stands in `permissions`."""

from dataclasses import dataclass
from datetime import date
from typing import Literal

from casework.events.appraisal import SheetAnswer
from terms.ids import UnitCode


class ScoreCommand:
    """Something somebody wants done with the score sheet of a quarter."""

    __slots__ = ()


@dataclass(frozen=True, slots=True)
class DraftScores(ScoreCommand):
    """起草: reckon the quarter by the rule in force. The figures come from the record, never from the caller."""


@dataclass(frozen=True, slots=True)
class ObjectToScore(ScoreCommand):
    """异议 of a unit to one of its indicators."""

    unit: UnitCode
    indicator: str
    reason: str
    evidence: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class ReviewScoreObjection(ScoreCommand):
    """复核 of an objection; upheld it names the amounts as they should be."""

    objection: int
    upheld: bool
    reason: str
    top: int | None = None
    bottom: int | None = None


@dataclass(frozen=True, slots=True)
class PublishScores(ScoreCommand):
    """发布."""

    number: str


class AssessmentCommand:
    """Something somebody wants done with one unit's sheet."""

    __slots__ = ()


@dataclass(frozen=True, slots=True)
class OpenAssessment(AssessmentCommand):
    """Ask a unit in a round; the items are the city's, their figures the record's."""

    kind: Literal["duties", "situations"]
    round: str
    unit: UnitCode
    period_from: date
    period_to: date


@dataclass(frozen=True, slots=True)
class FillAssessment(AssessmentCommand):
    """自评."""

    unit: UnitCode
    answers: tuple[SheetAnswer, ...]


@dataclass(frozen=True, slots=True)
class SendBackAssessment(AssessmentCommand):
    """退回重填."""

    reason: str


@dataclass(frozen=True, slots=True)
class ReviewAssessment(AssessmentCommand):
    """复核."""

    opinion: str
    answers: tuple[SheetAnswer, ...] = ()


@dataclass(frozen=True, slots=True)
class SignAssessment(AssessmentCommand):
    """签发."""

    note: str = ""
