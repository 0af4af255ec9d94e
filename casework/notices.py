"""Telling people (短信, 政务微信): what is told to whom follows from the facts; how it is sent is a port.

A notice names units, a matter of the register and a thing by its number: never a person, nothing of what a requester
said, nothing anybody typed, for the channels lie outside. Two sinks ship: a folder, and a webhook behind which a city
puts its own gateway. Delivery is at least once: whoever calls tries again on Unavailable, and the key of a notice lets
the receiver drop what it has.
"""

import hashlib
import hmac
import json
import os
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any, Protocol
from urllib.parse import quote, urlsplit

import httpx

from casework import events as e
from casework.papers.words import chinese_time
from mandates.edition import RegisterEdition
from terms.actors import Role
from terms.errors import BadInput, Unavailable
from terms.ids import ClauseId, UnitCode
from terms.messages import sentence

HOTLINE = UnitCode("")  # the city's hotline, whatever its unit


@dataclass(frozen=True, slots=True)
class Recipient:
    """Whoever holds a role for a unit; no role: whoever the unit has appointed. Never a person's name or number."""

    unit: UnitCode = HOTLINE
    role: Role | None = None


@dataclass(frozen=True, slots=True)
class Notice:
    """One notice. `kind` is the event's type, `body` holds no personal data, `link` is a path inside the console.

    `key` names it: the same fact told to the same recipient has the same key, however often it is sent.
    """

    to: Recipient
    kind: str
    title: str
    body: str
    link: str
    key: str

    def document(self) -> dict[str, Any]:
        """The notice as plain JSON."""
        to = {"unit": self.to.unit, "role": self.to.role}
        return {"to": to, "kind": self.kind, "title": self.title, "body": self.body, "link": self.link, "key": self.key}


class Told(Protocol):
    """An order, case or finding as it stands after the fact; `version` counts its facts."""

    @property
    def version(self) -> int:
        """How many facts were folded."""


# --- who is told of what ---------------------------------------------------------------------------------------


def _units(*units: UnitCode | None) -> tuple[Recipient, ...]:
    return tuple(Recipient(unit) for unit in units if unit)


def _unit(fact: Any, thing: Any) -> Iterable[Recipient]:
    return _units(fact.unit)


def _reviewers(fact: Any, thing: Any) -> Iterable[Recipient]:
    return (Recipient(role=Role.REVIEWER),)


def _lead(fact: Any, thing: Any) -> Iterable[Recipient]:
    return _units(thing.lead)


def _lead_and_supports(fact: Any, thing: Any) -> Iterable[Recipient]:
    return _units(thing.lead, *thing.supports)


def _clock(fact: Any, thing: Any) -> Iterable[Recipient]:
    """A unit's clock is told to the unit, the hotline's own to whoever it waits for."""
    if fact.unit:
        return _units(fact.unit)
    return (Recipient(role=Role.DISPATCHER if fact.clock == "dispatch" else Role.REVIEWER),)


def _case_clock(fact: Any, thing: Any) -> Iterable[Recipient]:
    return _units(fact.unit) or (Recipient(role=Role.BIANBAN_OFFICER),)


