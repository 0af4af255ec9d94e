"""Orders and returns from Kafka: a batch's events and its offsets in one transaction of the record.

Where a consumer goes on is decided by the record's bookmarks, never by the group's committed offsets, which are only
a hint for lag monitors. So a crash, a rebalance or a restored database can neither lose a message nor double one. A
partition whose bookmark lies outside its log (another cluster, a truncated log, messages expired unread) stops and
says so: to go on by guess would lose facts.
"""

import threading
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from types import MappingProxyType
from typing import Any

import structlog
from kafka import ConsumerRebalanceListener, KafkaConsumer, OffsetAndMetadata, TopicPartition
from kafka.errors import KafkaError, NoOffsetForPartitionError, OffsetOutOfRangeError

from ingest.arrival import Arrival
from ingest.gateway import Gateway
from ledger.envelope import Bookmark
from mandates.sheets import Row, rows_of
from terms.errors import BadInput, Conflict, Unavailable
from terms.reasons import brief

LOG = structlog.get_logger("ingest.kafka")
TOPICS: Mapping[str, str] = MappingProxyType({"hotline.work-orders": "work-order", "hotline.returns": "return"})
LOOK = 2_000  # milliseconds a look at a log's ends may take: without a limit the client asks for ever
LONGEST_PAUSE = 5.0  # seconds between two tries while the database is away: polling goes on, so the group keeps us


@dataclass(frozen=True, slots=True)
class KafkaOptions:
    """How to reach the topics. `client` holds further settings of the client: security, time-outs."""

    servers: str
    group: str = "dingze"
    topics: Mapping[str, str] = field(default_factory=lambda: TOPICS)
    batch: int = 500
    wait: float = 0.5  # seconds a step waits for messages
    client: Mapping[str, Any] = field(default_factory=dict)

    def named(self, prefix: str) -> "KafkaOptions":
        """The same with a prefix before group and topics: several cities may share one cluster."""
        topics = {prefix + topic: kind for topic, kind in self.topics.items()}
        return replace(self, group=prefix + self.group, topics=topics)


@dataclass(frozen=True, slots=True)
class PartitionStatus:
    """One assigned partition: the next offset to take (None before the first), messages behind, why it stopped."""

    name: str
    place: int | None
    behind: int | None
    stopped: str = ""


