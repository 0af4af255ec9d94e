"""The register as the ledger has it: one reader that follows the feed and never folds an event twice."""

import threading
from datetime import date

from ledger.envelope import BEFORE_EVERYTHING
from ledger.store import Ledger
from mandates.edition import RegisterEdition
from mandates.events import EVENT_TYPES
from mandates.register import Register
from terms.ids import Position

BATCH = 5_000
FOLDED = tuple(EVENT_TYPES)


class RegisterReader:
    """Keeps a `Register` at the head of one ledger. Safe to share between threads."""

    def __init__(self, ledger: Ledger) -> None:
        self._ledger = ledger
        self._register = Register()
        self._read_to = BEFORE_EVERYTHING
        self._lock = threading.Lock()

    def register(self, upto: Position | None = None) -> Register:
        """The register caught up to the head, or to a position not yet passed."""
        with self._lock:
            head = self._ledger.head() if upto is None else min(upto, self._ledger.head())
            while self._read_to < head:
                to = Position(min(self._read_to + BATCH, head))
                # a hotline's orders outnumber its mandates a hundredfold: they are not even fetched
                for row in self._ledger.read_raw_of(FOLDED, self._read_to, to):
                    event = self._ledger.decode(row)
                    self._register.apply(event.type, event.payload, event.position)
                self._read_to = to
            return self._register

    def as_of(self, day: date) -> RegisterEdition:
        """The edition in force on that day, as known now."""
        return self.register().as_of(day)


def register_known_at(ledger: Ledger, position: Position) -> Register:
    """The register as it was known at a position of the ledger, folded from the start."""
    return RegisterReader(ledger).register(position)
