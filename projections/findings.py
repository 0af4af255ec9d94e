"""The ledger of findings (问题台账): where each stands, whose it is, its class, its deadline, its papers and its hold.

One row a finding, closed and put anew at every fact, so the ledger of any day is a predicate. Whether a deadline has
run out depends on the day it is looked at and is not folded.
"""

from typing import Any

from sqlalchemy import Boolean, Integer, String, Text

from ledger.envelope import Event
from projections.days import day_of
from projections.queue import due_of
from projections.view import Handler, Masked, Row, Rows, StateTable, View

LEDGER = StateTable(
    name="findings",
    key=("finding_no",),
    columns=(
        ("finding_no", String(80)),
        ("phase", String(20)),  # casework.finding.state.Phase
        ("unit", String(20)),
        ("fault", String(20)),
        ("problem_class", String(40)),
        ("source", String(20)),
        ("rule", String(40)),  # empty where a person raised it
        ("title", String(200)),
        ("explanation", Text()),
        ("matter", String(200)),
        ("evidence", Integer()),  # how many events and documents
        ("due", String(40)),  # of the rectification
        ("notice", String(80)),
        ("papers", Integer()),
        ("receipted", Boolean()),
        ("hold", String(20)),  # casework.finding.state.Hold
        ("began_on", String(10)),
        ("stepped_on", String(10)),
        ("closed_on", String(10)),
    ),
    indexes=(("phase", "began_on"), ("unit",)),
    of="finding",
)
_NEW: Row = {name: "" for name, _ in LEDGER.columns if name != "finding_no"} | {
    "evidence": 0, "papers": 0, "receipted": True
}  # fmt: skip


def _put(rows: Rows, event: Event, **changes: Any) -> None:
    key = (event.payload["finding_no"],)
    row = rows.get("findings", key) or _NEW
    day = day_of(event.occurred_at)
    rows.put("findings", key, row | {"began_on": row["began_on"] or day, "stepped_on": day} | changes)


def _proposed(rows: Rows, event: Event, _: Masked) -> None:
    told = event.payload
    _put(
        rows, event, phase="待研判", unit=told["unit"], fault=told["fault"], source="events", rule=told["rule"],
        explanation=told["explanation"], matter=told["matter"], evidence=len(told["evidence"]),
    )  # fmt: skip


def _raised(rows: Rows, event: Event, _: Masked) -> None:
    told = event.payload
    row = rows.get("findings", (told["finding_no"],)) or _NEW
    _put(
        rows, event, phase="已立项", unit=told["unit"], fault=told["fault"] or row["fault"], title=told["title"],
        problem_class=told["problem_class"], source=told["source"],
        evidence=row["evidence"] + len(told["evidence"]) + len(told["documents"]),
    )  # fmt: skip


def _phase(phase: str, *, ended: bool = False) -> Handler:
    def handler(rows: Rows, event: Event, _: Masked) -> None:
        _put(rows, event, phase=phase, **({"closed_on": day_of(event.occurred_at), "due": ""} if ended else {}))

    return handler


def _paper(rows: Rows, event: Event, _: Masked) -> None:
    key = (event.payload["finding_no"],)
    papers = (rows.get("findings", key) or _NEW)["papers"]
    due = due_of(event.payload["deadlines"], "rectification") or ""
    _put(rows, event, phase="整改中", papers=papers + 1, receipted=False, due=due)


def _notice(rows: Rows, event: Event, _: Masked) -> None:
    due = due_of(event.payload["deadlines"], "rectification") or ""
    _put(rows, event, phase="整改中", notice=event.payload["number"], receipted=False, due=due)


def _receipted(rows: Rows, event: Event, _: Masked) -> None:
    _put(rows, event, receipted=True)


def _reassessed(rows: Rows, event: Event, _: Masked) -> None:
    if not event.payload["passed"]:
        _put(rows, event, phase="整改中", due=due_of(event.payload["deadlines"], "rectification") or "")


def _hold(hold: str) -> Handler:
    def handler(rows: Rows, event: Event, _: Masked) -> None:
        _put(rows, event, hold=hold)

    return handler


FINDINGS_VIEW = View(
    name="findings",
    version=1,
    tables=(LEDGER,),
    handlers={
        "FindingProposed": _proposed,
        "FindingRaised": _raised,
        "FindingDismissed": _phase("不予立项", ended=True),
        "FeedbackGiven": _phase("已反馈"),
        "SupervisionPaperIssued": _paper,
        "SupervisionNoticeIssued": _notice,
        "NoticeReceipted": _receipted,
        "RectificationReported": _phase("待评估"),
        "FindingReassessed": _reassessed,
        "HoldProposed": _hold("proposed"),
        "HoldSigned": _hold("signed"),
        "HoldDeclined": _hold("declined"),
        "HoldLifted": _hold("lifted"),
        "FindingClosed": _phase("已销号", ended=True),
    },
)
