"""How fast a view is built from the record, beside the `eventsourcing` library projecting the same events.

The events are lives of orders of about eight facts with quarrels among them, the texts sealed as ingest seals them, the
proposals as long as real ones. Ours keeps every version of a row for as-of and opens the sealed texts; the library's
projection keeps the present row only, with the very same handlers. It projects one event a transaction, which is the
way it offers. Rounds alternate, the median counts. Ours is what `dingze projections rebuild queue` does: one process
folds and one writes beside it; how fast a single process does both stands beside it. Seconds are those of the rebuild,
indexes and pointer flip included, starting the second process too, starting Python and opening the record not.

    python -m bench.projections [--orders 24000] [--json]
"""

import argparse
import json
import random
import statistics
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, ExitStack, contextmanager, nullcontext
from functools import partial
from pathlib import Path
from typing import Any

from eventsourcing.application import Application
from eventsourcing.domain import Aggregate, DomainEvent, event
from eventsourcing.persistence import Tracking
from eventsourcing.postgres import PostgresTrackingRecorder
from eventsourcing.projection import Projection, ProjectionRunner
from eventsourcing.utils import get_topic
from psycopg.sql import SQL, Identifier
from sqlalchemy import make_url

from casework.events import FACTS
from ledger.backends import migrate, open_ledger
from ledger.envelope import Append, Event
from ledger.master_key import make_master_key
from ledger.store import Ledger
from ledger.upcast import EventTypes
from ledger.vault import Vault, open_vault
from projections.crew import rebuild_by_processes
from projections.engine import ProjectionEngine
from projections.queue import QUEUE
from projections.store import ViewStore
from projections.view import Key, Masked, Row, View
from tests import postgres
from tests.projections.lives import Life, told

ROUNDS = 3
PROCESSES = 2
THEIRS = 2_000  # events a round of the library: it is slow, and its rate does not fall with the number
TARGETS = {"sqlite": 30_000}
TEXT = "反映云东区青石路口烧烤店占道经营，每晚油烟直排，呛得楼上居民不敢开窗，多次反映未解决，请尽快处理。" * 3


def write_lives(ledger: Ledger, vault: Vault, orders: int) -> int:
    """Orders from receipt to closing, mixed as a city's are; how many events."""
    rng = random.Random(2023)
    for start in range(0, orders, 500):
        lives = [
            Life(f"GD{number:08d}", rng=random.Random(number)) for number in range(start, min(start + 500, orders))
        ]
        ring = vault.keyring(f"order-{life.order_no}" for life in lives)
        going: list[tuple[Life, Iterator[Any]]] = [(life, life.quarrel()) for life in lives]
        appends: list[Append] = []
        while going:
            life, facts = rng.choice(going)
            fact = next(facts, None)
            if fact is None:
                going.remove((life, facts))
                continue
            if fact.event_type() == "WorkOrderReceived":
                words = {"title": TEXT[:20], "text": TEXT, "place": "青石路与云东大道路口"}
                box = ring.seal(f"order-{life.order_no}", words)
                fact = fact.model_copy(update={"masked": box, "sealed": box})
            appends.append(told(life, fact))
        for at in range(0, len(appends), 500):
            ledger.append_each(appends[at : at + 500], keys=ring.new_keys() if at == 0 else ())
    return int(ledger.head())


def opener(vault: Vault) -> Callable[[Sequence[Event]], Mapping[str, Masked]]:
    """Opens the masked texts of a batch, as the program does."""

    def open_masked(events: Sequence[Event]) -> Mapping[str, Masked]:
        ring = vault.reading({one.stream for one in events})
        opened = ((one.event_id, ring.open(one.stream, one.payload["masked"])) for one in events)
        return {event_id: words for event_id, words in opened if words is not None}

    return open_masked


def types() -> EventTypes:
    """The event types a program declares: checking them belongs to reading."""
    return EventTypes(fact.known_type() for fact in FACTS.values())


@contextmanager
def city(url: str, folder: Path, orders: int) -> Iterator[tuple[Ledger, Vault]]:
    """A record full of orders, and its vault."""
    migrate(url)
    ledger = open_ledger(url, types=types())
    key = folder / f"key-{orders}-{url.split(':')[0]}"
    make_master_key(key)
    vault = open_vault(ledger, key)
    write_lives(ledger, vault, orders)
    try:
        yield ledger, vault
    finally:
        ledger.close()


def build(url: str, ledger: Ledger, vault: Vault, view: View, processes: int = PROCESSES) -> float:
    """Seconds to build a view from zero, indexes and pointer flip included."""
    store = ViewStore(url)
    engine = ProjectionEngine(ledger, store, [view], opener(vault))
    begun = time.perf_counter()
    built = rebuild_by_processes(engine, partial(_one_view, engine), processes)
    spent = time.perf_counter() - begun
    assert all(one.current and not one.stopped for one in built), built
    for one in built:
        for old in engine.status():
            if old.name == one.name and not old.current:
                engine.drop(old.name, old.generation)
    store.close()
    return spent


def _one_view(engine: ProjectionEngine) -> AbstractContextManager[ProjectionEngine]:
    return nullcontext(engine)  # never opened elsewhere: one view is folded in this process


# --- the library ---


class Order(Aggregate):
    """An order of which things are told."""

    @event("Opened")
    def __init__(self, order_no: str) -> None:
        self.order_no = order_no

    @event("Told")
    def tell(self, kind: str, payload: dict[str, Any]) -> None:
        """One more fact."""


class Orders(Application[Any]):
    """The library's record."""


