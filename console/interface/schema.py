"""The OpenAPI description of `/api/v1`: every address, what it takes and everything it answers, built from the code.

Bodies come from the commands' own dataclasses and the models of `console.interface.answers`; tests hold the document
against the routes and, by schemathesis, against what the routes answer.
"""

from functools import cache
from typing import Any

import orjson
from pydantic import BaseModel, TypeAdapter

from casework import permissions
from casework.bounds import AMOUNTS, COUNTED, COUNTS
from casework.catalogue import SIGNED_COMMANDS
from casework.work_order import commands as c
from console.administration.people import SCOPES
from console.interface import answers
from console.interface.doors import DOORS, MACHINE_FIELDS, NUMBER_MOST, Door
from console.interface.intake_schema import INTAKE_SCHEMAS, intake_paths
from console.interface.orders import OrdersAsked, RouteQuestion
from console.interface.sieve import ThingsAsked
from console.orders.additions import Addition
from terms.actors import Role
from terms.messages import sentence

Json = dict[str, Any]
PREFIX = "/api/v1"
DOCX = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
REFERENCE = "#/components/schemas/{model}"
MODELS: tuple[type[BaseModel], ...] = (
    answers.CaseSheet, answers.FindingSheet, answers.DigestSheet, answers.PaperSheet, answers.ScoreSheetSheet,
    answers.AssessmentSheet, answers.OrdersPage,
    answers.ListPage, answers.Holds, answers.AllHolds,
    answers.CommandDone, answers.OfferedCommands, answers.Problem,
)  # fmt: skip
SHEETS = {
    "cases": "CaseSheet", "findings": "FindingSheet", "digests": "DigestSheet", "papers": "PaperSheet",
    "score-sheets": "ScoreSheetSheet", "assessments": "AssessmentSheet",
}  # fmt: skip
REFUSALS = {
    "401": "nobody is signed in, or the token has ended",
    "403": "the role, the unit, the token's scope or the page's token does not allow it",
    "404": "there is no such thing, or none this account may know of",
    "409": "a rule says no (`rule`), or somebody was first (`version` is where the thing stands now)",
    "413": "the body is over the limit",
    "422": "the request cannot be read; `at` names the field",
}
SEEN: Json = {
    "type": "integer",
    "minimum": 0,
    "maximum": 999_999_999,
    "description": "the version the caller looked at; may be given as If-Match instead",
}
IF_MATCH: Json = {
    "name": "If-Match",
    "in": "header",
    "required": False,
    "description": "the ETag the caller looked at: when the thing has moved on, nothing is done (409)",
    "schema": {"type": "string", "pattern": '^"[0-9]{1,9}"$'},
}


@cache
def openapi_bytes() -> bytes:
    """The document as JSON."""
    return orjson.dumps(openapi())


@cache
def openapi() -> Json:
    """The document. Not to be changed."""
    schemas = _schemas()
    paths: Json = {
        f"{PREFIX}/openapi.json": {"get": _read("describe", "This document", {"type": "object"}, missing=False)},
        f"{PREFIX}/commands": {
            "get": _read("listCommands", "The commands this account may give", _ref("OfferedCommands"), missing=False)
        },
        f"{PREFIX}/holds": {
            "get": _read("allHolds", "Every unit whose applications are to wait", _ref("AllHolds"), missing=False)
        },
        f"{PREFIX}/units/{{unit}}/holds": {
            "get": _read("holds", "Whether a unit's applications are to wait", _ref("Holds"), [_number("unit", 20)])
        },
    }
    paths |= intake_paths(refusals) | _files() | _scans()
    paths[f"{PREFIX}/work-orders"]["get"] = _read(
        "list_work_orders", "工单, those this account may see", _ref("OrdersPage"), _asked(OrdersAsked), missing=False
    )
    for door in DOORS:
        if door.path in SHEETS:
            paths |= _things(door)
        paths |= {f"{PREFIX}/{door.path}/{{number}}/commands/{name}": _command(door, name) for name in givable(door)}
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "定责 Dingze",
            "version": "1",
            "description": "Work orders in; commands on orders and on the matter lane; holds, papers, scores out.",
        },
        "security": [{"token": []}, {"session": [], "csrf": []}],
        "paths": paths,
        "components": {
            "schemas": schemas,
            "securitySchemes": {
                "token": {"type": "http", "scheme": "bearer", "description": f"scopes: {', '.join(SCOPES)}"},
                "session": {"type": "apiKey", "in": "cookie", "name": "dingze_session"},
                "csrf": {"type": "apiKey", "in": "header", "name": "X-CSRF-Token", "description": "with a session"},
            },
        },
    }


