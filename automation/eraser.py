"""An order whose personal data was erased loses its key: from then on nothing of its text can be read anywhere.

The fact comes first (`casework` decides it), the key goes when this part sees the fact. The bookmark moves after the
key is gone, so a crash between the two only makes it look again.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

import structlog

from casework.events import PersonalDataErased
from ingest.quarantine import subjects_of
from ledger.envelope import Bookmark
from ledger.store import Ledger
from ledger.vault import Vault
from terms.ids import Position

NAME = "eraser"
PLACE = "feed"
BATCH = 2_000
SELDOM = 2_000  # events between two moves of the bookmark when there is nothing to erase
LOG = structlog.get_logger(NAME)


@dataclass(frozen=True, slots=True)
class Eraser:
    """Follows the feed of one ledger and destroys the keys of erased orders."""

    ledger: Ledger
    vault: Vault
    clock: Callable[[], datetime]

    def step(self) -> int:
        """Work off what the record holds by now; how many keys were destroyed."""
        before = self.ledger.bookmarks(NAME).get(PLACE)
        position, destroyed = before or 0, 0
        head = self.ledger.head()
        while position < head:
            upto = Position(min(position + BATCH, head))
            erased = self.ledger.read_raw_of((PersonalDataErased.event_type(),), Position(position), upto)
            if streams := [row.stream for row in erased]:
                subjects = [subject for stream in streams for subject in self.subjects(stream)]
                destroyed += len(self.vault.erase(subjects, self.clock()))
                LOG.info("erased", orders=streams)
            position = upto
        if destroyed or position - (before or 0) >= SELDOM:
            self.ledger.append(bookmarks=[Bookmark(NAME, PLACE, before, position)])
        return destroyed

    def subjects(self, stream: str) -> list[str]:
        """Whose keys go with an order: its own, and what lay in quarantine before it became the order."""
        return [stream, *subjects_of(self.ledger, stream.removeprefix("order-"))]
