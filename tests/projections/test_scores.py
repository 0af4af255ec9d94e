"""Scores are whole-number arithmetic on sums: the same sums and rule give the same score, for ever."""

from hypothesis import given
from hypothesis import strategies as st

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


def test_doing_better_never_lowers_a_score() -> None:
    def at(in_time: int, overdue: int) -> int:
        sums = {
            ("C05", "lead", "dispatched"): (20, 20),
            ("C05", "lead", "finished_in_time"): (20, in_time),
            ("C05", "lead", "overdue"): (overdue, overdue),
        }
        found = score(sums, "C05", "").score
        assert found is not None
        return found

    assert at(20, 0) == 10_000
    assert at(20, 0) > at(19, 0) > at(10, 0) > at(10, 5)


def test_nothing_to_count_says_nothing_and_few_orders_give_no_score() -> None:
    sums = {("C05", "lead", "dispatched"): (4, 4), ("C05", "lead", "resolved"): (4, 4)}
    assert score(sums, "C05", "").score is None
    assert rate(sums, "C05", DEFAULT_RULE.indicators[0]).rate is None
    enough = {**sums, ("C05", "lead", "dispatched"): (5, 5)}
    assert score(enough, "C05", "").score == 10_000
    assert score(enough, "C05", "").stars == 5


def test_lead_and_support_can_be_looked_at_apart() -> None:
    sums = {("C05", "lead", "signed_in_time"): (10, 9), ("C05", "support", "signed_in_time"): (10, 1)}
    signed = DEFAULT_RULE.indicators[0]
    assert [rate(sums, "C05", signed, part).rate for part in ("lead", "support", None)] == [9000, 1000, 5000]


def test_a_changed_rule_is_another_version() -> None:
    changed = ScoreRule.model_validate(DEFAULT_RULE.model_dump() | {"least_orders": 6})
    assert changed.version != DEFAULT_RULE.version
    assert ScoreRule.model_validate_json(DEFAULT_RULE.model_dump_json()).version == DEFAULT_RULE.version
