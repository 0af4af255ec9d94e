"""The quarterly score sheet from draft to publication, and a unit's sheet from 自评 to 签发."""

import random
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any

import pytest

from casework import events as e
from casework.appraisal import assessment, score_sheet
from casework.appraisal import commands as a
from casework.appraisal.assessment import Assessment, AssessmentPhase
from casework.appraisal.figures import NoFigures, Prefilled, Reckoned
from casework.appraisal.score_sheet import ScoreSheet, SheetPhase, corrected, line_by
from casework.occasion import Occasion
from city.scoring import DEFAULT_RULE, points_of, rate_of, stars_of
from terms.actors import Actor, Role
from terms.errors import DingzeError, NotPermitted, Refused, Unavailable
from terms.ids import UnitCode
from tests.casework.town import CALENDAR, CHENGGUAN, CITY, ECOLOGY, HOUSING, MONDAY, REGISTER, clerk, head, refused

OFFICER = Actor("b1", Role.BIANBAN_OFFICER, UnitCode("C39"))
DIRECTOR = Actor("b2", Role.BIANBAN_DIRECTOR, UnitCode("C39"))
REVIEWER = Actor("r1", Role.REVIEWER, UnitCode("C26"))
QUARTER = "2025-Q4"
CLASS = "社会管理和执法监督"


def line(unit: UnitCode, good: int = 9) -> e.ScoreLine:
    """A unit of which everything can be counted, `good` of ten."""
    rates = (rate_of(one, good if one.better else 10 - good, 10) for one in DEFAULT_RULE.indicators)
    return line_by(unit, CLASS, 10, rates, DEFAULT_RULE)


RECKONED = Reckoned(DEFAULT_RULE, 777, "edition", (line(CHENGGUAN, 9), line(HOUSING, 6)))


@dataclass
class Scoring:
    """One quarter lived through, some days into the next."""

    now: datetime = MONDAY
    sheet: ScoreSheet = field(default_factory=lambda: ScoreSheet(QUARTER))
    facts: list[tuple[e.ScoreFact, datetime]] = field(default_factory=list)

    def do(
        self, command: a.ScoreCommand, actor: Actor, reckoned: Reckoned | None = RECKONED
    ) -> tuple[e.ScoreFact, ...]:
        """Give a command a minute later; its facts are folded."""
        self.now += timedelta(minutes=1)
        facts = score_sheet.decide(self.sheet, command, Occasion(self.now, actor, CITY, CALENDAR, REGISTER), reckoned)
        for fact in facts:
            self.sheet = score_sheet.evolve(self.sheet, fact, self.now)
            self.facts.append((fact, self.now))
        return facts

    def drafted(self) -> "Scoring":
        """Drafted by a 编办 officer."""
        self.do(a.DraftScores(), OFFICER)
        return self

    def objected(self, unit: UnitCode = HOUSING, indicator: str = "resolved") -> "Scoring":
        """A unit does not accept a figure."""
        self.do(a.ObjectToScore(unit, indicator, "两件已解决，未回访", ("ev-1",)), head(unit))
        return self


def test_a_quarter_is_drafted_once_it_has_ended_by_the_rule_in_force() -> None:
    """domain, section 9: the rule's version is recorded."""
    (fact,) = Scoring().do(a.DraftScores(), OFFICER)
    assert isinstance(fact, e.ScoresDrafted)
    assert (fact.rule, fact.rule_version, fact.position) == (DEFAULT_RULE, DEFAULT_RULE.version, 777)
    assert fact.objections_until == CALENDAR.after(MONDAY, CITY.appraisal.score_objection).at
    running = Scoring(sheet=ScoreSheet("2026-Q1"))
    with refused("quarter-ended"):
        running.do(a.DraftScores(), OFFICER)
    with refused("nothing-to-score"):
        Scoring().do(a.DraftScores(), OFFICER, Reckoned(DEFAULT_RULE, 1, "", ()))


def test_only_the_bianban_drafts_and_only_its_director_publishes() -> None:
    """domain, section 9: draft → unit's objection → review → published."""
    for actor in (head(CHENGGUAN), REVIEWER, clerk(CHENGGUAN)):
        with pytest.raises(NotPermitted):
            Scoring().do(a.DraftScores(), actor)
    with pytest.raises(NotPermitted):
        Scoring().drafted().do(a.PublishScores("云编评〔2026〕1号"), OFFICER)
    with pytest.raises(NotPermitted):
        Scoring().drafted().objected().do(a.ReviewScoreObjection(1, upheld=False, reason="无据"), OFFICER)


