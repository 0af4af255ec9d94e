"""The steps of a draft, and who may take them: filed, reviewed by another, put in force by a third, or withdrawn.

Each is an event on the draft's own stream, on the version the person saw; the step that puts it in force writes its
enactments in the same transaction.
"""

import hashlib
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date, datetime
from typing import Any

import orjson
from pydantic import TypeAdapter

from ledger.envelope import Append, NewEvent
from mandates.drafts import OPEN, Draft, DraftStep, Ended
from mandates.events import (
    BY_CLASS,
    DRAFT_ENACTED,
    DRAFT_REVIEWED,
    DRAFT_ROWS,
    DRAFT_WITHDRAWN,
    DRAFTED,
    ENDED,
    Enactable,
    iso,
    key_of,
    payload_of,
    stream_of,
)
from mandates.model import Span
from mandates.reform import Reform, appends, plan
from mandates.register import Register
from terms.actors import Actor, Role
from terms.errors import BadInput, Conflict, NotPermitted
from terms.ids import StreamId

SOURCE = "mandate-draft"
ROWS_AN_EVENT = 200
OFFICERS = frozenset({Role.BIANBAN_OFFICER, Role.BIANBAN_DIRECTOR})
_REFORM = TypeAdapter(Reform)


def reform_of(draft: Draft) -> Reform | None:
    """The 机构改革 a draft orders, if it is one."""
    return _REFORM.validate_python(dict(draft.reform)) if draft.reform else None


def reform_written(reform: Reform) -> dict[str, Any]:
    """A 机构改革 as a draft holds it."""
    told: dict[str, Any] = _REFORM.dump_python(reform, mode="json")
    return told


def drafting(draft: Draft, actor: Actor, at: datetime) -> Append:
    """The append that files a draft. Raises NotPermitted; BadInput for one that changes nothing."""
    _require(actor.role in OFFICERS, "mandates.drafts-are-for-bianban")
    if not draft.title.strip():
        raise BadInput("mandates.draft-title", at="title")
    if not draft.items and not draft.ended and draft.reform is None:
        raise BadInput("mandates.draft-empty", at="items")
    body = {
        "draft": draft.draft, "title": draft.title.strip(), "files": list(draft.files), "base": draft.base,
        "faults": draft.faults, "by": str(actor), "at": at.isoformat(),
        "ended": [{"table": table, "id": key, "valid_to": iso(day)} for table, key, day in draft.ended],
        "reform": dict(draft.reform) if draft.reform else None,
    }  # fmt: skip
    rows = [{"table": BY_CLASS[type(item)].table, "item": payload_of(item)} for item in draft.items]
    events = [NewEvent(DRAFTED, body, at, str(actor))]
    for start in range(0, len(rows), ROWS_AN_EVENT):
        events.append(
            NewEvent(DRAFT_ROWS, {"draft": draft.draft, "rows": rows[start : start + ROWS_AN_EVENT]}, at, str(actor))
        )
    return Append(draft.stream, 0, tuple(events))


def reviewing(draft: Draft, actor: Actor, at: datetime, *, agreed: bool, note: str = "") -> Append:
    """Another officer agrees, or sends it back and says why. Raises NotPermitted, Conflict, BadInput."""
    _require(actor.role in OFFICERS, "mandates.drafts-are-for-bianban")
    _at(draft, DraftStep.WAITING)
    _another(actor, draft.by)
    if not agreed and not note.strip():
        raise BadInput("mandates.draft-note", at="note")
    return _step(draft, DRAFT_REVIEWED, actor, at, {"agreed": agreed, "note": note.strip()})


def withdrawing(draft: Draft, actor: Actor, at: datetime, note: str = "") -> Append:
    """Who drafted it, or the director, takes it back before it is in force. Raises NotPermitted, Conflict."""
    if draft.step not in (*OPEN, DraftStep.SENT_BACK):
        raise Conflict("mandates.draft-step", draft=draft.draft, step=draft.step)
    own = Actor.parse(draft.by).account == actor.account
    _require(own or actor.role is Role.BIANBAN_DIRECTOR, "mandates.drafts-are-for-bianban")
    return _step(draft, DRAFT_WITHDRAWN, actor, at, {"note": note.strip()})


