"""What lies in quarantine, as the record tells it."""

import threading
from dataclasses import dataclass, field, replace

from ingest.quarantine import INPUT_QUARANTINED, INPUT_REPLAYED, Held
from ledger.envelope import BEFORE_EVERYTHING, Event
from ledger.store import Ledger
from terms.ids import Position

BATCH = 5_000


@dataclass(slots=True)
class Quarantine:
    """What lies in quarantine, followed from where the last look ended: the record is read once, not at every look."""

    ledger: Ledger
    _read_to: Position = BEFORE_EVERYTHING
    _held: dict[str, Held] = field(default_factory=dict)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def held(self) -> list[Held]:
        """Everything in it, newest first."""
        with self._lock:
            while rows := self.ledger.read_raw(self._read_to, BATCH):
                for row in rows:
                    if row.type in (INPUT_QUARANTINED, INPUT_REPLAYED):
                        self._fold(self.ledger.decode(row))
                self._read_to = Position(rows[-1].position)
            return sorted(self._held.values(), key=lambda one: -one.position)

    def _fold(self, event: Event) -> None:
        told = event.payload
        if event.type == INPUT_QUARANTINED:
            self._held[event.stream] = Held(
                event.stream, event.position, told["kind"], told["at"], told["code"], told["reason"], replayed=False
            )
        elif event.stream in self._held:
            self._held[event.stream] = replace(self._held[event.stream], replayed=True)
