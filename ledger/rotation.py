"""A new master key: every key of the vault is wrapped anew, and nothing that was sealed changes.

It may be killed at any moment. The new key is on disk before anything is wrapped with it (`<key>.next`); all keys are
wrapped anew, and the database bound to the new key, in one transaction; then the files change places, in one rename.
Until that, whoever opens the vault finds the key the database is bound to under either name. The old key is kept as
`<key>.retired-…`: backups made before need it.
"""

import os
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from ledger.envelope import Append, NewEvent
from ledger.master_key import MasterKey, make_master_key, master_bound, next_file, read_master_key
from ledger.sealing import Wrapping
from ledger.store import Ledger
from ledger.upcast import KnownType
from ledger.vault import CALLERS
from terms.errors import Unavailable
from terms.ids import StreamId

ROTATED = "MasterKeyRotated"  # {before, after}: fingerprints
EVENT_TYPES = (KnownType(ROTATED),)


@dataclass(frozen=True, slots=True)
class Rotated:
    """What a rotation did: how many keys were wrapped anew (0: it was only finished), and the fingerprints (hex)."""

    keys: int
    before: str
    after: str


def rotate(ledger: Ledger, key_file: Path, at: datetime, actor: str) -> Rotated:
    """Give the vault a new master key, or finish what was begun; recorded. Writers wait while keys are wrapped anew.

    Raises Unavailable without this database's key; Conflict `vault.rotated` where somebody else was first.
    """
    backend = ledger.backend
    bound = backend.bound_to()
    fresh = next_file(key_file)
    if bound is not None and fresh.exists() and read_master_key(fresh).fingerprint() == bound:
        return _finished(
            ledger, key_file, Rotated(0, read_master_key(key_file).fingerprint(), bound), at, actor
        )  # killed after the transaction: only the files are left to change
    old = master_bound(key_file, bound)
    if bound is None:
        raise Unavailable("vault.wrong-key")
    new = read_master_key(fresh) if fresh.exists() else make_master_key(fresh)
    _keep_naming(ledger, old)
    before, after = Wrapping(old), Wrapping(new)
    keys = backend.rewrap(
        lambda sealed: after.wrap(sealed.subject, sealed.key_id, before.unwrap(sealed)), bound, after.fingerprint
    )
    return _finished(ledger, key_file, Rotated(keys, bound, after.fingerprint), at, actor)


def _keep_naming(ledger: Ledger, old: MasterKey) -> None:
    """Callers are named by a key derived from the first master key: it becomes a key of the vault, and stays."""
    if CALLERS not in ledger.backend.sealed_keys([CALLERS]):
        ledger.append(keys=[Wrapping(old).wrap(CALLERS, "callers", old.derived("callers"))])


def _finished(ledger: Ledger, key_file: Path, done: Rotated, at: datetime, actor: str) -> Rotated:
    payload = {"before": done.before, "after": done.after}
    event = NewEvent(ROTATED, payload, at, actor, source="keys", source_key=done.after)  # once, however often killed
    ledger.append(Append(StreamId("keys"), None, (event,)))
    retired = retired_file(key_file, done.before)
    if not retired.exists():
        os.link(key_file, retired)
    next_file(key_file).replace(key_file)
    return done


def retired_file(key_file: Path, fingerprint: str) -> Path:
    """Where a master key lies that was replaced."""
    return key_file.with_name(f"{key_file.name}.retired-{fingerprint[:12]}")
