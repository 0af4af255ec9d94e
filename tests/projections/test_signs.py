"""Signs of faults: one story a fault, who is innocent, and that folding live is folding anew."""

from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from casework import events as e
from city.configuration import FindingRules
from ledger.envelope import Append, NewEvent
from mandates.enact import enactment
from mandates.events import ENDED, stream_of
from mandates.links import Links
from mandates.model import DutyPoint, Level, Link, PowerItem
from projections.signs import FAULTS
from projections.signs.suspecting import Sign, quarter_of, signs_of_register, suspected
from routing.proposal import Abstention, Citation, Proposal
from terms.ids import ClauseId, EventId, InstrumentId, UnitCode, case_stream
from tests.mandates.town import DAY, clause, point, registered, unit
from tests.projections.conftest import Desk, desk_at
from tests.projections.lives import Life, told
from tests.projections.naive import content, fold

ROOT = Path(__file__).parents[2]
PARKS, WOODS, WATER, BUREAU = UnitCode("A2"), UnitCode("A3"), UnitCode("A1"), UnitCode("D1-02")
GREEN, FOREST = ClauseId("A2-SD-01"), ClauseId("A3-SD-01")
LONG_AGO = datetime(2015, 1, 1, tzinfo=UTC)


@pytest.fixture
def desk(database_url: str) -> Iterator[Desk]:
    """An empty record with the view of faults, once on each database."""
    with desk_at(database_url, (FAULTS,)) as opened:
        yield opened


class Story(Life):
    """A life in the town: every unit has a first clause."""

    def citation(self, unit: UnitCode) -> Citation:
        return cited(unit, ClauseId(f"{unit}-SD-01"))


def cited(lead: UnitCode, clause_id: ClauseId) -> Citation:
    return Citation(lead, clause_id, InstrumentId(f"I-{lead}-SD"), "负责绿地养护管理。", None, None, "绿地")


def proposed(
    order_no: str, lead: UnitCode | None, *citations: Citation, matter_id: str = "DP-02"
) -> e.AssignmentProposed:
    return e.AssignmentProposed(
        order_no=order_no,
        proposal=Proposal(
            lead, (), 60, False, Abstention("route.not-sure", "把握不足"), citations, (), (), "r", "m", "c",
            matter="公园草坪", matter_id=ClauseId(matter_id),
        ),
    )  # fmt: skip


def given_to(life: Life, lead: UnitCode, *citations: Citation, **more: Any) -> e.WorkOrderDispatched:
    about = {"matter": "公园草坪", "matter_id": "DP-02", "supports": (), "by": "hand", "citations": citations}
    return life.dispatched(lead, **about | more)


def finished(life: Life, lead: UnitCode) -> e.ResultSubmitted:
    return e.ResultSubmitted(order_no=life.order_no, unit=lead, part="lead", reply="已办理")


def returned(life: Life, lead: UnitCode, denied: str | None, other: UnitCode = WOODS) -> e.ReturnRequested:
    life.lead = lead
    return life.returned(
        unit=lead, reason="not_ours", denied_clause=denied, claimed_clause=FOREST, proposed_unit=other,
        matter="公园草坪", matter_id="DP-02",
    )  # fmt: skip


def refused(life: Life, lead: UnitCode) -> e.ReturnRefused:
    return e.ReturnRefused(order_no=life.order_no, objection=life.objections, unit=lead, reason="条目明确")


def live(desk: Desk, life: Life, *facts: e.Fact) -> list[str]:
    """Tell the facts of one order; the ids of their events."""
    before = desk.ledger.head()
    desk.tell(told(life, fact) for fact in facts)  # type: ignore[arg-type]  # facts of the order's own stream
    return [event.event_id for event in desk.ledger.read(before, 100)]


def signs(desk: Desk) -> dict[str, dict[str, Any]]:
    """The signs that hold now, by rule and order."""
    desk.engine.catch_up()
    found = {}
    for (subject, _), row in _held(desk):
        found[f"{row['rule']} {subject}"] = row
    return found


