"""Checking an audit archive: by itself, against a known key, and against the record it came from.

By itself: the signature covers the manifest, the manifest every file, every event its own digest with the digest
before it, and every figure counts again to the same. What lies between two exported events only the record can tell:
`against_record` recomputes its chain and compares each link.
"""

import io
import zipfile
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from hashlib import sha256
from pathlib import Path
from typing import Any

import orjson
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from ledger.canonical import canonical
from ledger.chain import GENESIS, START, Row, digest_of, follow
from ledger.store import Ledger
from projections.audit.archive import BATCH, FORMAT, SIGNATURE, SIGNED
from projections.audit.figures import figures
from projections.audit.subject import Subject
from terms.errors import BadInput, LedgerBroken, TooLarge
from terms.ids import Position
from terms.unreadable import why_unreadable

LIMIT = 2 * 1024**3  # bytes of all files together
_FILES = frozenset({"events.jsonl", "chain.json", "figures.json", "说明.txt", SIGNED, SIGNATURE})


@dataclass(frozen=True, slots=True)
class Verified:
    """An archive that proves itself: what its manifest says, its links, and the key it was signed with (hex)."""

    manifest: dict[str, Any]
    chain: dict[str, Any]
    public_key: str


@dataclass(frozen=True, slots=True)
class _Counted:
    event_id: str
    stream: str
    type: str
    actor: str
    payload: dict[str, Any]


def verify_archive(content: bytes, trusted: str | None = None) -> Verified:
    """Check an archive by itself; `trusted` is the public key (hex) it has to be signed with, when known.

    Raises BadInput: `audit.not-an-archive`, `audit.altered` with what does not match, `audit.other-key`; TooLarge.
    """
    return verify_files(_unpacked(content), trusted)


def verify_folder(folder: Path, trusted: str | None = None) -> Verified:
    """Check an archive that somebody unpacked. Raises what `verify_archive` raises."""
    found = {one.name: one for one in folder.iterdir() if not one.name.startswith(".")}
    if set(found) != _FILES or not all(one.is_file() for one in found.values()):
        raise BadInput("audit.not-an-archive", at="archive", reason="、".join(sorted(found))[:200])
    if sum(one.stat().st_size for one in found.values()) > LIMIT:
        raise TooLarge("audit.not-an-archive", at="archive", reason=f"> {LIMIT}")
    return verify_files({name: one.read_bytes() for name, one in found.items()}, trusted)


def verify_files(files: dict[str, bytes], trusted: str | None = None) -> Verified:
    """Check the files of an archive by themselves. Raises BadInput as `verify_archive` does."""
    try:
        manifest: dict[str, Any] = orjson.loads(files[SIGNED])
        if manifest["format"] != FORMAT:
            raise BadInput("audit.not-an-archive", at="archive", reason=f"format {manifest['format']}")
        public_key = str(manifest["public_key"])
        _signed(files, public_key, trusted)
        _files_match(files, manifest)
        chain: dict[str, Any] = orjson.loads(files["chain.json"])
        events = _chained(files["events.jsonl"], chain, manifest)
        _figures_match(files["figures.json"], manifest, chain, events)
    except (KeyError, TypeError, ValueError) as error:  # orjson.JSONDecodeError is a ValueError
        raise BadInput("audit.not-an-archive", at="archive", reason=why_unreadable(error)) from error
    return Verified(manifest, chain, public_key)


def against_record(
    verified: Verified, ledger: Ledger, advance: Callable[[Position], None] = lambda position: None
) -> None:
    """Recompute the record's chain to the archive's head and compare every link the archive tells.

    Raises LedgerBroken `audit.not-this-record` at the first position that differs, or what `Ledger.verify` raises.
    """
    told = _told(verified.chain)
    link, head = START, max(told)
    while link.position < head and (rows := ledger.read_raw(link.position, min(BATCH, head - link.position))):
        link = follow(link, rows)
        for row in rows:
            if told.get(row.position, row.digest) != row.digest:
                raise LedgerBroken("audit.not-this-record", at=str(row.position), position=row.position)
        advance(link.position)
    if link.position < head:
        raise LedgerBroken("audit.not-this-record", at=str(head), position=head)


