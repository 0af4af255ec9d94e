"""The life of an order as people read it: one entry an event, with who, when, what and on which ground."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from casework import events as e
from casework.clocks import Clock
from casework.desk import event_name
from city.configuration import CityConfiguration
from console.registers.clause_card import clause_card
from console.words import (
    CLAUSE_FIELDS,
    CLOCKS,
    FIELDS,
    PARTS,
    PROCESSES,
    UNIT_FIELDS,
    VALUES,
    deadline,
    moment,
    role_name,
)
from ledger.envelope import Event
from mandates.edition import RegisterEdition
from terms.actors import Actor, Role
from terms.ids import UnitCode

SUSPICIONS = {"text": "内容相近", "place": "地点相同", "caller": "同一诉求人"}
LOUD = frozenset(
    {
        "ReturnRequested", "ReturnRefused", "OrderReassigned", "OrderCarriedOver", "UnitDesignated", "EscalatedByRule",
        "ClockExpired", "SupervisionIssued", "ReworkOrdered", "ResultSentBack", "PersonalDataRead",
        "PersonalDataErased", "SupportObjected", "OrderNotAccepted",
    }
)  # fmt: skip
SELDOM = frozenset({"order_no", "deadlines", "citations", "proposal", "masked", "sealed", "attachments", "caller"})

ANSWERS = frozenset({"agrees", "resolved", "satisfied", "contacted", "reached", "approved", "agreed"})


@dataclass(frozen=True, slots=True)
class Entry:
    """One step. `lines` are label and words; `due` the clocks it started, as name, unit and time."""

    position: int
    event_id: str
    type: str
    title: str
    at: datetime
    recorded_at: datetime
    who: str
    by_system: bool
    loud: bool
    quiet: bool
    lines: tuple[tuple[str, str], ...]
    clauses: tuple[tuple[str, str], ...]  # number and source, words
    due: tuple[tuple[str, str, datetime], ...]


def entry_of(
    event: Event, register: RegisterEdition, city: CityConfiguration, named: Callable[[str], str] = str
) -> Entry:
    """An event of an order as an entry of its history; `named` gives the name behind an account."""
    fact = e.read(event.type, event.payload)
    actor = Actor.parse(event.actor)
    return Entry(
        position=event.position,
        event_id=event.event_id,
        type=event.type,
        title=_title(fact, event.type),
        at=event.occurred_at,
        recorded_at=event.recorded_at,
        who=who(actor, register),
        by_system=actor.role is Role.SYSTEM,
        loud=event.type in LOUD and not _accepted(fact),
        quiet=isinstance(fact, e.ClockWarned) or _accepted(fact),
        lines=tuple(_lines(fact, register, city, named)),
        clauses=tuple(_clauses(fact, register)),
        due=tuple(
            (CLOCKS.get(one.clock, one.clock), name_of(one.unit, register), one.due)
            for one in getattr(fact, "deadlines", ())
        ),
    )


def who(actor: Actor, register: RegisterEdition) -> str:
    """Somebody by role and unit; never a person's name, which the record does not hold."""
    if actor.role is Role.SYSTEM:
        return PROCESSES.get(actor.account, "系统")
    unit = name_of(actor.unit, register) if actor.unit else ""
    return f"{unit} {role_name(actor.role)}".strip()


def signed_by(fact: e.ReturnRequested, named: Callable[[str], str]) -> str:
    """Who signed a return: name and post; what an older platform wrote, or an account that is gone, as it is."""
    name = named(fact.signatory)
    return f"{name}（{fact.signatory_post}）" if fact.signatory_post else name


def name_of(unit: UnitCode | str | None, register: RegisterEdition) -> str:
    """A unit's name; its code when the register of that day does not know it."""
    if not unit:
        return ""
    known = register.units.get(UnitCode(unit))
    return known.name if known else str(unit)


def _accepted(fact: e.Fact) -> bool:
    """The time to return ran out: silence is acceptance, and nobody's delay (吕梁 2024)."""
    return isinstance(fact, e.ClockExpired) and fact.clock == Clock.RETURN


def _title(fact: e.Fact, type_: str) -> str:
    title = event_name(type_)
    if isinstance(fact, e.WorkOrderDispatched):
        return "按规则自动派单" if fact.by == "rule" else ("区内转派" if fact.tier == "district" else "人工派单")
    if _accepted(fact):
        return "退单期满，视为接受"
    if isinstance(fact, e.ClockExpired | e.ClockWarned):
        return f"{CLOCKS.get(fact.clock, fact.clock)}{title}"
    part = getattr(fact, "part", None)
    return f"{title}（{PARTS[part]}）" if part else title


