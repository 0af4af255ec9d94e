"""A copy of a whole record in plain files, taken while the record goes on, and a record made of such a copy.

The same files whichever database they came from, so a copy of SQLite can become a PostgreSQL and the other way round.
What is read later never misses what was read earlier: bookmarks first (an old one makes a reader look again, a new one
would make it miss), then the events to the head as it stood, then the keys (those of every event are there), then the
receipts of erasures. Putting back goes in the order that is safe to be killed in: receipts, keys, events, bookmarks.

The keys are wrapped; the master key is no part of a copy. Whoever has both can read everything.
"""

import base64
import os
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from itertools import islice
from pathlib import Path
from typing import Any, TypeVar

import orjson

from ledger.canonical import instant
from ledger.chain import START, Link, Row, follow
from ledger.contract import Backend, ErasedKey
from ledger.envelope import Bookmark, SealedKey
from ledger.store import Ledger
from terms.errors import BadInput, Conflict, NotFound
from terms.ids import Position

FORMAT = 1
MANIFEST = "manifest.json"
EVENTS, KEYS, ERASURES, BOOKMARKS = "events.jsonl", "keys.jsonl", "erasures.jsonl", "bookmarks.jsonl"
BATCH = 5_000

Advance = Callable[[int], None]
One = TypeVar("One")


@dataclass(frozen=True, slots=True)
class Manifest:
    """What a copy says of itself: the head it ends in, the master key it belongs to, each file's size and sha-256."""

    made_at: str
    head: Link
    fingerprint: str
    files: Mapping[str, Mapping[str, Any]]


# --- writing ---


def write_copy(
    ledger: Ledger,
    folder: Path,
    made_at: datetime,
    beside: Mapping[str, Iterable[Any]],
    advance: Advance = lambda position: None,
) -> Manifest:
    """Copy the record into a new folder; `beside` are more files, name → JSON values, one a line.

    The chain is recomputed on the way, so a copy that was written proves itself. The folder appears whole or not at
    all. Raises Conflict where there is something already, LedgerBroken, Unavailable.
    """
    if folder.exists():
        raise Conflict("backup.exists", at=str(folder))
    partial = folder.with_name(folder.name + ".partial")
    partial.mkdir(mode=0o700, parents=True, exist_ok=True)
    for left in partial.iterdir():
        left.unlink()  # of a copy that was interrupted
    backend = ledger.backend
    files = {BOOKMARKS: _write(partial / BOOKMARKS, ([b.reader, b.name, b.place] for b in backend.all_bookmarks()))}
    upto = ledger.head()
    files[EVENTS], head = _write_events(backend, partial / EVENTS, upto, advance)
    files[KEYS] = _write(partial / KEYS, map(_key_out, all_keys(backend)))
    files[ERASURES] = _write(partial / ERASURES, map(list, backend.all_erasures()))
    for name, values in beside.items():
        files[name] = _write(partial / name, values)
    manifest = Manifest(instant(made_at), head, backend.bound_to() or "", files)
    _write(partial / MANIFEST, [_told(manifest)])
    _settle(partial)
    partial.rename(folder)
    _settle(folder.parent)
    return manifest


def all_keys(backend: Backend) -> Iterator[SealedKey]:
    """Every key there is, page by page."""
    after = ""
    while page := backend.all_keys(after, BATCH):
        yield from page
        after = page[-1].subject


def _write(path: Path, values: Iterable[Any]) -> dict[str, Any]:
    digest, size, lines = sha256(), 0, 0
    handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(handle, "wb") as file:
        for value in values:
            line = orjson.dumps(value, option=orjson.OPT_APPEND_NEWLINE)
            file.write(line)
            digest.update(line)
            size += len(line)
            lines += 1
        file.flush()
        os.fsync(file.fileno())
    return {"sha256": digest.hexdigest(), "size": size, "lines": lines}


def _write_events(backend: Backend, path: Path, upto: Position, advance: Advance) -> tuple[dict[str, Any], Link]:
    link = START

    def rows() -> Iterator[tuple[Any, ...]]:
        nonlocal link
        while link.position < upto:
            batch = backend.rows(link.position, min(BATCH, upto - link.position), forgiving=True)
            link = follow(link, batch)
            yield from map(tuple, batch)
            advance(link.position)

    written = _write(path, rows())
    return written, link


def _settle(folder: Path) -> None:
    """The names in a folder reach the disk as well."""
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def _told(manifest: Manifest) -> dict[str, Any]:
    return {
        "format": FORMAT,
        "made_at": manifest.made_at,
        "position": manifest.head.position,
        "digest": manifest.head.digest,
        "fingerprint": manifest.fingerprint,
        "files": manifest.files,
    }


def _key_out(key: SealedKey) -> list[str]:
    return [key.subject, key.key_id, base64.b64encode(key.wrapped).decode()]


