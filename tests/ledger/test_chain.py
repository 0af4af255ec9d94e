"""Every digest covers the whole event and all that came before."""

from datetime import UTC, datetime
from hashlib import sha256
from pathlib import Path
from typing import Any

import orjson
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ledger.admission import Head, admit, prepare
from ledger.canonical import canonical
from ledger.chain import GENESIS, START, Link, Row, digest_of, follow
from terms.errors import LedgerBroken
from terms.ids import Position
from tests.ledger.facts import WHEN, fact, noted
from tests.ledger.test_canonical import objects

GOLDEN = Path(__file__).parent / "golden"


def rows_of(payloads: list[dict[str, Any]]) -> list[Row]:
    """A record of one fact a payload, decided as the store decides it, without a database."""
    appends = [prepare(noted(f"s-{n % 3}", fact(payload))) for n, payload in enumerate(payloads)]
    return admit(appends, head=Head(), now=WHEN, known={}, versions={}).rows


@settings(max_examples=40)
@given(st.lists(objects, min_size=1, max_size=8), st.data())
def test_a_change_anywhere_breaks_the_chain_there_and_not_before(payloads: list[dict[str, Any]], data: Any) -> None:
    rows = rows_of(payloads)
    assert follow(START, rows) == Link(Position(len(rows)), rows[-1].digest)
    at = data.draw(st.integers(0, len(rows) - 1))
    column = data.draw(st.sampled_from([name for name in Row._fields if name != "position"]))
    old = getattr(rows[at], column)
    new = old + 1 if isinstance(old, int) else f"{old or ''}x"
    broken = [*rows[:at], rows[at]._replace(**{column: new}), *rows[at + 1 :]]
    if column == "payload":
        broken[at] = rows[at]._replace(payload=rows[at].payload + " ")
    with pytest.raises(LedgerBroken) as found:
        follow(START, broken)
    assert found.value.at == str(at + 1)


@settings(max_examples=40)
@given(st.lists(objects, min_size=2, max_size=8), st.data())
def test_a_missing_or_swapped_event_is_a_hole(payloads: list[dict[str, Any]], data: Any) -> None:
    rows = rows_of(payloads)
    at = data.draw(st.integers(0, len(rows) - 2))
    with pytest.raises(LedgerBroken, match=r"ledger\.hole"):
        follow(START, [*rows[:at], *rows[at + 1 :]])
    with pytest.raises(LedgerBroken, match=r"ledger\.hole"):
        follow(START, [*rows[:at], rows[at + 1], rows[at], *rows[at + 2 :]])


@settings(max_examples=40)
@given(st.lists(objects, min_size=1, max_size=8), st.integers(0, 8))
def test_following_in_pieces_is_following_at_once(payloads: list[dict[str, Any]], cut: int) -> None:
    rows = rows_of(payloads)
    assert follow(follow(START, rows[:cut]), rows[cut:]) == follow(START, rows)


@given(objects)
def test_what_is_hashed_is_the_canonical_envelope(payload: dict[str, Any]) -> None:
    (row,) = rows_of([payload])
    envelope = {name: getattr(row, name) for name in Row._fields if name != "digest"} | {"payload": payload}
    assert row.digest == sha256(GENESIS.encode() + canonical(envelope)).hexdigest()


def test_the_digest_of_a_known_event_never_changes() -> None:
    kept = orjson.loads((GOLDEN / "envelope.json").read_bytes())
    row = Row(**kept["row"])
    assert digest_of(kept["previous"], row) == row.digest
    assert datetime.fromisoformat(row.recorded_at).tzinfo is UTC
