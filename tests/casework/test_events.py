"""The facts of the order lane are written to the ledger and read back unchanged, under names that never move."""

import json
from datetime import UTC, datetime
from pathlib import Path

import pytest
from pydantic import ValidationError

from casework import events
from casework.events import FACTS, AssignmentProposed, Deadline, WorkOrderDispatched, WorkOrderReceived
from ledger.upcast import EventTypes
from routing.proposal import Abstention, Candidate, Citation, Proposal
from terms.ids import ClauseId, UnitCode
from terms.messages import MESSAGES, ROOMS

NOON = datetime(2026, 3, 2, 4, 0, tzinfo=UTC)


def test_every_fact_is_registered_once_under_its_own_name() -> None:
    lanes = events.Fact.__subclasses__()
    assert {fact.__name__ for lane in lanes for fact in lane.__subclasses__()} == set(FACTS)


def test_every_fact_has_a_name_on_pages() -> None:
    assert [name for name in FACTS if f"event.{name}" not in MESSAGES] == []


def test_a_received_order_reads_back_as_it_was_written() -> None:
    fact = WorkOrderReceived(order_no="G1", kind="投诉", received_at=NOON, sealed={"contact": "b64"})
    payload = json.loads(json.dumps(fact.to_payload()))
    assert events.read("WorkOrderReceived", payload) == fact
    assert payload["received_at"] == "2026-03-02T04:00:00Z"


def test_a_dispatch_reads_back_with_its_citations_and_deadlines() -> None:
    citation = Citation(UnitCode("C05"), ClauseId("C05-1"), None, "负责施工噪声监管", (0, 4), (2, 6), "")
    deadline = Deadline(clock="handle", unit=UnitCode("C05"), part="lead", starts=NOON, warn_at=NOON, due=NOON)
    fact = WorkOrderDispatched(
        order_no="G1", lead=UnitCode("C05"), by="rule", citations=(citation,), deadlines=(deadline,)
    )
    assert events.read("WorkOrderDispatched", json.loads(json.dumps(fact.to_payload()))) == fact


def test_the_whole_proposal_is_data_of_the_ledger() -> None:
    proposal = Proposal(
        lead=None,
        supports=(),
        confidence=12,
        automatic=False,
        abstained=Abstention("route.no-clause", "没有条目"),
        citations=(),
        candidates=(Candidate(UnitCode("C05"), 300, "无条款"),),
        reasons=(),
        register_edition="e",
        memory_edition="m",
        city_version="v",
    )
    fact = AssignmentProposed(order_no="G1", proposal=proposal)
    assert events.read("AssignmentProposed", json.loads(json.dumps(fact.to_payload()))) == fact


def test_a_field_nobody_knows_is_an_error_and_a_fact_never_changes() -> None:
    with pytest.raises(ValidationError):
        WorkOrderReceived.from_payload({"order_no": "G1", "received_at": NOON, "phone": "1"})
    fact = WorkOrderReceived(order_no="G1", received_at=NOON)
    with pytest.raises(ValidationError):
        fact.kind = "y"  # type: ignore[misc]  # the point of the test


def test_a_time_without_its_zone_is_refused() -> None:
    with pytest.raises(ValidationError):
        WorkOrderReceived(order_no="G1", received_at=datetime(2026, 3, 2))


GOLDEN = json.loads((Path(__file__).parent / "golden" / "facts.json").read_text("utf-8"))


def test_every_fact_has_a_golden_payload_of_its_present_schema() -> None:
    """design, Ledger: every historical version has a golden file."""
    assert {name: told["schema"] for name, told in GOLDEN.items()} == {
        name: fact.SCHEMA for name, fact in FACTS.items()
    }


@pytest.mark.parametrize("name", sorted(GOLDEN))
def test_what_was_once_written_is_read_for_ever(name: str) -> None:
    """A field may be added with a default; one that is dropped or renamed needs a new schema and an upcaster."""
    payload = GOLDEN[name]["payload"]
    read_back = events.read(name, payload).to_payload()
    assert {key: read_back[key] for key in payload} == payload


EARLIER = json.loads((Path(__file__).parent / "golden" / "earlier.json").read_text("utf-8"))


def test_every_earlier_form_of_a_fact_has_a_golden_payload_and_is_still_read() -> None:
    """design, Ledger: old event schemas are read through upcasters; every historical version has a golden file."""
    types = EventTypes(events.EVENT_TYPES)
    for name, fact in FACTS.items():
        forms = EARLIER.get(name, [])
        assert [one["schema"] for one in forms] == list(range(1, fact.SCHEMA))
        for one in forms:
            schema, payload = types.present(name, one["schema"], one["payload"])
            read_back = events.read(name, payload).to_payload()
            assert schema == fact.SCHEMA and {key: read_back[key] for key in payload} == payload


def test_a_received_order_has_no_field_for_words_in_the_clear() -> None:
    """design, Ledger: free text as received is ciphertext from the first event."""
    assert not {"title", "text", "place", "caller_name", "caller_phone"} & set(WorkOrderReceived.model_fields)
    (old,) = EARLIER["WorkOrderReceived"]
    told = dict(old["payload"], text="某人的话", title="某事", place="某处")
    _, payload = EventTypes(events.EVENT_TYPES).present("WorkOrderReceived", 1, told)
    assert "某" not in json.dumps(payload, ensure_ascii=False)


def test_no_code_has_its_sentence_in_two_rooms() -> None:
    assert len(MESSAGES) == sum(len(room) for room in ROOMS)
