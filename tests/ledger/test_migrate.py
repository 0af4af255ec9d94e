"""The schema comes by migration, under a lock, from wherever the program stands."""

import threading
from pathlib import Path

import pytest
import sqlalchemy as sa

from ledger.backends import database_url as read_url
from ledger.backends import migrate, open_ledger
from terms.errors import BadInput
from tests.ledger import database
from tests.ledger.facts import noted


@pytest.fixture(params=["sqlite", pytest.param("postgres", marks=pytest.mark.postgres)])
def empty_url(request: pytest.FixtureRequest) -> str:
    url: str = request.getfixturevalue(f"{request.param}_url")
    return url


def test_several_processes_may_migrate_at_once_and_again(empty_url: str) -> None:
    failures: list[BaseException] = []

    def run() -> None:
        try:
            migrate(empty_url)
        except BaseException as error:
            failures.append(error)

    threads = [threading.Thread(target=run) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failures == []
    migrate(empty_url)
    ledger = open_ledger(empty_url)
    ledger.append(noted("a"))
    migrate(empty_url)
    assert ledger.head() == 1
    ledger.close()


def test_a_migration_that_fails_leaves_nothing_behind(empty_url: str) -> None:
    database.run(empty_url, "CREATE TABLE vault_erasures (other INTEGER)")
    with pytest.raises(sa.exc.SQLAlchemyError):
        migrate(empty_url)
    database.run(empty_url, "DROP TABLE vault_erasures")
    migrate(empty_url)


def test_it_runs_from_any_folder_and_makes_the_folder_of_the_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    migrate("sqlite:///var/城市/dingze.db")
    assert Path("var/城市/dingze.db").exists()


@pytest.mark.parametrize(
    ("given", "driver"),
    [
        ("postgresql://u:p@h:5433/d", "postgresql+psycopg"),
        ("postgres://u@h/d", "postgresql+psycopg"),
        ("postgresql+psycopg://u@h/d", "postgresql+psycopg"),
        ("sqlite:///var/dingze.db", "sqlite"),
    ],
)
def test_a_url_is_read_as_people_write_it(given: str, driver: str) -> None:
    assert read_url(given).drivername == driver


@pytest.mark.parametrize("given", ["mysql://h/d", "nonsense", "sqlite://", "sqlite:///:memory:"])
def test_another_url_is_refused(given: str) -> None:
    with pytest.raises(BadInput):
        open_ledger(given)
