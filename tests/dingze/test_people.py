"""`dingze people`: a city that is not the sample opens its first accounts, and programs get their tokens."""

import pytest

from dingze.settings import Settings
from dingze.wiring import Dingze
from terms.errors import NotPermitted
from tests.dingze.conftest import Dingze as Called


@pytest.fixture
def city(called: Called, database_url: str, monkeypatch: pytest.MonkeyPatch) -> Called:
    """A city with an empty register and nobody in it, on each database."""
    monkeypatch.setenv("DINGZE_DATABASE_URL", database_url)
    monkeypatch.setenv("DINGZE_MASTER_KEY", "city.key")
    assert called("init", "--json").code == 0
    return called


def people() -> Dingze:
    return Dingze(Settings())


def test_the_first_account_signs_in_with_a_password_that_was_shown_once(city: Called) -> None:
    made = city("people", "add", "admin-1", "--as", "administrator", "--name", "管理员", "--json").document
    dingze = people()
    found = dingze.people.check_password("admin-1", made["password"], dingze.clock())
    assert (found.role, found.name, found.must_change) == ("administrator", "管理员", True)
    dingze.people.set_password("admin-1", "a password of my own")
    assert not dingze.people.check_password("admin-1", "a password of my own", dingze.clock()).must_change
    dingze.close()
    listed = city("people", "list", "--json").document["accounts"]
    assert listed == [
        {"account": "admin-1", "name": "管理员", "role": "administrator", "unit": None, "disabled": False}
    ]
    assert made["password"] not in city("people", "list").out


def test_a_reset_password_replaces_the_old_one_and_ends_what_is_open(city: Called) -> None:
    first = city("people", "add", "a1", "--as", "auditor", "--json").document["password"]
    dingze = people()
    session = dingze.people.start_session(dingze.people.account("a1"), dingze.clock(), 8)
    second = city("people", "reset", "a1", "--json").document["password"]
    assert dingze.people.session(session, dingze.clock()) is None
    with pytest.raises(NotPermitted):
        dingze.people.check_password("a1", first, dingze.clock())
    assert dingze.people.check_password("a1", second, dingze.clock()).must_change
    dingze.close()


def test_a_disabled_account_opens_nothing_and_neither_do_its_tokens(city: Called) -> None:
    password = city("people", "add", "p1", "--as", "dispatcher", "--json").document["password"]
    token = city("people", "token", "p1", "--label", "热线", "--scope", "orders:write", "--json").document["token"]
    dingze = people()
    assert dingze.people.token(token, dingze.clock()).scopes == {"orders:write"}
    assert city("people", "disable", "p1", "--json").document["disabled"] is True
    assert dingze.people.token(token, dingze.clock()) is None
    with pytest.raises(NotPermitted):
        dingze.people.check_password("p1", password, dingze.clock())
    assert city("people", "enable", "p1", "--json").document["disabled"] is False
    assert dingze.people.check_password("p1", password, dingze.clock()).account == "p1"
    dingze.close()


@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        (("add", "x", "--as", "clerk"), "input.invalid"),
        (("add", "x", "--as", "clerk@C99"), "console.no-such-unit"),
        (("add", "x", "--as", "system"), "console.system-account"),
        (("reset", "nobody"), "console.no-such-account"),
        (("token", "nobody", "--label", "x", "--scope", "route"), "console.no-such-account"),
    ],
)
def test_what_cannot_be_an_account_is_refused_in_one_line(city: Called, arguments: tuple[str, ...], code: str) -> None:
    found = city("people", *arguments)
    assert found.code != 0 and found.err.startswith(code)
    assert city("people", "list", "--json").document["accounts"] == []


def test_a_taken_id_and_an_unknown_scope_are_refused(city: Called) -> None:
    city("people", "add", "p1", "--as", "dispatcher")
    assert city("people", "add", "p1", "--as", "reviewer").err.startswith("console.account-taken")
    assert city("people", "token", "p1", "--label", "x", "--scope", "all").err.startswith("console.unknown-scope")
