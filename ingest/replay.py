"""Giving what was quarantined another try: as it was, under a mapping, or with corrected cells. It goes in once."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from ingest.arrival import Arrival, Told
from ingest.fields import NO_MAPPING
from ingest.gateway import Gateway
from ingest.quarantine import INPUT_QUARANTINED, INPUT_REPLAYED, last_of, row_of
from ledger.envelope import Append, Event, NewEvent
from mandates.sheets import Row, rows_of
from terms.errors import BadInput
from terms.ids import StreamId

SOURCE = "replay"


@dataclass(frozen=True, slots=True)
class Replay:
    """Replays from quarantine through the same gateway, by the same rules."""

    gateway: Gateway

    def again(
        self,
        stream: StreamId,
        *,
        now: datetime,
        actor: str,
        cells: Mapping[str, Any] | None = None,
        mapping: Mapping[str, str] | None = None,
    ) -> Told:
        """Try one held thing again; `cells` are its corrected fields (default: as received).

        Once it is in, an InputReplayed closes the matter, and a second replay answers with the first. Raises NotFound
        (`ingest.not-held`), BadInput (`ingest.still-bad`): then nothing was written.
        """
        ledger = self.gateway.ledger
        if (done := _closed(ledger.stream(stream))) is not None:
            return Told(done.payload["row"], "duplicate", done.payload["order_no"], done.payload["position"])
        event = last_of(ledger, stream)
        held = row_of(self.gateway.vault, event)
        arrival = Arrival(now, event.payload["digest"], mapping or NO_MAPPING, event.payload["origin"])
        kind = event.payload["kind"]
        try:
            row = _mended(held, cells)
            if row.fault:
                raise BadInput("input.row-unreadable", at=row.at, reason=row.fault)
            self.gateway.kind(kind).read(row, arrival)
        except BadInput as error:
            raise BadInput("ingest.still-bad", at=error.at, reason=error.message) from error
        told = self.gateway.take([row], kind, arrival)[0]
        if told.status == "quarantined":
            raise BadInput("ingest.still-bad", at=row.at, reason=(told.problem or {}).get("title", ""))
        ledger.append(Append(stream, None, (_replayed(event, told, now, actor),)))
        return told


def _closed(events: list[Event]) -> Event | None:
    """The replay that closed the matter; a later quarantine of the same bytes opens it again."""
    moves = [event for event in events if event.type in (INPUT_QUARANTINED, INPUT_REPLAYED)]
    return moves[-1] if moves and moves[-1].type == INPUT_REPLAYED else None


def _mended(row: Row, cells: Mapping[str, Any] | None) -> Row:
    if cells is not None:
        return replace(row, cells=dict(cells), fault="")
    if row.cells:
        return row
    found = list(rows_of(row.raw, ".json", row.file))  # a message or a line of JSON speaks for itself
    return replace(found[0], file=row.file, number=row.number, raw=row.raw) if found else row


def _replayed(event: Event, told: Told, now: datetime, actor: str) -> NewEvent:
    return NewEvent(
        type=INPUT_REPLAYED,
        payload={"row": told.row, "order_no": told.order_no, "status": told.status, "position": told.position},
        occurred_at=now,
        actor=actor,
        cause=event.event_id,
        correlation=event.stream,
        source=SOURCE,
        source_key=event.event_id,
        mark="",
    )