# --- reading ---


def read_manifest(folder: Path) -> Manifest:
    """What a copy says of itself. Raises NotFound where there is none, BadInput where it is not one of ours."""
    try:
        told = orjson.loads((folder / MANIFEST).read_bytes())
        if told["format"] != FORMAT:
            raise BadInput("backup.not-a-copy", at=str(folder), reason=f"format {told['format']}")
        head = Link(Position(int(told["position"])), str(told["digest"]))
        return Manifest(str(told["made_at"]), head, str(told["fingerprint"]), dict(told["files"]))
    except FileNotFoundError as error:
        raise NotFound("backup.none", at=str(folder)) from error
    except (OSError, KeyError, TypeError, ValueError) as error:
        raise BadInput("backup.not-a-copy", at=str(folder), reason=type(error).__name__) from error


def check_copy(folder: Path, advance: Advance = lambda position: None) -> Manifest:
    """Read every file of a copy and compare: sizes, sha-256, and the chain from the first event to the head.

    Raises BadInput `backup.altered` naming the file, LedgerBroken where the chain does not hold.
    """
    manifest = read_manifest(folder)
    for name, told in manifest.files.items():
        digest, size = sha256(), 0
        try:
            with (folder / name).open("rb") as file:
                while part := file.read(1 << 20):
                    digest.update(part)
                    size += len(part)
        except OSError as error:
            raise BadInput("backup.altered", at=name, file=name) from error
        if (digest.hexdigest(), size) != (told["sha256"], told["size"]):
            raise BadInput("backup.altered", at=name, file=name)
    link = START
    for batch in _batches(_rows(folder)):
        link = follow(link, batch)
        advance(link.position)
    if link != manifest.head:
        raise BadInput("backup.altered", at=EVENTS, file=EVENTS)
    return manifest


def values_in(folder: Path, name: str) -> Iterator[Any]:
    """The values of one file of a checked copy, one a line."""
    with (folder / name).open("rb") as file:
        yield from map(orjson.loads, file)


def erasures_in(folder: Path) -> list[ErasedKey]:
    """The receipts of erasures that a copy knows of."""
    return [ErasedKey(*value) for value in values_in(folder, ERASURES)]


def put_back(
    ledger: Ledger,
    folder: Path,
    manifest: Manifest,
    erased: Collection[ErasedKey],
    change: Callable[[SealedKey], SealedKey] = lambda key: key,
    advance: Advance = lambda position: None,
) -> int:
    """Make the record of a checked copy in a migrated database; how many keys were left out since they were erased.

    The database holds nothing yet, or the beginning of the very same record: a restore that was killed is simply begun
    again. `erased` are all receipts known, in the copy and out of it; their keys never touch the disk. `change` wraps
    a key anew where the master key has changed since. Raises Conflict `backup.not-empty`, LedgerBroken.
    """
    backend = ledger.backend
    link = _beginning(ledger, folder)
    backend.erase(erased)
    gone = {receipt.key_id for receipt in erased}
    left_out = 0
    for keys in _batches(map(_key_in, values_in(folder, KEYS))):
        kept = [key for key in keys if key.key_id not in gone]
        left_out += len(keys) - len(kept)
        with backend.writing() as writing:
            there = writing.key_ids([key.subject for key in kept])
            if any(there.get(key.subject, key.key_id) != key.key_id for key in kept):
                raise Conflict("backup.not-empty", position=link.position)
            writing.insert_keys([change(key) for key in kept if key.subject not in there])
    for rows in _batches(islice(_rows(folder), link.position, None)):
        link = follow(link, rows)
        with backend.writing() as writing:
            writing.insert(rows)
        advance(link.position)
    with backend.writing() as writing:
        writing.set_bookmarks([Bookmark(reader, name, None, at) for reader, name, at in values_in(folder, BOOKMARKS)])
    if link != manifest.head or ledger.link(ledger.head()) != manifest.head:
        raise BadInput("backup.altered", at=EVENTS, file=EVENTS)
    ledger.growth.tell()
    return left_out


def _beginning(ledger: Ledger, folder: Path) -> Link:
    """Where the database stands in the copy's record. Raises Conflict when it holds another record."""
    head = ledger.link(ledger.head())
    if head.position:
        there = next(islice(_rows(folder), head.position - 1, None), None)
        if there is None or there.digest != head.digest:
            raise Conflict("backup.not-empty", position=head.position)
    return head


def _rows(folder: Path) -> Iterator[Row]:
    return map(Row._make, values_in(folder, EVENTS))


def _batches(values: Iterable[One]) -> Iterator[list[One]]:
    found = iter(values)
    while batch := list(islice(found, BATCH)):
        yield batch


def _key_in(told: list[str]) -> SealedKey:
    return SealedKey(told[0], told[1], base64.b64decode(told[2]))
