"""The one way in: validate, key, seal, append. Each item is whole or not at all; a batch is not.

What cannot be read goes to quarantine with its reason and its sealed bytes, and its neighbours go in. An order is
known by its number: the same body again is the first answer, another body under the same number a recorded conflict.
"""

import hashlib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

import orjson

from casework.clocks import Reckoner, tier_of
from casework.events import Attachment, WorkOrderReceived
from city.calendar import WorkingCalendar
from city.configuration import CityConfiguration
from ingest.contracts import IncomingOrder, read_order
from ingest.masking import mask
from ingest.quarantine import quarantined
from ledger.envelope import Append, Appended, NewEvent, Outcome
from ledger.store import Ledger
from ledger.vault import Keyring, Vault
from mandates.sheets import Row
from terms.actors import process
from terms.errors import BadInput
from terms.ids import OrderNo, order_stream

SOURCE = "hotline"
BATCH = 500
GATEWAY = str(process("gateway"))


@dataclass(slots=True)
class Summary:
    """What became of the rows of one ingestion."""

    received: int = 0
    duplicate: int = 0
    conflict: int = 0
    quarantined: int = 0
    answers: list[dict[str, Any]] = field(default_factory=list)

    def counts(self) -> dict[str, int]:
        """The four figures every ingestion reports."""
        return {
            "in": self.received,
            "duplicate": self.duplicate,
            "conflict": self.conflict,
            "quarantined": self.quarantined,
        }


@dataclass(frozen=True, slots=True)
class Gateway:
    """Takes work orders into one ledger. `city` decides the limits; the moment of arrival comes with each call."""

    ledger: Ledger
    vault: Vault
    city: CityConfiguration
    calendar: WorkingCalendar

    def admit(
        self,
        rows: Iterable[Row],
        *,
        now: datetime,
        file_digest: str = "",
        mapping: Mapping[str, str] | None = None,
        origin: str = "",
        answers: bool = False,
    ) -> Iterator[Summary]:
        """Take rows in, a batch at a time; after each batch the summary so far.

        `file_digest` names rows that bring no number of their own. With `answers`, the summary also tells what became
        of each row, in order.
        """
        summary = Summary()
        batch: list[Row] = []
        for row in rows:
            batch.append(row)
            if len(batch) == BATCH:
                self._admit(batch, summary, now, file_digest, mapping or {}, origin, answers)
                batch = []
                yield summary
        if batch:
            self._admit(batch, summary, now, file_digest, mapping or {}, origin, answers)
        yield summary

    def _admit(
        self,
        batch: Sequence[Row],
        summary: Summary,
        now: datetime,
        file_digest: str,
        mapping: Mapping[str, str],
        origin: str,
        answers: bool,
    ) -> None:
        read = [self._read(row, now, file_digest, mapping) for row in batch]
        subjects: list[str] = []
        for row, order in zip(batch, read, strict=True):
            subjects.append(_subject(row, order))
            if isinstance(order, IncomingOrder) and order.caller_phone:
                subjects.append(self.vault.caller(order.caller_phone))
        ring = self.vault.keyring(subjects)
        appends = [
            self._received(order, row, ring, now, origin)
            if isinstance(order, IncomingOrder)
            else quarantined(row, order, ring, now, origin, kind="work-order")
            for row, order in zip(batch, read, strict=True)
        ]
        for row, order, done in zip(batch, read, self.ledger.append_each(appends, ring.new_keys()), strict=True):
            _count(summary, order, done)
            if answers:
                summary.answers.append(_answer(row, order, done))

    def _read(self, row: Row, now: datetime, file_digest: str, mapping: Mapping[str, str]) -> IncomingOrder | BadInput:
        if row.fault:
            return BadInput("input.row-unreadable", at=row.at, reason=row.fault)
        try:
            order = read_order(row.cells, mapping=mapping, at=row.at)
            self._plausible(order, now, row.at)
        except BadInput as error:
            return error
        if order.order_no is None:
            digest = file_digest or hashlib.sha256(row.raw).hexdigest()
            order = order.model_copy(update={"order_no": f"{digest[:16]}-{row.number}"})
        return order

    def _plausible(self, order: IncomingOrder, now: datetime, at: str) -> None:
        if order.received_at is None:
            return
        rules = self.city.imports
        if order.received_at.year < rules.earliest_year or order.received_at > now + timedelta(days=1):
            raise BadInput("ingest.absurd-date", at=f"{at} received_at", found=order.received_at.date().isoformat())

    def _received(self, order: IncomingOrder, row: Row, ring: Keyring, now: datetime, origin: str) -> Append:
        number = OrderNo(order.order_no or "")
        subject = order_stream(number)
        if ring.is_erased(subject):
            return quarantined(row, BadInput("ingest.erased", at=row.at), ring, now, origin, kind="work-order")
        received_at = (order.received_at or now).astimezone(UTC)
        live = now - received_at <= timedelta(days=self.city.imports.clocks_start_within_days)
        known = [word for word in (order.caller_name, order.caller_phone) if word]
        reckoner = Reckoner(self.city, self.calendar, received_at)
        tier = tier_of(order.urgency, f"{order.title}\n{order.text}", self.city)
        fact = WorkOrderReceived(
            order_no=number,
            kind=order.kind,
            category=order.category,
            urgency=order.urgency,
            tier=tier,
            district=order.district,
            street=order.street,
            channel=order.channel,
            received_at=received_at,
            caller=ring.pseudonym(self.vault.caller(order.caller_phone)) if order.caller_phone else "",
            sealed=ring.seal(
                subject,
                order.model_dump(include={"caller_name", "caller_phone", "title", "text", "place"}),
            ),
            masked=ring.seal(
                subject,
                {name: mask(getattr(order, name), known) for name in ("title", "text", "place")},
            ),
            attachments=tuple(Attachment(name=name, reference=name) for name in order.attachments),
            mode="live" if live else "history",
            origin=origin,
            city_version=self.city.version,
            deadlines=(reckoner.dispatch(tier),) if live else (),
        )
        return Append(
            subject,
            None,
            (
                NewEvent(
                    type=WorkOrderReceived.event_type(),
                    payload=fact.to_payload(),
                    occurred_at=received_at,
                    actor=GATEWAY,
                    correlation=subject,
                    source=SOURCE,
                    source_key=number,
                    mark=ring.mark(subject, _body(order)),
                ),
            ),
        )


def _subject(row: Row, order: IncomingOrder | BadInput) -> str:
    if isinstance(order, IncomingOrder):
        return order_stream(OrderNo(order.order_no or ""))
    return "quarantine-" + hashlib.sha256(row.raw).hexdigest()[:32]


def _body(order: IncomingOrder) -> bytes:
    return orjson.dumps(order.model_dump(mode="json"), option=orjson.OPT_SORT_KEYS)


def _count(summary: Summary, order: IncomingOrder | BadInput, done: Appended) -> None:
    if isinstance(order, BadInput) or done.stream.startswith("quarantine-"):
        summary.quarantined += 1
    elif done.outcome is Outcome.DUPLICATE:
        summary.duplicate += 1
    elif done.outcome is Outcome.CONFLICT:
        summary.conflict += 1
    else:
        summary.received += 1


def _answer(row: Row, order: IncomingOrder | BadInput, done: Appended) -> dict[str, Any]:
    if isinstance(order, BadInput):
        return {"row": row.number, "status": "quarantined", "problem": order.problem()}
    status = {Outcome.NEW: "in"}.get(done.outcome, str(done.outcome))
    return {"row": row.number, "status": status, "order_no": order.order_no, "event_id": done.events[0].event_id}
