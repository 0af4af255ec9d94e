"""Proving a long record on several processors: each process recomputes ranges of the chain, and the answer is the same.

A range begins at a digest taken on trust; that digest is what the range before it ends in, which another process
recomputes. So all ranges hold if and only if the whole chain holds, and the first range that fails, fails where and as
one process would have failed.
"""

import multiprocessing
import os
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor

from ledger.backends import open_ledger
from ledger.chain import START, Link
from ledger.store import Ledger
from terms.errors import LedgerBroken
from terms.ids import Position

RANGE = 400_000  # events: below it starting a second process costs more than it saves (`python -m bench.trust`)
PARTS = 4  # ranges a process: enough to show progress, and to let a fast one help a slow one


def verify_parallel(
    ledger: Ledger,
    url: str,
    *,
    upto: Position | None = None,
    workers: int = 0,
    least: int = RANGE,
    progress: Callable[[Position], None] | None = None,
) -> Link:
    """Recompute the chain from the first event to `upto` or the end; where it then stands. Raises as `Ledger.verify`.

    `workers` processes (0: one a processor) each open the database at `url` for themselves; a record of fewer than two
    ranges of `least` events is verified in this process.
    """
    head = ledger.head() if upto is None else upto
    processes = min(workers or os.cpu_count() or 1, head // least)
    if processes < 2:
        return ledger.verify(upto=upto, progress=progress)
    step = max(least, -(-head // (processes * PARTS)))
    ends = [*range(step, head, step), int(head)]
    link = START
    context = multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(processes, context) as pool:
        futures = [pool.submit(_verify, url, start, end) for start, end in zip([0, *ends], ends, strict=False)]
        try:
            for future in futures:
                start, end = future.result()
                if start != link:  # changed between the two readings of one event
                    raise LedgerBroken("ledger.broken-chain", at=str(start.position), position=start.position)
                link = end
                if progress:
                    progress(link.position)
        finally:
            pool.shutdown(cancel_futures=True)
    return ledger.verify(link, upto, progress=progress)  # what came meanwhile


def _verify(url: str, start: int, end: int) -> tuple[Link, Link]:
    ledger = open_ledger(url)
    try:
        begins = ledger.link(Position(start))
        return begins, ledger.verify(begins, Position(end))
    finally:
        ledger.close()
