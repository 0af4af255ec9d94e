"""What the readings make of the coverage view: uses, candidates, load by post, evidence for motions."""

from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import date
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from casework import events as e
from city.configuration import CityConfiguration
from city.establishment import AdjustmentRules, CoverageRules, LoadWeights
from mandates.links import Links
from mandates.model import Section
from projections.accountability import ACCOUNTABILITY
from projections.coverage import COVERAGE
from projections.disputes import DISPUTES
from projections.queue import QUEUE
from projections.readings import candidates, clauses, load, motions
from projections.readings.looking import Period, looking, quarter, quarter_of
from terms.errors import BadInput, Unavailable
from terms.ids import UnitCode
from tests.mandates.town import clause, power, registered, town
from tests.projections.conftest import Desk, desk_at
from tests.projections.lives import UNITS, Life, told

VIEWS = (QUEUE, DISPUTES, ACCOUNTABILITY, COVERAGE)
CITY = CityConfiguration()
SETTINGS = settings(max_examples=8, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
LONG = Period(date(2023, 1, 1), date(2024, 12, 31))


@pytest.fixture
def desk(database_url: str) -> Iterator[Desk]:
    """A desk with the views these readings ask, once on each database."""
    with desk_at(database_url, VIEWS) as opened:
        yield opened


@pytest.fixture
def opened(fresh_sqlite: Callable[[], str]) -> Callable[[], Any]:
    """Opens one more desk with these views."""
    return lambda: desk_at(fresh_sqlite(), VIEWS)


@SETTINGS
@given(
    acts=st.lists(st.tuples(st.integers(0, 5), st.integers(0, 400)), min_size=1, max_size=60),
    batch=st.integers(1, 40),
)
def test_what_a_unit_carries_is_what_one_counts_by_hand(opened: Callable[[], Any], acts: Any, batch: int) -> None:
    with opened() as desk:
        lives = [Life(f"N{number}") for number in range(6)]
        desk.tell(told(life, life.received()) for life in lives)
        desk.tell(told(lives[who], lives[who].any(choice)) for who, choice in acts)
        desk.engine.catch_up(batch=batch)
        carried: Counter[tuple[str, str]] = Counter()
        leads: dict[str, str] = {}
        supports: dict[str, set[str]] = {}
        for event in desk.events():
            fact, number = event.payload, event.payload.get("order_no", "")
            to = (
                fact.get("to_unit") or fact.get("unit") if event.type in ("OrderReassigned", "UnitDesignated") else None
            )
            if event.type == "WorkOrderDispatched" or (to and to != fact["from_unit"]):
                carried[to or fact["lead"], "lead"] += 1
            if event.type in ("WorkOrderDispatched", "OrderReassigned", "UnitDesignated"):
                leads[number] = to or fact["lead"]
            helping = [fact["unit"]] if event.type == "SupportAdded" else fact.get("supports", [])
            if event.type in ("WorkOrderDispatched", "OrderReassigned", "UnitDesignated", "SupportAdded"):
                for unit in helping:
                    if unit not in supports.setdefault(number, set()) and unit != leads.get(number):
                        supports[number].add(unit)
                        carried[unit, "support"] += 1
        with looking(desk.store) as look:
            found = load.load(look, town(), Links(), LoadWeights())
            assert {(one.unit, "lead"): one.lead_orders for one in found if one.lead_orders} | {
                (one.unit, "support"): one.support_orders for one in found if one.support_orders
            } == dict(carried)
            for one in found:
                assert len(load.behind(look, one.unit)) <= one.orders
                assert one.weight == 120 * one.lead_orders + 48 * one.support_orders  # every life is a 投诉


def test_load_is_weighed_by_kind_and_role_and_set_against_posts(desk: Desk) -> None:
    first, second = Life("N1"), Life("N2")
    desk.tell([told(first, first.received(kind="咨询")), told(second, second.received(kind="举报"))])
    desk.tell([told(first, first.dispatched(UnitCode("A1"), supports=(UnitCode("A2"),)))])
    desk.tell([told(second, second.dispatched(UnitCode("A1"), supports=()))])
    inside = e.AssignedInside(order_no="N2", unit=UnitCode("A1"), office="供水科")
    desk.tell([told(second, inside)])
    desk.engine.catch_up()
    edition = town(
        clause("A1-SD-08", "供水科：负责供水", Section.OFFICE, None, posts=4),
        clause("A1-SD-09", "编制20名", Section.POSTS, None, posts=20),
    )
    with looking(desk.store) as look:
        found = {one.unit: one for one in load.load(look, edition, Links(), LoadWeights())}
    assert (found["A1"].weight, found["A1"].posts, found["A1"].per_hundred_posts) == (180, 20, 900)
    assert (found["A2"].weight, found["A2"].per_hundred_posts) == (12, None)
    (office,) = found["A1"].offices
    assert (office.office, office.posts, office.inside_orders, office.inside_weight) == ("供水科", 4, 1, 150)


def test_an_office_carries_what_falls_under_its_list_items(desk: Desk) -> None:
    life = Life("N1")
    cited = replace(life.citation(UnitCode("A1")), clause_id="A1-SD-01")
    desk.tell(
        [told(life, life.received()), told(life, life.dispatched(UnitCode("A1"), citations=(cited,), supports=()))]
    )
    desk.engine.catch_up()
    edition = town(replace(power("A1-CF-001", "擅自停止供水的处罚", "A1-SD-01"), office="供水科"))
    with looking(desk.store) as look:
        (unit,) = load.load(look, edition, Links(), LoadWeights())
    assert [(one.office, one.clause_orders, one.clause_weight) for one in unit.offices] == [("供水科", 1, 120)]


def test_an_office_does_not_carry_what_a_districts_bureau_has_under_its_clause(desk: Desk) -> None:
    life = Life("N1")
    cited = replace(life.citation(UnitCode("A1")), clause_id="A1-SD-01", unit=UnitCode("A2"))
    desk.tell(
        [told(life, life.received()), told(life, life.dispatched(UnitCode("A2"), citations=(cited,), supports=()))]
    )
    desk.engine.catch_up()
    edition = town(replace(power("A1-CF-001", "擅自停止供水的处罚", "A1-SD-01"), office="供水科"))
    with looking(desk.store) as look:
        found = load.load(look, edition, Links(), LoadWeights())
    assert [(one.unit, one.orders, [office.clause_orders for office in one.offices]) for one in found] == [
        ("A2", 1, [])
    ]


def test_a_clause_never_used_is_one_that_no_event_and_no_duty_point_leans_on(desk: Desk) -> None:
    life = Life("N1")
    cited = replace(life.citation(UnitCode("A1")), clause_id="A1-SD-01")
    desk.tell(
        [told(life, life.received()), told(life, life.dispatched(UnitCode("A1"), citations=(cited,), supports=()))]
    )
    desk.tell([told(life, life.returned(denied_clause="A1-SD-01", claimed_clause="A2-SD-01"))])
    desk.engine.catch_up()
    with looking(desk.store) as look:
        uses = clauses.clause_uses(look, town(), CoverageRules(least_uses=1))
        assert [one.item for one in clauses.never_used(uses, town())] == ["A2-SD-02", "A3-SD-01"]
        first = uses[0]
        assert (first.item, first.dispatched, first.denied, first.vague_outcome) == ("A1-SD-01", 1, 1, True)
        assert len(clauses.behind(look, "A1-SD-01", "denied")) == 1
        assert [one.item for one in clauses.clause_uses(look, town(), CoverageRules(), unit="A2") if one.disputed] == [
            "A2-SD-01"
        ]


TITLES = (
    "巷子里被装地锁",
    "公共车位私装地锁没人管",
    "小区门口装了地锁",
    "宠物狗死了怎么处理",
    "公园里埋宠物尸体",
    "路灯不亮",
)


def test_orders_no_clause_covers_are_gathered_by_the_rarer_words_they_share(desk: Desk) -> None:
    for number in range(60):
        life = Life(f"B{number}")
        desk.tell([told(life, life.received(masked={"title": f"小区门口第{number}号路灯不亮"}))])
    for number, title in enumerate(TITLES):
        life = Life(f"N{number}")
        desk.tell(
            [
                told(life, life.received(masked={"title": title})),
                told(life, life.dispatched(UNITS[0], supports=(), matter="")),
            ]
        )
        desk.tell([told(life, life.returned(no_clause=True, claimed_clause=None, proposed_unit=None, matter=""))])
    desk.engine.catch_up()
    with looking(desk.store) as look:
        found = candidates.candidate_matters(look, CoverageRules())
    assert [[one.order_no for one in matter.orders] for matter in found] == [["N0", "N1", "N2"], ["N3", "N4"], ["N5"]]
    assert found[0].words[0] == "地锁"
    assert found[1].words == ("宠物",)
    assert (found[0].returns, found[0].leads) == (3, (UNITS[0],))
    assert {one.why for matter in found for one in matter.orders} == {"no_clause"}


@given(
    titles=st.dictionaries(
        st.integers(0, 99).map("N{}".format), st.text("私装地锁宠物尸体路灯小区", max_size=9), max_size=12
    )
)
def test_gathering_parts_the_orders_and_does_not_depend_on_their_order(titles: dict[str, str]) -> None:
    found = candidates.gathered(titles, {}, list(titles.values()), 40)
    assert sorted(number for group in found for number in group) == sorted(titles)
    assert candidates.gathered(dict(reversed(titles.items())), {}, list(reversed(titles.values())), 40) == found


def test_evidence_for_a_motion_names_what_is_new_what_grew_and_the_posts_in_proportion(desk: Desk) -> None:
    posts = clause("A1-SD-09", "编制20名", Section.POSTS, None, posts=20)
    late = replace(clause("A1-SD-02", "负责二次供水。"), span=replace(posts.span, valid_from=date(2023, 4, 1)))
    beside = clause("A2-SD-09", "编制40名", Section.POSTS, None, posts=40)
    register = registered(posts, late, beside)
    for number in range(12):
        life = Life(f"N{number}")
        cited = replace(life.citation(UnitCode("A1")), clause_id="A1-SD-02")
        desk.tell(
            [told(life, life.received()), told(life, life.dispatched(UnitCode("A1"), citations=(cited,), supports=()))]
        )
        if number < 3:
            desk.tell(
                [told(life, e.ClockExpired(order_no=life.order_no, clock="handle", unit=UnitCode("A1"), due=life.at))]
            )
    other = Life("M1")
    desk.tell([told(other, other.received()), told(other, other.dispatched(UnitCode("A2"), supports=()))])
    desk.engine.catch_up()
    with looking(desk.store) as look:
        first, second = motions.motions(look, register, CITY, LONG)
        strict = CITY.model_copy(update={"adjustment": AdjustmentRules(interval_months=999)})
        assert not motions.motions(look, register, strict, LONG)[0].timely
    assert first.load.unit == "A1"
    assert [one.kind for one in first.triggers] == ["new_duties", "failure"]
    assert (first.triggers[0].items, first.triggers[1].number, first.triggers[1].before) == (("A1-SD-02",), 3, 12)
    assert first.timely and first.posts_since == date(2015, 1, 1)
    assert [(one.clause, one.orders, one.share, one.posts) for one in first.duties] == [("A1-SD-02", 12, 10_000, 2000)]
    assert (first.load.per_hundred_posts, second.load.per_hundred_posts) == (7200, 300)
    assert first.peers == 300
    assert [one.posts for one in first.triggers] == [2000, None]  # 适量: all of the load fell under the new duty


def test_a_duty_that_came_long_ago_is_no_reason_now(desk: Desk) -> None:
    posts = clause("A1-SD-09", "编制20名", Section.POSTS, None, posts=20)
    late = replace(clause("A1-SD-02", "负责二次供水。"), span=replace(posts.span, valid_from=date(2016, 4, 1)))
    life = Life("N1")
    desk.tell([told(life, life.received()), told(life, life.dispatched(UnitCode("A1"), supports=()))])
    desk.engine.catch_up()
    with looking(desk.store) as look:
        (found,) = motions.motions(look, registered(posts, late), CITY, LONG)
        patient = CITY.model_copy(update={"adjustment": AdjustmentRules(recent_months=999)})
        assert motions.motions(look, registered(posts, late), patient, LONG)[0].triggers[0].items == ("A1-SD-02",)
    assert found.triggers == () and not found.timely


def test_a_quarter_is_three_months_and_knows_the_one_before() -> None:
    assert quarter("2026-Q4") == Period(date(2026, 10, 1), date(2026, 12, 31))
    assert quarter("2026-Q1").until == "2026-04-01"
    assert {quarter_of(date(2026, month, 1)) for month in (1, 3)} == {"2026-Q1"}
    with pytest.raises(BadInput):
        quarter("2026-Q5")


def test_a_view_not_yet_built_says_so(fresh_sqlite: Callable[[], str]) -> None:
    with desk_at(fresh_sqlite(), (QUEUE,)) as bare, looking(bare.store) as look, pytest.raises(Unavailable):
        look.table(COVERAGE, "uses")