def test_a_draft_may_be_made_again_until_somebody_has_objected() -> None:
    scoring = Scoring().drafted()
    (again,) = scoring.do(a.DraftScores(), OFFICER, Reckoned(DEFAULT_RULE, 900, "", (line(CHENGGUAN),)))
    assert isinstance(again, e.ScoresDrafted) and again.position == 900
    assert [one.unit for one in scoring.sheet.lines] == [CHENGGUAN]
    scoring.objected(CHENGGUAN)
    with refused("scores-objected-to"):
        scoring.do(a.DraftScores(), OFFICER)


def test_a_unit_objects_to_a_figure_of_its_own_in_time_and_with_a_reason() -> None:
    """domain, section 9: draft → unit's objection."""
    scoring = Scoring()
    with refused("scores-drafted-first"):
        scoring.do(a.ObjectToScore(HOUSING, "resolved", "x"), head(HOUSING))
    scoring.drafted()
    with pytest.raises(NotPermitted):
        scoring.do(a.ObjectToScore(CHENGGUAN, "resolved", "x"), head(HOUSING))
    with refused("scored-units-object"):
        scoring.do(a.ObjectToScore(ECOLOGY, "resolved", "x"), head(ECOLOGY))
    with refused("indicator-known"):
        scoring.do(a.ObjectToScore(HOUSING, "beauty", "x"), head(HOUSING))
    with refused("reason-given"):
        scoring.do(a.ObjectToScore(HOUSING, "resolved", " "), head(HOUSING))
    scoring.objected()
    with refused("objection-undecided"):
        scoring.objected()
    scoring.now = scoring.sheet.open_until
    with refused("objections-in-time"):
        scoring.objected(CHENGGUAN)


def test_an_upheld_objection_is_a_new_line_by_the_same_rule() -> None:
    """domain, section 9: review; every figure opens to the events behind it, nothing is typed in as a score."""
    scoring = Scoring().drafted().objected()
    before = scoring.sheet.line(HOUSING)
    with refused("objection-known"):
        scoring.do(a.ReviewScoreObjection(2, upheld=False, reason="x"), REVIEWER)
    with refused("reason-given"):
        scoring.do(a.ReviewScoreObjection(1, upheld=False, reason=""), REVIEWER)
    for top, bottom in ((None, None), (9, 8), (-1, 3)):
        with refused("corrected-amounts-given"):
            scoring.do(a.ReviewScoreObjection(1, upheld=True, reason="属实", top=top, bottom=bottom), REVIEWER)
    (fact,) = scoring.do(a.ReviewScoreObjection(1, upheld=True, reason="属实", top=8, bottom=10), REVIEWER)
    after = scoring.sheet.line(HOUSING)
    assert before is not None and after is not None and before.score is not None and after.score is not None
    assert isinstance(fact, e.ScoreObjectionDecided) and fact.line == after
    assert after.score > before.score
    assert after == corrected(before, "resolved", 8, 10, DEFAULT_RULE)
    assert [one.points for one in after.rates if one.code == "resolved"] == [8_000]
    assert scoring.sheet.line(CHENGGUAN) == line(CHENGGUAN, 9)


def test_a_refused_objection_leaves_the_line_as_it_was() -> None:
    scoring = Scoring().drafted().objected()
    scoring.do(a.ReviewScoreObjection(1, upheld=False, reason="回访记录为未解决"), REVIEWER)
    assert scoring.sheet.line(HOUSING) == line(HOUSING, 6)
    assert scoring.sheet.objections[0].upheld is False


def test_a_sheet_is_published_when_the_time_is_over_and_every_objection_decided_and_then_stands() -> None:
    """domain, section 9: published."""
    scoring = Scoring().drafted().objected()
    publish = a.PublishScores("云编评〔2026〕1号")
    with refused("objections-decided-first"):
        scoring.do(publish, DIRECTOR)
    scoring.do(a.ReviewScoreObjection(1, upheld=False, reason="无据"), REVIEWER)
    with refused("objections-may-still-come"):
        scoring.do(publish, DIRECTOR)
    scoring.now = scoring.sheet.open_until
    with refused("numbered"):
        scoring.do(a.PublishScores(" "), DIRECTOR)
    scoring.do(publish, DIRECTOR)
    assert scoring.sheet.phase is SheetPhase.PUBLISHED
    for command, actor in (
        (publish, DIRECTOR),
        (a.DraftScores(), OFFICER),
        (a.ObjectToScore(HOUSING, "resolved", "x"), head(HOUSING)),
    ):
        with refused("scores-published-once"):
            scoring.do(command, actor)


