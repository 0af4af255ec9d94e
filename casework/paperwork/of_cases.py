"""协商纪要, 协调申请, 协调意见 and 决定 out of the life of a boundary case. Pure."""

from typing import Any

from casework import events as e
from casework.papers.case_papers import (
    CoordinationApplication,
    CoordinationOpinion,
    Decision,
    Minutes,
    Position,
    Signature,
)
from casework.papers.words import chinese_date
from casework.paperwork import commands as c
from casework.paperwork.material import Material
from terms.ids import UnitCode


def _opened(material: Material) -> e.BoundaryCaseOpened:
    return material.last(e.BoundaryCaseOpened)[0]


def minutes(material: Material, command: c.WriteMinutes, shared: dict[str, Any]) -> Minutes:
    """The draft all parties signed, of the last negotiation."""
    opened = _opened(material)
    held, at = material.last(e.NegotiationHeld)
    draft, _ = material.last(e.MinutesDrafted)
    signed = {
        fact.unit: (fact.signatory, material.day(moment))
        for fact, moment in material.all(e.MinutesSigned, lambda fact: fact.draft == draft.draft)
    }
    return Minutes(
        **shared,
        case_no=material.number,
        matter=opened.matter,
        convener=material.name(opened.convener),
        held_on=material.day(at),
        attended=material.names(held.attended),
        summary="\n".join(part for part in (held.summary, draft.text) if part),
        lead=material.name(draft.lead),
        supports=material.names(draft.supports),
        points=material.points(draft.points),
        signatures=tuple(_signature(material, unit, signed.get(unit)) for unit in opened.parties),
        filed_with=material.name(material.city.bianban_unit),
    )


def _signature(material: Material, unit: UnitCode, signed: tuple[str, Any] | None) -> Signature:
    if signed is None:
        return Signature(unit=material.name(unit))
    return Signature(unit=material.name(unit), signatory=signed[0], signed_on=signed[1])


def application(material: Material, command: c.WriteApplication, shared: dict[str, Any]) -> CoordinationApplication:
    """The application as it was submitted last."""
    opened, (fact, _) = _opened(material), material.last(e.ApplicationSubmitted)
    return CoordinationApplication(
        **shared,
        case_no=material.number,
        matter=opened.matter,
        question=fact.matter,
        own_efforts=fact.own_efforts,
        main_dispute=fact.main_dispute,
        reasons=fact.reasons,
        quotes=material.quotes(fact.basis),
        parties=material.names(opened.parties),
    )


def opinion(material: Material, command: c.WriteOpinion, shared: dict[str, Any]) -> CoordinationOpinion:
    """The opinion with every party's position and the course it took, each from the record."""
    opened, (fact, _) = _opened(material), material.last(e.CoordinationOpinionIssued)
    applied, _ = material.last(e.ApplicationSubmitted)
    return CoordinationOpinion(
        **shared,
        case_no=material.number,
        matter=opened.matter,
        applicant=material.name(applied.unit),
        course=_course(material),
        positions=_positions(material, opened.parties),
        reasoning=fact.reasoning,
        quotes=material.quotes(fact.clauses or tuple(point.base_clause for point in fact.points)),
        lead=material.name(fact.lead),
        supports=material.names(fact.supports),
        points=material.points(fact.points),
        effective_from=fact.effective_from,
        answer_by=command.answer_by,
    )


def _course(material: Material) -> str:
    """What was done since the application: rounds of written opinions and meetings."""
    told = ["收到申请后"]
    if rounds := len(material.all(e.OpinionsRequested)):
        told.append(f"{rounds}轮征求各方书面意见")
    told.extend(f"于{chinese_date(material.day(at))}召开协调会" for _, at in material.all(e.CoordinationMeetingHeld))
    return "，".join(told) + "。"


def _positions(material: Material, parties: tuple[UnitCode, ...]) -> tuple[Position, ...]:
    last = {fact.unit: fact for fact, _ in material.all(e.OpinionGiven)}
    return tuple(
        Position(
            unit=material.name(unit),
            position=given.position,
            quotes=material.quotes(given.clauses),
            no_clause=given.no_clause,
        )
        if (given := last.get(unit))
        else Position(unit=material.name(unit), position="逾期未提出书面意见。")
        for unit in parties
    )


def decision(material: Material, command: c.WriteDecision, shared: dict[str, Any]) -> Decision:
    """The decision as drafted for the competent body, which is its issuer: 编办 do not rule."""
    opened, (reported, at) = _opened(material), material.last(e.ReportedUpward)
    opinions = material.all(e.CoordinationOpinionIssued)
    cited = opinions[-1][0].clauses if opinions else ()
    return Decision(
        **shared | {"issuer": command.body, "printed_by": shared["issuer"]},
        case_no=material.number,
        matter=opened.matter,
        course=f"{_course(material)}{reported.summary}，于{chinese_date(material.day(at))}报请决定。",
        quotes=material.quotes((*cited, *(point.base_clause for point in command.points))),
        lead=material.name(command.lead),
        supports=material.names(command.supports),
        points=material.points(command.points),
        effective_from=command.effective_from,
        changes_sanding=command.changes_sanding,
    )
