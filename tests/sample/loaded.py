"""The sample city, loaded once for every test that looks at it; whoever changes it takes a copy.

It lies in SQLite, or, where `DINGZE_DATABASE_URL` names a PostgreSQL server, there.
"""

import shutil
import tempfile
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from typing import Any

from sqlalchemy import make_url

from dingze.folders import initialise
from dingze.sample import load_sample
from dingze.settings import Settings
from dingze.wiring import Dingze
from tests import postgres, workplace

TODAY = datetime(2026, 11, 18, 3, 20, tzinfo=UTC)  # a Wednesday, 11:20 in the city
_databases = ExitStack()  # those made on the server, dropped at the end


@dataclass(frozen=True, slots=True)
class Loaded:
    """Where the database lies, with its key in a folder; what loading said."""

    folder: Path
    database_url: str
    answer: dict[str, Any]

    @property
    def settings(self) -> Settings:
        """Settings over it."""
        return settings_in(self.folder, database_url=self.database_url)

    @property
    def environment(self) -> dict[str, str]:
        """The same settings, as the program reads them from its surroundings."""
        return {
            "DINGZE_DATABASE_URL": self.database_url,
            "DINGZE_MASTER_KEY": str(self.folder / "dingze.db.key"),
            "DINGZE_ATTACHMENTS": str(self.folder / "dingze.db.attachments"),
            "DINGZE_CACHE": str(workplace.indexes()),
        }

    def copy(self, to: Path) -> "Loaded":
        """A copy in another folder, to be changed."""
        shutil.copytree(self.folder, to, dirs_exist_ok=True)
        return Loaded(to, _copied(_pristine(), to), self.answer)


def settings_in(folder: Path, database_url: str | None = None) -> Settings:
    """Settings over a database in a folder."""
    return Settings(
        database_url=database_url or f"sqlite:///{folder}/dingze.db",
        master_key=folder / "dingze.db.key",
        attachments=folder / "dingze.db.attachments",
        cache=workplace.indexes(),
    )


@cache
def loaded() -> Loaded:
    """The sample city as it stands at TODAY."""
    folder = Path(tempfile.mkdtemp(prefix="sample-", dir=workplace.folder()))
    pristine = _pristine()
    settings = settings_in(folder, database_url=pristine)
    initialise(settings)
    dingze = Dingze(settings, lambda: TODAY)
    try:
        answer = load_sample(dingze)
    finally:
        dingze.close()
    return Loaded(folder, _copied(pristine, folder), answer)


def forget() -> None:
    """Remove what was made at the end of the tests."""
    if loaded.cache_info().currsize:
        shutil.rmtree(loaded().folder, ignore_errors=True)
        loaded.cache_clear()
        _pristine.cache_clear()
        _databases.close()


@cache
def _pristine() -> str | None:
    """On a server: the database that is loaded and never opened again, because a copy needs it unused."""
    server = postgres.chosen()
    return _databases.enter_context(postgres.database(server)) if server else None


def _copied(pristine: str | None, folder: Path) -> str:
    if pristine is None:
        return f"sqlite:///{folder}/dingze.db"
    server = postgres.chosen()
    assert server is not None
    return _databases.enter_context(postgres.database(server, str(make_url(pristine).database)))
