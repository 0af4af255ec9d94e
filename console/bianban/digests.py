"""退单争议定期梳理: the disputed items of a period with both sides' clauses, opinion, disposition, owner and date."""

from dataclasses import asdict
from datetime import date, timedelta
from typing import Annotated, Any

from fastapi import APIRouter, Query
from starlette.responses import Response

from casework import permissions
from casework.desk import DIGESTS as LANE
from casework.finding import commands as f
from casework.finding.digest import decide
from console.access import Page, may_read
from console.bianban.acting import Matter, carry_out, occasion_of, offers
from console.bianban.boundary_reading import read_choices
from console.bianban.digest_actions import ACTIONS
from console.forms import Field, Form
from console.interface.commands import giver_of
from console.interface.doors import DIGEST_DOOR, give_command
from console.lookback import Day, Lookback, Looking, date_of
from console.papers.here import papers_here
from console.registers.clause_card import clause_card
from console.visit import Visit, Visiting
from projections.digests import DIGESTS
from projections.disputes import DISPUTES
from projections.readings.digest import PeriodDigest, items_to_open, period_digest
from projections.readings.looking import Look, Period, looking
from terms.errors import BadInput, NotFound, Unavailable
from terms.ids import ClauseId, Position
from terms.messages import sentence

router = APIRouter()
STATES = tuple(sentence(f"digest.{one}") for one in ("waiting", "judged", "closed"))
SPAN = timedelta(days=29)  # a period nobody named: the last thirty days


@router.post("/digests/open")
def open_digest(visit: Visiting, form: Form) -> Response:
    """A digest of a period: what is disputed in it, and what the one before left open."""
    visit.open(Page.DIGESTS)
    period = Period(form.day("begin", "起始日期"), form.day("end", "截止日期"))
    if period.begin > period.end:
        raise BadInput("console.period-backwards", at="end", since=period.begin, until=period.end)
    number = form.needed("number", "编号")
    with looking(visit.console.parts.views) as now:
        items = items_to_open(now, period)
        kept = now.rows(now.table(DIGESTS, "digests"), order=("position",))
    previous = kept[-1]["digest_no"] if kept else ""
    command = f.OpenDigest(period.begin, period.end, items, previous)
    done = give_command(DIGEST_DOOR, number, command, giver_of(visit))
    return visit.done(f"/digests?number={number}", f"{number} 已建立", Position(done.position))


@router.post("/digests/act/{slug}/{number:path}")
def act(visit: Visiting, slug: str, number: str, form: Form) -> Response:
    """Carry out one action on a digest."""
    visit.open(Page.DIGESTS)
    return carry_out(visit, DIGEST_DOOR, ACTIONS, slug, number, form, f"/digests?number={number}")


@router.get("/digests")
@router.get("/digests.json")
def digests(
    visit: Visiting,
    look: Looking,
    number: Annotated[str, Query(max_length=80)] = "",
    state: Annotated[str, Query(max_length=20)] = "",
    unit: Annotated[str, Query(max_length=20)] = "",
    due: Day = "",
    q: Annotated[str, Query(max_length=80)] = "",
) -> Response:
    """The digest asked for, or the newest of the period; else what is disputed in it and not in a digest yet."""
    visit.open(Page.DIGESTS, "findings:read")
    current = visit.caught_up("digests")
    kept: list[dict[str, Any]] = []
    found: PeriodDigest | None = None
    try:
        with looking(visit.console.parts.views, look.position) as then:
            kept = then.rows(then.table(DIGESTS, "digests"), order=("position",))[::-1]
            period, number = _asked(look, kept, number)
            found = period_digest(then, period, number)
            owners = _times(then)
            disputed = read_choices(then.connection, then.table(DISPUTES, "chains"), look.position)[0]
    except Unavailable:
        current, owners, disputed = False, {}, []
    filters = look.query() | {"number": number, "state": state, "unit": unit, "due": due, "q": q.strip()}
    matters = {name: matter_id for matter_id, name in disputed}
    items = _items(visit, look, found) if found else []
    shown = [one for one in items if _asked_for(one, state, unit, date_of(due, "due", "到期"), q.strip())]
    data = {
        "filters": filters,
        "current": current,
        "digests": kept,
        "digest": {**_plain(found), "items": shown} if found else None,
        "total": len(shown),
    }
    if visit.request.url.path.endswith(".json"):
        return visit.page("digests.html", Page.DIGESTS, "定期梳理", **data)
    may_open = permissions.may(visit.actor.role, f.OpenDigest) and look.as_of is None
    opened = found.digest_no if found else ""
    offered, version = _offers(visit, opened) if opened and not look.as_of else ([], 0)
    recorded = visit.console.parts.desk.load(LANE, opened).state if opened else None
    beside = (
        papers_here(visit, "digests", opened, recorded, now=look.as_of is None)
        if opened
        else {"papers": [], "drafts": []}
    )
    return visit.page(
        "digests.html", Page.DIGESTS, "定期梳理", look=look, offers=offered, version=version, overdue=owners,
        states=STATES, matters=matters,
        concerned=sorted({code for one in items for code in (*one["units"], one["judged"]["owner"]) if code}),
        fields=_opening(visit, kept, found) if may_open and found else (), order_no="", received=None, about=opened,
        **beside, **data,
    )  # fmt: skip


