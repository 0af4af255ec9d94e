"""Papers on their way: kind, number, phase, whose they are and to whom they went; for lists and for those who sign.

`papers` is one row a paper, `readers` who may know of it among the units: its issuer from the draft on, addressees and
copies once it is signed. What a paper says is not kept here; it is made from the record when it is opened.
"""

from sqlalchemy import Boolean, Integer, String, Text

from casework.paperwork.state import Phase
from ledger.envelope import Event
from projections.days import day_of
from projections.view import Masked, Row, Rows, StateTable, View

PAPERS_TABLE = StateTable(
    name="papers",
    key=("paper_no",),
    columns=(
        ("paper_no", String(80)),
        ("kind", String(40)),  # `PaperKind`
        ("about", String(80)),  # number of the order, case, finding or digest
        ("issuer", String(20)),
        ("addressees", Text()),  # codes joined by |
        ("copies", Text()),
        ("phase", String(20)),
        ("doc_no", String(120)),  # 文号, once signed
        ("drafted_on", String(10)),
        ("issued_on", String(10)),
        ("scan", String(200)),  # the name of the signed scan, once it is back
        ("voided", Boolean()),
        ("position", Integer()),  # of its first draft: the newest paper has the greatest
    ),
    indexes=(("about",), ("phase", "kind"), ("position",)),
    of="paper",
)
READERS = StateTable(
    name="readers",
    key=("paper_no", "unit"),
    columns=(("paper_no", String(80)), ("unit", String(20)), ("told", Boolean())),
    indexes=(("unit",),),
    of="paper",
)
NUMBERS = StateTable(
    name="numbers",
    key=("doc_no",),
    columns=(("doc_no", String(120)), ("paper_no", String(80))),
    of="",
)


def _change(rows: Rows, paper_no: str, changes: Row) -> None:
    if row := rows.get("papers", (paper_no,)):
        rows.put("papers", (paper_no,), row | changes)


def _drafted(rows: Rows, event: Event, _: Masked) -> None:
    told = event.payload
    before = rows.get("papers", (told["paper_no"],))
    rows.put(
        "papers",
        (told["paper_no"],),
        {
            "kind": told["paper"],
            "about": told["about"],
            "issuer": told["issuer"],
            "addressees": "|".join(told["addressees"]),
            "copies": "|".join(told["content"].get("copies", ())),
            "phase": str(Phase.DRAFTED),
            "doc_no": "",
            "drafted_on": day_of(event.occurred_at),
            "issued_on": "",
            "scan": "",
            "voided": False,
            "position": before["position"] if before else event.position,
        },
    )
    for key in rows.group("readers", told["paper_no"]):  # drafted anew, perhaps by another desk
        rows.close("readers", key)
    rows.put("readers", (told["paper_no"], told["issuer"]), {"told": False})


def _reviewed(rows: Rows, event: Event, _: Masked) -> None:
    phase = Phase.REVIEWED if event.payload["passed"] else Phase.SENT_BACK
    _change(rows, event.payload["paper_no"], {"phase": str(phase)})


def _signed(rows: Rows, event: Event, _: Masked) -> None:
    told = event.payload
    row = rows.get("papers", (told["paper_no"],))
    if row is None:
        return
    signed = {"phase": str(Phase.SIGNED), "doc_no": told["doc_no"], "issued_on": told["issued_on"]}
    rows.put("papers", (told["paper_no"],), row | signed)
    rows.put("numbers", (told["doc_no"],), {"paper_no": told["paper_no"]})
    for unit in dict.fromkeys((*row["addressees"].split("|"), *row["copies"].split("|"))):
        if unit and unit != row["issuer"]:
            rows.put("readers", (told["paper_no"], unit), {"told": True})


def _dropped(rows: Rows, event: Event, _: Masked) -> None:
    _change(rows, event.payload["paper_no"], {"phase": str(Phase.DROPPED)})


def _by_number(rows: Rows, event: Event, changes: Row) -> None:
    if row := rows.get("numbers", (event.payload["doc_no"],)):
        _change(rows, row["paper_no"], changes)


def _scanned(rows: Rows, event: Event, _: Masked) -> None:
    _by_number(rows, event, {"scan": event.payload["scan"]["name"]})


def _voided(rows: Rows, event: Event, _: Masked) -> None:
    _by_number(rows, event, {"voided": True})


PAPERS = View(
    name="papers",
    version=1,
    cost=1,
    tables=(PAPERS_TABLE, READERS, NUMBERS),
    handlers={
        "PaperDrafted": _drafted,
        "PaperReviewed": _reviewed,
        "PaperSigned": _signed,
        "DraftDropped": _dropped,
        "ScanAttached": _scanned,
        "PaperVoided": _voided,
    },
)
