"""What every answer carries and every request must pass: headers, the limit of a body, and where a post comes from."""

import hmac
from collections.abc import Callable
from urllib.parse import urlsplit

from fastapi import Request
from starlette.datastructures import MutableHeaders
from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from console.visit import Visiting
from terms.errors import BadInput, NotPermitted, TooLarge

POLICY = "; ".join(
    (
        "default-src 'none'",
        "script-src 'self'",
        "style-src 'self'",
        "img-src 'self' data:",  # Tabler's check marks and arrows are data addresses inside its style sheet
        "font-src 'self'",
        "connect-src 'self'",
        "form-action 'self'",
        "base-uri 'none'",
        "frame-ancestors 'none'",
    )
)
HEADERS = {
    "Content-Security-Policy": POLICY,
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=(), payment=()",
}
SAFE = frozenset({"GET", "HEAD", "OPTIONS"})
MEGABYTE = 1024 * 1024


class Headers:
    """Puts the security headers on every answer; a page is never kept by a browser or a proxy."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """ASGI."""

        async def with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                for name, value in HEADERS.items():
                    headers.setdefault(name, value)
                headers.setdefault("Cache-Control", "no-store")
            await send(message)

        await self._app(scope, receive, with_headers if scope["type"] == "http" else send)


class BodyLimit:
    """Refuses a body over the limit, whether its length is told or only found while it arrives (413)."""

    def __init__(self, app: ASGIApp, limit: int, refuse: Callable[[Request, TooLarge], Response]) -> None:
        self._app = app
        self._limit = limit
        self._refuse = refuse

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """ASGI."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        request = Request(scope)
        told = request.headers.get("content-length", "0")
        too_large = TooLarge("input.too-large", limit=f"{self._limit // MEGABYTE} MB")
        if told.isdigit() and int(told) > self._limit:
            await self._refuse(request, too_large)(scope, receive, send)
            return
        seen = 0

        async def counted() -> Message:
            nonlocal seen
            message = await receive()
            seen += len(message.get("body", b""))
            if seen > self._limit:
                raise too_large
            return message

        await self._app(scope, counted, send)


class PlainAddress:
    """Refuses an address that holds a NUL: no name has one, and a database answers it in words of its own."""

    def __init__(self, app: ASGIApp, refuse: Callable[[Request, BadInput], Response]) -> None:
        self._app = app
        self._refuse = refuse

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """ASGI."""
        if scope["type"] == "http" and ("\0" in scope["path"] or b"%00" in scope["query_string"]):
            refused = BadInput("ledger.not-text", at="path" if "\0" in scope["path"] else "query")
            await self._refuse(Request(scope), refused)(scope, receive, send)
            return
        await self._app(scope, receive, send)


async def require_genuine(request: Request, visit: Visiting) -> None:
    """A post by a signed-in browser must come from our own page: same origin and the session's token. Raises 403.

    A bearer token is not sent by a browser on its own, so it needs neither.
    """
    if request.method in SAFE or visit.session.scopes is not None:
        return
    require_own_origin(request)
    given = request.headers.get("X-CSRF-Token", "")
    kind = request.headers.get("content-type", "")
    if not given and kind.startswith(("application/x-www-form-urlencoded", "multipart/form-data")):
        given = str((await request.form()).get("csrf", ""))
    if not hmac.compare_digest(given.encode(), visit.session.csrf.encode()):
        raise NotPermitted("console.forged")


def require_own_origin(request: Request) -> None:
    """Raise NotPermitted when the browser says that another site made this request."""
    if request.headers.get("Sec-Fetch-Site", "same-origin") not in ("same-origin", "none"):
        raise NotPermitted("console.forged")
    origin = request.headers.get("Origin")
    if origin and urlsplit(origin).netloc != request.headers.get("host"):
        raise NotPermitted("console.forged")
