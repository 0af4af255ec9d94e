"""From topic to routed proposal: a real Kafka, a real PostgreSQL that waits for the disk, and workers as in production.

    python -m bench.stream [--orders 4000] [--clauses 5000] [--cutter rjieba]

All orders are sent at once; measured is how fast they are routed against a register of 5,000 clauses: the sample
city's own, filled up with real ones. Everything shares the machine's processors: broker, server, one `work ingest`,
one `work project`, two `work route`. A stream at a steady rate: `bench.steady`.
"""

import argparse
import json
import time
from collections.abc import Sequence
from typing import Any

from bench.production import Absent, busy, processor, resident, stage, working
from dingze.wiring import Dingze
from terms.ids import Position

CLAUSES = 5_000
MOST_SECONDS = 600
TARGETS = {"jieba": 400, "rjieba": 1_000}  # by cutter: orders a second from the topic to a proposal in the record


def measure(orders: int = 4_000, clauses: int = CLAUSES, cutters: Sequence[str] = tuple(TARGETS)) -> dict[str, Any]:
    """By cutter: orders a second with all workers, and the processor seconds each kind of worker took an order."""
    try:
        return {cutter: _with(cutter, orders, clauses) for cutter in cutters}
    except Absent as absent:
        return {"absent": str(absent)}


def _with(cutter: str, orders: int, clauses: int) -> dict[str, Any]:
    with stage(clauses, cutter) as city, working(city.environment) as workers:
        dingze = city.dingze
        wait(dingze, 50)  # every index is loaded, every pool is open
        city.send("load", orders)
        before = {name: processor(worker) for name, worker in workers.items()}
        machine = busy()
        began = time.perf_counter()
        slowest = wait(dingze, 50 + orders)
        seconds = time.perf_counter() - began
        machine = busy() - machine
        spent = {name: processor(worker) - before[name] for name, worker in workers.items()}
        memory = {name: round(resident(worker) / 2**20) for name, worker in workers.items()}
        dingze.ledger.verify()
        register = city.register()
    a_second = orders / seconds
    return {
        "orders": orders,
        **register,
        "orders a second": round(a_second),
        "largest backlog seen": slowest,
        "processor ms an order": {name: round(1_000 * value / orders, 2) for name, value in spent.items()},
        "processor ms an order, whole machine": round(1_000 * machine / orders, 2),
        "memory_mb": memory,
        "targets": {"orders a second": TARGETS[cutter]},
        "reached": {"orders a second": a_second >= TARGETS[cutter]},
    }


def wait(dingze: Dingze, proposals: int) -> int:
    """Until so many orders have a proposal; the largest number received and not yet proposed for that was seen."""
    until = time.monotonic() + MOST_SECONDS
    after = largest = received = proposed = 0
    while proposed < proposals:
        if time.monotonic() > until:
            raise TimeoutError(f"{proposed} of {proposals} proposals in {MOST_SECONDS} s")
        rows = dingze.ledger.headings(Position(after), 5_000)  # who measures should cost little
        for row in rows:
            received += row.type == "WorkOrderReceived"
            proposed += row.type == "AssignmentProposed"
        after = rows[-1].position if rows else after
        largest = max(largest, received - proposed)
        if not rows:
            time.sleep(0.1)
    return largest


def main(arguments: Sequence[str] | None = None) -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--orders", type=int, default=4_000)
    parser.add_argument("--clauses", type=int, default=CLAUSES)
    parser.add_argument("--cutter", choices=tuple(TARGETS), help="one only; by default both")
    asked = parser.parse_args(arguments)
    cutters = (asked.cutter,) if asked.cutter else tuple(TARGETS)
    print(json.dumps(measure(asked.orders, asked.clauses, cutters), ensure_ascii=False, indent=1))


if __name__ == "__main__":
    main()
