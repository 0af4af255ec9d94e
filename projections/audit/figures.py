"""The figures of an audit: each a count with the ids of the events behind it, so that anybody can count again. Pure.

They are read from the exported events of the period alone; whoever has the archive can recompute every one.
"""

from collections.abc import Iterable, Mapping
from typing import Any, Protocol

from projections.audit.subject import Subject, acted_by
from terms.messages import sentence


class Told(Protocol):
    """What of an event a figure needs; `ledger.envelope.Event` has it."""

    @property
    def event_id(self) -> str: ...

    @property
    def stream(self) -> str: ...

    @property
    def type(self) -> str: ...

    @property
    def actor(self) -> str: ...

    @property
    def payload(self) -> dict[str, Any]: ...


# figure → event type → the field that must name the unit, and what other fields must say
_UNIT: Mapping[str, Mapping[str, tuple[str, Mapping[str, Any]]]] = {
    "led": {
        "WorkOrderDispatched": ("lead", {}),
        "OrderReassigned": ("to_unit", {}),
        "UnitDesignated": ("unit", {}),
    },
    "supported": {"WorkOrderDispatched": ("supports", {}), "SupportAdded": ("unit", {})},
    "signed": {"WorkOrderSignedFor": ("unit", {})},
    "designated": {"UnitDesignated": ("unit", {})},
    "moved_away": {"OrderReassigned": ("from_unit", {})},
    "returned": {"ReturnRequested": ("unit", {})},
    "returned_without_basis": {"ReturnRequested": ("unit", {"basis_complete": False})},
    "return_refused": {"ReturnRefused": ("unit", {})},
    "return_withdrawn": {"ReturnWithdrawn": ("unit", {})},
    "support_objected": {"SupportObjected": ("unit", {})},
    "extended": {"ExtensionGranted": ("unit", {})},
    "results": {"ResultSubmitted": ("unit", {})},
    "overdue": {"ClockExpired": ("unit", {"clock": ("sign", "handle", "first_contact", "rework")})},
    "hand_overs_sent": {"HandOverSent": ("sender", {})},
    "hand_overs_received": {"HandOverReceived": ("receiver", {})},
    "hand_overs_refused": {"HandOverRefused": ("receiver", {})},
    "supervised": {"SupervisionIssued": ("unit", {})},
    "excluded": {"ExclusionGranted": ("unit", {})},
    "closed": {"OrderClosed": ("lead", {"how": ("done", "final_answer")})},
    "resolved": {"OrderClosed": ("lead", {"resolved": True})},
    "satisfied": {"OrderClosed": ("lead", {"satisfied": True})},
    "cases": {"BoundaryCaseOpened": ("parties", {})},
    "opinions": {"OpinionGiven": ("unit", {})},
    "decided_for": {"DutyPointsWritten": ("lead", {})},
    "findings": {"FindingRaised": ("unit", {})},
    "rectifications": {"RectificationReported": ("unit", {})},
    "rectified_late": {"RectificationReported": ("unit", {"late": True})},
    "notices": {"SupervisionNoticeIssued": ("addressee", {})},
}
_SHARES = (
    ("return_rate", "returned", "led"),
    ("refused_rate", "return_refused", "returned"),
    ("resolved_rate", "resolved", "closed"),
    ("satisfied_rate", "satisfied", "closed"),
)


def figures(subject: Subject, events: Iterable[Told]) -> list[dict[str, Any]]:
    """Every figure of the subject over events of the period, in a fixed order; those without an event stand at 0."""
    if subject.officer is not None:
        return _of_officer(subject.officer, events)
    found: dict[str, list[str]] = {name: [] for name in _UNIT}
    upheld: list[str] = []
    for event in events:
        for name, by_type in _UNIT.items():
            wanted = by_type.get(event.type)
            if wanted is not None and _holds(event.payload, wanted, subject.unit):
                found[name].append(event.event_id)
        if event.type in ("OrderReassigned", "UnitDesignated") and _upheld(event.payload, subject.unit):
            upheld.append(event.event_id)
    found["return_upheld"] = upheld
    counted = [_figure(name, ids) for name, ids in found.items()]
    return counted + [_share(name, found[part], found[whole]) for name, part, whole in _SHARES]


def _holds(payload: Mapping[str, Any], wanted: tuple[str, Mapping[str, Any]], unit: str | None) -> bool:
    field, others = wanted
    named = payload.get(field)
    if named != unit and not (isinstance(named, list) and unit in named):
        return False
    return all(
        payload.get(name) in said if isinstance(said, tuple) else payload.get(name) is said
        for name, said in others.items()
    )


def _upheld(payload: Mapping[str, Any], unit: str | None) -> bool:
    """The unit's own return was answered by giving the order to another."""
    to = payload.get("to_unit") or payload.get("unit")
    return payload.get("objection") is not None and payload.get("from_unit") == unit and to != unit


def _of_officer(account: str, events: Iterable[Told]) -> list[dict[str, Any]]:
    """What one account did, by kind of event, and whose personal data it opened."""
    acted: dict[str, list[str]] = {}
    signed: list[str] = []
    read: list[str] = []
    for event in events:
        if acted_by(event.actor)[0] == account:
            acted.setdefault(event.type, []).append(event.event_id)
        if event.payload.get("signatory") == account:
            signed.append(event.event_id)
        if event.type == "PersonalDataRead" and event.payload["account"] == account:
            read.append(event.event_id)
    found = [_figure("personal_data_read", read), _figure("signatures", signed)]
    return found + [
        {"name": f"did.{type_}", "label": sentence(f"event.{type_}"), "value": len(ids), "events": ids}
        for type_, ids in sorted(acted.items())
    ]


def _figure(name: str, ids: list[str]) -> dict[str, Any]:
    return {"name": name, "label": sentence(f"audit.figure-{name}"), "value": len(ids), "events": ids}


def _share(name: str, part: list[str], whole: list[str]) -> dict[str, Any]:
    """A rate as two whole numbers: a quotient would have to be rounded, and rounded is not recomputed."""
    label = sentence(f"audit.figure-{name}")
    return {"name": name, "label": label, "of": [len(part), len(whole)], "events": part}