def _held(desk: Desk) -> list[tuple[tuple[str, str], dict[str, Any]]]:
    names = [name for table in FAULTS.tables if table.name == "signs" for name, _ in table.columns][2:]
    return [
        ((line[0], line[1]), dict(zip(names, line[2:-2], strict=True)))
        for line in desk.rows(FAULTS)["signs"]
        if line[-1] == 2**63 - 1
    ]


# --- one story a fault ------------------------------------------------------------------------------------------


def test_acting_without_a_clause_is_overreach(desk: Desk) -> None:
    """domain, section 8: 越位.

    A dispatcher sends by hand what nobody's clause covers; the unit takes it and handles it to the end.
    """
    life = Story("N1")
    ids = live(desk, life, life.received(), proposed("N1", None), given_to(life, WATER), finished(life, WATER))
    found = signs(desk)["acts-without-clause N1"]
    assert (found["fault"], found["unit"], found["matter_id"], found["day"]) == ("越位", "A1", "DP-02", "2023-04-03")
    assert found["evidence"] == f"{ids[2]}|{ids[3]}", "what gave it the order, and its result"


def test_acting_on_anothers_clause_is_misplacement(desk: Desk) -> None:
    """domain, section 8: 错位.

    Routing named the parks by their clause; a hand sent it to the water bureau, which handled it all the same.
    """
    life = Story("N1")
    ids = live(
        desk,
        life,
        life.received(),
        proposed("N1", PARKS, cited(PARKS, GREEN)),
        given_to(life, WATER),
        finished(life, WATER),
    )
    found = signs(desk)["acts-on-anothers-clause N1"]
    assert (found["fault"], found["unit"], found["other_units"], found["clauses"]) == ("错位", "A1", "A2", GREEN)
    assert found["evidence"] == f"{ids[2]}|{ids[3]}"


def test_refusing_ones_own_clause_is_absence(desk: Desk) -> None:
    """domain, section 8: 缺位.

    Given the order by its clause, the unit denies that very clause, and the review says it reaches this.
    """
    life = Story("N1")
    ids = live(
        desk,
        life,
        life.received(),
        given_to(life, PARKS, cited(PARKS, GREEN)),
        returned(life, PARKS, GREEN),
        refused(life, PARKS),
    )
    found = signs(desk)["refuses-own-clause N1"]
    assert (found["fault"], found["unit"], found["clauses"]) == ("缺位", "A2", GREEN)
    assert found["evidence"] == "|".join(ids[1:])


def test_letting_ones_own_clause_lie_past_the_limit_is_absence_too(desk: Desk) -> None:
    """domain, section 8: 缺位 refuses or neglects its own clause."""
    life = Story("N1")
    over = e.ClockExpired(order_no="N1", clock="handle", unit=PARKS, due=life.at)
    ids = live(desk, life, life.received(), given_to(life, PARKS, cited(PARKS, GREEN)), over)
    found = signs(desk)["neglects-own-clause N1"]
    assert (found["fault"], found["clauses"], found["evidence"]) == ("缺位", GREEN, f"{ids[1]}|{ids[2]}")


def test_returning_one_matter_again_and_again_without_ground_is_buck_passing(desk: Desk) -> None:
    """domain, section 8 (聊城, 楚雄): 推诿.

    Three orders of one matter in a quarter, each returned and each refused: together they are 推诿, two are not.
    """
    for number in range(3):
        life = Story(f"N{number}")
        given_facts = (life.received(), given_to(life, PARKS), returned(life, PARKS, ClauseId("A2-SD-02")))
        live(desk, life, *given_facts, refused(life, PARKS))
        faults = {one.fault: one for one in suspected(_signs(desk))}
        assert ("推诿" in faults) == (number == 2)
    assert (faults["推诿"].unit, faults["推诿"].matter_id, faults["推诿"].quarter) == (PARKS, "DP-02", "2023Q2")
    assert len(faults["推诿"].signs) == 3 and len(faults["推诿"].evidence) == 9
    assert "缺位" not in faults, "a clause it was not given the order by may well not reach this"


