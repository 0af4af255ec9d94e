"""One file in: rows to the gateway, then proposals and views until they have caught up."""

import hashlib
import tomllib
from collections.abc import Callable
from pathlib import Path

import orjson

from dingze.wiring import Dingze
from mandates.sheets import read_rows
from terms.errors import BadInput

KINDS = ("work-order", "return", "history")


def ingest_file(
    dingze: Dingze,
    file: Path,
    *,
    kind: str = "work-order",
    mapping: Path | None = None,
    advance: Callable[[int], None] = lambda _: None,
) -> dict[str, int]:
    """Take in one file; the four counts. Raises BadInput for a file that cannot be read at all."""
    if kind not in KINDS:
        raise BadInput("input.invalid", at="--kind", reason=f"种类应为 {'、'.join(KINDS)}")
    rows = read_rows(file)
    names = read_mapping(mapping) if mapping else None
    digest = hashlib.sha256(file.read_bytes()).hexdigest()
    admit = {
        "work-order": dingze.gateway.admit,
    }[kind]
    counts: dict[str, int] = {}
    for summary in admit(rows, now=dingze.clock(), file_digest=digest, mapping=names, origin=file.name):
        counts = summary.counts()
        advance(sum(counts.values()))
    dingze.proposer.run()
    return counts


def read_mapping(file: Path) -> dict[str, str]:
    """A mapping file: `their column = "ours"` as TOML, or a JSON object. Raises BadInput."""
    try:
        text = file.read_text("utf-8")
        found = orjson.loads(text) if file.suffix == ".json" else tomllib.loads(text)
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError, orjson.JSONDecodeError) as error:
        raise BadInput("input.unreadable", at=file.name, reason=str(error)) from error
    if not all(isinstance(value, str) for value in found.values()):
        raise BadInput("input.invalid", at=file.name, reason='映射文件应逐行写成 对方列名 = "本系统字段"')
    return dict(found)
