"""What holds for every command: global options, errors, the installed program, serving, and that all is documented."""

import os
import re
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.error import URLError

import orjson
import pytest
import typer
from pydantic import BaseModel

from city.configuration import CityConfiguration
from city.limits import Limit
from dingze.cli import app
from dingze.settings import Settings
from tests.dingze.conftest import Dingze
from tests.sample.loaded import Loaded

ROOT = Path(__file__).parents[2]
DOCUMENTED = "\n".join(file.read_text("utf-8") for file in (ROOT / "README.md", *sorted((ROOT / "docs").rglob("*.md"))))
CONFIGURATION = (ROOT / "docs/configuration.md").read_text("utf-8")


def commands(found: Any, path: str = "dingze") -> Iterator[tuple[str, Any]]:
    """Every command with the words that call it."""
    inside = getattr(found, "commands", None)
    if inside is None:
        yield path, found
    for name, inner in (inside or {}).items():
        yield from commands(inner, f"{path} {name}")


COMMANDS = dict(commands(typer.main.get_command(app)))
COMMON = {"--json", "--help"}
GLOBAL = {"--database", "--city"}


def options(command: str) -> set[str]:
    """The long options a command knows, but for those every command has."""
    long = {option for parameter in COMMANDS[command].params for option in parameter.opts if option.startswith("--")}
    return long - COMMON


def calls_in(text: str) -> Iterator[tuple[str, set[str]]]:
    """Every call of the program that a document shows, in a line of its own or within a sentence, with its options."""
    for call in re.findall(r"^dingze [^#\n]+|`dingze [^`]+`", text, re.MULTILINE):
        words = " ".join(re.sub(r"^`?dingze (?:--(?:database|city) \S+ )*", "dingze ", call).split())
        names = [name for name in COMMANDS if f"{words.strip('`')} ".startswith(f"{name} ")]
        if names:
            yield max(names, key=len), set(re.findall(r"(?<![\w-])--[a-z][a-z-]*", words)) - COMMON - GLOBAL


# --- documented ---


def test_the_commands_others_rely_on_are_there() -> None:
    wanted = (
        "init", "mandates import", "mandates lint", "mandates diff", "mandates show", "ingest", "route", "evaluate",
        "projections status", "projections rebuild", "projections verify", "ledger verify", "ledger tail",
        "ledger export", "serve",
    )  # fmt: skip
    assert {f"dingze {name}" for name in wanted} <= set(COMMANDS)


@pytest.mark.parametrize("command", COMMANDS)
def test_every_command_is_documented(command: str) -> None:
    assert f"`{command}" in DOCUMENTED, f"docs/command-line.md does not name {command}"


@pytest.mark.parametrize("command", COMMANDS)
def test_every_option_stands_in_the_row_of_its_command(command: str) -> None:
    page = (ROOT / "docs/command-line.md").read_text("utf-8")
    rows = "\n".join(line for line in page.splitlines() if line.startswith((f"| `{command} ", f"| `{command}`")))
    missing = {option for option in options(command) if not re.search(rf"{option}(?![\w-])", rows)}
    assert not missing, f"docs/command-line.md does not name {missing} of {command}"


def test_no_document_shows_an_option_that_is_not_there() -> None:
    calls = list(calls_in(DOCUMENTED))
    assert len(calls) > len(COMMANDS)
    assert not [(command, ghost) for command, named in calls if (ghost := named - options(command))]


@pytest.mark.parametrize("command", [name for name in COMMANDS if not name.endswith(("serve", " work"))])
def test_every_command_that_ends_takes_json_and_says_what_it_does(command: str) -> None:
    assert "--json" in {option for parameter in COMMANDS[command].params for option in parameter.opts}
    assert COMMANDS[command].help


@pytest.mark.parametrize("name", Settings.model_fields)
def test_every_setting_is_documented_with_its_default(name: str) -> None:
    default = Settings.model_fields[name].default
    shown = {None: "none", True: "`true`", False: "`false`", "": "empty"}.get(default, f"`{default}`")
    line = next((line for line in CONFIGURATION.splitlines() if line.startswith(f"| `DINGZE_{name.upper()}` |")), "")
    assert line, f"docs/configuration.md does not name DINGZE_{name.upper()}"
    assert line.split("|")[2].strip() == shown
    assert len(line.split("|")[3].strip()) > 10


def test_no_setting_is_documented_that_is_not_there() -> None:
    named = set(re.findall(r"^\| `DINGZE_([A-Z_]+)` \|", CONFIGURATION, re.MULTILINE))
    assert named == {name.upper() for name in Settings.model_fields}


def keys(part: BaseModel, path: str = "") -> Iterator[tuple[str, object]]:
    """Every key of the city's configuration with its default."""
    for name in type(part).model_fields:
        value = getattr(part, name)
        if isinstance(value, BaseModel) and not isinstance(value, Limit):
            yield from keys(value, f"{path}{name}.")
        else:
            yield path + name, value


@pytest.mark.parametrize(("key", "default"), list(keys(CityConfiguration())))
def test_every_key_of_the_city_is_documented_with_its_default(key: str, default: object) -> None:
    line = next((line for line in CONFIGURATION.splitlines() if line.startswith(f"| `{key}` |")), "")
    assert line, f"docs/configuration.md does not name {key}"
    shown = line.split("|")[2].strip()
    if isinstance(default, Limit):
        assert shown == f"{default.amount} {default.unit}"
    elif isinstance(default, int):
        assert shown == str(default)