def givable(door: Door) -> tuple[str, ...]:
    """The commands of a door that some role which signs in may give; the rest is the system's own."""
    people = frozenset(Role) - {Role.SYSTEM}
    return tuple(name for name in door.commands if permissions.PERMISSIONS[name] & people)


def _schemas() -> Json:
    """Every schema by name; commands take `seen` beside their fields and no field nobody knows."""
    commands = {name: _body_type(name) for door in DOORS for name in givable(door)}
    taken: list[tuple[str, Any, TypeAdapter[Any]]] = [
        (name, "validation", TypeAdapter(kind)) for name, kind in (commands | {"RouteQuestion": RouteQuestion}).items()
    ]
    made: list[tuple[str, Any, TypeAdapter[Any]]] = [
        (model.__name__, "serialization", TypeAdapter(model)) for model in MODELS
    ]
    found, shared = TypeAdapter.json_schemas([*taken, *made], ref_template=REFERENCE)
    schemas: Json = dict(shared.get("$defs", {})) | INTAKE_SCHEMAS
    for (name, _), schema in found.items():
        shown = schemas[schema["$ref"].rpartition("/")[2]] if "$ref" in schema else schema
        schemas[str(name)] = dict(shown)
    for name in commands:
        schemas[name] = _as_command(name, schemas[name])
    return schemas


def _body_type(name: str) -> Any:
    if name == c.AddToOrder.__name__:
        return Addition
    return next(door.commands[name] for door in DOORS if name in door.commands)


def _as_command(name: str, schema: Json) -> Json:
    kept = {
        field: _bounded(told, COUNTS if field in COUNTED else AMOUNTS)
        for field, told in schema.get("properties", {}).items()
        if field not in MACHINE_FIELDS.get(name, frozenset())
    }
    return schema | {"type": "object", "properties": kept | {"seen": SEEN}, "additionalProperties": False}


def _bounded(told: Json, most: range) -> Json:
    """A number as the door takes it."""
    bounds = {"minimum": most[0], "maximum": most[-1]}
    if told.get("type") == "integer":
        return told | bounds
    if "anyOf" in told:
        return told | {"anyOf": [one | bounds if one.get("type") == "integer" else one for one in told["anyOf"]]}
    return told


def schema_of_command(name: str) -> Json:
    """The JSON schema of a command's body, standing alone (definitions inside)."""
    schema = TypeAdapter(_body_type(name)).json_schema()
    return _as_command(name, schema)


# --- one address ---


def _things(door: Door) -> Json:
    sheet = SHEETS[door.path]
    number = [_number("number", NUMBER_MOST)]
    return {
        f"{PREFIX}/{door.path}": {
            "get": _read(
                f"list_{door.path}", f"{door.title}, newest first", _ref("ListPage"), _asked(ThingsAsked), missing=False
            )
        },
        f"{PREFIX}/{door.path}/{{number}}": {
            "get": _read(f"read_{door.path}", f"One {door.noun} ({door.title})", _ref(sheet), number, tagged=True)
        },
    }


def _asked(model: type[BaseModel]) -> list[Json]:
    """The fields of a question as parameters of an address."""
    fields = TypeAdapter(model).json_schema()["properties"]
    return [{"name": name, "in": "query", "required": False, "schema": told} for name, told in fields.items()]


def _files() -> Json:
    """A paper and its 发文稿纸 as files."""
    content = {DOCX: {"schema": {"type": "string", "format": "binary"}}}
    return {
        f"{PREFIX}/papers/{{number}}/{name}": {
            "get": {
                "operationId": f"print_{name.replace('-', '_')}",
                "tags": ["papers"],
                "summary": summary,
                "parameters": [_number("number", NUMBER_MOST)],
                "responses": {"200": {"description": summary, "content": content}}
                | refusals("401", "403", "404", "409", "422"),
            }
        }
        for name, summary in (("file", "The paper as .docx"), ("approval-sheet", "Its 发文稿纸 as .docx"))
    }


