"""An event as others may see it: codes, units, clauses, moments and figures; no free text, no person.

The inner payload is ours to change; this envelope is a promise, published as docs/contracts/event.v1.json. What a fact
publishes follows from the kinds of its fields, so that a new field of free text is never public by accident.
"""

import re
import types
from collections.abc import Mapping
from datetime import date, datetime
from functools import cache
from pathlib import Path
from typing import Any, Literal, Union, get_args, get_origin

import orjson
from pydantic import AwareDatetime, BaseModel, ConfigDict, Field

from casework.events import FACTS, Deadline
from ledger.envelope import Event
from routing.proposal import Citation, Proposal
from terms.actors import Actor
from terms.ids import UnitCode

VERSION = 1
# Text fields that hold a code or a name of the city's own lists. Everything else that is text stays inside.
CODED = frozenset({
    "order_no", "case_no", "finding_no", "digest_no", "doc_no", "kind", "category", "urgency", "district", "street",
    "denied_clause", "claimed_clause", "clause", "clauses", "matter_id", "clock", "city_version", "register_edition",
    "what", "of", "parent", "child", "other_order", "fault", "problem_class", "rule", "from_link", "to_link",
    "decision", "instrument", "status_quo", "status_quo_ground", "number", "quarter", "sheet_no", "indicator",
    "rule_version",
})  # fmt: skip
WITHHELD = frozenset({"subject_units", "reporter_hidden"})  # who is complained about, and that somebody hides
_OF_A_PROPOSAL = ("lead", "supports", "confidence", "automatic", "register_edition", "clauses")
_CODE = re.compile(r"[a-z][a-z_]{1,39}")
_PLAIN = (bool, int, datetime, date, UnitCode)


class PublicEvent(BaseModel):
    """One event on `dingze.events`: keyed by `stream`, in the record's order within a key, at least once.

    Drop what you have seen: `event_id` names an event for ever, `position` is its place in the record, contiguous over
    all events, of which those without a public side are left out. `role` and `unit` say in what capacity somebody
    acted, never who.
    """

    model_config = ConfigDict(frozen=True)

    contract: Literal["dingze.event/1"] = "dingze.event/1"
    event_id: str
    position: int = Field(ge=1)
    stream: str
    version: int = Field(ge=1)
    type: str
    schema_number: int = Field(ge=1)
    occurred_at: AwareDatetime
    recorded_at: AwareDatetime
    role: str
    unit: str = ""
    cause: str | None = None
    data: Mapping[str, Any]


def schema() -> dict[str, Any]:
    """The JSON Schema of the envelope; `x-data` names what each type of event may carry in `data`."""
    told = {name: [*public_fields(name), *_TOLD_OTHERWISE.get(name, ())] for name in sorted(FACTS)}
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "$id": f"urn:dingze:contract:event:{VERSION}",
        **PublicEvent.model_json_schema(),
        "x-data": {name: sorted(fields) for name, fields in told.items()},
    }


def public(event: Event) -> PublicEvent | None:
    """The public side of an event; None where it has none (registers, quarantine, the ledger's own notes)."""
    fact = FACTS.get(event.type)
    if fact is None:
        return None
    actor = Actor.parse(event.actor)
    return PublicEvent(
        event_id=event.event_id,
        position=event.position,
        stream=event.stream,
        version=event.version,
        type=event.type,
        schema_number=event.schema,
        occurred_at=event.occurred_at,
        recorded_at=event.recorded_at,
        role=actor.role,
        unit=actor.unit or "",
        cause=event.cause,
        data=_data(event),
    )


def _data(event: Event) -> dict[str, Any]:
    told = event.payload
    found = {name: told[name] for name in public_fields(event.type) if told.get(name) not in (None, "", [])}
    if _CODE.fullmatch(str(told.get("reason", ""))):
        found["reason"] = told["reason"]
    if cited := _clauses(told.get("citations")):
        found["clauses"] = cited
    if isinstance(proposal := told.get("proposal"), Mapping):
        found |= {name: proposal.get(name) for name in ("lead", "supports", "confidence", "automatic")}
        found |= {"register_edition": proposal.get("register_edition"), "clauses": _clauses(proposal.get("citations"))}
    return found


_TOLD_OTHERWISE: Mapping[str, tuple[str, ...]] = {
    name: (("reason",) if "reason" in fact.model_fields else ())
    + (("clauses",) if "citations" in fact.model_fields else ())
    + (_OF_A_PROPOSAL if "proposal" in fact.model_fields else ())
    for name, fact in FACTS.items()
}


def _clauses(citations: Any) -> list[dict[str, str]]:
    return [{"unit": one["unit"], "clause_id": one["clause_id"]} for one in citations or () if isinstance(one, Mapping)]


@cache
def public_fields(event_type: str) -> tuple[str, ...]:
    """The fields of a fact that are published as they stand, by name."""
    fields = FACTS[event_type].model_fields
    return tuple(
        name for name, field in fields.items() if name not in WITHHELD and _publishable(name, field.annotation)
    )


def _publishable(name: str, kind: Any) -> bool:
    if kind in (Citation, Proposal):
        return False  # told in a form of their own
    if kind in _PLAIN or kind is Deadline or kind is AwareDatetime or kind is type(None):
        return True
    if kind is str:
        return name in CODED
    origin = get_origin(kind)
    if origin is Literal:
        return True
    if origin in (Union, types.UnionType, tuple):
        return all(_publishable(name, inner) for inner in get_args(kind) if inner is not Ellipsis)
    return False


if __name__ == "__main__":
    folder = Path(__file__).parent.parent / "docs" / "contracts"
    document = orjson.dumps(schema(), option=orjson.OPT_INDENT_2 | orjson.OPT_APPEND_NEWLINE)
    (folder / f"event.v{VERSION}.json").write_bytes(document)