def _told(chain: dict[str, Any]) -> dict[int, str]:
    """Every position whose digest the archive tells."""
    found: dict[int, str] = {chain[name]["position"]: chain[name]["digest"] for name in ("start", "end", "head")}
    for position, previous, digest in chain["links"]:
        found |= {position - 1: previous, position: digest}
    return found


def _unpacked(content: bytes) -> dict[str, bytes]:
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as packed:
            entries = packed.infolist()
            if {entry.filename for entry in entries} != _FILES or len(entries) != len(_FILES):
                names = "、".join(sorted(one.filename for one in entries))[:200]
                raise BadInput("audit.not-an-archive", at="archive", reason=names)
            if sum(entry.file_size for entry in entries) > LIMIT:
                raise TooLarge("audit.not-an-archive", at="archive", reason=f"> {LIMIT}")
            return {entry.filename: packed.read(entry) for entry in entries}
    except (zipfile.BadZipFile, NotImplementedError, RuntimeError, EOFError, OSError) as error:
        raise BadInput("audit.not-an-archive", at="archive", reason=why_unreadable(error)) from error


def _signed(files: dict[str, bytes], public_key: str, trusted: str | None) -> None:
    if trusted is not None and trusted.strip().lower() != public_key:
        raise BadInput("audit.other-key", at="archive", found=public_key, expected=trusted)
    try:
        signature = bytes.fromhex(files[SIGNATURE].decode("ascii").strip())
        Ed25519PublicKey.from_public_bytes(bytes.fromhex(public_key)).verify(signature, files[SIGNED])
    except (InvalidSignature, ValueError) as error:
        raise BadInput("audit.altered", what=SIGNED) from error


def _files_match(files: dict[str, bytes], manifest: dict[str, Any]) -> None:
    listed = manifest["files"]
    for name in sorted(_FILES - {SIGNED, SIGNATURE}):
        if sha256(files[name]).hexdigest() != listed[name]["sha256"] or len(files[name]) != listed[name]["size"]:
            raise BadInput("audit.altered", what=name)


def _chained(lines: bytes, chain: dict[str, Any], manifest: dict[str, Any]) -> list[tuple[int, _Counted]]:
    """Every event recomputed to its own digest; neighbours interlock; the links are those of the proof."""
    events: list[tuple[int, _Counted]] = []
    links: list[list[Any]] = []
    before: tuple[int, str] = (0, GENESIS)
    for line in lines.splitlines():
        told = orjson.loads(line)
        previous = told.pop("previous")
        payload = told["payload"]
        row = Row(**told | {"payload": canonical(payload).decode()})
        adjoins = row.position != before[0] + 1 or previous == before[1]
        if row.position <= before[0] or digest_of(previous, row) != row.digest or not adjoins:
            raise BadInput("audit.altered", what=f"events.jsonl 第 {row.position} 条")
        before = (row.position, row.digest)
        links.append([row.position, previous, row.digest])
        events.append((row.position, _Counted(row.event_id, row.stream, row.type, row.actor, payload)))
    if links != chain["links"] or manifest["events"] != len(events) or manifest["head"] != chain["head"]:
        raise BadInput("audit.altered", what="chain.json")
    return events


def _figures_match(
    told: bytes, manifest: dict[str, Any], chain: dict[str, Any], events: list[tuple[int, _Counted]]
) -> None:
    period, whom = manifest["period"], manifest["subject"]
    subject = Subject(
        date.fromisoformat(period["from"]), date.fromisoformat(period["to"]), whom["unit"], whom["officer"]
    )
    inside = [event for position, event in events if position > chain["start"]["position"]]
    again = figures(subject, inside)
    stripped = [{name: value for name, value in one.items() if name != "label"} for one in again]
    found = [{name: value for name, value in one.items() if name != "label"} for one in orjson.loads(told)["figures"]]
    if stripped != found:  # the labels are words for people; a later catalogue may word them otherwise
        raise BadInput("audit.altered", what="figures.json")