Rule = Callable[[Any, Any], Iterable[Recipient]]
TOLD: Mapping[type[e.Fact], Rule] = {
    # 派单 and what moves an order: who gets it, and who loses it
    e.WorkOrderDispatched: lambda fact, _: _units(fact.lead, *fact.supports, fact.desk),
    e.DispatchWithdrawn: lambda fact, _: _units(fact.lead),
    e.OrderReassigned: lambda fact, _: _units(fact.to_unit, *fact.supports, fact.from_unit),
    e.OrderCarriedOver: lambda fact, _: _units(fact.to_unit) or (Recipient(role=Role.DISPATCHER),),
    e.UnitDesignated: lambda fact, _: _units(fact.unit, *fact.supports, fact.from_unit),
    e.SupportAdded: _unit,
    e.SupportReleased: _unit,
    e.ConsultationOpened: lambda fact, _: _units(*fact.units),
    # returns: the review is told, then whoever it answers
    e.ReturnRequested: _reviewers,
    e.ProposedUnitAsked: _unit,
    e.ProposedUnitAnswered: _reviewers,
    e.ReturnRefused: _unit,
    e.SupportObjected: _reviewers,
    e.SupportObjectionRefused: _unit,
    # the work
    e.OrderChased: _lead,
    e.AdditionReceived: _lead_and_supports,
    e.ExtensionRequested: _reviewers,
    e.ExtensionGranted: _unit,
    e.ExtensionRefused: _unit,
    e.OrderResumed: _lead,
    e.HandOverSent: lambda fact, _: _units(fact.receiver),
    e.HandOverRefused: lambda fact, thing: _units(*(o.sender for o in thing.hand_overs if o.number == fact.hand_over)),
    e.HandOverResultFedBack: lambda fact, thing: _units(
        *(o.sender for o in thing.hand_overs if o.number == fact.hand_over)
    ),
    e.ResultSentBack: _lead,
    e.ReworkOrdered: _lead,
    e.SupervisionIssued: _unit,
    e.ExclusionRequested: _reviewers,
    e.ExclusionGranted: lambda fact, thing: _units(fact.unit) if thing.member(fact.unit) else (),  # not of history
    e.ExclusionRefused: _unit,
    e.ClockWarned: _clock,
    e.ClockExpired: _clock,
    # the matter lane
    e.BoundaryCaseOpened: lambda fact, _: _units(*fact.parties, fact.handler),
    e.MinutesDrafted: lambda _, thing: _units(*thing.parties),
    e.ApplicationSubmitted: lambda _, thing: (Recipient(role=Role.BIANBAN_OFFICER),),
    e.ApplicationSentBack: lambda _, thing: _units(*thing.parties),
    e.OpinionsRequested: lambda fact, _: _units(*fact.units),
    e.CoordinationOpinionIssued: lambda fact, thing: _units(*thing.parties, fact.lead, *fact.supports),
    e.DecisionRecorded: lambda fact, thing: _units(*thing.parties, fact.lead, *fact.supports),
    e.CaseClockWarned: _case_clock,
    e.CaseClockExpired: _case_clock,
    # findings
    e.FeedbackGiven: _unit,
    e.SupervisionPaperIssued: lambda fact, _: _units(fact.addressee),
    e.SupervisionNoticeIssued: lambda fact, _: _units(fact.addressee),
    e.HoldProposed: lambda fact, _: (Recipient(role=Role.BIANBAN_DIRECTOR),),
    e.HoldSigned: _unit,
    e.HoldLifted: _unit,
    e.FindingClockWarned: _case_clock,
    e.FindingClockExpired: _case_clock,
}


def notices_of(fact: e.Fact, order: Told, register: RegisterEdition) -> tuple[Notice, ...]:
    """Who is told of a fact, each recipient once; most facts tell nobody. Pure.

    `order` is the order, case or finding right after this fact, `register` the edition of its day. A unit that is
    complained about is told nothing (济南条例 art. 32).
    """
    rule = TOLD.get(type(fact))
    if rule is None:
        return ()
    hidden = set(getattr(order, "subject_units", ()))
    told = dict.fromkeys(one for one in rule(fact, order) if one.unit not in hidden)
    return tuple(_notice(fact, order, register, to) for to in told)


def _notice(fact: e.Fact, thing: Told, register: RegisterEdition, to: Recipient) -> Notice:
    number, link = _about(fact)
    kind = fact.event_type()
    happened = sentence(f"event.{kind}")
    parts = [sentence("notice.body", about=number, happened=happened)]
    if point := register.duty_points.get(ClauseId(str(getattr(thing, "matter_id", "") or ""))):
        parts.append(sentence("notice.matter", matter=point.matter))  # the register's word, not anybody's typing
    if due := _due(fact, to.unit):
        parts.append(sentence("notice.due", due=chinese_time(due)))
    key = hashlib.sha256(f"{kind}/{number}/{thing.version}/{to.unit}/{to.role or ''}".encode()).hexdigest()
    title = sentence("notice.title", about=number, happened=happened)
    return Notice(to, kind, title, "".join((*parts, sentence("notice.end"))), link, key)


