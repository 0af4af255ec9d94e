"""Opening the files of an order: the requester's only with a purpose, recorded first; a unit's with the order."""

from urllib.parse import quote

from fastapi import APIRouter
from starlette.responses import Response

from casework.work_order import commands as c
from console.access import Page
from console.forms import Form
from console.orders.attachments import KEPT, sort_of
from console.orders.reading import Attached
from console.orders.sheet import sheet_for
from console.visit import Visit, Visiting
from terms.errors import NotFound

router = APIRouter()


@router.get("/files/{digest}/{order_no:path}")
def proof(visit: Visiting, digest: str, order_no: str) -> Response:
    """A file that a unit attached to its work, for whoever may see the order."""
    found = _attached(visit, digest, order_no)
    if found.sealed:
        raise NotFound("console.attachment-needs-purpose", at=order_no)
    return _file(visit, found, order_no)


@router.post("/files/{digest}/{order_no:path}")
def sealed(visit: Visiting, digest: str, order_no: str, form: Form) -> Response:
    """A file that the requester sent. The reading is recorded first; casework's rules decide who may."""
    found = _attached(visit, digest, order_no)
    purpose = form.needed("purpose", "查看用途")
    if found.sealed:
        name = found.attachment.name
        visit.console.parts.desk.do(order_no, c.ReadPersonalData(purpose, (f"附件 {name}",)), visit.actor)
    return _file(visit, found, order_no)


def _attached(visit: Visit, digest: str, order_no: str) -> Attached:
    visit.open(Page.ORDER)
    sheet = sheet_for(visit, order_no)
    here = (one for one in sheet.attachments if one.attachment.digest == digest and one.attachment.reference == KEPT)
    # the same picture from requester and unit: it is the requester's
    found = sorted(here, key=lambda one: not one.sealed)
    if not found:
        raise NotFound("console.no-attachment", at=order_no)
    return found[0]


def _file(visit: Visit, found: Attached, order_no: str) -> Response:
    content = visit.console.parts.attachments.open(order_no, found.attachment.digest)
    media, _ = sort_of(content) or ("application/octet-stream", "")
    name = quote(found.attachment.name or found.attachment.digest[:12], safe="")
    return Response(
        content,
        media_type=media,
        headers={
            "Content-Disposition": f"attachment; filename*=UTF-8''{name}",
            "Content-Security-Policy": "default-src 'none'; sandbox",
        },
    )
