"""The two ciphers that seal: AES-256-GCM, and SM4-GCM (GB/T 32907) where a city's rules ask for national cryptography.

Both authenticate what they seal and what it is bound to. A key's id says which one it is for, so keys of both stand
beside one another and everything sealed before a change stays readable.
"""

import secrets
from enum import StrEnum

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers import Cipher as Engine
from cryptography.hazmat.primitives.ciphers import algorithms, modes
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from ledger.envelope import SealedKey
from ledger.master_key import MasterKey
from terms.errors import Unavailable

_NONCE = 12  # bytes, as GCM wants them; random: one key seals far fewer than 2^32 texts
_TAG = 16
_SM4 = "sm4."


class Cipher(StrEnum):
    """What new keys are for."""

    AES = "aes-256-gcm"
    SM4 = "sm4-gcm"


def fresh_key(cipher: Cipher) -> tuple[str, bytes]:
    """A new random key and its id, which tells its cipher."""
    name = secrets.token_hex(16)
    return (_SM4 + name, secrets.token_bytes(16)) if cipher is Cipher.SM4 else (name, secrets.token_bytes(32))


def encrypt(key_id: str, key: bytes, plain: bytes, subject: str) -> bytes:
    """Seal bytes for one subject: nonce, ciphertext, tag."""
    nonce = secrets.token_bytes(_NONCE)
    if not key_id.startswith(_SM4):
        return nonce + AESGCM(key).encrypt(nonce, plain, _bound(subject, key_id))
    engine = Engine(algorithms.SM4(key), modes.GCM(nonce)).encryptor()
    engine.authenticate_additional_data(_bound(subject, key_id))
    return nonce + engine.update(plain) + engine.finalize() + engine.tag


def decrypt(key_id: str, key: bytes, box: bytes, subject: str, prepared: AESGCM | None = None) -> bytes:
    """The bytes again. Raises InvalidTag for a damaged box, or one sealed for another subject.

    `prepared` is the cipher made of `key` beforehand, by whoever opens many boxes with one key.
    """
    nonce, sealed = box[:_NONCE], box[_NONCE:]
    if not key_id.startswith(_SM4):
        return (prepared or AESGCM(key)).decrypt(nonce, sealed, _bound(subject, key_id))
    if len(sealed) < _TAG:
        raise InvalidTag
    engine = Engine(algorithms.SM4(key), modes.GCM(nonce, sealed[-_TAG:])).decryptor()
    engine.authenticate_additional_data(_bound(subject, key_id))
    return engine.update(sealed[:-_TAG]) + engine.finalize()


class Wrapping:
    """Wraps the keys of subjects with keys derived from the master key, each with the cipher it is for."""

    def __init__(self, master: MasterKey) -> None:
        self.fingerprint = master.fingerprint()
        self._aes = master.derived("wrapping")
        self._prepared = AESGCM(self._aes)  # a rebuild unwraps a key for every order of the record
        self._sm4 = master.derived("sm4 wrapping")[:16]

    def wrap(self, subject: str, key_id: str, key: bytes) -> SealedKey:
        """The key as table `vault_keys` holds it."""
        return SealedKey(subject, key_id, encrypt(key_id, self._by(key_id), key, subject), self.fingerprint)

    def unwrap(self, sealed: SealedKey) -> bytes:
        """The key. Raises Unavailable where it was wrapped under another master key."""
        try:
            wrapped = bytes(sealed.wrapped)
            return decrypt(sealed.key_id, self._by(sealed.key_id), wrapped, sealed.subject, self._prepared)
        except InvalidTag as error:
            raise Unavailable("vault.wrong-key", at=sealed.subject) from error

    def _by(self, key_id: str) -> bytes:
        return self._sm4 if key_id.startswith(_SM4) else self._aes


def _bound(subject: str, key_id: str) -> bytes:
    # what is sealed for one subject cannot be passed off as another's, nor as sealed with the other cipher
    return f"{subject}\n{key_id}".encode()