def test_taking_the_fines_and_refusing_the_supervision_is_power_without_duty(desk: Desk) -> None:
    """domain, section 8: 重权轻责.

    The parks fine who damages green (a power on their clause) and return the order to look after it.
    """
    power = PowerItem(ClauseId("A2-CF-1"), PARKS, "处罚", "毁坏绿地的处罚", InstrumentId("I-A2-QZ"), clause=GREEN)
    check = PowerItem(ClauseId("A2-JC-1"), PARKS, "检查", "绿地检查", InstrumentId("I-A2-QZ"), clause=GREEN)
    watch = DutyPoint(ClauseId("DP-02"), "公园草坪", Link.SUPERVISE, PARKS, GREEN)
    desk.tell(enactment(item, at=LONG_AGO, actor="system:test") for item in (power, check, watch))
    life = Story("N1")
    facts = (life.received(), given_to(life, PARKS, cited(PARKS, GREEN)), returned(life, PARKS, GREEN))
    live(desk, life, *facts, refused(life, PARKS))
    found = signs(desk)["power-taken-duty-refused N1"]
    assert (found["fault"], found["clauses"]) == ("重权轻责", f"{GREEN}|A2-CF-1"), "a check is no power to take"
    listed = desk.ledger.stream(stream_of("power_items", "A2-CF-1"))[0].event_id
    assert found["evidence"].startswith(listed)


def test_a_power_that_had_ended_or_a_permit_that_was_returned_itself_is_none(desk: Desk) -> None:
    power = PowerItem(ClauseId("A2-CF-1"), PARKS, "处罚", "毁坏绿地的处罚", InstrumentId("I-A2-QZ"), clause=GREEN)
    ended = {"table": "power_items", "id": "A2-CF-1", "valid_to": "2020-01-01", "reason": "取消"}
    fact = NewEvent(ENDED, ended, LONG_AGO, "system:test")
    desk.tell([enactment(power, at=LONG_AGO, actor="x"), Append(stream_of("power_items", "A2-CF-1"), None, (fact,))])
    permit = DutyPoint(ClauseId("DP-09"), "树木砍伐", Link.PERMIT, PARKS, GREEN)
    again = PowerItem(ClauseId("A2-XK-1"), PARKS, "行政许可", "砍伐许可", InstrumentId("I-A2-QZ"), clause=GREEN)
    life = Story("N1")
    facts = (life.received(), given_to(life, PARKS, cited(PARKS, GREEN)), returned(life, PARKS, GREEN))
    live(desk, life, *facts, refused(life, PARKS))
    desk.tell(enactment(item, at=LONG_AGO, actor="x") for item in (permit, again))
    other = Story("N2")
    facts = (
        other.received(),
        given_to(other, PARKS, cited(PARKS, GREEN), matter_id="DP-09"),
        returned(other, PARKS, GREEN),
    )
    live(desk, other, *facts, refused(other, PARKS))
    assert {row["fault"] for row in signs(desk).values()} == {"推诿", "缺位"}


@pytest.mark.parametrize(
    ("received", "clock", "rule"),
    [(False, "hand_over", "hand-over-not-received"), (True, "hand_over_result", "hand-over-without-result")],
)
def test_a_hand_over_that_stalls_is_a_broken_joint(desk: Desk, received: bool, clock: str, rule: str) -> None:
    """domain, section 8: 衔接不畅.

    The parks hand the case over; the receiver does not sign for it, or, having signed, does not say what came.
    """
    life = Story("N1")
    sent = e.HandOverSent(order_no="N1", hand_over=1, sender=PARKS, receiver=WOODS, clause=FOREST)
    taken = [e.HandOverReceived(order_no="N1", hand_over=1, receiver=WOODS)] if received else []
    over = e.ClockExpired(order_no="N1", clock=clock, unit=WOODS, due=life.at)
    ids = live(desk, life, life.received(), given_to(life, PARKS, cited(PARKS, GREEN)), sent, *taken, over)
    found = signs(desk)[f"{rule} N1"]
    assert (found["fault"], found["unit"], found["other_units"], found["clauses"]) == ("衔接不畅", "A3", "A2", FOREST)
    assert found["evidence"] == "|".join(ids[2:])


