"""The one fact the views themselves record: a person decided to leave out an event a view cannot fold."""

from ledger.upcast import KnownType
from terms.ids import StreamId

SKIPPED = "ProjectionEventSkipped"
EVENT_TYPES = (KnownType(SKIPPED),)


def projection_stream(name: str) -> StreamId:
    """The stream that keeps what was decided about one view."""
    return StreamId(f"projection-{name}")
