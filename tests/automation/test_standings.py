"""What is known of a matter follows what happens to its case, as the desk and the router ask it."""

from collections.abc import Iterator

import pytest

from automation.standings import Standings
from casework.standing import NOTHING_KNOWN, status_quo
from ledger.envelope import Append, NewEvent
from projections.matters import STANDINGS
from terms.ids import StreamId, UnitCode
from tests.casework.test_boundary_case import CHENGGUAN, OFFICER, Dispute, decision, reported
from tests.projections.conftest import Desk, desk_at

FALLBACK = UnitCode("E99")


@pytest.fixture
def desk(database_url: str) -> Iterator[Desk]:
    """A record and the one view, on each database."""
    with desk_at(database_url, (STANDINGS,)) as opened:
        yield opened


def tell(desk: Desk, dispute: Dispute, after: int = 0) -> None:
    """The facts of a case from one on, as the record holds them."""
    new = (
        NewEvent(fact.event_type(), fact.to_payload(), at, str(OFFICER), fact.SCHEMA)
        for fact, at in dispute.facts[after:]
    )
    desk.ledger.append(Append(StreamId("case-BC-1"), after, tuple(new)))
    desk.engine.catch_up()


def test_the_standing_of_a_matter_follows_its_case(desk: Desk) -> None:
    """domain, section 2: while a case is open the unit it named stays; its decision is what later orders go by."""
    standings = Standings(desk.engine)
    desk.engine.catch_up()
    assert standings.standing("DP-1") == NOTHING_KNOWN
    dispute = reported()
    tell(desk, dispute)
    under_case = standings.standing("DP-1")
    assert under_case.open_case == "BC-1" and under_case.decided is None
    named = standings.disputed()["DP-1"]
    another = UnitCode("C77")
    assert status_quo(under_case, another, FALLBACK) == (named, under_case.named_ground)
    assert under_case.named_ground in ("decided", "designated", "clause", "first_receiver", "fallback")

    told = len(dispute.facts)
    dispute.do(decision(), OFFICER)
    tell(desk, dispute, told)
    settled = standings.standing("DP-1")
    assert (settled.decided, settled.decision, settled.open_case) == (CHENGGUAN, "云编委〔2026〕1号", "")
    assert settled.named is None and standings.disputed() == {}
    assert status_quo(settled, another, FALLBACK) == (CHENGGUAN, "decided")
