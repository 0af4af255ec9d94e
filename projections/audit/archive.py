"""Writing the audit archive: events, chain proof, figures, manifest, signature, and a note on how to check them.

For one head of the record the bytes are always the same: entries in a fixed order with a fixed date, kept unpacked
(two builds of zlib need not pack alike), every document canonical JSON, the signature Ed25519, which uses no chance.
"""

import io
import zipfile
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from datetime import datetime, time, timedelta
from hashlib import sha256
from typing import Any, NamedTuple
from zoneinfo import ZoneInfo

import orjson
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from ledger.canonical import canonical
from ledger.chain import GENESIS, Link, Row
from ledger.envelope import BEFORE_EVERYTHING
from ledger.store import Ledger
from projections.audit.figures import figures
from projections.audit.subject import Subject
from terms.errors import BadInput, NotFound
from terms.ids import Position
from terms.messages import sentence

FORMAT = 1
SIGNED = "manifest.json"
SIGNATURE = "manifest.sig"
BATCH = 5_000
_DATE = (1980, 1, 1, 0, 0, 0)  # the first a ZIP can name


class Line(NamedTuple):
    """An event on its way into the archive, with the digest it was chained to."""

    row: Row
    previous: str


@dataclass(frozen=True, slots=True)
class Reach:
    """The part of the record an audit rests on: positions after `start` to `end` are the period, `head` is the record
    when the archive was made."""

    start: Link
    end: Link
    head: Link


def reach_of(ledger: Ledger, subject: Subject, zone: ZoneInfo, now: datetime) -> Reach:
    """Where the period begins and ends in the record, by the city's days, and where the record stands.

    Raises BadInput `audit.period-not-over`: an archive of a day that still goes on would differ tomorrow.
    """
    starts = datetime.combine(subject.begin, time.min, zone)
    over = datetime.combine(subject.end + timedelta(days=1), time.min, zone)
    if over > now:
        raise BadInput("audit.period-not-over", at="--to", end=subject.end)
    before = timedelta(microseconds=1)
    start, end = ledger.position_at(starts - before), ledger.position_at(over - before)
    return Reach(ledger.link(start), ledger.link(end), ledger.link(ledger.head()))


@dataclass(slots=True)
class _Seen:
    """An exported event as figures read it."""

    event_id: str
    stream: str
    type: str
    actor: str
    payload: dict[str, Any] = field(default_factory=dict)


def write_archive(
    ledger: Ledger,
    subject: Subject,
    reach: Reach,
    key: Ed25519PrivateKey,
    *,
    advance: Callable[[int], None] = lambda position: None,
) -> bytes:
    """The archive of a subject. Two passes over the record to the end of the period; nothing is written to it.

    Every stream that an event of the period concerns is exported whole, up to the end of the period: what came before
    explains it. Sealed boxes stay sealed. Raises NotFound `audit.nothing`, LedgerBroken.
    """
    streams = _streams(ledger, subject, reach, advance)
    if not streams:
        raise NotFound("audit.nothing", begin=subject.begin, end=subject.end, whom=subject.name)
    lines = list(_lines(ledger, streams, reach.end.position, advance))
    seen = [_seen(line.row) for line in lines if line.row.position > reach.start.position]
    files = {
        "events.jsonl": b"".join(_event_line(line) for line in lines),
        "chain.json": canonical(_proof(reach, lines)),
        "figures.json": canonical({"figures": figures(subject, seen)}),
        "说明.txt": _note(subject, reach, lines).encode(),
    }
    manifest = canonical(_manifest(subject, reach, lines, files, key))
    files |= {SIGNED: manifest, SIGNATURE: key.sign(manifest).hex().encode() + b"\n"}
    return _zipped(files)


def _streams(ledger: Ledger, subject: Subject, reach: Reach, advance: Callable[[int], None]) -> frozenset[str]:
    """The streams that an event of the period concerns; for a unit also its own place in the register."""
    found: set[str] = set()
    for row in _rows(ledger, BEFORE_EVERYTHING, reach.end.position, advance):
        mandate = row.stream.startswith("mandate-")
        if row.position <= reach.start.position and not mandate:
            continue
        # a look at the text first: decoding every payload of the record would take ten times as long
        if row.stream in found or (subject.name not in row.payload and subject.name not in row.actor):
            continue
        if subject.concerned(row.type, row.actor, orjson.loads(row.payload)):
            found.add(row.stream)
    return frozenset(found)


def _rows(ledger: Ledger, after: Position, upto: Position, advance: Callable[[int], None]) -> Iterator[Row]:
    position = after
    while position < upto and (rows := ledger.read_raw(position, min(BATCH, upto - position))):
        yield from rows
        position = Position(rows[-1].position)
        advance(position)


def _lines(ledger: Ledger, streams: frozenset[str], upto: Position, advance: Callable[[int], None]) -> Iterator[Line]:
    previous = GENESIS
    for row in _rows(ledger, BEFORE_EVERYTHING, upto, advance):
        if row.stream in streams:
            yield Line(row, previous)
        previous = row.digest


def _seen(row: Row) -> _Seen:
    return _Seen(row.event_id, row.stream, row.type, row.actor, orjson.loads(row.payload))


def _event_line(line: Line) -> bytes:
    """One event as stored, every field of its envelope, and the digest before it: enough to recompute its own."""
    told = line.row._asdict() | {"payload": orjson.Fragment(line.row.payload), "previous": line.previous}
    return orjson.dumps(told, option=orjson.OPT_APPEND_NEWLINE | orjson.OPT_SORT_KEYS)


def _proof(reach: Reach, lines: Iterable[Line]) -> dict[str, Any]:
    def link(one: Link) -> dict[str, Any]:
        return {"position": one.position, "digest": one.digest}

    return {
        "start": link(reach.start),
        "end": link(reach.end),
        "head": link(reach.head),
        "links": [[line.row.position, line.previous, line.row.digest] for line in lines],
    }


def _manifest(
    subject: Subject, reach: Reach, lines: list[Line], files: dict[str, bytes], key: Ed25519PrivateKey
) -> dict[str, Any]:
    return {
        "format": FORMAT,
        "subject": {"unit": subject.unit, "officer": subject.officer},
        "period": {"from": subject.begin.isoformat(), "to": subject.end.isoformat()},
        "head": {"position": reach.head.position, "digest": reach.head.digest},
        "events": len(lines),
        "streams": len({line.row.stream for line in lines}),
        "files": {
            name: {"sha256": sha256(content).hexdigest(), "size": len(content)} for name, content in files.items()
        },
        "public_key": key.public_key().public_bytes_raw().hex(),
    }


def _note(subject: Subject, reach: Reach, lines: list[Line]) -> str:
    return sentence(
        "audit.note",
        whom=subject.name,
        begin=subject.begin,
        end=subject.end,
        events=len(lines),
        position=reach.head.position,
        digest=reach.head.digest,
    )


def _zipped(files: dict[str, bytes]) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_STORED) as packed:
        for name, content in files.items():
            entry = zipfile.ZipInfo(name, _DATE)
            entry.create_system = 3
            entry.external_attr = 0o600 << 16
            packed.writestr(entry, content)
    return out.getvalue()
