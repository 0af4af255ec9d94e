"""Waiters are woken by an append: at once in the same process, within 200 ms from another."""

import threading
import time

from ledger.backends import open_ledger
from ledger.feed import Feed
from ledger.store import Ledger
from terms.ids import Position
from tests.ledger.facts import noted


def woken_after(ledger: Ledger, appending: Ledger) -> float:
    """Seconds between an append's return and the waiter's."""
    after = ledger.head()
    woken: list[float] = []
    waiter = threading.Thread(target=lambda: woken.append(time.monotonic() if Feed(ledger).wait(after, 10) else 0.0))
    waiter.start()
    time.sleep(0.15)
    assert not woken
    appending.append(noted("a"))
    appended = time.monotonic()
    waiter.join(10)
    return woken[0] - appended


def test_a_waiter_in_the_same_process_is_woken(ledger: Ledger) -> None:
    assert min(woken_after(ledger, ledger) for _ in range(3)) < 0.05


def test_a_waiter_sees_what_another_process_appended_within_200_ms(ledger: Ledger, database_url: str) -> None:
    other = open_ledger(database_url)  # its own connections and its own bell: as far away as another process
    assert min(woken_after(ledger, other) for _ in range(3)) < 0.2
    other.close()


def test_waiting_ends_with_its_time_and_at_once_where_something_is_already_there(ledger: Ledger) -> None:
    begun = time.monotonic()
    assert not Feed(ledger).wait(Position(0), 0.15)
    assert 0.15 <= time.monotonic() - begun < 1
    ledger.append(noted("a"))
    assert Feed(ledger).wait(Position(0), 0)


def test_many_threads_append_through_one_ledger(ledger: Ledger) -> None:
    def write(name: str) -> None:
        for _ in range(20):
            ledger.append(noted(name))

    threads = [threading.Thread(target=write, args=(f"t{n}",)) for n in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert ledger.verify().position == 120
