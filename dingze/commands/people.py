"""`dingze people`: who may sign in, and the tokens of other programs.

A new or reset account gets a password that is shown once and must be changed at the first sign-in; a token is shown
once as well. Neither is ever in the record.
"""

from typing import Annotated

import typer

from console.administration.people import SCOPES, Account
from console.administration.people_keeping import Keeping
from dingze.commands.acting import actor_of
from dingze.terminal import Json, answer, opened
from dingze.wiring import Dingze
from terms.actors import Role
from terms.errors import BadInput, NotFound
from terms.messages import sentence

app = typer.Typer(help="accounts, and tokens for other programs", no_args_is_help=True)
BY = "command-line"
Id = Annotated[str, typer.Argument(help="the account's id; it stands in the record, so it is not a name")]


@app.command()
def add(
    context: typer.Context,
    account: Id,
    role: Annotated[str, typer.Option("--as", help="ROLE or ROLE@UNIT, e.g. clerk@C03")],
    name: Annotated[str, typer.Option(help="what pages call the person")] = "",
    json: Json = False,
) -> None:
    """Open an account; its first password is shown once."""
    actor = actor_of(role)
    if actor.role is Role.SYSTEM:
        raise BadInput("console.system-account", at="--as")
    with opened(context) as dingze:
        day = dingze.calendar.local_day(dingze.clock())
        if actor.unit and actor.unit not in dingze.register.as_of(day).units:
            raise BadInput("console.no-such-unit", at="--as", unit=actor.unit)
        opening = Account(account, name or account, actor.role, actor.unit, must_change=True)
        password = _keeping(dingze).open(opening)
    _shown(account, password, json)


@app.command()
def reset(context: typer.Context, account: Id, json: Json = False) -> None:
    """Give an account a new first password, shown once; whoever is signed in with it is signed out."""
    with opened(context) as dingze:
        _there(dingze, account)
        password = _keeping(dingze).reset(account)
    _shown(account, password, json)


@app.command()
def disable(context: typer.Context, account: Id, json: Json = False) -> None:
    """Let nobody in by this account or its tokens any more. What it did stays in the record."""
    _switch(context, account, False, json)


@app.command()
def enable(context: typer.Context, account: Id, json: Json = False) -> None:
    """Let it in again."""
    _switch(context, account, True, json)


@app.command("list")
def show(context: typer.Context, json: Json = False) -> None:
    """Every account by its id: role, unit, whether it may sign in."""
    with opened(context) as dingze:
        found = [one.account for one in _keeping(dingze).standings()]
    rows = [
        {"account": one.account, "name": one.name, "role": one.role, "unit": one.unit, "disabled": one.disabled}
        for one in found
    ]
    lines = (
        f"{one.account}  {one.name}  {one.role}" + f"@{one.unit}" * bool(one.unit) + "（已停用）" * one.disabled
        for one in found
    )
    answer({"accounts": rows}, json, *lines)


@app.command()
def token(
    context: typer.Context,
    account: Id,
    label: Annotated[str, typer.Option(help="which program it is for")],
    scope: Annotated[list[str], typer.Option(help=f"again for several: {', '.join(SCOPES)}")],
    days: Annotated[int, typer.Option(min=1, max=3650, help="how long it holds")] = 365,
    json: Json = False,
) -> None:
    """A token for a program that acts as this account, within these scopes; shown once."""
    with opened(context) as dingze:
        _there(dingze, account)
        made = _keeping(dingze).issue(account, label, scope, days)
    scopes = sorted(set(scope))
    answer({"account": account, "label": label, "scopes": scopes, "days": days, "token": made}, json, made)


def _keeping(dingze: Dingze) -> Keeping:
    return Keeping(dingze.people, BY, dingze.clock())


def _there(dingze: Dingze, account: str) -> None:
    if dingze.people.account(account) is None:
        raise NotFound("console.no-such-account", at=account, account=account)


def _switch(context: typer.Context, account: str, enabled: bool, json: bool) -> None:
    with opened(context) as dingze:
        _there(dingze, account)
        _keeping(dingze).switch(account, enabled)
    code = "people.enabled" if enabled else "people.disabled"
    answer({"account": account, "disabled": not enabled}, json, sentence(code, account=account))


def _shown(account: str, password: str, json: bool) -> None:
    answer(
        {"account": account, "password": password}, json, sentence("people.password", account=account, word=password)
    )