def test_a_hand_over_refused_with_a_reason_is_no_stall(desk: Desk) -> None:
    life = Story("N1")
    sent = e.HandOverSent(order_no="N1", hand_over=1, sender=PARKS, receiver=WOODS, clause=FOREST)
    no = e.HandOverRefused(order_no="N1", hand_over=1, receiver=WOODS, reason="材料不全")
    over = e.ClockExpired(order_no="N1", clock="hand_over", unit=WOODS, due=life.at)
    live(desk, life, life.received(), given_to(life, PARKS, cited(PARKS, GREEN)), sent, no, over)
    assert signs(desk) == {}


def opened_case(orders: tuple[str, ...] = ("N1",)) -> e.BoundaryCaseOpened:
    return e.BoundaryCaseOpened(
        case_no="C-1", matter="公园草坪", matter_id="DP-02", opened_by="orders", proposer=PARKS, parties=(PARKS, WOODS),
        orders=orders, question="草坪归谁",
        clauses=(e.CitedBy(unit=WOODS, clause=FOREST), e.CitedBy(unit=PARKS, clause=GREEN)),
        convener=PARKS, convener_ground="proposer", jurisdiction="duty", handler=UnitCode("C39"), status_quo=PARKS,
        status_quo_ground="clause",
    )  # fmt: skip


def in_case(fact: e.Fact) -> Append:
    return Append(case_stream("C-1"), None, (NewEvent(fact.event_type(), fact.to_payload(), LONG_AGO, "bianban:b1"),))


def test_two_who_stand_on_clauses_of_their_own_overlap_until_it_is_settled(desk: Desk) -> None:
    """domain, section 8: 职责交叉.

    A quarrel becomes a case with a clause on either side; when the case is closed the clauses no longer cross.
    """
    life = Story("N1")
    ids = live(desk, life, life.received(), given_to(life, PARKS, cited(PARKS, GREEN)), returned(life, PARKS, GREEN))
    desk.tell([in_case(opened_case())])
    found = signs(desk)["both-stand-on-a-clause C-1"]
    assert (found["fault"], found["unit"], found["other_units"]) == ("职责交叉", "A2", "A3")
    assert found["clauses"] == f"{GREEN}|{FOREST}" and found["evidence"].split("|")[0] == ids[2]
    desk.tell([in_case(e.CaseClosed(case_no="C-1", how="decision"))])
    assert signs(desk) == {}


def test_a_duty_without_power_and_a_power_without_duty_stand_in_the_register() -> None:
    """domain, section 8: 权责脱节.

    权责脱节: a clause to investigate with no item, an item with no clause; proved by what enacted them.
    """
    items = (
        clause("A2-SD-09", "负责公园水体，查处污染公园水体的行为。"),
        PowerItem(ClauseId("A1-CF-9"), WATER, "处罚", "孤立的处罚", InstrumentId("I-A1-QZ")),
        point("DP-08", "停水", "A2", "A2-SD-01"),
    )
    edition = registered(*items).as_of(DAY)
    enacted = {
        ("clauses", "A2-SD-09"): EventId("e1"),
        ("power_items", "A1-CF-9"): EventId("e2"),
        ("duty_points", "DP-08"): EventId("e3"),
    }
    found = {(sign.fault, sign.rule): sign for sign in signs_of_register(edition, DAY, Links(), enacted)}
    assert found["权责脱节", "duty-without-power"].unit == PARKS
    assert found["权责脱节", "power-without-duty"].evidence == (EventId("e2"),)
    assert found["职责交叉", "two-leads"].matter == "停水"
    assert signs_of_register(edition, DAY, Links(), {}) == (), "what nothing proves is not said"