def _lines(
    fact: e.Fact, register: RegisterEdition, city: CityConfiguration, named: Callable[[str], str]
) -> list[tuple[str, str]]:
    if isinstance(fact, e.AssignmentProposed):
        return _proposal_lines(fact, register)
    if isinstance(fact, e.DuplicateSuspected):
        grounds = "、".join(SUSPICIONS[ground] for ground in fact.grounds)
        return [("较早的工单", fact.of), ("文字相近", f"{fact.score}%"), ("依据", grounds)]
    if isinstance(fact, e.PaperSigned):
        return [("文号", fact.doc_no), ("成文日期", fact.issued_on.isoformat())]
    if isinstance(fact, e.PaperReviewed):
        verdict = "同意" if fact.passed else "退回修改"
        return [("审核结论", verdict), *([("审核意见", fact.opinion)] if fact.opinion else [])]
    if isinstance(fact, e.OrderCarriedOver):
        to = name_of(fact.to_unit, register) or "退回热线重新派单"
        found = [("原承办", name_of(fact.from_unit, register)), ("承接单位", to)]
        found += [("依据条目", fact.clause)] if fact.clause else []
        return [*found, ("改革日期", fact.reformed_on.isoformat()), ("说明", fact.reason)]
    found = []
    for field in type(fact).model_fields:
        value = getattr(fact, field)
        if field in SELDOM or field not in FIELDS or not _worth_telling(field, value):
            continue
        signed = signed_by(fact, named) if isinstance(fact, e.ReturnRequested) and field == "signatory" else ""
        found.append((FIELDS[field], signed or _coded(fact, field, value, city) or _words(field, value, register)))
    if getattr(fact, "basis_complete", True) is False:
        found.append(("依据", "依据不全"))
    return found


def _worth_telling(field: str, value: Any) -> bool:
    """What is empty is left out; a no to a question is told, `basis_complete` has a line of its own."""
    if value is False:
        return field in ANSWERS
    return field != "basis_complete" and value not in (None, "", ())


def _proposal_lines(fact: e.AssignmentProposed, register: RegisterEdition) -> list[tuple[str, str]]:
    told = fact.proposal
    found = [("建议主办", name_of(told.lead, register) or "无")]
    if told.supports:
        found.append(("建议协办", "、".join(name_of(unit, register) for unit in told.supports)))
    if told.matter:
        found.append(("事项", told.matter))
    found.append(("把握", f"{told.confidence}%"))
    if told.abstained:
        found.append(("未自动派单", told.abstained.message))
    return found


def _coded(fact: e.Fact, field: str, value: Any, city: CityConfiguration) -> str:
    """Codes of the city's own lists in their words."""
    if isinstance(fact, e.ReturnRequested) and field == "reason":
        return next((one.label for one in city.return_reasons if one.code == value), "")
    if isinstance(fact, e.OrderNotAccepted) and field == "ground":
        return next((one.label for one in city.not_accepted_grounds if one.code == value), "")
    return ""


def _words(field: str, value: Any, register: RegisterEdition) -> str:
    if field in UNIT_FIELDS:
        return "、".join(name_of(unit, register) for unit in (value if isinstance(value, tuple) else (value,)))
    if field in CLAUSE_FIELDS:
        card = clause_card(str(value), register)
        return f"{card.source}{card.number} {card.text}".strip() or str(value)
    if isinstance(value, bool):
        return "是" if value else "否"
    if isinstance(value, datetime):
        return deadline(value) if field in ("handle_due", "due") else moment(value)
    if isinstance(value, tuple):
        return "、".join(str(one) for one in value)
    if field == "status_quo" and value not in VALUES[field]:
        return name_of(value, register)  # a case names the unit, an order the ground
    return VALUES.get(field, {}).get(str(value), str(value))


def _clauses(fact: e.Fact, register: RegisterEdition) -> list[tuple[str, str]]:
    found = []
    for citation in getattr(fact, "citations", ()):
        clause_id = citation if isinstance(citation, str) else citation.clause_id
        card = clause_card(clause_id, register)
        found.append((f"{card.source}{card.number}" or clause_id, card.text or getattr(citation, "text", "")))
    return found
