"""What accepted orders of a unit have in common and the register does not know is proposed, and nothing else."""

from dataclasses import replace

from hypothesis import given, settings
from hypothesis import strategies as st

from mandates.edition import RegisterEdition
from mandates.model import DutyPoint, Link
from routing.memory import Outcome
from routing.wording_candidates import candidates_of
from terms.ids import ClauseId, OrderNo, UnitCode

STREETS, PROPERTY = UnitCode("C03"), UnitCode("C05")
POINT = DutyPoint(ClauseId("DP-1"), "占道经营", Link.ENFORCE, STREETS, ClauseId("C03-SD-02"), wordings=("摆摊",))


def told(text: str, unit: UnitCode = STREETS, kind: str = "signed", count: int = 5) -> list[Outcome]:
    rows = [(OrderNo(f"{unit}{kind}{text[:3]}{at}"), f"{text}{'甲乙丙丁戊己'[at]}") for at in range(count)]
    return [Outcome(number, words, unit, kind, at, POINT.id) for at, (number, words) in enumerate(rows)]


def small(edition: RegisterEdition) -> RegisterEdition:
    return replace(edition, duty_points={POINT.id: POINT}, boundary_items={})


def test_a_phrase_of_one_units_orders_is_proposed_with_its_counts_and_orders(edition: RegisterEdition) -> None:
    outcomes = [*told("烤冷面车堵住楼道"), *told("电梯停了三天", PROPERTY)]
    found = {one.wording: one for one in candidates_of(outcomes, small(edition))}
    best = found["烤冷面车"] if "烤冷面车" in found else next(one for word, one in found.items() if "冷面" in word)
    assert (best.item, best.unit, best.accepted, best.standing, best.score) == (POINT.id, STREETS, 5, 5, 50)
    assert len(best.orders) == 5
    assert {one.unit for one in found.values()} == {STREETS}  # the other unit has no duty point to put a word to


def test_what_is_shared_known_returned_or_rare_is_not_proposed(edition: RegisterEdition) -> None:
    shared = [*told("门口垃圾臭"), *told("门口垃圾臭", PROPERTY)]
    assert candidates_of(shared, small(edition)) == []
    assert "摆摊" not in {one.wording for one in candidates_of(told("摆摊"), small(edition))}
    assert candidates_of(told("烤冷面车堵住楼道", kind="returned_upheld"), small(edition)) == []
    assert candidates_of(told("烤冷面车堵住楼道", count=4), small(edition)) == []


def test_one_letter_sent_by_many_is_one_letter(edition: RegisterEdition) -> None:
    again = [replace(one, text="烤冷面车堵住楼道") for one in told("烤冷面车堵住楼道")]
    assert candidates_of(again, small(edition)) == []


def test_no_name_of_a_place_or_unit_is_a_wording(edition: RegisterEdition) -> None:
    found = {one.wording for one in candidates_of(told("望湖区城管局烤冷面"), small(edition))}
    assert found
    assert not [word for word in found if "望湖" in word or "城管" in word]


@settings(max_examples=20, deadline=None)
@given(st.permutations([*told("烤冷面车堵住楼道"), *told("桥洞下卖菜", count=6), *told("水管爆了", PROPERTY)]))
def test_the_order_of_outcomes_changes_no_candidate(edition: RegisterEdition, outcomes: list[Outcome]) -> None:
    kept = [(one.item, one.wording, one.score, one.accepted) for one in candidates_of(outcomes, small(edition))]
    again = [(one.item, one.wording, one.score, one.accepted) for one in candidates_of(outcomes[::-1], small(edition))]
    assert kept == again
