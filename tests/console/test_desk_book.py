"""What a desk keeps beside the record, on both databases."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from threading import Barrier, Thread

import pytest

from console.administration.people import Account
from console.deskbook.book import LOOKED_AT, DeskBook
from terms.actors import Role
from terms.errors import BadInput, Conflict

NOON = datetime(2026, 11, 16, 4, 0, tzinfo=UTC)
ANN, BEN = (Account(f"yz-{name}", name, Role.DISPATCHER) for name in ("ann", "ben"))


@pytest.fixture
def book(database_url: str) -> Iterator[DeskBook]:
    made = DeskBook(database_url)
    yield made
    made.close()


def test_a_claim_holds_against_colleagues_until_the_page_gives_no_sign_of_life(book: DeskBook) -> None:
    assert book.claim("1", "", ANN, NOON).account == ANN.account
    assert book.claim("1", "", BEN, NOON).account == ANN.account
    later = NOON + timedelta(seconds=90)
    book.claim("1", "", ANN, later)  # the page is still open
    assert book.held_by_another("1", "", BEN.account, NOON + LOOKED_AT + timedelta(seconds=1)) is not None
    quiet = later + LOOKED_AT + timedelta(seconds=1)
    assert book.held_by_another("1", "", BEN.account, quiet) is None
    assert book.claim("1", "", BEN, quiet).account == BEN.account


def test_what_was_taken_on_purpose_survives_leaving_the_page(book: DeskBook) -> None:
    book.claim("1", "", ANN, NOON, kept=True)
    book.claim("1", "", ANN, NOON + timedelta(minutes=1))  # the page again, without a word of keeping
    book.release("1", "", ANN.account, looked_at=True)
    assert book.claims("", NOON + timedelta(hours=3))["1"].kept
    book.release("1", "", BEN.account)
    assert "1" in book.claims("", NOON)
    book.release("1", "", ANN.account)
    assert book.claims("", NOON) == {}


def test_a_claim_can_be_taken_over_and_another_desk_sees_nothing_of_it(book: DeskBook) -> None:
    book.claim("1", "", ANN, NOON, kept=True)
    assert book.claim("1", "", BEN, NOON, take=True).account == BEN.account
    assert book.claims("D01", NOON) == {}
    assert book.claim("1", "D01", ANN, NOON).account == ANN.account


def test_of_many_who_claim_at_once_one_has_it_and_all_are_told_who(book: DeskBook) -> None:
    people = [Account(f"yz-{number}", str(number), Role.DISPATCHER) for number in range(8)]
    told: list[str] = []
    gate = Barrier(len(people))

    def rush(account: Account) -> None:
        gate.wait()
        told.append(book.claim("1", "", account, NOON).account)

    threads = [Thread(target=rush, args=(one,)) for one in people]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(told) == len(people)
    assert len(set(told)) == 1


def test_the_mark_moves_with_claims_and_not_with_signs_of_life(book: DeskBook) -> None:
    empty = book.mark()
    book.claim("1", "", ANN, NOON)
    claimed = book.mark()
    book.claim("1", "", ANN, NOON + timedelta(seconds=45))
    assert empty != claimed == book.mark()
    book.release("1", "", ANN.account)
    assert book.mark() != claimed


def test_a_person_keeps_eight_filters_and_a_name_stands_for_the_newest(book: DeskBook) -> None:
    book.save_filter(ANN.account, "急件", "urgency=紧急")
    book.save_filter(ANN.account, "急件", "urgency=特急")
    assert book.filters(ANN.account) == [("急件", "urgency=特急")]
    assert book.filters(BEN.account) == []
    for number in range(7):
        book.save_filter(ANN.account, str(number), "")
    with pytest.raises(BadInput):
        book.save_filter(ANN.account, "第九个", "")
    book.drop_filter(ANN.account, "急件")
    assert len(book.filters(ANN.account)) == 7


def test_a_shift_gives_back_what_was_taken_and_only_somebody_else_signs_once(book: DeskBook) -> None:
    book.claim("1", "", ANN, NOON, kept=True)
    book.claim("2", "", BEN, NOON, kept=True)
    number = book.hand_over("", ANN, "两件待回电", {"counts": {"待派遣": 3}}, NOON)
    assert set(book.claims("", NOON)) == {"2"}
    with pytest.raises(Conflict):
        book.take_over(number, "", ANN, NOON)
    book.take_over(number, "", BEN, NOON)
    with pytest.raises(Conflict):
        book.take_over(number, "", BEN, NOON)
    (found,) = book.shifts("")
    assert (found.standing, found.taken_by) == ({"counts": {"待派遣": 3}}, "ben")
    assert book.shift(number, "D01") is None
