"""The engine against the plainest folding there is, on both databases."""

import sqlite3
import threading
import time
import tracemalloc
from collections.abc import Callable, Mapping, Sequence
from functools import partial

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st
from sqlalchemy import String, select, update

from ledger.chain import Row
from ledger.envelope import Event
from projections import past
from projections.engine import ProjectionEngine
from projections.past import as_of
from projections.queue import QUEUE
from projections.rows import BatchRows
from projections.tasks import TASKS
from projections.view import FactTable, Masked, Rows, StateTable, View
from terms.errors import NotFound, Refused
from terms.ids import Position
from tests.projections.conftest import ALL_VIEWS, Desk, desk_at
from tests.projections.lives import Life, told
from tests.projections.naive import content, fold

HISTORIES = st.lists(st.tuples(st.integers(0, 3), st.integers(0, 209)), min_size=1, max_size=60)


def write(desk: Desk, history: list[tuple[int, int]]) -> None:
    """Facts of a few orders, mixed."""
    lives = [Life(f"N{number}") for number in range(4)]
    desk.tell(told(lives[number], lives[number].any(choice)) for number, choice in history)


def naive(desk: Desk, view: View, upto: int | None = None) -> dict[str, list[object]]:
    """The view recomputed in the plainest way up to a position."""
    events = [event for event in desk.events() if upto is None or event.position <= upto]
    texts = desk.masked([event for event in events if event.payload.get("masked")])
    return content(view, fold(view, events, dict(texts)))


@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(history=HISTORIES, live=st.integers(1, 25), anew=st.integers(1, 70), stops=st.lists(st.integers(0, 60)))
def test_folded_live_in_any_batch_size_is_rebuilt_from_zero_is_recomputed_naively(
    fresh_sqlite: Callable[[], str], history: list[tuple[int, int]], live: int, anew: int, stops: list[int]
) -> None:
    with desk_at(fresh_sqlite(), ALL_VIEWS) as desk:
        write(desk, history)
        for stop in sorted(stops):
            desk.engine.catch_up(Position(min(stop, len(history))), batch=live)
        desk.engine.catch_up(batch=live)
        expected = {view.name: naive(desk, view) for view in ALL_VIEWS}
        assert {view.name: desk.rows(view) for view in ALL_VIEWS} == expected
        assert desk.engine.verify("queue") == (True, len(history))
        for view in ALL_VIEWS:
            assert desk.engine.rebuild(view.name, batch=anew).position == len(history)
        assert {view.name: desk.rows(view) for view in ALL_VIEWS} == expected


