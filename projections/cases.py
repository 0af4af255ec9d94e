"""Boundary cases link by link: where each stands, every step with its day, what was written, and what it changed.

`cases` is one row a case with its present step, `steps` one line for everything that happened in it, `links` the duty
points an agreement or decision wrote. Whether a case is old depends on the day it is looked at and is not folded.
"""

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from sqlalchemy import Connection, Integer, String, Table, Text

from ledger.envelope import Event
from projections.days import day_of
from projections.figures import Cut, count
from projections.view import FactTable, Handler, Masked, Row, Rows, StateTable, View

CASES = StateTable(
    name="cases",
    key=("case_no",),
    columns=(
        ("case_no", String(80)),
        ("matter", String(200)),
        ("matter_id", String(80)),
        ("proposer", String(20)),
        ("parties", Text()),  # unit codes joined by |
        ("convener", String(20)),
        ("handler", String(20)),  # 编办 or 司法行政
        ("status_quo", String(20)),
        ("step", String(20)),
        ("orders", Integer()),
        ("lead", String(20)),  # as agreed or decided
        ("doc_no", String(80)),
        ("how", String(20)),  # minutes, opinion, decision, withdrawn
        ("opened_on", String(10)),
        ("stepped_on", String(10)),
        ("effective_from", String(10)),
        ("closed_on", String(10)),
    ),
    indexes=(("step", "opened_on"), ("matter_id",)),
    of="case",
)
LINKS = StateTable(
    name="links",
    key=("case_no", "item"),
    columns=(
        ("case_no", String(80)),
        ("item", String(120)),  # the duty point in the register
        ("matter", String(200)),
        ("link", String(10)),
        ("unit", String(20)),
        ("text", Text()),
        ("source", String(20)),
        ("doc_no", String(80)),
        ("effective_from", String(10)),
    ),
    of="case",
)
STEPS = FactTable(
    name="steps",
    columns=(
        ("case_no", String(80)),
        ("step", String(20)),
        ("unit", String(20)),
        ("matter_id", String(80)),
        ("day", String(10)),
    ),
    indexes=(("case_no",), ("step", "day")),
)

_NEW: Row = {name: "" for name, _ in CASES.columns if name != "case_no"} | {"orders": 0}


def _step(step: str, who: str = "", *keep: str) -> Handler:
    """A step of the case, told by the unit in field `who`; fields named in `keep` go into the row."""

    def handler(rows: Rows, event: Event, _: Masked) -> None:
        told = event.payload
        day = day_of(event.occurred_at)
        row = rows.get("cases", (told["case_no"],)) or _NEW
        row = row | {name: told[name] or "" for name in keep} | {"step": step, "stepped_on": day}
        if step == "opened":
            row |= {"parties": "|".join(told["parties"]), "orders": len(told["orders"]), "opened_on": day}
        if step == "closed":
            row |= {"closed_on": day}
        rows.put("cases", (told["case_no"],), row)
        unit = told.get(who) or ""
        rows.add(
            "steps",
            {"case_no": told["case_no"], "step": step, "unit": unit, "matter_id": row["matter_id"], "day": day},
        )

    return handler


def _attached(rows: Rows, event: Event, _: Masked) -> None:
    row = rows.get("cases", (event.payload["case_no"],)) or _NEW
    rows.put("cases", (event.payload["case_no"],), row | {"orders": row["orders"] + 1})


def _written(rows: Rows, event: Event, masked: Masked) -> None:
    told = event.payload
    _step("written", "", "lead", "doc_no", "effective_from")(rows, event, masked)
    for item, point in zip(told["items"], told["points"], strict=False):
        rows.put(
            "links",
            (told["case_no"], item),
            {"matter": told["matter"], "link": point["link"], "unit": point["unit"], "text": point["text"],
             "source": told["source"], "doc_no": told["doc_no"], "effective_from": told["effective_from"]},
        )  # fmt: skip


CASES_VIEW = View(
    name="cases",
    version=1,
    cost=1,
    tables=(CASES, LINKS, STEPS),
    handlers={
        "BoundaryCaseOpened": _step(
            "opened", "proposer", "matter", "matter_id", "proposer", "convener", "handler", "status_quo"
        ),
        "CaseOrderAttached": _attached,
        "JurisdictionMoved": _step("moved", "handler", "handler"),
        "NegotiationHeld": _step("negotiated", "convener"),
        "MinutesDrafted": _step("drafted"),
        "MinutesSigned": _step("signed", "unit"),
        "MinutesFiled": _step("filed", "", "doc_no"),
        "ApplicationSubmitted": _step("applied", "unit"),
        "ApplicationAccepted": _step("accepted", "handler", "handler"),
        "ApplicationSentBack": _step("sent_back", "handler"),
        "OpinionsRequested": _step("opinions_asked"),
        "OpinionGiven": _step("opinion_given", "unit"),
        "CoordinationMeetingHeld": _step("met"),
        "CoordinationOpinionIssued": _step("opinion_issued", "", "lead", "doc_no"),
        "CoordinationOpinionAnswered": _step("opinion_answered", "unit"),
        "ReportedUpward": _step("reported"),
        "DecisionRecorded": _step("decided", "", "lead", "doc_no"),
        "DutyPointsWritten": _written,
        "ListChangeProposed": _step("list_change"),
        "CaseClosed": _step("closed", "", "how"),
        "CaseClockExpired": _step("overdue", "unit"),
    },
)


@dataclass(frozen=True, slots=True)
class Change:
    """What a decision changed: returns on its matter in as many days before it took effect as after."""

    matter_id: str
    effective_from: str
    before: int
    after: int


def changed_by(
    connection: Connection, returned: Table, case: dict[str, Any], days: int = 30, upto: int | None = None
) -> Change:
    """Compare the returns of `projections.disputes` on a decided case's matter, before and after its day.

    A matter that no duty point stood for has no id: its returns were counted under other matters or none, and there is
    nothing to compare.
    """
    if not case["matter_id"]:
        return Change("", case["effective_from"], 0, 0)
    turn = date.fromisoformat(case["effective_from"])
    span = timedelta(days=days)

    def returns(since: date, until: date) -> int:
        where = {"what": "returned", "matter_id": case["matter_id"]}
        cut = Cut(upto, since.isoformat(), until.isoformat(), where)
        return sum(count(connection, returned, (), cut).values())

    return Change(case["matter_id"], case["effective_from"], returns(turn - span, turn), returns(turn, turn + span))
