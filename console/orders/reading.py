"""One order as its page shows it, read from its own stream: always as new as the record itself."""

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, cast

from casework import events as e
from casework.work_order.fold import replay
from casework.work_order.state import WorkOrder
from city.configuration import CityConfiguration
from console.orders.claims import Claim, claims_of
from console.orders.timeline import Entry, entry_of
from console.registers.clause_card import ClauseCard, clause_card
from console.words import CITY_TIME
from ledger.envelope import Event
from ledger.store import Ledger
from mandates.edition import RegisterEdition
from mandates.reading import RegisterReader
from projections.view import Masked
from routing.proposal import Citation, Proposal
from terms.errors import NotFound
from terms.ids import EventId, OrderNo, Position, order_stream

FROM_THE_REQUESTER = frozenset({"WorkOrderReceived", "AdditionReceived"})
_PART = re.compile(r"[^，。；：、\s]+")
OpenMasked = Callable[[Sequence[Event]], Mapping[str, Masked]]
Labelled = tuple[int, int, str]  # a span of a text and the number of the citation it belongs to


@dataclass(frozen=True, slots=True)
class Evidence:
    """A citation beside the clause it stands on; `label` numbers it in both texts."""

    label: str
    citation: Citation
    card: ClauseCard
    words: str  # of the order
    clause_span: tuple[int, int] | None  # of the citation's text: where it speaks of the same


@dataclass(frozen=True, slots=True)
class Attached:
    """A file of the order; `sealed` when the requester sent it, so that opening it is recorded. `here` when it lies in
    this system, not on the platform it came from."""

    attachment: e.Attachment
    sealed: bool
    here: bool = False


@dataclass(frozen=True, slots=True)
class Texts:
    """The masked words of an order. Empty once erased."""

    title: str
    text: str
    place: str
    additions: tuple[str, ...]
    title_spans: tuple[Labelled, ...]
    text_spans: tuple[Labelled, ...]


@dataclass(frozen=True, slots=True)
class OrderSheet:
    """Everything the order page shows."""

    order: WorkOrder
    received: e.WorkOrderReceived | None
    register: RegisterEdition
    texts: Texts
    proposal: Proposal | None
    evidence: tuple[Evidence, ...]
    timeline: tuple[Entry, ...]
    attachments: tuple[Attached, ...]
    last_event: EventId
    claims: tuple[Claim, ...]
    position: Position
    version: int  # of the stream


def read_order(ledger: Ledger, order_no: str, upto: Position | None = None) -> tuple[WorkOrder, list[Event]]:
    """An order and its events, as it stood at a position when one is given. Raises NotFound."""
    events = [
        event
        for event in ledger.stream(order_stream(OrderNo(order_no)))
        if event.type in e.FACTS and (upto is None or event.position <= upto)
    ]
    if not events:
        raise NotFound("console.no-order", order_no=order_no)
    return replay(order_no, ((cast(e.OrderFact, fact_of(event)), event.occurred_at) for event in events)), events


def fact_of(event: Event) -> e.Fact:
    """The fact of an event."""
    return e.read(event.type, event.payload)


def register_of(register: RegisterReader, order: WorkOrder, now: datetime) -> RegisterEdition:
    """The edition of the order's date: a route is judged by the clauses of that day.

    Where a 机构改革 carried the order over, the units that began with it are there too, so that they have their names.
    """
    known = register.as_of((order.received_at or now).astimezone(CITY_TIME).date())
    if order.reformed_on is None:
        return known
    units = {**register.as_of(order.reformed_on).units, **known.units}
    return replace(known, units=dict(sorted(units.items())))


def judging(register: RegisterReader, sheet: OrderSheet) -> RegisterEdition:
    """The edition that what is done now is judged by: of the order's day, after a 机构改革 of the reform's."""
    order = sheet.order
    if order.reformed_on is None or order.received_at is None:
        return sheet.register
    return register.as_of(max(order.received_at.astimezone(CITY_TIME).date(), order.reformed_on))


def order_sheet(
    order: WorkOrder,
    events: Sequence[Event],
    register: RegisterEdition,
    open_masked: OpenMasked,
    city: CityConfiguration,
    named: Callable[[str], str] = str,
) -> OrderSheet:
    """Put the page together; `named` gives the name behind an account."""
    opened = open_masked([event for event in events if event.payload.get("masked")])
    received = next((event for event in events if event.type == "WorkOrderReceived"), None)
    words: Mapping[str, Any] = opened.get(received.event_id, {}) if received else {}
    additions = tuple(
        str(opened.get(event.event_id, {}).get("text", "")) for event in events if event.type == "AdditionReceived"
    )
    title, text = str(words.get("title", "")), str(words.get("text", ""))
    whole = f"{title}\n{text}" if title else text
    proposal = order.proposal
    evidence = evidence_of(proposal, whole, register)
    spans = [(*one.citation.order_span, one.label) for one in evidence if one.citation.order_span]
    at = len(title) + 1 if title else 0
    texts = Texts(
        title=title,
        text=text,
        place=str(words.get("place", "")),
        additions=tuple(one for one in additions if one),
        title_spans=tuple((start, min(end, len(title)), label) for start, end, label in spans if start < len(title)),
        text_spans=tuple((max(start - at, 0), end - at, label) for start, end, label in spans if end > at),
    )
    attachments: dict[tuple[str, str, bool], Attached] = {}
    for event in events:
        fact, sealed = fact_of(event), event.type in FROM_THE_REQUESTER
        for one in (*getattr(fact, "attachments", ()), *getattr(fact, "material", ())):
            attachments.setdefault((one.name, one.digest, sealed), Attached(one, sealed))
    return OrderSheet(
        order=order,
        received=cast(e.WorkOrderReceived, fact_of(received)) if received else None,
        register=register,
        texts=texts,
        proposal=proposal,
        evidence=evidence,
        timeline=tuple(entry_of(event, register, city, named) for event in events),
        attachments=tuple(attachments.values()),
        claims=claims_of(order, map(fact_of, events), register, city, named),
        last_event=events[-1].event_id,
        position=events[-1].position,
        version=events[-1].version,
    )


def evidence_of(proposal: Proposal | None, whole: str, register: RegisterEdition) -> tuple[Evidence, ...]:
    """The citations of a proposal beside the words of the order (title, line, text) that led to them."""
    if proposal is None:
        return ()
    found = []
    for number, citation in enumerate(proposal.citations, 1):
        span = citation.order_span
        # the text may be gone by now; then there are no words to show, and no span to mark
        words = whole[span[0] : span[1]] if span and span[1] <= len(whole) else ""
        card = clause_card(citation.clause_id, register)
        told = citation.clause_span or same_in(citation.text, (words, citation.via, card.matter, proposal.matter))
        found.append(Evidence(str(number), citation, card, words, told))
    return tuple(found)


def same_in(clause: str, said: Iterable[str]) -> tuple[int, int] | None:
    """The part of a clause that has most pairs of letters with what was said; None where it has none.

    For the eye only: where the router found the clause by an everyday word, which does not stand in it.
    """
    pairs = {one[at : at + 2] for one in said for at in range(len(one) - 1)}
    parts = [(sum(pair in part.group() for pair in pairs), part.span()) for part in _PART.finditer(clause)]
    most, span = max(parts, key=lambda one: one[0], default=(0, (0, 0)))
    return span if most else None
