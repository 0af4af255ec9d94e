"""What waits, counted from headings, is what the view `awaiting` says: from the beginning, and taken up anywhere."""

from collections.abc import Callable, Iterator, Sequence

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import select

from automation.waiting_orders import JUDGED_BY, Due, WaitingOrders
from casework.events import DutyPointsWritten
from ledger.envelope import Append, NewEvent
from projections.awaiting import AWAITING
from projections.past import as_of
from terms.ids import Position, StreamId
from tests.casework.test_boundary_case import OFFICER, decision, reported
from tests.projections.conftest import Desk, desk_at
from tests.projections.lives import Life, told

# what asks for a proposal and what ends the asking come often, the rest of life now and then
ACTS = st.one_of(st.sampled_from((0, 1, 2, 14, 23, 24)), st.integers(0, 209))
HISTORIES = st.lists(st.tuples(st.integers(0, 3), ACTS, st.booleans()), min_size=1, max_size=40)


def by_the_view(desk: Desk) -> list[Due]:
    with desk.store.reading() as connection:
        build = desk.store.current(connection, AWAITING.name)
        assert build is not None
        table = desk.store.tables(AWAITING, build)["proposals"]
        columns = (table.c.order_no, table.c.due, table.c.asked_at)
        rows = connection.execute(
            select(*columns).where(table.c.due != "", as_of(table, None)).order_by(table.c.asked_at)
        )
        return [Due(*row) for row in rows]


def decided_on(orders: Sequence[str]) -> Append:
    dispute = reported()
    dispute.do(decision(), OFFICER)
    (written,) = (fact for fact, _ in dispute.facts if isinstance(fact, DutyPointsWritten))
    payload = written.to_payload() | {"orders": list(orders)}
    return Append(StreamId("case-BC-1"), None, (NewEvent(written.event_type(), payload, Life("any").at, "clerk:a"),))


@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(history=HISTORIES, taken_up=st.floats(0, 1))
def test_what_waits_is_what_the_view_says(
    fresh_sqlite: Callable[[], str], history: list[tuple[int, int, bool]], taken_up: float
) -> None:
    with desk_at(fresh_sqlite(), (AWAITING,)) as desk:
        lives = [Life(f"N{number}") for number in range(4)]
        following = WaitingOrders(desk.ledger, desk.engine)
        following.follow()
        for number, choice, decided in history:
            desk.tell([told(lives[number], lives[number].any(choice))])
            if decided and choice % 5 == 0:
                desk.tell([decided_on(["N0", f"N{number}", "unheard-of"])])
        desk.engine.catch_up(Position(int(desk.ledger.head() * taken_up)))
        anywhere = WaitingOrders(desk.ledger, desk.engine)
        anywhere.follow()
        following.follow()
        desk.engine.catch_up()
        expected = by_the_view(desk)
        assert list(following.due()) == list(anywhere.due()) == expected
        assert following.read_to == desk.ledger.head()


@pytest.fixture
def desk(fresh_sqlite: Callable[[], str]) -> Iterator[Desk]:
    with desk_at(fresh_sqlite(), (AWAITING,)) as opened:
        yield opened


def test_what_says_who_answers_for_a_matter_is_remembered_and_a_dispatch_by_rule_is_no_such_thing(desk: Desk) -> None:
    life = Life("N1")
    waiting = WaitingOrders(desk.ledger, desk.engine)
    desk.tell([told(life, life.received()), told(life, life.proposed()), told(life, life.dispatched())])
    waiting.follow()
    assert waiting.judged_by == 0 and "UnitDesignated" in JUDGED_BY
    desk.tell([decided_on(["N1"]), told(life, life.received())])
    heard: list[tuple[int, int]] = []
    waiting.follow(lambda after, upto: heard.append((after, upto)))
    assert waiting.judged_by == 4 and heard == [(3, 5)], "whoever goes along hears of every stretch once"
