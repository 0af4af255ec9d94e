"""The HTTP API of casework's commands; the things they act on are told by `console.interface.things`.

A command is posted to the thing it acts on, with the fields of `casework`'s commands as its body. Who has seen the
thing names the version it saw, by `If-Match` or the field `seen`; when somebody else was first, nothing is done and
the answer says what happened. The description of all this is `/api/v1/openapi.json` (`console.interface.schema`).
"""

import re
from collections.abc import Callable
from typing import Annotated, Any

import orjson
from fastapi import APIRouter, Header
from pydantic import BaseModel
from starlette.responses import Response

from console.access import Page
from console.interface.answers import CommandDone, Offered, OfferedCommands
from console.interface.doors import (
    ASSESSMENT_DOOR,
    CASE_DOOR,
    DIGEST_DOOR,
    DOORS,
    FINDING_DOOR,
    ORDER_DOOR,
    PAPER_DOOR,
    SCORE_DOOR,
    Door,
    Given,
    Giver,
    give,
    offered,
)
from console.interface.orders import Bytes
from console.interface.schema import openapi_bytes, schema_of_command
from console.visit import Visit, Visiting, json_response
from terms.errors import BadInput, DingzeError
from terms.messages import sentence

router = APIRouter(prefix="/api/v1")
TOLD_WITH_A_REFUSAL = ("rule", "version")
VERSION = re.compile(r'(?:W/)?"?(\d{1,9})"?')
IfMatch = Annotated[str, Header(alias="If-Match", max_length=40)]


def giver_of(visit: Visit) -> Giver:
    """Who asks."""
    parts = visit.console.parts
    return Giver(visit.actor, parts.desk, parts.papers, parts.vault, visit.register, parts.attachments)


# --- what there is to do ---


@router.get("/openapi.json")
def openapi(visit: Visiting) -> Response:
    """The description of the whole API, for everybody who may sign in."""
    return Response(openapi_bytes(), media_type="application/json")


@router.get("/commands")
def commands(visit: Visiting) -> Response:
    """The commands this account may ever give, each with the JSON schema of its body."""
    visit.open(Page.ACCOUNT, "commands")
    found = OfferedCommands(
        role=visit.actor.role,
        unit=visit.actor.unit,
        commands=tuple(
            Offered(
                name=name,
                title=sentence(f"command.{name}"),
                on=door.path,
                address=f"/api/v1/{door.path}/{{number}}/commands/{name}",
                body=schema_of_command(name),
            )
            for door in DOORS
            for name in offered(visit.actor.role, door)
        ),
    )
    return answer_of(found)


# --- commands ---


def _carry_out(visit: Visit, door: Door, number: str, name: str, body: bytes, if_match: str) -> Response:
    visit.open(Page.ACCOUNT, "commands")

    def given() -> Given:
        fields = read_object(body)
        seen = seen_version(if_match, fields.pop("seen", None))
        return give(door, number, name, fields, giver_of(visit), seen=seen)

    return answered(given)


def answered(giving: Callable[[], Given]) -> Response:
    """What came of a command, or the refusal."""
    try:
        given = giving()
    except DingzeError as error:
        if error.status >= 500:
            raise
        return _refusal(error)
    done = CommandDone(
        number=given.number, command=given.command, version=given.version, position=given.position, facts=given.facts
    )
    return answer_of(done, version=given.version)


def read_object(body: bytes) -> dict[str, Any]:
    """The fields of a command; nothing is no fields. Raises BadInput for anything but one JSON object."""
    try:
        found = orjson.loads(body) if body.strip() else {}
    except orjson.JSONDecodeError as error:
        raise BadInput("api.not-an-object", at="body") from error
    if not isinstance(found, dict):
        raise BadInput("api.not-an-object", at="body")
    return found


def seen_version(if_match: str, seen: object) -> int | None:
    """The version the caller saw, from the header or the field `seen`; None when it says neither. Raises BadInput."""
    told = if_match.strip()
    from_header = None
    if told and told != "*":
        match = VERSION.fullmatch(told)
        if match is None:
            raise BadInput("api.bad-version", at="If-Match")
        from_header = int(match[1])
    if seen is None:
        return from_header
    if isinstance(seen, bool) or not isinstance(seen, int) or from_header not in (None, seen):
        raise BadInput("api.bad-version", at="seen")
    return seen


@router.post("/work-orders/{order_no:path}/commands/{name}")
def order_command(visit: Visiting, order_no: str, name: str, body: Bytes, if_match: IfMatch = "") -> Response:
    """Do something with a work order."""
    return _carry_out(visit, ORDER_DOOR, order_no, name, body, if_match)


@router.post("/cases/{case_no:path}/commands/{name}")
def case_command(visit: Visiting, case_no: str, name: str, body: Bytes, if_match: IfMatch = "") -> Response:
    """Do something in a boundary case."""
    return _carry_out(visit, CASE_DOOR, case_no, name, body, if_match)


@router.post("/findings/{finding_no:path}/commands/{name}")
def finding_command(visit: Visiting, finding_no: str, name: str, body: Bytes, if_match: IfMatch = "") -> Response:
    """Do something with a finding."""
    return _carry_out(visit, FINDING_DOOR, finding_no, name, body, if_match)


@router.post("/digests/{digest_no:path}/commands/{name}")
def digest_command(visit: Visiting, digest_no: str, name: str, body: Bytes, if_match: IfMatch = "") -> Response:
    """Do something with a digest."""
    return _carry_out(visit, DIGEST_DOOR, digest_no, name, body, if_match)


@router.post("/papers/{paper_no:path}/commands/{name}")
def paper_command(visit: Visiting, paper_no: str, name: str, body: Bytes, if_match: IfMatch = "") -> Response:
    """Do something with a paper."""
    return _carry_out(visit, PAPER_DOOR, paper_no, name, body, if_match)


@router.post("/score-sheets/{quarter}/commands/{name}")
def score_command(visit: Visiting, quarter: str, name: str, body: Bytes, if_match: IfMatch = "") -> Response:
    """Do something with the score sheet of a quarter."""
    return _carry_out(visit, SCORE_DOOR, quarter, name, body, if_match)


@router.post("/assessments/{sheet_no:path}/commands/{name}")
def assessment_command(visit: Visiting, sheet_no: str, name: str, body: Bytes, if_match: IfMatch = "") -> Response:
    """Do something with a unit's sheet."""
    return _carry_out(visit, ASSESSMENT_DOOR, sheet_no, name, body, if_match)


def answer_of(found: BaseModel, version: int | None = None) -> Response:
    """An answer as JSON, with the version of the thing it tells of."""
    response = json_response(found.model_dump(mode="json"))
    if version is not None:
        response.headers["ETag"] = f'"{version}"'
    return response


def _refusal(error: DingzeError) -> Response:
    """The problem document with the rule that said no, and the version a thing has by now."""
    more = {name: error.params[name] for name in TOLD_WITH_A_REFUSAL if name in error.params}
    response = json_response(error.problem() | more, error.status)
    response.headers["content-type"] = "application/problem+json"
    return response
