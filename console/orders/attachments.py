"""Files that people attach to an order, kept outside the record by their digest.

The record holds name, kind and digest; the bytes lie in a folder, sealed under the order's own key, so that erasing
the order's personal data erases its pictures too. What the requester sent is personal data: opening it is recorded
first, as the words are (`PersonalDataRead`). What a unit attaches as proof of its work is read with the order.
"""

import base64
import hashlib
import os
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

import orjson

from casework.events import Attachment
from console.forms import Upload
from ingest.masking import mask
from ledger.vault import Vault
from terms.errors import BadInput, LedgerBroken, NotFound, TooLarge
from terms.ids import order_stream

KEPT = "store"  # the reference of an attachment whose bytes lie here
MOST_BYTES = 10 * 1024 * 1024
MOST_FILES = 9
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

    def keep(self, order_no: str, uploads: Iterable[Upload]) -> tuple[Attachment, ...]:
        """Keep files of an order; the same file again is kept once.

        Raises TooLarge, BadInput for too many or another sort of file, Erased when the order's key is gone.
        """
        given = list(uploads)
        if len(given) > MOST_FILES:
            raise BadInput("console.attachments-at-most", most=MOST_FILES)
        found = []
        for one in given:
            sort = sort_of(one.content)
            if len(one.content) > MOST_BYTES:
                raise TooLarge("console.attachment-too-large", at=one.name, name=one.name, most=MOST_BYTES // 1024**2)
            if sort is None:
                raise BadInput("console.attachment-sort", at=one.name, name=one.name, allowed=ALLOWED)
            found.append(
                Attachment(name=mask(one.name), kind=sort[1], reference=KEPT, digest=self._write(order_no, one))
            )
        return tuple(found)

    def open(self, order_no: str, digest: str) -> bytes:
        """The bytes again. Raises NotFound when there are none or the order was erased, LedgerBroken when damaged."""
        try:
            box: Mapping[str, str] = orjson.loads(self._path(order_no, digest).read_bytes())
        except FileNotFoundError as error:
            raise NotFound("console.no-attachment", at=order_no) from error
        opened = self.vault.open(order_stream(order_no), box)
        if opened is None:
            raise NotFound("console.no-attachment", at=order_no)
        content = base64.b64decode(opened["content"])
        if hashlib.sha256(content).hexdigest() != digest:
            raise LedgerBroken("console.attachment-damaged", at=order_no)
        return content

    def _write(self, order_no: str, upload: Upload) -> str:
        digest = hashlib.sha256(upload.content).hexdigest()
        path = self._path(order_no, digest)
        subject = order_stream(order_no)
        box = self.vault.reading([subject]).seal(subject, {"content": base64.b64encode(upload.content).decode()})
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        whole = path.with_name(f"{path.name}.{os.getpid()}.part")
        whole.write_bytes(orjson.dumps(box))
        whole.replace(path)
        return digest

    def _path(self, order_no: str, digest: str) -> Path:
        of_order = hashlib.sha256(order_stream(order_no).encode()).hexdigest()
        return self.folder / of_order[:2] / of_order[:32] / digest
