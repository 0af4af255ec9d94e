"""A command before `dingze init` says so in one clear line, and leaves nothing behind."""

import sqlite3
from pathlib import Path

import psycopg
import pytest

from tests.dingze.conftest import Dingze as Called

COMMANDS = (
    ("ledger", "verify"),
    ("ledger", "seal"),
    ("projections", "status"),
    ("mandates", "show"),
    ("quarantine", "list"),
    ("route", "楼下烧烤油烟扰民"),
    ("keys", "rotate"),
    ("backup", "--to", "copy"),
    ("serve", "--port", "1"),
)


@pytest.mark.parametrize("command", COMMANDS, ids=" ".join)
def test_a_command_without_init_says_so_and_makes_no_file(
    called: Called, tmp_path: Path, command: tuple[str, ...]
) -> None:
    before = sorted(tmp_path.rglob("*"))
    found = called(*command)
    assert found.code != 0 and found.out == ""
    assert found.err.startswith("ledger.not-initialised: ") and "dingze init" in found.err
    assert len(found.err.strip().splitlines()) == 1
    assert sorted(tmp_path.rglob("*")) == before


def test_a_file_that_holds_something_else_is_not_taken_for_a_record(called: Called, tmp_path: Path) -> None:
    with sqlite3.connect(tmp_path / "other.db") as other:
        other.execute("CREATE TABLE something (x)")
    other.close()
    found = called("--database", f"sqlite:///{tmp_path}/other.db", "ledger", "verify")
    assert found.err.startswith("ledger.not-initialised: ")
    (tmp_path / "torn.db").write_bytes(b"no database at all" * 100)
    torn = called("--database", f"sqlite:///{tmp_path}/torn.db", "ledger", "verify")
    assert torn.code != 0 and torn.err.startswith("ledger.") and len(torn.err.strip().splitlines()) == 1


@pytest.mark.postgres
def test_an_empty_postgres_is_not_initialised_either(called: Called, postgres_url: str) -> None:
    assert called("--database", postgres_url, "ledger", "verify").err.startswith("ledger.not-initialised: ")


def test_an_older_schema_is_told_from_none(called: Called, database_url: str) -> None:
    assert called("--database", database_url, "ledger", "verify").code == 0
    if database_url.startswith("sqlite"):
        with sqlite3.connect(database_url.removeprefix("sqlite:///")) as database:
            database.execute("UPDATE alembic_version SET version_num = '0001'")
        database.close()
    else:
        with psycopg.connect(database_url) as server:
            server.execute("UPDATE alembic_version SET version_num = '0001'")
    found = called("--database", database_url, "ledger", "verify")
    assert found.err.startswith("ledger.older-schema: ") and "dingze init" in found.err
