"""The HTTP API of casework: every command, the things they act on, and whether a unit's applications are on hold.

A command is posted to the thing it acts on, with the fields of `casework`'s commands as its body. Who has seen the
thing names the version it saw, by `If-Match` or the field `seen`; when somebody else was first, nothing is done and
the answer says what happened. The description of all this is `/api/v1/openapi.json` (`console.interface.schema`).
"""

import re
from collections.abc import Callable, Mapping
from typing import Annotated, Any
from urllib.parse import quote

import orjson
from fastapi import APIRouter, Header, Query
from pydantic import BaseModel
from starlette.responses import Response

from casework.paperwork.printing import Printed
from console.access import OF_A_UNIT, Page, require_unit
from console.interface.answers import AllHolds, CommandDone, ListPage, Offered, OfferedCommands
from console.interface.docket import Docket
from console.interface.doors import (
    ASSESSMENT_DOOR,
    CASE_DOOR,
    DIGEST_DOOR,
    DOORS,
    FINDING_DOOR,
    FINDING_READERS,
    ORDER_DOOR,
    PAPER_DOOR,
    SCORE_DOOR,
    Door,
    Given,
    Giver,
    give,
    look,
    offered,
    printed,
    printed_sheet,
    sees,
)
from console.interface.matter_sheets import (
    assessment_sheet,
    case_sheet,
    digest_sheet,
    finding_sheet,
    holds_sheet,
    listed,
    paper_sheet,
    score_sheet_sheet,
)
from console.interface.orders import Bytes
from console.interface.schema import openapi_bytes, schema_of_command
from console.interface.sieve import ThingsAsked, passes
from console.visit import Visit, Visiting, json_response
from terms.actors import Role
from terms.errors import BadInput, DingzeError, NotPermitted
from terms.ids import UnitCode
from terms.messages import sentence

router = APIRouter(prefix="/api/v1")
TOLD_WITH_A_REFUSAL = ("rule", "version")
VERSION = re.compile(r'(?:W/)?"?(\d{1,9})"?')
PAGE_SIZE = 50
DOCX = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
IfMatch = Annotated[str, Header(alias="If-Match", max_length=40)]
SHEETS: Mapping[str, Callable[[Any, Giver], BaseModel]] = {
    "cases": case_sheet,
    "findings": finding_sheet,
    "digests": digest_sheet,
    "papers": paper_sheet,
    "score-sheets": score_sheet_sheet,
    "assessments": assessment_sheet,
}


def giver_of(visit: Visit) -> Giver:
    """Who asks."""
    parts = visit.console.parts
    return Giver(visit.actor, parts.desk, parts.papers, parts.vault, visit.register, parts.attachments)


def docket_of(visit: Visit) -> Docket:
    """The one docket of this application; made at the first question, it reads the record once."""
    state = visit.request.app.state
    if not hasattr(state, "docket"):
        state.docket = Docket(visit.console.parts.ledger)
    docket: Docket = state.docket
    return docket


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
    return _answer(found)


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
    return _answer(done, version=given.version)


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


# --- things ---


Asked = Annotated[ThingsAsked, Query()]


@router.get("/cases")
def cases(visit: Visiting, asked: Asked) -> Response:
    """The boundary cases this person may see, newest first."""
    return _list(visit, CASE_DOOR, asked)


@router.get("/findings")
def findings(visit: Visiting, asked: Asked) -> Response:
    """The findings this person may see, newest first."""
    return _list(visit, FINDING_DOOR, asked)


@router.get("/digests")
def digests(visit: Visiting, asked: Asked) -> Response:
    """The digests, newest first."""
    return _list(visit, DIGEST_DOOR, asked)


@router.get("/papers")
def papers(visit: Visiting, asked: Asked) -> Response:
    """The papers this person may see, newest first."""
    return _list(visit, PAPER_DOOR, asked)


@router.get("/papers/{paper_no:path}/file")
def paper_file(visit: Visiting, paper_no: str) -> Response:
    """The paper as .docx: the very file that was issued, else its draft."""
    visit.open(Page.ACCOUNT, PAPER_DOOR.scope)
    return _file(printed(paper_no, giver_of(visit)))


@router.get("/papers/{paper_no:path}/approval-sheet")
def paper_approval_sheet(visit: Visiting, paper_no: str) -> Response:
    """发文稿纸 of the paper, for those of its issuer and whoever reads all such papers."""
    visit.open(Page.ACCOUNT, PAPER_DOOR.scope)
    return _file(printed_sheet(paper_no, giver_of(visit)))


