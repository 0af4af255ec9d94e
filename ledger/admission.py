"""What of an append goes in: decided here from the head, the versions and the source keys already there.

Pure: the store reads, holds the lock, asks `admit`, writes what it says. Rules:
- a source key already recorded with the same mark is a DUPLICATE and is checked first, so a repeated delivery with a
  stale version is answered, not refused; with another mark it is a CONFLICT, and a SourceConflictRecorded goes in;
- an append of which only some source keys are known is a CONFLICT too: dropping the rest would lose a fact;
- a stream that has moved on since the writer read it is MOVED;
- `recorded_at` never runs backwards: the later of the clock and the event before.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, NamedTuple

from ledger.canonical import canonical, instant
from ledger.chain import GENESIS, Row, digest_of
from ledger.envelope import Append, NewEvent, Outcome
from ledger.upcast import KnownType
from terms.errors import BadInput
from terms.ids import EventId, StreamId

SOURCE_CONFLICT = "SourceConflictRecorded"
LEDGER_TYPES = (KnownType(SOURCE_CONFLICT, schema=1),)

SourceKey = tuple[str, str]


@dataclass(frozen=True, slots=True)
class Head:
    """The last event: its position, when it was recorded and its digest."""

    position: int = 0
    recorded_at: str = ""
    digest: str = GENESIS


class Prepared(NamedTuple):
    """An append whose every text is known to be writable; made before the lock is taken."""

    stream: StreamId
    expected: int | None
    events: tuple[tuple[NewEvent, str, str], ...]  # the event, its occurred_at, its payload as canonical JSON
    keyed: tuple[tuple[SourceKey, NewEvent], ...]


class Verdict(NamedTuple):
    """What became of one append and the rows that answer it; `version` is the stream's afterwards."""

    outcome: Outcome
    rows: tuple[Row, ...]
    version: int


@dataclass(slots=True)
class Admission:
    """The rows to write, in order of position, and a verdict for every append given."""

    rows: list[Row] = field(default_factory=list)
    verdicts: list[Verdict] = field(default_factory=list)


def prepare(append: Append) -> Prepared:
    """Check and encode one append. Raises BadInput for what no backend could keep (NaN, NUL, half a surrogate)."""
    events = []
    keyed: dict[SourceKey, NewEvent] = {}
    _writable(append.stream)
    for event in append.events:
        _writable(
            f"{event.event_id}{event.type}{event.actor}{event.cause}{event.correlation}{event.source}"
            f"{event.source_key}{event.mark}"
        )
        events.append((event, instant(event.occurred_at), canonical(event.payload).decode()))
        if event.source is not None and event.source_key is not None:
            key = (event.source, event.source_key)
            if key in keyed:
                raise BadInput("ledger.key-twice", at=append.stream)
            keyed[key] = event
    if not events:
        raise BadInput("ledger.empty-append", at=append.stream)
    return Prepared(append.stream, append.expected, tuple(events), tuple(keyed.items()))


def _writable(text: str) -> None:
    # PostgreSQL keeps no NUL in a text and nobody can encode half a surrogate pair; say so before the lock
    if "\0" in text:
        raise BadInput("ledger.not-text", at="NUL")
    if not text.isascii():
        try:
            text.encode()
        except UnicodeEncodeError as error:
            raise BadInput("ledger.not-text", at=repr(text[error.start : error.end])) from error


def conflict_stream(source: str) -> StreamId:
    """The stream that keeps what a source delivered twice with different bodies."""
    return StreamId(f"conflicts-{source}")


def conflict_key(event: NewEvent) -> SourceKey:
    """A refused body has a source key of its own, so that delivering it again records nothing new."""
    return f"{event.source}.conflicts", f"{event.source_key}#{event.mark or ''}"


def disputed(appends: Sequence[Prepared], known: Mapping[SourceKey, Row]) -> list[NewEvent]:
    """The keyed events that may end in a conflict: those whose pair is known, or comes twice, with another mark."""
    marks: dict[SourceKey, str | None] = {key: row.mark for key, row in known.items()}
    found = []
    for append in appends:
        partly = known and 0 < sum(key in known for key, _ in append.keyed) < len(append.keyed)
        for key, event in append.keyed:
            if partly or marks.setdefault(key, event.mark) != event.mark:
                found.append(event)
    return found


