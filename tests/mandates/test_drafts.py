"""A change of the register on its way: it holds nothing until a third person puts it in force."""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from ledger.backends import open_ledger
from ledger.envelope import Append
from ledger.store import Ledger
from mandates.draft_steps import drafting, putting_in_force, reform_written, reviewing, withdrawing
from mandates.drafts import Draft, DraftStep
from mandates.enact import enact
from mandates.model import Clause, Instrument, InstrumentKind, Level, Section, Span, Unit
from mandates.reading import RegisterReader, register_known_at
from mandates.reform import Reform
from mandates.succession import ReformKind
from terms.actors import Actor, Role
from terms.errors import BadInput, Conflict, DingzeError, NotPermitted
from terms.ids import ClauseId, InstrumentId, UnitCode

AT = datetime(2026, 11, 16, 1, 0, tzinfo=UTC)
TODAY = date(2026, 11, 16)
LATER = date(2027, 1, 1)
ANNA = Actor("anna", Role.BIANBAN_OFFICER, UnitCode("C39"))
BERT = Actor("bert", Role.BIANBAN_OFFICER, UnitCode("C39"))
CARA = Actor("cara", Role.BIANBAN_DIRECTOR, UnitCode("C39"))
CLERK = Actor("dora", Role.CLERK, UnitCode("C03"))
UNITS = [Unit(UnitCode(code), name, Level.CITY) for code, name in (("C03", "城管局"), ("C04", "住建局"))]
PAPER = Instrument(InstrumentId("I-C03-SD"), InstrumentKind.SANDING, "三定", unit=UnitCode("C03"))
OLD = Clause(ClauseId("C03-3-01"), UnitCode("C03"), PAPER.id, "（一）", Section.DUTIES, "负责油烟管理。")
NEW = replace(OLD, text="负责餐饮油烟监督管理。", span=Span(LATER))


@pytest.fixture
def ledger(tmp_path: Path, migrated_sqlite: Path) -> Iterator[Ledger]:
    """A small register in force."""
    file = tmp_path / "x.db"
    file.write_bytes(migrated_sqlite.read_bytes())
    made = open_ledger(f"sqlite:///{file}", clock=lambda: AT)
    enact(made, [*UNITS, PAPER, OLD], at=AT, actor="test")
    yield made
    made.close()


def draft(**fields: object) -> Draft:
    usual: dict[str, object] = {"items": (NEW,)}
    return replace(Draft("CA-2026-001", "城管局修订", ("a.csv",), "base", 0, "", ""), **(usual | fields))  # type: ignore[arg-type]


def now(ledger: Ledger) -> Draft:
    return RegisterReader(ledger).register().drafts.drafts["CA-2026-001"]


def enacted(ledger: Ledger, by: Actor = CARA, valid_from: date | None = None) -> None:
    appends: Sequence[Append] = putting_in_force(
        now(ledger), RegisterReader(ledger).register(), by, AT, TODAY, valid_from
    )
    ledger.append(*appends)


def test_a_draft_changes_nothing_until_it_is_in_force(ledger: Ledger) -> None:
    reader = RegisterReader(ledger)
    digest, later = reader.as_of(TODAY).digest, reader.as_of(LATER).digest
    ledger.append(drafting(draft(), ANNA, AT))
    ledger.append(reviewing(now(ledger), BERT, AT, agreed=True))
    assert (reader.as_of(TODAY).digest, reader.as_of(LATER).digest) == (digest, later)
    known = ledger.head()
    enacted(ledger)
    assert reader.as_of(TODAY).clauses[OLD.id].text == OLD.text, "the day has not come"
    assert reader.as_of(LATER).clauses[OLD.id].text == NEW.text
    found = now(ledger)
    assert found.step is DraftStep.IN_FORCE and not found.items
    assert [Actor.parse(one).account for one in (found.by, found.reviewed_by, found.enacted_by)] == [
        "anna", "bert", "cara",
    ]  # fmt: skip
    assert register_known_at(ledger, known).as_of(LATER).digest == later, "as known then, it was not"


def test_one_day_may_be_set_for_all_of_it_but_none_that_is_past(ledger: Ledger) -> None:
    ledger.append(drafting(draft(ended=(("clauses", "C03-3-01", date(2020, 1, 1)),), items=()), ANNA, AT))
    ledger.append(reviewing(now(ledger), BERT, AT, agreed=True))
    with pytest.raises(BadInput, match="draft-past"):
        enacted(ledger, valid_from=date(2026, 11, 15))
    enacted(ledger, valid_from=LATER)
    reader = RegisterReader(ledger)
    assert OLD.id in reader.as_of(TODAY).clauses and OLD.id not in reader.as_of(LATER).clauses
    assert now(ledger).valid_from == LATER.isoformat()