def test_a_sheet_driven_at_random_holds_only_scores_its_rule_gives() -> None:
    """Whatever is drafted, objected to and reviewed: every line is what the rule makes of its amounts."""
    chance, moves = random.Random(7), 0
    for _ in range(60):
        scoring = Scoring().drafted()
        for _ in range(25):
            unit = chance.choice((CHENGGUAN, HOUSING, ECOLOGY))
            top, bottom = chance.randrange(-1, 30), chance.randrange(12)
            command, actor = chance.choice((
                (a.ObjectToScore(unit, chance.choice(DEFAULT_RULE.indicators).code, "x"), head(unit)),
                (a.ReviewScoreObjection(chance.randrange(1, 5), top % 2 == 0, "x", top, bottom), REVIEWER),
                (a.PublishScores("号"), DIRECTOR),
                (a.DraftScores(), OFFICER),
            ))  # fmt: skip
            scoring.now += timedelta(hours=chance.choice((0, 1, 40)))
            try:
                moves += len(scoring.do(command, actor))
            except (Refused, NotPermitted):
                continue
            for one in scoring.sheet.lines:
                known = {indicator.code: indicator for indicator in DEFAULT_RULE.indicators}
                rates = [rate_of(known[rate.code], rate.top, rate.bottom) for rate in one.rates]
                assert one.score == points_of(rates, one.unit_class, one.orders, DEFAULT_RULE)
                assert one.stars == stars_of(one.score, DEFAULT_RULE)
        assert score_sheet.replay(QUARTER, scoring.facts) == scoring.sheet
        assert not (scoring.sheet.number and scoring.sheet.undecided)
    assert moves > 150


# --- a unit's sheet ---

PREFILLED = Prefilled(
    500,
    {
        name: e.PrefilledFigure(name=name, label=name, top=3, bottom=4, evidence=("ev-1",))
        for name in ("returned", "rated", "resolved", "duties_used")
    },
)


@dataclass
class Round:
    """One unit's sheet lived through."""

    kind: Any = "duties"
    now: datetime = MONDAY
    sheet: Assessment = field(default_factory=lambda: Assessment("PG-1"))
    facts: list[tuple[e.AssessmentFact, datetime]] = field(default_factory=list)

    def do(self, command: a.AssessmentCommand, actor: Actor) -> tuple[e.AssessmentFact, ...]:
        """Give a command a minute later; its facts are folded."""
        self.now += timedelta(minutes=1)
        occasion = Occasion(self.now, actor, CITY, CALENDAR, REGISTER)
        facts = assessment.decide(self.sheet, command, occasion, PREFILLED)
        for fact in facts:
            self.sheet = assessment.evolve(self.sheet, fact, self.now)
            self.facts.append((fact, self.now))
        return facts

    def opened(self) -> "Round":
        """Asked by a 编办 officer."""
        self.do(self.opening(), OFFICER)
        return self

    def opening(self, **more: Any) -> a.OpenAssessment:
        """The command that opens it."""
        told = {
            "round": "2025年度",
            "unit": CHENGGUAN,
            "period_from": date(2025, 10, 1),
            "period_to": date(2025, 12, 31),
        }
        return a.OpenAssessment(self.kind, **(told | more))

    def answers(self, grade: str = "") -> tuple[e.SheetAnswer, ...]:
        """An answer to every item."""
        return tuple(e.SheetAnswer(item=one.item, grade=grade or self.sheet.grades[0]) for one in self.sheet.items)

    def filled(self) -> "Round":
        """The unit has answered."""
        self.opened().do(a.FillAssessment(CHENGGUAN, self.answers()), head(CHENGGUAN))
        return self


@pytest.mark.parametrize(("kind", "aspects", "items"), [("duties", 3, 9), ("situations", 6, 6)])
def test_a_sheet_is_opened_with_the_items_of_the_city_prefilled_from_the_record(
    kind: str, aspects: int, items: int
) -> None:
    """domain, section 10: 核心职能履行评估表 (3 aspects, 9 standards) and the survey of 六类情况."""
    sheet = Round(kind=kind).opened().sheet
    assert (len({one.aspect for one in sheet.items}), len(sheet.items)) == (aspects, items)
    shown = [figure for one in sheet.items for figure in one.figures]
    assert shown and all(figure.evidence for figure in shown)


