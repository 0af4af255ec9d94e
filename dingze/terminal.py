"""How a command answers: one JSON document on stdout with --json, plain lines otherwise; progress on stderr."""

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Annotated, Any

import orjson
import typer
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

from dingze.settings import Settings, read_settings
from dingze.wiring import Dingze
from ledger.migrate import require_migrated

STDERR = Console(stderr=True)
Json = Annotated[bool, typer.Option("--json", help="one JSON document on stdout")]


@dataclass(frozen=True, slots=True)
class Session:
    """What the global options settled; every command gets it from the context."""

    settings: Settings


def session(context: typer.Context) -> Session:
    """The session of this call."""
    found: Session = context.find_object(Session) or Session(read_settings())
    return found


@contextmanager
def opened(context: typer.Context) -> Iterator[Dingze]:
    """A Dingze over the database of this call, closed afterwards. Raises Unavailable before `dingze init`."""
    settings = session(context).settings
    require_migrated(settings.database_url)
    dingze = Dingze(settings)
    try:
        yield dingze
    finally:
        dingze.close()


def answer(document: dict[str, Any], as_json: bool, *lines: str) -> None:
    """Print the document, or its lines for a person (where none are given, what it holds, level by level)."""
    if as_json:
        sys.stdout.write(orjson.dumps(document, option=orjson.OPT_INDENT_2 | orjson.OPT_NON_STR_KEYS).decode() + "\n")
        return
    for line in lines or laid_out(document):
        sys.stdout.write(line + "\n")


def laid_out(document: dict[str, Any], indent: str = "") -> Iterator[str]:
    """A document as lines a person can read: `key: value`, what lies inside further in, a list of words on one line.

    Nothing is left out: an empty list or an unknown value is shown as —.
    """
    for key, value in document.items():
        if isinstance(value, dict) and value:
            yield f"{indent}{key}:"
            yield from laid_out(value, indent + "  ")
        elif isinstance(value, list) and any(isinstance(one, dict) for one in value):
            yield f"{indent}{key}:"
            for one in value:
                first, *others = laid_out(one, indent + "    ") if isinstance(one, dict) else (f"{indent}    {one}",)
                yield f"{indent}  - {first.strip()}"
                yield from others
        else:
            yield f"{indent}{key}: {in_words(value) or '—'}"


def in_words(value: Any) -> str:
    """A value on one line: lists as words with 、 between them, a list within a list in brackets."""
    if isinstance(value, (list, tuple)):
        return "、".join(f"（{in_words(one)}）" if isinstance(one, (list, tuple)) else in_words(one) for one in value)
    return "" if value is None or value == {} else str(value)


@contextmanager
def progress(label: str, total: int | None = None) -> Iterator[Any]:
    """A bar on a terminal; `advance(n)` moves it to n. Silent where stderr is no terminal."""
    bar = Progress(
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TimeElapsedColumn(),
        console=STDERR,
        transient=True,
        disable=not STDERR.is_terminal,
    )
    with bar:
        task = bar.add_task(label, total=total)
        yield lambda done: bar.update(task, completed=done)
