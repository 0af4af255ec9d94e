"""A return from another platform: a counter-claim on a live order, or history where the order is elsewhere by now.

The decision is casework's (`RecordReturn`): recorded with what it carries, marked 依据不全 where the basis lacks,
never refused. Here it is resolved, keyed, and laid on the state of its order; two of one batch on the same order see
each other.
"""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, date, datetime

from casework.events import FACTS, HistoryRecorded, OrderFact, read
from casework.work_order.commands import RecordReturn
from casework.work_order.context import Context
from casework.work_order.decide import decide
from casework.work_order.fold import evolve
from casework.work_order.state import WorkOrder
from city.calendar import WorkingCalendar
from city.configuration import CityConfiguration
from ingest.arrival import Arrival, FindUnits, body_of, check_date
from ingest.contracts import CITY_TIME, IncomingReturn, read_return
from ingest.history import covered, key_of, keyed
from ledger.envelope import Append, NewEvent
from ledger.store import Ledger
from ledger.vault import Keyring
from mandates.edition import RegisterEdition
from mandates.sheets import Row
from terms.actors import process
from terms.ids import OrderNo, UnitCode, order_stream

SOURCE = "returns"
GATEWAY = process("gateway")


@dataclass(frozen=True, slots=True)
class Returns:
    """Takes in returns. `units` resolves names, `register` gives the edition of a day."""

    ledger: Ledger
    city: CityConfiguration
    calendar: WorkingCalendar
    units: FindUnits
    register: Callable[[date], RegisterEdition]
    name: str = "return"

    def read(self, row: Row, arrival: Arrival) -> IncomingReturn:
        """The row as a return. Raises BadInput."""
        found = read_return(row.cells, mapping=arrival.mapping, at=row.at)
        check_date(found.returned_at, self.city, arrival, f"{row.at} returned_at")
        return covered(found)

    def order_no(self, record: IncomingReturn) -> str:
        """The order it returns."""
        return record.order_no

    def subjects(self, record: IncomingReturn) -> Iterator[str]:
        """Nothing is sealed: notes are covered already."""
        return iter(())

    def appends(self, records: Iterable[IncomingReturn], ring: Keyring, arrival: Arrival) -> Iterator[Append]:
        """What casework makes of each; the version it saw goes with it."""
        desk = _Desk(self, arrival)
        return (desk.take(record) for record in records)

    def command(self, told: IncomingReturn, when: datetime, arrival: Arrival) -> RecordReturn:
        """The return as casework's command, names resolved to units and reasons to codes where they are known."""
        by = self._unit(told.by, told, when)
        proposed = self._unit(told.proposed, told, when)
        reasons = {reason.label: reason.code for reason in self.city.return_reasons}
        unknown = [name for name, code in ((told.by, by), (told.proposed, proposed)) if name and code is None]
        return RecordReturn(
            unit=by or UnitCode(""),
            reason=reasons.get(told.reason, told.reason),
            denied_clause=told.denied_clause or None,
            claimed_clause=told.claimed_clause or None,
            no_clause=bool(told.no_clause),
            proposed_unit=proposed,
            place=told.place,
            other_order=told.other_order,
            missing=told.missing,
            channel=told.channel,
            keeps=told.keeps,
            asked_support=self._unit(told.asked_support, told, when),
            note=told.note,
            signatory=told.signatory,
            returned_at=when,
            unit_text="；".join(unknown),
            origin=arrival.origin,
        )

    def _unit(self, name: str, told: IncomingReturn, when: datetime) -> UnitCode | None:
        found = self.units(name, told.district, when) if name else ()
        return found[0] if len(found) == 1 else None


@dataclass(slots=True)
class _Desk:
    """The orders of one batch, as the record has them and as the batch has brought them on so far."""

    kind: Returns
    arrival: Arrival
    orders: dict[str, tuple[WorkOrder, int]] = field(default_factory=dict)  # and the version of the stream
    keys: set[str] = field(default_factory=set)

    def take(self, told: IncomingReturn) -> Append:
        stream = order_stream(told.order_no)
        when = (told.returned_at or self.arrival.now).astimezone(UTC)
        body = body_of(told)
        key = key_of(told.order_no, told.return_no, body)
        if key in self.keys or self.kind.ledger.by_source(SOURCE, key) is not None:
            # known already: whatever is said now, the answer is the first one, or that the bodies differ
            known = HistoryRecorded(order_no=told.order_no, what="returned", happened_at=when, note=told.note)
            return Append(stream, None, (keyed(known, SOURCE, key, body, when),))
        self.keys.add(key)
        order, version = self._order(told.order_no)
        facts = decide(order, self.kind.command(told, when, self.arrival), self._context(order))
        first = keyed(facts[0], SOURCE, key, body, when)
        rest = (
            NewEvent(
                type=fact.event_type(),
                payload=fact.to_payload(),
                occurred_at=when,
                actor=str(GATEWAY),
                cause=first.event_id,
                correlation=stream,
            )
            for fact in facts[1:]
        )
        for fact in facts:
            order = evolve(order, fact, when)
        self.orders[told.order_no] = order, version + len(facts)
        return Append(stream, version, (first, *rest))

    def _order(self, number: str) -> tuple[WorkOrder, int]:
        if number not in self.orders:
            events = self.kind.ledger.stream(order_stream(OrderNo(number)))
            order = WorkOrder(number)
            for event in events:
                if event.type in FACTS and isinstance(fact := read(event.type, event.payload), OrderFact):
                    order = evolve(order, fact, event.occurred_at)
            self.orders[number] = order, events[-1].version if events else 0
        return self.orders[number]

    def _context(self, order: WorkOrder) -> Context:
        day = (order.received_at or self.arrival.now).astimezone(CITY_TIME).date()
        return Context(
            now=self.arrival.now,
            actor=GATEWAY,
            city=self.kind.city,
            calendar=self.kind.calendar,
            register=self.kind.register(day),
        )
