"""A working day in the sample city, so that no page is empty: orders in, sent, signed, returned, reviewed, closed."""

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import orjson

from casework import events as e
from casework.boundary_case import commands as b
from casework.work_order import commands as c
from casework.work_order.state import Status
from console.registers.clause_ranking import speaking_to
from terms.actors import Actor, Role
from terms.errors import DingzeError
from terms.ids import UnitCode
from tests.console.city import DISPATCHER, START, Town

CITY = Path(__file__).resolve().parents[2] / "sample" / "city"
REVIEWER = Actor("yz-02-reviewer", Role.REVIEWER, UnitCode("C26"))
OFFICER = Actor("yz-03-bianban", Role.BIANBAN_OFFICER, UnitCode("C39"))
SUPERVISOR = Actor("yz-12-supervisor", Role.SUPERVISOR, UnitCode("C26"))


def clerk(unit: str) -> Actor:
    """Somebody who handles orders in a unit."""
    return Actor(f"clerk-{unit.lower()}", Role.CLERK, UnitCode(unit))


def sample_orders(count: int) -> Iterator[dict[str, str]]:
    """Sample orders, moved to the last hours before the town's clock, and numbered by place."""
    lines = [line for file in sorted(CITY.rglob("orders.jsonl")) for line in file.read_bytes().splitlines()]
    step = max(1, len(lines) // count)
    for number, line in enumerate(lines[::step][:count], 1):
        order = orjson.loads(line)
        at = START - timedelta(minutes=7 * number)
        yield order | {"工单编号": f"YZ202611{number:05}", "受理时间": at.isoformat()}


def live(town: Town, count: int = 80) -> None:
    """The day. What the rules refuse is left as it is: then that order simply stands where it stood."""
    town.receive(*sample_orders(count))
    numbers = [f"YZ202611{number:05}" for number in range(1, count + 1)]
    for place, number in enumerate(numbers):
        order = town.desk.order(number)
        if order.lead is None and order.proposal is not None and order.proposal.lead and place % 3:
            supports = order.proposal.supports
            _try(town, number, c.Dispatch(order.proposal.lead, supports, complex_matter=place % 11 == 0), DISPATCHER)
    town.later(minutes=25)
    for place, number in enumerate(numbers):
        lead = town.desk.order(number).lead
        if lead is None or place % 4 == 0:
            continue
        _try(town, number, c.SignFor(lead), clerk(lead))
        if place % 5 == 1:
            _return(town, number, lead)
        elif place % 2:
            _try(town, number, c.StartWork(lead), clerk(lead))
            _try(town, number, c.ContactRequester(lead, reached=True, note="已电话核实情况"), clerk(lead))
    town.later(hours=5)
    for place, number in enumerate(numbers):
        order = town.desk.order(number)
        if order.lead is None:
            continue
        if order.objection is not None and place % 2:
            _review(town, number)
        elif order.status is Status.WORKING and place % 3 == 0:
            reply = "经现场核查，反映情况属实，已责令限期整改并安排专人复查。"
            _try(town, number, c.SubmitResult(order.lead, reply), clerk(order.lead))
            if place % 2:
                _finish(town, number, satisfied=place % 9 != 0)
        elif order.status is Status.WORKING and place % 7 == 0:
            _try(town, number, c.RequestExtension(order.lead, "涉及多方权属，需延长办理时间"), clerk(order.lead))
    _try(town, numbers[1], c.Chase("电话", "诉求人催问进展"), DISPATCHER)
    _quarrel(town)
    town.engine.catch_up()


def _quarrel(town: Town) -> None:
    """A boundary case that has come to its first round of opinions."""
    parties = (UnitCode("C03"), UnitCode("C04"))
    register = town.register.as_of(START.date())
    own = {
        unit: next(
            one.card.id
            for one in speaking_to("夜间施工噪声", unit, register, Role.REVIEWER, 20)[0]
            if one.card.sort == "条目"
        )
        for unit in parties
    }
    cited = tuple(e.CitedBy(unit=unit, clause=own[unit]) for unit in parties)
    question = "夜间施工噪声由谁主办现场查处"
    asked = b.OpenCase("夜间施工噪声", "bianban", parties, question, orders=("YZ20261100002",), clauses=cited)
    head = Actor("head-1", Role.HEAD, parties[0])
    told: tuple[tuple[b.CaseCommand, Actor], ...] = (
        (asked, OFFICER),
        (b.HoldNegotiation(UnitCode("C39"), parties, "各执一词，未能一致"), OFFICER),
        (
            b.ApplyForCoordination(parties[0], "夜间施工噪声", "协商一次", question, "条目不同", (own[parties[0]],)),
            head,
        ),
        (b.AcceptApplication(), OFFICER),
        (b.AskOpinions(), OFFICER),
        (b.GiveOpinion(parties[0], "应由出具夜间施工证明的单位先行核实", (own[parties[0]],)), head),
    )
    for command, actor in told:
        try:
            town.desk.do_case("JX-2026-001", command, actor)
        except DingzeError:
            return


def _return(town: Town, number: str, lead: UnitCode) -> None:
    order = town.desk.order(number)
    proposal = order.proposal
    other = next((one.unit for one in proposal.candidates if one.unit != lead), None) if proposal else None
    command = c.RequestReturn(
        lead,
        "territory",
        place="东渡区春江街道",
        proposed_unit=other,
        note="经核查不在本单位管辖范围内",
        signatory="head-1",
    )
    denied = next((one.clause_id for one in proposal.citations if one.unit == lead), None) if proposal else None
    if denied and other:
        claimed, _ = speaking_to("", other, town.register.as_of(START.date()), Role.REVIEWER, 1)
        if claimed:
            command = c.RequestReturn(
                lead,
                "not_ours",
                str(denied),
                claimed[0].card.id,
                proposed_unit=other,
                note="该条只涉及本单位审批事项，现场处置属对方职责，请改派。",
                signatory="head-1",
            )
    _try(town, number, command, clerk(lead))


def _review(town: Town, number: str) -> None:
    found = town.desk.order(number).objection
    if found is None:
        return
    if found.proposed is not None:
        _try(town, number, c.AnswerAsProposed(found.proposed, agrees=True, note="同意接办"), clerk(found.proposed))
        _try(town, number, c.ReviewReturn("reassign", "退单理由成立", to=found.proposed), REVIEWER)
    if town.desk.order(number).objection is not None:
        _try(town, number, c.ReviewReturn("refuse", "退单依据不足，仍由原单位承办"), REVIEWER)


def _finish(town: Town, number: str, *, satisfied: bool) -> None:
    _try(town, number, c.ReviewResult(accepted=True), REVIEWER)
    _try(town, number, c.RecordFollowUp(contacted=True, resolved=True, satisfied=satisfied), DISPATCHER)
    _try(town, number, c.Close(), DISPATCHER)


def _try(town: Town, number: str, command: c.Command, actor: Actor) -> None:
    try:
        town.desk.do(number, command, actor)
    except DingzeError:
        return
