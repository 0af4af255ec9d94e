"""Learned wordings: proposed once, decided by a person, and part of the edition from that day."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from ledger.backends import open_ledger
from ledger.store import Ledger
from mandates.enact import enact
from mandates.learned_wordings import WordingStanding
from mandates.reading import RegisterReader
from mandates.sheets import read_rows
from mandates.wording_record import decide_learned, import_wordings, record_candidates
from terms.errors import NotFound, Refused
from terms.ids import ClauseId, OrderNo, UnitCode
from tests.mandates.town import TOWN, point

NOW = datetime(2024, 3, 2, tzinfo=UTC)
DAY, BEFORE = date(2024, 4, 1), date(2024, 3, 31)
OFFICER = "bianban_officer:b@C39"
ITEM, UNIT = ClauseId("DP-9"), UnitCode("A1")
ORDERS = (OrderNo("N1"), OrderNo("N2"))
OLD = ("水管坏了",)


@dataclass(frozen=True)
class Found:
    wording: str
    item: ClauseId = ITEM
    unit: UnitCode = UNIT
    score: int = 80
    accepted: int = 9
    standing: int = 10
    orders: tuple[OrderNo, ...] = ORDERS


@pytest.fixture
def ledger(migrated_sqlite_url: str) -> Iterator[Ledger]:
    opened = open_ledger(migrated_sqlite_url)
    enact(opened, (*TOWN, point(ITEM, "停水报修", "A1", "A1-SD-01")), at=NOW, actor="administrator:a")
    yield opened
    opened.close()


def propose(ledger: Ledger, *words: str) -> int:
    states = RegisterReader(ledger).register().wordings
    return record_candidates(ledger, states, [Found(word) for word in words], at=NOW)


def decide(ledger: Ledger, word: str, *, accept: bool = True, reason: str = "") -> None:
    register = RegisterReader(ledger).register()
    decide_learned(ledger, register, ITEM, word, accept=accept, reason=reason, day=DAY, at=NOW, actor=OFFICER)


def wordings(ledger: Ledger, day: date) -> tuple[str, ...]:
    return RegisterReader(ledger).as_of(day).duty_points[ITEM].wordings


def test_a_candidate_is_recorded_once_with_its_evidence_and_changes_no_edition(ledger: Ledger) -> None:
    before = RegisterReader(ledger).as_of(DAY).digest
    assert (propose(ledger, "没水了"), propose(ledger, "没水了")) == (1, 0)
    (state,) = RegisterReader(ledger).register().wordings.of(WordingStanding.PROPOSED)
    assert (state.wording, state.accepted, state.standing_orders, state.orders) == ("没水了", 9, 10, ("N1", "N2"))
    assert RegisterReader(ledger).as_of(DAY).digest == before


def test_accepted_wordings_are_in_the_edition_from_their_day(ledger: Ledger) -> None:
    propose(ledger, "没水了", "龙头不出水")
    decide(ledger, "没水了")
    decide(ledger, "龙头不出水")
    assert wordings(ledger, BEFORE) == OLD
    assert wordings(ledger, DAY) == (*OLD, "没水了", "龙头不出水")
    with pytest.raises(Refused):
        decide(ledger, "没水了")


def test_a_rejected_wording_needs_a_reason_and_is_not_brought_back(ledger: Ledger) -> None:
    propose(ledger, "多次反映")
    with pytest.raises(Refused):
        decide(ledger, "多次反映", accept=False)
    decide(ledger, "多次反映", accept=False, reason="不是事项")
    assert propose(ledger, "多次反映") == 0
    assert wordings(ledger, DAY) == OLD
    with pytest.raises(NotFound):
        decide(ledger, "从未提出")


def test_imported_wordings_go_in_once_and_bad_rows_are_named(ledger: Ledger, tmp_path: Path) -> None:
    file = tmp_path / "wordings.csv"
    file.write_text(f"编号,日常说法\n{ITEM},没水了|龙头不出水\nDP-0,没电\n", "utf-8")

    def bring_in() -> tuple[int, int, list[int]]:
        register = RegisterReader(ledger).register()
        done = import_wordings(ledger, register, read_rows(file), day=DAY, at=NOW, actor=OFFICER)
        return done.added, done.unchanged, [fault.row for fault in done.faults]

    assert bring_in() == (2, 0, [3])
    assert bring_in() == (0, 2, [3])
    assert wordings(ledger, DAY) == (*OLD, "没水了", "龙头不出水")
