"""A copy of a whole record in plain files, taken while the record goes on, and a record made of such a copy.

The same files whichever database they came from, so a copy of SQLite can become a PostgreSQL and the other way round.
What is read later never misses what was read earlier: bookmarks first (an old one makes a reader look again, a new one
would make it miss), then the events to the head as it stood, then the keys (those of every event are there), then the
receipts of erasures. Putting back goes in the order that is safe to be killed in: receipts, keys, events, bookmarks.

The keys are wrapped; the master key is no part of a copy. Whoever has both can read everything.
"""

import base64
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from itertools import islice
from pathlib import Path
from typing import Any

import orjson

from ledger.canonical import instant
from ledger.chain import START, Link, follow
from ledger.contract import Backend, ErasedKey
from ledger.envelope import Bookmark, SealedKey
from ledger.lines import (
    BATCH,
    Advance,
    begin_folder,
    check_files,
    finish_folder,
    follow_file,
    in_batches,
    rows_in,
    values_in,
    write_events,
    write_lines,
)
from ledger.store import Ledger
from terms.errors import BadInput, Conflict, NotFound
from terms.ids import Position

FORMAT = 1
MANIFEST = "manifest.json"
EVENTS, KEYS, ERASURES, BOOKMARKS = "events.jsonl", "keys.jsonl", "erasures.jsonl", "bookmarks.jsonl"


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
    partial = begin_folder(folder)
    backend = ledger.backend
    files = {
        BOOKMARKS: write_lines(partial / BOOKMARKS, ([b.reader, b.name, b.place] for b in backend.all_bookmarks()))
    }
    upto = ledger.head()
    files[EVENTS], head = write_events(backend, partial / EVENTS, START, upto, advance)
    files[KEYS] = write_lines(partial / KEYS, map(_key_out, all_keys(backend)))
    files[ERASURES] = write_lines(partial / ERASURES, map(list, backend.all_erasures()))
    for name, values in beside.items():
        files[name] = write_lines(partial / name, values)
    manifest = Manifest(instant(made_at), head, backend.bound_to() or "", files)
    write_lines(partial / MANIFEST, [_told(manifest)])
    finish_folder(partial, folder)
    return manifest


def all_keys(backend: Backend) -> Iterator[SealedKey]:
    """Every key there is, page by page."""
    after = ""
    while page := backend.all_keys(after, BATCH):
        yield from page
        after = page[-1].subject


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
    check_files(folder, manifest.files)
    link = follow_file(START, folder / EVENTS, advance)
    if link != manifest.head:
        raise BadInput("backup.altered", at=EVENTS, file=EVENTS)
    return manifest


def erasures_in(folder: Path) -> list[ErasedKey]:
    """The receipts of erasures that a copy knows of."""
    return [ErasedKey(*value) for value in values_in(folder / ERASURES)]


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
    for keys in in_batches(map(_key_in, values_in(folder / KEYS))):
        kept = [key for key in keys if key.key_id not in gone]
        left_out += len(keys) - len(kept)
        with backend.writing() as writing:
            there = writing.key_ids([key.subject for key in kept])
            if any(there.get(key.subject, key.key_id) != key.key_id for key in kept):
                raise Conflict("backup.not-empty", position=link.position)
            writing.insert_keys([change(key) for key in kept if key.subject not in there])
    for rows in in_batches(islice(rows_in(folder / EVENTS), link.position, None)):
        link = follow(link, rows)
        with backend.writing() as writing:
            writing.insert(rows)
        advance(link.position)
    with backend.writing() as writing:
        writing.set_bookmarks([Bookmark(reader, name, None, at) for reader, name, at in values_in(folder / BOOKMARKS)])
    if link != manifest.head or ledger.link(ledger.head()) != manifest.head:
        raise BadInput("backup.altered", at=EVENTS, file=EVENTS)
    ledger.growth.tell()
    return left_out


def _beginning(ledger: Ledger, folder: Path) -> Link:
    """Where the database stands in the copy's record. Raises Conflict when it holds another record."""
    head = ledger.link(ledger.head())
    if head.position:
        there = next(islice(rows_in(folder / EVENTS), head.position - 1, None), None)
        if there is None or there.digest != head.digest:
            raise Conflict("backup.not-empty", position=head.position)
    return head


def _key_in(told: list[str]) -> SealedKey:
    return SealedKey(told[0], told[1], base64.b64decode(told[2]))
