"""Real letters into the sample city: gateway, proposals and views, the whole run in a process of its own.

python -m bench.intake [--json]
"""

import argparse
import json
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from dingze.known import event_types
from ledger.backends import open_ledger
from terms.ids import Position

LETTERS = Path("../shared/data/letters/shanghai.jsonl.gz")
ASKED = ("WorkOrderReceived", "AssignmentProposed", "ProposalDeclined")
TARGETS = {"seconds": 60, "memory_mb": 700}


def _dingze(url: str, *words: str) -> tuple[dict[str, Any], float, float]:
    """One command in a process of its own: its JSON, its seconds, the most memory any child took so far (MB)."""
    began = time.perf_counter()
    done = subprocess.run(
        [sys.executable, "-m", "dingze", "--database", url, *words, "--json"],
        capture_output=True,
        text=True,
        check=True,
    )
    seconds = time.perf_counter() - began
    return json.loads(done.stdout), seconds, resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024


def _unanswered(url: str) -> tuple[int, int]:
    """All orders in the record, and those of them with neither a proposed lead nor a stated reason for none."""
    received: set[str] = set()
    answered: set[str] = set()
    ledger = open_ledger(url, types=event_types())
    try:
        for row in ledger.read_raw_of(ASKED, Position(0), ledger.head()):
            event = ledger.decode(row)
            if event.type == "WorkOrderReceived":
                received.add(event.stream)
            elif event.type == "ProposalDeclined" or _says_something(event.payload["proposal"]):
                answered.add(event.stream)
    finally:
        ledger.close()
    return len(received), len(received - answered)


def _says_something(proposal: dict[str, Any]) -> bool:
    return bool(proposal["lead"] or proposal["abstained"])


def measure() -> dict[str, Any]:
    """Seconds and memory for all letters, a second time, and the two verifications; or why there are no letters."""
    if not LETTERS.exists():
        return {"absent": f"{LETTERS} is not here"}
    with tempfile.TemporaryDirectory(prefix="dingze-bench-") as folder:
        url = f"sqlite:///{folder}/city.db"
        _, prepared, _ = _dingze(url, "init", "--sample")
        first, seconds, memory = _dingze(url, "ingest", str(LETTERS))
        again, seconds_again, _ = _dingze(url, "ingest", str(LETTERS))
        views, _, _ = _dingze(url, "projections", "verify")
        record, _, _ = _dingze(url, "ledger", "verify")
        orders, unanswered = _unanswered(url)
    figures = {
        "sample_seconds": round(prepared, 1),
        "first": first,
        "seconds": round(seconds, 1),
        "memory_mb": round(memory),
        "again": again,
        "seconds_again": round(seconds_again, 1),
        "views_verified": views["verified"],
        "record_verified": record["verified"],
        "orders": orders,
        "orders_without_proposal_or_reason": unanswered,
        "targets": TARGETS,
    }
    return figures | {"reached": {name: figures[name] <= most for name, most in TARGETS.items()}}


def main(arguments: Sequence[str] | None = None) -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--json", action="store_true", help="one JSON document instead of lines")
    chosen = parser.parse_args(arguments)
    figures = measure()
    print(
        json.dumps(figures, ensure_ascii=False) if chosen.json else "\n".join(f"{k}: {v}" for k, v in figures.items())
    )


if __name__ == "__main__":
    main()
