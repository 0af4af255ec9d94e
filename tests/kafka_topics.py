"""Topics for one test: made, written to and read back; every test has names of its own."""

import gc
import json
import logging
import time
import warnings
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from itertools import count
from typing import Any

import pytest
from kafka import KafkaAdminClient, KafkaConsumer, KafkaProducer, TopicPartition

_names = count(1)
# refused connections of kafka-python are closed by the collector alone, whenever it comes
SOCKETS = pytest.mark.filterwarnings("ignore:unclosed <socket:ResourceWarning")


@contextmanager
def swept() -> Iterator[None]:
    """Collect what kafka-python leaves: sockets of refused connections, closed by no one but the collector.

    Its log lines carry the connections themselves, which pytest would keep to the end of the run.
    """
    level = logging.getLogger("kafka").level
    logging.getLogger("kafka").setLevel(logging.CRITICAL)
    try:
        yield
    finally:
        logging.getLogger("kafka").setLevel(level)
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", ResourceWarning)
            gc.collect()


def fresh(word: str) -> str:
    """A name nobody has used."""
    return f"{word}-{time.time_ns()}-{next(_names)}"


def make(servers: str, topic: str, partitions: int = 2) -> None:
    """Make a topic and wait until it can be written to."""
    admin = KafkaAdminClient(bootstrap_servers=servers)
    try:
        admin.create_topics({topic: {"num_partitions": partitions, "replication_factor": 1}})
    finally:
        admin.close()


@contextmanager
def administering(servers: str) -> Iterator[Any]:
    """An administrator's client."""
    admin = KafkaAdminClient(bootstrap_servers=servers)
    try:
        yield admin
    finally:
        admin.close()


def send(
    servers: str, topic: str, messages: Sequence[tuple[str | None, Mapping[str, Any] | bytes | None]], **client: Any
) -> None:
    """Send messages, key and body each, in order; a body of bytes goes as it is. `client`: settings of the client."""
    producer = KafkaProducer(bootstrap_servers=servers, acks="all", **client)
    try:
        sent = [
            producer.send(
                topic,
                key=key.encode() if key else None,
                value=body if isinstance(body, bytes | None) else json.dumps(body, ensure_ascii=False).encode(),
            )
            for key, body in messages
        ]
        for one in sent:
            one.get(20)
    finally:
        producer.close()


def read(
    servers: str, topic: str, partitions: int = 2, *, at_least: int = 0, within: float = 20.0, **client: Any
) -> list[Any]:
    """Every committed message of a topic, partition by partition; waits until there are `at_least` so many."""
    consumer = KafkaConsumer(
        bootstrap_servers=servers,
        auto_offset_reset="earliest",
        enable_auto_commit=False,
        isolation_level="read_committed",
        **client,
    )
    try:
        found: list[Any] = []
        consumer.assign([TopicPartition(topic, number) for number in range(partitions)])
        until = time.monotonic() + within
        quiet = 0
        while time.monotonic() < until and (len(found) < at_least or quiet < 2):
            polled = [record for records in consumer.poll(300).values() for record in records]
            quiet = 0 if polled else quiet + 1
            found += polled
        return sorted(found, key=lambda record: (record.partition, record.offset))
    finally:
        consumer.close()