class _Assignments(ConsumerRebalanceListener):  # type: ignore[misc]  # kafka-python has no types
    """Notes what a rebalance gave and took. It is called on the client's own thread, so it does nothing else."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._fresh: set[TopicPartition] = set()
        self._gone: set[TopicPartition] = set()

    def on_partitions_assigned(self, assigned: Iterable[TopicPartition]) -> None:
        self.look_again(assigned)

    def on_partitions_revoked(self, revoked: Iterable[TopicPartition]) -> None:
        with self._lock:
            self._gone.update(revoked)
            self._fresh.difference_update(revoked)

    def on_partitions_lost(self, lost: Iterable[TopicPartition]) -> None:
        self.on_partitions_revoked(lost)

    def look_again(self, partitions: Iterable[TopicPartition]) -> None:
        """These must be set to their bookmarks before anything of theirs is taken."""
        with self._lock:
            self._fresh.update(partitions)

    def taken(self) -> tuple[set[TopicPartition], set[TopicPartition]]:
        """What is fresh and what is gone since the last call."""
        with self._lock:
            found = self._fresh, self._gone
            self._fresh, self._gone = set(), set()
            return found


class KafkaIntake:
    """One member of the consumer group. Call `step` again and again from one thread; `close` leaves the group."""

    def __init__(self, gateway: Gateway, options: KafkaOptions, clock: Callable[[], datetime]) -> None:
        self._gateway = gateway
        self._options = options
        self._clock = clock
        self._reader = f"kafka:{options.group}"
        self._assignments = _Assignments()
        self._places: dict[TopicPartition, int | None] = {}
        self._stopped: dict[TopicPartition, str] = {}
        self._consumer: Any = None  # made at the first step, and again after the client gave up
        self._pause = 0.0

    def run(self, stop: threading.Event) -> None:
        """Take in until told to stop; then leave the group."""
        try:
            while not stop.is_set():
                self.step()
                stop.wait(self._pause)
        finally:
            self.close()

    def step(self) -> int:
        """Take in what has come; how many messages. A broker or database that is away is waited for, never an error."""
        try:
            found = self._poll()
            fresh = self._settle()
            taken = 0
            for kind in dict.fromkeys(self._options.topics.values()):
                batches = {
                    tp: records
                    for tp, records in found.items()
                    if self._options.topics[tp.topic] == kind and tp not in fresh and tp in self._places
                }
                taken += self._take(kind, batches)
        except Unavailable as away:
            self._hold_on("database", away)
            return 0
        except KafkaError as away:
            self._hold_on("broker", away)
            return 0
        except BaseException:
            self._assignments.look_again(self._places)  # what was polled and not taken is read again
            raise
        self._pause = 0.0
        return taken

    def status(self) -> list[PartitionStatus]:
        """Every assigned partition, in order."""
        found = []
        for tp in sorted({*self._places, *self._stopped}):
            place = self._places.get(tp)
            end = self._consumer.highwater(tp) if self._consumer and tp in self._consumer.assignment() else None
            behind = None if end is None or place is None else max(0, end - place)
            found.append(PartitionStatus(_name(tp), place, behind, self._stopped.get(tp, "")))
        return found

    def close(self) -> None:
        """Leave the group in order, so that the others need not wait for a time-out."""
        consumer, self._consumer = self._consumer, None
        if consumer is None:
            return
        try:
            consumer.close(autocommit=False, timeout_ms=5_000)
        except KafkaError as error:
            LOG.warning("left without goodbye", error=brief(error))

    # --- reading ---

    def _poll(self) -> Mapping[TopicPartition, Sequence[Any]]:
        if self._consumer is None:
            self._consumer = self._connected()
        try:
            wait = int(self._options.wait * 1_000)
            found: Mapping[TopicPartition, Sequence[Any]] = self._consumer.poll(wait, max_records=self._options.batch)
        except NoOffsetForPartitionError:
            return {}  # a fresh partition the group knows nothing of; `_settle` gives it its place
        except OffsetOutOfRangeError as error:
            self._assignments.look_again(error.args[0])
            return {}
        return found

    def _connected(self) -> Any:
        consumer = KafkaConsumer(
            bootstrap_servers=self._options.servers,
            group_id=self._options.group,
            client_id="dingze-ingest",
            enable_auto_commit=False,
            auto_offset_reset="none",
            isolation_level="read_committed",
            allow_auto_create_topics=False,
            **self._options.client,
        )
        consumer.subscribe(list(self._options.topics), listener=self._assignments)
        return consumer

    def _settle(self) -> set[TopicPartition]:
        """Set fresh partitions to their bookmarks; what was polled of them before that does not count."""
        fresh, gone = self._assignments.taken()
        for tp in gone - fresh:
            self._places.pop(tp, None)
            self._stopped.pop(tp, None)
        here = fresh & set(self._consumer.assignment())
        if not here:
            return fresh
        try:
            bookmarks = self._gateway.ledger.bookmarks(self._reader)
            begins = self._consumer.beginning_offsets(list(here), timeout_ms=LOOK)
            ends = self._consumer.end_offsets(list(here), timeout_ms=LOOK)
            for tp in here:
                self._set(tp, bookmarks.get(_name(tp)), begins[tp], ends[tp])
        except (KafkaError, Unavailable):
            self._assignments.look_again(here)
            raise
        except ValueError:  # a rebalance took one of them while we looked
            self._assignments.look_again(here)
        return fresh

    def _set(self, tp: TopicPartition, place: int | None, begin: int, end: int) -> None:
        if place is not None and not begin <= place <= end:
            lost = "beyond the end of" if place > end else "before the beginning of"
            self._stopped[tp] = f"bookmark {place} lies {lost} the log ({begin}–{end})"
            self._places.pop(tp, None)
            self._consumer.seek(tp, end)
            self._consumer.pause(tp)
            LOG.error("partition stopped", partition=_name(tp), why=self._stopped[tp])
            return
        self._stopped.pop(tp, None)
        self._places[tp] = place
        self._consumer.seek(tp, begin if place is None else place)
        self._consumer.resume(tp)

    # --- taking in ---

    def _take(self, kind: str, batches: Mapping[TopicPartition, Sequence[Any]]) -> int:
        rows: list[Row] = []
        bookmarks: list[Bookmark] = []
        for tp, records in batches.items():
            place = self._places[tp]
            rows += [row_of(record) for record in records if place is None or record.offset >= place]
            bookmarks.append(Bookmark(self._reader, _name(tp), place, records[-1].offset + 1))
        if not bookmarks:
            return 0
        arrival = Arrival(self._clock(), origin="kafka")
        try:
            told = self._gateway.take(rows, kind, arrival, bookmarks)
        except Conflict as moved:
            if moved.code != "ledger.bookmark-moved":
                raise
            LOG.warning("overtaken by another member", partitions=[mark.name for mark in bookmarks])
            self._assignments.look_again(batches)
            return 0
        for tp, mark in zip(batches, bookmarks, strict=True):
            self._places[tp] = mark.place
        self._hint(batches)
        LOG.info("taken in", kind=kind, messages=dict(Counter(one.status for one in told)))
        return len(rows)

    def _hint(self, partitions: Iterable[TopicPartition]) -> None:
        # for lag monitors only: nothing here ever reads it, so a failure is no more than a line in the log
        places = {tp: OffsetAndMetadata(self._places[tp], "", -1) for tp in partitions}
        try:
            self._consumer.commit_async(places)
        except KafkaError as error:
            LOG.info("offsets not hinted", error=brief(error))

    def _hold_on(self, whom: str, error: Exception) -> None:
        self._assignments.look_again(self._places)
        self._pause = min(LONGEST_PAUSE, max(0.2, self._pause * 2))
        LOG.warning("waiting", whom=whom, error=brief(error), seconds=self._pause)


def row_of(record: Any) -> Row:
    """A message as a row: its offset is its number, its key names the order where its body does not."""
    file, raw = f"{record.topic}/{record.partition}", bytes(record.value or b"")
    try:
        rows = list(rows_of(raw, ".json", file)) if raw else []
    except BadInput as error:
        return Row(file, record.offset, {}, raw, str(error.params.get("reason", error.code)))
    if len(rows) != 1 or rows[0].fault:
        return Row(file, record.offset, {}, raw, "每条消息应是一个 JSON 对象")
    key = bytes(record.key or b"").decode("utf-8", "replace")
    named = {"order_no": key} if key and "order_no" not in rows[0].cells else {}
    return replace(rows[0], number=record.offset, raw=raw, cells=rows[0].cells | named)


def _name(tp: TopicPartition) -> str:
    return f"{tp.topic}/{tp.partition}"
