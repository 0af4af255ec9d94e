"""The boundary-dispute view as it is asked: matrix, matters, chains, cases, links, and the digest of a period."""

import io
from collections import Counter
from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from openpyxl import load_workbook

from casework import events as e
from casework.finding.digest import digest_stream
from casework.papers.rendering import render, text_of
from casework.papers.sheet import digest_table
from casework.papers.templates import shipped
from console.bianban.boundary_reading import read_chains, read_matrix, read_pairs
from ledger.envelope import Append, NewEvent
from projections.accountability import ACCOUNTABILITY
from projections.cases import CASES_VIEW
from projections.digests import DIGESTS
from projections.disputes import DISPUTES
from projections.figures import events_behind
from projections.readings import boundaries, disputed
from projections.readings.digest import as_paper, items_to_open, period_digest, period_in_words
from projections.readings.looking import Period, looking
from terms.errors import NotFound
from terms.ids import UnitCode
from tests.mandates.town import divided, point, town
from tests.projections.conftest import Desk, desk_at
from tests.projections.lives import START, UNITS, Life, told
from tests.projections.test_cases import quarrel

VIEWS = (DISPUTES, CASES_VIEW, ACCOUNTABILITY, DIGESTS)
YEAR = Period(date(2023, 1, 1), date(2023, 12, 31))
SETTINGS = settings(max_examples=8, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])


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
@given(seeds=st.lists(st.integers(0, 400), min_size=1, max_size=12, unique=True), since=st.integers(0, 12))
def test_the_cells_of_the_matrix_add_up_to_the_returns_of_the_period(
    opened: Callable[[], Any], seeds: list[int], since: int
) -> None:
    with opened() as desk:
        for number, seed in enumerate(seeds):
            life = Life(f"N{seed}", START + timedelta(days=number))
            desk.tell(told(life, fact) for fact in life.quarrel())
        desk.engine.catch_up()
        period = Period(START.date() + timedelta(days=since), YEAR.end)
        asked = [
            one.payload
            for one in desk.events()
            if one.type == "ReturnRequested" and one.occurred_at >= START + timedelta(days=since, hours=-1)
        ]
        with looking(desk.store) as look:
            table, cut = look.table(DISPUTES, "returned"), look.cut(period)
            cells = read_matrix(look.connection, table, cut).cells
            pairs, number_of_pairs = read_pairs(look.connection, table, cut)
            assert {(unit, other): times for unit, row in cells.items() for other, times in row.items()} == dict(
                Counter((one["unit"], one["proposed_unit"]) for one in asked)
            )
            assert sum(one.returns for one in pairs) == len(asked) and len(pairs) == number_of_pairs
            for one in pairs:
                assert sum(times for _, _, times in one.matters) == one.returns
                for unit, other, times in ((one.first, one.second, one.there), (one.second, one.first, one.back)):
                    behind = cut.narrowed(what="returned", unit=unit, proposed=other)
                    assert len(events_behind(look.connection, table, behind)) == times


def returned(desk: Desk, number: str, matter_id: str, **fields: Any) -> Life:
    """An order of a matter that its first unit returned."""
    life = Life(number)
    fields = {
        "matter": "夜间施工",
        "reason": "overlap",
        "proposed_unit": UNITS[1],
        "claimed_clause": "A2-SD-01",
    } | fields
    desk.tell(
        [
            told(life, life.received()),
            told(life, life.dispatched(UNITS[0], supports=(), matter_id=matter_id, matter="")),
        ]
    )
    desk.tell([told(life, life.returned(matter_id=matter_id, denied_clause="A1-SD-01", **fields))])
    return life


def test_a_disputed_matter_shows_the_clauses_of_both_sides_and_its_open_case(desk: Desk) -> None:
    first = returned(desk, "N1", "dp-1")
    desk.tell([told(first, first.reassigned(UNITS[1], objection=1))])
    returned(desk, "N2", "dp-1")
    returned(desk, "N3", "dp-2", reason="territory", matter="别的")  # a wrong place is no dispute over the duty
    desk.tell(list(quarrel())[:2])
    desk.engine.catch_up()
    with looking(desk.store) as look:
        (found,) = disputed.disputed_matters(look, YEAR)
        assert (found.matter, found.orders, found.returned, found.upheld, found.open) == (
            "夜间施工",
            ("N1", "N2"),
            2,
            1,
            1,
        )
        assert [(one.clause, one.unit, one.side, one.times) for one in found.clauses] == [
            ("A1-SD-01", UNITS[0], "denied", 2), ("A2-SD-01", UNITS[1], "claimed", 2),
        ]  # fmt: skip
        assert (found.units, found.cases) == ((UNITS[0], UNITS[1]), ("B1",))
        (chain,) = read_chains(look.connection, look.table(DISPUTES, "chains"), None, {})
        assert (chain["order_no"], chain["hands"], chain["came_back"]) == ("N1", [UNITS[0], UNITS[1]], 0)
        (case,) = boundaries.open_cases(look, date(2023, 5, 14))
        assert (case.case_no, case.step, case.age, case.at_step, case.overdue) == ("B1", "opened", 10, 10, False)


