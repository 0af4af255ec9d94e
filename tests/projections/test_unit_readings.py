"""What a unit answers for, as it is asked; and a past quarter scored again under its own rule."""

from collections.abc import Callable
from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import orjson
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from casework import events as e
from city.scoring import DEFAULT_RULE, ScoreRule
from projections.accountability import ACCOUNTABILITY
from projections.readings import units
from projections.readings.looking import Period, looking
from terms.ids import Position, UnitCode
from tests.mandates.town import town, unit
from tests.projections.conftest import desk_at
from tests.projections.lives import START, UNITS, Life, told

QUARTER = Period(date(2023, 4, 1), date(2023, 6, 30))
SETTINGS = settings(max_examples=8, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])


@pytest.fixture
def opened(fresh_sqlite: Callable[[], str]) -> Callable[[], Any]:
    """Opens one more desk with this view."""
    return lambda: desk_at(fresh_sqlite(), (ACCOUNTABILITY,))


def classed() -> Any:
    """A register in which every unit of these lives has a class."""
    return town(*(replace(unit(code, f"单位{code}"), unit_class="经济") for code in UNITS))


def bytes_of(found: Any) -> bytes:
    """A reading as JSON."""
    return orjson.dumps(found)


@SETTINGS
@given(seeds=st.lists(st.integers(0, 400), min_size=1, max_size=12, unique=True))
def test_each_figure_is_as_many_events_as_it_opens_to(opened: Callable[[], Any], seeds: list[int]) -> None:
    with opened() as desk:
        for number, seed in enumerate(seeds):
            life = Life(f"N{seed}", START + timedelta(days=number))
            desk.tell(told(life, fact) for fact in life.quarrel())
        excluded = Life(f"N{seeds[0]}", START + timedelta(days=40))
        desk.tell([told(excluded, e.ExclusionGranted(order_no=excluded.order_no, unit=UNITS[0]))])
        desk.engine.catch_up()
        with looking(desk.store) as look:
            found = units.unit_figures(look, classed(), QUARTER)
            for one in found:
                for measure, lines in (
                    ("signed_in_time", one.signed.bottom), ("finished_in_time", one.finished.bottom),
                    ("returned", one.returned), ("return_refused", one.refused), ("moved_away", one.moved_away),
                    ("first_kept", one.first_right.bottom), ("resolved", one.resolved.bottom),
                ):  # fmt: skip
                    assert len(units.behind(look, one.unit, measure, QUARTER, one.part)) == lines
                assert one.first_right.top <= one.first_right.bottom and one.by_rule.top <= one.by_rule.bottom
            asked = sum(
                event.type == "ReturnRequested" and event.payload["order_no"] != f"N{seeds[0]}"
                for event in desk.events()
            )
            assert sum(one.returned for one in found) >= asked


@SETTINGS
@given(seeds=st.lists(st.integers(0, 400), min_size=6, max_size=12, unique=True), later=st.integers(0, 400))
def test_a_past_quarter_scored_again_under_its_own_rule_gives_the_same_bytes(
    opened: Callable[[], Any], seeds: list[int], later: int
) -> None:
    rule = DEFAULT_RULE.model_copy(update={"least_orders": 1})
    kept = ScoreRule.model_validate_json(rule.model_dump_json())  # as the record has it
    with opened() as desk:
        for number, seed in enumerate(seeds):
            life = Life(f"N{seed}", START + timedelta(days=number))
            desk.tell(told(life, fact) for fact in life.quarrel())
        desk.engine.catch_up()
        head = Position(len(desk.events()))
        with looking(desk.store) as look:
            first = units.scores(look, classed(), rule, QUARTER)
        late = Life(f"L{later}", START + timedelta(days=20))
        desk.tell(told(late, fact) for fact in late.quarrel())
        desk.tell([told(late, e.ExclusionGranted(order_no=f"N{seeds[0]}", unit=UnitCode(UNITS[0])))])
        desk.engine.rebuild("accountability")
        with looking(desk.store, head) as look:
            assert bytes_of(units.scores(look, classed(), kept, QUARTER)) == bytes_of(first)
        assert {one.rule for one in first} == {rule.version}
        assert any(one.score is not None for one in first)
