"""The contracts as JSON Schema: what docs/contracts/ holds, written by `python -m ingest.schemas`.

A changed meaning is a new version beside the old one; a test holds the files and the models together.
"""

import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import orjson
from pydantic import BaseModel

from ingest.contracts import VERSION, IncomingHistory, IncomingOrder, IncomingReturn
from ingest.fields import HISTORY_FIELDS, ORDER_FIELDS, RETURN_FIELDS

FOLDER = Path(__file__).parent.parent / "docs" / "contracts"
CONTRACTS: Mapping[str, tuple[type[BaseModel], Mapping[str, str]]] = {
    "work-order": (IncomingOrder, ORDER_FIELDS),
    "return": (IncomingReturn, RETURN_FIELDS),
    "history": (IncomingHistory, HISTORY_FIELDS),
}


def schema_of(name: str) -> dict[str, Any]:
    """The JSON Schema of one contract; `x-names` gives the other names under which each field is read."""
    model, names = CONTRACTS[name]
    found = model.model_json_schema()
    for field, described in found["properties"].items():
        if others := sorted(other for other, ours in names.items() if ours == field):
            described["x-names"] = others
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "$id": f"urn:dingze:contract:{name}:{VERSION}",
        **found,
    }


def written(name: str) -> bytes:
    """The schema as it lies in its file."""
    return orjson.dumps(schema_of(name), option=orjson.OPT_INDENT_2 | orjson.OPT_APPEND_NEWLINE)


def file_of(name: str) -> Path:
    """Where it lies."""
    return FOLDER / f"{name}.v{VERSION}.json"


if __name__ == "__main__":
    FOLDER.mkdir(parents=True, exist_ok=True)
    for contract in CONTRACTS:
        file_of(contract).write_bytes(written(contract))
        sys.stdout.write(f"{file_of(contract).name}\n")
