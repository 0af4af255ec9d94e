"""Whether a rebuild of all views needs more memory for a longer record.

    python -m bench.memory [--events 250000,1000000]

Records of `bench.years` on SQLite; each is rebuilt by a fresh crew of two processes started by a process of its own,
whose children's highest resident set is the figure. Between batches a view keeps at most 20,000 groups of rows a table
(`projections.rows.BatchRows`); what a process reads beside them is one batch.
"""

import argparse
import multiprocessing
import tempfile
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path
from typing import Any

import orjson

from bench.at_size import rebuild, write

SIZES = (250_000, 1_000_000)
AT_MOST = 1.15  # times the memory of the shortest record, for the longest


def measure(sizes: tuple[int, ...] = SIZES) -> dict[str, Any]:
    """The highest resident set of a process, in MB, by the number of events."""
    found: dict[int, int] = {}
    for events in sizes:
        with tempfile.TemporaryDirectory(prefix="dingze-bench-") as folder:
            url, key = f"sqlite:///{Path(folder) / 'years.db'}", Path(folder) / "years.key"
            write(url, key, events)
            with ProcessPoolExecutor(1, multiprocessing.get_context("spawn")) as alone:
                told = alone.submit(rebuild, url, key).result()
            found[told["events"]] = told["memory_mb_a_process"]
    first, last = min(found), max(found)
    return {
        "megabytes a process, by events": {f"{events:,}": found[events] for events in sorted(found)},
        "times the events": round(last / first, 1),
        "times the memory": round(found[last] / found[first], 2),
        "targets": {"times the memory": AT_MOST},
        "reached": found[last] <= AT_MOST * found[first],
    }


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--events", default=",".join(map(str, SIZES)), help="sizes of records, joined by ,")
    chosen = tuple(int(one) for one in parser.parse_args().events.split(","))
    print(orjson.dumps(measure(chosen), option=orjson.OPT_INDENT_2).decode())
