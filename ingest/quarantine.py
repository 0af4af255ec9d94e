"""What could not go in: kept with its reason and its bytes, sealed, and replayed when the fault is mended.

The bytes may hold personal data, so they lie in the record under a key of their own, like an order's text.
"""

import base64
import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from ledger.envelope import Append, Event, NewEvent
from ledger.store import Ledger
from ledger.upcast import KnownType
from ledger.vault import Keyring, Vault
from mandates.sheets import Row
from terms.actors import process
from terms.errors import BadInput
from terms.ids import Position, StreamId

INPUT_QUARANTINED = "InputQuarantined"
INPUT_REPLAYED = "InputReplayed"
EVENT_TYPES = (KnownType(INPUT_QUARANTINED), KnownType(INPUT_REPLAYED))
SOURCE = "quarantine"
ACTOR = str(process("gateway"))


@dataclass(frozen=True, slots=True)
class Held:
    """One thing in quarantine."""

    stream: StreamId
    position: int
    kind: str
    at: str
    code: str
    reason: str
    replayed: bool


def quarantined(row: Row, error: BadInput, ring: Keyring, now: datetime, origin: str, *, kind: str) -> Append:
    """The append that keeps a row that could not go in. The same bytes for the same reason are kept once."""
    digest = hashlib.sha256(row.raw).hexdigest()
    stream = StreamId(f"quarantine-{digest[:32]}")
    payload = {
        "kind": kind,
        "file": row.file,
        "row": row.number,
        "at": error.at or row.at,
        "code": error.code,
        "reason": error.message,
        "origin": origin,
        "sealed": ring.seal(stream, {"raw": base64.b64encode(row.raw).decode()}),
    }
    event = NewEvent(
        type=INPUT_QUARANTINED,
        payload=payload,
        occurred_at=now,
        actor=ACTOR,
        source=SOURCE,
        source_key=f"{digest}/{error.code}",
        mark=digest,
    )
    return Append(stream, None, (event,))


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
            before = found[event.stream]
            found[event.stream] = Held(
                before.stream, before.position, before.kind, before.at, before.code, before.reason, replayed=True
            )
    return list(found.values())


def _events(ledger: Ledger) -> Iterator[Event]:
    after = Position(0)
    while rows := ledger.read_raw(after, 5_000):
        yield from (ledger.decode(row) for row in rows if row.type in (INPUT_QUARANTINED, INPUT_REPLAYED))
        after = Position(rows[-1].position)


def raw_of(ledger: Ledger, vault: Vault, stream: StreamId) -> bytes | None:
    """The bytes as received of one thing in quarantine; None once erased or when there is no such thing."""
    for event in ledger.stream(stream):
        if event.type == INPUT_QUARANTINED:
            opened = vault.open(stream, event.payload["sealed"])
            return base64.b64decode(opened["raw"]) if opened else None
    return None
