"""Every list as .xlsx: the address of a page with `.xlsx` instead of `.json`, the same rows, all of its pages.

Stands inside the application: it asks for the `.json` of the same address, with the same person's right to see it, and
writes what came into a workbook. Every text is written as a text: a cell that begins with = is never a formula.
"""

import json
from collections.abc import Callable, Mapping
from typing import Any
from urllib.parse import parse_qsl, quote, urlencode

from starlette.requests import Request
from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from console.spreadsheet_table import table
from terms.errors import TooLarge

TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
OWN = frozenset({"/disputes/digest.xlsx"})  # tables that are made otherwise
PAGES_AT_MOST = 200
LOOKED_BACK = 500  # rows: a list that grows between two pages says the last ones of the first again


class Spreadsheets:
    """Answers `GET …/name.xlsx` from what `GET …/name.json` says."""

    def __init__(
        self,
        app: ASGIApp,
        refuse: Callable[[Request, TooLarge], Response],
        names: Callable[[], Mapping[str, str]] | None = None,
        reasons: Mapping[str, str] | None = None,
    ) -> None:
        self._app = app
        self._refuse = refuse
        self._names = names  # () → unit code → name
        self._reasons = reasons or {}  # the city's codes of return reasons → their words

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """ASGI."""
        path: str = scope.get("path", "")
        if scope["type"] != "http" or scope["method"] != "GET" or not path.endswith(".xlsx") or path in OWN:
            await self._app(scope, receive, send)
            return
        answered = await self._asked(scope, receive, 1)
        if answered.status_code != 200 or not answered.headers.get("content-type", "").startswith("application/json"):
            await answered(scope, receive, send)
            return
        told = json.loads(bytes(answered.body))
        if not isinstance(told, dict):
            told = {"rows": told}
        pages = _pages(told)
        if pages > PAGES_AT_MOST:  # never a table that looks whole and is not
            too_long = TooLarge("console.list-too-long", pages=pages, most=PAGES_AT_MOST)
            await self._refuse(Request(scope), too_long)(scope, receive, send)
            return
        for page in range(2, pages + 1):
            more = await self._asked(scope, receive, page)
            if more.status_code != 200 or not _joined(told, json.loads(bytes(more.body))):
                break  # a list that has no pages says the same again
        name = quote(path.rpartition("/")[2])
        file = Response(
            table(told, self._names() if self._names else {}, self._reasons),
            media_type=TYPE,
            headers={"Content-Disposition": f"attachment; filename*=UTF-8''{name}"},
        )
        await file(scope, receive, send)

    async def _asked(self, scope: Scope, receive: Receive, page: int) -> Response:
        """The `.json` of the same address; further pages by `page`."""
        path = scope["path"].removesuffix(".xlsx") + ".json"
        query = parse_qsl(scope["query_string"].decode("latin-1"), keep_blank_values=True)
        if page > 1:
            query = [one for one in query if one[0] != "page"] + [("page", str(page))]
        asked = dict(scope) | {
            "path": path, "raw_path": quote(path).encode(), "query_string": urlencode(query).encode("latin-1"),
        }  # fmt: skip
        asked.pop("path_params", None)
        status = 500
        headers: list[tuple[bytes, bytes]] = []
        parts: list[bytes] = []

        async def kept(message: Message) -> None:
            nonlocal status, headers
            if message["type"] == "http.response.start":
                status, headers = message["status"], message["headers"]
            else:
                parts.append(message.get("body", b""))

        await self._app(asked, receive, kept)
        found = Response(b"".join(parts), status)
        found.raw_headers = [(name, value) for name, value in headers if name.lower() != b"transfer-encoding"]
        return found


def _pages(told: Mapping[str, Any]) -> int:
    """How many pages a list has: as it says, else by its total and the rows of the first page's longest list."""
    found = 1
    for one in (told, *(inner for inner in told.values() if isinstance(inner, dict))):
        if isinstance(one.get("pages"), int):
            found = max(found, one["pages"])
        elif isinstance(total := one.get("total"), int):
            longest = max((len(rows) for rows in one.values() if _rows(rows)), default=total)
            found = max(found, -(-total // longest) if longest else 1)
    return found


def _rows(value: Any) -> bool:
    return isinstance(value, list) and bool(value) and all(isinstance(row, dict) for row in value)


def _joined(told: dict[str, Any], more: Any) -> bool:
    """The rows of a further page behind those of the ones before; whether there were any."""
    grown = False
    for key, value in more.items() if isinstance(more, dict) else ():
        before = told.get(key)
        if isinstance(before, list) and _rows(value):
            lately = before[-max(LOOKED_BACK, len(value)) :]
            new = [one for one in value if one not in lately]
            before.extend(new)
            grown = grown or bool(new)
        elif isinstance(before, dict) and isinstance(value, dict):
            grown = _joined(before, value) or grown
    return grown
