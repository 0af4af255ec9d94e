"""The view `faults`: every sign of a fault, seen by rule when an event makes it one, with the events that prove it.

A sign is taken back when the record shows that the unit was right after all: its refused return was upheld later, or
the order is left out of its figures. A unit that acts under a designation, a decision, as the status-quo unit of an
open case or as fallback shows no sign. Nothing here knows the present: a stall is what ClockExpired says.
"""

from collections.abc import Iterable

from ledger.envelope import Event
from projections.days import day_of
from projections.signs import course
from projections.signs.course import order_of, split
from projections.signs.tables import TABLES
from projections.view import Handler, Masked, Row, Rows, View

INNOCENT = frozenset({"designated", "fallback", "status_quo", "decision", "desk"})
EXERCISED = ("许可", "处罚")  # what 重权轻责 takes
POWER_LINKS = frozenset({"审批", "执法"})


def _sign(
    rows: Rows,
    event: Event,
    fault: str,
    rule: str,
    unit: str,
    order: Row,
    evidence: Iterable[str],
    *,
    number: int | str = "",
    others: Iterable[str] = (),
    clauses: Iterable[str] = (),
    subject: str | None = None,
) -> None:
    rows.put(
        "signs",
        (subject or event.payload["order_no"], f"{rule}/{unit}/{number}"),
        {
            "fault": fault,
            "rule": rule,
            "unit": unit,
            "other_units": "|".join(others),
            "matter": order["matter"],
            "matter_id": order["matter_id"],
            "clauses": "|".join(dict.fromkeys(one for one in clauses if one)),
            "evidence": "|".join(dict.fromkeys(one for one in [*evidence, event.event_id] if one)),
            "day": day_of(event.occurred_at),
        },
    )


# --- 越位, 错位: handled to its end without a clause, or on another's ---


def _result(rows: Rows, event: Event, _: Masked) -> None:
    told = event.payload
    order, unit = order_of(rows, told["order_no"]), told["unit"]
    obliged = unit in split(order["returned_by"])  # 首接负责制: it said it is not its own, and works on meanwhile
    if told["part"] != "lead" or unit != order["lead"] or order["ground"] != "none" or obliged:
        return
    other, clauses = order["proposed"], split(order["proposed_clauses"])
    if other and other != unit and clauses:
        _sign(
            rows, event, "错位", "acts-on-anothers-clause", unit, order, [order["given"]],
            others=[other], clauses=clauses,
        )  # fmt: skip
    else:
        _sign(rows, event, "越位", "acts-without-clause", unit, order, [order["given"]])


# --- 缺位, 推诿, 重权轻责: refuses or neglects what is its own ---


def _returned(rows: Rows, event: Event, _: Masked) -> None:
    told = event.payload
    order = order_of(rows, told["order_no"])
    row = {"unit": told["unit"], "part": told["part"], "denied": told["denied_clause"] or ""}
    row |= {"claimed": told["claimed_clause"] or "", "pointed_at": told["proposed_unit"] or ""}
    rows.put("returns", (told["order_no"], told["objection"]), row | {"event_id": event.event_id})
    if told["part"] == "lead":
        by = dict.fromkeys([*split(order["returned_by"]), told["unit"]])
        rows.put("orders", (told["order_no"],), order | {"returned_by": "|".join(by)})


def _refused(rows: Rows, event: Event, _: Masked) -> None:
    told = event.payload
    order_no, unit, number = told["order_no"], told["unit"], told["objection"]
    claim, order = rows.get("returns", (order_no, number)), order_of(rows, order_no)
    if claim is None or claim["part"] != "lead" or unit != order["lead"] or order["ground"] in INNOCENT:
        return
    denied, proof = claim["denied"], [order["given"], claim["event_id"]]
    _sign(rows, event, "推诿", "ungrounded-return", unit, order, proof, number=number, clauses=[denied])
    if not denied or denied not in split(order["clauses"]):
        return  # a clause it was not given the order by may well not reach this
    _sign(rows, event, "缺位", "refuses-own-clause", unit, order, proof, number=number, clauses=[denied])
    point = rows.get("points", (order["matter_id"],))
    if point is not None and point["link"] in POWER_LINKS:
        return  # what was returned is the permit or fine itself
    day = day_of(event.occurred_at)
    held = {
        key[1]: row
        for key, row in rows.group("powers", denied).items()
        if row["type"].endswith(EXERCISED) and row["valid_from"] <= day < row["valid_to"]
    }
    if held:
        _sign(
            rows, event, "重权轻责", "power-taken-duty-refused", unit, order,
            [*(row["event_id"] for row in held.values()), *proof], number=number, clauses=[denied, *held],
        )  # fmt: skip


