"""Drafts of the register: who drafted, reviewed and put in force what; what each would change; and its what-if."""

from collections.abc import Sequence
from dataclasses import asdict
from datetime import date
from typing import Annotated, Any

from fastapi import APIRouter, Query
from sqlalchemy import select
from starlette.responses import Response

from console.access import Page
from console.forms import Form
from console.registers.differences import KINDS, TABLES
from console.registers.importing import today
from console.registers.outlook import Outlook, outlook
from console.visit import Visit, Visiting
from ledger.envelope import Append
from mandates.draft_steps import OFFICERS, dated, putting_in_force, reform_of, reviewing, withdrawing
from mandates.drafts import Draft, DraftStep, Ended
from mandates.events import Enactable
from mandates.reform import plan
from projections.queue import QUEUE
from projections.store import as_of
from projections.what_if.draft import draft_of
from terms.actors import Actor, Role
from terms.errors import DingzeError, NotFound
from terms.ids import OrderNo

router = APIRouter()
SHOWN = 300
TRIED_AT_MOST = 200  # past orders replayed while somebody waits
TONES = {
    DraftStep.WAITING: "dz-wait", DraftStep.REVIEWED: "dz-soon", DraftStep.SENT_BACK: "dz-over",
    DraftStep.IN_FORCE: "dz-done", DraftStep.WITHDRAWN: "dz-hold",
}  # fmt: skip


def find(visit: Visit, draft: str) -> Draft:
    """A draft. Raises NotFound."""
    found = visit.console.parts.register.register().drafts.drafts.get(draft)
    if found is None:
        raise NotFound("mandates.no-draft", draft=draft)
    return found


@router.get("/mandates/drafts")
@router.get("/mandates/drafts.json")
def drafts(visit: Visiting, step: Annotated[str, Query(max_length=10)] = "") -> Response:
    """Every draft, the newest first."""
    visit.open(Page.DRAFTS)
    everything = visit.console.parts.register.register().drafts.drafts.values()
    rows = [_row(one) for one in everything if not step or one.step == step]
    rows.sort(key=lambda row: str(row["at"]), reverse=True)
    data = {"filters": {"step": step}, "drafts": rows, "total": len(rows)}
    if visit.request.url.path.endswith(".json"):
        return visit.page("drafts.html", Page.DRAFTS, "依据起草", **data)
    return visit.page(
        "drafts.html", Page.DRAFTS, "依据起草", steps=list(DraftStep), tones=TONES, names=_names(visit, rows), **data
    )


@router.get("/mandates/drafts/{draft}")
@router.get("/mandates/drafts/{draft}.json")
def draft_page(visit: Visiting, draft: str) -> Response:
    """One draft: what it would change, what lint would find, and what this person may do with it now."""
    visit.open(Page.DRAFTS)
    found = find(visit, draft)
    seen, problem = _outlook(visit, found)
    data: dict[str, Any] = {
        "draft": _row(found),
        "note": found.note,
        "valid_from": found.valid_from,
        "changes": [asdict(one) for one in (seen.lines[:SHOWN] if seen else ())],
        "findings": [asdict(one) for one in (seen.fresh[:SHOWN] if seen else ())],
        "problem": problem,
    }
    if visit.request.url.path.endswith(".json"):
        return visit.page("draft.html", Page.DRAFTS, draft, **data)
    reform = reform_of(found)
    return visit.page(
        "draft.html", Page.DRAFTS, f"草案 {draft}", seen=seen, tones=TONES, tables=TABLES, kinds=KINDS, shown=SHOWN,
        both={**seen.before.units, **seen.after.units} if seen else {}, reform=reform, may=_may(visit, found),
        names=_names(visit, [data["draft"]]), version=found.version,
        today=today(visit).isoformat(), tried_at_most=TRIED_AT_MOST, **data,
    )  # fmt: skip


@router.post("/mandates/drafts/act/{slug}/{draft}")
def act(visit: Visiting, slug: str, draft: str, form: Form) -> Response:
    """A step of the draft, on the version the page showed. Nothing but the last one changes what holds."""
    visit.open(Page.DRAFTS)
    parts, actor, now = visit.console.parts, visit.actor, visit.now
    found = find(visit, draft)
    seen = int(form.text("seen")) if form.text("seen").isdigit() else found.version
    appends: Sequence[Append]
    if slug == "agree":
        appends, told = (reviewing(found, actor, now, agreed=True, note=form.text("note")),), "审核通过，待签发生效"
    elif slug == "send-back":
        appends, told = (reviewing(found, actor, now, agreed=False, note=form.text("note")),), "已退回"
    elif slug == "withdraw":
        appends, told = (withdrawing(found, actor, now, form.text("note")),), "已撤回"
    elif slug == "put-in-force":
        day = form.day("valid_from", "统一生效日期") if form.text("valid_from") else None
        register = parts.register.register()
        appends, told = putting_in_force(found, register, actor, now, today(visit), day), "已签发，按生效日期起施行"
    else:
        raise NotFound("console.no-page")
    first, *rest = appends
    done = parts.ledger.append(Append(first.stream, seen, first.events), *rest)
    return visit.done(f"/mandates/drafts/{draft}", f"{draft} {told}", done[-1].positions[-1])


