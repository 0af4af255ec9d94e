"""A work order on its way in: sealed under its own key, masked for everybody else, its first clock started."""

import hashlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime

from casework.clocks import Reckoner, starts_clocks, tier_of
from casework.events import Attachment, WorkOrderReceived
from city.calendar import WorkingCalendar
from city.configuration import CityConfiguration
from ingest.arrival import GATEWAY, Arrival, FindUnits, body_of, check_date, check_limit
from ingest.contracts import IncomingAttachment, IncomingOrder, days_of, read_order
from ingest.masking import mask, mask_all
from ledger.envelope import Append, NewEvent
from ledger.vault import Keyring, Vault
from mandates.sheets import Row
from terms.ids import OrderNo, UnitCode, order_stream

SOURCE = "hotline"
SHORT = ("kind", "category", "urgency", "district", "street", "channel")  # kept in the clear, so covered
LONG = ("title", "text", "place")
AGAINST_SOMEBODY = frozenset({"投诉", "举报"})  # only here is the unit somebody names the one complained about


@dataclass(frozen=True, slots=True)
class Orders:
    """Takes in work orders."""

    vault: Vault
    city: CityConfiguration
    calendar: WorkingCalendar
    units: FindUnits
    name: str = "work-order"

    def read(self, row: Row, arrival: Arrival) -> IncomingOrder:
        """The row as an order; one without a number is named by the delivery's digest and its row. Raises BadInput."""
        order = read_order(row.cells, mapping=arrival.mapping, at=row.at)
        check_date(order.received_at, self.city, arrival, f"{row.at} received_at")
        check_limit(order.handle_limit, order.received_at or arrival.now, row.at)
        if order.order_no is None:
            digest = arrival.file_digest or hashlib.sha256(row.raw).hexdigest()
            order = order.model_copy(update={"order_no": f"{digest[:16]}-{row.number}"})
        return order

    def order_no(self, record: IncomingOrder) -> str:
        """Its number."""
        return record.order_no or ""

    def subjects(self, record: IncomingOrder) -> Iterator[str]:
        """The order itself, and its caller."""
        yield order_stream(OrderNo(record.order_no or ""))
        if record.caller_phone:
            yield self.vault.caller(record.caller_phone)

    def appends(self, records: Iterable[IncomingOrder], ring: Keyring, arrival: Arrival) -> Iterator[Append]:
        """WorkOrderReceived for each; an order that is already known only by its history is received all the same."""
        return (self._received(order, ring, arrival) for order in records)

    def _received(self, order: IncomingOrder, ring: Keyring, arrival: Arrival) -> Append:
        number = OrderNo(order.order_no or "")
        subject = order_stream(number)
        received_at = (order.received_at or arrival.now).astimezone(UTC)
        live = starts_clocks(received_at, arrival.now, self.city)
        known = [word for word in (order.caller_name, order.caller_phone) if word]
        tier = tier_of(order.urgency, f"{order.title}\n{order.text}", self.city)
        told = {name: getattr(order, name) for name in SHORT} | {"category": _category(order)}
        short = dict(zip(SHORT, mask_all(told.values(), known), strict=True))
        sealed = order.model_dump(include={"caller_name", "caller_phone", *LONG})
        if order.subjects:
            sealed["subjects"] = list(order.subjects)  # who is no unit here may be a person
        if order.attachments:
            sealed["attachments"] = [one.model_dump() for one in order.attachments]
        fact = WorkOrderReceived(
            order_no=number,
            **short,
            tier=tier,
            received_at=received_at,
            caller=ring.pseudonym(self.vault.caller(order.caller_phone)) if order.caller_phone else "",
            sealed=ring.seal(subject, sealed),
            masked=ring.seal(subject, {name: mask(getattr(order, name), known) for name in LONG}),
            attachments=tuple(attachment(one, known) for one in order.attachments),
            mode="live" if live else "history",
            reporter_hidden=bool(order.reporter_hidden),
            subject_units=self._subject_units(order, received_at),
            origin=arrival.origin,
            city_version=self.city.version,
            deadlines=(Reckoner(self.city, self.calendar, received_at).dispatch(tier),) if live else (),
            handle_due=order.handle_limit.astimezone(UTC) if isinstance(order.handle_limit, datetime) else None,
            handle_days=days_of(order.handle_limit),
            excluded=order.excluded,
        )
        event = NewEvent(
            type=WorkOrderReceived.event_type(),
            payload=fact.to_payload(),
            occurred_at=received_at,
            actor=GATEWAY,
            schema=WorkOrderReceived.SCHEMA,
            correlation=subject,
            source=SOURCE,
            source_key=number,
            mark=ring.mark(subject, body_of(order)),
        )
        return Append(subject, None, (event,))

    def _subject_units(self, order: IncomingOrder, when: datetime) -> tuple[UnitCode, ...]:
        """Who is complained about, as the platform tells it: never to be routed to (济南条例 art. 32)."""
        if order.kind not in AGAINST_SOMEBODY:
            return ()
        found = (unit for name in order.subjects or () for unit in self.units(name, order.district, when))
        return tuple(dict.fromkeys(found))


def _category(order: IncomingOrder) -> str:
    """问题分类 with its levels joined by "/", whether they came in one column or in three."""
    return "/".join(one for one in (order.category, order.second_category, order.third_category) if one)


def attachment(one: IncomingAttachment, known: Iterable[str]) -> Attachment:
    """An attachment as the event may show it: a reference that holds personal data is only in the sealed box."""
    words = tuple(known)
    reference = one.reference if mask(one.reference, words) == one.reference else ""
    return Attachment(name=mask(one.name, words), kind=one.kind, reference=reference, digest=one.digest.lower())
