"""What waits in quarantine is replayed: as it was, under a mapping, or corrected; it goes in once."""

from dataclasses import replace
from typing import Any

import orjson
import pytest

from city.configuration import CityConfiguration
from ingest.gateway import Gateway
from ingest.quarantine import held, last_of, row_of, stream_of, subjects_of
from ingest.replay import Replay
from ledger.store import Ledger
from ledger.vault import Vault
from mandates.sheets import Row, rows_of
from terms.errors import BadInput, NotFound
from terms.ids import StreamId
from tests.ingest.conftest import NOW
from tests.ingest.rows import ORDER, taken

HOW: dict[str, Any] = {"now": NOW, "actor": "administrator:u1"}


def hold(gateway: Gateway, ledger: Ledger, **change: Any) -> StreamId:
    """An order that could not go in, and where it is held."""
    assert taken(gateway, ORDER | change)[0]["status"] == "quarantined"
    return held(ledger)[-1].stream


def test_a_corrected_order_goes_in_once_and_the_matter_is_closed(gateway: Gateway, ledger: Ledger) -> None:
    stream = hold(gateway, ledger, 受理时间="昨天")
    replay = Replay(gateway)
    first = replay.again(stream, cells=ORDER, **HOW)
    again = replay.again(stream, cells=ORDER, **HOW)
    assert (first.status, again.status) == ("in", "duplicate")
    assert (again.order_no, again.position) == ("W-1", first.position)
    (one,) = held(ledger)
    assert (one.replayed, one.order_no) == (True, "W-1")
    assert subjects_of(ledger, "W-1") == (stream,), "erasing the order finds these bytes"
    assert ledger.head() == 3


def test_what_the_city_allows_by_now_goes_in_as_it_was(gateway: Gateway, ledger: Ledger) -> None:
    stream = hold(gateway, ledger, 受理时间="1999-05-01")
    city = CityConfiguration.model_validate({"imports": {"earliest_year": 1990}})
    allowed = replace(gateway, city=city)
    assert Replay(allowed).again(stream, **HOW).status == "in"
    assert taken(allowed, ORDER | {"受理时间": "1999-05-01"})[0]["status"] == "duplicate"


def test_a_mapping_that_was_forgotten_is_given_later(gateway: Gateway, ledger: Ledger) -> None:
    taken(gateway, {"工单编号": "W-1", "群众说": "路灯不亮"})
    (one,) = held(ledger)
    assert Replay(gateway).again(one.stream, mapping={"群众说": "text"}, **HOW).order_no == "W-1"


def test_a_nameless_row_gets_the_number_it_would_have_had(gateway: Gateway, ledger: Ledger) -> None:
    nameless = {"标题": "路灯不亮", "受理时间": "?"}
    taken(gateway, nameless, file_digest="e" * 64)
    (one,) = held(ledger)
    mended = nameless | {"受理时间": "2024-03-01"}
    assert Replay(gateway).again(one.stream, cells=mended, **HOW).order_no == "e" * 16 + "-2"
    assert taken(gateway, mended, file_digest="e" * 64)[0]["status"] == "duplicate"


def test_what_is_still_bad_stays_and_nothing_is_written(gateway: Gateway, ledger: Ledger) -> None:
    stream = hold(gateway, ledger, 受理时间="昨天")
    head = ledger.head()
    for cells in (None, {}, ORDER | {"受理时间": "前天"}):
        with pytest.raises(BadInput) as refused:
            Replay(gateway).again(stream, cells=cells, **HOW)
        assert refused.value.code == "ingest.still-bad"
    assert ledger.head() == head
    assert not held(ledger)[0].replayed


def test_a_crash_before_the_matter_was_closed_doubles_nothing(
    gateway: Gateway, ledger: Ledger, monkeypatch: pytest.MonkeyPatch
) -> None:
    stream = hold(gateway, ledger, 受理时间="昨天")
    with monkeypatch.context() as crash:
        crash.setattr("ingest.replay._replayed", lambda *_: (_ for _ in ()).throw(KeyboardInterrupt))
        with pytest.raises(KeyboardInterrupt):
            Replay(gateway).again(stream, cells=ORDER, **HOW)
    assert Replay(gateway).again(stream, cells=ORDER, **HOW).status == "duplicate"
    assert [event.type for event in ledger.stream(StreamId("order-W-1"))] == ["WorkOrderReceived"]
    assert held(ledger)[0].replayed


def test_broken_bytes_are_kept_as_they_came(gateway: Gateway, ledger: Ledger, vault: Vault) -> None:
    good, raw = b'{"no":"W-1","text":"\xe8\xb7\xaf"}', b'{"no":"W-2","text":"\xe8\xb7'
    rows = list(rows_of(good + b"\n" + raw, ".jsonl", "a.jsonl"))
    *_, summary = gateway.admit(rows, now=NOW)
    assert summary.counts() == {"in": 1, "duplicate": 0, "conflict": 0, "quarantined": 1}
    assert row_of(vault, last_of(ledger, stream_of(raw))).raw == raw
    with pytest.raises(NotFound):
        Replay(gateway).again(stream_of(b"nothing"), **HOW)


def test_the_same_bad_row_is_held_once(gateway: Gateway, ledger: Ledger) -> None:
    hold(gateway, ledger, 受理时间="昨天")
    hold(gateway, ledger, 受理时间="昨天")
    assert (len(held(ledger)), ledger.head()) == (1, 1)


def test_a_message_in_quarantine_is_read_from_its_own_bytes(gateway: Gateway, ledger: Ledger) -> None:
    huge = {"no": "W-1", "title": "路灯不亮", "date": "昨天", "extra": ["x" * 1_000] * 400}
    row = Row("topic", 7, huge, orjson.dumps(huge))
    *_, summary = gateway.admit([row], now=NOW)
    assert summary.quarantined == 1
    (one,) = held(ledger)
    with pytest.raises(BadInput) as refused:
        Replay(gateway).again(one.stream, **HOW)
    assert "received_at" in (refused.value.at or "")
