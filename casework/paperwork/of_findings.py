"""督查通知书, 督办单, 提示函 and 定期梳理 out of the life of a finding or digest. Pure."""

from datetime import date
from typing import Any

from casework import events as e
from casework.papers.digest import Digest, DigestItem
from casework.papers.quoting import quote_even_ended
from casework.papers.supervision_papers import ReminderLetter, SupervisionNotice, SupervisionOrder
from casework.papers.words import paragraphs
from casework.paperwork import commands as c
from casework.paperwork.material import Material, Told


def _due(material: Material, fact: e.SupervisionNoticeIssued | e.SupervisionPaperIssued) -> date:
    return material.day(fact.deadlines[0].due)


def notice(material: Material, command: c.WriteSupervisionNotice, shared: dict[str, Any]) -> SupervisionNotice:
    """机构编制督查通知书 with what was found, what was violated, what is required until when."""
    raised, (fact, _) = material.last(e.FindingRaised)[0], material.last(e.SupervisionNoticeIssued)
    return SupervisionNotice(
        **shared,
        finding_no=material.number,
        unit=material.name(fact.addressee),
        problem_class=raised.problem_class,
        findings="\n".join((fact.violation, raised.text)),
        quotes=material.quotes(command.clauses),
        requirements=tuple(paragraphs(fact.text)),
        deadline=_due(material, fact),
        evidence=tuple(one.name for one in raised.documents),
    )


def order(material: Material, command: c.WriteSupervisionOrder, shared: dict[str, Any]) -> SupervisionOrder:
    """督办单 for buck-passing and delay."""
    raised, (fact, _) = material.last(e.FindingRaised)[0], material.last(e.SupervisionPaperIssued)
    return SupervisionOrder(
        **shared,
        subject=raised.title,
        unit=material.name(fact.addressee),
        findings=raised.text,
        requirements=tuple(paragraphs(fact.text)),
        deadline=_due(material, fact),
        step=command.step,
        orders=command.orders,
        quotes=material.quotes(command.clauses),
    )


def letter(material: Material, command: c.WriteReminderLetter, shared: dict[str, Any]) -> ReminderLetter:
    """提示函 before it comes to supervision."""
    raised, (fact, _) = material.last(e.FindingRaised)[0], material.last(e.SupervisionPaperIssued)
    return ReminderLetter(
        **shared,
        subject=raised.title,
        unit=material.name(fact.addressee),
        findings=raised.text,
        suggestions=tuple(paragraphs(fact.text)),
        quotes=material.quotes(command.clauses),
        reply_by=_due(material, fact),
    )


def digest(material: Material, command: c.WriteDigest, shared: dict[str, Any]) -> Digest:
    """The digest: every item with its last judgement, how often it has stood in one, and what came of it."""
    opened, _ = material.last(e.DigestOpened)
    judged = {fact.item: fact for fact, _ in material.all(e.DigestItemJudged)}
    closed = {fact.item for fact, _ in material.all(e.DigestItemClosed)}
    return Digest(
        **shared,
        period=command.period,
        first_day=opened.period_from,
        last_day=opened.period_to,
        dispatched=command.dispatched,
        returned=command.returned,
        upheld=command.upheld,
        refused=command.refused,
        closed=sum(isinstance(fact, e.DigestItemClosed) for fact, _ in (material.before[0] if material.before else ())),
        items=tuple(
            DigestItem(
                number=number,
                matter=item.matter,
                units=material.names(item.units),
                orders=item.returns,
                opinion=judged[item.item].opinion,
                disposition=judged[item.item].disposition,
                owner=material.name(judged[item.item].owner),
                due=judged[item.item].due,
                state="已办结" if item.item in closed else "办理中",
                times=1 + sum(_stood(item.item, facts) for facts in material.before),
                quotes=quote_even_ended(command.clauses.get(item.item, ()), material.register),
            )
            for number, item in enumerate(opened.items, start=1)
            if item.item in judged
        ),
    )


def _stood(item: str, facts: tuple[Told, ...]) -> bool:
    return any(isinstance(fact, e.DigestOpened) and item in {one.item for one in fact.items} for fact, _ in facts)