def admit(
    appends: Sequence[Prepared],
    *,
    head: Head,
    now: datetime,
    known: Mapping[SourceKey, Row],
    versions: Mapping[str, int],
) -> Admission:
    """Decide a batch, one append after the other; each sees what those before it put in.

    `known` holds the row of every source key already there (those of the appends and of possible conflicts),
    `versions` the present version of every stream named (absent = 0).
    """
    desk = _Desk(head, max(instant(now), head.recorded_at), dict(known), dict(versions))
    admission = Admission()
    for append in appends:
        admission.verdicts.append(_decide(desk, append, admission.rows, now))
    return admission


@dataclass(slots=True)
class _Desk:
    head: Head
    recorded_at: str
    known: dict[SourceKey, Row]
    versions: dict[str, int]
    position: int = field(init=False)
    digest: str = field(init=False)

    def __post_init__(self) -> None:
        self.position, self.digest = self.head.position, self.head.digest

    def enter(self, stream: StreamId, events: Iterable[tuple[NewEvent, str, str]]) -> tuple[Row, ...]:
        version = self.versions.get(stream, 0)
        rows = []
        for event, occurred_at, payload in events:
            version += 1
            self.position += 1
            written = (
                self.position, event.event_id, stream, version, event.type, event.schema, occurred_at,
                self.recorded_at, event.actor, event.cause, event.correlation, event.source, event.source_key,
                event.mark, payload,
            )  # fmt: skip
            self.digest = digest_of(self.digest, written)
            row = Row(*written, self.digest)
            rows.append(row)
            if event.source is not None and event.source_key is not None:
                self.known[event.source, event.source_key] = row
        self.versions[stream] = version
        return tuple(rows)


def _decide(desk: _Desk, append: Prepared, rows: list[Row], now: datetime) -> Verdict:
    version = desk.versions.get(append.stream, 0)
    there = [(event, desk.known[key]) for key, event in append.keyed if key in desk.known]
    if there:
        if len(there) == len(append.keyed) and all(event.mark == row.mark for event, row in there):
            return Verdict(Outcome.DUPLICATE, tuple(row for _, row in there), version)
        refused, first = next(((event, row) for event, row in there if event.mark != row.mark), there[0])
        return _conflict(desk, append, refused, first, rows, now)
    if append.expected is not None and append.expected != version:
        return Verdict(Outcome.MOVED, (), version)
    entered = desk.enter(append.stream, append.events)
    rows.extend(entered)
    return Verdict(Outcome.NEW, entered, desk.versions[append.stream])


def _conflict(desk: _Desk, append: Prepared, refused: NewEvent, first: Row, rows: list[Row], now: datetime) -> Verdict:
    source, source_key = conflict_key(refused)
    version = desk.versions.get(append.stream, 0)
    recorded = desk.known.get((source, source_key))
    if recorded is not None:
        return Verdict(Outcome.CONFLICT, (recorded,), version)
    event = NewEvent(
        type=SOURCE_CONFLICT,
        payload=_refusal(append, refused, first),
        occurred_at=now,
        actor=refused.actor,
        cause=EventId(first.event_id),
        correlation=refused.correlation,
        source=source,
        source_key=source_key,
        mark=refused.mark,
    )
    written = (event, instant(now), canonical(event.payload).decode())
    entered = desk.enter(conflict_stream(refused.source or ""), (written,))
    rows.extend(entered)
    return Verdict(Outcome.CONFLICT, entered, version)


def _refusal(append: Prepared, refused: NewEvent, first: Row) -> dict[str, Any]:
    return {
        "source": refused.source,
        "source_key": refused.source_key,
        "stream": append.stream,
        "first": {"event_id": first.event_id, "position": first.position, "mark": first.mark},
        "refused": [
            {
                "event_id": event.event_id,
                "type": event.type,
                "schema": event.schema,
                "occurred_at": occurred_at,
                "actor": event.actor,
                "source": event.source,
                "source_key": event.source_key,
                "mark": event.mark,
                "payload": event.payload,
            }
            for event, occurred_at, _ in append.events
        ],
    }
