"""Accounts, sessions and tokens."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from console.administration.people import Account, People
from terms.actors import Role
from terms.errors import BadInput, NotPermitted
from terms.ids import UnitCode

NOW = datetime(2026, 11, 16, 1, 0, tzinfo=UTC)
CLERK = Account("zhang", "某经办", Role.CLERK, UnitCode("C03"))
PASSWORD = "正确的-horse-42"


@pytest.fixture
def people(tmp_path: Path) -> Iterator[People]:
    """An empty house."""
    made = People(f"sqlite:///{tmp_path / 'x.db'}")
    made.add(CLERK, PASSWORD)
    yield made
    made.close()


def test_the_right_password_opens_and_a_wrong_one_does_not(people: People) -> None:
    assert people.check_password("zhang", PASSWORD, NOW) == CLERK
    for account, password in (("zhang", "wrong"), ("nobody", PASSWORD), ("zhang", "")):
        with pytest.raises(NotPermitted, match="wrong-password"):
            people.check_password(account, password, NOW)


def test_five_failures_lock_the_account_for_a_quarter_of_an_hour(people: People) -> None:
    for _ in range(5):
        with pytest.raises(NotPermitted, match="wrong-password"):
            people.check_password("zhang", "wrong", NOW)
    with pytest.raises(NotPermitted, match="locked"):
        people.check_password("zhang", PASSWORD, NOW)
    assert people.check_password("zhang", PASSWORD, NOW + timedelta(minutes=16)) == CLERK


def test_the_password_itself_is_nowhere_in_the_files(people: People, tmp_path: Path) -> None:
    token = people.start_session(CLERK, NOW, 10)
    kept = b"".join(file.read_bytes() for file in tmp_path.iterdir())
    assert PASSWORD.encode() not in kept and token.encode() not in kept
    assert b"$argon2id$" in kept


def test_a_session_ends_with_its_time_and_with_signing_out(people: People) -> None:
    token = people.start_session(CLERK, NOW, 10)
    found = people.session(token, NOW + timedelta(hours=9))
    assert found is not None and found.account == CLERK and found.scopes is None
    assert people.session(token, NOW + timedelta(hours=11)) is None
    people.end_session(token)
    assert people.session(token, NOW) is None


def test_a_new_password_ends_every_session(people: People) -> None:
    token = people.start_session(CLERK, NOW, 10)
    people.set_password("zhang", "另一个-staple-77")
    assert people.session(token, NOW) is None
    assert people.check_password("zhang", "另一个-staple-77", NOW) == CLERK


@pytest.mark.parametrize("weak", ["short", "1234567890123", "aaaaaaaaaaaa"])
def test_a_weak_password_is_not_taken(people: People, weak: str) -> None:
    with pytest.raises(BadInput, match="weak-password"):
        people.set_password("zhang", weak)


def test_a_sample_account_has_no_way_in_by_password(people: People) -> None:
    assert people.add_missing([Account("yz", "样例", Role.DISPATCHER, sample=True), CLERK]) == 1
    for password in ("", "x"):
        with pytest.raises(NotPermitted):
            people.check_password("yz", password, NOW)


def test_a_token_carries_its_scopes_and_ends(people: People) -> None:
    token = people.issue_token("zhang", "平台对接", ["orders:read"], NOW, days=30)
    found = people.token(token, NOW)
    assert found is not None and found.scopes == frozenset({"orders:read"})
    assert people.token(token, NOW + timedelta(days=31)) is None
    assert people.token("dz_guess", NOW) is None
    with pytest.raises(BadInput, match="unknown-scope"):
        people.issue_token("zhang", "x", ["everything"], NOW)


def test_two_processes_sign_cookies_with_one_key(people: People, tmp_path: Path) -> None:
    other = People(f"sqlite:///{tmp_path / 'x.db'}")
    assert other.signing_key() == people.signing_key()
    other.close()


def test_an_account_is_opened_once(people: People) -> None:
    with pytest.raises(BadInput, match="account-taken"):
        people.add(CLERK, PASSWORD)
