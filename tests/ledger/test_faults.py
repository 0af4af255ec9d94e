"""Many writers at once, a reader on their heels, and writers that are killed: nothing is lost, nothing half done."""

import signal
import sqlite3
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import psycopg
import pytest
from sqlalchemy import make_url

from ledger.backends import open_ledger
from ledger.backends.postgres import WRITERS_LOCK
from ledger.feed import Feed
from terms.errors import Unavailable
from terms.ids import Position
from tests.ledger import writing
from tests.ledger.facts import fact, noted
from tests.rounds import rounds

WRITERS, EACH = 8, 120

pytestmark = pytest.mark.faults


def test_eight_writers_and_a_tailing_reader_lose_nothing_and_see_contiguous_positions(database_url: str) -> None:
    writers = [writing.start(database_url, f"w{n}", EACH) for n in range(WRITERS)]
    ledger = open_ledger(database_url)
    feed = Feed(ledger)
    seen: list[tuple[str, str]] = []
    after = Position(0)
    until = time.monotonic() + 100
    while len(seen) < WRITERS * EACH and time.monotonic() < until:
        feed.wait(after, 1)
        for batch in feed.batches(after, 50):  # raises at a hole
            seen.extend((str(event.source), str(event.source_key)) for event in batch)
            after = batch[-1].position
    for process, told in writers:
        assert writing.rest(told)[-1] == writing.DONE
        process.join(60)
        assert process.exitcode == 0
    assert Counter(seen) == Counter((f"w{w}", str(n)) for w in range(WRITERS) for n in range(EACH))
    assert ledger.verify().position == ledger.head() == WRITERS * EACH
    shared = [event.version for event in ledger.read(Position(0), 10_000) if event.stream == "shared"]
    assert shared == list(range(1, len(shared) + 1))
    ledger.close()


def test_kill_9_in_mid_append_leaves_a_valid_chain_and_every_promise_kept(database_url: str) -> None:
    promised = 0
    for attempt in range(rounds(plain=3)):
        writers = [writing.start(database_url, f"k{attempt}-{n}", 1_000_000) for n in range(2)]
        for _, told in writers:
            for _ in range(2 + 7 * (attempt % 3)):
                promised = max(promised, told.recv())
        for process, _ in writers:
            process.kill()
        for process, told in writers:
            promised = max([promised, *writing.rest(told)])
            process.join(60)
            assert process.exitcode == -signal.SIGKILL
        ledger = open_ledger(database_url)
        assert ledger.verify().position == ledger.head() >= promised
        ledger.append(noted("after", fact()))  # nobody's lock is left behind
        for n in range(2):
            keys = [
                int(str(event.source_key))
                for event in ledger.read(Position(0), 100_000)
                if event.source == f"k{attempt}-{n}"
            ]
            assert sorted(keys) == list(range(len(keys))), "no append went in by half"
        ledger.close()
    assert promised > 0


@pytest.mark.postgres
def test_a_server_that_ends_every_session_costs_the_next_append_nothing(migrated_postgres_url: str) -> None:
    ledger = open_ledger(migrated_postgres_url)
    ledger.append(noted("a"))
    end_sessions(migrated_postgres_url)
    ledger.append(noted("a"))
    end_sessions(migrated_postgres_url)
    assert len(ledger.read(Position(0), 10)) == 2
    ledger.verify()
    ledger.close()


def end_sessions(url: str) -> None:
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
            " WHERE datname = current_database() AND pid <> pg_backend_pid()"
        )


@contextmanager
def somebody_holds_the_lock(url: str) -> Iterator[None]:
    """Another writer has begun and does not go on."""
    if url.startswith("sqlite"):
        with closing(sqlite3.connect(make_url(url).database or "", isolation_level=None)) as holder:
            holder.execute("BEGIN IMMEDIATE")
            yield
    else:
        with psycopg.connect(url) as connection:
            connection.execute("SELECT pg_advisory_xact_lock(%s)", (WRITERS_LOCK,))
            yield


def test_a_writer_waits_its_turn_then_says_so_and_readers_go_on(
    database_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    for backend in ("sqlite_file", "postgres"):
        monkeypatch.setattr(f"ledger.backends.{backend}.PATIENCE", 0.3)
    ledger = open_ledger(database_url)
    ledger.append(noted("a"))
    with somebody_holds_the_lock(database_url):
        begun = time.monotonic()
        with pytest.raises(Unavailable):
            ledger.append(noted("a"))
        assert 0.25 <= time.monotonic() - begun < 5
        assert ledger.head() == 1
    ledger.append(noted("a"))
    assert ledger.verify().position == 2
    ledger.close()


@pytest.mark.postgres
def test_a_writer_that_stands_still_with_the_lock_loses_it(
    migrated_postgres_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("ledger.backends.postgres.PATIENCE", 0.3)
    ledger = open_ledger(migrated_postgres_url)
    with pytest.raises(Unavailable), ledger.backend.writing():
        time.sleep(0.6)
    ledger.append(noted("a"))
    ledger.close()


def test_a_database_that_is_not_there_is_said_so(tmp_path: Path) -> None:
    for url in (f"sqlite:///{tmp_path / 'not-migrated.db'}", f"postgresql://nobody@/none?host={tmp_path}"):
        ledger = open_ledger(url)
        with pytest.raises(Unavailable) as absent:
            ledger.append(noted("a"))
        assert absent.value.code == "ledger.unavailable"
        with pytest.raises(Unavailable):
            ledger.head()
        ledger.close()