def _about(fact: e.Fact) -> tuple[str, str]:
    """The number of what the fact is about, and the page to open."""
    if isinstance(fact, e.OrderFact):
        return fact.order_no, f"/orders/{quote(fact.order_no, safe='/')}"
    if case_no := str(getattr(fact, "case_no", "")):
        return case_no, f"/cases/{quote(case_no, safe='/')}"
    finding_no = str(getattr(fact, "finding_no", ""))
    return finding_no, f"/findings/{quote(finding_no, safe='/')}"


def _due(fact: e.Fact, unit: UnitCode) -> datetime | None:
    """What the recipient has to do first: the earliest of the fact's clocks that runs for it."""
    own = [one.due for one in getattr(fact, "deadlines", ()) if one.unit == unit]
    named: datetime | None = getattr(fact, "due", None)
    return min(own) if own else named


# --- how it is sent --------------------------------------------------------------------------------------------


class Sink(Protocol):
    """A way out of the system."""

    def send(self, notice: Notice) -> None:
        """Hand over one notice. Raises Unavailable: try again later; BadInput: it will never be taken."""


@dataclass(frozen=True, slots=True)
class FolderSink:
    """Writes each notice as a JSON file named for its key: for trying out, and for a gateway that reads a folder."""

    folder: Path

    def send(self, notice: Notice) -> None:
        """Write it whole or not at all; a notice that is there already is left alone."""
        path = self.folder / f"{notice.key}.json"
        partial = path.with_suffix(".part")
        try:
            if not path.exists():
                partial.write_bytes(_body(notice))
                os.replace(partial, path)  # noqa: PTH105  atomic, and says so
        except OSError as error:
            raise Unavailable("casework.notice-not-sent", at=self.folder.name) from error


def signature(secret: bytes, timestamp: str, body: bytes) -> str:
    """What `X-Dingze-Signature` says: HMAC-SHA256 over `timestamp.body`. The receiver computes it anew and compares."""
    return "sha256=" + hmac.new(secret, timestamp.encode() + b"." + body, hashlib.sha256).hexdigest()


@dataclass(frozen=True, slots=True)
class WebhookSink:
    """Posts each notice as signed JSON. `url` is https, or http on this machine; `clock` gives aware moments.

    Headers: `Idempotency-Key`, `X-Dingze-Timestamp` (seconds since 1970), `X-Dingze-Signature`. Redirects are not
    followed: a signed body goes where it was meant to go.
    """

    url: str
    secret: bytes = field(repr=False)
    client: httpx.Client
    clock: Callable[[], datetime]
    timeout: float = 5.0  # seconds, to connect and to wait for each part of the answer

    def __post_init__(self) -> None:
        found = urlsplit(self.url)
        local = found.hostname in ("127.0.0.1", "::1", "localhost")
        if found.scheme != "https" and not (found.scheme == "http" and local):
            raise BadInput("notice.bad-webhook", at="url")
        if len(self.secret) < 16:
            raise BadInput("notice.short-secret", at="secret")

    def send(self, notice: Notice) -> None:
        """Post it. Raises Unavailable when nobody answers or the receiver is in trouble, BadInput when it refuses."""
        body = _body(notice)
        stamp = str(int(self.clock().timestamp()))
        headers = {
            "Content-Type": "application/json",
            "Idempotency-Key": notice.key,
            "X-Dingze-Timestamp": stamp,
            "X-Dingze-Signature": signature(self.secret, stamp, body),
        }
        try:
            answer = self.client.post(
                self.url, content=body, headers=headers, timeout=self.timeout, follow_redirects=False
            )
        except httpx.HTTPError as error:
            raise Unavailable("casework.notice-not-sent", at="webhook") from error
        if answer.is_success:
            return
        if answer.is_client_error and answer.status_code not in _TRY_AGAIN:
            raise BadInput("notice.refused", at="webhook", status=answer.status_code)
        raise Unavailable("casework.notice-not-sent", at="webhook")


_TRY_AGAIN = frozenset({401, 403, 404, 408, 425, 429})  # the gateway is set up wrongly or busy: no fault of the notice


def _body(notice: Notice) -> bytes:
    return json.dumps(notice.document(), ensure_ascii=False, sort_keys=True).encode()
