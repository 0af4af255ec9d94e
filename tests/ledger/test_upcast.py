"""Old events are carried forward step by step; a gap in the steps stops the start, not a reader."""

from pathlib import Path
from typing import Any

import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ledger.admission import LEDGER_TYPES, SOURCE_CONFLICT
from ledger.store import Ledger
from ledger.upcast import EventTypes, KnownType
from terms.errors import LedgerBroken
from terms.ids import StreamId
from tests.ledger.facts import received

GOLDEN = Path(__file__).parent / "golden"


def step(to: int) -> Any:
    """An upcast that leaves its number behind."""
    return lambda old: old | {"steps": [*old["steps"], to]}


@given(st.integers(1, 9), st.data())
def test_every_old_form_takes_exactly_the_steps_that_are_left(schema: int, data: Any) -> None:
    types = EventTypes([KnownType("T", schema, tuple(step(n) for n in range(2, schema + 1)))])
    written = data.draw(st.integers(1, schema))
    stored: dict[str, Any] = {"steps": []}
    assert types.present("T", written, stored) == (schema, {"steps": list(range(written + 1, schema + 1))})
    assert stored == {"steps": []}


@pytest.mark.parametrize(("schema", "steps"), [(0, 0), (1, 1), (2, 0), (3, 1)])
def test_a_type_with_a_step_missing_or_too_many_stops_the_start(schema: int, steps: int) -> None:
    with pytest.raises(ValueError, match="needs"):
        KnownType("T", schema, (step(2),) * steps)


def test_a_name_is_declared_once() -> None:
    with pytest.raises(ValueError, match="twice"):
        EventTypes([KnownType("T")], [KnownType("T")])


@pytest.mark.parametrize(("name", "schema"), [("U", 1), ("T", 3), ("T", 0)])
def test_what_nobody_declared_is_not_guessed(name: str, schema: int) -> None:
    types = EventTypes([KnownType("T", 2, (step(2),))])
    assert "T" in types and "U" not in types and types.schema_of("U") is None
    with pytest.raises(LedgerBroken):
        types.present(name, schema, {})


@pytest.mark.parametrize("known", LEDGER_TYPES, ids=lambda known: known.type)
def test_every_version_of_the_ledgers_own_events_has_a_golden_file_that_is_still_read(known: KnownType) -> None:
    types = EventTypes(LEDGER_TYPES)
    for schema in range(1, known.schema + 1):
        kept = orjson.loads((GOLDEN / f"{known.type}.{schema}.json").read_bytes())
        assert types.present(known.type, schema, kept["stored"]) == (known.schema, kept["present"])


def test_the_conflict_written_today_is_the_golden_one(ledger: Ledger) -> None:
    ledger.append(received("1", "m1", event_id="first"))
    ledger.append(received("1", "m2", event_id="second"))
    (conflict,) = ledger.stream(StreamId("conflicts-12345"))
    kept = orjson.loads((GOLDEN / f"{SOURCE_CONFLICT}.{conflict.schema}.json").read_bytes())
    assert conflict.type == SOURCE_CONFLICT and conflict.payload == kept["present"]
