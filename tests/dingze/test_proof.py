"""`dingze ledger seal | prove | archive`: lodged outside, and proved later by command."""

from datetime import UTC, datetime
from pathlib import Path

import pytest

from dingze.folders import initialise
from dingze.settings import Settings
from dingze.wiring import Dingze
from mandates.enact import enact
from sample.load import sample_items
from tests.dingze.conftest import Dingze as Called
from tests.ledger.database import damage

YEARS = (2023, 2024, 2025)


@pytest.fixture
def url(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    """A record with some events in each of three years of the city."""
    found = f"sqlite:///{tmp_path}/years.db"
    settings = Settings(database_url=found, cache=tmp_path / "cache")
    initialise(settings)
    items = list(sample_items())[:30]
    for number, year in enumerate(YEARS):
        when = datetime(year, 12, 31, 15, 59, tzinfo=UTC)  # a minute before the city's new year
        dingze = Dingze(settings, clock=lambda now=when: now)  # type: ignore[misc]
        enact(dingze.ledger, items[number * 10 : number * 10 + 10], at=when, actor="system:test")
        dingze.close()
    monkeypatch.setenv("DINGZE_DATABASE_URL", found)
    return found


def test_a_seal_is_proved_by_command_and_both_are_recorded(called: Called, url: str) -> None:
    sealed = called("ledger", "seal", "--out", "lodged.json", "--json").document
    proved = called("ledger", "prove", "--seal", "lodged.json", "--key", sealed["public_key"], "--json")
    assert proved.code == 0
    assert proved.document["proved"] is proved.document["signed_here"] is True
    assert (proved.document["position"], proved.document["digest"]) == (sealed["position"], sealed["digest"])
    told = called("ledger", "tail", "--limit", "2", "--json").document["events"]
    assert [event["type"] for event in told] == ["RecordSealed", "SealProved"]
    assert called("ledger", "prove", "--seal", "lodged.json", "--key", "00" * 32).err.startswith("proof.other-key")

    damage(url, ["UPDATE ledger_events SET actor = 'somebody' WHERE position = 10"])
    failed = called("ledger", "prove", "--seal", "lodged.json")
    assert failed.code != 0 and "第 10 条" in failed.err
    after = called("ledger", "tail", "--limit", "1", "--json").document["events"]
    assert after[0]["position"] == told[-1]["position"], "a proof that failed writes nothing"


def test_each_closed_year_is_archived_by_the_citys_calendar(called: Called, url: str) -> None:
    ends = 0
    for year in YEARS:
        made = called("ledger", "archive", "--year", str(year), "--json").document
        assert made["start"] == ends and made["events"] >= 10
        ends = made["end"]
    checked = called("ledger", "archive", "--check", "archive-2024", "--record", "--json").document
    assert checked["verified"] is checked["signed_here"] is checked["against_record"] is True
    assert called("ledger", "verify", "--json").document["head"] == ends, "nothing left the record"


@pytest.mark.parametrize(
    "wrong", [("--year", "9998"), ("--year", "2020"), (), ("--check", "."), ("--year", "2024", "--check", ".")]
)
def test_what_cannot_be_archived_is_one_clear_line(called: Called, url: str, wrong: tuple[str, ...]) -> None:
    found = called("ledger", "archive", *wrong)
    assert found.code != 0 and found.err.startswith("archive.") and len(found.err.strip().splitlines()) == 1