# --- who is innocent --------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "ground",
    [
        {"fallback": True},
        {"status_quo": "designated", "disputed": "C-1"},
        {"status_quo": "first_receiver", "disputed": "C-1"},
        {"decision": "云编决〔2023〕1号"},
        {"desk": WATER},
    ],
)
def test_who_stands_in_shows_no_sign_whatever_it_does(desk: Desk, ground: dict[str, Any]) -> None:
    """domain, section 8: acting under a designation or as fallback is never 越位 or 错位."""
    life = Story("N1")
    over = e.ClockExpired(order_no="N1", clock="handle", unit=WATER, due=life.at)
    facts = (life.received(), proposed("N1", PARKS, cited(PARKS, GREEN)), given_to(life, WATER, **ground))
    live(desk, life, *facts, returned(life, WATER, None), refused(life, WATER), over, finished(life, WATER))
    assert signs(desk) == {}


def test_a_designated_unit_is_innocent_from_then_on(desk: Desk) -> None:
    life = Story("N1")
    order = e.UnitDesignated(order_no="N1", unit=WATER, from_unit=PARKS, objection=1, reason="指定", bounces=1)
    over = e.ClockExpired(order_no="N1", clock="handle", unit=WATER, due=life.at)
    facts = (life.received(), given_to(life, PARKS, cited(PARKS, GREEN)), returned(life, PARKS, GREEN), order)
    live(desk, life, *facts, over, finished(life, WATER))
    assert signs(desk) == {}


def test_the_first_receiver_works_on_while_it_objects_and_is_not_blamed_for_it(desk: Desk) -> None:
    """北京条例 art. 14; domain, section 8."""
    life = Story("N1")
    live(desk, life, life.received(), given_to(life, WATER), returned(life, WATER, None), finished(life, WATER))
    assert signs(desk) == {}


def test_a_bureau_acts_on_the_clause_of_the_city_unit_it_mirrors(desk: Desk) -> None:
    units = (unit("A2", "甲市园林局"), unit("D1-02", "乙区园林局", Level.DISTRICT, "D1", "A2"))
    desk.tell(enactment(one, at=LONG_AGO, actor="x") for one in units)
    life = Story("N1")
    facts = (life.received(), proposed("N1", PARKS, cited(PARKS, GREEN)), given_to(life, BUREAU))
    live(desk, life, *facts, finished(life, BUREAU))
    assert signs(desk) == {}


def test_a_return_that_was_right_in_the_end_is_taken_back(desk: Desk) -> None:
    life = Story("N1")
    facts = (
        life.received(),
        given_to(life, PARKS, cited(PARKS, GREEN)),
        returned(life, PARKS, GREEN),
        refused(life, PARKS),
    )
    live(desk, life, *facts)
    assert set(signs(desk)) == {"ungrounded-return N1", "refuses-own-clause N1"}
    live(desk, life, returned(life, PARKS, GREEN), life.reassigned(WOODS, objection=2))
    assert signs(desk) == {}


def test_an_order_left_out_of_the_figures_shows_nothing_of_that_unit(desk: Desk) -> None:
    life = Story("N1")
    live(desk, life, life.received(), given_to(life, WATER), finished(life, WATER))
    assert signs(desk)
    live(desk, life, e.ExclusionGranted(order_no="N1", unit=WATER))
    assert signs(desk) == {}


# --- folded live is folded anew is recomputed naively -----------------------------------------------------------

HISTORIES = st.lists(st.tuples(st.integers(0, 3), st.integers(0, 399)), min_size=1, max_size=60)


