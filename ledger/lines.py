"""Files of JSON lines that reach the disk: what backups and archives are made of, with the events as stored."""

import os
from collections.abc import Callable, Iterable, Iterator, Mapping
from hashlib import sha256
from itertools import islice
from pathlib import Path
from typing import Any, TypeVar

import orjson

from ledger.chain import Link, Row, follow
from ledger.contract import Backend
from terms.errors import BadInput
from terms.ids import Position

BATCH = 5_000
Advance = Callable[[int], None]
One = TypeVar("One")


def write_lines(path: Path, values: Iterable[Any]) -> dict[str, Any]:
    """Write JSON values to a new file of mode 0600, one a line, down to the disk; its sha-256 (hex), size and lines."""
    digest, size, lines = sha256(), 0, 0
    handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(handle, "wb") as file:
        for value in values:
            line = orjson.dumps(value, option=orjson.OPT_APPEND_NEWLINE)
            file.write(line)
            digest.update(line)
            size += len(line)
            lines += 1
        file.flush()
        os.fsync(file.fileno())
    return {"sha256": digest.hexdigest(), "size": size, "lines": lines}


def write_events(
    backend: Backend, path: Path, start: Link, upto: Position, advance: Advance
) -> tuple[dict[str, Any], Link]:
    """Write the events behind `start` to `upto` as stored, and where the chain then stands. Raises LedgerBroken."""
    link = start

    def rows() -> Iterator[tuple[Any, ...]]:
        nonlocal link
        while link.position < upto:
            batch = backend.rows(link.position, min(BATCH, upto - link.position), forgiving=True)
            link = follow(link, batch)
            yield from map(tuple, batch)
            advance(link.position)

    written = write_lines(path, rows())
    return written, link


def begin_folder(folder: Path) -> Path:
    """An empty folder beside the one that is to be: `finish_folder` gives it its name."""
    partial = folder.with_name(folder.name + ".partial")
    partial.mkdir(mode=0o700, parents=True, exist_ok=True)
    for left in partial.iterdir():
        left.unlink()  # of a copy that was interrupted
    return partial


def finish_folder(partial: Path, folder: Path) -> None:
    """The folder appears whole, and its name reaches the disk."""
    _settle(partial)
    partial.rename(folder)
    _settle(folder.parent)


def _settle(folder: Path) -> None:
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def check_files(folder: Path, files: Mapping[str, Mapping[str, Any]]) -> None:
    """Compare every file with its size and sha-256. Raises BadInput `backup.altered` naming the file."""
    for name, told in files.items():
        digest, size = sha256(), 0
        try:
            with (folder / name).open("rb") as file:
                while part := file.read(1 << 20):
                    digest.update(part)
                    size += len(part)
        except OSError as error:
            raise BadInput("backup.altered", at=name, file=name) from error
        if (digest.hexdigest(), size) != (told["sha256"], told["size"]):
            raise BadInput("backup.altered", at=name, file=name)


def follow_file(start: Link, file: Path, advance: Advance) -> Link:
    """Recompute the chain over a file of events; where it then stands. Raises LedgerBroken."""
    link = start
    for batch in in_batches(rows_in(file)):
        link = follow(link, batch)
        advance(link.position)
    return link


def values_in(file: Path) -> Iterator[Any]:
    """The values of a file, one a line."""
    with file.open("rb") as lines:
        yield from map(orjson.loads, lines)


def rows_in(file: Path) -> Iterator[Row]:
    """The events of a file, as stored."""
    return map(Row._make, values_in(file))


def in_batches(values: Iterable[One]) -> Iterator[list[One]]:
    """Lists of at most `BATCH`, none empty."""
    found = iter(values)
    while batch := list(islice(found, BATCH)):
        yield batch
