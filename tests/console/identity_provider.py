"""A small OpenID Connect provider for tests: real keys, real signatures, one-time codes, PKCE asked for and checked."""

import base64
import hashlib
import hmac
import secrets
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

import orjson
from fastapi import FastAPI, Request
from fastapi.responses import JSONResponse, RedirectResponse
from joserfc import jwt
from joserfc.jwk import KeySet, RSAKey

CLIENT, SECRET = "dingze", "a-secret-of-the-test"
BACK = "http://127.0.0.1/sign-in/oidc/back"
HOME = "http://127.0.0.1/sign-in"


def _key(name: str) -> RSAKey:
    return RSAKey.generate_key(2048, {"kid": name, "use": "sig", "alg": "RS256"})


@dataclass
class IdentityProvider:
    """Who is at its door is `person`; `twist` bends the claims of the next tokens, `signer` signs instead of `key`."""

    clock: Callable[[], datetime]
    issuer: str = ""
    person: str = "somebody"
    key: Any = field(default_factory=lambda: _key("first"))
    signer: Any = None
    algorithm: str = "RS256"
    twist: Callable[[dict[str, Any]], None] = lambda claims: None
    codes: dict[str, dict[str, str]] = field(default_factory=dict)
    asked: list[str] = field(default_factory=list)
    sessions: set[str] = field(default_factory=set)  # who is signed in here
    ends: bool = True  # whether it says how a session is ended

    def change_keys(self) -> None:
        """From now on another key signs, and it alone is published."""
        self.key = _key("second")

    def app(self) -> FastAPI:
        """Its five addresses."""
        app = FastAPI()

        @app.get("/.well-known/openid-configuration")
        def described() -> dict[str, Any]:
            self.asked.append("description")
            return {
                "issuer": self.issuer, "authorization_endpoint": f"{self.issuer}/authorize",
                "token_endpoint": f"{self.issuer}/token", "jwks_uri": f"{self.issuer}/keys",
                "response_types_supported": ["code"], "subject_types_supported": ["public"],
                "id_token_signing_alg_values_supported": ["RS256"],
            } | ({"end_session_endpoint": f"{self.issuer}/end"} if self.ends else {})  # fmt: skip

        @app.get("/keys")
        def keys() -> Any:
            self.asked.append("keys")
            return KeySet([self.key]).as_dict(private=False)

        @app.get("/authorize")
        def authorize(request: Request) -> RedirectResponse:
            given = dict(request.query_params)
            assert given["response_type"] == "code" and given["client_id"] == CLIENT and given["redirect_uri"] == BACK
            assert given["code_challenge_method"] == "S256" and "openid" in given["scope"].split()
            code = secrets.token_urlsafe(16)
            self.codes[code] = given | {"person": self.person}
            self.sessions.add(self.person)
            return RedirectResponse(f"{BACK}?code={code}&state={given['state']}", 302)

        @app.get("/end")
        def end(request: Request) -> RedirectResponse:
            given = dict(request.query_params)
            claims = jwt.decode(given["id_token_hint"], self.key, algorithms=[self.algorithm]).claims
            assert given["client_id"] == CLIENT and claims["aud"] == CLIENT, "a hint of another's sign-in ends nothing"
            assert given["post_logout_redirect_uri"] == HOME
            self.sessions.discard(claims["preferred_username"])
            return RedirectResponse(given["post_logout_redirect_uri"], 302)

        @app.post("/token")
        async def token(request: Request) -> JSONResponse:
            form = await request.form()
            given = self.codes.pop(str(form["code"]), None)  # a code is good for once
            basic = base64.b64encode(f"{CLIENT}:{SECRET}".encode()).decode()
            proof = base64.urlsafe_b64encode(hashlib.sha256(str(form["code_verifier"]).encode()).digest()).rstrip(b"=")
            if (
                given is None
                or request.headers.get("authorization") != f"Basic {basic}"
                or form["redirect_uri"] != BACK
                or proof.decode() != given["code_challenge"]
            ):
                return JSONResponse({"error": "invalid_grant"}, 400)
            return JSONResponse({"access_token": "at", "token_type": "Bearer", "id_token": self._id_token(given)})

        return app

    def _id_token(self, given: dict[str, str]) -> str:
        now = int(self.clock().timestamp())
        claims: dict[str, Any] = {
            "iss": self.issuer, "aud": CLIENT, "sub": f"sub-{given['person']}", "iat": now, "exp": now + 300,
            "nonce": given["nonce"], "preferred_username": given["person"],
        }  # fmt: skip
        self.twist(claims)
        signer = self.signer or self.key
        header = {"alg": self.algorithm} | ({"kid": self.key.kid} if self.algorithm != "none" else {})
        if self.algorithm in ("none", "HS256"):  # as a forger would write it: no library lends a hand to that
            parts = [base64.urlsafe_b64encode(orjson.dumps(part)).rstrip(b"=") for part in (header, claims)]
            secret = self.key.as_pem(private=False)
            seal = hmac.digest(secret, b".".join(parts), "sha256") if self.algorithm == "HS256" else b""
            return b".".join([*parts, base64.urlsafe_b64encode(seal).rstrip(b"=")]).decode()
        return jwt.encode(header, claims, signer, algorithms=[self.algorithm])
