"""`dingze quarantine`: what could not go in is opened, mended and tried again by command."""

import json
from pathlib import Path

import pytest

from dingze.folders import initialise
from dingze.settings import Settings
from dingze.wiring import Dingze
from ingest.quarantine import stream_of
from mandates.sheets import Row
from tests.dingze.conftest import Dingze as Called

ROWS = ({"工单编号": "Q1", "群众说": "路灯不亮"}, {"工单编号": "Q2", "主要内容": "井盖破损", "受理时间": "昨天"})


@pytest.fixture
def two(migrated_sqlite_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Two things in quarantine; their streams."""
    settings = Settings(database_url=migrated_sqlite_url, master_key=tmp_path / "key", cache=tmp_path / "cache")
    initialise(settings)
    dingze = Dingze(settings)
    rows = [Row("q.jsonl", number, dict(row), json.dumps(row).encode()) for number, row in enumerate(ROWS, 1)]
    for _ in dingze.gateway.admit(rows, now=dingze.clock()):
        pass
    dingze.close()
    monkeypatch.setenv("DINGZE_DATABASE_URL", migrated_sqlite_url)
    monkeypatch.setenv("DINGZE_MASTER_KEY", str(tmp_path / "key"))
    monkeypatch.setenv("DINGZE_CACHE", str(tmp_path / "cache"))
    return [stream_of(row.raw) for row in rows]


def test_held_things_are_opened_and_go_in_by_a_mapping_or_with_corrected_fields(two: list[str], called: Called) -> None:
    first, second = two
    shown = called("quarantine", "list", "--json").document["held"]
    assert {one["stream"] for one in shown if not one["replayed"]} == set(two)
    assert called("quarantine", "replay", "--json").document["in"] == []

    Path("names.json").write_text('{"群众说": "text"}', "utf-8")
    done = called("quarantine", "replay", first, "--map", "names.json", "--json").document
    assert [one["order_no"] for one in done["in"]] == ["Q1"]

    opened = called("quarantine", "open", second, "--purpose", "更正时间", "--out", "held.json", "--json").document
    assert opened["bytes"] == Path("held.json").stat().st_size and Path("held.json").stat().st_mode & 0o077 == 0
    fields = json.loads(Path("held.json").read_bytes()) | {"受理时间": "2024-03-01"}
    Path("held.json").write_text(json.dumps(fields), "utf-8")
    assert called("quarantine", "replay", "--fields", "held.json").err.startswith("input.invalid")
    done = called("quarantine", "replay", second, "--fields", "held.json", "--json").document
    assert [one["order_no"] for one in done["in"]] == ["Q2"] and done["still_held"] == []
    told = called("ledger", "tail", "--limit", "50", "--json").document["events"]
    assert "InputRead" in {event["type"] for event in told}
