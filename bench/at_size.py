"""The views of a city after two years: how long all of them take to build anew, and what a page's query takes.

    python -m bench.at_size [--events 1000000] [--postgres-events 1000000] [--json]

The record is `bench.years`, on SQLite and on PostgreSQL where there is one. Beside wall time stands CPU time:
the machine may have other work, and two processes share a rebuild.
"""

import argparse
import json
import math
import os
import resource
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from datetime import datetime, timedelta
from functools import partial
from pathlib import Path
from typing import Any

from bench.years import CityClock, register, write_years
from city.configuration import CityConfiguration
from console.bianban.boundary_reading import read_chains, read_choices, read_matrix, read_matters, read_pairs
from console.bianban.disputes import read_open_orders
from console.department.task_reading import read_tasks
from console.dispatcher.queue_reading import Filters, read_queue
from console.leaders.heat_board import BY, read_heat
from console.leaders.overview import read_weeks
from console.leaders.overview_reading import read_overview
from console.lookback import Lookback
from console.orders.reading import read_order
from console.words import CITY_TIME
from dingze.heap import keep_aside
from dingze.known import VIEWS, event_types
from ledger.backends import migrate, open_ledger
from ledger.master_key import make_master_key
from ledger.vault import Vault, open_vault
from mandates.edition import RegisterEdition
from mandates.links import Links
from projections.crew import rebuild_by_processes
from projections.disputes import DISPUTES
from projections.engine import ProjectionEngine
from projections.findings import FINDINGS_VIEW
from projections.readings.boundaries import open_cases, tracked, unsettled
from projections.readings.candidates import candidate_matters
from projections.readings.clauses import clause_uses
from projections.readings.digest import period_digest
from projections.readings.load import load
from projections.readings.looking import Look, Period, looking
from projections.readings.units import scores, unit_figures
from projections.store import ViewStore
from projections.view import Masked
from terms.ids import Position, UnitCode
from tests import postgres

EVENTS = 1_000_000
ROUNDS = 20  # times every question is asked
TARGETS = {"rebuild_seconds": 120, "query_p95_ms": 50}
DESK = frozenset(UnitCode(f"D3-{number:02d}") for number in range(1, 6))


@contextmanager
def projecting(url: str, key: Path) -> Iterator[ProjectionEngine]:
    """The engine over a record of `bench.years`, here and in every process of the crew."""
    ledger = open_ledger(url, types=event_types())
    store = ViewStore(url)
    try:
        yield ProjectionEngine(ledger, store, VIEWS, partial(_masked, open_vault(ledger, key)))
    finally:
        store.close()
        ledger.close()


def _masked(vault: Vault, events: Sequence[Any]) -> dict[str, Masked]:
    ring = vault.reading({one.stream for one in events})
    opened = ((one.event_id, ring.open(one.stream, one.payload["masked"])) for one in events)
    return {event_id: words for event_id, words in opened if words is not None}


def write(url: str, key: Path, events: int) -> datetime:
    """Two years of a city; the moment they end."""
    migrate(url)
    make_master_key(key)
    clock = CityClock()
    ledger = open_ledger(url, clock=clock, types=event_types())
    try:
        write_years(ledger, open_vault(ledger, key), clock, events)
    finally:
        ledger.close()
    return clock.now


def rebuild(url: str, key: Path, processes: int = 2) -> dict[str, Any]:
    """All views from zero by so many processes, indexes and flips included."""
    before = _children()
    with projecting(url, key) as engine:
        begun = time.perf_counter()
        built = rebuild_by_processes(engine, partial(projecting, url, key), processes)
        seconds = time.perf_counter() - begun
        assert all(one.current and not one.stopped for one in built), built
    cpu, memory = _children()
    return {
        "views": len(built),
        "events": built[0].position,
        "rebuild_seconds": round(seconds, 1),
        "cpu_seconds": round(cpu - before[0], 1),
        "cpu_seconds_a_core": round((cpu - before[0]) / processes, 1),
        "load_before": round(os.getloadavg()[0], 1),
        "memory_mb_a_process": memory,
    }


