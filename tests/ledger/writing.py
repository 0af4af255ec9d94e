"""A writer in a process of its own: a process a test can crowd with others, and kill."""

import multiprocessing
from multiprocessing.connection import Connection
from multiprocessing.process import BaseProcess

from ledger.backends import open_ledger
from tests.ledger.facts import fact, noted

DONE = -1

_processes = multiprocessing.get_context("forkserver")
_processes.set_forkserver_preload(["pytest", "psycopg", "ledger.backends.postgres", "tests.ledger.writing"])


def start(url: str, name: str, count: int) -> tuple[BaseProcess, Connection]:
    """Start a writer; what comes out of the connection is the head position of each of its commits, then DONE."""
    told, telling = _processes.Pipe(duplex=False)
    process = _processes.Process(target=write, args=(url, name, count, telling))
    process.start()
    telling.close()
    return process, told


def write(url: str, name: str, count: int, telling: Connection) -> None:
    """Append `count` events, now one, now three in two streams, all keyed by this writer's name."""
    ledger = open_ledger(url)
    written = 0
    while written < count:
        size = min(count - written, 1 if written % 2 else 3)
        keyed = [fact({"n": n}, source=name, source_key=str(n)) for n in range(written, written + size)]
        answers = ledger.append(noted(f"own-{name}", *keyed[:1]), *(noted("shared", event) for event in keyed[1:]))
        written += size
        telling.send(max(position for answer in answers for position in answer.positions))
    ledger.close()
    telling.send(DONE)


def rest(told: Connection) -> list[int]:
    """What a writer still said before it ended or was killed; a word cut short is not counted."""
    said = []
    try:
        while True:
            said.append(int(told.recv()))
    except (EOFError, OSError):
        return said
    finally:
        told.close()
