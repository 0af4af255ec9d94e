"""The real orders of a past period, as a replay needs them: masked text, proposal, first and final unit.

One pass over the record, nothing is written. An order whose key was erased has no text: it is counted, not replayed.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from ledger.envelope import BEFORE_EVERYTHING, Event
from ledger.store import Ledger
from projections.view import Masked
from routing.proposal import OrderText
from terms.ids import EventId, OrderNo, Position, UnitCode, order_stream

OpenMasked = Callable[[Sequence[Event]], Mapping[str, Masked]]
Advance = Callable[[int], None]
BATCH = 5_000
OPENED_AT_ONCE = 500
FOLDED = frozenset(
    {
        "WorkOrderReceived", "AdditionReceived", "AssignmentProposed", "WorkOrderDispatched", "OrderReassigned",
        "UnitDesignated", "DispatchWithdrawn", "ReturnRequested", "HistoryRecorded",
    }
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class PastOrder:
    """One order of the period. `text` is None once its personal data was erased.

    `first` is the unit it was first dispatched to, `final` the unit that ended up with it (None: never dispatched);
    `returns` are the event ids of the lead's returns, in order: the recorded disputes. `proposed` is the last proposal
    before the first dispatch as its event holds it; `text` is what it was made from.
    """

    order_no: OrderNo
    day: date
    text: OrderText | None
    first: UnitCode | None = None
    final: UnitCode | None = None
    returns: tuple[EventId, ...] = ()
    proposed: Mapping[str, Any] | None = None

    @property
    def made_from(self) -> tuple[str, str, str] | None:
        """Register edition, memory edition and city version of the recorded proposal.

        None without one, and for one made under a dispute: there the status-quo unit was taken.
        """
        told = self.proposed
        if told is None or told["disputed"]:
            return None
        return told["register_edition"], told["memory_edition"], told["city_version"]

    @property
    def disputed(self) -> bool:
        """Whether it was returned, or went from one unit to another."""
        return bool(self.returns) or (self.first is not None and self.first != self.final)


@dataclass(slots=True)
class _Course:
    """What became of one order so far, whether or not it falls into the period."""

    first: UnitCode | None = None
    final: UnitCode | None = None
    desk: UnitCode | None = None
    returns: list[EventId] = field(default_factory=list)
    received: Event | None = None
    added: list[Event] = field(default_factory=list)
    asked: int = 0  # how many of `added` the proposal knew
    proposed: Mapping[str, Any] | None = None

    def goes_to(self, unit: str) -> None:
        """Another unit has it. The district's desk only passes on: where it passes to was the first receiver."""
        if self.first is None or self.first == self.desk:
            self.first = UnitCode(unit)
        self.final = UnitCode(unit)


def past_orders(
    ledger: Ledger,
    open_masked: OpenMasked,
    begin: date,
    end: date,
    day_of: Callable[[Event], date],
    advance: Advance = lambda position: None,
) -> list[PastOrder]:
    """The orders received from `begin` to `end`, both days included, by `day_of` their receipt; by order number.

    What happened to them counts to the head of the record. Raises LedgerBroken.
    """
    courses: dict[str, _Course] = {}
    outside: set[str] = set()  # streams of orders received on other days: what became of them is not decoded
    position = BEFORE_EVERYTHING
    while rows := ledger.read_raw(position, BATCH):
        for row in rows:
            if row.type in FOLDED and row.stream not in outside:
                course = _learn(courses, ledger.decode(row), begin, end, day_of)
                if row.type == "WorkOrderReceived" and course.received is None:
                    outside.add(row.stream)
        position = Position(rows[-1].position)
        advance(position)
    return _told(courses, open_masked, day_of)


def past_orders_of(
    ledger: Ledger, open_masked: OpenMasked, numbers: Iterable[OrderNo], day_of: Callable[[Event], date]
) -> list[PastOrder]:
    """Those orders alone, by order number: their own streams are read, not the whole record."""
    courses: dict[str, _Course] = {}
    for number in numbers:
        for event in ledger.stream(order_stream(number)):
            if event.type in FOLDED:
                _learn(courses, event, date.min, date.max, day_of)
    return _told(courses, open_masked, day_of)


def _told(courses: Mapping[str, _Course], open_masked: OpenMasked, day_of: Callable[[Event], date]) -> list[PastOrder]:
    found = {number: course for number, course in sorted(courses.items()) if course.received is not None}
    texts = _texts([event for course in found.values() for event in _boxes(course)], open_masked)
    return [_order(number, course, day_of, texts) for number, course in found.items()]


def _learn(
    courses: dict[str, _Course], event: Event, begin: date, end: date, day_of: Callable[[Event], date]
) -> _Course:
    told = event.payload
    course = courses.setdefault(told["order_no"], _Course())
    match event.type:
        case "WorkOrderReceived":
            if begin <= day_of(event) <= end:
                course.received = event
        case "AdditionReceived":
            if course.first is None and course.received is not None:
                course.added.append(event)
        case "AssignmentProposed":
            if course.first is None and course.received is not None:
                course.proposed, course.asked = _kept(told["proposal"]), len(course.added)
        case "WorkOrderDispatched":
            course.desk = told["desk"]
            course.goes_to(told["lead"])
        case "OrderReassigned":
            course.goes_to(told["to_unit"])
        case "UnitDesignated":
            course.goes_to(told["unit"])
        case "DispatchWithdrawn":  # undone before anybody signed for it: it never went there
            course.first = course.final = None
        case "ReturnRequested":
            if told["part"] == "lead":
                course.returns.append(event.event_id)
        case _:
            _learn_history(course, event)
    return course


def _kept(proposal: Mapping[str, Any]) -> Mapping[str, Any]:
    # what a replay reads of it: the reasons and the texts of clauses are most of its weight
    named = ("lead", "desk", "automatic", "abstained", "disputed", "register_edition", "memory_edition", "city_version")
    cited = [{"unit": one["unit"], "clause_id": one["clause_id"]} for one in proposal["citations"]]
    return {name: proposal[name] for name in named} | {"citations": cited}


def _learn_history(course: _Course, event: Event) -> None:
    told = event.payload
    to = told["other_unit"] or told["unit"]
    if told["what"] in ("dispatched", "reassigned") and to:
        course.goes_to(to)
    elif told["what"] == "returned":
        course.returns.append(event.event_id)


def _boxes(course: _Course) -> list[Event]:
    return [event for event in (course.received, *course.added) if event is not None and event.payload["masked"]]


def _texts(events: Sequence[Event], open_masked: OpenMasked) -> dict[str, Masked]:
    found: dict[str, Masked] = {}
    for start in range(0, len(events), OPENED_AT_ONCE):
        found |= open_masked(events[start : start + OPENED_AT_ONCE])
    return found


def _order(number: str, course: _Course, day_of: Callable[[Event], date], texts: Mapping[str, Masked]) -> PastOrder:
    received = course.received
    if received is None:  # only orders of the period come here
        raise AssertionError(number)
    day, told = day_of(received), received.payload
    masked = texts.get(received.event_id)
    text = None
    if masked is not None:
        known = course.added if course.proposed is None else course.added[: course.asked]
        added = [texts[event.event_id].get("text", "") for event in known if event.event_id in texts]
        text = OrderText(
            text="\n".join([masked.get("text", ""), *added]),
            title=masked.get("title", ""),
            place=masked.get("place", ""),
            district=told["district"],
            street=told["street"],
            kind=told["kind"],
            subject_units=tuple(told["subject_units"]),
        )
    return PastOrder(OrderNo(number), day, text, course.first, course.final, tuple(course.returns), course.proposed)
