"""Personal data, sealed from the first event: one key a subject (`ledger.sealing`), kept outside the events.

A subject is whatever is erased as one: a work order (its stream id), or a caller. The event holds ciphertext; the key
lies in table `vault_keys`, wrapped by the master key. Erasing the key erases the text everywhere it was ever copied
to, backups included, and the chain stays valid. Receipts of erasures are also kept in a file beside the master key,
so that a restored backup, whose keys are back, is erased again when it is opened.

A batch works on a `Keyring`: one look-up for thousands of subjects, and the keys it had to make go to
`Ledger.append_each(..., keys=ring.new_keys())`, into the transaction of the events they seal.
"""

import base64
import hmac
import json
import os
from collections.abc import Iterable, Mapping
from datetime import datetime
from hashlib import sha256
from pathlib import Path
from typing import Any

import orjson
from cryptography.exceptions import InvalidTag

from ledger.canonical import canonical, instant
from ledger.contract import ErasedKey
from ledger.envelope import SealedKey
from ledger.master_key import MasterKey, master_bound
from ledger.sealing import Cipher, Wrapping, decrypt, encrypt, fresh_key
from ledger.store import Ledger
from terms.errors import Conflict, LedgerBroken, Refused, Unavailable

_BOX, _KEY = "sealed", "key"
CALLERS = "vault/callers"  # the key that names callers, once the master key it was derived from has been replaced


class Erased(Refused):
    """The subject's key was destroyed on request; nothing can be sealed or compared under it any more."""


class Keyring:
    """The keys of some subjects, in memory for one batch. Do not keep it: an erasure elsewhere must take effect."""

    def __init__(self, keys: Mapping[str, tuple[str, bytes]], new: Iterable[SealedKey], erased: Iterable[str]) -> None:
        self._keys = dict(keys)
        self._new = tuple(new)
        self._erased = frozenset(erased)

    def new_keys(self) -> tuple[SealedKey, ...]:
        """The keys made for this batch: hand them to the append that writes what they seal."""
        return self._new

    def is_erased(self, subject: str) -> bool:
        """Whether this subject's personal data was erased."""
        return subject in self._erased

    def seal(self, subject: str, fields: Mapping[str, Any]) -> dict[str, Any]:
        """The fields as one sealed box, a JSON object for the payload. Raises Erased; BadInput for odd values."""
        key_id, key = self._key(subject)
        box = encrypt(key_id, key, canonical(fields), subject)
        return {_BOX: base64.b64encode(box).decode(), _KEY: key_id}

    def open(self, subject: str, box: Mapping[str, Any]) -> dict[str, Any] | None:
        """The fields again, times as text; None once the key is gone. Raises LedgerBroken for a damaged box."""
        found = self._keys.get(subject)
        if found is None or found[0] != box[_KEY]:
            return None  # erased, or sealed under a key that was erased before this one was made
        try:
            plain = decrypt(*found, base64.b64decode(box[_BOX]), subject)
        except (InvalidTag, ValueError) as error:  # ValueError: not even base64 any more
            raise LedgerBroken("vault.damaged", at=subject) from error
        opened: dict[str, Any] = orjson.loads(plain)
        return opened

    def mark(self, subject: str, body: bytes) -> str:
        """The mark of a body as received (hex): equal marks, equal bodies; tells nothing without the key.

        Raises Erased.
        """
        return _hmac(self._key(subject)[1], b"mark", body)

    def pseudonym(self, caller: str) -> str:
        """A name for a caller (`Vault.caller`) that links their orders until the caller is erased. Raises Erased."""
        return _hmac(self._key(caller)[1], b"pseudonym", b"")[:24]

    def _key(self, subject: str) -> tuple[str, bytes]:
        try:
            return self._keys[subject]
        except KeyError as error:
            raise Erased("vault.erased", at=subject, subject=subject) from error


