"""The signing key: Ed25519, in a file of its own beside the master key, so that it outlives a change of that key.

What is signed is the canonical JSON of a document together with the public key; the signature is Ed25519, which uses no
chance, so the same document has the same signature.
"""

import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from ledger.canonical import canonical
from terms.errors import BadInput, Unavailable


def signing_key(file: Path) -> Ed25519PrivateKey:
    """The key in a file, mode 0600; made where there is none. Raises Unavailable where it cannot be read or made."""
    try:
        if not file.exists():
            _make(file)
        return Ed25519PrivateKey.from_private_bytes(bytes.fromhex(file.read_text(encoding="ascii").strip()))
    except (OSError, ValueError) as error:
        raise Unavailable("proof.no-key", at=str(file)) from error


def _make(file: Path) -> None:
    file.parent.mkdir(parents=True, exist_ok=True)
    fresh = file.with_name(f"{file.name}.{os.getpid()}")
    handle = os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(handle, "w", encoding="ascii") as out:
        out.write(Ed25519PrivateKey.generate().private_bytes_raw().hex() + "\n")
        out.flush()
        os.fsync(out.fileno())
    try:
        os.link(fresh, file)  # whole or not at all; the first of two processes wins
    except FileExistsError:
        pass
    finally:
        fresh.unlink()


def public_key(key: Ed25519PrivateKey) -> str:
    """Its public half (hex), to be given to whoever checks."""
    return key.public_key().public_bytes_raw().hex()


def signed(document: Mapping[str, Any], key: Ed25519PrivateKey) -> dict[str, Any]:
    """The document with `public_key` and `signature` (hex) added."""
    told = {**document, "public_key": public_key(key)}
    return told | {"signature": key.sign(canonical(told)).hex()}


def checked(document: Any, trusted: str | None = None) -> dict[str, Any]:
    """A signed document whose signature holds; `trusted` is the public key (hex) it has to be signed with, when known.

    Raises BadInput: `proof.not-signed`, `proof.altered`, `proof.other-key`.
    """
    if not isinstance(document, dict) or not {"public_key", "signature"} <= set(document):
        raise BadInput("proof.not-signed")
    told = {name: value for name, value in document.items() if name != "signature"}
    try:
        public = Ed25519PublicKey.from_public_bytes(bytes.fromhex(str(told["public_key"])))
        public.verify(bytes.fromhex(str(document["signature"])), canonical(told))
    except (InvalidSignature, ValueError) as error:
        raise BadInput("proof.altered") from error
    if trusted is not None and trusted.strip().lower() != told["public_key"]:
        raise BadInput("proof.other-key", found=told["public_key"], expected=trusted)
    return told
