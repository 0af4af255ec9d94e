"""What could not go in: kept with its reason and its bytes, sealed, and replayed when the fault is mended.

The bytes may hold personal data, so they lie in the record under a key of their own, like an order's text. What was
replayed says which order it became, so that an erasure of that order finds these bytes too (`subjects_of`).
"""

import base64
import hashlib
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

import orjson

from ingest.arrival import GATEWAY, Arrival
from ledger.envelope import Append, Event, NewEvent
from ledger.store import Ledger
from ledger.upcast import KnownType
from ledger.vault import Keyring, Vault
from mandates.sheets import Row
from terms.actors import Actor
from terms.errors import BadInput, NotFound
from terms.ids import Position, StreamId

INPUT_QUARANTINED = "InputQuarantined"
INPUT_REPLAYED = "InputReplayed"
INPUT_READ = "InputRead"  # {account, purpose}: somebody opened the bytes
EVENT_TYPES = (KnownType(INPUT_QUARANTINED), KnownType(INPUT_REPLAYED), KnownType(INPUT_READ))
SOURCE = "quarantine"
CELL_LIMIT = 256 * 1024  # bytes of cells kept beside the raw bytes; larger ones are read from those again


@dataclass(frozen=True, slots=True)
class Held:
    """One thing in quarantine: what it was meant to be, where it stood and why it did not go in."""

    stream: StreamId
    position: int
    kind: str
    at: str
    code: str
    reason: str
    replayed: bool
    order_no: str = ""  # what it became


def stream_of(raw: bytes) -> StreamId:
    """The stream that keeps these bytes."""
    return StreamId("quarantine-" + hashlib.sha256(raw).hexdigest()[:32])


def quarantined(row: Row, error: BadInput, ring: Keyring, arrival: Arrival, *, kind: str) -> Append:
    """The append that keeps a row that could not go in. The same bytes for the same reason are kept once.

    Of a row whose order was erased only the fact is kept: its bytes would bring back what was to be forgotten.
    """
    digest = hashlib.sha256(row.raw).hexdigest()
    stream = stream_of(row.raw)
    box: dict[str, Any] = {"number": row.number}
    if error.code != "ingest.erased":
        box |= {"raw": base64.b64encode(row.raw).decode(), "cells": _written(row.cells)}
    payload = {
        "kind": kind,
        "file": _clean(row.file),
        "row": row.number,
        "at": _clean(error.at or row.at),
        "code": error.code,
        "reason": _clean(error.message),
        "origin": _clean(arrival.origin),
        "digest": arrival.file_digest,
        "sealed": ring.seal(stream, box),
    }
    event = NewEvent(
        type=INPUT_QUARANTINED,
        payload=payload,
        occurred_at=arrival.now,
        actor=GATEWAY,
        correlation=stream,
        source=SOURCE,
        source_key=f"{kind}/{digest}/{error.code}",
        mark=digest,
    )
    return Append(stream, None, (event,))


def _clean(text: str) -> str:
    # names of files may hold what no database keeps
    return text.encode("utf-8", "backslashreplace").decode().replace("\0", "\\0")[:500]


def _written(cells: dict[str, Any]) -> str:
    try:
        found = orjson.dumps(cells, default=str)
    except TypeError:  # half a surrogate, or nested beyond what JSON writers follow: the raw bytes are there
        return ""
    return found.decode().replace("\\u0000", "\\ufffd") if len(found) <= CELL_LIMIT else ""


def held(ledger: Ledger) -> list[Held]:
    """Everything in quarantine, oldest first, and whether it was replayed since."""
    found: dict[str, Held] = {}
    for event in _events(ledger):
        if event.type == INPUT_QUARANTINED:
            told = event.payload
            found[event.stream] = Held(
                event.stream, event.position, told["kind"], told["at"], told["code"], told["reason"], replayed=False
            )
        elif event.stream in found:
            found[event.stream] = replace(
                found[event.stream], replayed=True, order_no=event.payload.get("order_no", "")
            )
    return list(found.values())


def subjects_of(ledger: Ledger, order_no: str) -> tuple[str, ...]:
    """The vault's subjects that hold bytes which became this order: to be erased with it."""
    return tuple(one.stream for one in held(ledger) if one.order_no == order_no)


def _events(ledger: Ledger) -> Iterator[Event]:
    after = Position(0)
    while rows := ledger.read_raw(after, 5_000):
        yield from (ledger.decode(row) for row in rows if row.type in (INPUT_QUARANTINED, INPUT_REPLAYED))
        after = Position(rows[-1].position)


def last_of(ledger: Ledger, stream: StreamId) -> Event:
    """The event by which this stream was last quarantined. Raises NotFound."""
    found = [event for event in ledger.stream(stream) if event.type == INPUT_QUARANTINED]
    if not found:
        raise NotFound("ingest.not-held", at=stream)
    return found[-1]


def row_of(vault: Vault, event: Event) -> Row:
    """The row as it was read: its cells where they could be kept, its bytes always. Raises NotFound once erased."""
    box: Any = vault.open(event.stream, event.payload["sealed"])
    if box is None or "raw" not in box:
        raise NotFound("ingest.not-held", at=event.stream)
    cells = orjson.loads(box["cells"]) if box.get("cells") else {}
    return Row(event.payload["file"], int(event.payload["row"]), cells, base64.b64decode(box["raw"]))


def open_held(ledger: Ledger, vault: Vault, stream: StreamId, *, now: datetime, actor: Actor, purpose: str) -> Row:
    """The row as it was read, for whoever mends it; that it was opened is recorded first. Raises NotFound."""
    found = row_of(vault, last_of(ledger, stream))
    told = {"account": actor.account, "purpose": purpose[:500]}
    ledger.append(Append(stream, None, (NewEvent(INPUT_READ, told, now, str(actor), correlation=stream),)))
    return found
