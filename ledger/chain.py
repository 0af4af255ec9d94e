"""The chain: every event's digest covers its whole envelope and the digest before it.

A byte changed anywhere breaks the chain at that position and nowhere earlier. What is hashed is
`previous digest (64 hex) + canonical JSON of the envelope`, with sha256; the payload enters as the bytes stored.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from hashlib import sha256
from typing import Any, NamedTuple

import orjson

from terms.errors import LedgerBroken
from terms.ids import Position

GENESIS = "0" * 64  # the digest before the first event


class Row(NamedTuple):
    """An event as the database holds it: texts and whole numbers, the payload as canonical JSON, not yet decoded."""

    position: int
    event_id: str
    stream: str
    version: int
    type: str
    schema: int
    occurred_at: str
    recorded_at: str
    actor: str
    cause: str | None
    correlation: str | None
    source: str | None
    source_key: str | None
    mark: str | None
    payload: str
    digest: str


class Heading(NamedTuple):
    """What an event is about, without what it says: for readers who count and wait more than they read."""

    position: int
    stream: str
    version: int
    type: str


@dataclass(frozen=True, slots=True)
class Link:
    """Where a verification stands: everything up to `position` proves itself and ends in `digest`."""

    position: Position
    digest: str


START = Link(Position(0), GENESIS)


def digest_of(previous: str, row: tuple[Any, ...]) -> str:
    """The digest (hex) an event must carry: `row` is a `Row`, or what stands in one before its digest.

    The keys stand in code-point order, so this is the canonical JSON of the envelope without sorting it again.
    """
    (
        position, event_id, stream, version, type_name, schema, occurred_at, recorded_at,
        actor, cause, correlation, source, source_key, mark, payload,
    ) = row[:15]  # fmt: skip
    envelope = orjson.dumps(
        {
            "actor": actor,
            "cause": cause,
            "correlation": correlation,
            "event_id": event_id,
            "mark": mark,
            "occurred_at": occurred_at,
            "payload": orjson.Fragment(payload),
            "position": position,
            "recorded_at": recorded_at,
            "schema": schema,
            "source": source,
            "source_key": source_key,
            "stream": stream,
            "type": type_name,
            "version": version,
        }
    )
    return sha256(previous.encode() + envelope).hexdigest()


def follow(link: Link, rows: Iterable[Row]) -> Link:
    """Recompute the chain over rows in order of position, from where `link` stands, and say where it then stands.

    Raises LedgerBroken with the position: `ledger.hole` where one is missing, `ledger.broken-chain` where an event
    does not match its digest.
    """
    position, digest = int(link.position), link.digest
    for row in rows:
        if row.position != position + 1:
            raise LedgerBroken("ledger.hole", at=str(position + 1), expected=position + 1, found=row.position)
        position += 1
        digest = digest_of(digest, row)
        if digest != row.digest:
            raise LedgerBroken("ledger.broken-chain", at=str(position), position=position)
    return Link(Position(position), digest)
