"""The two years of a city that benchmarks use: whole, repeatable, and asked the way its pages ask."""

from datetime import timedelta
from pathlib import Path

from bench import at_size
from ledger.backends import open_ledger


def test_a_small_city_is_written_rebuilt_by_two_processes_and_asked_everything(
    migrated_sqlite_url: str, tmp_path: Path
) -> None:
    key = tmp_path / "key"
    now = at_size.write(migrated_sqlite_url, key, 1_500)
    found = at_size.rebuild(migrated_sqlite_url, key)
    assert found["views"] == len(at_size.VIEWS)
    ledger = open_ledger(migrated_sqlite_url)
    assert 1_300 < found["events"] == int(ledger.head()) < 1_700
    ledger.close()
    with at_size.projecting(migrated_sqlite_url, key) as engine:
        answers = {name: question() for name, question in at_size.questions(engine, now - timedelta(days=1)).items()}
        assert answers["queue: all"].total > 100
        assert answers["queue: words of many"].total > 0 == answers["queue: words of none"].total
        assert answers["overview"]["figures"]["orders"] == answers["queue: all"].total
        assert engine.verify("queue") == (True, found["events"])
