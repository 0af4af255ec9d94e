"""What every backend must do, in one set of tests."""

from datetime import UTC, datetime, timedelta, timezone

import pytest

from ledger.backends import open_ledger
from ledger.chain import Link
from ledger.envelope import Append, Outcome
from ledger.feed import Feed
from ledger.store import Ledger
from ledger.upcast import EventTypes, KnownType
from terms.errors import BadInput, Conflict, LedgerBroken
from terms.ids import EventId, Position, StreamId
from tests.ledger.facts import WHEN, ScriptedClock, fact, noted, received

START = Position(0)
TYPES = (KnownType("Noted", 2, (lambda old: {"title": old["name"]},)),)


def test_an_event_comes_back_as_it_went_in(ledger: Ledger) -> None:
    beijing = timezone(timedelta(hours=8))
    midnight = datetime(2023, 4, 1, tzinfo=beijing)
    given = fact(
        {"标题": "夜间施工噪声", "n": 3, "nested": {"b": [1, None, True], "a": 0.5}, "at": midnight},
        occurred_at=datetime(2023, 4, 1, 9, 0, 0, 123456, tzinfo=beijing),
        correlation="x", cause=EventId("a-cause"), source="12345", source_key="k-1", mark="m", schema=4,
    )  # fmt: skip
    (answer,) = ledger.append(noted("order-1", given, expected=0))
    (event,) = ledger.stream(StreamId("order-1"))
    assert answer.outcome is Outcome.NEW and answer.events == (event,) and answer.version == 1
    assert (event.position, event.version, event.type, event.schema) == (1, 1, "Noted", 4)
    assert event.occurred_at == datetime(2023, 4, 1, 1, 0, 0, 123456, tzinfo=UTC)
    assert event.payload["at"] == "2023-03-31T16:00:00.000000Z"
    assert event.payload["nested"] == {"b": [1, None, True], "a": 0.5}
    assert (event.cause, event.correlation, event.source, event.source_key, event.mark) == (
        "a-cause",
        "x",
        "12345",
        "k-1",
        "m",
    )
    assert ledger.event(given.event_id) == event == ledger.by_source("12345", "k-1")
    assert ledger.event(EventId("nobody")) is None and ledger.by_source("12345", "k-2") is None


def test_positions_are_contiguous_over_all_streams_and_versions_within_each(ledger: Ledger) -> None:
    ledger.append(noted("a", fact(), fact()), noted("b"))
    ledger.append(noted("a"), noted("c", fact(), fact()))
    events = ledger.read(START, 100)
    assert [event.position for event in events] == [1, 2, 3, 4, 5, 6]
    assert [(event.stream, event.version) for event in events] == [
        ("a", 1),
        ("a", 2),
        ("b", 1),
        ("a", 3),
        ("c", 1),
        ("c", 2),
    ]
    assert ledger.head() == 6
    assert [event.position for event in ledger.read(Position(2), 3)] == [3, 4, 5]
    assert [event.version for event in ledger.stream(StreamId("a"), 1)] == [2, 3]


def test_several_streams_or_only_some_types_or_only_headings_may_be_read(ledger: Ledger) -> None:
    ledger.append(noted("a"), noted("b"), received("1", "m1"))
    ledger.append(noted("a"))
    a, b, nobody = StreamId("a"), StreamId("b"), StreamId("nobody")
    found = ledger.streams([b, a, nobody])
    assert {stream: [event.position for event in events] for stream, events in found.items()} == {
        b: [2],
        a: [1, 4],
        nobody: [],
    }
    assert found[a] == ledger.stream(a)
    whole = ledger.read_raw(START, 10)
    (order,) = [row for row in whole if row.stream not in ("a", "b")]
    assert ledger.read_raw_of([order.type], START, Position(4)) == [order]
    assert ledger.read_raw_of([order.type], Position(order.position), Position(4)) == []
    assert [tuple(one) for one in ledger.headings(Position(1), 2)] == [
        (row.position, row.stream, row.version, row.type) for row in whole[1:3]
    ]


def test_an_append_that_expected_another_version_writes_nothing_of_the_whole(ledger: Ledger) -> None:
    ledger.append(noted("a"))
    with pytest.raises(Conflict) as refused:
        ledger.append(noted("b", expected=0), noted("a", expected=0))
    assert refused.value.code == "ledger.version-moved" and "a" in refused.value.message
    assert ledger.head() == 1 and ledger.stream(StreamId("b")) == []
    ledger.append(noted("a", expected=1))
    assert ledger.head() == 2


