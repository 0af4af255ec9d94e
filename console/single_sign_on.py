"""Signing in by another system (OpenID Connect): authorization code, PKCE, state, nonce; the answer is checked whole.

OpenID Connect Core 1.0, sections 3.1.2 and 3.1.3.7. The provider is found by discovery; the ID token must be signed by
one of its keys with an asymmetric algorithm, name it as issuer and us as audience, hold now, and carry our nonce. What
it says is taken for one claim only: the id of an account that is there already. Signing out ends the provider's session
as well, where its description names the way (OpenID Connect RP-Initiated Logout 1.0).
"""

import hmac
import secrets
import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from urllib.parse import urlsplit

import httpx
import structlog
from authlib.common.urls import add_params_to_uri
from authlib.oauth2.rfc6749.parameters import prepare_grant_uri
from authlib.oauth2.rfc7636 import create_s256_code_challenge
from authlib.oidc.core import CodeIDToken
from authlib.oidc.discovery import OpenIDProviderMetadata, get_well_known_url
from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import KeySet

from terms.errors import BadInput, NotPermitted, Unavailable

log = structlog.get_logger()
ALGORITHMS = ("RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512", "EdDSA")
CLOCKS_APART = 60  # seconds two machines' clocks may differ
SECONDS_TO_COME_BACK = 600
TIMEOUT = 5.0
LOOPBACK = frozenset({"127.0.0.1", "localhost", "::1"})
DISCOVERED = ("issuer", "authorization_endpoint", "token_endpoint", "jwks_uri")


@dataclass(frozen=True, slots=True)
class Provider:
    """What a city sets: who signs its people in, as whom we are known there, and which claim names the account.

    `redirect` is the whole address of our `/sign-in/oidc/back`, as it was registered with the provider.
    """

    issuer: str
    client_id: str
    client_secret: str = field(repr=False)
    redirect: str
    claim: str = "preferred_username"
    scopes: str = "openid profile"
    label: str = "统一认证登录"

    def __post_init__(self) -> None:
        """Raise BadInput for a set-up that cannot hold: something missing, or http to another machine."""
        for name in ("issuer", "client_id", "client_secret", "redirect", "claim"):
            if not getattr(self, name).strip():
                raise BadInput("sso.incomplete", at=f"DINGZE_OIDC_{name.upper()}", name=name)
        for name in ("issuer", "redirect"):
            require_safe(getattr(self, name))
        if "openid" not in self.scopes.split():
            raise BadInput("sso.incomplete", at="DINGZE_OIDC_SCOPES", name="scopes")


@dataclass(frozen=True, slots=True)
class Begun:
    """A sign-in on its way: where the browser goes, and what has to come back with it."""

    address: str
    state: str
    nonce: str
    verifier: str


@dataclass(frozen=True, slots=True)
class Vouched:
    """Whom the provider vouches for, and the ID token that says so."""

    account: str
    token: str = field(repr=False)


def require_safe(address: str) -> None:
    """Raise BadInput unless an address is https, or http on this very machine."""
    found = urlsplit(address)
    if found.scheme != "https" and not (found.scheme == "http" and found.hostname in LOOPBACK):
        raise BadInput("sso.not-https", at="DINGZE_OIDC", address=address)


