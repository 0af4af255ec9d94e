"""What the store asks of a database: few, plain questions; every backend answers all of them the same way."""

from collections.abc import Callable, Iterable, Sequence
from contextlib import AbstractContextManager
from typing import NamedTuple, Protocol

from ledger.admission import Head, SourceKey
from ledger.chain import Heading, Row
from ledger.envelope import Bookmark, SealedKey

PAGE = 5_000  # keys that are wrapped anew at a time
PATIENCE = 30.0  # seconds a writer waits for its turn, and may stand idle while it holds the lock


class ErasedKey(NamedTuple):
    """The receipt of an erasure: which key of which subject, when (`instant` text). It survives the key."""

    key_id: str
    subject: str
    erased_at: str


class Writing(Protocol):
    """One open write transaction. The writers' lock is held, so nothing read here can change before the commit."""

    def head(self) -> Head: ...

    def versions(self, streams: Sequence[str]) -> dict[str, int]: ...

    def known(self, keys: Sequence[SourceKey]) -> dict[SourceKey, Row]: ...

    def key_ids(self, subjects: Sequence[str]) -> dict[str, str]: ...

    def insert(self, rows: Sequence[Row]) -> None: ...

    def insert_keys(self, keys: Sequence[SealedKey]) -> None: ...

    def bound_to(self) -> str | None: ...

    def bookmarks(self, reader: str) -> dict[str, int]: ...

    def set_bookmarks(self, bookmarks: Sequence[Bookmark]) -> None: ...


class Backend(Protocol):
    """One database that holds the record. Safe to share between threads; not to be carried over a fork."""

    def writing(self) -> AbstractContextManager[Writing]:
        """Take the writers' lock; commit at the end, roll back on any error. Raises Unavailable, Conflict."""
        ...

    def head(self) -> Head: ...

    def rows(self, after: int, limit: int, *, forgiving: bool = False) -> list[Row]:
        """Rows with position > after, in order. `forgiving` reads even text that is no longer UTF-8."""
        ...

    def headings(self, after: int, limit: int) -> list[Heading]:
        """What the rows with position > after are about, in order."""
        ...

    def rows_of(self, after: int, upto: int, types: Sequence[str]) -> tuple[list[Row], int]:
        """The rows of these types with after < position <= upto, in order; and how many rows of any type stand there.

        Both are seen at one moment.
        """
        ...

    def stream_rows(self, stream: str, after_version: int) -> list[Row]: ...

    def streams_rows(self, streams: Sequence[str]) -> list[Row]:
        """The rows of several streams, in order of position."""
        ...

    def source_row(self, source: str, source_key: str) -> Row | None: ...

    def event_row(self, event_id: str) -> Row | None: ...

    def recorded_at(self, position: int) -> str | None: ...

    def bookmarks(self, reader: str) -> dict[str, int]:
        """Where a reader stands, by the name of what it reads."""
        ...

    def sealed_keys(self, subjects: Sequence[str]) -> dict[str, SealedKey]: ...

    def erased(self, subjects: Sequence[str]) -> dict[str, ErasedKey]:
        """The latest receipt of each of these subjects that has one."""
        ...

    def erase(self, receipts: Iterable[ErasedKey]) -> int:
        """Overwrite and delete these keys, keep the receipts, leave no copy in the files; how many keys there were."""
        ...

    def all_keys(self, after: str, limit: int) -> list[SealedKey]:
        """At most `limit` keys of subjects behind `after`, in the order of their subjects."""
        ...

    def all_erasures(self) -> list[ErasedKey]:
        """Every receipt there is, in the order of the keys' ids."""
        ...

    def all_bookmarks(self) -> list[Bookmark]:
        """Where every reader stands; `before` is None, as if nothing had been there."""
        ...

    def fingerprint(self, offered: str) -> str:
        """The master key's fingerprint this database is bound to; the first one offered is kept."""
        ...

    def bound_to(self) -> str | None:
        """The master key's fingerprint, None before the first vault was opened here."""
        ...

    def rewrap(self, change: Callable[[SealedKey], SealedKey], before: str, after: str) -> int:
        """Change every key under the writers' lock and bind the database from the master key `before` to `after`.

        One transaction; leaves no old copy in the files; how many keys there were. Raises Conflict `vault.rotated`
        where the database is not bound to `before`.
        """
        ...

    def close(self) -> None: ...