def _children() -> tuple[float, int]:
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime, used.ru_maxrss // 1024


def questions(engine: ProjectionEngine, now: datetime) -> dict[str, Callable[[], Any]]:
    """What the pages ask, by name, and the same as of a day a year ago; what they ask of the register beside it is the
    register's (`bench.routing`)."""
    head = engine.ledger.head()
    present = Lookback(None, None, now)
    moment = now - timedelta(days=365)
    then = Lookback(moment.astimezone(CITY_TIME).date(), Position(int(head) // 2), moment)
    return {
        f"{name}{when}": question
        for when, look in (("", present), (", a year ago", then))
        for name, question in (_of_the_work(engine.store, look) | _of_the_city(engine, look)).items()
    } | {"order page: its events": lambda: read_order(engine.ledger, f"GD{int(head) // 30:08d}")}


def _of_the_work(store: ViewStore, look: Lookback) -> dict[str, Callable[[], Any]]:
    """The hotline's lists, a unit's tasks, the overview."""
    now, at = look.moment, look.position

    def queue(desk: frozenset[UnitCode] | None = None, **asked: Any) -> Callable[[], Any]:
        return lambda: read_queue(store, Filters(**asked), desk, now, at)

    stuck = CityConfiguration().escalation.stuck_days

    def tasks(tab: str) -> Callable[[], Any]:
        return lambda: read_tasks(store, frozenset({UnitCode("C01")}), tab=tab, q="", page=1, now=now, position=at)

    return {
        "queue: to dispatch": queue(),
        "queue: all": queue(tab="all"),
        "queue: all, page 300": queue(tab="all", page=300),
        "queue: ended, newest": queue(tab="done", sort="new"),
        "queue: overdue": queue(tab="all", overdue=True),
        "queue: a district": queue(tab="all", district="第3区"),
        "queue: a small unit": queue(tab="done", unit="D9-05"),
        "queue: words of many": queue(tab="all", q="小区油烟"),
        "queue: words of none": queue(tab="all", q="没有这样的话"),
        "queue: a number": queue(tab="all", q="GD00000050"),
        "queue: a district's desk": queue(DESK, tab="all"),
        "overview": lambda: read_overview(store, now, at),
        "overview: weeks": lambda: read_weeks(store, look),
        "tasks: due today": tasks("today"),
        "tasks: finished": tasks("finished"),
        **{f"heat, by {by}": partial(read_heat, store, look, by, "", stuck) for by in BY},
    }


def _of_the_city(engine: ProjectionEngine, seen: Lookback) -> dict[str, Callable[[], Any]]:
    """Disputes, cases, findings, digest, accountability, coverage and load."""
    store, today, cut = engine.store, seen.day, seen.cut()
    quarter, month = Period(today - timedelta(days=91), today), Period(today - timedelta(days=30), today)
    edition, city = register(today), CityConfiguration()

    def look(ask: Callable[[Look], Any]) -> Callable[[], Any]:
        def asked() -> Any:
            with looking(store, seen.position) as found:
                return ask(found)

        return asked

    def disputes(ask: Callable[[Any, dict[str, Any]], Any]) -> Callable[[], Any]:
        names = ("chains", "returned", "returns", "moved")
        return look(lambda one: ask(one.connection, {name: one.table(DISPUTES, name) for name in names}))

    return {
        "disputes: what to filter by": disputes(lambda c, t: read_choices(c, t["chains"], seen.position)),
        "disputes: matrix": disputes(lambda c, t: read_matrix(c, t["returned"], cut)),
        "disputes: pairs": disputes(lambda c, t: read_pairs(c, t["returned"], cut)),
        "disputes: chains": disputes(lambda c, t: read_chains(c, t["chains"], seen.position, {})),
        "disputes: matters": disputes(lambda c, t: read_matters(c, t, cut, {})),
        "disputes: open orders": look(lambda one: read_open_orders(one.connection, store, seen, {})),
        "disputes: unsettled": look(lambda one: unsettled(one, RegisterEdition("none", today))),
        "disputes: tracked": look(lambda one: tracked(one, edition)),
        "cases": look(lambda one: open_cases(one, today)),
        "findings": look(lambda one: one.rows(one.table(FINDINGS_VIEW, "findings"))),
        "digest of a month": look(lambda one: period_digest(one, month)),
        "accountability": look(lambda one: unit_figures(one, edition)),
        "accountability, a quarter": look(lambda one: unit_figures(one, edition, quarter)),
        "accountability: scores": look(lambda one: scores(one, edition, city.scoring, quarter)),
        "coverage": look(lambda one: clause_uses(one, edition, city.coverage, None)),
        "coverage, a quarter": look(lambda one: clause_uses(one, edition, city.coverage, quarter)),
        "coverage: no clause": look(lambda one: candidate_matters(one, city.coverage, None)),
        "load, a quarter": look(lambda one: load(one, edition, Links(), city.load, quarter)),
    }


def ask(url: str, key: Path, now: datetime) -> dict[str, Any]:
    """Milliseconds of every question: median and 95th percentile, as the page waits and as the CPU works.

    Only this process's CPU is seen: on PostgreSQL the server's work stands in the wall time alone.
    """
    table: list[tuple[Any, ...]] = [("query", "median ms", "p95 ms", "p95 ms CPU", "reached")]
    with projecting(url, key) as engine:
        asked = questions(engine, now)
        keep_aside()  # as the server does
        for name, question in asked.items():
            question()
            walls, works = [], []
            for _ in range(ROUNDS):
                wall, work = time.perf_counter(), time.process_time()
                question()
                walls.append((time.perf_counter() - wall) * 1_000)
                works.append((time.process_time() - work) * 1_000)
            slow = p95(walls)
            reached = "yes" if slow <= TARGETS["query_p95_ms"] else "no"
            table.append((name, round(p50(walls), 1), round(slow, 1), round(p95(works), 1), reached))
    return {"table": table}


def p95(times: list[float]) -> float:
    """The 95th percentile, nearest rank."""
    return sorted(times)[math.ceil(0.95 * len(times)) - 1]


def p50(times: list[float]) -> float:
    """The median, the upper of two."""
    return sorted(times)[len(times) // 2]


def measure(events: int = EVENTS, there: int = EVENTS) -> dict[str, Any]:
    """The rebuild of all views and the queries of the pages, on both databases; `there` events on PostgreSQL."""
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="dingze-bench-")))
        urls = {"sqlite": (f"sqlite:///{folder / 'years.db'}", events)}
        try:
            server = stack.enter_context(postgres.server(durable=True))
            urls["postgres"] = (stack.enter_context(postgres.database(server)), there)
        except postgres.NoServer as absent:
            print(f"no PostgreSQL: {absent}")
        figures: dict[str, Any] = {}
        for name, (url, many) in urls.items():
            key = folder / f"{name}.key"
            now = write(url, key, many)
            found = rebuild(url, key)
            reached = found["rebuild_seconds"] <= TARGETS["rebuild_seconds"] * many / EVENTS
            figures[name] = found | {"reached": reached} | ask(url, key, now - timedelta(days=1))
    return figures | {"targets": TARGETS}


def main(arguments: Sequence[str] | None = None) -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--events", type=int, default=EVENTS)
    parser.add_argument("--json", action="store_true", help="one JSON document instead of lines")
    parser.add_argument("--postgres-events", type=int, default=EVENTS)
    chosen = parser.parse_args(arguments)
    figures = measure(chosen.events, chosen.postgres_events)
    if chosen.json:
        print(json.dumps(figures, ensure_ascii=False))
        return
    for name, figure in figures.items():
        print(f"{name:<16} {figure}")


if __name__ == "__main__":
    main()
