"""The score sheets of quarters: where each stands, every unit's line and indicators as they count, every objection."""

from typing import Any

from sqlalchemy import Boolean, Integer, String, Text

from ledger.envelope import Event
from projections.days import day_of
from projections.view import Masked, Row, Rows, StateTable, View

SHEETS = StateTable(
    name="sheets",
    key=("quarter",),
    columns=(
        ("quarter", String(10)),
        ("phase", String(20)),  # casework.appraisal.score_sheet.SheetPhase
        ("rule", String(64)),
        ("reckoned_at", Integer()),  # position of the record
        ("units", Integer()),
        ("scored", Integer()),
        ("drafted_on", String(10)),
        ("objections_until", String(40)),
        ("number", String(80)),
        ("published_on", String(10)),
    ),
    of="scores",
)
LINES = StateTable(
    name="lines",
    key=("quarter", "unit"),
    columns=(
        ("quarter", String(10)),
        ("unit", String(20)),
        ("unit_class", String(40)),
        ("orders", Integer()),
        ("drafted", Integer()),  # the score as it was drafted, hundredths of a point
        ("score", Integer()),
        ("stars", Integer()),
        ("objections", Integer()),
        ("waiting", Integer()),  # objections not decided
        ("upheld", Integer()),
    ),
    indexes=(("unit", "quarter"),),
    of="scores",
)
INDICATORS = StateTable(
    name="indicators",
    key=("quarter", "unit", "code"),
    columns=(
        ("quarter", String(10)),
        ("unit", String(20)),
        ("code", String(40)),
        ("at", Integer()),  # its place in the rule, from 1
        ("label", String(80)),
        ("top", Integer()),
        ("bottom", Integer()),
        ("weight", Integer()),
        ("rate", Integer()),
        ("points", Integer()),
        ("corrected", Boolean()),  # other than drafted, by an objection that was upheld
    ),
    of="scores",
)
OBJECTIONS = StateTable(
    name="objections",
    key=("quarter", "objection"),
    columns=(
        ("quarter", String(10)),
        ("objection", Integer()),
        ("unit", String(20)),
        ("indicator", String(40)),
        ("reason", Text()),
        ("evidence", Text()),  # joined by |
        ("upheld", Boolean()),  # None until it is decided
        ("answer", Text()),
        ("objected_on", String(10)),
        ("decided_on", String(10)),
    ),
    of="scores",
)


def _drafted(rows: Rows, event: Event, _: Masked) -> None:
    told = event.payload
    quarter = told["quarter"]
    for table in ("lines", "indicators"):  # drafted anew: who is not in it any more is gone
        for key in rows.group(table, quarter):
            rows.close(table, key)
    rows.put(
        "sheets",
        (quarter,),
        {"phase": "征求异议", "rule": told["rule_version"], "reckoned_at": told["position"],
         "units": len(told["lines"]), "scored": sum(line["score"] is not None for line in told["lines"]),
         "drafted_on": day_of(event.occurred_at), "objections_until": told["objections_until"], "number": "",
         "published_on": ""},
    )  # fmt: skip
    for line in told["lines"]:
        rows.put(
            "lines",
            (quarter, line["unit"]),
            {"unit_class": line["unit_class"], "orders": line["orders"], "drafted": line["score"],
             "score": line["score"], "stars": line["stars"], "objections": 0, "waiting": 0, "upheld": 0},
        )  # fmt: skip
        for at, one in enumerate(line["rates"], 1):
            rows.put("indicators", (quarter, line["unit"], one["code"]), _indicator(one, at, corrected=False))


def _indicator(told: dict[str, Any], at: int, *, corrected: bool) -> Row:
    names = ("label", "top", "bottom", "weight", "rate", "points")
    return {name: told[name] for name in names} | {"at": at, "corrected": corrected}


def _changed(rows: Rows, quarter: str, unit: str, **by: int) -> None:
    key = (quarter, unit)
    if row := rows.get("lines", key):
        rows.put("lines", key, row | {name: row[name] + more for name, more in by.items()})


def _objected(rows: Rows, event: Event, _: Masked) -> None:
    told = event.payload
    rows.put(
        "objections",
        (told["quarter"], told["objection"]),
        {"unit": told["unit"], "indicator": told["indicator"], "reason": told["reason"],
         "evidence": "|".join(told["evidence"]), "upheld": None, "answer": "",
         "objected_on": day_of(event.occurred_at), "decided_on": ""},
    )  # fmt: skip
    _changed(rows, told["quarter"], told["unit"], objections=1, waiting=1)


def _decided(rows: Rows, event: Event, _: Masked) -> None:
    told = event.payload
    quarter, unit = told["quarter"], told["unit"]
    if row := rows.get("objections", (quarter, told["objection"])):
        decided = {"upheld": told["upheld"], "answer": told["reason"], "decided_on": day_of(event.occurred_at)}
        rows.put("objections", (quarter, told["objection"]), row | decided)
    _changed(rows, quarter, unit, waiting=-1, upheld=int(told["upheld"]))
    line = told["line"]
    if line is None:
        return
    if row := rows.get("lines", (quarter, unit)):
        rows.put("lines", (quarter, unit), row | {"score": line["score"], "stars": line["stars"]})
    for at, one in enumerate(line["rates"], 1):
        key = (quarter, unit, one["code"])
        before = rows.get("indicators", key)
        corrected = one["code"] == told["indicator"] or bool(before and before["corrected"])
        rows.put("indicators", key, _indicator(one, at, corrected=corrected))


def _published(rows: Rows, event: Event, _: Masked) -> None:
    key = (event.payload["quarter"],)
    if row := rows.get("sheets", key):
        day = day_of(event.occurred_at)
        rows.put("sheets", key, row | {"phase": "已发布", "number": event.payload["number"], "published_on": day})


SCORE_SHEETS = View(
    name="score_sheets",
    version=1,
    tables=(SHEETS, LINES, INDICATORS, OBJECTIONS),
    handlers={
        "ScoresDrafted": _drafted,
        "ScoreObjected": _objected,
        "ScoreObjectionDecided": _decided,
        "ScoresPublished": _published,
    },
)
