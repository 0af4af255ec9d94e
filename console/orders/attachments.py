"""Files that people attach to an order, kept outside the record by their digest; and the signed scans of papers.

The record holds name, kind and digest; the bytes lie in a folder, sealed under the order's own key, so that erasing
the order's personal data erases its pictures too. A scan is sealed under the key of what the paper is about. What the
requester sent is personal data: opening it is recorded first, as the words are (`PersonalDataRead`). What a unit
attaches as proof of its work is read with the order.
"""

import base64
import hashlib
import os
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import orjson

from casework.events import Attachment
from console.forms import Upload
from ingest.masking import mask
from ledger.vault import Keyring, Vault
from terms.errors import BadInput, LedgerBroken, NotFound, TooLarge
from terms.ids import StreamId, order_stream

KEPT = "store"  # the reference of an attachment whose bytes lie here
MOST_BYTES = 10 * 1024 * 1024
MOST_FILES = 9
DIGEST = re.compile(r"[0-9a-f]{64}")
# how a file of each sort begins: (offset, bytes) → media type, kind. What a file is called proves nothing.
_BEGINNINGS: tuple[tuple[int, bytes, str, str], ...] = (
    (0, b"\xff\xd8\xff", "image/jpeg", "photo"),
    (0, b"\x89PNG\r\n\x1a\n", "image/png", "photo"),
    (8, b"WEBP", "image/webp", "photo"),
    (0, b"%PDF-", "application/pdf", "document"),
    (0, b"ID3", "audio/mpeg", "audio"),
    (0, b"\xff\xfb", "audio/mpeg", "audio"),
    (8, b"WAVE", "audio/wav", "audio"),
    (0, b"#!AMR", "audio/amr", "audio"),
    (4, b"ftypM4A", "audio/mp4", "audio"),
)
ON_PAPER = frozenset({"photo", "document"})  # what a scanner gives
SCANS_ALLOWED = "照片（JPG、PNG、WebP）、PDF"
ALLOWED = "照片（JPG、PNG、WebP）、录音（MP3、WAV、AMR、M4A）、PDF"


def sort_of(content: bytes) -> tuple[str, str] | None:
    """Media type and kind of a file by its first bytes; None for what is not taken."""
    for offset, begins, media, kind in _BEGINNINGS:
        if content[offset : offset + len(begins)] == begins:
            return media, kind
    return None


@dataclass(frozen=True, slots=True)
class AttachmentStore:
    """The folder of sealed files of one Dingze. Safe to share: a file is written whole under its final name."""

    folder: Path
    vault: Vault

    def attached(self, uploads: Sequence[Upload]) -> tuple[Attachment, ...]:
        """Files of an order as the record will have them; nothing is kept yet.

        Raises TooLarge, BadInput for too many or another sort of file.
        """
        if len(uploads) > MOST_FILES:
            raise BadInput("console.attachments-at-most", at="files", most=MOST_FILES)
        found = []
        for one in uploads:
            sort = sort_of(one.content)
            _not_too_large(one)
            if sort is None:
                raise BadInput("console.attachment-sort", at=one.name, name=one.name, allowed=ALLOWED)
            digest = hashlib.sha256(one.content).hexdigest()
            found.append(Attachment(name=mask(one.name), kind=sort[1], reference=KEPT, digest=digest))
        return tuple(found)

    def keep(self, order_no: str, uploads: Sequence[Upload]) -> tuple[Attachment, ...]:
        """Keep files of an order; the same file again is kept once.

        Raises as `attached`, and Erased when the order's key is gone.
        """
        told = self.attached(uploads)
        if uploads:
            ring = self.vault.reading([order_stream(order_no)])
            for one in uploads:
                self._write(order_stream(order_no), one, ring)
        return told

    def holds(self, subject: StreamId, digest: str) -> bool:
        """Whether the file of that digest lies here, under the key of that stream."""
        return bool(DIGEST.fullmatch(digest)) and self._path(subject, digest).exists()

    def require_here(self, subject: StreamId, told: Iterable[Attachment]) -> None:
        """Raise BadInput for a file that is said to lie here and does not: nobody could ever open it."""
        for one in told:
            if one.reference == KEPT and not self.holds(subject, one.digest):
                raise BadInput("console.attachment-not-here", at=one.name, name=one.name or one.digest[:12])

    def keep_scan(self, subject: StreamId, scan: Upload) -> Attachment:
        """Keep the scan of a paper or decision, or a document that proves a finding, under the key of its stream.

        Raises TooLarge, BadInput for what no scanner gives, Erased when the order it is about was erased.
        """
        told = self.described(scan)
        self._write(subject, scan, self.vault.standing(subject))
        return told

    def described(self, scan: Upload) -> Attachment:
        """A scan as the record will have it. Raises TooLarge, BadInput."""
        _not_too_large(scan)
        sort = sort_of(scan.content)
        if sort is None or sort[1] not in ON_PAPER:
            raise BadInput("console.attachment-sort", at=scan.name, name=scan.name, allowed=SCANS_ALLOWED)
        digest = hashlib.sha256(scan.content).hexdigest()
        return Attachment(name=mask(scan.name), kind="document", reference=KEPT, digest=digest)

    def open(self, order_no: str, digest: str) -> bytes:
        """The bytes again. Raises as `open_of`."""
        return self.open_of(order_stream(order_no), digest)

    def open_of(self, subject: StreamId, digest: str) -> bytes:
        """The bytes again, checked. Raises NotFound for none and once erased, LedgerBroken when damaged."""
        try:
            box: Mapping[str, str] = orjson.loads(self._path(subject, digest).read_bytes())
        except FileNotFoundError as error:
            raise NotFound("console.no-attachment", at=subject) from error
        opened = self.vault.open(subject, box)
        if opened is None:
            raise NotFound("console.no-attachment", at=subject)
        content = base64.b64decode(opened["content"])
        if hashlib.sha256(content).hexdigest() != digest:
            raise LedgerBroken("console.attachment-damaged", at=subject)
        return content

    def _write(self, subject: StreamId, upload: Upload, ring: Keyring) -> str:
        digest = hashlib.sha256(upload.content).hexdigest()
        path = self._path(subject, digest)
        box = ring.seal(subject, {"content": base64.b64encode(upload.content).decode()})
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        whole = path.with_name(f"{path.name}.{os.getpid()}.part")
        whole.write_bytes(orjson.dumps(box))
        whole.replace(path)
        return digest

    def _path(self, subject: StreamId, digest: str) -> Path:
        of_subject = hashlib.sha256(subject.encode()).hexdigest()
        return self.folder / of_subject[:2] / of_subject[:32] / digest


def _not_too_large(one: Upload) -> None:
    if len(one.content) > MOST_BYTES:
        raise TooLarge("console.attachment-too-large", at=one.name, name=one.name, most=MOST_BYTES // 1024**2)
