"""A seal: the head of the record at a moment, signed, in one small file that can be lodged outside.

The chain alone cannot show that its end was cut off, or that all of it was written anew; whoever holds a seal can. The
seal tells nothing of what is in the record.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import orjson
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from ledger.canonical import instant
from ledger.chain import Link
from ledger.signing import checked, signed
from ledger.store import Ledger
from terms.errors import BadInput, LedgerBroken
from terms.ids import Position

KIND = "dingze.seal/1"


@dataclass(frozen=True, slots=True)
class Seal:
    """What a seal says: the record stood at `link` at `sealed_at` (RFC 3339), signed with `public_key` (hex)."""

    link: Link
    sealed_at: str
    public_key: str


def seal(link: Link, at: datetime, key: Ed25519PrivateKey) -> dict[str, Any]:
    """The document of a seal on a position of the record."""
    told = {"kind": KIND, "position": link.position, "digest": link.digest, "sealed_at": instant(at)}
    return signed(told, key)


def read_seal(content: bytes, trusted: str | None = None) -> Seal:
    """A seal whose signature holds. Raises BadInput `proof.not-signed`, `proof.altered`, `proof.other-key`."""
    try:
        told = checked(orjson.loads(content), trusted)
        if told["kind"] != KIND:
            raise BadInput("proof.not-signed")
        link = Link(Position(int(told["position"])), str(told["digest"]))
        return Seal(link, str(told["sealed_at"]), str(told["public_key"]))
    except (KeyError, TypeError, ValueError) as error:
        raise BadInput("proof.not-signed") from error


def prove(ledger: Ledger, link: Link, verify: Callable[[Position], Link]) -> None:
    """Nothing up to `link` has changed since it was sealed. `verify` recomputes the chain up to a position.

    Raises LedgerBroken: `proof.cut-off` where the record ends before it, `proof.changed` where another digest stands
    there, or what `verify` raises.
    """
    head = ledger.head()
    if head < link.position:
        raise LedgerBroken("proof.cut-off", at=str(head), position=link.position, head=head)
    if verify(link.position) != link:
        raise LedgerBroken("proof.changed", at=str(link.position), position=link.position)