def test_the_example_of_the_page_is_a_configuration(called: Dingze, tmp_path: Path) -> None:
    example = CONFIGURATION.split("```toml\n")[1].split("```")[0]
    (tmp_path / "city.toml").write_text(example, encoding="utf-8")
    assert called("--city", "city.toml", "--database", f"sqlite:///{tmp_path}/d.db", "init", "--json").code == 0
    assert CityConfiguration().version not in example


# --- errors ---


def one_line(text: str) -> bool:
    """Whether somebody was told one thing, not shown a trace."""
    return len(text.strip().splitlines()) == 1 and "Traceback" not in text


@pytest.mark.parametrize(
    "arguments",
    [
        ("--database", "mysql://somewhere/else", "init"),
        ("--database", "sqlite:////nowhere/at/all/dingze.db", "ledger", "verify"),
        ("--city", "absent.toml", "route", "路灯不亮"),
        ("ingest", "absent.jsonl"),
        ("route", "路灯不亮", "--at", "tomorrow"),
        ("no-such-command",),
        ("route",),
    ],
    ids=" ".join,
)
def test_what_cannot_be_done_is_one_clear_line_and_a_non_zero_exit(called: Dingze, arguments: tuple[str, ...]) -> None:
    found = called(*arguments)
    assert found.code != 0
    assert found.out == ""
    assert one_line(found.err), found.err


def test_a_city_file_with_a_fault_names_its_place(called: Dingze, tmp_path: Path) -> None:
    (tmp_path / "city.toml").write_text("[clocks]\nsign_general = { amount = 0, unit = 'hour' }\n", encoding="utf-8")
    called("--database", f"sqlite:///{tmp_path}/d.db", "init")
    found = called("--database", f"sqlite:///{tmp_path}/d.db", "--city", "city.toml", "route", "路灯不亮", "--json")
    assert (found.code != 0, found.out, one_line(found.err)) == (True, "", True)
    assert "clocks.sign_general.amount" in found.err


@pytest.mark.parametrize(("name", "value"), [("DINGZE_PORT", "many"), ("DINGZE_SESSION_HOURS", "0")])
def test_a_setting_that_is_none_is_one_clear_line_that_names_it(
    called: Dingze, monkeypatch: pytest.MonkeyPatch, name: str, value: str
) -> None:
    monkeypatch.setenv(name, value)
    found = called("ledger", "verify", "--json")
    assert (found.code != 0, found.out, one_line(found.err)) == (True, "", True)
    assert name in found.err.upper()


def test_global_options_go_before_the_environment(
    called: Dingze, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("DINGZE_DATABASE_URL", f"sqlite:///{tmp_path}/environment.db")
    assert called("--database", f"sqlite:///{tmp_path}/option.db", "init", "--json").code == 0
    assert (tmp_path / "option.db").exists()
    assert not (tmp_path / "environment.db").exists()


# --- the installed program ---


def environment(city: Loaded) -> dict[str, str]:
    """Nothing of ours but what the program needs."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("DINGZE_")}
    return kept | city.environment


def test_the_installed_program_answers_with_one_json_document_on_stdout(city: Loaded) -> None:
    program = Path(sys.executable).with_name("dingze")
    done = subprocess.run(
        [program, "ledger", "verify", "--json"], env=environment(city), capture_output=True, check=True, timeout=60
    )
    assert orjson.loads(done.stdout)["verified"] is True


def test_serve_opens_the_pages_logs_json_without_what_was_asked_and_ends_cleanly_on_sigterm(
    city: Loaded, tmp_path: Path
) -> None:
    surroundings = environment(city.copy(tmp_path)) | {"DINGZE_LOG_LEVEL": "info"}
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    program = Path(sys.executable).with_name("dingze")
    log = tmp_path / "log"
    with log.open("wb") as said:
        serving = subprocess.Popen([program, "serve", "--port", str(port)], env=surroundings, stdout=said, stderr=said)
    try:
        assert "定责" in _page(f"http://127.0.0.1:{port}/", until=time.monotonic() + 60)
        _page(f"http://127.0.0.1:{port}/queue?q=13900000001", until=time.monotonic() + 60)
        asked = time.monotonic()
        serving.send_signal(signal.SIGTERM)
        assert serving.wait(timeout=20) in (0, -signal.SIGTERM)
        assert time.monotonic() - asked <= 11
    finally:
        if serving.poll() is None:
            serving.kill()
            serving.wait()
    lines = [orjson.loads(line) for line in log.read_bytes().splitlines()]
    assert {"event", "level", "timestamp"} <= set.intersection(*map(set, lines))
    assert "uvicorn.error" in {line.get("logger") for line in lines}, "libraries speak in the same form"
    assert b"13900000001" not in log.read_bytes()


def _page(address: str, until: float) -> str:
    while True:
        try:
            with urllib.request.urlopen(address, timeout=5) as answer:  # noqa: S310  # our own loopback address
                text: str = answer.read().decode()
                return text
        except (URLError, ConnectionError, TimeoutError):
            if time.monotonic() > until:
                raise
            time.sleep(0.3)
