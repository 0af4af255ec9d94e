"""One file in: rows to the gateway, then proposals and views until they have caught up."""

import hashlib
from collections.abc import Callable
from pathlib import Path

from dingze.wiring import Dingze
from ingest.fields import NO_MAPPING, read_mapping
from mandates.sheets import read_rows


def ingest_file(
    dingze: Dingze,
    file: Path,
    *,
    kind: str = "work-order",
    mapping: Path | None = None,
    advance: Callable[[int], None] = lambda _: None,
) -> dict[str, int]:
    """Take in one file; the four counts. Raises BadInput for a file that cannot be read at all."""
    counts: dict[str, int] = {}
    for summary in dingze.gateway.admit(
        read_rows(file),
        now=dingze.clock(),
        kind=kind,
        file_digest=hashlib.sha256(file.read_bytes()).hexdigest(),
        mapping=read_mapping(mapping) if mapping else NO_MAPPING,
        origin=file.name,
    ):
        counts = summary.counts()
        advance(sum(counts.values()))
    dingze.proposer.run()
    return counts
