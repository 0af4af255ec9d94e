"""Proposals and decisions on the record."""

from collections.abc import Iterator
from datetime import UTC, datetime

import pytest

from ledger.backends import open_ledger
from ledger.store import Ledger
from mandates.enact import enact
from mandates.linking import decide_link, record_proposals
from mandates.links import LinkKind, Standing
from mandates.reading import RegisterReader
from terms.errors import NotFound, Refused
from tests.mandates.town import DAY, TOWN, power

NOW = datetime(2024, 3, 2, tzinfo=UTC)
OFFICER = "bianban_officer:b@C39"


@pytest.fixture
def ledger(migrated_sqlite_url: str) -> Iterator[Ledger]:
    opened = open_ledger(migrated_sqlite_url)
    enact(opened, (*TOWN, power("A1-CF-009", "擅自停止供水未通知用户的处罚", None)), at=NOW, actor="administrator:a")
    yield opened
    opened.close()


def propose(ledger: Ledger) -> int:
    reader = RegisterReader(ledger)
    return record_proposals(ledger, reader.as_of(DAY), reader.register().links, at=NOW)


def test_proposing_twice_records_once(ledger: Ledger) -> None:
    assert propose(ledger) == 1
    assert propose(ledger) == 0


def test_a_confirmed_link_is_in_the_register_with_who_said_so(ledger: Ledger) -> None:
    propose(ledger)
    said = decide_link(ledger, LinkKind.ITEM, "A1-SD-01", "A1-CF-009", confirm=True, at=NOW, actor=OFFICER)
    found = RegisterReader(ledger).register().links.state(LinkKind.ITEM, "A1-SD-01", "A1-CF-009")
    assert found is not None
    assert (found.standing, found.score > 0, said.actor) == (Standing.CONFIRMED, True, OFFICER)
    with pytest.raises(Refused):
        decide_link(ledger, LinkKind.ITEM, "A1-SD-01", "A1-CF-009", confirm=True, at=NOW, actor=OFFICER)


def test_a_link_changes_no_edition(ledger: Ledger) -> None:
    before = RegisterReader(ledger).as_of(DAY).digest
    propose(ledger)
    assert RegisterReader(ledger).as_of(DAY).digest == before


def test_what_was_never_proposed_cannot_be_decided(ledger: Ledger) -> None:
    with pytest.raises(NotFound):
        decide_link(ledger, LinkKind.ITEM, "A1-SD-01", "A1-CF-001", confirm=True, at=NOW, actor=OFFICER)