@router.get("/papers/{paper_no:path}")
def paper(visit: Visiting, paper_no: str) -> Response:
    """One paper on its way."""
    return _thing(visit, PAPER_DOOR, paper_no)


def _file(found: Printed) -> Response:
    named = f"attachment; filename*=UTF-8''{quote(found.name, safe='')}"
    return Response(found.file, media_type=DOCX, headers={"Content-Disposition": named})


@router.get("/cases/{case_no:path}")
def case(visit: Visiting, case_no: str) -> Response:
    """One boundary case."""
    return _thing(visit, CASE_DOOR, case_no)


@router.get("/findings/{finding_no:path}")
def finding(visit: Visiting, finding_no: str) -> Response:
    """One finding."""
    return _thing(visit, FINDING_DOOR, finding_no)


@router.get("/digests/{digest_no:path}")
def digest(visit: Visiting, digest_no: str) -> Response:
    """One digest."""
    return _thing(visit, DIGEST_DOOR, digest_no)


@router.get("/holds")
def all_holds(visit: Visiting) -> Response:
    """Every hold that stands, for the outside approval system that keeps a list."""
    visit.open(Page.ACCOUNT, "holds:read")
    if visit.actor.role not in FINDING_READERS:
        raise NotPermitted("console.page-not-yours", page=FINDING_DOOR.title)
    standing, position = docket_of(visit).holds()
    units = sorted({UnitCode(one.unit) for one in standing})
    sheets = tuple(
        holds_sheet(
            code,
            known.name if (known := visit.register.units.get(code)) else code,
            (one for one in standing if one.unit == code),
            position,
        )
        for code in units
    )
    return _answer(AllHolds(units=sheets, position=position))


@router.get("/score-sheets")
def score_sheets(visit: Visiting, asked: Asked) -> Response:
    """The score sheets, newest first."""
    return _list(visit, SCORE_DOOR, asked)


@router.get("/score-sheets/{quarter}")
def score_sheet(visit: Visiting, quarter: str) -> Response:
    """The scores of one quarter, for 高质量发展绩效考核."""
    return _thing(visit, SCORE_DOOR, quarter)


@router.get("/assessments")
def assessments(visit: Visiting, asked: Asked) -> Response:
    """The sheets this person may see, newest first."""
    return _list(visit, ASSESSMENT_DOOR, asked)


@router.get("/assessments/{sheet_no:path}")
def assessment(visit: Visiting, sheet_no: str) -> Response:
    """One unit's sheet."""
    return _thing(visit, ASSESSMENT_DOOR, sheet_no)


@router.get("/units/{unit}/holds")
def holds(visit: Visiting, unit: str) -> Response:
    """Whether a unit's 机构编制 applications are to wait; for the outside approval system, and the unit itself."""
    visit.open(Page.ACCOUNT, "holds:read")
    asks_for_its_own = visit.actor.role in OF_A_UNIT | {Role.DISTRICT_DESK}
    if visit.actor.role not in FINDING_READERS and not asks_for_its_own:
        raise NotPermitted("console.page-not-yours", page=FINDING_DOOR.title)
    code = UnitCode(unit)
    require_unit(visit.actor, code, visit.register)
    standing, position = docket_of(visit).holds(code)
    return _answer(holds_sheet(code, visit.register.units[code].name, standing, position))


def _thing(visit: Visit, door: Door, number: str) -> Response:
    visit.open(Page.ACCOUNT, door.scope)
    giver = giver_of(visit)
    found = look(door, number, giver)
    return _answer(SHEETS[door.path](found, giver), version=found.version)


def _list(visit: Visit, door: Door, asked: ThingsAsked) -> Response:
    visit.open(Page.ACCOUNT, door.scope)
    giver = giver_of(visit)
    if giver.actor.role not in door.readers:
        raise NotPermitted("console.page-not-yours", page=door.title)
    things = docket_of(visit).things(door.path, giver.units())
    found = [one for one in things if sees(door, one.state, giver) and passes(one, asked)]
    shown = found[(asked.page - 1) * PAGE_SIZE : asked.page * PAGE_SIZE]
    items = tuple(listed(one) for one in shown)
    return _answer(ListPage(items=items, total=len(found), page=asked.page))


def _answer(found: BaseModel, version: int | None = None) -> Response:
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