def test_many_appends_in_one_transaction_each_have_their_own_outcome(ledger: Ledger) -> None:
    ledger.append(received("1", "m1"), received("2", "m2"))
    answers = ledger.append_each(
        [
            received("1", "m1"),
            received("2", "other"),
            received("3", "m3"),
            noted("order-1", expected=7),
            noted("order-1", expected=1),
        ]
    )
    assert [answer.outcome for answer in answers] == ["duplicate", "conflict", "new", "moved", "new"]
    assert [event.position for event in answers[0].events] == [1]
    assert answers[3].events == () and answers[3].version == 1
    assert ledger.head() == 5
    ledger.verify()


def test_the_same_key_with_the_same_mark_is_answered_with_the_first_events(ledger: Ledger) -> None:
    (first,) = ledger.append(received("1", "m1"))
    ledger.append(noted("order-1", expected=1))
    (again,) = ledger.append(received("1", "m1"))
    assert again.outcome is Outcome.DUPLICATE and again.events == first.events and again.version == 2
    assert ledger.head() == 2


def test_the_same_key_with_another_mark_is_recorded_as_a_conflict_and_never_dropped(ledger: Ledger) -> None:
    (first,) = ledger.append(received("1", "m1"))
    answer, beside = ledger.append(received("1", "m2"), noted("beside"))
    assert answer.outcome is Outcome.CONFLICT and beside.outcome is Outcome.NEW
    (conflict,) = ledger.stream(StreamId("conflicts-12345"))
    assert answer.events == (conflict,) and conflict.type == "SourceConflictRecorded"
    assert conflict.cause == first.events[0].event_id
    assert conflict.payload["first"] == {"event_id": first.events[0].event_id, "position": 1, "mark": "m1"}
    (refused,) = conflict.payload["refused"]
    assert (refused["mark"], refused["payload"], conflict.payload["stream"]) == ("m2", {"number": "1"}, "order-1")
    assert len(ledger.stream(StreamId("order-1"))) == 1

    (again,) = ledger.append(received("1", "m2"))
    (third,) = ledger.append(received("1", "m3"))
    assert again.outcome is Outcome.CONFLICT and again.events == (conflict,)
    assert third.events[0].version == 2, "another body is another conflict"


def test_an_append_of_which_only_part_was_recorded_is_a_conflict(ledger: Ledger) -> None:
    ledger.append(received("1", "m1"))
    known = received("1", "m1").events
    fresh = fact(source="12345", source_key="1-more", mark="m")
    (answer,) = ledger.append(Append(StreamId("order-1"), None, (*known, fresh)))
    assert answer.outcome is Outcome.CONFLICT
    assert [event["source_key"] for event in answer.events[0].payload["refused"]] == ["1", "1-more"]


def test_duplicates_and_conflicts_within_one_batch_are_seen(ledger: Ledger) -> None:
    answers = ledger.append_each([received("1", "m1"), received("1", "m1"), received("1", "m2"), received("1", "m2")])
    assert [answer.outcome for answer in answers] == ["new", "duplicate", "conflict", "conflict"]
    assert answers[1].events == answers[0].events and answers[3].events == answers[2].events
    assert ledger.head() == 2


def test_an_event_id_is_taken_once(ledger: Ledger) -> None:
    event = fact()
    ledger.append(noted("a", event))
    with pytest.raises(Conflict) as refused:
        ledger.append(noted("b", event))
    assert refused.value.code == "ledger.already-there" and ledger.head() == 1


@pytest.mark.parametrize(
    "append",
    [
        noted("a", fact({"x": float("nan")})),
        noted("a", fact({"x": [None, {"y": float("-inf")}]})),
        noted("a", fact({"x": {1, 2}})),
        noted("a", fact({"x": "\ud800"})),
        noted("a", fact(source="s", source_key="nul\0")),
        noted("a\ud800"),
        Append(StreamId("a"), None, ()),
        noted("a", fact(source="s", source_key="k"), fact(source="s", source_key="k")),
    ],
    ids=["nan", "infinity", "set", "surrogate", "nul", "stream-surrogate", "empty", "key-twice"],
)
def test_what_cannot_be_written_is_refused_before_anything_is(ledger: Ledger, append: Append) -> None:
    with pytest.raises(BadInput):
        ledger.append(noted("good"), append)
    assert ledger.head() == 0


