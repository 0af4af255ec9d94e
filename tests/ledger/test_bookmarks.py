"""A reader of something outside moves its bookmark in the transaction of what it brought."""

import pytest

from ledger.backends import open_ledger
from ledger.envelope import Bookmark, Outcome
from ledger.store import Ledger
from terms.errors import Conflict
from tests.ledger.facts import noted, received

READER, NAME = "kafka:dingze", "hotline.work-orders/0"


def moved(before: int | None, place: int) -> tuple[Bookmark, ...]:
    return (Bookmark(READER, NAME, before, place),)


def test_a_bookmark_and_its_events_are_written_together(ledger: Ledger) -> None:
    assert ledger.bookmarks(READER) == {}
    ledger.append(received("1", "a"), bookmarks=moved(None, 5))
    assert ledger.bookmarks(READER) == {NAME: 5}
    ledger.append(received("2", "a"), bookmarks=moved(5, 9))
    assert (ledger.bookmarks(READER), ledger.head()) == ({NAME: 9}, 2)


@pytest.mark.parametrize("before", [None, 4, 6])
def test_a_reader_that_was_overtaken_writes_nothing(ledger: Ledger, before: int | None) -> None:
    ledger.append(bookmarks=moved(None, 5))
    with pytest.raises(Conflict) as refused:
        ledger.append(noted("order-1"), bookmarks=moved(before, 7))
    assert refused.value.code == "ledger.bookmark-moved"
    assert (ledger.bookmarks(READER), ledger.head()) == ({NAME: 5}, 0)


def test_a_refused_append_leaves_the_bookmark_where_it_was(ledger: Ledger) -> None:
    with pytest.raises(Conflict):
        ledger.append(noted("order-1", expected=3), bookmarks=moved(None, 5))
    assert ledger.bookmarks(READER) == {}


def test_a_duplicate_delivery_moves_the_bookmark_and_writes_no_event(ledger: Ledger) -> None:
    ledger.append(received("1", "a"), bookmarks=moved(None, 1))
    again = ledger.append(
        received(
            "1",
            "a",
        ),
        bookmarks=moved(1, 2),
    )
    assert again[0].outcome is Outcome.DUPLICATE
    assert (ledger.bookmarks(READER), ledger.head()) == ({NAME: 2}, 1)


def test_another_process_sees_the_bookmark(ledger: Ledger, database_url: str) -> None:
    ledger.append(bookmarks=moved(None, 5))
    other = open_ledger(database_url)
    assert other.bookmarks(READER) == {NAME: 5}
    assert other.bookmarks("another reader") == {}
    other.close()