def test_a_case_whose_clock_ran_out_stays_at_its_step_and_is_marked(desk: Desk) -> None:
    told_of = list(quarrel())[:3]
    stream = told_of[0].stream
    expired = e.CaseClockExpired(case_no="B1", clock="negotiation", due=datetime(2023, 5, 9, tzinfo=UTC))
    late = NewEvent("CaseClockExpired", expired.to_payload(), datetime(2023, 5, 9, tzinfo=UTC), "system:timers")
    desk.tell([*told_of, Append(stream, None, (late,))])
    desk.engine.catch_up()
    with looking(desk.store) as look:
        (case,) = boundaries.open_cases(look, date(2023, 5, 14))
    assert (case.step, case.at_step, case.overdue) == ("negotiated", 7, True)


def test_what_a_decision_changed_says_how_many_days_have_passed_since(desk: Desk) -> None:
    desk.tell(quarrel())
    returned(desk, "N1", "dp-1")
    desk.engine.catch_up()
    with looking(desk.store) as look:
        (one,) = boundaries.decided(look, date(2023, 5, 30))
        assert (one.case_no, one.lead, one.before, one.after, one.days_after, one.settled) == (
            "B1",
            UNITS[1],
            0,
            0,
            10,
            False,
        )
        assert boundaries.decided(look, date(2024, 5, 30))[0].days_after == boundaries.WINDOW


def test_boundary_items_are_tracked_link_by_link_decided_or_not(desk: Desk) -> None:
    """domain, section 3: every boundary item is tracked link by link (逐项跟踪), decided or not."""
    desk.tell(list(quarrel())[:3])
    returned(desk, "N1", "dp-1", matter="树木倒伏")
    desk.engine.catch_up()
    edition = town(
        point("DP-07", "树木倒伏", "A2", "A2-SD-01"),
        point("DP-08", "树木倒伏", "A3", "A3-SD-01"),
        divided("BJ-02", "停水", "A1"),
    )
    with looking(desk.store) as look:
        found = {one.matter: one for one in boundaries.tracked(look, edition)}
        nobody = boundaries.unsettled(look, edition)
    tree = found["树木倒伏"]
    assert (tree.item, tree.returned, tree.decided, tree.links[0].units) == ("BJ-01", 1, False, ("A2", "A3"))
    assert found["停水"].decided
    case = found["餐饮油烟"]
    assert (case.item, case.cases, case.decided) == ("", (("B1", "negotiated"),), False)
    assert ("two-leads", "DP-08") in {(one.why, one.matter_id) for one in nobody}


def test_a_matter_nobody_has_a_clause_for_is_listed_with_who_said_so(desk: Desk) -> None:
    returned(desk, "N1", "dp-1", no_clause=True, claimed_clause=None, proposed_unit=None)
    moved = returned(desk, "N2", "dp-2")
    desk.tell([told(moved, moved.reassigned(UNITS[1], objection=1))])
    desk.engine.catch_up()
    with looking(desk.store) as look:
        found = [one for one in boundaries.unsettled(look, town()) if one.why in ("no_clause", "hands")]
    assert [(one.why, one.matter_id, one.units) for one in found] == [
        ("no_clause", "dp-1", (UNITS[0],)), ("hands", "dp-2", UNITS[:2]),
    ]  # fmt: skip


def of_digest(fact: e.DigestFact, day: int) -> Append:
    """A fact of a digest on a day of May 2023."""
    at = datetime(2023, 5, day, 2, tzinfo=UTC)
    return Append(digest_stream(fact.digest_no), None, (NewEvent(fact.event_type(), fact.to_payload(), at, "x:acc"),))