def a_fact(life: Life, choice: int) -> e.Fact:
    """A fact out of all kinds, lawful or not: half of them those that faults are seen in."""
    who = (PARKS, WATER, UnitCode("C05"))[choice % 3]
    own = (
        lambda: proposed(life.order_no, who, cited(who, GREEN)),
        lambda: given_to(life, who, *((cited(who, GREEN),) if choice % 2 else ()), fallback=choice % 5 == 0),
        lambda: returned(life, who, GREEN if choice % 2 else None),
        lambda: refused(life, who),
        lambda: finished(life, who),
        lambda: e.ClockExpired(
            order_no=life.order_no, clock=("handle", "hand_over", "hand_over_result")[choice % 3], unit=who, due=life.at
        ),
        lambda: e.HandOverSent(order_no=life.order_no, hand_over=choice % 3, sender=WOODS, receiver=who, clause=FOREST),
        lambda: e.HandOverReceived(order_no=life.order_no, hand_over=choice % 3, receiver=who),
    )
    return own[choice // 2 % len(own)]() if choice % 2 else life.any(choice)


def write(desk: Desk, history: list[tuple[int, int]]) -> None:
    lives = [Story(f"N{number}") for number in range(4)]
    power = PowerItem(ClauseId("A2-CF-1"), PARKS, "处罚", "毁坏绿地的处罚", InstrumentId("I-A2-QZ"), clause=GREEN)
    desk.tell([enactment(power, at=LONG_AGO, actor="x"), in_case(opened_case(("N1", "N2")))])
    desk.tell(told(lives[number], a_fact(lives[number], choice)) for number, choice in history)
    desk.tell([in_case(e.CaseClosed(case_no="C-1", how="minutes"))])


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(history=HISTORIES, live_batch=st.integers(1, 25), anew=st.integers(1, 70), stop=st.integers(0, 60))
def test_folded_live_in_any_batch_size_is_rebuilt_from_zero_is_recomputed_naively(
    fresh_sqlite: Callable[[], str], history: list[tuple[int, int]], live_batch: int, anew: int, stop: int
) -> None:
    with desk_at(fresh_sqlite(), (FAULTS,)) as desk:
        write(desk, history)
        desk.engine.catch_up(desk.ledger.link(min(stop, desk.ledger.head())).position, batch=live_batch)
        desk.engine.catch_up(batch=live_batch)
        expected = content(FAULTS, fold(FAULTS, desk.events(), {}))
        assert desk.rows(FAULTS) == expected
        assert desk.engine.verify("faults") == (True, desk.ledger.head())
        assert desk.engine.rebuild("faults", batch=anew).position == desk.ledger.head()
        assert desk.rows(FAULTS) == expected


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(history=HISTORIES)
def test_every_sign_is_proved_by_events_and_never_by_who_stands_in(
    fresh_sqlite: Callable[[], str], history: list[tuple[int, int]]
) -> None:
    with desk_at(fresh_sqlite(), (FAULTS,)) as desk:
        write(desk, history)
        ids = {event.event_id for event in desk.events()}
        for row in signs(desk).values():
            proof = row["evidence"].split("|")
            assert proof and set(proof) <= ids and len(set(proof)) == len(proof)
            assert row["fault"] and row["unit"] and row["rule"]


def _signs(desk: Desk) -> list[Sign]:
    signs(desk)
    return [
        Sign(
            row["fault"], row["rule"], UnitCode(row["unit"]), key[0], row["matter"], row["matter_id"], (),
            tuple(filter(None, row["clauses"].split("|"))), tuple(map(EventId, row["evidence"].split("|"))), row["day"],
        )
        for key, row in _held(desk)
    ]  # fmt: skip


@given(day=st.dates(date(2000, 1, 1), date(2100, 12, 31)))
def test_a_quarter_has_three_months(day: date) -> None:
    assert quarter_of(day.isoformat()) == f"{day.year}Q{(day.month - 1) // 3 + 1}"


def test_every_fault_of_the_city_is_seen_by_a_rule_and_has_its_story_here() -> None:
    """domain, section 8: the seven faults of 润州 and 推诿, each derived by rule."""
    rules = "".join(file.read_text("utf-8") for file in (ROOT / "projections" / "signs").glob("*.py"))
    stories = Path(__file__).read_text("utf-8")
    for fault in FindingRules().faults:
        assert f'"{fault}"' in rules, fault
        assert f'"{fault}"' in stories, fault
