"""Events out to Kafka: one leased publisher follows the feed, in the record's order for every key, at least once.

Several publishers with `SKIP LOCKED` would reorder; one with a lease does not. Three things keep a second one out: the
lease, the transactional id (a newer producer fences the older), and the bookmark's compare-and-set. The bookmark moves
after Kafka has committed, so a crash between the two sends a batch again: receivers drop what they have seen by the
event id in the headers.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

import structlog
from kafka import KafkaProducer
from kafka.errors import KafkaError

from automation.lease import FeedLease
from automation.public_event import PublicEvent, public
from ledger.envelope import BEFORE_EVERYTHING, Bookmark
from ledger.store import Ledger
from projections.store import ViewStore
from terms.errors import BadInput, Conflict
from terms.ids import Position
from terms.reasons import brief

LOG = structlog.get_logger("publisher")
TOPIC = "dingze.events"
BATCH = 500
_PLACE = "position"


@dataclass(frozen=True, slots=True)
class PublisherOptions:
    """How to reach the topic. `client` holds further settings of the client: security, time-outs."""

    servers: str
    topic: str = TOPIC
    transactional_id: str = "dingze-publisher"
    client: Mapping[str, Any] = field(default_factory=dict)

    def named(self, prefix: str) -> "PublisherOptions":
        """The same with a prefix before topic and transactions: two cities of one cluster would fence each other."""
        return replace(self, topic=prefix + self.topic, transactional_id=prefix + self.transactional_id)


class Publisher:
    """Follows one ledger. `holds` takes or renews the lease and says whether it is ours. Use from one thread."""

    def __init__(self, ledger: Ledger, options: PublisherOptions, holds: Callable[[], bool]) -> None:
        self._ledger = ledger
        self._options = options
        self._holds = holds
        self._reader = f"publisher:{options.topic}"
        self._producer: Any = None

    @property
    def topic(self) -> str:
        """Where the events go."""
        return self._options.topic

    def step(self) -> int:
        """Publish the next batch; how many events of the record were passed. 0: nothing to do, or not ours to do.

        A broker that is away is waited for, never an error. Raises Unavailable, LedgerBroken.
        """
        if not self._holds():
            self.close()
            return 0
        before = self._ledger.bookmarks(self._reader).get(_PLACE)
        after = Position(before or BEFORE_EVERYTHING)
        events = self._ledger.read(after, BATCH)
        if not events:
            return 0
        outward = [told for event in events if (told := public(event)) is not None]
        try:
            if outward:
                self._send(self._options.topic, outward)
        except KafkaError as error:
            LOG.warning("waiting", whom="broker", error=brief(error))
            self.close()
            return 0
        try:
            self._ledger.append(bookmarks=(Bookmark(self._reader, _PLACE, before, events[-1].position),))
        except Conflict:
            LOG.warning("overtaken by another publisher", after=after)
            self.close()
            return 0
        LOG.info("published", events=len(outward), upto=events[-1].position)
        return len(events)

    def behind(self) -> int:
        """How many events of the record are still to be passed."""
        return self._ledger.head() - (self._ledger.bookmarks(self._reader).get(_PLACE) or 0)

    def close(self) -> None:
        """Give the producer back; a batch that was not committed is aborted."""
        producer, self._producer = self._producer, None
        if producer is not None:
            _closed(producer)

    def _send(self, topic: str, events: Iterable[PublicEvent]) -> None:
        if self._producer is None:
            self._producer = _producer(self._options, self._options.transactional_id)
        _in_one_transaction(self._producer, topic, events)


class PublisherLease(FeedLease):
    """The right to publish to one topic."""

    def __init__(self, store: ViewStore, topic: str = TOPIC) -> None:
        super().__init__(store, f"publisher:{topic}")


def replay(
    ledger: Ledger, options: PublisherOptions, topic: str, *, after: Position, upto: Position | None = None
) -> int:
    """Publish the record again from behind a position into another topic; how many events went out.

    The live topic keeps its order, so it is refused here: raises BadInput. Raises Unavailable, KafkaError.
    """
    if topic == options.topic:
        raise BadInput("publisher.live-topic", at=topic, topic=topic)
    end = ledger.head() if upto is None else min(upto, ledger.head())
    producer = _producer(options, f"{options.transactional_id}-replay-{topic}")
    sent = 0
    try:
        while after < end and (events := ledger.read(after, min(BATCH, end - after))):
            outward = [told for event in events if (told := public(event)) is not None]
            if outward:
                _in_one_transaction(producer, topic, outward)
            sent += len(outward)
            after = events[-1].position
    finally:
        _closed(producer)
    return sent


def _producer(options: PublisherOptions, transactional_id: str) -> Any:
    producer = KafkaProducer(
        bootstrap_servers=options.servers,
        client_id="dingze-publisher",
        transactional_id=transactional_id,
        acks="all",
        linger_ms=5,
        allow_auto_create_topics=False,
        **options.client,
    )
    try:
        producer.init_transactions()  # from here on an older producer of this id is fenced
    except KafkaError:
        _closed(producer)
        raise
    return producer


def _in_one_transaction(producer: Any, topic: str, events: Iterable[PublicEvent]) -> None:
    producer.begin_transaction()
    try:
        for event in events:
            producer.send(
                topic,
                key=event.stream.encode(),
                value=event.model_dump_json().encode(),
                headers=headers_of(event),
                timestamp_ms=int(event.recorded_at.timestamp() * 1_000),
            )
        producer.commit_transaction()
    except KafkaError:
        _aborted(producer)
        raise


def headers_of(event: PublicEvent) -> list[tuple[str, bytes]]:
    """What a receiver needs before it opens the body: to drop what it has seen, and to know where it stands."""
    return [
        ("position", str(event.position).encode()),
        ("event-id", event.event_id.encode()),
        ("type", event.type.encode()),
        ("contract", event.contract.encode()),
    ]


def _aborted(producer: Any) -> None:
    try:
        producer.abort_transaction()
    except KafkaError as error:  # fenced, or the broker is away: its time-out aborts for us
        LOG.info("not aborted", error=brief(error))


def _closed(producer: Any) -> None:
    try:
        producer.close(timeout=5)
    except KafkaError as error:
        LOG.info("not closed in order", error=brief(error))
