"""What the record is made of: an event before it is written, an event as it stands, and what became of an append.

Nothing here touches a database. A payload is a JSON object: text, whole numbers, finite floats, booleans, null, lists
and objects with text keys; dates and aware datetimes are written as RFC 3339 (`ledger.canonical`).
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any, NamedTuple

from ledger.chain import Row
from terms.errors import BadInput
from terms.ids import EventId, Position, StreamId, new_event_id

BEFORE_EVERYTHING = Position(0)


@dataclass(frozen=True, slots=True)
class NewEvent:
    """A fact that is about to be recorded.

    `type` is a stable name, never a Python path. `occurred_at` is aware: when it happened at the source. `source` and
    `source_key` come together: the same pair is only ever recorded once. `mark` decides whether two deliveries with
    the same pair are the same body: an HMAC of the body as received (`ledger.vault`). Raises BadInput.
    """

    type: str
    payload: Mapping[str, Any]
    occurred_at: datetime
    actor: str
    schema: int = 1
    cause: EventId | None = None
    correlation: str | None = None
    source: str | None = None
    source_key: str | None = None
    mark: str | None = None
    event_id: EventId = field(default_factory=new_event_id)

    def __post_init__(self) -> None:
        if self.occurred_at.tzinfo is None:
            raise BadInput("ledger.naive-time", at=self.type)
        if (self.source is None) != (self.source_key is None):
            raise BadInput("ledger.half-source", at=self.type)
        if not self.type or self.schema < 1:
            raise BadInput("ledger.nameless", at=self.type)


class Event(NamedTuple):
    """A fact as it stands in the record: a tuple, for it is made a million times when a view is rebuilt.

    Times are aware UTC; `payload` is as decoded (and upcast, where asked for).
    `position` is global and contiguous from 1, `version` counts from 1 within `stream`, `digest` is the chain's
    sha256 in hexadecimal, over this event and the digest before it.
    """

    position: Position
    event_id: EventId
    stream: StreamId
    version: int
    type: str
    schema: int
    occurred_at: datetime
    recorded_at: datetime
    actor: str
    cause: EventId | None
    correlation: str | None
    source: str | None
    source_key: str | None
    mark: str | None
    payload: dict[str, Any]
    digest: str


@dataclass(frozen=True, slots=True)
class Append:
    """Events for one stream. `expected` is the version the writer saw: None = whatever is there, 0 = must be new."""

    stream: StreamId
    expected: int | None
    events: tuple[NewEvent, ...]


class Outcome(StrEnum):
    """What became of one `Append`."""

    NEW = "new"  # written
    DUPLICATE = "duplicate"  # the same source key and the same mark are there: the first events are the answer
    CONFLICT = "conflict"  # the same source key with another mark: a SourceConflictRecorded holds what was refused
    MOVED = "moved"  # the stream has gone on since the writer read it (only from append_each)


class Appended:
    """The answer for one `Append`, in the order given; not to be changed.

    `positions`, and `events` behind them: NEW the events written; DUPLICATE those first recorded under these source
    keys; CONFLICT the SourceConflictRecorded event; MOVED none. `version` is the stream's version after the append.
    Events are decoded only when asked for: an import of thousands asks for the outcome alone.
    """

    __slots__ = ("_decode", "_rows", "outcome", "stream", "version")

    def __init__(
        self, stream: StreamId, outcome: Outcome, version: int, rows: tuple[Row, ...], decode: Callable[[Row], Event]
    ) -> None:
        self.stream = stream
        self.outcome = outcome
        self.version = version
        self._rows = rows
        self._decode = decode

    @property
    def events(self) -> tuple[Event, ...]:
        """The events that answer, in order of position."""
        return tuple(map(self._decode, self._rows))

    @property
    def positions(self) -> tuple[Position, ...]:
        """The positions of the events that answer."""
        return tuple(Position(row.position) for row in self._rows)

    def __repr__(self) -> str:
        return f"Appended({self.stream!r}, {self.outcome}, version={self.version}, positions={self.positions})"


@dataclass(frozen=True, slots=True)
class Bookmark:
    """How far a reader of something outside came, moved in the transaction of what it brought (`Ledger.append`).

    `name` is what it reads (a topic's partition), `before` what it found there (None = nothing yet), `place` where it
    now stands.
    """

    reader: str
    name: str
    before: int | None
    place: int


@dataclass(frozen=True, slots=True)
class SealedKey:
    """A subject's key, wrapped by the master key, on its way into table `vault_keys` (`ledger.vault`).

    `under` is the fingerprint of the master key that wrapped it: an append refuses a key under one that was replaced
    meanwhile. Empty for a key as read.
    """

    subject: str
    key_id: str
    wrapped: bytes
    under: str = ""
