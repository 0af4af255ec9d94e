"""The HTTP API of casework's things: cases, findings, digests, papers, score sheets, assessments, and standing holds.

Lists are newest first and hold what this person may see; a thing says in its `ETag` which version it is.
"""

from collections.abc import Callable, Mapping
from typing import Annotated, Any
from urllib.parse import quote

from fastapi import APIRouter, Query
from pydantic import BaseModel
from starlette.responses import Response

from casework.paperwork.printing import Printed
from console.access import OF_A_UNIT, Page, require_unit
from console.interface.answers import AllHolds, ListPage
from console.interface.commands import answer_of, giver_of
from console.interface.docket import Docket
from console.interface.doors import (
    ASSESSMENT_DOOR,
    CASE_DOOR,
    DIGEST_DOOR,
    FINDING_DOOR,
    FINDING_READERS,
    PAPER_DOOR,
    SCORE_DOOR,
    Door,
    Giver,
    look,
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
from console.interface.sieve import ThingsAsked, passes
from console.visit import Visit, Visiting
from terms.actors import Role
from terms.errors import NotPermitted
from terms.ids import UnitCode

router = APIRouter(prefix="/api/v1")
PAGE_SIZE = 50
DOCX = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
SHEETS: Mapping[str, Callable[[Any, Giver], BaseModel]] = {
    "cases": case_sheet,
    "findings": finding_sheet,
    "digests": digest_sheet,
    "papers": paper_sheet,
    "score-sheets": score_sheet_sheet,
    "assessments": assessment_sheet,
}
Asked = Annotated[ThingsAsked, Query()]


def docket_of(visit: Visit) -> Docket:
    """The one docket of this application; made at the first question, it reads the record once."""
    state = visit.request.app.state
    if not hasattr(state, "docket"):
        state.docket = Docket(visit.console.parts.ledger)
    docket: Docket = state.docket
    return docket


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
    return answer_of(AllHolds(units=sheets, position=position))


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
    return answer_of(holds_sheet(code, visit.register.units[code].name, standing, position))


def _thing(visit: Visit, door: Door, number: str) -> Response:
    visit.open(Page.ACCOUNT, door.scope)
    giver = giver_of(visit)
    found = look(door, number, giver)
    return answer_of(SHEETS[door.path](found, giver), version=found.version)


def _list(visit: Visit, door: Door, asked: ThingsAsked) -> Response:
    visit.open(Page.ACCOUNT, door.scope)
    giver = giver_of(visit)
    if giver.actor.role not in door.readers:
        raise NotPermitted("console.page-not-yours", page=door.title)
    things = docket_of(visit).things(door.path, giver.units())
    found = [one for one in things if sees(door, one.state, giver) and passes(one, asked)]
    shown = found[(asked.page - 1) * PAGE_SIZE : asked.page * PAGE_SIZE]
    items = tuple(listed(one) for one in shown)
    return answer_of(ListPage(items=items, total=len(found), page=asked.page))
