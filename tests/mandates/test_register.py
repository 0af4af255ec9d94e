"""The register is a fold: the same however it is cut, different before and after a day, unmoved by repetition."""

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ledger.backends import open_ledger
from ledger.store import Ledger
from mandates.enact import enact
from mandates.events import ENDED, KINDS, Enactable, payload_of
from mandates.model import FOREVER, Clause, Level, Section, Span, Unit
from mandates.reading import RegisterReader, register_known_at
from mandates.register import Register, fold
from mandates.tables import Fault
from sample.load import sample_items
from terms.ids import ClauseId, InstrumentId, UnitCode

NOW = datetime(2026, 9, 1, 1, tzinfo=UTC)
START = date(2015, 1, 1)


def clause(text: str = "负责路灯养护。", start: date = START, end: date = FOREVER, key: str = "C04-SD-01") -> Clause:
    return Clause(
        ClauseId(key), UnitCode("C04"), InstrumentId("I-C04-SD"), "（一）", Section.DUTIES, text, span=Span(start, end)
    )


def event(item: Enactable) -> tuple[str, dict[str, object]]:
    return next(kind.event for kind in KINDS if isinstance(item, kind.item)), payload_of(item)


def folded(*facts: tuple[str, dict[str, object]]) -> Register:
    return fold((type_, payload, at) for at, (type_, payload) in enumerate(facts, 1))


DAYS = st.dates(date(2015, 1, 1), date(2030, 1, 1))
KEYS = st.sampled_from(["C04-SD-01", "C04-SD-02"])
FACTS = st.lists(
    st.one_of(
        st.builds(
            lambda text, start, length, key: event(clause(text, start, start + timedelta(days=length), key)),
            st.sampled_from(["甲", "乙", "丙"]), DAYS, st.integers(1, 3000), KEYS,
        ),
        st.builds(
            lambda day, key: (ENDED, {"table": "clauses", "id": key, "valid_to": day.isoformat(), "reason": ""}),
            DAYS, KEYS,
        ),
    ),
    max_size=12,
)  # fmt: skip


@given(FACTS, DAYS, st.data())
def test_a_register_read_in_pieces_is_the_register_read_at_once(
    facts: list[tuple[str, dict[str, object]]], day: date, data: st.DataObject
) -> None:
    whole = folded(*facts)
    pieces = Register()
    at = 0
    while at < len(facts):
        upto = data.draw(st.integers(at + 1, len(facts)))
        for number in range(at, upto):
            pieces.apply(*facts[number], number + 1)
        pieces.as_of(day)  # asking in between changes nothing
        at = upto
    assert pieces.as_of(day) == whole.as_of(day)
    assert pieces.change_days() == whole.change_days()


@given(FACTS, DAYS)
def test_an_edition_holds_what_its_days_cover_and_nothing_else(
    facts: list[tuple[str, dict[str, object]]], day: date
) -> None:
    register = folded(*facts)
    edition = register.as_of(day)
    for key in ("C04-SD-01", "C04-SD-02"):
        covering = [item for item in register.versions("clauses", key) if item.span.covers(day)]
        assert len(covering) <= 1
        assert edition.clauses.get(ClauseId(key)) == (covering[0] if covering else None)


@given(FACTS, DAYS)
def test_the_edition_is_the_same_object_between_two_changes(
    facts: list[tuple[str, dict[str, object]]], day: date
) -> None:
    register = folded(*facts)
    between = [change for change in register.change_days() if day < change <= day + timedelta(days=1)]
    if not between:
        assert register.as_of(day) is register.as_of(day + timedelta(days=1))


def test_a_clause_is_in_force_from_its_first_day_and_not_on_its_last() -> None:
    register = folded(event(clause(start=date(2019, 3, 1), end=date(2024, 3, 1))))
    assert not register.as_of(date(2019, 2, 28)).clauses
    assert register.as_of(date(2019, 3, 1)).clauses
    assert register.as_of(date(2024, 2, 29)).clauses
    assert not register.as_of(date(2024, 3, 1)).clauses


def test_a_later_text_succeeds_the_earlier_on_its_day() -> None:
    register = folded(event(clause("旧")), event(clause("新", date(2024, 3, 1))))
    assert register.as_of(date(2024, 2, 29)).text_of(ClauseId("C04-SD-01")) == "旧"
    assert register.as_of(date(2024, 3, 1)).text_of(ClauseId("C04-SD-01")) == "新"


def test_the_same_words_are_the_same_edition_however_they_came_to_be() -> None:
    straight = folded(event(clause("新")))
    corrected = folded(event(clause("旧")), event(clause("新")))
    assert straight.as_of(START).digest == corrected.as_of(START).digest


@pytest.fixture
def ledger(migrated_sqlite_url: str) -> Iterator[Ledger]:
    opened = open_ledger(migrated_sqlite_url)
    yield opened
    opened.close()


def test_importing_the_sample_city_twice_adds_nothing(ledger: Ledger) -> None:
    first = enact(ledger, sample_items(), at=NOW, actor="administrator:a")
    second = enact(ledger, sample_items(), at=NOW + timedelta(days=1), actor="administrator:b")
    assert first.enacted > 3_500
    assert not first.faults
    assert (second.enacted, second.unchanged) == (0, first.enacted)
    assert ledger.head() == first.enacted


def test_a_register_read_from_the_ledger_is_the_fold_of_its_items(ledger: Ledger, register: Register) -> None:
    enact(ledger, sample_items(), at=NOW, actor="administrator:a")
    read = RegisterReader(ledger)
    for day in (date(2016, 1, 1), date(2023, 6, 1), date(2026, 9, 1)):
        assert read.as_of(day).digest == register.as_of(day).digest


def test_a_correction_taken_back_is_recorded_and_not_taken_for_a_repetition(ledger: Ledger) -> None:
    for text, enacted in (("甲", 1), ("乙", 1), ("甲", 1), ("甲", 0), ("乙", 1)):
        assert enact(ledger, [clause(text)], at=NOW, actor="administrator:a").enacted == enacted
        assert RegisterReader(ledger).as_of(START).text_of(ClauseId("C04-SD-01")) == text


def test_what_was_known_at_a_position_can_be_asked_for(ledger: Ledger) -> None:
    enact(ledger, [clause("甲")], at=NOW, actor="administrator:a")
    known = ledger.head()
    enact(ledger, [clause("乙")], at=NOW, actor="administrator:a")
    assert register_known_at(ledger, known).as_of(START).text_of(ClauseId("C04-SD-01")) == "甲"


def test_faults_go_past_and_their_neighbours_go_in(ledger: Ledger) -> None:
    fault = Fault("x.csv", 3, "section", "mandates.bad-field", "…")
    unit = Unit(UnitCode("C99"), "测试局", Level.CITY)
    done = enact(ledger, [clause(), fault, unit], at=NOW, actor="administrator:a")
    assert (done.enacted, done.faults) == (2, (fault,))
