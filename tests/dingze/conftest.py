"""The real command line, called in this process, over a copy of the sample city."""

import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import orjson
import pytest

from dingze.cli import main
from tests.sample.loaded import Loaded, forget, loaded


@dataclass(frozen=True)
class Answer:
    """What one call of `dingze` left behind."""

    code: int
    out: str
    err: str

    @property
    def document(self) -> dict[str, Any]:
        """The one JSON document on stdout."""
        found: dict[str, Any] = orjson.loads(self.out)
        return found


Dingze = Callable[..., Answer]


@pytest.fixture(scope="session")
def city() -> Iterator[Loaded]:
    """The sample city, loaded."""
    yield loaded()
    forget()


@pytest.fixture
def called(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path) -> Dingze:
    """Call `dingze …` in an empty folder."""
    monkeypatch.chdir(tmp_path)

    def call(*arguments: str | Path) -> Answer:
        monkeypatch.setattr(sys, "argv", ["dingze", *map(str, arguments)])
        capsys.readouterr()
        try:
            main()
            code = 0
        except SystemExit as ended:
            code = ended.code if isinstance(ended.code, int) else int(ended.code is not None)
        said = capsys.readouterr()
        return Answer(code, said.out, said.err)

    return call


@pytest.fixture
def dingze(called: Dingze, city: Loaded, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Dingze:
    """Call `dingze …` over a copy of the sample city."""
    for name, value in city.copy(tmp_path).environment.items():
        monkeypatch.setenv(name, value)
    return called


@pytest.fixture
def seen(called: Dingze, city: Loaded, monkeypatch: pytest.MonkeyPatch) -> Dingze:
    """Call `dingze …` over the sample city itself: for commands that write nothing."""
    for name, value in city.environment.items():
        monkeypatch.setenv(name, value)
    return called
