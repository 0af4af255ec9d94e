"""What `dingze mandates lint|diff|show` answer, as plain data: the same for the command line and for the pages."""

from collections import Counter
from dataclasses import asdict
from datetime import date
from typing import Any

from mandates.diff import diff
from mandates.edition import RegisterEdition
from mandates.events import KINDS, Enactable, payload_of
from mandates.lint import lint
from mandates.naming import UnitNames
from mandates.openness import public_edition
from mandates.register import Register
from terms.errors import NotFound
from terms.ids import ClauseId


def lint_report(register: Register, day: date) -> dict[str, Any]:
    """`mandates lint [--at DATE]`: findings with code, severity, table, item, unit and message; counts by code."""
    edition = register.as_of(day)
    found = lint(edition, day, register.links)
    return {
        "as_of": day.isoformat(),
        "register_edition": edition.digest,
        "counts": dict(Counter(one.code for one in found)),
        "findings": [{**asdict(one), "severity": str(one.severity)} for one in found],
    }


def diff_report(register: Register, before: date, after: date) -> dict[str, Any]:
    """`mandates diff DATE DATE`: what was added, ended and changed, with the spans of the words that differ."""
    old, new = register.as_of(before), register.as_of(after)
    changes = diff(old, new)
    return {
        "before": {"as_of": before.isoformat(), "register_edition": old.digest},
        "after": {"as_of": after.isoformat(), "register_edition": new.digest},
        "counts": dict(Counter(change.kind for change in changes)),
        "changes": [asdict(change) for change in changes],
    }


def show_report(register: Register, day: date, what: str | None = None, *, public: bool = False) -> dict[str, Any]:
    """`mandates show [UNIT|ITEM] [--at DATE]`: the register's counts, a unit with all it has, or one item's versions.

    `what` is a unit's code or any of its names, or the id of a clause or item. With `public`
    the words of internal and closed documents are hidden (`mandates.openness`). Raises NotFound.
    """
    edition = public_edition(register.as_of(day)) if public else register.as_of(day)
    head = {"as_of": day.isoformat(), "register_edition": edition.digest}
    if what is None:
        return head | {"counts": {kind.table: len(_things(edition, kind.table)) for kind in KINDS}}
    versions = [
        {"table": kind.table, **payload_of(_as_shown(register, kind.table, what, item, public=public))}
        for kind in KINDS
        if kind.table not in ("departments", "places")
        for item in register.versions(kind.table, what)
    ]
    if versions:
        return head | {"id": what, "text": edition.text_of(ClauseId(what)), "versions": versions}
    if unit := UnitNames(edition).find(what):
        return head | {"unit": payload_of(edition.units[unit])} | _belongings(edition, unit)
    raise NotFound("mandates.no-such", day=day.isoformat(), what=what)


def _as_shown(register: Register, table: str, key: str, item: Enactable, *, public: bool) -> Enactable:
    if not public:
        return item
    found: Enactable = _things(public_edition(register.as_of(item.span.valid_from)), table)[key]
    return found


def _things(edition: RegisterEdition, table: str) -> Any:
    # Any: which class a table holds is known to `KINDS`, not to the type checker
    return edition.units if table == "departments" else getattr(edition, table)


def _belongings(edition: RegisterEdition, unit: str) -> dict[str, Any]:
    def own(table: str) -> list[dict[str, Any]]:
        items: list[Enactable] = list(_things(edition, table).values())
        return [
            payload_of(item) for item in items if unit in (getattr(item, "unit", None), getattr(item, "lead", None))
        ]

    tables = ("instruments", "clauses", "power_items", "boundary_items", "duty_points", "subdistrict_items")
    return {table: own(table) for table in tables}
