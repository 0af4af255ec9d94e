"""Backup and restore of everything that cannot be made again: record, keys, receipts, attached files, accounts."""

import time
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

from console.administration.people_copy import people_in, people_out
from dingze.folders import attachment_folder, kept, key_file
from dingze.settings import Settings
from dingze.wiring import Dingze
from ledger import copying
from ledger.backends import migrate
from ledger.copying import Manifest
from ledger.lines import Advance, values_in
from ledger.master_key import read_master_key
from ledger.vault import Vault, read_receipts
from terms.errors import BadInput

PEOPLE, ATTACHMENTS = "people.jsonl", "attachments.jsonl"


def back_up(dingze: Dingze, folder: Path, advance: Advance) -> dict[str, Any]:
    """Copy a running Dingze into a new folder. Raises as `ledger.copying.write_copy`."""
    began = time.perf_counter()
    _ = dingze.vault  # bound to its master key, and erased again, before it is copied
    beside = {
        PEOPLE: people_out(dingze.settings.database_url),
        ATTACHMENTS: attachments_out(attachment_folder(dingze.settings)),
    }
    manifest = copying.write_copy(dingze.ledger, folder, dingze.clock(), beside, advance)
    return told(manifest, began) | {"folder": str(folder)}


def check(folder: Path, advance: Advance) -> dict[str, Any]:
    """Whether a backup is whole and its chain holds. Raises as `ledger.copying.check_copy`."""
    began = time.perf_counter()
    return told(copying.check_copy(folder, advance), began)


def restore(settings: Settings, folder: Path, advance: Advance) -> dict[str, Any]:
    """Make the database of these settings from a backup; the master key must lie where the settings say.

    Erasures are applied again: those the backup knows and those kept beside the master key since. Raises BadInput
    (`backup.*`), Conflict where the database holds another record, Unavailable without a key.
    """
    began = time.perf_counter()
    key = key_file(settings)
    receipts = kept(settings, ".erasures")
    master = read_master_key(key)
    manifest = copying.check_copy(folder)
    if manifest.fingerprint and manifest.fingerprint != master.fingerprint():
        raise BadInput("backup.other-key", at=str(key))
    migrate(settings.database_url)
    dingze = Dingze(settings)
    try:
        vault = Vault(dingze.ledger, key, receipts)
        vault.remember(copying.erasures_in(folder))
        erased = read_receipts(receipts)
        again = copying.put_back(dingze.ledger, folder, manifest, erased, advance=advance)
        accounts = people_in(settings.database_url, values_in(folder / PEOPLE))
        if ATTACHMENTS in manifest.files:
            attachments_in(attachment_folder(settings), values_in(folder / ATTACHMENTS))
    finally:
        dingze.close()
    return told(manifest, began) | {"erased_again": again, "accounts": accounts}


def attachments_out(folder: Path) -> Iterator[list[str]]:
    """Every sealed file that people attached, as `[path in the folder, content]`; they are JSON, and stay sealed."""
    for file in sorted(folder.rglob("*")):
        if file.is_file() and not file.name.endswith((".part", ".partial")):  # one that is being written
            yield [file.relative_to(folder).as_posix(), file.read_text("utf-8")]


def attachments_in(folder: Path, files: Iterable[list[str]]) -> None:
    """Put sealed files back, over whatever lies there: only these fit the keys that came with them.

    Raises BadInput for a path that leaves the folder.
    """
    for name, content in files:
        target = folder / name
        if ".." in target.parts or not target.is_relative_to(folder):
            raise BadInput("backup.altered", at=ATTACHMENTS, file=ATTACHMENTS)
        target.parent.mkdir(parents=True, exist_ok=True)
        partial = target.with_name(f".{target.name}.partial")
        partial.write_text(content, "utf-8")
        partial.chmod(0o600)
        partial.replace(target)


def told(manifest: Manifest, began: float) -> dict[str, Any]:
    """What commands answer about a backup."""
    return {
        "events": manifest.head.position,
        "digest": manifest.head.digest,
        "made_at": manifest.made_at,
        "bytes": sum(file["size"] for file in manifest.files.values()),
        "seconds": round(time.perf_counter() - began, 3),
    }
