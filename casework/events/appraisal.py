"""What is said of units as units: the score sheet of a quarter, and the sheets a unit answers on its own duties."""

from datetime import date
from typing import Literal

from pydantic import AwareDatetime

from casework.events.fact import Fact, Piece
from city.scoring import ScoreRule
from terms.ids import StreamId, UnitCode

SheetKind = Literal["duties", "situations"]  # 核心职能履行评估表, 六类情况调查表


def scores_stream(quarter: str) -> StreamId:
    """The stream of the score sheet of one quarter."""
    return StreamId(f"scores-{quarter}")


def assessment_stream(sheet_no: str) -> StreamId:
    """The stream of one unit's sheet."""
    return StreamId(f"assessment-{sheet_no}")


class ScoreFact(Fact):
    """A fact of the score sheet of one quarter; its stream is `scores_stream(quarter)`."""

    quarter: str


class ScoredRate(Piece):
    """One indicator as it was reckoned: two amounts, the rate and the points in parts per 10,000, the weight."""

    code: str
    label: str
    top: int
    bottom: int
    weight: int
    rate: int | None = None
    points: int | None = None


class ScoreLine(Piece):
    """One unit in the quarter; `score` in hundredths of a point, None where there is too little to judge by."""

    unit: UnitCode
    unit_class: str
    orders: int
    rates: tuple[ScoredRate, ...]
    score: int | None = None
    stars: int = 0


class ScoresDrafted(ScoreFact):
    """The scores of the quarter, reckoned from the record up to `position` by `rule`, which stands here whole.

    `carried`: who was merged into a unit by the quarter's end is counted with it, who was split in the quarter has a
    line up to its end (domain, section 7: scores carry over). Drafts made before that was so say False.
    """

    rule: ScoreRule
    rule_version: str
    position: int
    register_edition: str
    lines: tuple[ScoreLine, ...]
    objections_until: AwareDatetime
    carried: bool = False


class ScoreObjected(ScoreFact):
    """A unit does not accept one of its figures."""

    objection: int  # 1, 2 … in this quarter
    unit: UnitCode
    indicator: str
    reason: str
    evidence: tuple[str, ...] = ()  # event ids, order numbers


class ScoreObjectionDecided(ScoreFact):
    """The review: upheld with the corrected amounts and the line they give, or refused with the reason."""

    objection: int
    unit: UnitCode
    indicator: str
    upheld: bool
    reason: str
    line: ScoreLine | None = None


class ScoresPublished(ScoreFact):
    """The 编办 director published the sheet: from here on it stands."""

    number: str


class AssessmentFact(Fact):
    """A fact of one unit's sheet; its stream is `assessment_stream(sheet_no)`."""

    sheet_no: str


class PrefilledFigure(Piece):
    """What the record says to an item: `top` of `bottom` (0: a plain number), and the events that prove it."""

    name: str
    label: str
    top: int
    bottom: int = 0
    evidence: tuple[str, ...] = ()  # event ids, the newest first, at most `casework.appraisal.figures.SHOWN`


class SheetItem(Piece):
    """One standard or question, as the city had it when the sheet was opened, with what the record says to it."""

    item: str
    aspect: str
    text: str
    figures: tuple[PrefilledFigure, ...] = ()


class SheetAnswer(Piece):
    """What somebody says to one item: a grade of the city's list, and why."""

    item: str
    grade: str
    note: str = ""


class AssessmentOpened(AssessmentFact):
    """A unit is asked, in a round: the items, prefilled from the events of the period up to `position`."""

    kind: SheetKind
    round: str
    unit: UnitCode
    period_from: date
    period_to: date
    position: int
    grades: tuple[str, ...]
    items: tuple[SheetItem, ...]


class AssessmentFilled(AssessmentFact):
    """自评: the unit answers every item."""

    unit: UnitCode
    answers: tuple[SheetAnswer, ...]


class AssessmentSentBack(AssessmentFact):
    """The review sends it back to the unit."""

    reason: str


class AssessmentReviewed(AssessmentFact):
    """复核: the answers as the review sees them; what it does not name stays as the unit said."""

    answers: tuple[SheetAnswer, ...] = ()
    opinion: str


class AssessmentSigned(AssessmentFact):
    """签发: the 编办 director signs, and the sheet stands."""

    note: str = ""
