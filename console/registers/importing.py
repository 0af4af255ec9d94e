"""Files brought in: looked at first (rows, faults, lint, what changes), then kept as a draft. Nothing is enacted here.

Nothing of a preview is kept either: the page sends the same files again to have them kept, with the digest of what was
previewed, and is refused when files or register are no longer those.
"""

import hashlib
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass, fields
from datetime import date
from pathlib import Path
from typing import Any

from fastapi import APIRouter
from starlette.responses import Response

from console.access import Page
from console.forms import Filled, Form, Upload
from console.registers.differences import KINDS, LABELS, TABLES
from console.registers.outlook import Outlook, outlook
from console.visit import Visit, Visiting
from console.words import CITY_TIME
from mandates.draft_steps import drafting
from mandates.drafts import Draft, Ended
from mandates.events import BY_CLASS, BY_TABLE
from mandates.importing import Gathered, gather
from mandates.tables import RENAMED
from terms.errors import BadInput, Conflict
from terms.ids import UnitCode

router = APIRouter()
FILES_AT_MOST = 20
SHOWN = 200
TITLE_AT_MOST = 120


@dataclass(frozen=True, slots=True)
class Looked:
    """What the files of a form say, and the digest of files, fields and register that a preview is good for."""

    gathered: Gathered
    ended: tuple[Ended, ...]
    outlook: Outlook
    digest: str


@router.get("/mandates/import")
def form_page(visit: Visiting) -> Response:
    """The form."""
    visit.open(Page.DRAFTS)
    return visit.page("import.html", Page.DRAFTS, "导入依据", today=today(visit).isoformat(), columns=_columns())


def _columns() -> dict[str, list[str]]:
    """The Chinese columns that each table may have."""
    found = {}
    for table, name in TABLES.items():
        told = {new: old for old, new in RENAMED.get(table, {}).items()}
        columns = [told.get(one.name, one.name) for one in fields(BY_TABLE[table].item)]
        found[name] = [LABELS[one] for one in (*columns, "valid_from", "valid_to") if one in LABELS]
    return found


@router.post("/mandates/import/preview")
def preview(visit: Visiting, form: Form) -> Response:
    """What the files would change, as a part of the page; nothing is written."""
    visit.open(Page.DRAFTS)
    looked = _look(visit, form)
    rows: dict[str, int] = {}
    for item in looked.gathered.items:
        table = BY_CLASS[type(item)].table
        rows[table] = rows.get(table, 0) + 1
    return visit.fragment(
        "import_preview.html", looked=looked, rows=rows, tables=TABLES, kinds=KINDS, shown=SHOWN, labels=LABELS,
        both={**looked.outlook.before.units, **looked.outlook.after.units},
    )  # fmt: skip


@router.post("/mandates/import")
def keep(visit: Visiting, form: Form) -> Response:
    """Keep as a draft what was previewed. Raises Conflict when files or register have changed since."""
    visit.open(Page.DRAFTS)
    looked = _look(visit, form)
    if form.text("seen") != looked.digest:
        raise Conflict("mandates.draft-moved")
    parts = visit.console.parts
    draft = Draft(
        parts.register.register().drafts.next_key(today(visit)),
        form.needed("title", "标题")[:TITLE_AT_MOST],
        tuple(upload.name for upload in form.uploads),
        visit.register.digest,
        len(looked.gathered.faults),
        str(visit.actor),
        visit.now.isoformat(),
        tuple(looked.gathered.items),
        looked.ended,
    )
    parts.ledger.append(drafting(draft, visit.actor, visit.now))
    return visit.done(f"/mandates/drafts/{draft.draft}", f"草案 {draft.draft} 已保存，待他人审核")


def _look(visit: Visit, form: Filled) -> Looked:
    uploads = form.uploads
    if not uploads:
        raise BadInput("console.field-needed", at="files", field="文件")
    if len(uploads) > FILES_AT_MOST:
        raise BadInput("console.attachments-at-most", at="files", most=FILES_AT_MOST)
    day = form.day("valid_from", "生效日期") if form.text("valid_from") else None
    register = visit.console.parts.register.register()
    gathered = _gathered(visit, uploads, form.unit("unit"), day)
    ended: tuple[Ended, ...] = tuple(("clauses", str(key), day) for key, day in gathered.ended)
    seen = outlook(register, gathered.items, ended, today(visit), visit.actor.role)
    told: list[Any] = [form.text("unit"), form.text("valid_from"), visit.register.digest, seen.before.digest]
    told += [part for upload in uploads for part in (upload.name, hashlib.sha256(upload.content).hexdigest())]
    return Looked(gathered, ended, seen, hashlib.sha256("\n".join(map(str, told)).encode()).hexdigest())


def _gathered(visit: Visit, uploads: Sequence[Upload], unit: UnitCode | None, day: date | None) -> Gathered:
    with tempfile.TemporaryDirectory() as folder:
        paths = []
        for number, upload in enumerate(uploads):
            inside = Path(folder) / str(number)
            inside.mkdir()
            name = upload.name if upload.name.strip(". ") else f"{number}"
            paths.append(inside / name)
            paths[-1].write_bytes(upload.content)
        register = visit.console.parts.register.register()
        return gather(register, paths, today=today(visit), unit=unit, valid_from=day)


def today(visit: Visit) -> date:
    """The city's date now."""
    return visit.now.astimezone(CITY_TIME).date()
