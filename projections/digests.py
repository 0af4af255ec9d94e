"""The periodic digests (退单争议定期梳理): every item with opinion, disposition, owner and date, until it is closed."""

from sqlalchemy import Boolean, Integer, String, Text

from ledger.envelope import Event
from projections.days import day_of
from projections.view import Masked, Row, Rows, StateTable, View

DIGESTS_TABLE = StateTable(
    name="digests",
    key=("digest_no",),
    columns=(
        ("digest_no", String(80)),
        ("period_from", String(10)),
        ("period_to", String(10)),
        ("previous", String(80)),
        ("number", String(80)),  # 文号, once published
        ("opened_on", String(10)),
        ("published_on", String(10)),
        ("position", Integer()),  # of the event that opened it: the newest digest has the greatest
    ),
    of="digest",
)
ITEMS = StateTable(
    name="items",
    key=("digest_no", "item"),
    columns=(
        ("digest_no", String(80)),
        ("item", String(120)),
        ("at", Integer()),  # its place in the digest, from 1
        ("matter", String(200)),
        ("units", Text()),  # codes joined by |
        ("returns", Integer()),
        ("cases", Text()),
        ("open_since", String(80)),  # the first digest that had it; empty = this one
        ("opinion", Text()),
        ("disposition", String(40)),
        ("owner", String(20)),
        ("due", String(10)),
        ("result", Text()),
        ("closed", Boolean()),
        ("closed_on", String(10)),
    ),
    indexes=(("closed", "due"), ("owner", "closed")),
    of="digest",
)
_JUDGED: Row = {
    "opinion": "",
    "disposition": "",
    "owner": "",
    "due": "",
    "result": "",
    "closed": False,
    "closed_on": "",
}


def _opened(rows: Rows, event: Event, _: Masked) -> None:
    told = event.payload
    rows.put(
        "digests",
        (told["digest_no"],),
        {"period_from": told["period_from"], "period_to": told["period_to"], "previous": told["previous"],
         "number": "", "opened_on": day_of(event.occurred_at), "published_on": "", "position": event.position},
    )  # fmt: skip
    for at, item in enumerate(told["items"], 1):
        kept = {name: item[name] for name in ("matter", "returns", "open_since")}
        joined = {"units": "|".join(item["units"]), "cases": "|".join(item["cases"])}
        rows.put("items", (told["digest_no"], item["item"]), _JUDGED | kept | joined | {"at": at})


def _changed(rows: Rows, event: Event, changes: Row) -> None:
    key = (event.payload["digest_no"], event.payload["item"])
    if row := rows.get("items", key):
        rows.put("items", key, row | changes)


def _judged(rows: Rows, event: Event, _: Masked) -> None:
    told = event.payload
    _changed(rows, event, {name: told[name] for name in ("opinion", "disposition", "owner", "due")})


def _closed(rows: Rows, event: Event, _: Masked) -> None:
    day = day_of(event.occurred_at)
    _changed(rows, event, {"result": event.payload["result"], "closed": True, "closed_on": day})


def _published(rows: Rows, event: Event, _: Masked) -> None:
    key = (event.payload["digest_no"],)
    if row := rows.get("digests", key):
        rows.put("digests", key, row | {"number": event.payload["number"], "published_on": day_of(event.occurred_at)})


DIGESTS = View(
    name="digests",
    version=1,
    tables=(DIGESTS_TABLE, ITEMS),
    handlers={
        "DigestOpened": _opened,
        "DigestItemJudged": _judged,
        "DigestItemClosed": _closed,
        "DigestPublished": _published,
    },
)
