"""A copy of a closed stretch of the record (a year) with its proof, for an archive. Nothing leaves the record.

The folder holds the events as stored, sealed boxes sealed, and a signed note: where the chain stood before the first of
them and behind the last. Anybody can recompute the digests from the one to the other; the record itself proves that
both stand in it.
"""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import orjson
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from ledger.chain import Link
from ledger.lines import Advance, begin_folder, check_files, finish_folder, follow_file, write_events, write_lines
from ledger.signing import checked, signed
from ledger.store import Ledger
from terms.errors import BadInput, Conflict, LedgerBroken, NotFound
from terms.ids import Position

KIND = "dingze.archive/1"
EVENTS, NOTE = "events.jsonl", "archive.json"


@dataclass(frozen=True, slots=True)
class Archive:
    """What a checked archive says: what it is of, from behind `start` to `end`, and the public key (hex) it bears."""

    of: str
    start: Link
    end: Link
    public_key: str


def write_archive(
    ledger: Ledger,
    folder: Path,
    of: str,
    reach: tuple[Position, Position],
    key: Ed25519PrivateKey,
    advance: Advance = lambda position: None,
) -> Archive:
    """Write the events behind the first position of `reach` to the second into a new folder; what its note says.

    The same stretch gives the same bytes. Raises Conflict where there is something, NotFound for a stretch without
    events, LedgerBroken.
    """
    if folder.exists():
        raise Conflict("backup.exists", at=str(folder))
    if reach[0] >= reach[1]:
        raise NotFound("archive.nothing", of=of)
    partial = begin_folder(folder)
    start = ledger.link(reach[0])
    written, end = write_events(ledger.backend, partial / EVENTS, start, reach[1], advance)
    note = signed({"kind": KIND, "of": of, "start": _told(start), "end": _told(end), "files": {EVENTS: written}}, key)
    write_lines(partial / NOTE, [note])
    finish_folder(partial, folder)
    return Archive(of, start, end, note["public_key"])


def check_archive(folder: Path, trusted: str | None = None, advance: Advance = lambda position: None) -> Archive:
    """Check an archive by itself: signature, bytes, and the chain from its start to its end.

    Raises BadInput (`archive.none`, `proof.*`, `backup.altered`), LedgerBroken where an event does not prove itself.
    """
    try:
        note = checked(orjson.loads((folder / NOTE).read_bytes()), trusted)
        if note["kind"] != KIND:
            raise BadInput("archive.none", at=str(folder))
        files, start, end = note["files"], _link(note["start"]), _link(note["end"])
    except (OSError, KeyError, TypeError, ValueError) as error:
        raise BadInput("archive.none", at=str(folder)) from error
    check_files(folder, files)
    if follow_file(start, folder / EVENTS, advance) != end:
        raise BadInput("backup.altered", at=EVENTS, file=EVENTS)
    return Archive(str(note["of"]), start, end, str(note["public_key"]))


def against_record(archive: Archive, ledger: Ledger, verify: Callable[[Position], Link]) -> None:
    """Prove that the stretch stands in the record. `verify` recomputes the record's chain up to a position.

    Raises LedgerBroken `audit.not-this-record`, or what `verify` raises.
    """
    for link in (archive.start, archive.end):
        if ledger.head() < link.position or verify(link.position) != link:
            raise LedgerBroken("audit.not-this-record", at=str(link.position), position=link.position)


def _told(link: Link) -> dict[str, Any]:
    return {"position": link.position, "digest": link.digest}


def _link(told: dict[str, Any]) -> Link:
    return Link(Position(int(told["position"])), str(told["digest"]))