def test_a_sheet_is_opened_once_for_a_known_unit_over_a_period_that_is_over() -> None:
    with refused("sheet-opened-first"):
        Round().do(a.FillAssessment(CHENGGUAN, ()), head(CHENGGUAN))
    with refused("sheet-opened-once"):
        Round().opened().opened()
    sheet = Round()
    with refused("unit-known"):
        sheet.do(sheet.opening(unit=UnitCode("C99")), OFFICER)
    with refused("period-in-order"):
        sheet.do(sheet.opening(period_to=date(2025, 9, 1)), OFFICER)


def test_a_sheet_of_a_period_that_runs_or_a_round_without_a_name_is_not_opened() -> None:
    sheet = Round()
    with refused("period-over"):
        sheet.do(sheet.opening(period_to=date(2026, 3, 2)), OFFICER)
    with refused("round-named"):
        sheet.do(sheet.opening(round=""), OFFICER)


def test_the_unit_answers_every_item_of_its_own_sheet_with_a_grade_of_the_list() -> None:
    """domain, section 10: a round of self-assessment, review, sign-off."""
    sheet = Round().opened()
    with pytest.raises(NotPermitted):
        sheet.do(a.FillAssessment(CHENGGUAN, sheet.answers()), head(HOUSING))
    with refused("sheet-of-its-unit"):
        sheet.do(a.FillAssessment(HOUSING, sheet.answers()), head(HOUSING))
    with refused("every-item-answered"):
        sheet.do(a.FillAssessment(CHENGGUAN, sheet.answers()[1:]), head(CHENGGUAN))
    with refused("grade-known"):
        sheet.do(a.FillAssessment(CHENGGUAN, sheet.answers("顶好")), head(CHENGGUAN))
    with refused("sheet-item-known"):
        sheet.do(a.FillAssessment(CHENGGUAN, (e.SheetAnswer(item="9.9", grade="优"),)), head(CHENGGUAN))
    with refused("one-answer-an-item"):
        sheet.do(a.FillAssessment(CHENGGUAN, (*sheet.answers(), sheet.answers()[0])), head(CHENGGUAN))
    sheet.do(a.FillAssessment(CHENGGUAN, sheet.answers()), head(CHENGGUAN))
    assert sheet.sheet.phase is AssessmentPhase.FILLED


def test_the_review_may_judge_otherwise_with_a_reason_and_the_director_signs() -> None:
    """domain, section 10: review, sign-off."""
    sheet = Round().filled()
    other = e.SheetAnswer(item="1.1", grade="差")
    with refused("reason-given"):
        sheet.do(a.ReviewAssessment("总体可以", (other,)), OFFICER)
    with refused("text-given"):
        sheet.do(a.ReviewAssessment(" "), OFFICER)
    with refused("sheet-phase"):
        sheet.do(a.SignAssessment(), DIRECTOR)
    with pytest.raises(NotPermitted):
        sheet.do(a.SignAssessment(), OFFICER)
    sheet.do(a.ReviewAssessment("总体可以", (other.model_copy(update={"note": "三条职责全年无办理"}),)), OFFICER)
    assert (sheet.sheet.own["1.1"].grade, sheet.sheet.reviewed["1.1"].grade) == ("优", "差")
    assert sheet.sheet.reviewed["3.3"].grade == "优"
    sheet.do(a.SignAssessment(), DIRECTOR)
    assert sheet.sheet.phase is AssessmentPhase.SIGNED
    assert assessment.replay("PG-1", sheet.facts) == sheet.sheet


def test_a_sheet_is_sent_back_with_a_reason_and_answered_again() -> None:
    sheet = Round().filled()
    with refused("reason-given"):
        sheet.do(a.SendBackAssessment(""), OFFICER)
    sheet.do(a.SendBackAssessment("第2.1项无依据"), OFFICER)
    assert (sheet.sheet.phase, sheet.sheet.sent_back) == (AssessmentPhase.OPENED, "第2.1项无依据")
    sheet.do(a.FillAssessment(CHENGGUAN, sheet.answers("良")), head(CHENGGUAN))
    assert {one.grade for one in sheet.sheet.own.values()} == {"良"}


def test_without_views_nothing_is_scored_or_opened() -> None:
    for ask in (
        lambda: NoFigures().scores(QUARTER),
        lambda: NoFigures().of_unit("duties", CHENGGUAN, date.min, date.max),
    ):
        with pytest.raises(Unavailable):
            ask()
    with pytest.raises(DingzeError):
        Scoring(sheet=ScoreSheet("2026-Q9")).do(a.DraftScores(), OFFICER)
