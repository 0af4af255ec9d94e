"""Everyday words learned from outcomes or proposed by a person, for the 编办 to propose, accept or reject."""

from collections.abc import Iterable
from typing import Annotated, Any
from urllib.parse import urlencode

from fastapi import APIRouter, Query
from sqlalchemy import select
from starlette.responses import Response

from console.access import Page
from console.forms import Field, Filled, Form
from console.lookback import Lookback, Looking
from console.paging import paged
from console.registers.importing import today
from console.visit import Visit, Visiting
from ledger.envelope import BEFORE_EVERYTHING
from mandates.events import WORDING_ACCEPTED, WORDING_PROPOSED, WORDING_REJECTED
from mandates.learned_wordings import PARTING, LearnedWordings, WordingStanding, decide_wording
from mandates.wording_record import decide_learned, propose_by_hand
from projections.queue import QUEUE
from projections.store import as_of
from terms.errors import BadInput, NotFound
from terms.ids import Position

router = APIRouter()
ADDRESS = "/mandates/wordings"
ABOUT_WORDINGS = (WORDING_PROPOSED, WORDING_ACCEPTED, WORDING_REJECTED)
TONES = {
    WordingStanding.PROPOSED: "dz-wait", WordingStanding.ACCEPTED: "dz-done", WordingStanding.REJECTED: "dz-hold",
}  # fmt: skip
SEARCHED = 5_000  # of the newest outcomes, while somebody waits; the command goes over all
FIELDS = (
    Field("item", "颗粒点", "clause", required=True, of_sort="point", help="说法归到哪个颗粒点"),
    Field("wording", "说法", required=True, help="群众怎么说这件事，2 至 20 个字；不写地名、单位名和人名"),
)


@router.get("/mandates/wordings")
@router.get("/mandates/wordings.json")
def wordings(
    visit: Visiting,
    look: Looking,
    state: Annotated[str, Query(max_length=10)] = "",
    unit: Annotated[str, Query(max_length=20)] = "",
    q: Annotated[str, Query(max_length=80)] = "",
    page: Annotated[int, Query(ge=1, le=10_000)] = 1,
) -> Response:
    """Every learned wording as it stood, those that wait first and the most telling before the others."""
    visit.open(Page.DRAFTS)
    register = visit.console.parts.register.as_of(look.day)
    states, everything = _states(visit, look), []
    for standing in WordingStanding:
        for one in states.of(standing):
            point = register.duty_points.get(one.item)
            everything.append(
                {
                    "item": one.item, "matter": point.matter if point else "", "unit": point.unit if point else "",
                    "wording": one.wording, "state": standing, "score": one.score, "accepted": one.accepted,
                    "with_it": one.standing_orders, "by_hand": one.by_hand,
                    "orders": list(one.orders), "reason": one.reason,
                }
            )  # fmt: skip
    words = q.strip()
    rows = [
        row
        for row in everything
        if (not state or row["state"] == state)
        and (not unit or row["unit"] == unit)
        and (not words or any(words in str(row[name]) for name in ("wording", "matter", "item")))
    ]
    shown, listed = paged(rows, page)
    _only_theirs(visit, look, shown)
    filters = look.query() | {"state": state, "unit": unit, "q": words}
    data = {"filters": filters, "total": len(rows), "wordings": shown, "pages": listed["pages"]}
    if visit.request.url.path.endswith(".json"):
        return visit.page("wordings.html", Page.MANDATES, "学到的说法", **data)
    return visit.page(
        "wordings.html", Page.MANDATES, "学到的说法", look=look, states=list(WordingStanding), tones=TONES,
        owners=sorted({str(row["unit"]) for row in everything if row["unit"]}), today=today(visit).isoformat(),
        may_decide=not look.past and any(row["state"] is WordingStanding.PROPOSED for row in shown),
        listed=listed, fields=() if look.past else FIELDS, **data,
    )  # fmt: skip


@router.post("/mandates/wordings/search")
def search_orders(visit: Visiting) -> Response:
    """Go through the newest outcomes and propose what stands out in them; asking again adds nothing."""
    visit.open(Page.DRAFTS)
    done = visit.console.parts.wording_finder.find(newest=SEARCHED)
    told = f"查了最近 {done.outcomes} 件已签收、已认定的工单，新提出 {done.proposed} 个说法"
    return visit.done(f"{ADDRESS}?{urlencode({'state': str(WordingStanding.PROPOSED)})}", told)