class Vault:
    """The sealed personal data of one ledger."""

    def __init__(
        self, ledger: Ledger, key_file: Path, receipts: Path | None = None, cipher: Cipher = Cipher.AES
    ) -> None:
        self._ledger, self._backend = ledger, ledger.backend
        self._key_file = key_file
        self._receipts = receipts or receipts_file(key_file)
        self._cipher = cipher
        self._take(master_bound(key_file, self._backend.bound_to()))
        if self._backend.fingerprint(self._wrapping.fingerprint) != self._wrapping.fingerprint:
            raise Unavailable("vault.wrong-key")

    def _take(self, master: MasterKey) -> None:
        self._wrapping = Wrapping(master)
        kept = self._backend.sealed_keys([CALLERS]).get(CALLERS)
        self._naming = self._wrapping.unwrap(kept) if kept else master.derived("callers")

    def _keys(self, subjects: list[str]) -> dict[str, tuple[str, bytes]]:
        """The keys there are. The master key may be replaced at any moment, by another process too."""
        for last in (False, True):
            bound = self._backend.bound_to()
            if bound != self._wrapping.fingerprint:
                self._take(master_bound(self._key_file, bound))
            there = self._backend.sealed_keys(subjects)
            try:
                return {name: (sealed.key_id, self._wrapping.unwrap(sealed)) for name, sealed in there.items()}
            except Unavailable:
                if last:
                    raise
        return {}

    def caller(self, number: str) -> str:
        """The vault's subject for a caller's number: keyed, so that the vault itself names nobody.

        Only the digits count. The subject is not for events: it outlives an erasure. Events hold the pseudonym.
        """
        digits = "".join(filter(str.isdigit, number)) or number.strip()
        return "caller-" + _hmac(self._naming, b"caller", digits.encode())[:32]

    def keyring(self, subjects: Iterable[str]) -> Keyring:
        """The keys of these subjects, new ones made where there are none yet. One or two look-ups for thousands.

        An erased order gets no new key (`is_erased`). An erased caller who calls again is a new caller.
        """
        asked = list(dict.fromkeys(subjects))
        keys = self._keys(asked)
        missing = [subject for subject in asked if subject not in keys]
        gone = {s for s in self._backend.erased(missing) if not s.startswith("caller-")} if missing else set()
        new = []
        for subject in missing:
            if subject not in gone:
                keys[subject] = fresh_key(self._cipher)
                new.append(self._wrapping.wrap(subject, *keys[subject]))
        return Keyring(keys, new, gone)

    def standing(self, subject: str) -> Keyring:
        """The key of one subject for sealing what is kept outside the record; a new one is written at once."""
        ring = self.keyring([subject])
        try:
            self._ledger.append(keys=ring.new_keys())
        except Conflict:  # somebody else made it, or replaced the master key, meanwhile
            ring = self.keyring([subject])
            self._ledger.append(keys=ring.new_keys())
        return ring

    def reading(self, subjects: Iterable[str]) -> Keyring:
        """The keys there are, for opening; makes none. Recording that somebody read is the caller's duty."""
        asked = list(dict.fromkeys(subjects))
        keys = self._keys(asked)
        return Keyring(keys, (), (subject for subject in asked if subject not in keys))

    def open(self, subject: str, box: Mapping[str, Any]) -> dict[str, Any] | None:
        """One box of one subject; None once erased. Recording the reading is the caller's duty."""
        return self.reading([subject]).open(subject, box)

    def erase(self, subjects: Iterable[str], at: datetime) -> tuple[ErasedKey, ...]:
        """Destroy the keys of these subjects and give the receipts, which stay. Again: no keys, no receipts.

        The receipt is on disk beside the master key before the key is destroyed: a crash between the two leaves an
        erasure that the next opening completes, never a key that is gone without a receipt.
        """
        there = self._backend.sealed_keys(list(dict.fromkeys(subjects)))
        receipts = tuple(ErasedKey(key.key_id, key.subject, instant(at)) for key in there.values())
        if receipts:
            self._keep(receipts)
            self._backend.erase(receipts)
        return receipts

    def receipts(self, subjects: Iterable[str]) -> list[ErasedKey]:
        """The latest receipt of each of these subjects whose key was destroyed."""
        return sorted(self._backend.erased(list(dict.fromkeys(subjects))).values())

    def erase_again(self) -> int:
        """Apply every kept receipt to this database, as after a restore; how many keys had come back."""
        receipts = read_receipts(self._receipts)
        return self._backend.erase(receipts) if receipts else 0

    def remember(self, receipts: Iterable[ErasedKey]) -> None:
        """Keep receipts that came from elsewhere (a backup) beside the master key, each once."""
        there = set(read_receipts(self._receipts))
        if new := [receipt for receipt in receipts if receipt not in there]:
            self._keep(new)

    def _keep(self, receipts: Iterable[ErasedKey]) -> None:
        self._receipts.parent.mkdir(parents=True, exist_ok=True)
        handle = os.open(self._receipts, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
        with os.fdopen(handle, "a", encoding="utf-8") as file:
            # a line cut short by a crash ends here, so that it spoils no later one
            file.writelines("\n" + json.dumps(list(receipt), ensure_ascii=False) for receipt in receipts)
            file.write("\n")
            file.flush()
            os.fsync(file.fileno())


def open_vault(ledger: Ledger, key_file: Path, receipts: Path | None = None, cipher: Cipher = Cipher.AES) -> Vault:
    """The vault of a ledger under the master key in `key_file`; erasures are applied again first.

    Receipts lie in `<key_file>.erasures` unless told otherwise; new keys are for `cipher`. Raises Unavailable: no key
    file, or not this database's key.
    """
    vault = Vault(ledger, key_file, receipts, cipher)
    vault.erase_again()
    return vault


def receipts_file(key_file: Path) -> Path:
    """Where the receipts of erasures lie: beside the master key."""
    return key_file.with_name(key_file.name + ".erasures")


def read_receipts(file: Path) -> list[ErasedKey]:
    """The receipts in a file; none where there is no file."""
    if not file.exists():
        return []
    return [receipt for receipt in map(_receipt, file.read_text(encoding="utf-8").splitlines()) if receipt]


def _hmac(key: bytes, use: bytes, body: bytes) -> str:
    return hmac.new(key, use + b"\0" + body, sha256).hexdigest()


def _receipt(line: str) -> ErasedKey | None:
    try:
        return ErasedKey(*json.loads(line))
    except ValueError:
        return None  # blank, or cut short by a crash before its key was touched: that erasure was never promised