class SingleSignOn:
    """One provider. Safe to share between threads; its description and keys are fetched once and kept."""

    def __init__(self, provider: Provider, clock: Callable[[], datetime]) -> None:
        self.provider = provider
        self._clock = clock
        self._http = httpx.Client(timeout=TIMEOUT, follow_redirects=False)
        self._described: Mapping[str, Any] | None = None
        self._keys: KeySet | None = None
        self._lock = threading.Lock()

    def close(self) -> None:
        """Give the connections back."""
        self._http.close()

    def begin(self) -> Begun:
        """Where to send the browser. Raises Unavailable when the provider does not answer."""
        state, nonce, verifier = (secrets.token_urlsafe(32) for _ in range(3))
        address = prepare_grant_uri(
            self._description()["authorization_endpoint"],
            self.provider.client_id,
            "code",
            redirect_uri=self.provider.redirect,
            scope=self.provider.scopes,
            state=state,
            nonce=nonce,
            code_challenge=create_s256_code_challenge(verifier),
            code_challenge_method="S256",
        )
        return Begun(str(address), state, nonce, verifier)

    def leave(self, token: str) -> str:
        """Where the browser ends the provider's session, given the ID token of the sign-in; "" where there is no way.

        The provider is told where to send the browser then: to our sign-in page. Raises Unavailable.
        """
        end = self._description().get("end_session_endpoint", "")
        if not isinstance(end, str) or not end:
            return ""
        require_safe(end)
        home = urlsplit(self.provider.redirect)
        told = [
            ("id_token_hint", token),
            ("client_id", self.provider.client_id),
            ("post_logout_redirect_uri", f"{home.scheme}://{home.netloc}/sign-in"),
        ]
        return str(add_params_to_uri(end, told))

    def finish(self, begun: Begun, answer: Mapping[str, str]) -> Vouched:
        """Whom the provider vouches for. Raises NotPermitted for an answer that does not hold."""
        if not hmac.compare_digest(answer.get("state", "").encode(), begun.state.encode()):
            raise NotPermitted("sso.refused", reason="state")
        if answer.get("iss", self.provider.issuer) != self.provider.issuer:  # RFC 9207: another provider's answer
            raise NotPermitted("sso.refused", reason="iss")
        if "error" in answer or not answer.get("code"):
            raise NotPermitted("sso.declined")
        told = self._redeem(answer["code"], begun.verifier)
        token = str(told.get("id_token", ""))
        claims = self._checked(token, begun.nonce, told.get("access_token"))
        named = claims.get(self.provider.claim)
        if not isinstance(named, str) or not named:
            raise NotPermitted("sso.no-claim", claim=self.provider.claim)
        return Vouched(named, token)

    def _redeem(self, code: str, verifier: str) -> Mapping[str, Any]:
        given = {
            "grant_type": "authorization_code",
            "code": code,
            "redirect_uri": self.provider.redirect,
            "code_verifier": verifier,
        }
        described = self._description()
        ways = described.get("token_endpoint_auth_methods_supported") or ["client_secret_basic"]
        who = (self.provider.client_id, self.provider.client_secret)
        if "client_secret_basic" in ways:
            answered = self._asked("POST", described["token_endpoint"], data=given, auth=httpx.BasicAuth(*who))
        else:
            given |= {"client_id": who[0], "client_secret": who[1]}
            answered = self._asked("POST", described["token_endpoint"], data=given)
        if answered.status_code != 200:
            raise NotPermitted("sso.refused", reason="code")
        return _object(answered)

    def _checked(self, token: str, nonce: str, access_token: Any) -> Mapping[str, Any]:
        """The claims of an ID token that holds: signature, issuer, audience, times, nonce, access token."""
        try:
            read = self._read(token)
            claims = CodeIDToken(
                read.claims,
                read.header,
                {
                    "iss": {"essential": True, "value": self.provider.issuer},
                    "aud": {"essential": True, "value": self.provider.client_id},
                },
                {"nonce": nonce, "client_id": self.provider.client_id, "access_token": access_token},
            )
            claims.validate(now=int(self._clock().timestamp()), leeway=CLOCKS_APART)
        except (JoseError, ValueError, TypeError, KeyError) as error:
            log.warning("sign-in refused", why=type(error).__name__)
            raise NotPermitted("sso.refused", reason="id_token") from error
        return dict(claims)

    def _read(self, token: str) -> jwt.Token:
        """The token with its signature checked; a key nobody knows yet is asked for once, keys are changed at times."""
        try:
            return jwt.decode(token, self._key_set(), algorithms=list(ALGORITHMS))
        except (JoseError, ValueError):
            return jwt.decode(token, self._key_set(anew=True), algorithms=list(ALGORITHMS))

    def _description(self) -> Mapping[str, Any]:
        with self._lock:
            if self._described is None:
                issuer = self.provider.issuer
                told = _object(self._asked("GET", get_well_known_url(issuer, external=True)))
                described = OpenIDProviderMetadata(told)
                if told.get("issuer") != issuer or any(not described.get(name) for name in DISCOVERED):
                    raise Unavailable("sso.not-described", issuer=issuer)
                for name in DISCOVERED[1:]:
                    require_safe(told[name])
                self._described = told
            return self._described

    def _key_set(self, *, anew: bool = False) -> KeySet:
        address = self._description()["jwks_uri"]
        with self._lock:
            if self._keys is None or anew:
                self._keys = KeySet.import_key_set(dict(_object(self._asked("GET", address))))  # type: ignore[arg-type]
            return self._keys

    def _asked(self, method: str, address: str, **what: Any) -> httpx.Response:
        try:
            return self._http.request(method, address, headers={"Accept": "application/json"}, **what)
        except httpx.HTTPError as error:
            log.warning("sign-in provider does not answer", why=type(error).__name__)
            raise Unavailable("sso.no-answer") from error


def _object(answered: httpx.Response) -> Mapping[str, Any]:
    try:
        told = answered.json() if answered.status_code == 200 else None
    except ValueError:
        told = None
    if not isinstance(told, dict):
        raise Unavailable("sso.no-answer")
    return told
