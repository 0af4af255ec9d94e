"""The sheets units answer in rounds: where each stands, and every item with the figures, the own and reviewed grade."""

from sqlalchemy import Integer, String, Text

from ledger.envelope import Event
from projections.days import day_of
from projections.view import Masked, Rows, StateTable, View

SHEETS = StateTable(
    name="sheets",
    key=("sheet_no",),
    columns=(
        ("sheet_no", String(80)),
        ("kind", String(20)),  # duties, situations
        ("round", String(80)),
        ("unit", String(20)),
        ("phase", String(20)),  # casework.appraisal.assessment.AssessmentPhase
        ("period_from", String(10)),
        ("period_to", String(10)),
        ("items", Integer()),
        ("differs", Integer()),  # items the review judged otherwise than the unit
        ("opinion", Text()),
        ("sent_back", Text()),
        ("opened_on", String(10)),
        ("stepped_on", String(10)),
        ("signed_on", String(10)),
        ("position", Integer()),  # of the event that opened it
    ),
    indexes=(("unit", "kind"), ("phase",)),
    of="assessment",
)
ITEMS = StateTable(
    name="items",
    key=("sheet_no", "item"),
    columns=(
        ("sheet_no", String(80)),
        ("item", String(40)),
        ("at", Integer()),
        ("aspect", String(80)),
        ("text", Text()),
        ("figures", Text()),  # "label top/bottom" joined by |
        ("own", String(40)),
        ("own_note", Text()),
        ("reviewed", String(40)),
        ("reviewed_note", Text()),
    ),
    of="assessment",
)


def _opened(rows: Rows, event: Event, _: Masked) -> None:
    told = event.payload
    day = day_of(event.occurred_at)
    rows.put(
        "sheets",
        (told["sheet_no"],),
        {"kind": told["kind"], "round": told["round"], "unit": told["unit"], "phase": "待自评",
         "period_from": told["period_from"], "period_to": told["period_to"], "items": len(told["items"]), "differs": 0,
         "opinion": "", "sent_back": "", "opened_on": day, "stepped_on": day, "signed_on": "",
         "position": event.position},
    )  # fmt: skip
    for at, one in enumerate(told["items"], 1):
        figures = "|".join(
            f"{figure['label']} {figure['top']}" + (f"/{figure['bottom']}" if figure["bottom"] else "")
            for figure in one["figures"]
        )
        rows.put(
            "items",
            (told["sheet_no"], one["item"]),
            {"at": at, "aspect": one["aspect"], "text": one["text"], "figures": figures, "own": "", "own_note": "",
             "reviewed": "", "reviewed_note": ""},
        )  # fmt: skip


def _step(rows: Rows, event: Event, **changes: object) -> None:
    key = (event.payload["sheet_no"],)
    if row := rows.get("sheets", key):
        rows.put("sheets", key, row | {"stepped_on": day_of(event.occurred_at)} | changes)


def _filled(rows: Rows, event: Event, _: Masked) -> None:
    _step(rows, event, phase="待复核", sent_back="")
    for one in event.payload["answers"]:
        key = (event.payload["sheet_no"], one["item"])
        if row := rows.get("items", key):
            said = {"own": one["grade"], "own_note": one["note"], "reviewed": one["grade"], "reviewed_note": ""}
            rows.put("items", key, row | said)


def _sent_back(rows: Rows, event: Event, _: Masked) -> None:
    _step(rows, event, phase="待自评", sent_back=event.payload["reason"])


def _reviewed(rows: Rows, event: Event, _: Masked) -> None:
    differs = 0
    for one in event.payload["answers"]:
        key = (event.payload["sheet_no"], one["item"])
        if row := rows.get("items", key):
            differs += one["grade"] != row["own"]
            rows.put("items", key, row | {"reviewed": one["grade"], "reviewed_note": one["note"]})
    _step(rows, event, phase="待签发", opinion=event.payload["opinion"], differs=differs)


def _signed(rows: Rows, event: Event, _: Masked) -> None:
    _step(rows, event, phase="已签发", signed_on=day_of(event.occurred_at))


ASSESSMENTS_VIEW = View(
    name="assessments",
    version=1,
    tables=(SHEETS, ITEMS),
    handlers={
        "AssessmentOpened": _opened,
        "AssessmentFilled": _filled,
        "AssessmentSentBack": _sent_back,
        "AssessmentReviewed": _reviewed,
        "AssessmentSigned": _signed,
    },
)
