"""librdkafka's mock cluster: three brokers inside this process, which speak the protocol and keep nothing.

It answers what version 2.3 of Kafka answered, makes a topic of four partitions when it is first written to, and knows
neither admin requests nor truncated logs. Those are for the real broker.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from types import MappingProxyType

from confluent_kafka import Producer

CLIENT = MappingProxyType({"api_version": (2, 3)})
PARTITIONS = 4


@contextmanager
def mock_servers(brokers: int = 3) -> Iterator[str]:
    """The addresses of a mock cluster, which lives as long as this holds its owner."""
    owner = Producer({"bootstrap.servers": "mock", "test.mock.num.brokers": brokers, "log_level": 0})
    known = owner.list_topics(timeout=10).brokers.values()
    yield ",".join(f"{one.host}:{one.port}" for one in known)
    del owner
