"""The database itself refuses to change the record; and what is changed past its guards is found, with its position."""

from pathlib import Path

import pytest

from ledger.chain import START
from ledger.store import Ledger
from terms.errors import LedgerBroken
from terms.ids import Position
from tests.ledger import database
from tests.ledger.facts import fact, noted


@pytest.fixture(autouse=True)
def ten_events(ledger: Ledger) -> None:
    ledger.append(noted("a", *(fact({"n": n, "said": "原话"}) for n in range(10))))


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE ledger_events SET payload = '{}' WHERE position = 3",
        "UPDATE ledger_events SET recorded_at = recorded_at",
        "DELETE FROM ledger_events WHERE position = 10",
        "DELETE FROM ledger_events",
    ],
)
def test_update_and_delete_are_refused_by_the_database(ledger: Ledger, database_url: str, statement: str) -> None:
    with pytest.raises(database.Refusal, match="append-only"):
        database.run(database_url, statement)
    assert ledger.verify().position == 10


@pytest.mark.postgres
def test_truncate_is_refused_by_postgresql(ledger: Ledger, database_url: str) -> None:
    if database_url.startswith("sqlite"):
        return  # SQLite has no TRUNCATE
    with pytest.raises(database.Refusal, match="append-only"):
        database.run(database_url, "TRUNCATE ledger_events")
    assert ledger.head() == 10


_COPY = (
    "INSERT INTO ledger_events SELECT {position}, 'forged', 'b', 1, type, schema, occurred_at, recorded_at, actor,"
    " NULL, NULL, NULL, NULL, NULL, payload, digest FROM ledger_events WHERE position = 1"
)


def test_a_position_beyond_the_next_is_refused_by_sqlite(ledger: Ledger, database_url: str) -> None:
    if database_url.startswith("sqlite"):
        with pytest.raises(database.Refusal, match="contiguous"):
            database.run(database_url, _COPY.format(position=12))
        assert ledger.head() == 10


@pytest.mark.parametrize(
    "change",
    [
        "payload = replace(payload, '原话', '改话')",
        "payload = payload || ' '",
        "actor = 'system:somebody'",
        "occurred_at = '2023-04-01T07:30:00.000001Z'",
        "recorded_at = '2023-04-01T08:00:00.000001Z'",
        "mark = 'm'",
        "event_id = 'x'",
        "stream = 'b'",
        "type = 'Notes'",
        "schema = 2",
        "cause = 'c'",
        "digest = replace(digest, substr(digest, 1, 1), 'x')",
    ],
)
def test_a_changed_value_is_found_with_its_position(ledger: Ledger, database_url: str, change: str) -> None:
    database.damage(database_url, [f"UPDATE ledger_events SET {change} WHERE position = 7"])
    with pytest.raises(LedgerBroken) as found:
        ledger.verify(chunk=4)
    assert (found.value.code, found.value.at) == ("ledger.broken-chain", "7")
    assert ledger.verify(START, Position(6)).position == 6
    assert ledger.verify(ledger.link(Position(8))).position == 10, "what follows still hangs together"


def test_a_removed_event_is_found_and_stops_the_readers(ledger: Ledger, database_url: str) -> None:
    database.damage(database_url, ["DELETE FROM ledger_events WHERE position = 7"])
    with pytest.raises(LedgerBroken) as found:
        ledger.verify()
    assert (found.value.code, found.value.at) == ("ledger.hole", "7")
    with pytest.raises(LedgerBroken) as stopped:
        ledger.read(Position(2), 100)
    assert (stopped.value.code, stopped.value.at) == ("ledger.hole", "7")
    assert len(ledger.read(Position(2), 4)) == 4
    with pytest.raises(LedgerBroken, match=r"ledger\.hole|不连续") as skimming:
        ledger.headings(Position(2), 100)
    assert skimming.value.at == "7"
    with pytest.raises(LedgerBroken) as picking:
        ledger.read_raw_of(["Noted"], Position(2), Position(10))
    assert picking.value.at == "7", "a hole stops even whoever reads one type only"


def test_a_forged_last_event_is_found(ledger: Ledger, database_url: str) -> None:
    database.damage(database_url, [_COPY.format(position=11)])
    with pytest.raises(LedgerBroken) as found:
        ledger.verify()
    assert found.value.at == "11"


def test_events_cut_off_the_end_are_seen_by_whoever_kept_the_link(ledger: Ledger, database_url: str) -> None:
    kept = ledger.verify()
    database.damage(database_url, ["DELETE FROM ledger_events WHERE position > 8"])
    assert ledger.verify().position == 8
    with pytest.raises(LedgerBroken):
        ledger.verify(upto=kept.position)


@pytest.mark.faults
@pytest.mark.parametrize("byte", [b"\x00", b"\xff", b"z"])
def test_one_byte_changed_in_the_file_itself_is_found(
    ledger: Ledger, database_url: str, tmp_path: Path, byte: bytes
) -> None:
    if not database_url.startswith("sqlite"):
        return  # the pages of PostgreSQL are its own; values changed there are covered above
    ledger.close()
    path = tmp_path / "dingze.db"
    raw = bytearray(path.read_bytes())
    place = raw.index(b'"n":6') + 4
    raw[place : place + 1] = byte
    path.write_bytes(raw)
    with pytest.raises(LedgerBroken) as found:
        ledger.verify()
    assert (found.value.code, found.value.at) == ("ledger.broken-chain", "7")