def test_the_three_steps_are_of_three_people_and_the_last_of_the_director(ledger: Ledger) -> None:
    with pytest.raises(NotPermitted, match="for-bianban"):
        drafting(draft(), CLERK, AT)
    ledger.append(drafting(draft(), ANNA, AT))
    for who, code in ((ANNA, "draft-another"), (CLERK, "for-bianban")):
        with pytest.raises(NotPermitted, match=code):
            reviewing(now(ledger), who, AT, agreed=True)
    with pytest.raises(Conflict, match="draft-step"):
        enacted(ledger)
    ledger.append(reviewing(now(ledger), CARA, AT, agreed=True))
    for who, code in ((BERT, "draft-director"), (CARA, "draft-another")):
        with pytest.raises(NotPermitted, match=code):
            enacted(ledger, who)
    with pytest.raises(Conflict, match="draft-step"):
        reviewing(now(ledger), BERT, AT, agreed=True)


def test_one_sent_back_says_why_and_is_not_put_in_force(ledger: Ledger) -> None:
    ledger.append(drafting(draft(), ANNA, AT))
    with pytest.raises(BadInput, match="draft-note"):
        reviewing(now(ledger), BERT, AT, agreed=False)
    ledger.append(reviewing(now(ledger), BERT, AT, agreed=False, note="漏了第三条"))
    assert now(ledger).note == "漏了第三条"
    with pytest.raises(Conflict):
        enacted(ledger)
    with pytest.raises(NotPermitted):
        withdrawing(now(ledger), BERT, AT)
    ledger.append(withdrawing(now(ledger), ANNA, AT))
    assert now(ledger).step is DraftStep.WITHDRAWN
    with pytest.raises(Conflict):
        withdrawing(now(ledger), ANNA, AT)


def test_two_who_act_at_once_do_not_both_succeed(ledger: Ledger) -> None:
    ledger.append(drafting(draft(), ANNA, AT))
    seen = now(ledger)
    ledger.append(reviewing(seen, BERT, AT, agreed=True))
    with pytest.raises(DingzeError, match="version-moved"):
        ledger.append(reviewing(seen, CARA, AT, agreed=False, note="不"))


def test_a_large_draft_is_whole_and_what_is_in_force_already_is_not_written_again(ledger: Ledger) -> None:
    many = tuple(replace(NEW, id=ClauseId(f"C03-4-{number:03d}")) for number in range(450))
    ledger.append(drafting(draft(items=(*many, OLD)), ANNA, AT))
    assert len(now(ledger).items) == 451 and now(ledger).version == 4
    ledger.append(reviewing(now(ledger), BERT, AT, agreed=True))
    head = ledger.head()
    enacted(ledger)
    assert ledger.head() - head == 451, "450 clauses and the step"


def test_a_reform_goes_the_same_way(ledger: Ledger) -> None:
    reform = Reform(ReformKind.RENAME, (UnitCode("C03"),), (UnitCode("C03"),), LATER, new_name="城市管理局")
    ledger.append(drafting(draft(items=(), reform=reform_written(reform)), ANNA, AT))
    ledger.append(reviewing(now(ledger), BERT, AT, agreed=True))
    reader = RegisterReader(ledger)
    assert reader.as_of(LATER).units[UnitCode("C03")].name == "城管局"
    enacted(ledger)
    assert reader.as_of(LATER).units[UnitCode("C03")].name == "城市管理局"
    assert reader.as_of(TODAY).units[UnitCode("C03")].name == "城管局"
    assert reader.register().succession.reforms[0].kind is ReformKind.RENAME


def test_a_draft_without_a_title_or_without_anything_in_it_is_none(ledger: Ledger) -> None:
    with pytest.raises(BadInput, match="draft-title"):
        drafting(draft(title=" "), ANNA, AT)
    with pytest.raises(BadInput, match="draft-empty"):
        drafting(draft(items=()), ANNA, AT)


def test_drafts_are_numbered_by_the_year(ledger: Ledger) -> None:
    register = RegisterReader(ledger).register()
    assert register.drafts.next_key(TODAY) == "CA-2026-001"
    ledger.append(drafting(draft(), ANNA, AT))
    known = RegisterReader(ledger).register().drafts
    assert (known.next_key(TODAY), known.next_key(LATER)) == ("CA-2026-002", "CA-2027-001")
