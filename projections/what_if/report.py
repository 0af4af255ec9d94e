"""What a replay says: per department and order, with clauses; as plain data for JSON, from which a workbook is made."""

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence, Set
from datetime import date
from typing import Any

from projections.what_if.draft import Draft
from projections.what_if.past import PastOrder
from projections.what_if.replay import Answer, Compared, Effect
from projections.what_if.running import Outcome
from terms.ids import UnitCode
from terms.messages import sentence

EXAMPLES = 5  # orders shown for each department and effect
NameOf = Callable[[str | None], str]


def document(
    draft: Draft,
    begin: date,
    end: date,
    orders: Sequence[PastOrder],
    outcome: Outcome,
    names: Mapping[UnitCode, str],
    editions: Mapping[str, Any],
    touched: Set[UnitCode],
) -> dict[str, Any]:
    """The whole report as plain data. `names` of units before and after the draft, `editions` name what was used.

    `touched` are the units of the draft. A lead that moves between two others moves because the words of the register
    weigh differently as a whole: such changes are counted as `beside`, a hint that the two were close.
    """

    def name(code: str | None) -> str:
        return names.get(UnitCode(code), code) if code else ""

    compared = outcome.compared
    effects = Counter(one.effect for one in compared)
    return {
        "draft": {
            "day": draft.day.isoformat(),
            "things": [{"table": table, "id": key, "what": what} for table, key, what in draft.touched],
            "faults": [{"file": f.file, "row": f.row, "column": f.column, "reason": f.reason} for f in draft.faults],
        },
        "period": {"from": begin.isoformat(), "to": end.isoformat()},
        "orders": _counts(orders, compared),
        "leads": {
            "changed": sum(one.before.lead != one.after.lead for one in compared),
            "beside": sum(one.effect is not Effect.SAME and _beside(one, touched) for one in compared),
            "automatic_before": sum(one.before.automatic for one in compared),
            "automatic_after": sum(one.after.automatic for one in compared),
            "without_clause_before": sum(not one.before.clauses for one in compared),
            "without_clause_after": sum(not one.after.clauses for one in compared),
        },
        "disputes": {
            "recorded": sum(one.disputed for one in compared),
            "returns": sum(len(one.returns) for one in compared),
            "gone": effects[Effect.GONE],
            "returns_gone": sum(len(one.returns) for one in compared if one.effect is Effect.GONE),
            "new": effects[Effect.NEW],
            "already": sum(one.already for one in compared),
        },
        "effects": {str(effect): effects[effect] for effect in Effect},
        "departments": departments(compared, name),
        "changes": [
            _change(one, name) | {"beside": _beside(one, touched)} for one in compared if one.effect is not Effect.SAME
        ],
        "baseline": {
            "recorded": sum(one.recorded for one in compared),
            "routed": sum(not one.recorded for one in compared),
            "checked": outcome.checked,
            "believed": outcome.believed,
        },
        "editions": dict(editions),
    }


def _beside(one: Compared, touched: Set[UnitCode]) -> bool:
    return {*touched}.isdisjoint({lead for lead in (one.before.lead, one.after.lead) if lead})


def _counts(orders: Sequence[PastOrder], compared: Sequence[Compared]) -> dict[str, int]:
    return {
        "received": len(orders),
        "replayed": len(compared),
        "erased": sum(order.text is None for order in orders),
        "never_dispatched": sum(order.final is None for order in orders),
    }


def departments(compared: Sequence[Compared], name: NameOf) -> list[dict[str, Any]]:
    """For every unit what the draft gives it, takes from it, spares it and newly burdens it with; most moved first."""
    found: dict[str, dict[str, Any]] = {}

    def row(code: str) -> dict[str, Any]:
        return found.setdefault(
            code,
            {"unit": code, "name": name(code), "leads_before": 0, "leads_after": 0, "gained": 0, "lost": 0,
             "disputes_gone": 0, "disputes_new": 0, "examples": {}},
        )  # fmt: skip

    for one in compared:
        for code, column in ((one.before.lead, "leads_before"), (one.after.lead, "leads_after")):
            if code:
                row(code)[column] += 1
        if one.effect is Effect.SAME:
            continue
        for code, column in ((one.after.lead, "gained"), (one.before.lead, "lost")):
            if code:
                row(code)[column] += 1
                _example(row(code), column, one, name)
        if one.effect is Effect.GONE and one.first:
            row(one.first)["disputes_gone"] += 1
            _example(row(one.first), "disputes_gone", one, name)
        if one.effect is Effect.NEW and one.after.lead:
            row(one.after.lead)["disputes_new"] += 1
            _example(row(one.after.lead), "disputes_new", one, name)
    return sorted(found.values(), key=lambda line: (-(line["gained"] + line["lost"]), line["unit"]))


def _example(line: dict[str, Any], column: str, one: Compared, name: NameOf) -> None:
    kept = line["examples"].setdefault(column, [])
    if len(kept) < EXAMPLES:
        kept.append(_change(one, name))


def _change(one: Compared, name: NameOf) -> dict[str, Any]:
    return {
        "order_no": one.order_no,
        "day": one.day,
        "effect": str(one.effect),
        "before": _side(one.before, name),
        "after": _side(one.after, name),
        "first": one.first,
        "final": one.final,
        "final_name": name(one.final),
        "returns": list(one.returns),
    }


def _side(answer: Answer, name: NameOf) -> dict[str, Any]:
    return {
        "unit": answer.lead,
        "name": name(answer.lead),
        "clauses": list(answer.clauses),
        "automatic": answer.automatic,
        "abstained": answer.abstained,
    }


def lines_of(told: Mapping[str, Any]) -> Iterable[str]:
    """The report as a person reads it on a terminal."""
    orders, leads, disputes = told["orders"], told["leads"], told["disputes"]
    yield sentence("what-if.line-orders", **orders)
    yield sentence("what-if.line-leads", **leads)
    yield sentence("what-if.line-disputes", **disputes)
    for line in told["departments"][:15]:
        yield sentence("what-if.line-unit", **line)
    for fault in told["draft"]["faults"]:
        yield f"{fault['file']} 第 {fault['row']} 行 {fault['column']}：{fault['reason']}"
