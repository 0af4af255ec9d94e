"""The signed scans that came back, and the documents that prove a finding: brought, and opened again.

A paper's scan comes back by itself; that of a decision or of minutes with the command that records them. Whoever may
see the paper, case or finding may open its scan; the bytes are checked against the digest on record. What was attached
by reference only, in the JSON of a command, is not here, and is answered like no file.
"""

from collections.abc import Iterable, Iterator, Mapping
from typing import Annotated, Any
from urllib.parse import quote

from fastapi import APIRouter, Header
from starlette.responses import Response

from casework import permissions
from casework.catalogue import SIGNED_COMMANDS
from casework.guards import forbid
from casework.lanes import Loaded
from casework.paperwork import commands as c
from console.access import Page
from console.forms import Filled, Form, Upload
from console.interface.commands import answered, giver_of, read_object, seen_version
from console.interface.doors import (
    CASE_DOOR,
    FINDING_DOOR,
    FINDING_READERS,
    PAPER_DOOR,
    Given,
    Giver,
    give_command,
    look,
    read,
    subject_of,
)
from console.orders.attachments import KEPT, AttachmentStore, sort_of
from console.visit import Visiting
from terms.errors import BadInput, NotFound
from terms.ids import StreamId
from terms.messages import sentence

router = APIRouter(prefix="/api/v1")
Told = dict[str, Any]  # an attachment as an event has it
IfMatch = Annotated[str, Header(alias="If-Match", max_length=40)]


def bring_scan(number: str, scan: Upload, giver: Giver, store: AttachmentStore, seen: int | None = None) -> Given:
    """Keep the signed scan of a paper and attach it; nothing is kept for whoever may not. Raises as `give`."""
    found = look(PAPER_DOOR, number, giver)
    subject = subject_of(PAPER_DOOR, number, found.state)
    keeping = giver.keeping(lambda: store.keep_scan(subject, scan))
    return give_command(PAPER_DOOR, number, c.AttachScan(store.described(scan)), keeping, seen=seen)


def give_signed(
    number: str,
    name: str,
    fields: Mapping[str, Any],
    scan: Upload,
    giver: Giver,
    store: AttachmentStore,
    seen: int | None = None,
) -> Given:
    """Record a decision, or file minutes, with the signed scan as a file; nothing is kept of what the rules refuse.

    `fields` are the command's others. Raises as `give`, and as `AttachmentStore.keep_scan`.
    """
    kind = SIGNED_COMMANDS.get(name)
    if kind is None:
        raise NotFound("casework.no-such-command", at=name, command=name)
    if not permissions.may(giver.actor.role, kind):
        raise forbid("role", action=sentence(f"command.{name}"))
    command = read(name, {**fields, "scan": store.described(scan).model_dump()}, giver.actor)
    subject = CASE_DOOR.lane.stream(number)
    return give_command(CASE_DOOR, number, command, giver.keeping(lambda: store.keep_scan(subject, scan)), seen=seen)


def scan_of_paper(number: str, giver: Giver, store: AttachmentStore) -> tuple[str, bytes]:
    """The scan of a paper, name and bytes. Raises NotFound when none is here, as `look` for who may not see it."""
    found = look(PAPER_DOOR, number, giver)
    signed = found.state.signed
    scan = giver.papers.issued(signed).scan if signed else None
    told = [scan.model_dump()] if scan else []
    return _opened(told, scan.digest if scan else "", subject_of(PAPER_DOOR, number, found.state), number, store)


@router.post("/papers/{paper_no:path}/scan")
def bring(visit: Visiting, paper_no: str, form: Form, if_match: IfMatch = "") -> Response:
    """The signed scan of a paper comes back, as the field `scan` of a form with files."""
    visit.open(Page.ACCOUNT, "commands")
    store = visit.console.parts.attachments
    return answered(lambda: bring_scan(paper_no, _scan_in(form), giver_of(visit), store, seen_version(if_match, None)))


@router.post("/cases/{case_no:path}/signed/{name}")
def record_signed(visit: Visiting, case_no: str, name: str, form: Form, if_match: IfMatch = "") -> Response:
    """A decision or filed minutes with their signed scan: a form with the file `scan`, and in `body` the JSON."""
    visit.open(Page.ACCOUNT, "commands")

    def given() -> Given:
        fields = read_object(form.text("body").encode())
        seen = seen_version(if_match, fields.pop("seen", None))
        store = visit.console.parts.attachments
        return give_signed(case_no, name, fields, _scan_in(form), giver_of(visit), store, seen)

    return answered(given)


def _scan_in(form: Filled) -> Upload:
    if scan := form.scans.get("scan"):
        return scan
    raise BadInput("console.field-needed", at="scan", field="签章扫描件")


@router.get("/papers/{paper_no:path}/scan")
def paper_scan(visit: Visiting, paper_no: str) -> Response:
    """The signed scan of a paper, for whoever may see the paper."""
    visit.open(Page.ACCOUNT, PAPER_DOOR.scope)
    return _file(*scan_of_paper(paper_no, giver_of(visit), visit.console.parts.attachments))


@router.get("/cases/{case_no:path}/scans/{digest}")
def case_scan(visit: Visiting, case_no: str, digest: str) -> Response:
    """The scan of the decision or of the filed minutes, for whoever may see the case."""
    visit.open(Page.ACCOUNT, CASE_DOOR.scope)
    found = look(CASE_DOOR, case_no, giver_of(visit))
    stream = CASE_DOOR.lane.stream(case_no)
    told = list(_scans(found))
    # a decision that came through its paper has the paper's scan, which lies under the same key
    return _file(*_opened(told, digest, stream, case_no, visit.console.parts.attachments))


@router.get("/findings/{finding_no:path}/documents/{digest}")
def finding_document(visit: Visiting, finding_no: str, digest: str) -> Response:
    """A document that proves a finding, for those who read all findings; the unit it is about is told, not shown."""
    visit.open(Page.ACCOUNT, FINDING_DOOR.scope)
    giver = giver_of(visit)
    found = look(FINDING_DOOR, finding_no, giver)
    told = [one for event in found.events if event.type == "FindingRaised" for one in event.payload["documents"]]
    if giver.actor.role not in FINDING_READERS:
        told = []
    return _file(
        *_opened(told, digest, FINDING_DOOR.lane.stream(finding_no), finding_no, visit.console.parts.attachments)
    )


def _scans(found: Loaded[Any]) -> Iterator[Told]:
    for event in found.events:
        if event.type in ("DecisionRecorded", "MinutesFiled") and event.payload["scan"]:
            yield event.payload["scan"]


def _opened(
    told: Iterable[Told], digest: str, subject: StreamId, number: str, store: AttachmentStore
) -> tuple[str, bytes]:
    for one in told:
        if one["digest"] == digest and one["reference"] == KEPT:
            return one["name"], store.open_of(subject, digest)
    raise NotFound("console.no-attachment", at=number)


def _file(name: str, content: bytes) -> Response:
    media, _ = sort_of(content) or ("application/octet-stream", "")
    return Response(
        content,
        media_type=media,
        headers={
            "Content-Disposition": f"attachment; filename*=UTF-8''{quote(name, safe='')}",
            "Content-Security-Policy": "default-src 'none'; sandbox",
        },
    )