@settings(max_examples=10, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(history=HISTORIES, part=st.floats(0, 1))
def test_a_list_as_of_a_position_is_the_fold_up_to_it(
    fresh_sqlite: Callable[[], str], history: list[tuple[int, int]], part: float
) -> None:
    with desk_at(fresh_sqlite()) as desk:
        write(desk, history)
        desk.engine.catch_up()
        position = int(len(history) * part)
        for view in (QUEUE, TASKS):
            until = [one for one in desk.events() if one.position <= position]
            rows = fold(view, until, dict(desk.masked([one for one in until if one.payload.get("masked")])))
            with desk.store.reading() as connection:
                tables = desk.store.tables(view, desk.store.current(connection, view.name))
                for declared in view.tables:
                    table = tables[declared.name]
                    # an erasure after that position has blanked the texts in every version
                    names = [name for name, _ in declared.columns if name not in ("title", "place")]
                    query = select(*(table.c[name] for name in names)).where(as_of(table, position))
                    found = [tuple(row) for row in connection.execute(query)]
                    held = [
                        dict(zip(declared.key, key, strict=True)) | row
                        for key, row, _, end in rows.state.get(declared.name, [])
                        if end > position
                    ]
                    assert sorted(map(repr, found)) == sorted(repr(tuple(row.get(n) for n in names)) for row in held)
                    if isinstance(declared, StateTable) and declared.past:
                        again = connection.execute(select(past.held(table, tuple(names), position)))
                        assert sorted(map(repr, again)) == sorted(map(repr, found))


@given(begins=st.integers(1, 2**40), length=st.integers(1, 2**40), part=st.floats(0, 1))
@example(begins=8, length=2, part=0)
@example(begins=1, length=1, part=0)
def test_a_row_that_ended_is_found_at_every_position_it_held_at(begins: int, length: int, part: float) -> None:
    held_at = begins + int((length - 1) * part)
    assert past.node(begins, begins + length) in past.nodes(held_at)
    assert len(past.nodes(held_at)) <= past.HEIGHT + 1


def test_both_databases_hold_the_same_rows_as_the_naive_fold(database_url: str) -> None:
    with desk_at(database_url, ALL_VIEWS) as desk:
        write(desk, [(number % 4, number * 11 % 210) for number in range(300)])
        for upto, batch in ((20, 1), (100, 7), (200, 64)):
            desk.engine.catch_up(Position(upto), batch)
        desk.engine.catch_up()
        for view in ALL_VIEWS:
            assert desk.rows(view) == naive(desk, view)
            assert desk.engine.verify(view.name) == (True, 300)
            assert desk.engine.rebuild(view.name, batch=33).current
            assert desk.rows(view) == naive(desk, view)


def test_verify_finds_a_row_somebody_changed(desk: Desk) -> None:
    write(desk, [(0, 0), (1, 0), (0, 2)])
    desk.engine.catch_up()
    assert desk.engine.verify("queue") == (True, 3)
    with desk.store.writing() as connection:
        table = desk.store.tables(QUEUE, desk.store.current(connection, "queue"))["orders"]
        connection.execute(update(table).where(table.c.order_no == "N1").values(urgency="特急"))
    assert desk.engine.verify("queue") == (False, 3)
    assert desk.engine.verify("tasks") == (True, 3)
    desk.engine.rebuild("queue")
    assert desk.engine.verify("queue") == (True, 3)


def test_verify_leaves_nothing_behind_and_still_holds_while_the_record_grows(desk: Desk) -> None:
    write(desk, [(0, 0), (1, 0)])
    desk.engine.catch_up()
    write(desk, [(0, 2), (2, 0)])
    assert desk.engine.verify("queue") == (True, 2)
    assert [one.purpose for one in desk.engine.status()] == ["live", "live"]


# --- poison ----------------------------------------------------------------------------------------------------


def counting(name: str, poison: str = "", version: int = 1) -> View:
    """A view that counts facts by type, and cannot fold the orders whose number is `poison`."""

    def count(rows: Rows, event: Event, _: Masked) -> None:
        seen = rows.get("seen", (event.payload["order_no"],)) or {"facts": ""}
        rows.put("seen", (event.payload["order_no"],), {"facts": seen["facts"] + event.type[0]})
        rows.add("told", {"type": event.type})
        if poison and event.payload["order_no"] == poison:
            raise ValueError("cannot be folded")

    return View(
        name=name,
        version=version,
        tables=(
            StateTable("seen", ("order_no",), (("order_no", String(20)), ("facts", String(5)))),
            FactTable("told", (("type", String(3)),)),
        ),
        handlers=dict.fromkeys(("WorkOrderReceived", "WorkOrderDispatched", "OrderClosed"), count),
    )


def test_a_poison_event_stops_its_own_view_only_and_says_why(database_url: str) -> None:
    sick, well = counting("sick", poison="N2"), counting("well")
    with desk_at(database_url, (sick, well)) as desk:
        write(desk, [(0, 0), (1, 0), (2, 0), (3, 0), (0, 2)])
        desk.engine.catch_up()
        stands = {one.name: one for one in desk.engine.status()}
        assert (stands["sick"].position, stands["well"].position) == (2, 5)
        assert "第 3 条" in stands["sick"].stopped
        assert "ValueError（test_engine.py:" in stands["sick"].stopped, "what failed where, not what it said"
        assert "cannot be folded" not in stands["sick"].stopped
        assert not stands["well"].stopped
        assert stands["sick"].behind == 3
        assert stands["sick"].seconds > 0 == stands["well"].seconds
        assert len(desk.rows(sick)["told"]) == 2, "what stood before the poison is kept, nothing of the poison itself"
        desk.engine.catch_up()
        assert {one.name: one.position for one in desk.engine.status()} == {"sick": 2, "well": 5}


def test_skipping_a_poison_event_is_a_recorded_decision_that_a_rebuild_repeats(database_url: str) -> None:
    sick = counting("sick", poison="N2")
    with desk_at(database_url, (sick,)) as desk:
        write(desk, [(0, 0), (2, 0), (1, 0)])
        desk.engine.catch_up()
        assert desk.engine.skip("sick", "测试数据", "administrator:acc") == 2
        assert desk.events()[-1].type == "ProjectionEventSkipped"
        desk.engine.catch_up()
        (stands,) = desk.engine.status()
        assert (stands.position, stands.stopped) == (4, "")
        assert desk.engine.verify("sick") == (True, 4)
        assert desk.engine.rebuild("sick").position == 4
        assert [row[0] for row in desk.rows(sick)["seen"]] == ["N0", "N1"]
        with pytest.raises(NotFound):
            desk.engine.skip("sick", "again", "administrator:acc")


def test_a_row_the_database_refuses_stops_at_its_event(database_url: str) -> None:
    def odd(rows: Rows, event: Event, _: Masked) -> None:
        number = event.payload["order_no"]
        rows.add("told", {"type": {"not": "a text"} if number == "N2" else number})

    view = View("odd", 1, (FactTable("told", (("type", String(3)),)),), {"WorkOrderReceived": odd})
    with desk_at(database_url, (view, counting("well"))) as desk:
        write(desk, [(0, 0), (1, 0), (3, 0), (2, 0), (0, 0)])
        desk.engine.catch_up()
        stands = {one.name: one for one in desk.engine.status()}
        assert (stands["odd"].position, stands["well"].position) == (3, 5)
        assert "第 4 条" in stands["odd"].stopped
        assert [row[0] for row in desk.rows(view)["told"]] == ["N0", "N1", "N3"]


# --- two runners, leases ---------------------------------------------------------------------------------------


def test_two_runners_on_one_store_never_write_twice(database_url: str) -> None:
    with desk_at(database_url) as one, desk_at(database_url) as other:
        write(one, [(number % 4, number * 11 % 210) for number in range(240)])
        one.engine.catch_up(Position(1))
        threads = [
            threading.Thread(target=desk.engine.catch_up, kwargs={"batch": size})
            for desk, size in ((one, 3), (other, 5))
        ]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        one.engine.catch_up()
        for view in (QUEUE, TASKS):
            assert one.rows(view) == naive(one, view)
        write(one, [(0, 2), (1, 3)])  # both go on from where the other left them
        other.engine.catch_up()
        one.engine.catch_up()
        assert one.engine.verify("queue") == (True, 242)


def test_a_runner_that_slept_past_its_lease_cannot_write(database_url: str) -> None:
    with desk_at(database_url) as slow, desk_at(database_url) as quick:
        write(slow, [(0, 0)])
        slow.engine.catch_up()
        with slow.store.changing() as connection:
            old = slow.store.leases.take(connection, "queue", seconds=0.0)
        assert old is not None
        time.sleep(0.01)
        with quick.store.changing() as connection:
            new = quick.store.leases.take(connection, "queue")
        assert new is not None
        assert new.fence > old.fence
        with slow.store.changing() as connection:
            build = slow.store.current(connection, "queue")
            assert build is not None
            assert slow.store.leases.take(connection, "queue") is None
            assert not slow.store.advance(connection, build, 1, lease=old)
            assert quick.store.advance(connection, build, 1, lease=new)


def test_followers_share_the_work_and_pages_wait_for_their_own_command(database_url: str) -> None:
    with desk_at(database_url) as one, desk_at(database_url) as other:
        stop = threading.Event()
        threads = [threading.Thread(target=desk.engine.follow, args=(stop,)) for desk in (one, other)]
        for thread in threads:
            thread.start()
        try:
            for number in range(5):
                write(one, [(number % 4, 0)])
                began = time.monotonic()
                assert one.engine.wait(Position(number + 1), timeout=5)
                if number:
                    assert time.monotonic() - began < 1
            assert not one.engine.wait(Position(99), timeout=0.05)
        finally:
            stop.set()
            for thread in threads:
                thread.join(10)
        assert not any(thread.is_alive() for thread in threads)
        assert one.rows(QUEUE) == naive(one, QUEUE)


def test_a_view_is_woken_within_a_fifth_of_a_second_by_what_another_process_appends(database_url: str) -> None:
    with desk_at(database_url, (counting("count"),)) as reader, desk_at(database_url) as elsewhere:
        stop = threading.Event()
        following = threading.Thread(target=reader.engine.follow, args=(stop,))
        following.start()
        try:
            took = []
            for number in range(8):
                write(elsewhere, [(number % 4, 0)])  # a ledger of its own: nothing but the database tells the reader
                began = time.monotonic()
                while not reader.engine.wait(Position(number + 1), timeout=0.005):
                    assert time.monotonic() - began < 10
                took.append(time.monotonic() - began)
        finally:
            stop.set()
            following.join(10)
        assert sorted(took)[1] < 0.2, "a machine with other work may be late now and then, not always"


# --- rebuilding ------------------------------------------------------------------------------------------------


class _Broken(Exception):
    pass


def test_a_rebuild_that_broke_off_goes_on_where_it_was_and_shows_progress(desk: Desk) -> None:
    write(desk, [(number % 4, number % 30) for number in range(100)])
    desk.engine.catch_up()

    def break_off(position: int) -> None:
        if position >= 40:
            raise _Broken

    with pytest.raises(_Broken):
        desk.engine.rebuild("queue", break_off, batch=10)
    beside = [one for one in desk.engine.status() if one.purpose == "beside"]
    assert [(one.position, one.current) for one in beside] == [(40, False)]
    seen: list[int] = []
    with desk_at(desk.url) as after_restart:
        built = after_restart.engine.rebuild("queue", seen.append, batch=20)
    assert seen == [60, 80, 100]
    assert (built.current, built.position, built.generation) == (True, 100, beside[0].generation)
    assert desk.rows(QUEUE) == naive(desk, QUEUE)


def test_a_stopped_rebuild_changes_nothing_people_read(desk: Desk) -> None:
    write(desk, [(0, 0), (1, 0)])
    desk.engine.catch_up()
    stop = threading.Event()
    stop.set()
    assert not desk.engine.rebuild("queue", stop=stop).current
    assert desk.rows(QUEUE) == naive(desk, QUEUE)


def test_the_pointer_never_flips_to_a_build_that_is_behind(desk: Desk) -> None:
    write(desk, [(number % 4, 0) for number in range(10)])
    desk.engine.catch_up()
    grown = False

    def grow(position: int) -> None:
        nonlocal grown
        if position == 10 and not grown:
            grown = True
            write(desk, [(0, 2), (1, 2)])
            desk.engine.catch_up()

    assert desk.engine.rebuild("queue", grow, batch=5).position == 12
    assert desk.rows(QUEUE) == naive(desk, QUEUE)


def test_a_view_of_a_new_version_is_built_beside_and_then_read(database_url: str) -> None:
    old, new = counting("count"), counting("count", version=2)
    with desk_at(database_url, (old,)) as before:
        write(before, [(0, 0), (1, 0)])
        before.engine.catch_up()
        with desk_at(database_url, (new,)) as after:
            after.engine.catch_up()
            (stands,) = after.engine.status()
            assert (stands.version, stands.current, stands.position) == (2, True, 2)
            before.engine.catch_up()  # the older program leaves the newer build alone
            (stands,) = after.engine.status()
            assert stands.version == 2


def test_builds_can_be_switched_and_dropped_but_not_the_one_people_read(desk: Desk) -> None:
    write(desk, [(0, 0), (1, 0)])
    desk.engine.catch_up()
    beside = desk.engine.rebuild("queue", flip=False)
    assert not beside.current
    with pytest.raises(Refused):
        desk.engine.drop("queue", 1)
    assert desk.engine.switch("queue", beside.generation).current
    assert desk.rows(QUEUE) == naive(desk, QUEUE)
    desk.engine.drop("queue", 1)
    with pytest.raises(NotFound, match="没有第 1 代，现有：2"):
        desk.engine.switch("queue", 1)
    write(desk, [(0, 2)])
    desk.engine.catch_up()
    assert desk.engine.verify("queue") == (True, 3)


def test_all_views_are_rebuilt_in_one_pass(desk: Desk) -> None:
    write(desk, [(number % 4, number % 30) for number in range(60)])
    seen: list[int] = []
    assert [build.position for build in desk.engine.rebuild_all(seen.append)] == [60, 60]
    assert seen == [60]


def test_a_rebuild_of_all_views_decodes_and_opens_every_event_once(
    database_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    with desk_at(database_url, ALL_VIEWS) as desk:
        write(desk, [(number % 4, number % 210) for number in range(120)])
        handled = frozenset().union(*(view.handlers for view in ALL_VIEWS))
        wanted = [event.position for event in desk.events() if event.type in handled]
        decoded: list[int] = []
        opened: list[str] = []
        decode, masked = desk.ledger.decode, desk.masked

        def decode_and_tell(row: Row) -> Event:
            decoded.append(row.position)
            return decode(row)

        def open_and_tell(events: Sequence[Event]) -> Mapping[str, Masked]:
            opened.extend(event.event_id for event in events)
            return masked(events)

        monkeypatch.setattr(desk.ledger, "decode", decode_and_tell)
        engine = ProjectionEngine(desk.ledger, desk.store, ALL_VIEWS, open_and_tell)
        assert {build.position for build in engine.rebuild_all()} == {120}
        assert decoded == wanted, "ten views, one decoding"
        assert opened and sorted(set(opened)) == sorted(opened)


def test_the_memory_of_a_rebuild_does_not_grow_with_the_record(
    fresh_sqlite: Callable[[], str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("projections.folding.BatchRows", partial(BatchRows, keep=20))
    with desk_at(fresh_sqlite()) as desk:
        engine = ProjectionEngine(desk.ledger, desk.store, (QUEUE,), lambda events: {})
        peaks = []
        for numbers in (range(150), range(150, 600)):
            lives = [Life(f"N{number}") for number in numbers]
            desk.tell(told(life, life.any(kind)) for life in lives for kind in (0, 1, 2, 3))
            tracemalloc.start()
            assert engine.rebuild("queue", batch=50).position == 4 * (numbers.stop)
            peaks.append(tracemalloc.get_traced_memory()[1])
            tracemalloc.stop()
        assert peaks[1] < 1.2 * peaks[0], "four times the record, the same memory"


def test_a_reader_sees_one_state_and_cannot_write(desk: Desk) -> None:
    write(desk, [(0, 0)])
    desk.engine.catch_up()
    with desk.store.reading() as connection:
        table = desk.store.tables(QUEUE, desk.store.current(connection, "queue"))["orders"]
        assert len(connection.execute(select(table)).all()) == 1
        write(desk, [(1, 0)])
        desk.engine.catch_up()
        assert len(connection.execute(select(table)).all()) == 1, "one page, one state"
        with pytest.raises(Exception, match=r"read-?only|readonly"):
            connection.execute(table.delete())
    with desk.store.reading() as connection:
        assert len(connection.execute(select(table)).all()) == 2


def test_waiting_for_a_view_that_was_never_built_is_not_answered_with_yes(desk: Desk) -> None:
    assert not desk.engine.wait(Position(0), timeout=0.01)
    assert desk.engine.status() == []
    with pytest.raises(NotFound):
        desk.engine.verify("queue")
    with pytest.raises(NotFound):
        desk.engine.rebuild("nothing")


def test_a_views_file_of_an_older_layout_is_thrown_away(migrated_sqlite_url: str) -> None:
    file = migrated_sqlite_url.removeprefix("sqlite:///") + ".views"
    with sqlite3.connect(file) as old:
        old.execute("CREATE TABLE view_builds (name TEXT, version INTEGER)")
        old.execute("CREATE TABLE queue_orders_v1_1 (order_no TEXT)")
    old.close()
    with desk_at(migrated_sqlite_url) as desk:
        write(desk, [(0, 0)])
        desk.engine.catch_up()
        assert len(desk.rows(QUEUE)["orders"]) == 1


def test_what_nobody_reads_any_more_is_swept(database_url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    with desk_at(database_url) as desk:
        write(desk, [(0, 0)])
        desk.engine.catch_up()
        desk.engine.rebuild("queue")
        monkeypatch.setattr("projections.store.RETIRED_SECONDS", -1.0)
        with desk_at(database_url) as later:
            later.engine.catch_up()
            with later.store.reading() as connection:
                assert [build.purpose for build in later.store.builds(connection, "queue")] == ["live"]
