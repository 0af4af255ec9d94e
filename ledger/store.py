"""The record: one way to append, plain ways to read. Made by `ledger.backends.open_ledger`.

An append is one short transaction: encoding and checking happen before it, decoding after it. Inside stand only the
lock, three look-ups, the hashing and the insert.
"""

from collections.abc import Callable, Iterable, Sequence
from datetime import datetime
from typing import Any

import orjson

from ledger.admission import (
    LEDGER_TYPES,
    SOURCE_CONFLICT,
    Prepared,
    Verdict,
    admit,
    conflict_key,
    conflict_stream,
    disputed,
    prepare,
)
from ledger.canonical import instant, moment
from ledger.chain import START, Heading, Link, Row, follow
from ledger.contract import Backend, Writing
from ledger.envelope import Append, Appended, Bookmark, Event, Outcome, SealedKey
from ledger.growth import Growth
from ledger.upcast import EventTypes
from terms.errors import Conflict, LedgerBroken
from terms.ids import EventId, Position, StreamId
from terms.measures import APPEND, timed


class Ledger:
    """The append-only record and its ordered feed. Safe to share between threads; open a new one after a fork."""

    def __init__(self, backend: Backend, *, clock: Callable[[], datetime], types: EventTypes | None) -> None:
        self.backend = backend
        self.types = types if types is None or SOURCE_CONFLICT in types else EventTypes(LEDGER_TYPES, types)
        self._clock = clock
        self.growth = Growth()

    # --- writing ---

    def append(
        self, *appends: Append, keys: Sequence[SealedKey] = (), bookmarks: Sequence[Bookmark] = ()
    ) -> tuple[Appended, ...]:
        """Write all of it or nothing, in one transaction; an answer for every append, in order.

        A stream that has moved on refuses the whole: raises Conflict `ledger.version-moved`. A source key that is
        known is no refusal: its append is answered DUPLICATE or CONFLICT and the other streams go in. `keys` are the
        vault keys under which new payloads are sealed; raises Conflict `vault.key-moved` if somebody else made a key
        for the same subject, or replaced the master key, meanwhile (seal again and retry). Raises BadInput,
        Unavailable; LedgerBroken for an event whose type or schema this program does not declare.

        `bookmarks` move in the same transaction, compare-and-set; raises Conflict `ledger.bookmark-moved` when another
        reader was here first. They may move without any event.
        """
        return self._write(appends, keys, bookmarks, whole=True)

    def append_each(self, appends: Iterable[Append], keys: Sequence[SealedKey] = ()) -> tuple[Appended, ...]:
        """Write many independent appends in one transaction, each with its own outcome, MOVED among them.

        Meant for batches of some hundred orders; the lock is held for the time of the batch. Raises as `append`,
        but for a version that moved on.
        """
        return self._write(tuple(appends), keys, (), whole=False)

    def _write(
        self,
        appends: Sequence[Append],
        keys: Sequence[SealedKey],
        bookmarks: Sequence[Bookmark],
        *,
        whole: bool,
    ) -> tuple[Appended, ...]:
        prepared = [prepare(append) for append in appends]
        self._refuse_unknown(appends)
        if not prepared and not keys and not bookmarks:
            return ()
        with timed(APPEND, "append"), self.backend.writing() as writing:
            _admit_bookmarks(writing, bookmarks)
            _admit_keys(writing, keys)
            verdicts = self._admit(writing, prepared, whole=whole)
        if any(verdict.outcome in (Outcome.NEW, Outcome.CONFLICT) for verdict in verdicts):
            self.growth.tell()
        return tuple(
            Appended(append.stream, verdict.outcome, verdict.version, verdict.rows, self.decode)
            for append, verdict in zip(prepared, verdicts, strict=True)
        )

    def _refuse_unknown(self, appends: Sequence[Append]) -> None:
        if self.types is not None:
            for event in (event for append in appends for event in append.events):
                if self.types.schema_of(event.type) != event.schema:
                    raise LedgerBroken("ledger.unknown-event", type=event.type, schema=event.schema)

    def _admit(self, writing: Writing, prepared: Sequence[Prepared], *, whole: bool) -> list[Verdict]:
        asked = list({key: None for append in prepared for key, _ in append.keyed})
        known = writing.known(asked) if asked else {}
        streams = dict.fromkeys(append.stream for append in prepared)
        if quarrels := disputed(prepared, known):
            known |= writing.known([conflict_key(event) for event in quarrels])
            streams |= dict.fromkeys(conflict_stream(event.source or "") for event in quarrels)
        admission = admit(
            prepared, head=writing.head(), now=self._clock(), known=known, versions=writing.versions(list(streams))
        )
        if whole:
            for append, verdict in zip(prepared, admission.verdicts, strict=True):
                if verdict.outcome is Outcome.MOVED:
                    raise Conflict("ledger.version-moved", at=str(verdict.version), stream=append.stream)
        if admission.rows:
            writing.insert(admission.rows)
        return admission.verdicts

    # --- reading ---

    def stream(self, stream: StreamId, after_version: int = 0) -> list[Event]:
        """The events of one stream with version > `after_version`, in order; an unknown stream is empty."""
        return [self.decode(row) for row in self.backend.stream_rows(stream, after_version)]

    def streams(self, streams: Sequence[StreamId]) -> dict[StreamId, list[Event]]:
        """The events of several streams, each in order; one look-up for hundreds. Unknown streams are empty."""
        found: dict[StreamId, list[Event]] = {stream: [] for stream in streams}
        for row in self.backend.streams_rows(list(found)):
            found[StreamId(row.stream)].append(self.decode(row))
        return found

    def read(self, after: Position, limit: int) -> list[Event]:
        """At most `limit` events with position > `after`, in order. Raises LedgerBroken at a hole."""
        return [self.decode(row) for row in self.read_raw(after, limit)]

    def read_raw(self, after: Position, limit: int) -> list[Row]:
        """As `read`, but undecoded, for a feed that decodes only the types it folds. Raises LedgerBroken at a hole."""
        rows = self.backend.rows(after, limit)
        for expected, row in enumerate(rows, start=after + 1):
            if row.position != expected:
                raise LedgerBroken("ledger.hole", at=str(expected), expected=expected, found=row.position)
        return rows

    def headings(self, after: Position, limit: int) -> list[Heading]:
        """What at most `limit` events with position > `after` are about, in order. Raises LedgerBroken at a hole."""
        found = self.backend.headings(after, limit)
        for expected, heading in enumerate(found, start=after + 1):
            if heading.position != expected:
                raise LedgerBroken("ledger.hole", at=str(expected), expected=expected, found=heading.position)
        return found

    def read_raw_of(self, types: Sequence[str], after: Position, upto: Position) -> list[Row]:
        """The events of these types with `after` < position <= `upto`, undecoded: for readers of the few among many.

        `upto` is at most the head. Raises LedgerBroken where anything is missing between the two.
        """
        rows, there = self.backend.rows_of(after, upto, types)
        if there != upto - after:
            self.headings(after, upto - after)  # raises with the position
            raise LedgerBroken("ledger.hole", at=str(upto), expected=upto, found=after + there)
        return rows

    def decode(self, row: Row) -> Event:
        """A row as an event, its payload in the present form of its type. Raises LedgerBroken for an unknown type."""
        (
            position, event_id, stream, version, type_name, schema, occurred_at, recorded_at,
            actor, cause, correlation, source, source_key, mark, written, digest,
        ) = row  # fmt: skip
        payload = orjson.loads(written)
        if self.types is not None:
            schema, payload = self.types.present(type_name, schema, payload, at=position)
        found: tuple[Any, ...] = (
            position, event_id, stream, version, type_name, schema, moment(occurred_at), moment(recorded_at),
            actor, cause or None, correlation, source, source_key, mark, payload, digest,
        )  # fmt: skip
        return tuple.__new__(Event, found)  # as Event(*found), in half the time: the hottest line of a rebuild

    def head(self) -> Position:
        """The last position written; 0 for an empty record."""
        return Position(self.backend.head().position)

    def by_source(self, source: str, source_key: str) -> Event | None:
        """The event recorded under a source key, if any."""
        row = self.backend.source_row(source, source_key)
        return self.decode(row) if row else None

    def event(self, event_id: EventId) -> Event | None:
        """The event of this id, if any."""
        row = self.backend.event_row(event_id)
        return self.decode(row) if row else None

    def recorded_at(self, position: Position) -> datetime | None:
        """When the event at a position was recorded (aware UTC); None where there is no such event."""
        text = self.backend.recorded_at(position)
        return moment(text) if text else None

    def bookmarks(self, reader: str) -> dict[str, int]:
        """Where a reader of something outside stands, by the name of what it reads."""
        return self.backend.bookmarks(reader)

    def position_at(self, when: datetime) -> Position:
        """The last position recorded at or before `when`: what was known then. 0 before the first event.

        Recording times never run backwards, so a search by halves on the primary key needs no index of its own.
        """
        asked = instant(when)
        low, high = 0, int(self.head())
        while low < high:
            middle = (low + high + 1) // 2
            found = self.backend.recorded_at(middle)
            if found is not None and found <= asked:
                low = middle
            else:
                high = middle - 1
        return Position(low)

    # --- proving ---

    def link(self, position: Position) -> Link:
        """Where the chain stands at a position, taken on trust: the start for verifying what follows."""
        if position == 0:
            return START
        rows = self.backend.rows(position - 1, 1)
        if not rows or rows[0].position != position:
            raise LedgerBroken("ledger.hole", at=str(position), expected=position, found=None)
        return Link(position, rows[0].digest)

    def verify(
        self,
        start: Link = START,
        upto: Position | None = None,
        *,
        chunk: int = 5_000,
        progress: Callable[[Position], None] | None = None,
    ) -> Link:
        """Recompute the chain after `start`, to `upto` or the end, `chunk` events at a time; where it then stands.

        Raises LedgerBroken with the position of the first event that does not prove itself. Events cut off the end
        can only be seen by whoever kept an earlier `Link`: compare it.
        """
        link = start
        while upto is None or link.position < upto:
            limit = chunk if upto is None else min(chunk, upto - link.position)
            rows = self.backend.rows(link.position, limit, forgiving=True)
            if not rows:
                break
            link = follow(link, rows)
            if progress:
                progress(link.position)
        if upto is not None and link.position < upto:
            raise LedgerBroken("ledger.hole", at=str(link.position + 1), expected=link.position + 1, found=None)
        return link

    def close(self) -> None:
        """Give the connections back."""
        self.backend.close()


def _admit_bookmarks(writing: Writing, bookmarks: Sequence[Bookmark]) -> None:
    for reader in {bookmark.reader for bookmark in bookmarks}:
        there = writing.bookmarks(reader)
        for bookmark in bookmarks:
            if bookmark.reader == reader and there.get(bookmark.name) != bookmark.before:
                raise Conflict("ledger.bookmark-moved", at=f"{reader} {bookmark.name}")
    if bookmarks:
        writing.set_bookmarks(bookmarks)


def _admit_keys(writing: Writing, keys: Sequence[SealedKey]) -> None:
    if not keys:
        return
    there = writing.key_ids([key.subject for key in keys])
    bound = writing.bound_to()
    if any(key.under and bound and key.under != bound for key in keys):
        raise Conflict("vault.key-moved")  # the master key was replaced meanwhile
    if any(there.get(key.subject, key.key_id) != key.key_id for key in keys):
        raise Conflict("vault.key-moved")
    writing.insert_keys([key for key in keys if key.subject not in there])
