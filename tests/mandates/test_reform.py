"""机构改革: everything is carried over on its day, nothing before it changes, and the successor is known."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest

from ledger.backends import open_ledger
from ledger.envelope import Outcome
from ledger.store import Ledger
from mandates.enact import enact
from mandates.lint import lint
from mandates.model import Level, Span, Unit
from mandates.reading import RegisterReader
from mandates.reform import Reform, appends, carry_out, plan
from mandates.register import Register
from mandates.succession import ReformKind
from terms.errors import BadInput
from terms.ids import ClauseId, InstrumentId, UnitCode
from tests.mandates.conftest import sample_register
from tests.mandates.town import DAY, TOWN, clause, registered, unit

BEFORE = DAY - timedelta(days=1)
NOW = datetime(2024, 2, 1, tzinfo=UTC)
A1, A2, A3, A4, A5 = map(UnitCode, ("A1", "A2", "A3", "A4", "A5"))


def reformed(register: Register, reform: Reform) -> Register:
    """The register with the reform folded in, as its events would be read back."""
    for append in appends(plan(register, reform), at=NOW, actor="bianban_director:d"):
        for event in append.events:
            register.apply(event.type, dict(event.payload), register.position + 1)
    return register


def merger(**other: object) -> Reform:
    new = unit("A4", "甲市园林和林业局")
    given = {"kind": ReformKind.MERGE, "sources": (A2, A3), "into": (A4,), "day": DAY, "establish": (new,)}
    return Reform(**(given | other))  # type: ignore[arg-type]  # a test names the fields it changes


def test_a_merger_carries_clauses_items_and_matters_to_the_new_unit_from_its_day() -> None:
    register = reformed(registered(), merger())
    after, before = register.as_of(DAY), register.as_of(BEFORE)
    assert {A2, A3} <= set(before.units)
    assert A4 not in before.units
    assert A4 in after.units
    assert not {A2, A3} & set(after.units)
    assert before.clauses[ClauseId("A2-SD-01")].unit == A2
    assert after.clauses[ClauseId("A2-SD-01")].unit == A4
    assert after.power_items[ClauseId("A3-XK-001")].unit == A4
    assert after.duty_points[ClauseId("DP-02")].supports == ()
    assert after.units[UnitCode("D1-02")].mirrors == (A4,)
    assert after.subdistrict_items[ClauseId("LZ-01")].lead == A4
    assert after.places[0].unit == A4
    item = after.boundary_items[ClauseId("BJ-01")]
    assert (item.lead, item.supports) == (A4, (A1,))
    assert dict(item.division)[A4] == "A2的一份；A3的一份"


def test_no_reference_dangles_after_a_reform() -> None:
    register = reformed(registered(), merger())
    for day in (BEFORE, DAY):
        assert [one.message for one in lint(register.as_of(day), day) if one.code == "dangling"] == []


def test_a_unit_may_take_another_in_and_go_on_under_its_own_code() -> None:
    register = reformed(registered(), merger(into=(A2,), establish=()))
    assert A3 not in register.as_of(DAY).units
    assert register.as_of(DAY).clauses[ClauseId("A3-SD-01")].unit == A2
    assert register.successor(A2, DAY) == A2


def test_one_unit_merges_into_another_when_each_stands_in_its_own_field() -> None:
    """`A3 并入 A2` as an officer fills it in comes out as if both were merged into A2."""
    both, one = (plan(registered(), merger(sources=s, into=(A2,), establish=())) for s in ((A2, A3), (A3,)))
    assert (one.end, one.enact, one.moved) == (both.end, both.enact, both.moved)


def test_a_merger_of_one_unit_alone_says_how_the_fields_are_to_be_filled() -> None:
    with pytest.raises(BadInput) as refused:
        plan(registered(), merger(sources=(A2,), into=(A2,), establish=()))
    assert "被改革单位填前者、承接单位填后者" in refused.value.message


def test_open_orders_follow_the_successor_from_the_day_on() -> None:
    register = reformed(registered(), merger())
    assert register.successor(A3, BEFORE) == A3
    assert register.successor(A3, DAY) == A4
    assert register.succession.predecessors(A4, DAY) == (A2, A3)


def test_the_past_of_a_merged_unit_is_its_successors_and_that_of_a_split_one_stays_its_own() -> None:
    """domain, section 7, 机构改革: scores carry over."""
    merged = reformed(registered(), merger()).succession
    assert merged.absorbed(A4, DAY) == (A2, A3) and merged.absorbed(A4, BEFORE) == ()
    new = (unit("A4", "甲市公园局"), unit("A5", "甲市古树局"))
    split = reformed(registered(), Reform(ReformKind.SPLIT, (A2,), (A4, A5), DAY, establish=new)).succession
    assert split.absorbed(A4, DAY) == () and split.heirs(A2, DAY) == ((A4, A5), DAY)
    assert split.heirs(A2, BEFORE) == ((A2,), None) and split.reformed(DAY) == (A2,)


def test_a_split_sends_what_is_assigned_and_says_what_was_not() -> None:
    new = (unit("A4", "甲市公园局"), unit("A5", "甲市古树局"))
    reform = Reform(
        ReformKind.SPLIT, (A2,), (A4, A5), DAY, establish=new, assign={"A2-SD-02": A5},
    )  # fmt: skip
    made = plan(registered(), reform)
    assert "A2-SD-01" in made.unassigned
    assert made.moved["DP-03"] == A5  # a duty point goes with the clause it stands on
    register = reformed(registered(), reform)
    assert register.as_of(DAY).clauses[ClauseId("A2-SD-02")].unit == A5
    assert register.as_of(DAY).clauses[ClauseId("A2-SD-01")].unit == A4
    assert register.successor(A2, DAY) == A4
    assert register.successor(A2, DAY, "DP-03") == A5
    assert register.as_of(DAY).units[UnitCode("D1-02")].mirrors == (A4, A5)


def test_a_rename_keeps_the_code_and_remembers_the_former_name() -> None:
    register = reformed(registered(), Reform(ReformKind.RENAME, (A1,), (A1,), DAY, new_name="甲市水利局"))
    renamed = register.as_of(DAY).units[A1]
    assert (renamed.name, renamed.former_names) == ("甲市水利局", ("甲市水务局",))
    assert register.as_of(BEFORE).units[A1].name == "甲市水务局"
    assert register.as_of(DAY).clauses == register.as_of(BEFORE).clauses


def test_a_duty_handed_over_takes_its_points_and_powers_along() -> None:
    reform = Reform(ReformKind.HAND_OVER, (A2,), (A3,), DAY, InstrumentId("I-BJ"), assign={"A2-SD-01": A3})
    register = reformed(registered(), reform)
    after = register.as_of(DAY)
    assert after.clauses[ClauseId("A2-SD-01")].unit == A3
    assert after.power_items[ClauseId("A2-CF-001")].unit == A3
    assert after.duty_points[ClauseId("DP-02")].unit == A3
    assert after.clauses[ClauseId("A2-SD-02")].unit == A2
    assert register.successor(A2, DAY) == A2
    assert register.successor(A2, DAY, "A2-SD-01") == A3


def test_a_text_that_comes_into_force_later_is_carried_over_too() -> None:
    later = date(2025, 1, 1)
    future = replace(clause("A3-SD-01", "负责林地保护。"), span=Span(later))
    register = reformed(registered(future), merger())
    assert register.as_of(later).clauses[ClauseId("A3-SD-01")].unit == A4
    assert register.as_of(later).text_of(ClauseId("A3-SD-01")) == "负责林地保护。"


def test_reforms_follow_one_another() -> None:
    register = reformed(registered(), merger())
    later = DAY + timedelta(days=400)
    again = Reform(ReformKind.MERGE, (A1, A4), (A5,), later, establish=(unit("A5", "甲市自然局"),))
    reformed(register, again)
    assert register.successor(A2, later) == A5
    assert register.successor(A2, later - timedelta(days=1)) == A4


@pytest.mark.parametrize(
    "wrong",
    [
        {"sources": (A2,)},
        {"sources": (A2, UnitCode("X9"))},
        {"establish": ()},
        {"establish": (unit("A1", "又一个"),), "into": (A1,)},
        {"assign": {"A2-SD-01": A1}},
        {"assign": {"A1-SD-01": A4}},
        {"kind": ReformKind.RENAME},
        {"kind": ReformKind.RENAME, "sources": (A2,), "into": (A2,), "establish": ()},
        {"kind": ReformKind.HAND_OVER, "sources": (A2,), "into": (A3,), "establish": ()},
        {"day": date(2015, 1, 1)},
    ],
)
def test_an_impossible_reform_is_refused_with_its_reason(wrong: dict[str, object]) -> None:
    with pytest.raises(BadInput, match=r"mandates\.reform"):
        plan(registered(), merger(**wrong))


def test_a_preview_tells_what_would_be_carried_and_writes_nothing() -> None:
    register = registered()
    shown = plan(register, merger()).preview()
    assert shown["established"] == [{"code": "A4", "name": "甲市园林和林业局"}]
    assert shown["ended"] == ["A2", "A3"]
    assert shown["carried"]["clauses"] == 3
    assert A2 in register.as_of(DAY).units


@pytest.fixture
def ledger(database_url: str) -> Iterator[Ledger]:
    opened = open_ledger(database_url)
    yield opened
    opened.close()


def test_a_reform_is_one_transaction_and_twice_is_once(ledger: Ledger) -> None:
    enact(ledger, TOWN, at=NOW, actor="administrator:a")
    made = plan(RegisterReader(ledger).register(), merger())
    first = carry_out(ledger, made, at=NOW, actor="bianban_director:d")
    head = ledger.head()
    again = carry_out(ledger, made, at=NOW, actor="bianban_director:d")
    assert {one.outcome for one in first} == {Outcome.NEW}
    assert {one.outcome for one in again} == {Outcome.DUPLICATE}
    assert ledger.head() == head
    assert RegisterReader(ledger).as_of(DAY).clauses[ClauseId("A2-SD-01")].unit == A4


def test_an_old_table_imported_again_does_not_undo_a_reform(ledger: Ledger) -> None:
    enact(ledger, TOWN, at=NOW, actor="administrator:a")
    carry_out(ledger, plan(RegisterReader(ledger).register(), merger()), at=NOW, actor="bianban_director:d")
    assert enact(ledger, TOWN, at=NOW, actor="administrator:a").enacted == 0
    assert A2 not in RegisterReader(ledger).as_of(DAY).units
    assert Level.CITY is RegisterReader(ledger).as_of(DAY).units[A4].level


@pytest.mark.parametrize(
    ("sources", "into", "new"),
    [
        (("C17", "C18"), "C17", ()),
        (("C10", "C16"), "C61", (unit("C61", "云泽市自然资源和林业局"),)),
        (("C04", "C05", "C24"), "C62", (unit("C62", "云泽市住房和城乡建设委员会"),)),
    ],
)
def test_units_of_the_sample_city_merge_without_losing_a_clause(
    sources: tuple[str, ...], into: str, new: tuple[Unit, ...]
) -> None:
    register = sample_register()
    day = date(2026, 10, 1)
    before = register.as_of(day)
    reformed(
        register,
        Reform(ReformKind.MERGE, tuple(map(UnitCode, sources)), (UnitCode(into),), day, establish=new),
    )
    after = register.as_of(day)
    for table in ("clauses", "power_items", "boundary_items", "duty_points", "subdistrict_items", "instruments"):
        assert getattr(after, table).keys() == getattr(before, table).keys()
    assert not (set(sources) - {into}) & set(after.units)
    assert [one.message for one in lint(after, day) if one.code in ("dangling", "foreign-clause")] == []
    gone = {UnitCode(code) for code in sources if code != into}
    assert {register.successor(code, day) for code in gone} == {into}
