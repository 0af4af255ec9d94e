"""Bringing a database to the present schema: alembic, driven from here, one process at a time.

No alembic.ini is needed; the scripts lie in this package. Views are not here: the projection engine owns its tables.
"""

from pathlib import Path

import sqlalchemy as sa

from ledger.backends.sqlite import write_engine
from ledger.backends.urls import database_url

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
