"""What every test can ask for: a database on either backend; and what none may do: speak to the outside."""

import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from hypothesis import HealthCheck, settings
from sqlalchemy import make_url

from dingze import logs
from ledger.backends import migrate
from tests import kafka_broker, needs, postgres, workplace
from tests.side_by_side import SharedSettings

if TYPE_CHECKING:
    from xdist.remote import Producer

# a machine that is busy with something else is no counter-example
settings.register_profile("dingze", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("dingze")


@pytest.hookimpl(tryfirst=True)
def pytest_configure(config: pytest.Config) -> None:
    """No socket leaves this machine: loopback and Unix sockets only. What all processes share is chosen once."""
    workplace.choose(config)
    postgres.choose()
    logs.configure("warning")  # unset, structlog draws an error with every variable, which takes half a minute
    config.option.allow_hosts = "127.0.0.0/8,::1,localhost"
    config.option.allow_unix_socket = True
    # kafka-python 3.0.12 reads its schemas by a function that 3.11 deprecates and 3.13 took back into favour
    config.addinivalue_line("filterwarnings", "ignore:(read|open)_text is deprecated:DeprecationWarning")


def pytest_xdist_make_scheduler(config: pytest.Config, log: "Producer") -> SharedSettings:
    """How tests are shared among processes that run side by side."""
    config.option.loadscopereorder = False  # by the number of tests the costly few would come last
    return SharedSettings(config, log)


def pytest_unconfigure() -> None:
    """Leave nothing behind."""
    workplace.forget()


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Say loudly what was not run."""
    needs.report(terminalreporter)


@pytest.fixture(scope="session")
def postgres_server() -> Iterator[str | postgres.NoServer]:
    """The URL of a running PostgreSQL server, or why there is none (tests ask for `postgres_url`)."""
    running = postgres.server()
    try:
        url = running.__enter__()
    except postgres.NoServer as absent:
        yield absent
        return
    try:
        yield url
    finally:
        running.__exit__(None, None, None)


@pytest.fixture(scope="session")
def migrated_postgres(postgres_server: str | postgres.NoServer) -> Iterator[str | postgres.NoServer]:
    """The name of a migrated database on the server: copying it takes less than migrating anew."""
    if isinstance(postgres_server, postgres.NoServer):
        yield postgres_server
        return
    with postgres.database(postgres_server) as url:
        migrate(url)
        yield str(make_url(url).database)


@pytest.fixture(scope="session")
def migrated_sqlite(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A migrated SQLite file, for copying."""
    path = tmp_path_factory.mktemp("migrated") / "dingze.db"
    migrate(f"sqlite:///{path}")
    return path


@pytest.fixture(scope="session")
def running_kafka() -> Iterator[str | kafka_broker.NoBroker]:
    """The address of a running Kafka, or why there is none (tests ask for `kafka_servers`)."""
    running = kafka_broker.servers()
    try:
        servers = running.__enter__()
    except kafka_broker.NoBroker as absent:
        yield absent
        return
    try:
        yield servers
    finally:
        running.__exit__(None, None, None)


@pytest.fixture
def kafka_servers(running_kafka: str | kafka_broker.NoBroker) -> str:
    """The address of a Kafka broker. Mark the test `kafka`."""
    if isinstance(running_kafka, kafka_broker.NoBroker):
        needs.missing("kafka", str(running_kafka))
    return running_kafka


@pytest.fixture
def postgres_url(postgres_server: str | postgres.NoServer) -> Iterator[str]:
    """The URL of a fresh, empty PostgreSQL database. Mark the test `postgres`."""
    if isinstance(postgres_server, postgres.NoServer):
        needs.missing("postgres", str(postgres_server))
    with postgres.database(postgres_server) as url:
        yield url


@pytest.fixture
def sqlite_url(tmp_path: Path) -> str:
    """The URL of a fresh, empty SQLite database file."""
    return f"sqlite:///{tmp_path / 'dingze.db'}"


@pytest.fixture
def migrated_postgres_url(
    postgres_server: str | postgres.NoServer, migrated_postgres: str | postgres.NoServer
) -> Iterator[str]:
    """The URL of a fresh, migrated PostgreSQL database. Mark the test `postgres`."""
    if isinstance(postgres_server, postgres.NoServer) or isinstance(migrated_postgres, postgres.NoServer):
        needs.missing("postgres", str(postgres_server))
    with postgres.database(postgres_server, migrated_postgres) as url:
        yield url


@pytest.fixture
def fresh_sqlite(migrated_sqlite: Path, tmp_path_factory: pytest.TempPathFactory) -> Callable[[], str]:
    """Gives the URL of one more empty SQLite database: hypothesis needs one an example."""

    def make() -> str:
        file = tmp_path_factory.mktemp("fresh") / "dingze.db"
        shutil.copy(migrated_sqlite, file)
        return f"sqlite:///{file}"

    return make


@pytest.fixture
def migrated_sqlite_url(sqlite_url: str, migrated_sqlite: Path) -> str:
    """The URL of a fresh, migrated SQLite database."""
    shutil.copy(migrated_sqlite, str(make_url(sqlite_url).database))
    return sqlite_url


@pytest.fixture(params=["sqlite", pytest.param("postgres", marks=pytest.mark.postgres)])
def database_url(request: pytest.FixtureRequest) -> str:
    """The URL of a fresh, migrated database; a test that asks for it runs once on each backend."""
    url: str = request.getfixturevalue(f"migrated_{request.param}_url")
    return url