@router.post("/mandates/drafts/what-if/{draft}")
def what_if(visit: Visiting, draft: str) -> Response:
    """The newest past orders replayed as if the draft had held; a part of the page. Appends nothing."""
    visit.open(Page.DRAFTS)
    items, ended = _things(visit, find(visit, draft), None)
    register = visit.console.parts.register.register()
    told = visit.console.parts.rehearsal.tried(draft_of(register, items, ended), newest_orders(visit, TRIED_AT_MOST))
    return visit.fragment("what_if.html", told=told)


def newest_orders(visit: Visit, limit: int) -> list[OrderNo]:
    """The orders received last that this person may see; every role that drafts sees the city."""
    views = visit.console.parts.views
    with views.reading() as connection:
        build = views.current(connection, QUEUE.name)
        if build is None:
            return []
        table = views.tables(QUEUE, build)["orders"]
        query = select(table.c.order_no).where(as_of(table, None)).order_by(table.c.received_at.desc()).limit(limit)
        return [OrderNo(number) for number in connection.execute(query).scalars()]


def _things(visit: Visit, found: Draft, day: date | None) -> tuple[tuple[Enactable, ...], tuple[Ended, ...]]:
    """What a draft enacts and ends; of a 机构改革 what its plan says today. Raises BadInput if it no longer fits."""
    if (reform := reform_of(found)) is None:
        return dated(found.items, found.ended, day)
    made = plan(visit.console.parts.register.register(), reform)
    return made.enact, tuple(("departments", str(code), reform.day) for code in made.end)


def _outlook(visit: Visit, found: Draft) -> tuple[Outlook | None, str]:
    if found.step in (DraftStep.IN_FORCE, DraftStep.WITHDRAWN):
        return None, ""
    try:
        items, ended = _things(visit, found, None)
    except DingzeError as error:
        return None, error.message
    register = visit.console.parts.register.register()
    return outlook(register, items, ended, today(visit), visit.actor.role), ""


def _may(visit: Visit, found: Draft) -> frozenset[str]:
    """The steps this person may take now: the same rules as in `mandates.draft_steps`, for the buttons only."""
    actor, may = visit.actor, set()
    drafter = Actor.parse(found.by).account
    reviewer = Actor.parse(found.reviewed_by).account if found.reviewed_by else ""
    if actor.role in OFFICERS and found.step is DraftStep.WAITING and actor.account != drafter:
        may |= {"agree", "send-back"}
    director = actor.role is Role.BIANBAN_DIRECTOR
    if director and found.step is DraftStep.REVIEWED and actor.account not in (drafter, reviewer):
        may.add("put-in-force")
    if found.step not in (DraftStep.IN_FORCE, DraftStep.WITHDRAWN) and (director or actor.account == drafter):
        may.add("withdraw")
    return frozenset(may)


def _row(one: Draft) -> dict[str, Any]:
    people = {name: Actor.parse(told).account if told else "" for name, told in _who(one).items()}
    return {
        "draft": one.draft, "title": one.title, "step": one.step, "files": list(one.files), "faults": one.faults,
        "rows": len(one.items), "ends": len(one.ended), "reform": one.reform["kind"] if one.reform else "",
        "at": one.at, "reviewed_at": one.reviewed_at, "enacted_at": one.enacted_at, **people,
    }  # fmt: skip


def _names(visit: Visit, rows: Sequence[dict[str, Any]]) -> dict[str, str]:
    """The names of the accounts that had a hand in these drafts; those that are gone have none."""
    accounts = {row[step] for row in rows for step in ("by", "reviewed_by", "enacted_by") if row[step]}
    known = {account: visit.console.people.account(account) for account in sorted(accounts)}
    return {account: found.name for account, found in known.items() if found is not None}


def _who(one: Draft) -> dict[str, str]:
    return {"by": one.by, "reviewed_by": one.reviewed_by, "enacted_by": one.enacted_by}
