"""Within a unit, the clause that the order's words speak of is told by words that are telling within that unit."""

import dataclasses

import numpy as np
import pytest

from city.configuration import CityConfiguration, Routing
from mandates.edition import RegisterEdition
from routing.building import build_index
from routing.clause_words import ClauseWords, phrases, restored
from routing.index import RegisterIndex
from routing.memory import EMPTY, Outcome, learn
from routing.proposal import OrderText
from routing.propose import propose
from routing.reading import read
from routing.scores import total_scores
from terms.ids import OrderNo, UnitCode
from tests.routing.sample_city import sample_edition

CITY = CityConfiguration()


def told(index: RegisterIndex, unit: str, text: str) -> dict[str, int]:
    found = index.clause_words.scores(UnitCode(unit), *index.vector(read(text)))
    return {str(clause): score for clause, score in found.items()}


def test_a_wording_speaks_of_the_clause_that_it_leads_to(index: RegisterIndex) -> None:
    right = asked = 0
    for phrase in phrases(index.edition)[::7]:
        if scores := told(index, phrase.unit, phrase.text):
            asked += 1
            right += max(scores, key=lambda clause: (scores[clause], clause)) == phrase.clause
    assert asked > 500
    assert right >= 0.98 * asked


def test_a_word_that_stands_in_every_clause_of_a_unit_does_not_choose_the_clause(index: RegisterIndex) -> None:
    cites_all = CityConfiguration(routing=Routing(proof_at=60))
    proposal = propose(OrderText("学校里老师上课体罚，学校说会处理"), index, EMPTY, cites_all)
    assert proposal.lead == "C09"
    assert "师德" in proposal.citations[0].text


def test_a_unit_with_one_clause_has_nothing_to_tell_apart(index: RegisterIndex, edition: RegisterEdition) -> None:
    one = next(point for point in edition.duty_points.values() if point.unit == "C05" and not point.only_calls)
    small = dataclasses.replace(edition, digest="4" * 64, duty_points={one.id: one})
    assert build_index(small).clause_words == ClauseWords({})
    assert told(index, "C99", "物业") == {}


def test_what_was_kept_for_another_edition_is_refused(index: RegisterIndex) -> None:
    kept = index.clause_words.arrays()
    assert restored(phrases(index.edition), kept).scores(
        UnitCode("C05"), *index.vector(read("物业费太贵"))
    ) == index.clause_words.scores(UnitCode("C05"), *index.vector(read("物业费太贵")))
    with pytest.raises(ValueError, match="does not fit"):
        restored(phrases(index.edition), kept | {"clause_sizes": np.zeros(1, np.int64)})


def test_a_unit_that_never_answered_falls_behind_the_one_of_its_class_that_always_did() -> None:
    """Transport and post share a class; whatever an order says, 40 answers of transport tell between the two."""
    whole = sample_edition()
    two = {UnitCode("C06"), UnitCode("C49")}
    small = dataclasses.replace(
        whole,
        digest="5" * 64,
        units={code: unit for code, unit in whole.units.items() if code in two},
        clauses={key: clause for key, clause in whole.clauses.items() if clause.unit in two},
        power_items={},
        boundary_items={},
        duty_points={key: point for key, point in whole.duty_points.items() if point.unit in two},
    )
    index = build_index(small)
    assert (index.units, len(index.groups)) == (("C06", "C49"), 1)
    outcomes = [
        Outcome(OrderNo(f"H{n}"), f"第{n}路公交车又不停站", UnitCode("C06"), recorded_position=n) for n in range(40)
    ]
    learned = learn(outcomes, index)
    for text in ("人行道上画的格子太窄", "快递柜不让用"):
        before, after = (total_scores(index, memory, read(text)).units for memory in (EMPTY, learned))
        assert (after[0] - after[1]) - (before[0] - before[1]) == 223  # 60 · ln 41