def _scans() -> Json:
    """The signed scans: of a paper, brought and opened; of a case; the documents of a finding."""
    file = {"*/*": {"schema": {"type": "string", "format": "binary"}}}
    scan: Json = {"scan": {"type": "string", "format": "binary"}}
    body: Json = {"body": {"type": "string", "description": "the command's other fields, as one JSON object"}}
    number, digest = _number("number", NUMBER_MOST), _number("digest", 64)

    def opened(operation: str, tag: str, summary: str, *parameters: Json) -> Json:
        return {
            "operationId": operation,
            "tags": [tag],
            "summary": summary,
            "parameters": list(parameters),
            "responses": {"200": {"description": summary, "content": file}} | refusals("401", "403", "404", "422"),
        }

    def brought(operation: str, tag: str, summary: str, fields: Json, *parameters: Json) -> Json:
        form = {"type": "object", "properties": fields, "required": list(fields), "additionalProperties": False}
        return {
            "operationId": operation,
            "tags": [tag],
            "summary": summary,
            "parameters": [*parameters, IF_MATCH],
            "requestBody": {"required": True, "content": {"multipart/form-data": {"schema": form}}},
            "responses": {"200": _ok("done", _ref("CommandDone"), tagged=True)}
            | refusals("401", "403", "404", "409", "413", "422"),
        }

    name = _number("name", NUMBER_MOST)
    name["schema"] = {"type": "string", "enum": list(SIGNED_COMMANDS)}
    return {
        f"{PREFIX}/papers/{{number}}/scan": {
            "get": opened("open_scan", "papers", "The signed scan of a paper (PDF or picture)", number),
            "post": brought("bring_scan", "papers", "Attach the signed scan; the file is kept sealed", scan, number),
        },
        f"{PREFIX}/cases/{{number}}/signed/{{name}}": {
            "post": brought(
                "record_signed",
                "cases",
                "Record a decision, or file minutes, with their signed scan",
                scan | body,
                number,
                name,
            )
        },
        f"{PREFIX}/cases/{{number}}/scans/{{digest}}": {
            "get": opened("open_case_scan", "cases", "The scan of the decision or the filed minutes", number, digest)
        },
        f"{PREFIX}/findings/{{number}}/documents/{{digest}}": {
            "get": opened("open_finding_document", "findings", "A document that proves the finding", number, digest)
        },
    }


def _command(door: Door, name: str) -> Json:
    return {
        "post": {
            "operationId": name,
            "tags": [door.path],
            "summary": sentence(f"command.{name}"),
            "description": "roles: " + ", ".join(sorted(permissions.PERMISSIONS[name] - {Role.SYSTEM})),
            "parameters": [_number("number", NUMBER_MOST), IF_MATCH],
            "requestBody": {"required": True, "content": {"application/json": {"schema": _ref(name)}}},
            "responses": {"200": _ok("done, or nothing to do", _ref("CommandDone"), tagged=True)}
            | refusals("401", "403", "404", "409", "413", "422"),
        }
    }


def _read(
    operation: str,
    summary: str,
    schema: Json,
    parameters: list[Json] | None = None,
    *,
    tagged: bool = False,
    missing: bool = True,
) -> Json:
    codes = ["401", "403", *(["404"] if missing else []), *(["422"] if parameters else [])]
    return {
        "operationId": operation,
        "summary": summary,
        "parameters": parameters or [],
        "responses": {"200": _ok(summary, schema, tagged=tagged)} | refusals(*codes),
    }


def refusals(*codes: str) -> Json:
    """The answers that are problems."""
    content = {"application/problem+json": {"schema": _ref("Problem")}}
    return {code: {"description": REFUSALS[code], "content": content} for code in codes}


def _ok(description: str, schema: Json, *, tagged: bool) -> Json:
    found: Json = {"description": description, "content": {"application/json": {"schema": schema}}}
    if tagged:
        etag = {"required": True, "description": "the version", "schema": {"type": "string", "pattern": '^"[0-9]+"$'}}
        found["headers"] = {"ETag": etag}
    return found


def _number(name: str, most: int) -> Json:
    schema: Json = {"type": "string", "minLength": 1, "maxLength": most}
    return {"name": name, "in": "path", "required": True, "schema": schema}


def _ref(name: str) -> Json:
    return {"$ref": REFERENCE.format(model=name)}
