"""`dingze digest`: 退单争议定期梳理 of a period as an official paper (.docx) or as a table (.xlsx)."""

from pathlib import Path
from typing import Annotated, Any

import typer

from casework.papers.checking import load
from casework.papers.rendering import render
from casework.papers.sheet import digest_table
from dingze.options import given_day
from dingze.terminal import Json, answer, opened
from dingze.wiring import Dingze
from projections.readings.digest import as_paper, period_digest
from projections.readings.looking import Period, looking, name_of
from terms.errors import BadInput
from terms.messages import sentence


def add_to(app: typer.Typer) -> None:
    """Put the command at the top level."""
    app.command()(digest)


def digest(
    context: typer.Context,
    begin: Annotated[str, typer.Option("--from", help="first day of the period, 2026-08-01")],
    end: Annotated[str, typer.Option("--to", help="last day of the period, included")],
    out: Annotated[Path, typer.Option(help="the file: .docx or .xlsx")],
    number: Annotated[str, typer.Option(help="the recorded digest; default: the newest that ends in the period")] = "",
    json: Json = False,
) -> None:
    """Write the digest of a period: each disputed item, both sides' clauses, opinion, disposition, owner and date.

    A recorded digest is written over its own period, whatever days were asked for.
    """
    if out.suffix.lower() not in (".docx", ".xlsx"):
        raise BadInput("digest.format", at="--out", file=out.name)
    period = Period(given_day(begin, "--from"), given_day(end, "--to"))
    if period.begin > period.end:
        raise BadInput("readings.period", at="--from", begin=period.begin, end=period.end)
    with opened(context) as dingze:
        dingze.projections.catch_up()
        today = dingze.router.day_of(dingze.clock())
        register = dingze.register.as_of(today)
        with looking(dingze.views) as look:
            found = period_digest(look, period, number)
        made = as_paper(found, register, name_of(dingze.city.bianban_unit, register), today)
        table = out.suffix.lower() == ".xlsx"
        content = digest_table(made) if table else render(made, load(_templates(dingze)))
    out.write_bytes(content)
    document: dict[str, Any] = {
        "file": str(out),
        "digest": found.digest_no,
        "number": found.number,
        "from": str(found.period.begin),
        "to": str(found.period.end),
        "items": len(found.items),
        "judged": sum(one.judged.due is not None for one in found.items),
        "closed": sum(one.judged.closed for one in found.items),
        "returned": found.returned,
        "beside": found.beside,
    }
    of = sentence("digest.recorded", number=found.number or found.digest_no) if found.digest_no else ""
    told = sentence("digest.written", **document, begin=found.period.begin, end=found.period.end, of=of)
    answer(document, json, told + (sentence("digest.beside", beside=found.beside) if found.beside else ""))


def _templates(dingze: Dingze) -> Path | None:
    named = dingze.city.papers.templates
    return dingze.settings.papers or (Path(named) if named else None)