@router.post("/mandates/wordings/propose")
def propose(visit: Visiting, form: Form) -> Response:
    """Put a word of one's own before the 编办; like a learned one it counts only once it is accepted.

    Raises BadInput, NotFound, Refused.
    """
    visit.open(Page.DRAFTS)
    item, wording = form.needed("item", "颗粒点"), form.needed("wording", "说法")
    parts = visit.console.parts
    done = propose_by_hand(
        parts.ledger, parts.register.register(), item, wording, day=today(visit), at=visit.now, actor=str(visit.actor)
    )
    word = done.payload["wording"]
    return visit.done(f"{ADDRESS}?{urlencode({'q': word})}", f"已提出说法“{word}”，待采纳", done.position)


@router.post("/mandates/wordings/{answer}")
def decide(visit: Visiting, answer: str, form: Form) -> Response:
    """Accept the ticked wordings from a day on, or reject them with a reason; nothing is written unless all may be.

    Raises BadInput when nothing is ticked or the day is past, NotFound, Refused; Conflict when another was quicker.
    """
    visit.open(Page.DRAFTS)
    if answer not in ("accept", "reject"):
        raise NotFound("console.no-page")
    accept, asked, reason = answer == "accept", _ticked(form), form.text("reason")
    day = form.day("valid_from", "生效日期") if accept and form.text("valid_from") else today(visit)
    if day < today(visit):
        raise BadInput("mandates.wording-past", at="valid_from")
    parts = visit.console.parts
    states = parts.register.register().wordings
    for item, wording in asked:
        decide_wording(states, item, wording, accept=accept, reason=reason, day=day)
    done = [
        decide_learned(
            parts.ledger, parts.register.register(), item, wording, accept=accept, reason=reason, day=day,
            at=visit.now, actor=str(visit.actor),
        )
        for item, wording in asked
    ]  # fmt: skip
    told = f"已采纳 {len(done)} 个说法，自 {day} 起生效" if accept else f"已否定 {len(done)} 个说法"
    kept = {name: form.text(name) for name in ("state", "unit", "q") if form.text(name)}
    return visit.done(ADDRESS + (f"?{urlencode(kept)}" if kept else ""), told, done[-1].position)


def _ticked(form: Filled) -> tuple[tuple[str, str], ...]:
    """Duty point and wording of every ticked row, each once. Raises BadInput for none."""
    rows = dict.fromkeys(one for one in form.values.get("word", ()) if PARTING in one)
    if not rows:
        raise BadInput("mandates.no-wording-ticked", at="word")
    return tuple((item, wording) for item, _, wording in (one.partition(PARTING) for one in rows))


def _states(visit: Visit, look: Lookback) -> LearnedWordings:
    """The wordings as they are, or as the record had them at a position."""
    if look.position is None:
        return visit.console.parts.register.register().wordings
    ledger, then = visit.console.parts.ledger, LearnedWordings()
    for row in ledger.read_raw_of(ABOUT_WORDINGS, BEFORE_EVERYTHING, Position(look.position)):
        event = ledger.decode(row)
        then.apply(event.type, event.payload)
    return then


def _only_theirs(visit: Visit, look: Lookback, rows: Iterable[dict[str, Any]]) -> None:
    """Leave of each row's evidence the orders that are there and that this person may see."""
    rows = list(rows)
    asked = {number for row in rows for number in row["orders"]}
    views = visit.console.parts.views
    seen: set[str] = set()
    with views.reading() as connection:
        build = views.current(connection, QUEUE.name)
        if build is not None and asked:
            table = views.tables(QUEUE, build)["orders"]
            terms = [as_of(table, look.position), table.c.order_no.in_(sorted(asked))]
            if visit.units is not None:
                terms.append(table.c.lead.in_(sorted(visit.units)))
            seen = set(connection.execute(select(table.c.order_no).where(*terms)).scalars())
    for row in rows:
        row["orders"] = [number for number in row["orders"] if number in seen]