def putting_in_force(
    draft: Draft, register: Register, actor: Actor, at: datetime, today: date, valid_from: date | None = None
) -> tuple[Append, ...]:
    """The director puts it in force: the step and every enactment, for one transaction.

    `valid_from` is the one day from which all of it holds, today or later; without it each row's own day holds. Raises
    NotPermitted for who drafted or reviewed it, Conflict before it was reviewed, BadInput for a day that is past.
    """
    _require(actor.role is Role.BIANBAN_DIRECTOR, "mandates.draft-director")
    _at(draft, DraftStep.REVIEWED)
    _another(actor, draft.by, draft.reviewed_by)
    if valid_from is not None and valid_from < today:
        raise BadInput("mandates.draft-past", at="valid_from")
    step = _step(draft, DRAFT_ENACTED, actor, at, {"valid_from": iso(valid_from) if valid_from else None})
    if (reform := reform_of(draft)) is not None:
        ordered = replace(reform, day=valid_from) if valid_from else reform
        return step, *appends(plan(register, ordered), at=at, actor=str(actor))
    streams: dict[StreamId, list[NewEvent]] = defaultdict(list)
    items, ended = dated(draft.items, draft.ended, valid_from)
    for item in items:
        table, key = BY_CLASS[type(item)].table, key_of(item)
        if register.tables[table].get(key, {}).get(item.span.valid_from) != item:
            name = f"{draft.draft}/{table}/{key}/{iso(item.span.valid_from)}"
            streams[stream_of(table, key)].append(
                _sourced(BY_CLASS[type(item)].event, payload_of(item), at, actor, name)
            )
    for table, key, day in ended:
        body = {"table": table, "id": key, "valid_to": iso(day), "reason": f"{draft.draft} {draft.title}"}
        streams[stream_of(table, key)].append(_sourced(ENDED, body, at, actor, f"{draft.draft}/end/{table}/{key}"))
    return step, *(Append(stream, None, tuple(events)) for stream, events in streams.items())


def dated(
    items: Sequence[Enactable], ended: Sequence[Ended], valid_from: date | None
) -> tuple[tuple[Enactable, ...], tuple[Ended, ...]]:
    """The things with one day of coming into force for all, or each with its own."""
    if valid_from is None:
        return tuple(items), tuple(ended)
    moved = tuple(
        replace(item, span=Span(valid_from, item.span.valid_to)) if item.span.valid_to > valid_from else item
        for item in items
    )
    return moved, tuple((table, key, valid_from) for table, key, _ in ended)


def with_draft(register: Register, items: Sequence[Enactable], ended: Sequence[Ended] = ()) -> Register:
    """A copy of the register in which these things are enacted and these ended; the register itself stays."""
    after = Register(
        {table: {key: dict(versions) for key, versions in found.items()} for table, found in register.tables.items()}
    )
    for item in items:
        after.apply(BY_CLASS[type(item)].event, payload_of(item), register.position)
    for table, key, day in ended:
        after.apply(ENDED, {"table": table, "id": key, "valid_to": iso(day)}, register.position)
    return after


def _step(draft: Draft, type_: str, actor: Actor, at: datetime, body: Mapping[str, Any]) -> Append:
    told = {"draft": draft.draft, **body, "by": str(actor), "at": at.isoformat()}
    return Append(draft.stream, draft.version, (NewEvent(type_, told, at, str(actor)),))


def _sourced(type_: str, body: dict[str, Any], at: datetime, actor: Actor, name: str) -> NewEvent:
    mark = hashlib.sha256(orjson.dumps(body, option=orjson.OPT_SORT_KEYS)).hexdigest()
    return NewEvent(type_, body, at, str(actor), source=SOURCE, source_key=name, mark=mark)


def _at(draft: Draft, step: DraftStep) -> None:
    if draft.step is not step:
        raise Conflict("mandates.draft-step", draft=draft.draft, step=draft.step)


def _another(actor: Actor, *others: str) -> None:
    _require(actor.account not in {Actor.parse(one).account for one in others if one}, "mandates.draft-another")


def _require(allowed: bool, code: str) -> None:
    if not allowed:
        raise NotPermitted(code)
