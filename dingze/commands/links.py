"""`dingze mandates links …` and `compare`: which clause, list item and matter belong together (三定—权责清单对照表).

The machine proposes by words; only a person confirms or rejects, in the role and account that is named.
"""

from dataclasses import asdict
from pathlib import Path
from typing import Annotated

import typer

from casework.papers.sheet import table
from dingze.commands.acting import actor_of
from dingze.options import At, day
from dingze.terminal import Json, answer, opened
from mandates.linking import decide_link, record_proposals
from mandates.links import LinkKind, Standing, comparison
from terms.actors import Role
from terms.errors import BadInput, NotFound, NotPermitted
from terms.ids import UnitCode

app = typer.Typer(help="links between clauses, list items and matters", no_args_is_help=True)
Given = Annotated[LinkKind, typer.Argument(help="what is linked")]
Clause = Annotated[str, typer.Argument(help="the clause's id")]
Target = Annotated[str, typer.Argument(help="the list item's id, or the matter")]
As = Annotated[str, typer.Option("--as", help="bianban_officer@UNIT or bianban_director@UNIT")]
WIDTHS = {"条目内容": 60, "职权名称": 34, "实施依据": 34, "依据状态": 30, "事项": 24}  # characters
DECIDERS = frozenset({Role.BIANBAN_OFFICER, Role.BIANBAN_DIRECTOR})


@app.command()
def propose(context: typer.Context, at: At = None, json: Json = False) -> None:
    """Propose the likest clause for every item and matter that has none; asking again adds nothing."""
    with opened(context) as dingze:
        edition = dingze.register.as_of(day(at) or dingze.router.day_of(dingze.clock()))
        links = dingze.register.register().links
        proposed = record_proposals(dingze.ledger, edition, links, at=dingze.clock())
    answer({"proposed": proposed}, json)


@app.command("list")
def show(
    context: typer.Context,
    standing: Annotated[Standing | None, typer.Option(help="only these")] = None,
    json: Json = False,
) -> None:
    """Every link the record knows, and what became of it."""
    with opened(context) as dingze:
        states = dingze.register.register().links.states
        found = [asdict(one) for _, one in sorted(states.items()) if standing in (None, one.standing)]
    lines = (f"{one['standing']} {one['kind']} {one['clause']} → {one['target']} {one['score']}" for one in found)
    answer({"links": found}, json, *lines)


@app.command()
def confirm(
    context: typer.Context, kind: Given, clause: Clause, target: Target, given_as: As, json: Json = False
) -> None:
    """Say that a proposed link is right."""
    _decide(context, kind, clause, target, given_as, True, "", json)


@app.command()
def reject(
    context: typer.Context,
    kind: Given,
    clause: Clause,
    target: Target,
    given_as: As,
    reason: Annotated[str, typer.Option(help="why it is wrong")],
    json: Json = False,
) -> None:
    """Say that a proposed link is wrong; it is not proposed again."""
    _decide(context, kind, clause, target, given_as, False, reason, json)


def compare(
    context: typer.Context,
    unit: Annotated[str, typer.Argument(help="the unit's code")],
    at: At = None,
    out: Annotated[Path | None, typer.Option(help="write an .xlsx as well")] = None,
    json: Json = False,
) -> None:
    """The 三定—权责清单对照表 of a unit: each clause beside its list items, repealed laws marked."""
    with opened(context) as dingze:
        edition = dingze.register.as_of(day(at) or dingze.router.day_of(dingze.clock()))
        if unit not in edition.units:
            raise NotFound("console.no-such-unit", at=unit, unit=unit)
        rows = comparison(edition, dingze.register.register().links, UnitCode(unit))
    if out:
        columns = [(heading, WIDTHS.get(heading, 12)) for heading in rows[0]] if rows else []
        name = f"{edition.units[UnitCode(unit)].name}三定—权责清单对照表"
        out.write_bytes(table("对照表", columns, [list(row.values()) for row in rows], edition.as_of, title=name))
    lines = (f"{row['条目'] or '—'}  {row['职权编码'] or '—'}  {row['职权名称']}  {row['依据状态']}" for row in rows)
    answer({"unit": unit, "at": edition.as_of.isoformat(), "rows": rows}, json, *lines)


def _decide(
    context: typer.Context,
    kind: LinkKind,
    clause: str,
    target: str,
    given_as: str,
    right: bool,
    reason: str,
    json: bool,
) -> None:
    actor = actor_of(given_as)
    if actor.role not in DECIDERS:
        raise NotPermitted("mandates.links-are-for-bianban", at="--as")
    if not right and not reason.strip():
        raise BadInput("input.invalid", at="--reason", reason="请写明理由")
    with opened(context) as dingze:
        now = dingze.clock()
        event = decide_link(dingze.ledger, kind, clause, target, confirm=right, reason=reason, at=now, actor=str(actor))
    answer({"kind": kind, "clause": clause, "target": target, "position": event.position, "confirmed": right}, json)
