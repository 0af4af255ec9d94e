"""The master key: one file, mode 0600, that wraps every key of the vault. Without it nothing sealed can be read."""

import os
import secrets
from pathlib import Path

from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from terms.errors import Conflict, Unavailable

_BYTES = 32


class MasterKey:
    """The master secret; every use has its own key derived from it, so that none tells anything about another."""

    def __init__(self, secret: bytes) -> None:
        self._secret = secret

    def derived(self, use: str) -> bytes:
        """A 256-bit key for one use (HKDF-SHA256)."""
        return HKDF(algorithm=SHA256(), length=_BYTES, salt=None, info=f"dingze {use}".encode()).derive(self._secret)

    def fingerprint(self) -> str:
        """What a database may keep to know this key again (hex)."""
        return self.derived("fingerprint").hex()

    def __repr__(self) -> str:
        return "MasterKey(…)"


def make_master_key(path: Path) -> MasterKey:
    """Write a fresh master key to a new file, readable by its owner only. Raises Conflict if there is a file,
    Unavailable where none can be written.
    """
    secret = secrets.token_bytes(_BYTES)
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError as error:
        raise Conflict("vault.exists", at=str(path)) from error
    except OSError as error:
        raise Unavailable("vault.key-folder", at=str(path)) from error
    with os.fdopen(handle, "w", encoding="ascii") as file:
        file.write(secret.hex() + "\n")
        file.flush()
        os.fsync(file.fileno())
    return MasterKey(secret)


def read_master_key(path: Path) -> MasterKey:
    """Read the master key. Raises Unavailable where the file is absent or is no key."""
    try:
        secret = bytes.fromhex(path.read_text(encoding="ascii").strip())
    except (OSError, ValueError) as error:
        raise Unavailable("vault.no-key", at=str(path)) from error
    if len(secret) != _BYTES:
        raise Unavailable("vault.no-key", at=str(path))
    return MasterKey(secret)


def next_file(path: Path) -> Path:
    """Where a new master key lies until it takes the place of the old one (`ledger.rotation`)."""
    return path.with_name(path.name + ".next")


def master_bound(path: Path, fingerprint: str | None) -> MasterKey:
    """The master key a database is bound to: the key file, or the one that is about to take its place.

    A database bound to none yet gets the key file. Raises Unavailable where neither is there, or neither is its key.
    """
    fresh = next_file(path)
    if fingerprint is not None and fresh.exists():
        master = read_master_key(fresh)
        if master.fingerprint() == fingerprint:
            return master
    master = read_master_key(path)
    if fingerprint is not None and master.fingerprint() != fingerprint:
        raise Unavailable("vault.wrong-key")
    return master
