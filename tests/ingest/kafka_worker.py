"""A worker as a process of its own, for killing: `python -m tests.ingest.kafka_worker URL KEY SERVERS GROUP TOPIC`."""

import signal
import sys
import threading
from pathlib import Path

SESSION = {"session_timeout_ms": 6_000, "heartbeat_interval_ms": 500, "reconnect_backoff_max_ms": 500}


def main(url: str, key: str, servers: str, group: str, topic: str) -> None:
    """Take in until a signal says stop; leave the group in order."""
    stop = threading.Event()
    signal.signal(signal.SIGTERM, lambda *_: stop.set())
    # loaded only now: a signal that comes while a worker still loads ends it in order too
    from casework.events import FACTS
    from city.calendar import WorkingCalendar
    from city.configuration import CityConfiguration
    from ingest.gateway import Gateway
    from ingest.kafka import KafkaIntake, KafkaOptions
    from ingest.quarantine import EVENT_TYPES
    from ledger.backends import now, open_ledger
    from ledger.upcast import EventTypes
    from ledger.vault import open_vault

    types = EventTypes((fact.known_type() for fact in FACTS.values()), EVENT_TYPES)
    ledger = open_ledger(url, types=types)
    city = CityConfiguration()
    gateway = Gateway(ledger, open_vault(ledger, Path(key)), city, WorkingCalendar(city))
    options = KafkaOptions(servers, group, topics={topic: "work-order"}, batch=20, wait=0.1, client=SESSION)
    KafkaIntake(gateway, options, now).run(stop)
    ledger.close()


if __name__ == "__main__":
    main(*sys.argv[1:])