class QueueTable(PostgresTrackingRecorder):
    """The library's way to keep a view: tracking and row in one transaction, the row as JSON."""

    def __init__(self, *args: Any, **fields: Any) -> None:
        super().__init__(*args, **fields)
        self.table = SQL("{}.{}").format(Identifier(self.datastore.schema), Identifier("queue_rows"))
        self.sql_create_statements.append(
            SQL("CREATE TABLE IF NOT EXISTS {} (order_no text PRIMARY KEY, said text NOT NULL)").format(self.table)
        )

    def fold(self, told_of: Any, tracking: Tracking) -> None:
        """One event: read its row, apply the same handler, write row and tracking."""
        with self.datastore.transaction(commit=True) as cursor:
            self._insert_tracking(cursor, tracking)
            kind, payload = told_of.kind, told_of.payload
            number = payload["order_no"]
            cursor.execute(SQL("SELECT said FROM {} WHERE order_no = %s").format(self.table), (number,))
            found = cursor.fetchone()
            rows = _One(json.loads(found["said"]) if found else None)
            QUEUE.handlers[kind](rows, _Told(payload, told_of.timestamp), {})
            if rows.row is not None:
                cursor.execute(
                    SQL(
                        "INSERT INTO {} VALUES (%s, %s) ON CONFLICT (order_no) DO UPDATE SET said = excluded.said"
                    ).format(self.table),
                    (number, json.dumps(rows.row, ensure_ascii=False)),
                )


class _One:
    """`projections.view.Rows` over one order's row. The library is spared the sums that ours keeps beside the rows."""

    def __init__(self, row: Row | None) -> None:
        self.row = row

    def get(self, table: str, key: Key) -> Row | None:
        return self.row if table == "orders" else None

    def put(self, table: str, key: Key, row: Row) -> None:
        if table == "orders":
            self.row = row


class _Told:
    def __init__(self, payload: dict[str, Any], at: Any) -> None:
        self.payload, self.recorded_at, self.occurred_at = payload, at, at


class QueueProjection(Projection[QueueTable]):
    """The queue as the library projects it."""

    name = "queue"

    def process_event(self, domain_event: DomainEvent, tracking: Tracking) -> None:
        """Facts go to the table; that an order was opened is only tracked."""
        if isinstance(domain_event, Order.Told):
            self.view.fold(domain_event, tracking)
        else:
            self.view.insert_tracking(tracking)


def their_rate(server: str, facts: Sequence[Event]) -> float:
    """Events a second of the library's projection runner over the same facts, on a database of its own."""
    with postgres.database(server) as url:
        target = make_url(url)
        env = {
            "PERSISTENCE_MODULE": "eventsourcing.postgres",
            "POSTGRES_DBNAME": str(target.database),
            "POSTGRES_HOST": str(target.host or target.query.get("host")),
            "POSTGRES_PORT": str(target.port or 5432),
            "POSTGRES_USER": str(target.username),
            "POSTGRES_PASSWORD": str(target.password or "none"),
        }
        app = Orders(env)
        orders: dict[str, Order] = {}
        for fact in facts:
            if fact.type in QUEUE.handlers:
                number = fact.payload["order_no"]
                order = orders.setdefault(number, Order(number))
                order.tell(fact.type, fact.payload)
        for order in orders.values():
            app.save(order)  # many at once and its pipeline blocks for ever on a full socket (9.5.3)
        last = app.recorder.max_notification_id() or 0
        assert get_topic(Order)
        begun = time.perf_counter()
        with ProjectionRunner(
            application_class=Orders, projection_class=QueueProjection, view_class=QueueTable, env=env
        ) as runner:
            runner.wait(last, timeout=120)
            spent = time.perf_counter() - begun
        app.close()
        return last / spent


def measure(orders: int = 24_000) -> dict[str, Any]:
    """Events a second for the queue view on both databases, and the library's on PostgreSQL."""
    figures: dict[str, Any] = {}
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="dingze-bench-")))
        url = f"sqlite:///{folder / 'bench.db'}"
        ledger, vault = stack.enter_context(city(url, folder, orders))
        events = int(ledger.head())
        try:
            server = stack.enter_context(postgres.server(durable=True))
        except postgres.NoServer as absent:
            figures["postgres_absent"] = str(absent)
            server = None
        spent: dict[str, list[float]] = {"sqlite": [], "sqlite_one_process": [], "postgres": [], "eventsourcing": []}
        other = None
        if server:
            there = stack.enter_context(postgres.database(server))
            other = there, *stack.enter_context(city(there, folder, orders // 12))
        for _ in range(ROUNDS):
            spent["sqlite"].append(events / build(url, ledger, vault, QUEUE))
            spent["sqlite_one_process"].append(events / build(url, ledger, vault, QUEUE, 1))
            if server and other:
                spent["postgres"].append(int(other[1].head()) / build(*other, QUEUE))
                spent["eventsourcing"].append(their_rate(server, ledger.read(0, THEIRS)))
        rates = {name: round(statistics.median(rounds)) for name, rounds in spent.items() if rounds}
    figures |= {"events": events, "orders": orders, **rates}
    if "eventsourcing" in rates:
        figures["ratio_sqlite"] = round(rates["sqlite"] / rates["eventsourcing"], 1)
        figures["ratio_postgres"] = round(rates["postgres"] / rates["eventsourcing"], 1)
    return figures | {"targets": TARGETS, "reached": {name: rates[name] >= least for name, least in TARGETS.items()}}


def main(arguments: Sequence[str] | None = None) -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--orders", type=int, default=24_000)
    parser.add_argument("--json", action="store_true", help="one JSON document instead of lines")
    chosen = parser.parse_args(arguments)
    figures = measure(chosen.orders)
    if chosen.json:
        print(json.dumps(figures, ensure_ascii=False))
        return
    for name, figure in figures.items():
        print(f"{name:<16} {figure}")


if __name__ == "__main__":
    main()
