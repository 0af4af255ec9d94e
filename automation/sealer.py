"""Seals the record once a day: its head, signed, recorded, and as a file that can be lodged outside.

What is recorded is the seal itself, keyed by the city's day, so that several processes or a restart seal a day once and
the file of a day can be written again from the record.
"""

import os
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import Any

import orjson
import structlog
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from ledger.envelope import Append, NewEvent
from ledger.seal import Seal, seal
from ledger.store import Ledger
from ledger.upcast import KnownType
from terms.actors import Actor, process
from terms.ids import Position, StreamId

NAME = "sealer"
STREAM = StreamId("seals")
SEALED = "RecordSealed"  # the document of the seal: {kind, position, digest, sealed_at, public_key, signature}
PROVED = "SealProved"  # {position, digest, sealed_at, public_key, head}
EVENT_TYPES = (KnownType(SEALED), KnownType(PROVED))
LOG = structlog.get_logger(NAME)


@dataclass(slots=True)
class Sealer:
    """Seals one ledger. `folder` is where the files go, `local_day` the city's day of a moment."""

    ledger: Ledger
    signing: Callable[[], Ed25519PrivateKey]
    folder: Path
    local_day: Callable[[datetime], date]
    clock: Callable[[], datetime]
    _done: date | None = None

    def step(self) -> int:
        """Seal today if it is not sealed yet, and see that its file is there; 1 for a new seal."""
        day = self.local_day(self.clock())
        if day == self._done or not self.ledger.head():
            return 0
        known = self.ledger.by_source(NAME, day.isoformat())
        told = known.payload if known else self.seal(str(process(NAME)), day)
        write_seal(told, self.folder / f"seal-{day}.json")
        self._done = day
        return 0 if known else 1

    def seal(self, actor: str, day: date | None = None) -> dict[str, Any]:
        """Seal the record as it stands, and record it; the seal's document. With a `day`, once for that day."""
        now = self.clock()
        link = self.ledger.link(self.ledger.head())
        told = seal(link, now, self.signing())
        source, key = (NAME, day.isoformat()) if day else (None, None)
        event = NewEvent(SEALED, told, now, actor, source=source, source_key=key)
        (answer,) = self.ledger.append(Append(STREAM, None, (event,)))
        LOG.info("sealed", position=link.position, digest=link.digest)
        return dict(answer.events[0].payload)

    def proved(self, seal: Seal, head: Position, actor: Actor) -> Position:
        """Record that a seal was proved against the record as it stood at `head`; where that stands."""
        payload = {
            "position": seal.link.position,
            "digest": seal.link.digest,
            "sealed_at": seal.sealed_at,
            "public_key": seal.public_key,
            "head": head,
        }
        event = NewEvent(type=PROVED, payload=payload, occurred_at=self.clock(), actor=str(actor))
        (answer,) = self.ledger.append(Append(STREAM, None, (event,)))
        return answer.positions[0]


def write_seal(told: dict[str, Any], file: Path) -> None:
    """Write a seal to a file, whole or not at all; a file that is there already stays."""
    if file.exists():
        return
    file.parent.mkdir(parents=True, exist_ok=True)
    partial = file.with_name(f".{file.name}.{os.getpid()}")
    with partial.open("wb") as out:
        out.write(orjson.dumps(told, option=orjson.OPT_INDENT_2 | orjson.OPT_APPEND_NEWLINE))
        out.flush()
        os.fsync(out.fileno())
    partial.replace(file)
