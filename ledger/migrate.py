"""Bringing a database to the present schema: alembic, driven from here, one process at a time.

No alembic.ini is needed; the scripts lie in this package. Views are not here: the projection engine owns its tables.
"""

from pathlib import Path

import sqlalchemy as sa

from ledger.backends.sqlite_file import file_of, write_engine
from ledger.backends.urls import database_url
from terms.errors import Unavailable

SCRIPTS = Path(__file__).parent / "migrations"
_MIGRATION_LOCK = 0x64696E677A65_01  # "dingze" and a number: the advisory lock of migrations


def migrate(url: str | sa.URL, revision: str = "head") -> None:
    """Bring the database to `revision`; safe to call from several processes at once, and again.

    The whole migration is one transaction under a lock: SQLite's write lock, PostgreSQL's advisory lock.
    """
    from alembic import command  # 0.4 s of loading that only migrations need
    from alembic.config import Config

    target = database_url(url)
    engine = write_engine(target) if target.get_backend_name() == "sqlite" else sa.create_engine(target)
    config = Config()
    config.set_main_option("script_location", str(SCRIPTS).replace("%", "%%"))
    config.set_main_option("path_separator", "os")
    try:
        with engine.begin() as connection:
            if connection.dialect.name == "postgresql":
                connection.execute(sa.text("SELECT pg_advisory_xact_lock(:key)"), {"key": _MIGRATION_LOCK})
            config.attributes["connection"] = connection
            command.upgrade(config, revision)
    finally:
        engine.dispose()


def require_migrated(url: str | sa.URL) -> None:
    """Refuse a database that `migrate` has not been run on, or not since the program was upgraded; makes no file.

    Raises Unavailable: `ledger.not-initialised`, `ledger.older-schema`, `ledger.unavailable`; BadInput for an address
    of another kind.
    """
    target = database_url(url)
    if target.get_backend_name() == "sqlite" and not file_of(target).exists():
        raise Unavailable("ledger.not-initialised", at=target.render_as_string())
    engine = sa.create_engine(target, poolclass=sa.pool.NullPool)
    try:
        with engine.connect() as connection:
            if not sa.inspect(connection).has_table("ledger_events"):
                raise Unavailable("ledger.not-initialised", at=target.render_as_string())
            found = connection.execute(sa.text("SELECT version_num FROM alembic_version")).scalar()
    except sa.exc.DBAPIError as error:
        raise Unavailable("ledger.unavailable", at=str(error.orig).strip()) from error
    finally:
        engine.dispose()
    newest = max(path.stem[:4] for path in (SCRIPTS / "versions").glob("[0-9]*.py"))
    if str(found) < newest:
        raise Unavailable("ledger.older-schema", found=found, newest=newest)
