"""Reading a database URL as people write it."""

import sqlalchemy as sa

from terms.errors import BadInput


def database_url(url: str | sa.URL) -> sa.URL:
    """A URL with its driver: `postgresql://` and `postgres://` mean psycopg 3. Raises BadInput for any other kind."""
    try:
        found = sa.make_url(url.replace("postgres://", "postgresql://", 1) if isinstance(url, str) else url)
    except sa.exc.ArgumentError as error:
        raise BadInput("ledger.unknown-database") from error
    match found.get_backend_name():
        case "postgresql":
            return found.set(drivername="postgresql+psycopg")
        case "sqlite":
            return found.set(drivername="sqlite")
    raise BadInput("ledger.unknown-database", at=found.drivername)
