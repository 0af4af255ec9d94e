"""What officers type into an order, covered as the requester's own words are: with that requester's name and number.

The words known for certain lie sealed in the order; they are opened here to be covered, and go nowhere else.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from ingest.masking import mask_all
from ledger.store import Ledger
from ledger.vault import Vault
from terms.ids import StreamId, order_stream

_OF_ORDERS = order_stream("")


@dataclass(frozen=True, slots=True)
class Notes:
    """Covers notes; given to the desk (`casework.bounds.Cover`)."""

    ledger: Ledger
    vault: Vault

    def __call__(self, stream: StreamId, texts: Sequence[str]) -> Sequence[str]:
        """The texts with personal data covered, each as long as before."""
        return mask_all(texts, self._known(stream) if stream.startswith(_OF_ORDERS) else ())

    def _known(self, stream: StreamId) -> list[str]:
        boxes = (one.payload["sealed"] for one in self.ledger.stream(stream) if one.type == "WorkOrderReceived")
        box = next(boxes, None)
        person = (self.vault.reading([stream]).open(stream, box) if box else None) or {}
        return [word for word in (person.get("caller_name"), person.get("caller_phone")) if word]
