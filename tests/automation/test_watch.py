"""Faults become proposed findings: once each, with their evidence, and a person decides."""

from collections.abc import Callable
from typing import Any

import pytest

from automation.watch import Watch
from casework.finding.commands import DismissFinding, ProposeFinding
from casework.finding.state import Phase
from casework.work_order import commands as c
from dingze.wiring import Dingze
from ledger.envelope import Event
from terms.actors import Actor, Role, process
from terms.ids import ClauseId, FindingNo, Position, UnitCode
from tests.automation.conftest import Clock, order, take_in

HOUSING, CITY_MANAGEMENT = UnitCode("C04"), UnitCode("C03")
DISPATCHER, REVIEWER = Actor("d1", Role.DISPATCHER), Actor("r1", Role.REVIEWER)
HEAD = Actor("h1", Role.HEAD, HOUSING)
OWN, OTHERS = ClauseId("C04-SD-02"), ClauseId("C03-SD-09")


def returned_in_vain(dingze: Dingze, number: str, clock: Clock) -> None:
    """The housing bureau denies its own clause; the review says it reaches this."""
    take_in(dingze, order(number, f"新交付的房屋{number}号楼墙面开裂漏水", clock.now))
    dingze.desk.do(number, c.Dispatch(lead=HOUSING, reason="按条目派单"), DISPATCHER)
    claim = c.RequestReturn(
        HOUSING, "not_ours", denied_clause=OWN, claimed_clause=OTHERS, proposed_unit=CITY_MANAGEMENT,
        note="非本单位职责", signatory="h1",
    )  # fmt: skip
    dingze.desk.do(number, claim, HEAD)
    clock.move(days=1)
    dingze.desk.do(number, c.ReviewReturn("refuse", "条目明确，由住建部门办理"), REVIEWER)


def findings(dingze: Dingze) -> list[Event]:
    found = [event for event in dingze.ledger.read(Position(0), 100_000) if event.type == "FindingProposed"]
    return [event for event in found if event.payload["fault"] not in ("权责脱节", "职责交叉")]


def looked(dingze: Dingze) -> int:
    dingze.projections.catch_up()
    return dingze.watch.step()


def test_the_registers_own_faults_are_proposed_once_for_a_unit_with_the_enactments_that_prove_them(
    dingze: Dingze,
) -> None:
    assert looked(dingze) > 0
    proposed = [event for event in dingze.ledger.read(Position(0), 100_000) if event.type == "FindingProposed"]
    assert {event.payload["fault"] for event in proposed} == {"权责脱节"}
    quarter = dingze.watch.faults()[0].quarter
    counted = [f"YD{quarter}-{number:03}" for number in range(1, len(proposed) + 1)]
    assert [event.payload["finding_no"] for event in proposed] == counted, "counted as a ledger counts"
    units = [event.payload["unit"] for event in proposed]
    assert len(units) == len(set(units)), "a unit's list is gone through at once"
    for event in proposed:
        proof = [dingze.ledger.event(one) for one in event.payload["evidence"]]
        assert proof and all(one is not None and one.type == "ClauseEnacted" for one in proof)
        assert "权责清单中没有对应事项" in event.payload["explanation"]
    assert looked(dingze) == 0
    assert {fault.fault for fault in dingze.watch.faults()} == {"权责脱节"}, "they stand, proposed or not"


def test_buck_passing_is_proposed_at_the_third_refused_return_of_a_matter_and_never_again(
    dingze: Dingze, clock: Clock, open_again: Callable[[], Dingze]
) -> None:
    looked(dingze)
    for number in range(3):
        returned_in_vain(dingze, f"H{number}", clock)
        proposed = looked(dingze)
        assert proposed == (1 if number == 2 else 0)
    (event,) = findings(dingze)
    told: dict[str, Any] = event.payload
    assert (told["fault"], told["unit"], told["rule"]) == ("推诿", "C04", "ungrounded-return")
    types = {one.type for evidence in told["evidence"] if (one := dingze.ledger.event(evidence)) is not None}
    assert types == {"WorkOrderDispatched", "ReturnRequested", "ReturnRefused"}
    assert "H0" in told["explanation"] and "住房和城乡建设局" in told["explanation"]
    assert event.actor == "system:watch"
    assert looked(dingze) == 0
    assert looked(open_again()) == 0, "after a restart nothing is proposed twice"
    assert len(findings(dingze)) == 1


def test_a_person_decides_and_what_was_dismissed_is_not_brought_back_in_that_quarter(
    dingze: Dingze, clock: Clock, open_again: Callable[[], Dingze]
) -> None:
    for number in range(3):
        returned_in_vain(dingze, f"H{number}", clock)
    looked(dingze)
    (event,) = findings(dingze)
    number = event.payload["finding_no"]
    done = dingze.desk.do_finding(number, DismissFinding("已会商解释"), Actor("b1", Role.BIANBAN_OFFICER))
    assert done.state.phase is Phase.DISMISSED
    returned_in_vain(dingze, "H9", clock)
    assert looked(open_again()) == 0


def test_a_number_taken_meanwhile_stays_with_its_finding_and_the_next_look_takes_another(
    dingze: Dingze, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    for number in range(3):
        returned_in_vain(dingze, f"H{number}", clock)
    evidence = (dingze.ledger.read(Position(0), 1)[0].event_id,)
    elsewhere = ProposeFinding("推诿", CITY_MANAGEMENT, "ungrounded-return", "另一处先行登记", evidence)
    dingze.desk.do_finding("YD-taken", elsewhere, process("watch"))
    dingze.projections.catch_up()
    with monkeypatch.context() as late:
        late.setattr(Watch, "_next_no", lambda *_: FindingNo("YD-taken"))
        assert dingze.watch.step() == 0
    assert looked(dingze) > 0
    assert [event.payload["unit"] for event in findings(dingze)] == ["C03", "C04"]


def test_two_refused_returns_are_not_yet_buck_passing(dingze: Dingze, clock: Clock) -> None:
    for number in range(2):
        returned_in_vain(dingze, f"H{number}", clock)
    looked(dingze)
    assert findings(dingze) == []
