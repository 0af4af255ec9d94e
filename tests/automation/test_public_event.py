"""What others may see of an event: codes, units, clauses, moments; no free text and no person, in any fact there is."""

import types
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any, Literal, Union, get_args, get_origin

import orjson
import pytest
from pydantic import BaseModel

from automation.public_event import CODED, VERSION, PublicEvent, public, public_fields, schema
from casework.events import FACTS
from ledger.envelope import Event
from routing.proposal import Citation
from terms.ids import ClauseId, EventId, InstrumentId, Position, StreamId, UnitCode

CONTRACT = Path(__file__).parents[2] / "docs" / "contracts" / f"event.v{VERSION}.json"
CANARY = "张三电话13900000001"
WHEN = datetime(2024, 3, 4, tzinfo=UTC)


def event(event_type: str, payload: dict[str, Any], actor: str = "clerk:u-77@C01") -> Event:
    """A fact as it stands in the record."""
    return Event(
        Position(7), EventId("01890000-0000-7000-8000-000000000001"), StreamId("order-W-1"), 3, event_type, 1, WHEN,
        WHEN, actor, None, "order-W-1", None, None, None, payload, "0" * 64,
    )  # fmt: skip


def telling(name: str, kind: Any) -> Any:
    """A value of this kind that tells a canary wherever text may stand."""
    origin = get_origin(kind)
    if kind is str:
        return "code" if name in CODED else CANARY
    if kind is bool:
        return True
    if kind is int:
        return 1
    if kind is UnitCode:
        return "C01"
    if kind is date:
        return "2024-03-04"
    if origin is Literal:
        return get_args(kind)[0]
    if origin in (Union, types.UnionType):
        return telling(name, get_args(kind)[0])
    if origin is tuple:
        return [telling(name, get_args(kind)[0])]
    if origin is not None:
        return {"text": CANARY}
    fields = getattr(kind, "__dataclass_fields__", None)
    if isinstance(kind, type) and issubclass(kind, BaseModel) and kind.model_fields:
        return {part: telling(part, field.annotation) for part, field in kind.model_fields.items()}
    return dict.fromkeys(fields, CANARY) if fields else "2024-03-04T00:00:00Z"


@pytest.mark.parametrize("name", FACTS)
def test_no_fact_tells_free_text_or_who_acted(name: str) -> None:
    payload = {part: telling(part, field.annotation) for part, field in FACTS[name].model_fields.items()}
    if "proposal" in payload:
        payload["proposal"] = {"lead": "C01", "supports": [], "matter": CANARY, "reasons": [CANARY], "citations": []}
    if "citations" in payload:
        payload["citations"] = [{"unit": "C01", "clause_id": "c-1", "text": CANARY, "via": CANARY}]
    told = public(event(name, payload))
    assert told is not None
    written = told.model_dump_json()
    assert CANARY not in written
    assert "u-77" not in written


def test_a_return_is_told_clause_against_clause() -> None:
    payload = {
        "order_no": "W-1", "objection": 1, "unit": "C01", "part": "lead", "reason": "not_ours", "denied_clause": "c-1",
        "claimed_clause": "c-2", "proposed_unit": "C02", "note": CANARY, "signatory": "u-78", "basis_complete": True,
        "missing": [CANARY], "keeps": CANARY,
    }  # fmt: skip
    told = public(event("ReturnRequested", payload))
    assert told is not None
    assert told.data == {
        "order_no": "W-1", "objection": 1, "unit": "C01", "part": "lead", "reason": "not_ours", "denied_clause": "c-1",
        "claimed_clause": "c-2", "proposed_unit": "C02", "basis_complete": True,
    }  # fmt: skip
    assert (told.role, told.unit, told.position, told.stream) == ("clerk", "C01", 7, "order-W-1")


def test_a_reason_in_words_stays_inside() -> None:
    told = public(event("ReturnRequested", {"order_no": "W-1", "reason": "不归我们管，找张三"}))
    assert told is not None and "reason" not in told.data


def test_a_proposal_is_told_with_its_clauses_and_not_its_words() -> None:
    cited = Citation(UnitCode("C01"), ClauseId("c-1"), InstrumentId("i-1"), CANARY, (0, 2), None, CANARY)
    proposal = {
        "lead": "C01", "supports": ["C02"], "confidence": 87, "automatic": True, "register_edition": "e",
        "citations": [orjson.loads(orjson.dumps(cited))], "matter": CANARY,
    }  # fmt: skip
    told = public(event("AssignmentProposed", {"order_no": "W-1", "proposal": proposal, "why": "received"}))
    assert told is not None
    assert told.data["lead"] == "C01"
    assert told.data["clauses"] == [{"unit": "C01", "clause_id": "c-1"}]


def test_the_one_complained_about_and_the_caller_are_withheld() -> None:
    fields = public_fields("WorkOrderReceived")
    assert not {"caller", "sealed", "masked", "subject_units", "reporter_hidden", "attachments", "origin"} & set(fields)
    assert {"order_no", "tier", "received_at", "deadlines", "district"} <= set(fields)


@pytest.mark.parametrize("name", ["InputQuarantined", "SourceConflictRecorded", "ClauseEnacted"])
def test_what_is_no_fact_of_casework_has_no_public_side(name: str) -> None:
    assert public(event(name, {"sealed": CANARY}, actor="system:gateway")) is None


def test_the_published_schema_is_the_envelope() -> None:
    written = orjson.dumps(schema(), option=orjson.OPT_INDENT_2 | orjson.OPT_APPEND_NEWLINE)
    assert CONTRACT.read_bytes() == written, "run: python -m automation.public_event (a new meaning is a new version)"
    assert set(schema()["properties"]) == set(PublicEvent.model_fields)