def test_the_digest_names_for_every_item_both_sides_opinion_disposition_owner_and_date(desk: Desk) -> None:
    returned(desk, "N1", "dp-1")
    returned(desk, "N2", "dp-2", matter="占道停车")
    desk.engine.catch_up()
    spring = Period(date(2023, 4, 1), date(2023, 4, 30))
    with looking(desk.store) as look:
        draft = period_digest(look, spring)
        items = items_to_open(look, spring)
    assert [(one.matter, one.state) for one in draft.items] == [("占道停车", "待研判"), ("夜间施工", "待研判")]
    assert [one.item for one in items] == ["dp-2", "dp-1"]
    desk.tell(
        [of_digest(e.DigestOpened(digest_no="S1", period_from=spring.begin, period_to=spring.end, items=items[1:]), 4)]
    )
    judged = e.DigestItemJudged(
        digest_no="S1", item="dp-1", opinion="条目交叉", disposition="会商", owner=UnitCode("A1"), due=date(2023, 6, 1)
    )
    desk.tell([of_digest(judged, 5), of_digest(e.DigestPublished(digest_no="S1", number="甲梳〔2023〕1号"), 6)])
    desk.engine.catch_up()
    with looking(desk.store) as look:
        found = period_digest(look, spring)
        assert period_digest(look, YEAR) == found, "a recorded digest is of its own period"
        with pytest.raises(NotFound):
            period_digest(look, spring, "S9")
    assert (found.digest_no, found.number, found.dispatched, found.returned) == ("S1", "甲梳〔2023〕1号", 2, 2)
    made = as_paper(found, town(), "甲市委编办", date(2023, 5, 6))
    rows = list(load_workbook(io.BytesIO(digest_table(made))).worksheets[0].iter_rows(values_only=True))
    first = dict(zip(rows[0], rows[1], strict=True))
    assert (first["争议事项"], first["研判意见"], first["处置方式"]) == ("夜间施工", "条目交叉", "会商")
    assert (first["责任单位"], first["完成时限"], first["状态"]) == ("甲市水务局", "2023年6月1日", "办理中")
    assert "负责城市供水水质监督管理" in str(first["各方依据"]) and "负责城市公园和绿地" in str(first["各方依据"])
    assert len(rows) == 2 and found.beside == 1, "a recorded digest lists what it was opened with, and counts the rest"
    words = text_of(render(made, shipped()))
    assert "甲梳〔2023〕1号" in words and "2023年4月退单争议定期梳理情况" in words
    assert "研判意见：条目交叉。处置方式：会商。责任单位：甲市水务局。完成时限：2023年6月1日。目前办理中。" in words
    assert "尚待研判" not in words and "占道停车" not in words
    draft_words = text_of(render(as_paper(draft, town(), "甲市委编办", date(2023, 5, 3)), shipped()))
    assert "2项尚待研判" in draft_words and "文号" not in draft_words
    assert made.addressees == ("甲市水务局",)
    assert as_paper(found, town(), "甲市水务局", date(2023, 5, 6)).addressees == ("各有关单位",), (
        "nobody writes to himself"
    )
    assert "负责城市供水水质监督管理" in words


def test_a_title_names_a_period_as_people_do() -> None:
    assert [
        period_in_words(Period(*days))
        for days in (
            (date(2026, 11, 1), date(2026, 11, 30)),
            (date(2026, 10, 1), date(2026, 12, 31)),
            (date(2026, 11, 1), date(2026, 11, 26)),
            (date(2026, 11, 16), date(2027, 1, 15)),
        )
    ] == ["2026年11月", "2026年第4季度", "2026年11月1日至11月26日", "2026年11月16日至2027年1月15日"]


def test_what_a_digest_left_open_comes_again_in_the_next_until_it_is_closed(desk: Desk) -> None:
    two = tuple(e.DigestItem(item=f"dp-{n}", matter=f"事项{n}", returns=n) for n in (1, 2))
    april, may = Period(date(2023, 4, 1), date(2023, 4, 30)), Period(date(2023, 5, 1), date(2023, 5, 31))
    desk.tell([of_digest(e.DigestOpened(digest_no="S1", period_from=april.begin, period_to=april.end, items=two), 2)])
    for item in ("dp-1", "dp-2"):
        judged = e.DigestItemJudged(
            digest_no="S1", item=item, opinion="意见", disposition="解释", owner=UNITS[0], due=may.end
        )
        desk.tell([of_digest(judged, 3)])
    desk.tell([of_digest(e.DigestItemClosed(digest_no="S1", item="dp-1", result="已解释"), 4)])
    desk.engine.catch_up()
    with looking(desk.store) as look:
        draft = period_digest(look, may)
        assert [(one.item, one.times) for one in draft.items] == [("dp-2", 2)]
        assert draft.closed_before == 1
        assert [one.state for one in period_digest(look, april).items] == ["已办结", "办理中"]
    assert desk.engine.verify("digests") == (True, 4)
