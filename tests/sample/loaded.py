"""The sample city, loaded once for every test that looks at it; whoever changes it takes a copy."""

import shutil
import tempfile
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from typing import Any

from dingze.sample import load_sample
from dingze.settings import Settings
from dingze.wiring import Dingze, initialise

TODAY = datetime(2026, 11, 18, 3, 20, tzinfo=UTC)  # a Wednesday, 11:20 in the city


@dataclass(frozen=True, slots=True)
class Loaded:
    """A folder with the database, its key and the route index; what loading said."""

    folder: Path
    answer: dict[str, Any]

    @property
    def settings(self) -> Settings:
        """Settings over it."""
        return settings_in(self.folder)

    def copy(self, to: Path) -> Path:
        """A copy of the folder, to be changed."""
        shutil.copytree(self.folder, to, dirs_exist_ok=True)
        return to


def settings_in(folder: Path, cache_in: Path | None = None) -> Settings:
    """Settings over a database in a folder."""
    return Settings(database_url=f"sqlite:///{folder}/dingze.db", cache=(cache_in or folder) / "cache")


@cache
def loaded() -> Loaded:
    """The sample city as it stands at TODAY."""
    folder = Path(tempfile.mkdtemp(prefix="dingze-sample-"))
    settings = settings_in(folder)
    initialise(settings)
    dingze = Dingze(settings, lambda: TODAY)
    try:
        return Loaded(folder, load_sample(dingze))
    finally:
        dingze.close()


def forget() -> None:
    """Remove the folder at the end of the tests."""
    if loaded.cache_info().currsize:
        shutil.rmtree(loaded().folder, ignore_errors=True)
        loaded.cache_clear()
