"""`dingze mandates`: bring the register in, look at it, compare its editions, find what is wrong with it."""

from datetime import date
from pathlib import Path
from typing import Annotated

import typer

from dingze.commands import links, reform, wordings
from dingze.options import At, day, given_day
from dingze.terminal import Json, answer, laid_out, opened, progress
from dingze.wiring import Dingze
from mandates.importing import import_files
from mandates.reporting import diff_report, lint_report, show_report

app = typer.Typer(help="import, lint, diff and show the register of duties", no_args_is_help=True)
app.add_typer(links.app, name="links")
app.command()(links.compare)
app.command()(reform.reform)
app.add_typer(wordings.app, name="wordings")
ACTOR = "administrator:command-line"


@app.command("import")
def bring_in(
    context: typer.Context,
    files: Annotated[list[Path], typer.Argument(exists=True, dir_okay=False)],
    preview: Annotated[bool, typer.Option("--preview", help="say what would go in; write nothing")] = False,
    unit: Annotated[str | None, typer.Option(help="whose 三定 text this is, when the text does not say")] = None,
    valid_from: Annotated[str | None, typer.Option(help="the day a 三定 text comes into force")] = None,
    json: Json = False,
) -> None:
    """Take tables (CSV, XLSX, JSONL) or a 三定 text (.docx, .txt) in; bad rows are named with their place."""
    with opened(context) as dingze, progress("导入"):
        document = import_files(
            dingze.ledger,
            dingze.register,
            files,
            at=dingze.clock(),
            actor=ACTOR,
            preview=preview,
            unit=unit,
            valid_from=day(valid_from, "--valid-from"),
        )
    faults = [
        f"{one['file']} 第 {one['row']} 行 {one['column']}：{one['reason']}" for one in document.get("faults", [])
    ]
    shown = {name: value for name, value in document.items() if name not in ("faults", "drafts", "items")}
    answer(document, json, *laid_out(shown), *faults)


@app.command()
def lint(context: typer.Context, at: At = None, json: Json = False) -> None:
    """What is wrong with the register of a day: vague verbs, no lead, two leads, duties without powers …"""
    with opened(context) as dingze:
        document = lint_report(dingze.register.register(), day(at) or today(dingze))
    answer(
        document,
        json,
        *(f"{one['severity']} {one['code']} {one['item']}：{one['message']}" for one in document["findings"]),
    )


@app.command()
def diff(
    context: typer.Context,
    before: Annotated[str, typer.Argument(help="a day, 2023-01-01")],
    after: Annotated[str, typer.Argument(help="a later day")],
    json: Json = False,
) -> None:
    """What changed between the editions of two days, with the words that differ."""
    with opened(context) as dingze:
        document = diff_report(dingze.register.register(), given_day(before, "BEFORE"), given_day(after, "AFTER"))
    answer(document, json, *(f"{one['kind']} {one['table']} {one['key']}" for one in document["changes"]))


@app.command()
def show(
    context: typer.Context,
    what: Annotated[str | None, typer.Argument(help="a unit's code or name, or the id of a clause or item")] = None,
    at: At = None,
    json: Json = False,
) -> None:
    """The register of a day: its counts, a unit with all it has, or one item with all its versions."""
    with opened(context) as dingze:
        document = show_report(dingze.register.register(), day(at) or today(dingze), what)
    answer(document, json)


def today(dingze: Dingze) -> date:
    """The city's date now."""
    return dingze.router.day_of(dingze.clock())
