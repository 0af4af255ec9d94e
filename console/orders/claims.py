"""The returns of an order as claim and counter-claim: what is denied and claimed, who was asked, what came of it."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace

from casework import events as e
from casework.work_order.state import WorkOrder
from city.configuration import CityConfiguration
from console.orders.timeline import signed_by
from console.registers.clause_card import ClauseCard, clause_card
from mandates.edition import RegisterEdition
from terms.ids import UnitCode

OUTCOMES = {
    "": "待审核",
    "refused": "已驳回",
    "reassigned": "已改派",
    "support_added": "已加派协办",
    "designated": "已指定承办",
    "withdrawn": "已撤回",
}


@dataclass(frozen=True, slots=True)
class Answer:
    """What an asked unit said; `agrees` is None while it has not answered."""

    unit: UnitCode
    agrees: bool | None
    note: str = ""
    clause: ClauseCard | None = None


@dataclass(frozen=True, slots=True)
class Claim:
    """One return: the unit's own clause it denies beside the clause it claims for another."""

    number: int
    unit: UnitCode
    reason: str
    denied: ClauseCard | None
    claimed: ClauseCard | None
    no_clause: bool
    proposed: UnitCode | None
    carried: tuple[tuple[str, str], ...]
    note: str
    basis_complete: bool
    answers: tuple[Answer, ...]
    outcome: str
    open: bool


def claims_of(
    order: WorkOrder,
    facts: Iterable[e.Fact],
    register: RegisterEdition,
    city: CityConfiguration,
    named: Callable[[str], str],
) -> tuple[Claim, ...]:
    """Every return of the order, the newest first."""
    labels = {one.code: one.label for one in city.return_reasons}
    outcomes = {one.number: one.outcome for one in order.objections}
    found: dict[int, Claim] = {}
    for fact in facts:
        if isinstance(fact, e.ReturnRequested):
            outcome = outcomes.get(fact.objection, "")
            found[fact.objection] = Claim(
                number=fact.objection,
                unit=fact.unit,
                reason=labels.get(fact.reason, fact.reason or "未说明"),
                denied=clause_card(fact.denied_clause, register) if fact.denied_clause else None,
                claimed=clause_card(fact.claimed_clause, register) if fact.claimed_clause else None,
                no_clause=fact.no_clause,
                proposed=fact.proposed_unit,
                carried=_carried(fact, named),
                note=fact.note,
                basis_complete=fact.basis_complete,
                answers=(),
                outcome=OUTCOMES.get(outcome, outcome),
                open=not outcome,
            )
        elif isinstance(fact, e.ProposedUnitAsked) and fact.objection in found:
            found[fact.objection] = _with(found[fact.objection], Answer(fact.unit, None))
        elif isinstance(fact, e.ProposedUnitAnswered) and fact.objection in found:
            card = clause_card(fact.denied_clause, register) if fact.denied_clause else None
            found[fact.objection] = _with(found[fact.objection], Answer(fact.unit, fact.agrees, fact.note, card))
    return tuple(found[number] for number in sorted(found, reverse=True))


def _with(claim: Claim, answer: Answer) -> Claim:
    kept = tuple(one for one in claim.answers if one.unit != answer.unit)
    return replace(claim, answers=(*kept, answer))


def _carried(fact: e.ReturnRequested, named: Callable[[str], str]) -> tuple[tuple[str, str], ...]:
    told = (
        ("正确地点", fact.place),
        ("重复工单", fact.other_order),
        ("缺少信息", "、".join(fact.missing)),
        ("法定途径", fact.channel),
        ("保留部分", fact.keeps),
        ("签署", signed_by(fact, named) if fact.signatory else ""),
    )
    return tuple((label, words) for label, words in told if words)
