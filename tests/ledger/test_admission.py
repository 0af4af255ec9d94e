"""What goes in does not depend on how appends were put into batches, and nothing is ever dropped."""

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ledger.admission import Head, Prepared, SourceKey, Verdict, admit, conflict_key, disputed, prepare
from ledger.chain import START, Row, follow
from ledger.envelope import Append, Outcome
from terms.errors import BadInput
from terms.ids import StreamId
from tests.ledger.facts import WHEN, fact, noted

_keyed = st.tuples(st.sampled_from(["k1", "k2", "k3"]), st.sampled_from([None, "m1", "m2"]))


@st.composite
def appends(draw: Any) -> Append:
    """One to three events for one of two streams, with or without source keys and an expected version."""
    keys = draw(st.lists(st.none() | _keyed, min_size=1, max_size=3, unique_by=lambda key: key[0] if key else id(key)))
    events = [
        fact({"n": n}, **({"source": "s", "source_key": key[0], "mark": key[1]} if key else {}))
        for n, key in enumerate(keys)
    ]
    return Append(StreamId(draw(st.sampled_from("ab"))), draw(st.none() | st.integers(0, 3)), tuple(events))


class Record:
    """The past as the database would give it, kept in memory."""

    def __init__(self) -> None:
        self.rows: list[Row] = []

    def take(self, prepared: list[Prepared]) -> list[Verdict]:
        """Admit one batch as the store does."""
        asked = {key for append in prepared for key, _ in append.keyed}
        known = self._known(asked)
        known |= self._known({conflict_key(event) for event in disputed(prepared, known)})
        versions: dict[str, int] = {}
        for row in self.rows:
            versions[row.stream] = row.version
        last = self.rows[-1] if self.rows else None
        head = Head(last.position, last.recorded_at, last.digest) if last else Head()
        admission = admit(prepared, head=head, now=WHEN, known=known, versions=versions)
        self.rows += admission.rows
        return admission.verdicts

    def _known(self, keys: set[SourceKey]) -> dict[SourceKey, Row]:
        return {
            (str(row.source), str(row.source_key)): row for row in self.rows if (row.source, row.source_key) in keys
        }

    def told(self) -> list[tuple[Any, ...]]:
        """The record without what is made anew each time: a conflict's own id, and the digests over it."""
        return [row._replace(event_id="", digest="") for row in self.rows]


@settings(max_examples=200)
@given(st.lists(appends(), max_size=12), st.integers(1, 5))
def test_batches_of_any_size_decide_as_one_append_after_the_other(given_appends: list[Append], size: int) -> None:
    prepared = [prepare(append) for append in given_appends]
    singly, batched = Record(), Record()
    one_by_one = [verdict for append in prepared for verdict in singly.take([append])]
    at_once = [verdict for at in range(0, len(prepared), size) for verdict in batched.take(prepared[at : at + size])]
    assert [(v.outcome, v.version) for v in one_by_one] == [(v.outcome, v.version) for v in at_once]
    assert singly.told() == batched.told()
    assert follow(START, batched.rows).position == len(batched.rows)
    keys = [(row.source, row.source_key) for row in batched.rows if row.source]
    assert len(keys) == len(set(keys)), "no source key is recorded twice"
    assert len({(row.stream, row.version) for row in batched.rows}) == len(batched.rows)


@given(st.lists(appends(), max_size=12))
def test_every_event_is_recorded_or_answered_by_one_that_is_or_its_writer_is_told(given_appends: list[Append]) -> None:
    record = Record()
    for append, verdict in zip(given_appends, record.take([prepare(append) for append in given_appends]), strict=True):
        ids = {event.event_id for event in append.events}
        match verdict.outcome:
            case Outcome.NEW:
                assert {row.event_id for row in verdict.rows} == ids
            case Outcome.DUPLICATE:
                assert {(row.source_key, row.mark) for row in verdict.rows} == {
                    (event.source_key, event.mark) for event in append.events if event.source_key
                }
            case Outcome.CONFLICT:
                assert len(verdict.rows) == 1 and verdict.rows[0].type == "SourceConflictRecorded"
            case Outcome.MOVED:
                assert append.expected is not None and verdict.rows == ()
        assert all(row in record.rows for row in verdict.rows)


def test_one_append_cannot_carry_one_source_key_twice() -> None:
    with pytest.raises(BadInput):
        prepare(noted("a", fact(source="s", source_key="k"), fact(source="s", source_key="k")))
