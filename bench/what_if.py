"""What-if on real letters: taken in, proposed for, and replayed under a draft by two processes.

The letters (`../shared/data/letters/shanghai.jsonl.gz`) are not shipped; without them this says so.
"""

import gzip
import resource
import tempfile
import time
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any, NamedTuple

import orjson

from dingze.commands.inquiry import tried
from dingze.folders import initialise
from dingze.settings import Settings
from dingze.wiring import Dingze
from mandates.enact import enact
from mandates.sheets import Row
from projections.what_if.past import past_orders
from sample.load import sample_items

LETTERS = Path("../shared/data/letters/shanghai.jsonl.gz")
RECEIVED = datetime(2026, 3, 2, 1, 0, tzinfo=UTC)
FEW, ALL = (date(2026, 3, 2), date(2026, 3, 2)), (date(2026, 3, 2), date(2026, 3, 3))  # a tenth, and all
WANTED = 100_000  # orders in 240 seconds on two cores
DRAFT = (
    "id,matter,link,unit,clause,level,wordings,valid_from\n"
    "DP-C04-001,新房质量问题,监管,C03,C03-SD-09,区,新房漏水|房屋质量问题,2027-01-01\n"
)
WORKERS = 2


class Clock:
    """Stands still."""

    def __call__(self) -> datetime:
        return RECEIVED + timedelta(days=2)


def measure() -> dict[str, Any]:
    """What one more order costs, from two periods of different length, and what 100,000 come to."""
    if not LETTERS.exists():
        return {"not measured": f"{LETTERS} is not there"}
    with tempfile.TemporaryDirectory() as folder:
        dingze = _city(Path(folder))
        try:
            draft = Path(folder) / "duty_points.csv"
            draft.write_text(DRAFT, encoding="utf-8")
            _timed(dingze, draft, FEW)  # the draft's index is built once and kept on disk
            few, many = _timed(dingze, draft, FEW), _timed(dingze, draft, ALL)
            began = time.process_time()
            read = past_orders(dingze.ledger, dingze.open_masked, *ALL, lambda event: ALL[0])
            reading = (time.process_time() - began) / len(read)
        finally:
            dingze.close()
    told, orders = many.told, many.told["orders"]["replayed"]
    each = (many.processor - few.processor) / (orders - few.told["orders"]["replayed"])
    fixed = max(0.0, few.processor - each * few.told["orders"]["replayed"])
    # one process reads, two route; what is fixed is counted as if nothing of it were shared
    whole = fixed + WANTED * (reading + (each - reading) / WORKERS)
    return {
        "orders": orders,
        "leads changed": told["leads"]["changed"],
        "before from the record": told["baseline"]["recorded"],
        "workers": WORKERS,
        "seconds by the clock": round(many.clock, 1),
        "processor seconds": round(many.processor, 1),
        "an order, processor milliseconds": round(each * 1000, 2),
        "of it reading": round(reading * 1000, 2),
        "fixed, processor seconds": round(fixed, 1),
        "100,000 orders on two free cores, seconds (reckoned)": round(whole),
        "reached": whole <= 240,
    }


class _Timed(NamedTuple):
    told: dict[str, Any]
    clock: float
    processor: float


def _timed(dingze: Dingze, draft: Path, period: tuple[date, date]) -> _Timed:
    began, spent = time.perf_counter(), _processor_seconds()
    told = tried(dingze, draft, period, workers=WORKERS)
    return _Timed(told, time.perf_counter() - began, _processor_seconds() - spent)


def _processor_seconds() -> float:
    """Of this process and of the workers that have ended."""
    used = [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    return sum(one.ru_utime + one.ru_stime for one in used)


def _city(folder: Path) -> Dingze:
    settings = Settings(database_url=f"sqlite:///{folder / 'letters.db'}", cache=folder / "cache")
    initialise(settings)
    dingze = Dingze(settings, clock=Clock())
    enact(dingze.ledger, sample_items(), at=RECEIVED, actor="system:bench")
    for _ in dingze.gateway.admit(_letters(), now=dingze.clock()):
        pass
    dingze.proposer.run()
    return dingze


def _letters() -> Iterator[Row]:
    with gzip.open(LETTERS) as lines:
        for number, line in enumerate(lines, 1):
            letter = orjson.loads(line)
            cells = {
                "工单编号": f"S{number:05}", "标题": letter["title"], "主要内容": letter["text"],
                "受理时间": (RECEIVED + timedelta(days=number % 10 != 0)).isoformat(),
            }  # fmt: skip
            yield Row(LETTERS.name, number, cells, orjson.dumps(cells))


if __name__ == "__main__":
    print(orjson.dumps(measure(), option=orjson.OPT_INDENT_2).decode())
