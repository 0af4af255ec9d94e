"""`dingze mandates wordings …`: everyday words learned from outcomes, accepted or rejected by the 编办, or imported.

The machine proposes what accepted orders have in common; only a person makes it a wording of the register.
"""

from dataclasses import asdict
from pathlib import Path
from typing import Annotated

import typer

from dingze.commands.acting import actor_of
from dingze.options import day
from dingze.terminal import Json, answer, opened
from mandates.learned_wordings import WordingStanding
from mandates.sheets import read_rows
from mandates.wording_record import decide_learned, import_wordings
from routing.wording_candidates import LEAST_ORDERS, LEAST_SHARE
from terms.actors import Actor, Role
from terms.errors import NotPermitted

app = typer.Typer(help="everyday wordings learned from outcomes, and imported", no_args_is_help=True)
Item = Annotated[str, typer.Argument(help="the duty point's id")]
Word = Annotated[str, typer.Argument(help="the wording")]
As = Annotated[str, typer.Option("--as", help="bianban_officer@UNIT or bianban_director@UNIT")]
From = Annotated[str | None, typer.Option("--from", help="the day it counts from; today unless said")]
DECIDERS = frozenset({Role.BIANBAN_OFFICER, Role.BIANBAN_DIRECTOR})


@app.command()
def propose(
    context: typer.Context,
    least_orders: Annotated[int, typer.Option(min=2, help="orders a phrase must stand in")] = LEAST_ORDERS,
    least_share: Annotated[int, typer.Option(min=1, max=100, help="percent of them one unit accepted")] = LEAST_SHARE,
    json: Json = False,
) -> None:
    """Propose the phrases that accepted orders of a unit have in common; asking again adds nothing."""
    with opened(context) as dingze:
        done = dingze.wording_finder.find(least_orders=least_orders, least_share=least_share)
    answer(asdict(done), json)


@app.command("list")
def show(
    context: typer.Context,
    standing: Annotated[WordingStanding | None, typer.Option(help="only these")] = None,
    json: Json = False,
) -> None:
    """Every learned wording, the most telling first: its counts, orders that show it, what became of it."""
    with opened(context) as dingze:
        edition = dingze.register.as_of(dingze.router.day_of(dingze.clock()))
        states = dingze.register.register().wordings
        shown = [one for kind in WordingStanding if standing in (None, kind) for one in states.of(kind)]
        points = edition.duty_points
        found = [asdict(one) | {"matter": points[one.item].matter if one.item in points else ""} for one in shown]
    lines = (
        f"{one['standing']} {one['item']} {one['matter']}：{one['wording']} {one['score']} "
        f"({one['accepted']}/{one['standing_orders']})"
        for one in found
    )
    answer({"wordings": found}, json, *lines)


@app.command()
def accept(
    context: typer.Context, item: Item, wording: Word, given_as: As, valid_from: From = None, json: Json = False
) -> None:
    """Make a proposed wording one of its duty point, from a day on."""
    _decide(context, item, wording, _officer(given_as), valid_from, "", True, json)


@app.command()
def reject(
    context: typer.Context,
    item: Item,
    wording: Word,
    given_as: As,
    reason: Annotated[str, typer.Option(help="why it is none")],
    json: Json = False,
) -> None:
    """Say that a proposed wording is none; it is not proposed again."""
    _decide(context, item, wording, _officer(given_as), None, reason, False, json)


@app.command("import")
def bring_in(
    context: typer.Context,
    file: Annotated[Path, typer.Argument(exists=True, dir_okay=False)],
    given_as: As,
    valid_from: From = None,
    json: Json = False,
) -> None:
    """Add the wordings of a table (编号, 日常说法) to their duty points; rows that do not fit are named."""
    actor = _officer(given_as)
    with opened(context) as dingze:
        now = dingze.clock()
        from_day = day(valid_from) or dingze.router.day_of(now)
        register = dingze.register.register()
        done = import_wordings(dingze.ledger, register, read_rows(file), day=from_day, at=now, actor=str(actor))
    answer(asdict(done), json)


def _officer(given_as: str) -> Actor:
    actor = actor_of(given_as)
    if actor.role not in DECIDERS:
        raise NotPermitted("mandates.wordings-are-for-bianban", at="--as")
    return actor


def _decide(
    context: typer.Context,
    item: str,
    wording: str,
    actor: Actor,
    valid_from: str | None,
    reason: str,
    accepted: bool,
    json: bool,
) -> None:
    with opened(context) as dingze:
        now = dingze.clock()
        event = decide_learned(
            dingze.ledger,
            dingze.register.register(),
            item,
            wording,
            accept=accepted,
            reason=reason,
            day=day(valid_from) or dingze.router.day_of(now),
            at=now,
            actor=str(actor),
        )
    answer({"item": item, "wording": wording, "position": event.position, "accepted": accepted}, json)