def test_an_event_without_zone_or_with_half_a_source_is_refused() -> None:
    with pytest.raises(BadInput):
        fact(occurred_at=datetime(2023, 4, 1))
    with pytest.raises(BadInput):
        fact(source="12345")
    with pytest.raises(BadInput):
        fact(type="")


def test_recording_times_never_run_backwards(ledger: Ledger, clock: ScriptedClock) -> None:
    ledger.append(noted("a"))
    clock.go_on(hours=-3)
    ledger.append(noted("a"))
    clock.go_on(hours=9)
    ledger.append(noted("a"))
    times = [event.recorded_at for event in ledger.read(START, 9)]
    assert times == [datetime(2023, 4, 1, 8, tzinfo=UTC)] * 2 + [datetime(2023, 4, 1, 14, tzinfo=UTC)]
    assert ledger.recorded_at(Position(3)) == times[2] and ledger.recorded_at(Position(4)) is None


def test_a_date_leads_to_the_last_position_known_then(ledger: Ledger, clock: ScriptedClock) -> None:
    assert ledger.position_at(WHEN) == 0
    start = clock.now
    for _ in range(5):
        ledger.append(noted("a", fact(), fact()))
        clock.go_on(hours=1)
    assert ledger.position_at(start - timedelta(microseconds=1)) == 0
    assert [ledger.position_at(start + timedelta(hours=hours)) for hours in range(6)] == [2, 4, 6, 8, 10, 10]
    assert ledger.position_at(start + timedelta(minutes=90)) == 4


def test_a_feed_gives_everything_in_batches_and_never_an_empty_one(ledger: Ledger) -> None:
    feed = Feed(ledger)
    assert list(feed.batches()) == []
    ledger.append(noted("a", *(fact({"n": n}) for n in range(25))))
    assert [len(batch) for batch in feed.batches(size=10)] == [10, 10, 5]
    assert [event.position for batch in feed.batches(Position(20), 10) for event in batch] == [21, 22, 23, 24, 25]


def test_verification_goes_through_the_whole_or_a_range(ledger: Ledger) -> None:
    assert ledger.verify() == Link(START, "0" * 64)
    ledger.append(noted("a", *(fact({"n": n}) for n in range(25))))
    seen: list[Position] = []
    link = ledger.verify(chunk=10, progress=seen.append)
    assert link == ledger.link(Position(25)) and seen == [10, 20, 25]
    assert ledger.verify(ledger.link(Position(5)), Position(15)) == ledger.link(Position(15))
    with pytest.raises(LedgerBroken, match=r"ledger\.hole"):
        ledger.verify(upto=Position(26))


def test_old_events_are_read_in_their_present_form_and_unknown_ones_stop_the_reader(ledger: Ledger) -> None:
    ledger.append(noted("a", fact({"name": "x"}), fact({"title": "y"}, schema=2)), noted("b", fact(type="Strange")))
    ledger.types = EventTypes(TYPES)
    assert [(event.schema, event.payload) for event in ledger.stream(StreamId("a"))] == [
        (2, {"title": "x"}),
        (2, {"title": "y"}),
    ]
    with pytest.raises(LedgerBroken) as stopped:
        ledger.read(START, 10)
    assert stopped.value.code == "ledger.unknown-event" and stopped.value.at == "3"
    ledger.verify()


def test_an_event_this_program_does_not_declare_is_refused_before_it_is_written(database_url: str) -> None:
    ledger = open_ledger(database_url, types=EventTypes(TYPES))
    for event in (fact(schema=1), fact(type="Strange")):
        with pytest.raises(LedgerBroken):
            ledger.append(noted("a", event))
    ledger.append(noted("a", fact(schema=2, source="s", source_key="k", mark="1")))
    (answer,) = ledger.append(noted("a", fact(schema=2, source="s", source_key="k", mark="2")))
    assert answer.outcome is Outcome.CONFLICT, "the ledger's own type is always known"
    assert ledger.head() == 2
    ledger.close()