def _expired(rows: Rows, event: Event, _: Masked) -> None:
    told = event.payload
    order, unit = order_of(rows, told["order_no"]), told["unit"]
    if unit == order["lead"] and order["ground"] in INNOCENT:
        return
    if told["clock"] == "handle" and unit == order["lead"] and order["ground"] == "clause":
        clauses = split(order["clauses"])
        _sign(rows, event, "缺位", "neglects-own-clause", unit, order, [order["given"]], clauses=clauses)
    elif told["clock"] in ("hand_over", "hand_over_result"):
        _stalled(rows, event, order, unit)


# --- 衔接不畅: a hand-over stalls ---


def _stalled(rows: Rows, event: Event, order: Row, unit: str) -> None:
    waiting = "sent" if event.payload["clock"] == "hand_over" else "received"
    rule = "hand-over-not-received" if waiting == "sent" else "hand-over-without-result"
    for (_, number), row in rows.group("hand_overs", event.payload["order_no"]).items():
        if row["receiver"] == unit and row["state"] == waiting:
            _sign(
                rows, event, "衔接不畅", rule, unit, order, split(row["events"]), number=number,
                others=[row["sender"]], clauses=[row["clause"]],
            )  # fmt: skip


def _sent(rows: Rows, event: Event, _: Masked) -> None:
    told = event.payload
    row = {name: told[name] for name in ("sender", "receiver", "clause")}
    key = (told["order_no"], told["hand_over"])
    rows.put("hand_overs", key, row | {"state": "sent", "events": event.event_id})


def _moves_on(state: str) -> Handler:
    def handler(rows: Rows, event: Event, _: Masked) -> None:
        key = (event.payload["order_no"], event.payload["hand_over"])
        if row := rows.get("hand_overs", key):
            rows.put("hand_overs", key, row | {"state": state, "events": f"{row['events']}|{event.event_id}"})

    return handler


# --- 职责交叉: two stand on clauses of their own for one matter ---


def _case_opened(rows: Rows, event: Event, _: Masked) -> None:
    told = event.payload
    cited = {one["unit"]: one["clause"] for one in told["clauses"]}
    if len(cited) < 2:
        return
    unit, *others = sorted(cited)
    proof = [row["event_id"] for number in told["orders"] for row in rows.group("returns", number).values()]
    about = {"matter": told["matter"], "matter_id": told["matter_id"]}
    _sign(
        rows, event, "职责交叉", "both-stand-on-a-clause", unit, about, proof,
        others=others, clauses=[cited[one] for one in sorted(cited)], subject=told["case_no"],
    )  # fmt: skip


def _case_closed(rows: Rows, event: Event, _: Masked) -> None:
    for key in rows.group("signs", event.payload["case_no"]):
        rows.close("signs", key)  # agreed, decided or withdrawn: the clauses no longer cross


FAULTS = View(
    name="faults",
    version=2,
    cost=7,
    tables=TABLES,
    handlers={
        "AssignmentProposed": course.proposed,
        "WorkOrderDispatched": course.dispatched,
        "OrderReassigned": course.reassigned,
        "OrderCarriedOver": course.carried_over,
        "UnitDesignated": course.designated,
        "ExclusionGranted": course.excluded,
        "ReturnRequested": _returned,
        "ReturnRefused": _refused,
        "ResultSubmitted": _result,
        "ClockExpired": _expired,
        "HandOverSent": _sent,
        "HandOverReceived": _moves_on("received"),
        "HandOverRefused": _moves_on("over"),
        "HandOverResultFedBack": _moves_on("over"),
        "BoundaryCaseOpened": _case_opened,
        "CaseClosed": _case_closed,
        "UnitEstablished": course.unit,
        "DutyPointWritten": course.point,
        "PowerItemListed": course.power,
        "MandateEnded": course.ended,
    },
)
