"""派单通知, 退单申请 and 异议审核结果 out of the life of an order. Pure."""

from datetime import datetime
from typing import Any

from casework import events as e
from casework.guards import refuse
from casework.papers.order_papers import DispatchNotice, Heard, ReturnApplication, ReviewResult
from casework.papers.paper import Quoted, Share
from casework.paperwork import commands as c
from casework.paperwork.material import Material
from terms.ids import UnitCode
from terms.messages import sentence

Assignment = e.WorkOrderDispatched | e.OrderReassigned | e.UnitDesignated
OUTCOMES: dict[type[e.Fact], str] = {
    e.ReturnRefused: "驳回",
    e.OrderReassigned: "改派",
    e.SupportAdded: "加派",
    e.UnitDesignated: "指定承办",
}


def assignments(material: Material) -> list[tuple[Assignment, datetime]]:
    """Every fact that gave the order to a lead, oldest first. Raises Refused when it has had none."""
    found = [(fact, at) for fact, at in material.facts if isinstance(fact, Assignment)]
    if not found:
        raise refuse("paper-has-its-facts", needed=sentence("event.WorkOrderDispatched"))
    return found


def lead_of(fact: Assignment) -> UnitCode:
    """Whom the order was given to."""
    if isinstance(fact, e.WorkOrderDispatched):
        return fact.lead
    return fact.to_unit if isinstance(fact, e.OrderReassigned) else fact.unit


def dispatch_notice(material: Material, command: c.WriteDispatchNotice, shared: dict[str, Any]) -> DispatchNotice:
    """Who leads now, who supports, on which clauses, until when; the text is the masked one."""
    received, _ = material.last(e.WorkOrderReceived)
    fact, _ = assignments(material)[-1]
    designated = isinstance(fact, e.UnitDesignated)
    return DispatchNotice(
        **shared,
        order_no=material.number,
        matter=_matter(material),
        request_kind=received.kind or "诉求",
        received_at=received.received_at,
        content=material.words.get("text", ""),
        place=material.words.get("place", ""),
        lead=material.name(lead_of(fact)),
        supports=tuple(Share(unit=material.name(unit)) for unit in fact.supports),
        quotes=material.quotes(one.clause_id for one in fact.citations),
        deadlines=material.limits(one for one in fact.deadlines if one.unit),
        relied_on=_relied_on(fact),
        designated=designated,
    )


def _matter(material: Material) -> str:
    """The matter by the register's name or the router's; an order without one goes by its masked title."""
    named = [
        matter
        for fact, _ in material.facts
        if (matter := getattr(fact, "matter", "") or getattr(getattr(fact, "proposal", None), "matter", ""))
    ]
    return named[-1] if named else material.words.get("title", "") or f"工单{material.number}"


def _relied_on(fact: Assignment) -> str:
    decision = getattr(fact, "decision", "")
    if decision:
        return str(decision)
    case = getattr(fact, "disputed", "")
    return f"职责边界争议（{case}）办理期间，由现承办单位先行办理" if case else ""


def return_asked(material: Material, number: int) -> tuple[e.ReturnRequested, datetime]:
    """The return of that number, or the last one. Raises Refused when there is none."""
    return material.last(e.ReturnRequested, lambda fact: number in (0, fact.objection))


def return_application(
    material: Material, command: c.WriteReturnApplication, shared: dict[str, Any]
) -> ReturnApplication:
    """The counter-claim as it was made, its clauses as of the order's date."""
    fact, at = return_asked(material, command.objection)
    given = [moment for one, moment in assignments(material) if lead_of(one) == fact.unit and moment <= at]
    labels = {one.code: one.label for one in material.city.return_reasons}
    return ReturnApplication(
        **shared,
        order_no=material.number,
        matter=_matter(material),
        unit=material.name(fact.unit),
        dispatched_at=given[-1] if given else at,
        reason=labels.get(fact.reason, fact.reason),
        note=fact.note,
        signatory=f"{fact.signatory_post} {fact.signatory}".strip(),
        denied=_quoted(material, fact.denied_clause),
        claimed=_quoted(material, fact.claimed_clause),
        no_clause=fact.no_clause,
        proposed_unit=material.name(fact.proposed_unit),
        place=fact.place,
        other_order=fact.other_order,
        missing=fact.missing,
        channel=fact.channel,
        keeps=fact.keeps,
        asked_support=material.name(fact.asked_support),
    )


def _quoted(material: Material, clause: str | None) -> Quoted | None:
    return material.quotes((clause,))[0] if clause else None


def review_result(material: Material, command: c.WriteReviewResult, shared: dict[str, Any]) -> ReviewResult:
    """What the review came to: 驳回, 改派, 加派 or 指定, with reasons, clauses and who was heard."""
    asked, at = return_asked(material, command.objection)
    fact = _outcome(material, asked.objection)
    outcome = OUTCOMES[type(fact)]
    supports = (fact.unit,) if isinstance(fact, e.SupportAdded) else getattr(fact, "supports", ())
    unit = asked.unit if isinstance(fact, e.ReturnRefused | e.SupportAdded) else lead_of(fact)
    return ReviewResult(
        **shared,
        order_no=material.number,
        matter=_matter(material),
        applicant=material.name(asked.unit),
        returned_at=at,
        outcome=outcome,
        unit=material.name(unit),
        reasons=fact.reason,
        quotes=material.quotes(getattr(one, "clause_id", one) for one in fact.citations),
        heard=tuple(
            Heard(unit=material.name(one.unit), answer=("同意承办。" if one.agrees else "不同意承办。") + one.note)
            for one, _ in material.all(e.ProposedUnitAnswered, lambda one: one.objection == asked.objection)
        ),
        supports=material.names(supports),
        deadlines=material.limits(one for one in getattr(fact, "deadlines", ()) if one.unit),
        binding=isinstance(fact, e.UnitDesignated),
    )


def _outcome(material: Material, objection: int) -> Any:
    decided = [
        fact for fact, _ in material.facts if type(fact) in OUTCOMES and getattr(fact, "objection", None) == objection
    ]
    if not decided:
        raise refuse("paper-has-its-facts", needed=sentence("command.ReviewReturn"))
    return decided[-1]
