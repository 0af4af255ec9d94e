"""Boundary cases as the 编办 track them: link by link, decided or not, and what a decision changed."""

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta

import pytest

from casework import events as e
from casework.events.disputing import PointDraft
from ledger.envelope import Append, NewEvent
from projections.cases import CASES_VIEW, changed_by
from projections.disputes import DISPUTES
from terms.ids import case_stream
from tests.projections.conftest import Desk, desk_at
from tests.projections.lives import UNITS, Life, told
from tests.projections.test_figures import table_of

OPENED = datetime(2023, 5, 4, 2, tzinfo=UTC)


def case_told(fact: e.CaseFact, days: int) -> Append:
    """A fact of a case, some days after it was opened."""
    event = NewEvent(fact.event_type(), fact.to_payload(), OPENED + timedelta(days=days), "bianban_officer:acc")
    return Append(case_stream(fact.case_no), None, (event,))


def quarrel() -> Iterator[Append]:
    """A case from opening to duty points."""
    yield case_told(
        e.BoundaryCaseOpened(
            case_no="B1", matter="餐饮油烟", matter_id="dp-1", opened_by="orders", proposer=UNITS[0], parties=UNITS[:2],
            orders=("N1", "N2"), question="谁管", convener=UNITS[0], convener_ground="proposer", jurisdiction="duty",
            handler="C39", status_quo=UNITS[0], status_quo_ground="first_receiver",
        ),
        0,
    )  # fmt: skip
    yield case_told(e.CaseOrderAttached(case_no="B1", order_no="N3"), 1)
    yield case_told(e.NegotiationHeld(case_no="B1", convener=UNITS[0], attended=UNITS[:2], summary="未一致"), 3)
    point = PointDraft(link="执法", unit=UNITS[1], text="负责餐饮油烟执法", base_clause="c-1")
    yield case_told(
        e.DutyPointsWritten(
            case_no="B1", source="minutes", doc_no="云协纪〔2023〕1号", matter="餐饮油烟", matter_id="dp-1",
            lead=UNITS[1], points=(point,), items=("dp-9",), instrument="i-9", effective_from=date(2023, 5, 20),
        ),
        10,
    )  # fmt: skip
    yield case_told(e.CaseClosed(case_no="B1", how="minutes"), 11)


@pytest.fixture
def desk(database_url: str) -> Iterator[Desk]:
    """A desk with the views of cases and disputes, once on each database."""
    with desk_at(database_url, (CASES_VIEW, DISPUTES)) as opened:
        yield opened


def test_a_case_is_tracked_link_by_link_until_it_is_closed(desk: Desk) -> None:
    desk.tell(quarrel())
    desk.engine.catch_up()
    rows = desk.rows(CASES_VIEW)
    names = [name for name, _ in CASES_VIEW.tables[0].columns]
    history = [dict(zip(names, line, strict=False)) for line in rows["cases"]]
    assert [row["step"] for row in history] == ["opened", "opened", "negotiated", "written", "closed"]
    assert [row["orders"] for row in history] == [2, 3, 3, 3, 3]
    assert (history[-1]["lead"], history[-1]["how"], history[-1]["opened_on"]) == (UNITS[1], "minutes", "2023-05-04")
    assert [line[1] for line in rows["steps"]] == ["opened", "negotiated", "written", "closed"]
    ((case_no, item, *rest),) = rows["links"]
    assert (case_no, item, rest[1], rest[2]) == ("B1", "dp-9", "执法", UNITS[1])
    assert desk.engine.verify("cases") == (True, 5)


def test_what_a_decision_changed_is_the_returns_before_and_after_its_day(desk: Desk) -> None:
    for number, day in enumerate((-29, -3, -1, 2, 40)):
        life = Life(f"N{number}", datetime(2023, 5, 20, 2, tzinfo=UTC) + timedelta(days=day))
        desk.tell(told(life, fact, 1) for fact in (life.received(), life.dispatched(UNITS[0], matter_id="dp-1")))
        desk.tell([told(life, life.returned(matter_id="dp-1"), 1)])
    desk.engine.catch_up()
    connection, table = table_of(desk, DISPUTES, "returned")
    with connection:
        change = changed_by(connection, table, {"matter_id": "dp-1", "effective_from": "2023-05-20"})
    assert (change.before, change.after) == (3, 1)


def test_a_matter_that_no_duty_point_stood_for_has_no_returns_to_compare(desk: Desk) -> None:
    life = Life("N1", datetime(2023, 5, 18, 2, tzinfo=UTC))
    desk.tell(told(life, fact, 1) for fact in (life.received(), life.dispatched(UNITS[0], matter_id="")))
    desk.tell([told(life, life.returned(matter_id=""), 1)])
    desk.engine.catch_up()
    connection, table = table_of(desk, DISPUTES, "returned")
    with connection:
        change = changed_by(connection, table, {"matter_id": "", "effective_from": "2023-05-20"})
    assert (change.before, change.after) == (0, 0)