def _asked_for(item: dict[str, Any], state: str, unit: str, due: date | None, words: str) -> bool:
    """Whether an item is among those asked for; what is closed is due no more."""
    judged = item["judged"]
    return (
        (not state or item["state"] == state)
        and (not unit or unit in (*item["units"], judged["owner"]))
        and (due is None or (bool(judged["due"]) and not judged["closed"] and str(judged["due"]) <= due.isoformat()))
        and (not words or words in item["matter"] or words in (judged["opinion"] or ""))
    )


def _asked(look: Lookback, kept: list[dict[str, Any]], number: str) -> tuple[Period, str]:
    """The period and the number: a digest by its number, a period by its days, else the newest digest."""
    if not number and look.since is None and look.until is None and kept:
        number = kept[0]["digest_no"]
    if known := next((one for one in kept if one["digest_no"] == number), None):
        return Period(date.fromisoformat(known["period_from"]), date.fromisoformat(known["period_to"])), number
    if number:
        raise NotFound(DIGEST_DOOR.missing, number=number)
    end = look.until or look.day
    return Period(look.since or end - SPAN, end), ""


def _times(then: Look) -> dict[str, int]:
    """Owner → items not closed, over all digests."""
    found: dict[str, int] = {}
    items = then.table(DIGESTS, "items")
    for row in then.rows(items, items.c.closed.is_(False), items.c.owner != ""):
        found[row["owner"]] = found.get(row["owner"], 0) + 1
    return dict(sorted(found.items(), key=lambda one: (-one[1], one[0])))


def _plain(found: PeriodDigest) -> dict[str, Any]:
    names = ("digest_no", "number", "dispatched", "returned", "upheld", "refused", "closed_before", "beside")
    return {name: getattr(found, name) for name in names} | {
        "begin": found.period.begin, "end": found.period.end
    }  # fmt: skip


def _items(visit: Visit, look: Lookback, found: PeriodDigest) -> list[dict[str, Any]]:
    """Every item with the cards of the clauses both sides named, as far as this person may read them."""
    register, role = visit.console.parts.register.as_of(look.day), visit.actor.role
    return [
        asdict(one)
        | {
            "state": one.state,
            "cards": [
                clause_card(clause, register)
                for clause in one.clauses
                if may_read(role, register.instrument_of(ClauseId(clause)))
            ],
        }
        for one in found.items
    ]


def _offers(visit: Visit, number: str) -> tuple[list[Any], int]:
    found = visit.console.parts.desk.load(LANE, number)
    return offers(ACTIONS, Matter(found.state, occasion_of(visit)), decide), found.version


def _opening(visit: Visit, kept: list[dict[str, Any]], found: PeriodDigest) -> tuple[Field, ...]:
    taken = {row["digest_no"] for row in kept}
    year = visit.now.year
    number = next(one for one in (f"SL-{year}-{place:02}" for place in range(1, 1_000)) if one not in taken)
    return (
        Field("number", "编号", required=True, value=number),
        Field("begin", "起始日期", "date", required=True, value=found.period.begin.isoformat()),
        Field("end", "截止日期", "date", required=True, value=found.period.end.isoformat()),
    )
