"""Scores are whole-number arithmetic on sums: the same sums and rule give the same score, for ever."""

from hypothesis import given
from hypothesis import strategies as st

from city.configuration import CityConfiguration
from city.scoring import DEFAULT_RULE, ScoreRule
from projections.scores import rate, score

MEASURES = ("dispatched", "signed_in_time", "finished_in_time", "contacted", "resolved", "satisfied", "returned",
            "return_refused", "rework", "overdue")  # fmt: skip
SUMS = st.dictionaries(
    st.tuples(st.just("C05"), st.sampled_from(("lead", "support")), st.sampled_from(MEASURES)),
    st.integers(0, 500).flatmap(lambda lines: st.tuples(st.just(lines), st.integers(0, lines))),
)


@given(sums=SUMS, unit_class=st.sampled_from(("", "经济", "社会管理和执法监督", "政务和社会事业")))
def test_a_score_lies_between_nought_and_a_hundred_and_never_changes(sums, unit_class) -> None:
    found = score(sums, "C05", unit_class)
    assert found == score(dict(reversed(sums.items())), "C05", unit_class)
    assert found.score is None or 0 <= found.score <= 10_000
    assert 0 <= found.stars <= 5
    for one in found.rates:
        assert (one.rate is None) == (one.bottom == 0)


def known(lines: int = 20, **good: int) -> dict[tuple[str, str, str], tuple[int, int]]:
    """A unit of which everything that carries weight in the common rule can be counted; `good` of the lines."""
    measures = ("dispatched", "signed_in_time", "finished_in_time", "contacted", "resolved", "satisfied")
    return {("C05", "lead", one): (lines, good.get(one, lines)) for one in measures}


def test_doing_better_never_lowers_a_score() -> None:
    def at(in_time: int, overdue: int) -> int:
        sums = known(finished_in_time=in_time) | {("C05", "lead", "overdue"): (overdue, overdue)}
        found = score(sums, "C05", "").score
        assert found is not None
        return found

    assert at(20, 0) == 10_000
    assert at(20, 0) > at(19, 0) > at(10, 0) > at(10, 5)


def test_nothing_to_count_says_nothing_and_few_orders_give_no_score() -> None:
    few = known(4)
    assert score(few, "C05", "").score is None
    assert rate({("C05", "lead", "dispatched"): (4, 4)}, "C05", DEFAULT_RULE.indicators[0]).rate is None
    enough = known(5)
    assert score(enough, "C05", "").score == 10_000
    assert score(enough, "C05", "").stars == 5


def test_a_unit_of_which_hardly_anything_can_be_counted_gets_no_full_marks() -> None:
    """A district's desk passes every order on: of all indicators only its overdue rate has a bottom."""
    desk = {("D1", "lead", "dispatched"): (200, 200)}
    overdue = next(one for one in score(desk, "D1", "").rates if one.code == "overdue")
    assert (overdue.rate, overdue.points) == (0, 10_000)
    assert (score(desk, "D1", "").score, score(desk, "D1", "").stars) == (None, 0)
    off = DEFAULT_RULE.model_copy(update={"least_weight": 0})
    assert score(desk, "D1", "", off).score == 10_000, "what the rule is there against"


@given(sums=SUMS, least=st.integers(0, 100))
def test_a_score_stands_on_at_least_the_asked_share_of_its_weights(sums, least: int) -> None:
    rule = DEFAULT_RULE.model_copy(update={"least_weight": least})
    found = score(sums, "C05", "经济", rule)
    weights = rule.weights["经济"]
    countable = sum(weights.get(one.code, 0) for one in found.rates if one.points is not None)
    if found.score is not None:
        assert countable * 100 >= least * sum(weights.values())


def test_marks_from_one_to_five_are_measured_against_five() -> None:
    peers = next(one for one in DEFAULT_RULE.indicators if one.code == "peers")
    assert rate({("C05", "support", "rated"): (4, 18)}, "C05", peers).rate == 9_000


def test_every_class_has_weights_of_its_own() -> None:
    classes = CityConfiguration().unit_classes
    assert set(classes) <= set(DEFAULT_RULE.weights)
    assert len({tuple(sorted(DEFAULT_RULE.weights[one].items())) for one in classes}) == len(classes)
    assert {code for weights in DEFAULT_RULE.weights.values() for code in weights} <= {
        one.code for one in DEFAULT_RULE.indicators
    }


def test_lead_and_support_can_be_looked_at_apart() -> None:
    sums = {("C05", "lead", "signed_in_time"): (10, 9), ("C05", "support", "signed_in_time"): (10, 1)}
    signed = DEFAULT_RULE.indicators[0]
    assert [rate(sums, "C05", signed, part).rate for part in ("lead", "support", None)] == [9000, 1000, 5000]


def test_a_changed_rule_is_another_version() -> None:
    changed = ScoreRule.model_validate(DEFAULT_RULE.model_dump() | {"least_orders": 6})
    assert changed.version != DEFAULT_RULE.version
    assert ScoreRule.model_validate_json(DEFAULT_RULE.model_dump_json()).version == DEFAULT_RULE.version
