"""`dingze do`: give any command to an order, case, finding, digest or paper; `dingze paper`: print, bring its scan.

It asks what the API asks, in the same order (`console.interface.doors`), in the role and unit of `--as`. In the record
the account is `command-line`, so that nobody takes it for a person.
"""

import hashlib
from pathlib import Path
from typing import Annotated, Any

import orjson
import typer

from casework import permissions
from casework.catalogue import COMMANDS
from casework.paperwork.printing import Printed
from console.forms import Upload
from console.interface.doors import CASE_DOOR, DOORS, PEOPLE_OF_UNITS, Door, Given, Giver, give, printed, printed_sheet
from console.interface.scans import bring_scan, give_signed, scan_of_paper
from console.interface.schema import schema_of_command
from dingze.terminal import Json, answer, opened
from dingze.wiring import Dingze
from terms.actors import Actor, Role
from terms.errors import BadInput
from terms.ids import UnitCode
from terms.messages import sentence

ACCOUNT = "command-line"
NOUNS = {door.noun: door for door in DOORS}


def add_to(app: typer.Typer) -> None:
    """Put the command at the top level."""
    app.command(name="do")(act)
    app.command(name="paper")(paper)


def act(
    context: typer.Context,
    kind: Annotated[str, typer.Argument(help=" | ".join(NOUNS))] = "",
    number: Annotated[str, typer.Argument(help="the number of the thing")] = "",
    command: Annotated[str, typer.Argument(help="the command's name, as `dingze do --list` shows it")] = "",
    given_as: Annotated[str, typer.Option("--as", help="ROLE or ROLE@UNIT, e.g. clerk@C03")] = "",
    json_body: Annotated[str, typer.Option("--json-body", help="the fields as one JSON object")] = "",
    field: Annotated[list[str] | None, typer.Option("--field", help="name=value; again for a list")] = None,
    seen: Annotated[int | None, typer.Option("--seen", help="the version that was looked at")] = None,
    attach: Annotated[Path | None, typer.Option("--attach", help="the signed scan of a decision or of minutes")] = None,
    listed: Annotated[bool, typer.Option("--list", help="every command, who may give it, and its fields")] = False,
    json: Json = False,
) -> None:
    """Give a command: `dingze do work-order YZ1 SignFor --field unit=C03 --as clerk@C03`."""
    if listed:
        rows = [_row(door, name) for door in DOORS for name in door.commands]
        lines = (
            f"{one['on']:<11}{one['command']:<24}{one['title']}  {','.join(one['roles'])}  ({', '.join(one['fields'])})"
            for one in rows
        )
        answer({"commands": rows}, json, *lines)
        return
    door = NOUNS.get(kind)
    if door is None or not number or not command:
        raise BadInput("input.invalid", at="do", reason=f"请写明对象（{'、'.join(NOUNS)}）、编号和操作名称")
    actor = actor_of(given_as)
    body = body_of(command, json_body, field or [])
    scan = _upload(attach) if attach else None
    with opened(context) as dingze:
        done = carry_out(dingze, door, number, command, body, actor, seen, scan)
    document = {"number": number, "command": command, "version": done.version, "position": done.position}
    facts = "、".join(sentence(f"event.{one}") for one in done.facts) or "没有变化"
    answer(document | {"facts": list(done.facts)}, json, f"{number} {facts}（第 {done.version} 版）")


def carry_out(
    dingze: Dingze,
    door: Door,
    number: str,
    command: str,
    body: dict[str, Any],
    actor: Actor,
    seen: int | None,
    scan: Upload | None = None,
) -> Given:
    """Give it, and let the views follow; an erasure destroys the key at once."""
    register = dingze.register.as_of(dingze.calendar.local_day(dingze.clock()))
    giver = Giver(actor, dingze.desk, dingze.papers, dingze.vault, register, dingze.attachments)
    if scan is not None:
        if door is not CASE_DOOR:
            raise BadInput("input.invalid", at="--attach", reason="登记决定或纪要备案才附签章扫描件")
        done = give_signed(number, command, body, scan, giver, dingze.attachments, seen)
    else:
        done = give(door, number, command, body, giver, seen=seen)
    if "PersonalDataErased" in done.facts:
        dingze.eraser.step()
    dingze.projections.catch_up()
    return done


