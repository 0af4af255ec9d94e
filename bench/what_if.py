"""What-if over 100,000 orders: real letters, taken in and proposed for, replayed under a draft by two processes.

    python -m bench.what_if [--orders 100000]

4,313 letters (`../shared/data/letters/shanghai.jsonl.gz`, not shipped; without them this says so) go in by the gateway
and the proposer. They then stand in the record again and again under other numbers, each under a key of its own, with
the proposal that the same words got: as a load that is what other letters would be. The replay makes 120 of these
proposals again and would tell if one were not what routing answers.
"""

import argparse
import gzip
import resource
import tempfile
import time
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import orjson

from casework import events as e
from dingze.commands.inquiry import tried
from dingze.folders import initialise
from dingze.settings import Settings
from dingze.wiring import Dingze
from ledger.envelope import BEFORE_EVERYTHING, Append, Event, NewEvent
from ledger.vault import Keyring
from mandates.enact import enact
from mandates.sheets import Row
from projections.view import Masked
from sample.load import sample_items
from terms.ids import OrderNo, order_stream

LETTERS = Path("../shared/data/letters/shanghai.jsonl.gz")
RECEIVED = datetime(2026, 3, 2, 1, 0, tzinfo=UTC)
PERIOD = (date(2026, 3, 2), date(2026, 3, 2))
ORDERS = 100_000
TARGETS = {"seconds": 240}
DRAFT = (
    "id,matter,link,unit,clause,level,wordings,valid_from\n"
    "DP-C04-001,新房质量问题,监管,C03,C03-SD-09,区,新房漏水|房屋质量问题,2027-01-01\n"
)
WORKERS = 2


class Clock:
    """Stands still."""

    def __call__(self) -> datetime:
        return RECEIVED + timedelta(days=2)


def measure(orders: int = ORDERS) -> dict[str, Any]:
    """What one replay of so many orders takes, indexes and reading included."""
    if not LETTERS.exists():
        return {"not measured": f"{LETTERS} is not there"}
    with tempfile.TemporaryDirectory() as folder:
        dingze = _city(Path(folder))
        try:
            _repeat(dingze, orders)
            draft = Path(folder) / "duty_points.csv"
            draft.write_text(DRAFT, encoding="utf-8")
            began, spent = time.perf_counter(), _processor_seconds()
            told = tried(dingze, draft, PERIOD, workers=WORKERS)
            seconds, processor = time.perf_counter() - began, _processor_seconds() - spent
        finally:
            dingze.close()
    return {
        "orders": told["orders"]["replayed"],
        "leads changed": told["leads"]["changed"],
        "before from the record": told["baseline"]["recorded"],
        "proposals made again": told["baseline"]["checked"],
        "and all the same": told["baseline"]["believed"],
        "workers": WORKERS,
        "seconds": round(seconds, 1),
        "processor seconds": round(processor, 1),
        "an order, processor milliseconds": round(processor * 1000 / told["orders"]["replayed"], 2),
        "memory_mb_a_process": resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss // 1024,
        "targets": TARGETS,
        "reached": {"seconds": seconds <= TARGETS["seconds"]},
    }


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
                "受理时间": RECEIVED.isoformat(),
            }  # fmt: skip
            yield Row(LETTERS.name, number, cells, orjson.dumps(cells))


def _repeat(dingze: Dingze, orders: int) -> None:
    """The letters again under other numbers, until there are so many orders; dispatched where they go by rule."""
    texts: dict[str, Event] = {}
    proposed: dict[str, Event] = {}
    for event in dingze.ledger.read(BEFORE_EVERYTHING, int(dingze.ledger.head())):
        if event.type == "WorkOrderReceived":
            texts[event.payload["order_no"]] = event
        elif event.type == "AssignmentProposed":
            proposed[event.payload["order_no"]] = event
    known = sorted(proposed)
    masked = dingze.open_masked([texts[number] for number in known])
    for first in range(len(texts), orders, 250):
        places = range(first, min(first + 250, orders))
        ring = dingze.vault.keyring(order_stream(OrderNo(f"R{place:06}")) for place in places)
        appends = []
        for place in places:
            number = known[place % len(known)]
            received, words = texts[number], masked[texts[number].event_id]
            appends.append(_once_more(OrderNo(f"R{place:06}"), received, proposed[number], ring, words))
        dingze.ledger.append_each(appends, keys=ring.new_keys())


def _once_more(number: OrderNo, received: Event, proposed: Event, ring: Keyring, words: Masked) -> Append:
    box = ring.seal(order_stream(number), words)
    told = {"order_no": number}
    payloads: list[tuple[type[e.Fact], dict[str, Any]]] = [
        (e.WorkOrderReceived, received.payload | told | {"masked": box, "sealed": box}),
        (e.AssignmentProposed, proposed.payload | told),
    ]
    answer = proposed.payload["proposal"]
    if answer["automatic"]:
        sent = e.WorkOrderDispatched(order_no=number, lead=answer["lead"], desk=answer["desk"], by="rule")
        payloads.append((e.WorkOrderDispatched, sent.to_payload()))
    fresh = (NewEvent(fact.event_type(), payload, RECEIVED, "system:bench", fact.SCHEMA) for fact, payload in payloads)
    return Append(order_stream(number), None, tuple(fresh))


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--orders", type=int, default=ORDERS)
    print(orjson.dumps(measure(parser.parse_args().orders), option=orjson.OPT_INDENT_2).decode())
