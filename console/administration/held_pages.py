"""One thing in quarantine: why it could not go in, its content for whoever mends it, and another try.

Its content may name a person: it is opened for a purpose, and the opening is recorded before anything is shown.
"""

from typing import Any

import orjson
from fastapi import APIRouter
from starlette.responses import Response

from console.access import Page
from console.forms import Form
from console.visit import Visit, Visiting
from ingest.arrival import Told
from ingest.quarantine import Held, open_held
from ingest.replay import Replay
from mandates.sheets import Row, decoded, rows_of
from terms.errors import BadInput, NotFound
from terms.ids import StreamId

router = APIRouter()
AT_ONCE = 200  # tried again in one request; the rest by `dingze quarantine replay`
SHOWN = 20_000  # characters of content
KINDS = {"work-order": "工单", "return": "退单", "history": "历史"}


@router.get("/operations/held/{stream}")
@router.get("/operations/held/{stream}.json")
def held_page(visit: Visiting, stream: str) -> Response:
    """Where it stood and why it did not go in; its content stays sealed."""
    visit.open(Page.OPERATIONS)
    return _page(visit, _known(visit, stream))


@router.post("/operations/held/open/{stream}")
def open_content(visit: Visiting, stream: str, form: Form) -> Response:
    """Show its content, to be corrected; who opened it and what for is recorded first."""
    _may_mend(visit)
    one = _known(visit, stream)
    purpose = form.needed("purpose", "查看用途")
    parts = visit.console.parts
    row = open_held(parts.ledger, parts.vault, one.stream, now=visit.now, actor=visit.actor, purpose=purpose)
    return _page(visit, one, content=_written(row), raw=decoded(row.raw).encode("utf-8", "replace").decode()[:SHOWN])


@router.post("/operations/held/replay/{stream}")
def replay(visit: Visiting, stream: str, form: Form) -> Response:
    """Try it again, as it was or with its fields corrected."""
    _may_mend(visit)
    one = _known(visit, stream)
    told = _again(visit, one, _corrected(form.text("content")))
    return visit.done("/operations#h-held", f"已重放：工单 {told.order_no}")


@router.post("/operations/held/replay")
def replay_all(visit: Visiting) -> Response:
    """Try everything again that waits, the oldest first; what still cannot go in stays."""
    _may_mend(visit)
    waiting = [one for one in reversed(visit.console.quarantine.held()) if not one.replayed][:AT_ONCE]
    went_in = 0
    for one in waiting:
        try:
            _again(visit, one)
            went_in += 1
        except (BadInput, NotFound):
            continue
    return visit.done("/operations#h-held", f"已重放 {went_in} 条，仍有 {len(waiting) - went_in} 条未能接入")


def _may_mend(visit: Visit) -> None:
    """An administrator: whoever may take orders in, and sees how the system stands. Raises NotPermitted."""
    visit.open(Page.OPERATIONS)
    visit.open(Page.INGEST)


def _known(visit: Visit, stream: str) -> Held:
    for one in visit.console.quarantine.held():
        if one.stream == stream:
            return one
    raise NotFound("ingest.not-held", at=stream[:80])


def _page(visit: Visit, one: Held, content: str | None = None, raw: str = "") -> Response:
    data: dict[str, Any] = {"one": {name: getattr(one, name) for name in one.__slots__}}
    if visit.request.url.path.endswith(".json"):
        return visit.page("held.html", Page.OPERATIONS, "", **data)
    return visit.page(
        "held.html", Page.OPERATIONS, "隔离区记录", kinds=KINDS, content=content, raw=raw,
        may_mend=not one.replayed and visit.may(Page.INGEST), **data,
    )  # fmt: skip


def _written(row: Row) -> str:
    """Its fields as a person corrects them; empty where none could be read."""
    try:
        return orjson.dumps(row.cells, option=orjson.OPT_INDENT_2, default=str).decode() if row.cells else "{}"
    except TypeError:
        return "{}"


def _corrected(content: str) -> dict[str, Any] | None:
    """The fields that were filled in; None for none. Raises BadInput."""
    if not content:
        return None
    rows = list(rows_of(content.encode("utf-8", "surrogatepass"), ".json", "更正内容"))
    if len(rows) != 1 or rows[0].fault:
        raise BadInput("ingest.still-bad", at="content", reason="更正内容应是一个 JSON 对象")
    return rows[0].cells


def _again(visit: Visit, one: Held, cells: dict[str, Any] | None = None) -> Told:
    replayer = Replay(visit.console.parts.gateway)
    return replayer.again(StreamId(one.stream), now=visit.now, actor=str(visit.actor), cells=cells)