def paper(
    context: typer.Context,
    number: Annotated[str, typer.Argument(help="the number of the paper")],
    given_as: Annotated[str, typer.Option("--as", help="ROLE or ROLE@UNIT, e.g. reviewer")],
    sheet: Annotated[bool, typer.Option("--sheet", help="its 发文稿纸 instead")] = False,
    output: Annotated[Path | None, typer.Option("--output", help="where to write it; its own name without")] = None,
    scan: Annotated[bool, typer.Option("--scan", help="its signed scan instead")] = False,
    attach: Annotated[Path | None, typer.Option("--attach", help="bring its signed scan: a PDF or picture")] = None,
    json: Json = False,
) -> None:
    """Print a paper as .docx: the very file that was issued, else its draft. Or bring or open its signed scan."""
    actor = actor_of(given_as)
    brought = _upload(attach) if attach else None
    with opened(context) as dingze:
        register = dingze.register.as_of(dingze.calendar.local_day(dingze.clock()))
        giver = Giver(actor, dingze.desk, dingze.papers, dingze.vault, register, dingze.attachments)
        if brought is not None:
            done = bring_scan(number, brought, giver, dingze.attachments)
            dingze.projections.catch_up()
            told = {"number": number, "version": done.version, "position": done.position, "facts": list(done.facts)}
            answer(told, json, f"{number} 签章扫描件已附")
            return
        if scan:
            found = Printed(*scan_of_paper(number, giver, dingze.attachments), final=True)
        else:
            found = printed_sheet(number, giver) if sheet else printed(number, giver)
    file = output or Path(found.name)
    file.write_bytes(found.file)
    digest = hashlib.sha256(found.file).hexdigest()
    answer({"number": number, "file": str(file), "final": found.final, "sha256": digest}, json, str(file))


def _upload(file: Path) -> Upload:
    try:
        return Upload(file.name, file.read_bytes())
    except OSError as error:
        raise BadInput("input.invalid", at="--attach", reason=f"读不到文件 {file}") from error


def actor_of(given_as: str) -> Actor:
    """Who acts: the role of `--as`, and its unit where the role has one. Raises BadInput."""
    name, _, unit = given_as.partition("@")
    if name not in {str(role) for role in Role}:
        raise BadInput("input.invalid", at="--as", reason=f"请用 --as 写明角色：{'、'.join(Role)}")
    role = Role(name)
    if role in PEOPLE_OF_UNITS and not unit:
        raise BadInput("input.invalid", at="--as", reason=f"{name} 须写明单位，如 {name}@C03")
    return Actor(ACCOUNT, role, UnitCode(unit) if unit else None)


def body_of(command: str, json_body: str, pairs: list[str]) -> dict[str, Any]:
    """The fields from `--json-body` and from `--field name=value`, which goes before it. Raises BadInput.

    A value in brackets or braces is JSON; a field that holds a list takes every value given for it.
    """
    try:
        body = orjson.loads(json_body) if json_body else {}
    except orjson.JSONDecodeError as error:
        raise BadInput("api.not-an-object", at="--json-body") from error
    if not isinstance(body, dict):
        raise BadInput("api.not-an-object", at="--json-body")
    told: dict[str, list[Any]] = {}
    for pair in pairs:
        name, equals, text = pair.partition("=")
        if not equals:
            raise BadInput("input.invalid", at="--field", reason="请写成 名称=内容")
        told.setdefault(name, []).append(_value(name, text))
    properties = schema_of_command(command)["properties"] if command in COMMANDS else {}
    for name, values in told.items():
        is_list = properties.get(name, {}).get("type") == "array" and not isinstance(values[0], list)
        body[name] = values if is_list or len(values) > 1 else values[0]
    return dict(body)


def _value(name: str, text: str) -> Any:
    if text[:1] not in ("[", "{"):
        return text
    try:
        return orjson.loads(text)
    except orjson.JSONDecodeError as error:
        raise BadInput("casework.bad-field", at=name, field=name, reason="不是 JSON") from error


def _row(door: Door, name: str) -> dict[str, Any]:
    return {
        "on": door.noun,
        "command": name,
        "title": sentence(f"command.{name}"),
        "roles": sorted(permissions.PERMISSIONS[name]),
        "fields": sorted(set(schema_of_command(name)["properties"]) - {"seen"}),
    }
