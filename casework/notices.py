"""Telling people (短信, 政务微信): what is told to whom follows from the facts; how it is sent is a port.

A notice names a unit and a thing by its number, never a person and nothing of what a requester said: the channels
are outside. Two ways of sending ship: a file, and a webhook behind which a city puts its own gateway.
"""

import json
from collections.abc import Callable, Iterable, Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Protocol
from urllib.error import URLError
from urllib.request import Request, urlopen

from casework import events as e
from terms.errors import BadInput, Unavailable
from terms.ids import UnitCode
from terms.messages import sentence


@dataclass(frozen=True, slots=True)
class Notice:
    """One notice to one unit: `about` is the number of the order, case or finding, `event` what happened."""

    unit: UnitCode
    event: str
    about: str
    text: str


class Sender(Protocol):
    """A way out of the system."""

    def send(self, notices: Iterable[Notice]) -> None:
        """Send them all, or raise Unavailable: then the caller sends the whole batch again later."""


def _dispatched(fact: e.WorkOrderDispatched) -> Iterable[UnitCode]:
    return (fact.lead, *fact.supports, *((fact.desk,) if fact.desk else ()))


def _moved(fact: e.OrderReassigned) -> Iterable[UnitCode]:
    return (fact.to_unit, *fact.supports, fact.from_unit)


def _unit(fact: object) -> Iterable[UnitCode]:
    unit = UnitCode(str(getattr(fact, "unit", "")))
    return (unit,) if unit else ()


TOLD: Mapping[type[e.Fact], Callable[..., Iterable[UnitCode]]] = {
    e.WorkOrderDispatched: _dispatched,
    e.OrderReassigned: _moved,
    e.UnitDesignated: lambda fact: (fact.unit, *fact.supports),
    e.SupportAdded: _unit,
    e.ProposedUnitAsked: _unit,
    e.ReturnRefused: _unit,
    e.SupervisionIssued: _unit,
    e.ExtensionGranted: _unit,
    e.ExtensionRefused: _unit,
    e.ClockWarned: _unit,
    e.ClockExpired: _unit,
    e.HandOverSent: lambda fact: (fact.receiver,),
    e.HandOverRefused: lambda fact: (fact.sender,),
    e.HandOverResultFedBack: lambda fact: (fact.sender,),
    e.BoundaryCaseOpened: lambda fact: fact.parties,
    e.OpinionsRequested: lambda fact: fact.units,
    e.CoordinationOpinionIssued: lambda fact: (fact.lead, *fact.supports),
    e.CaseClockWarned: _unit,
    e.CaseClockExpired: _unit,
    e.FeedbackGiven: _unit,
    e.SupervisionPaperIssued: lambda fact: (fact.addressee,),
    e.SupervisionNoticeIssued: lambda fact: (fact.addressee,),
    e.HoldSigned: _unit,
    e.HoldLifted: _unit,
}


def notices_of(fact: e.Fact) -> tuple[Notice, ...]:
    """Who is told of a fact, each unit once; most facts tell nobody."""
    told = TOLD.get(type(fact))
    if told is None:
        return ()
    about = str(getattr(fact, "order_no", "") or getattr(fact, "case_no", "") or getattr(fact, "finding_no", ""))
    event = fact.event_type()
    text = sentence("notice.text", about=about, happened=sentence(f"event.{event}"))
    return tuple(Notice(unit, event, about, text) for unit in dict.fromkeys(told(fact)))


@dataclass(frozen=True, slots=True)
class FileSender:
    """Appends one JSON line a notice to a file: for trying out, and for a gateway that reads a folder."""

    path: Path

    def send(self, notices: Iterable[Notice]) -> None:
        """Append them in one write. Raises Unavailable when the file cannot be written."""
        lines = "".join(json.dumps(asdict(notice), ensure_ascii=False) + "\n" for notice in notices)
        try:
            with self.path.open("a", encoding="utf-8") as file:
                file.write(lines)
        except OSError as error:
            raise Unavailable("casework.notice-not-sent", at=self.path.name) from error


@dataclass(frozen=True, slots=True)
class WebhookSender:
    """Posts a batch as one JSON document. `url` is http or https; `timeout` is in seconds."""

    url: str
    timeout: float = 5.0

    def __post_init__(self) -> None:
        if not self.url.startswith(("http://", "https://")):
            raise BadInput("casework.bad-webhook", at="url")

    def send(self, notices: Iterable[Notice]) -> None:
        """Post them. Raises Unavailable when nobody answers or the answer is no success."""
        batch = [asdict(notice) for notice in notices]
        if not batch:
            return
        body = json.dumps({"notices": batch}, ensure_ascii=False).encode()
        request = Request(self.url, body, {"Content-Type": "application/json"}, method="POST")  # noqa: S310  http(s) only, checked above
        try:
            with urlopen(request, timeout=self.timeout):  # noqa: S310  http(s) only, checked above
                return
        except (URLError, TimeoutError) as error:
            raise Unavailable("casework.notice-not-sent", at="webhook") from error
