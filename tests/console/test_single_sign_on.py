"""Signing in by another system, against a provider that runs here: real signatures, real codes, many lies."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any
from urllib.parse import urlsplit

import httpx
import pytest
from joserfc.jwk import RSAKey

from console.administration.people import Account
from console.administration.people_keeping import Keeping
from console.app import create_app
from console.sign_in import LEAVING
from console.single_sign_on import Begun, Provider, SingleSignOn
from terms.actors import Role
from terms.errors import BadInput, NotPermitted, Unavailable
from terms.ids import UnitCode
from tests.console.city import START, Browser, Town, served
from tests.console.identity_provider import BACK, CLIENT, SECRET, IdentityProvider

PERSON = "e-10086"


@pytest.fixture(scope="module")
def at_the_door() -> Iterator[IdentityProvider]:
    """A provider that listens."""
    provider = IdentityProvider(clock=lambda: START)
    with served(provider.app()) as address:
        provider.issuer = address
        yield provider


@pytest.fixture
def provider(at_the_door: IdentityProvider) -> IdentityProvider:
    """The provider as it was: honest, with our person at its door."""
    found = at_the_door
    found.person, found.signer, found.algorithm, found.twist = PERSON, None, "RS256", lambda claims: None
    found.codes.clear()
    found.sessions.clear()
    found.ends = True
    found.asked.clear()
    return found


@pytest.fixture
def sso(provider: IdentityProvider) -> Iterator[SingleSignOn]:
    """Our side of it."""
    made = SingleSignOn(Provider(provider.issuer, CLIENT, SECRET, BACK), lambda: START)
    yield made
    made.close()


@pytest.fixture
def address(town: Town, sso: SingleSignOn) -> Iterator[str]:
    """The town with that provider, and one account that signs in by it only."""
    Keeping(town.people, "test", town.now).open(Account(PERSON, "某经办", Role.CLERK, UnitCode("C03")), elsewhere=True)
    with served(create_app(replace(town.parts(), single_sign_on=sso))) as found:
        yield found


def go(browser: Browser, next_: str = "") -> httpx.Response:
    """Through the provider and back, as a browser is sent."""
    begun = browser.get("/sign-in/oidc", params={"next": next_} if next_ else None)
    assert begun.status_code == 303, begun.text
    back = httpx.get(begun.headers["location"]).headers["location"]
    return browser.get("/sign-in/oidc/back?" + urlsplit(back).query)


def answer(sso: SingleSignOn, begun: Begun) -> dict[str, str]:
    """What the provider sends the browser back with."""
    query = httpx.URL(httpx.get(begun.address).headers["location"]).params
    return dict(query)


def test_a_person_the_provider_vouches_for_signs_in_with_the_account_that_is_there(address: str, town: Town) -> None:
    browser = Browser(address)
    assert "统一认证登录" in browser.get("/sign-in").text
    signed = go(browser, "/tasks?tab=lead")
    assert (signed.status_code, signed.headers["location"]) == (303, "/tasks?tab=lead")
    assert browser.get("/account.json").json()["account"] == PERSON
    assert browser.get("/queue").status_code == 403, "the role is ours to give"
    again = browser.get("/sign-in/oidc/back?code=x&state=y")
    assert again.status_code == 403 and "已用过" in again.text, "the way back is good for once"
    browser.post("/sign-in", data={"account": PERSON, "password": ""})
    with pytest.raises(NotPermitted):
        town.people.check_password(PERSON, "", town.now)


def test_signing_out_ends_the_providers_session_as_well(address: str, provider: IdentityProvider) -> None:
    browser = Browser(address)
    go(browser)
    assert PERSON in provider.sessions
    out = browser.post("/sign-out")
    assert (out.status_code, out.headers["location"]) == (303, LEAVING), "the form's own redirect stays on this site"
    page = browser.get(LEAVING)
    on = page.headers["refresh"].removeprefix("0;url=")
    assert page.status_code == 200 and on.startswith(f"{provider.issuer}/end?") and "已退出定责" in page.text
    assert httpx.get(on).headers["location"] == "http://127.0.0.1/sign-in" and PERSON not in provider.sessions
    assert browser.get("/account").status_code == 303, "and ours is over"
    assert browser.get(LEAVING).headers["location"] == "/sign-in", "once is enough"


def test_who_signed_in_by_password_or_at_a_provider_without_that_way_simply_leaves(
    address: str, provider: IdentityProvider
) -> None:
    sample = Browser(address, "yz-05-clerk-chengguan")
    assert sample.get(sample.post("/sign-out").headers["location"]).headers["location"] == "/sign-in"
    provider.ends = False
    browser = Browser(address)
    go(browser)
    assert browser.get(browser.post("/sign-out").headers["location"]).headers["location"] == "/sign-in"
    assert provider.sessions == {PERSON}, "the provider keeps its own session"


def test_nobody_without_an_account_comes_in_and_no_account_is_made(
    address: str, provider: IdentityProvider, town: Town
) -> None:
    for stranger in ("stranger", "yz-01-dispatcher", "e-10087"):
        if stranger == "e-10087":
            Keeping(town.people, "test", town.now).open(Account(stranger, "x", Role.LEADER), elsewhere=True)
            Keeping(town.people, "test", town.now).switch(stranger, False)
        provider.person = stranger
        refused = go(Browser(address))
        assert refused.status_code == 403 and "没有与统一认证身份对应的账号" in refused.text, stranger
    assert town.people.account("stranger") is None
    log = Browser(address, "yz-15-administrator").get("/people/log.json?what=统一认证未通过").json()
    assert {line["account"] for line in log["lines"]} == {"stranger", "yz-01-dispatcher", "e-10087"}


def _other(claim: str, value: Any) -> Callable[[dict[str, Any]], None]:
    return lambda claims: claims.update({claim: value})


def _without(claim: str) -> Callable[[dict[str, Any]], None]:
    return lambda claims: claims.pop(claim) and None


LIES: dict[str, Callable[[dict[str, Any]], None]] = {
    "another issuer": _other("iss", "https://elsewhere.example"),
    "another audience": _other("aud", "another-client"),
    "several audiences for another party": lambda claims: claims.update(aud=[CLIENT, "x"], azp="x"),
    "several audiences for nobody": _other("aud", [CLIENT, "x"]),
    "run out": _other("exp", 1_000_000_000),
    "not yet": lambda claims: claims.update(nbf=claims["exp"] + 1_000),
    "from the future": lambda claims: claims.update(iat=claims["exp"] + 1_000),
    "another nonce": _other("nonce", "replayed"),
    "no nonce": _without("nonce"),
    "no issuer": _without("iss"),
    "no audience": _without("aud"),
    "no end": _without("exp"),
    "no subject": _without("sub"),
    "the hash of another token": _other("at_hash", "AAAAAAAAAAAAAAAAAAAAAA"),
    "no account": _without("preferred_username"),
    "an account that is no text": _other("preferred_username", ["e-10086"]),
}


def test_a_token_that_does_not_hold_signs_nobody_in(provider: IdentityProvider, sso: SingleSignOn) -> None:
    for lie, twist in LIES.items():
        provider.twist = twist
        begun = sso.begin()
        with pytest.raises(NotPermitted) as refused:
            sso.finish(begun, answer(sso, begun))
        expected = "sso.no-claim" if "account" in lie else "sso.refused"
        assert refused.value.code == expected, lie


def test_an_honest_token_holds_also_for_an_audience_in_a_list(provider: IdentityProvider, sso: SingleSignOn) -> None:
    begun = sso.begin()
    assert sso.finish(begun, answer(sso, begun)).account == PERSON
    provider.twist = _other("aud", [CLIENT])
    begun = sso.begin()
    assert sso.finish(begun, answer(sso, begun)).account == PERSON
    assert provider.asked.count("description") == 1 and provider.asked.count("keys") == 1, "fetched once"


def test_a_signature_of_another_key_or_of_none_is_refused(provider: IdentityProvider, sso: SingleSignOn) -> None:
    forgeries = [
        (RSAKey.generate_key(2048, {"kid": "first"}), "RS256"),  # another key under the same name
        (None, "HS256"),  # the public key taken for a shared secret
        (None, "none"),
    ]
    for signer, algorithm in forgeries:
        provider.signer, provider.algorithm = signer, algorithm
        begun = sso.begin()
        with pytest.raises(NotPermitted, match=r"sso\.refused"):
            sso.finish(begun, answer(sso, begun))


def test_keys_that_were_changed_are_asked_for_anew(provider: IdentityProvider, sso: SingleSignOn) -> None:
    begun = sso.begin()
    assert sso.finish(begun, answer(sso, begun)).account == PERSON
    provider.change_keys()
    begun = sso.begin()
    assert sso.finish(begun, answer(sso, begun)).account == PERSON


def test_state_verifier_and_code_belong_to_one_sign_in(provider: IdentityProvider, sso: SingleSignOn) -> None:
    begun, other = sso.begin(), sso.begin()
    found = answer(sso, begun)
    with pytest.raises(NotPermitted, match=r"sso\.refused"):
        sso.finish(other, found)  # another sign-in's state
    with pytest.raises(NotPermitted, match=r"sso\.refused"):
        sso.finish(replace(begun, verifier=other.verifier), found)  # a stolen code without its verifier
    found = answer(sso, begun)
    assert sso.finish(begun, found).account == PERSON
    with pytest.raises(NotPermitted, match=r"sso\.refused"):
        sso.finish(begun, found)  # the code once more
    with pytest.raises(NotPermitted, match=r"sso\.refused"):
        sso.finish(begun, answer(sso, begun) | {"iss": "https://elsewhere.example"})
    with pytest.raises(NotPermitted, match=r"sso\.declined"):
        sso.finish(begun, {"state": begun.state, "error": "access_denied"})


def test_a_sign_in_left_lying_too_long_has_to_begin_anew(address: str, town: Town) -> None:
    browser = Browser(address)
    begun = browser.get("/sign-in/oidc")
    assert begun.headers["set-cookie"].count("HttpOnly") == 1
    back = httpx.get(begun.headers["location"]).headers["location"]
    town.later(minutes=11)
    late = browser.get("/sign-in/oidc/back?" + urlsplit(back).query)
    assert late.status_code == 403 and "等待过久" in late.text


def test_a_set_up_that_cannot_hold_is_refused_at_start(provider: IdentityProvider) -> None:
    whole = Provider(provider.issuer, CLIENT, SECRET, BACK)
    for wrong in (
        {"issuer": "http://idp.example"},
        {"redirect": "http://dingze.example/sign-in/oidc/back"},
        {"client_secret": " "},
        {"client_id": ""},
        {"scopes": "profile"},
    ):
        with pytest.raises(BadInput, match=r"sso\."):
            replace(whole, **wrong)
    assert SECRET not in repr(whole)
    elsewhere = SingleSignOn(replace(whole, issuer=provider.issuer + "/other"), lambda: START)
    with pytest.raises(Unavailable, match=r"sso\.no-answer"):
        elsewhere.begin()
    elsewhere.close()


def test_a_provider_that_names_itself_otherwise_is_not_believed(provider: IdentityProvider) -> None:
    alias = provider.issuer.replace("127.0.0.1", "localhost")
    sso = SingleSignOn(Provider(alias, CLIENT, SECRET, BACK), lambda: START)
    with pytest.raises(Unavailable, match=r"sso\.not-described"):
        sso.begin()
    sso.close()


def test_without_a_provider_there_is_no_button_and_no_way(town: Town) -> None:
    with served(town.app()) as address:
        browser = Browser(address)
        assert "/sign-in/oidc" not in browser.get("/sign-in").text
        assert browser.get("/sign-in/oidc").status_code == 404
        assert browser.get("/sign-in/oidc/back?code=x").status_code == 404
