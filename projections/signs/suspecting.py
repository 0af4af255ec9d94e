"""From signs to what a person is shown: faults with all their evidence, by unit, matter and quarter. Pure.

Signs come from the view `faults`, and from the register itself where its own wording is at fault (`mandates.lint`).
How many signs make a fault is the city's to say; one overdue order is not yet 缺位.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from city.configuration import Escalation, FindingRules
from mandates.edition import RegisterEdition
from mandates.links import Links
from mandates.lint import lint
from terms.ids import ClauseId, EventId, UnitCode
from terms.messages import sentence

# where no city says otherwise; any other fault: one sign
LEAST: Mapping[str, int] = dict(FindingRules().signs_at_least) | {"推诿": Escalation().buck_passing_refused}
# lint code → fault, rule: 职责交叉 and 权责脱节 stand in the register before anybody acts
OF_REGISTER: Mapping[str, tuple[str, str]] = {
    "two-leads": ("职责交叉", "two-leads"),
    "duty-without-power": ("权责脱节", "duty-without-power"),
    "power-without-duty": ("权责脱节", "power-without-duty"),
}


@dataclass(frozen=True, slots=True)
class Sign:
    """One sign of a fault, as the view has it. `subject` is the order or case, or the item of the register."""

    fault: str
    rule: str
    unit: UnitCode
    subject: str
    matter: str
    matter_id: str
    other_units: tuple[UnitCode, ...]
    clauses: tuple[str, ...]
    evidence: tuple[EventId, ...]
    day: str
    detail: str = ""


@dataclass(frozen=True, slots=True)
class Suspected:
    """A fault to be proposed: who, on which matter, by which rules, on which clauses and events, in which quarter."""

    fault: str
    unit: UnitCode
    quarter: str
    matter: str
    matter_id: str
    rules: tuple[str, ...]
    other_units: tuple[UnitCode, ...]
    clauses: tuple[str, ...]
    evidence: tuple[EventId, ...]
    signs: tuple[Sign, ...]

    @property
    def key(self) -> str:
        """What makes it one fault: it is proposed once."""
        return f"{self.fault}/{self.unit}/{_about(self.signs[0])}/{self.quarter}"


def quarter_of(day: str) -> str:
    """The quarter of a day: `2026Q3`."""
    return f"{day[:4]}Q{(int(day[5:7]) + 2) // 3}"


def suspected(signs: Iterable[Sign], least: Mapping[str, int] = LEAST) -> tuple[Suspected, ...]:
    """Signs of one fault, unit, matter and quarter taken together where they are enough; by key.

    `least` says how many orders (cases, items) have to show it; a fault it does not name needs one.
    """
    groups: dict[tuple[str, str, str, str], list[Sign]] = {}
    for sign in signs:
        groups.setdefault((sign.fault, sign.unit, _about(sign), quarter_of(sign.day)), []).append(sign)
    found: list[Suspected] = []
    for (fault, _, _, quarter), group in sorted(groups.items()):
        group.sort(key=lambda sign: (sign.day, sign.subject, sign.rule))
        if len({sign.subject for sign in group}) < least.get(fault, 1):
            continue
        last = group[-1]
        found.append(
            Suspected(
                fault,
                last.unit,
                quarter,
                last.matter,
                last.matter_id,
                tuple(dict.fromkeys(sign.rule for sign in group)),
                tuple(sorted({unit for sign in group for unit in sign.other_units})),
                tuple(dict.fromkeys(clause for sign in group for clause in sign.clauses)),
                tuple(dict.fromkeys(event for sign in group for event in sign.evidence)),
                tuple(group),
            )
        )
    return tuple(found)


def _about(sign: Sign) -> str:
    """What one fault is about: the matter; else the clause; else, for a unit's own list, the rule."""
    if sign.rule in ("duty-without-power", "power-without-duty"):
        return sign.rule  # a unit's whole list is gone through at once
    return sign.matter_id or sign.matter or (sign.clauses[0] if sign.clauses else "")


def signs_of_register(
    edition: RegisterEdition, day: date, links: Links, enacted: Mapping[tuple[str, str], EventId]
) -> tuple[Sign, ...]:
    """职责交叉 and 权责脱节 as the register's own wording shows them on a day, proved by what enacted the items.

    `enacted` names the event behind (table, item); an item without one shows no sign: nothing would prove it.
    """
    found: list[Sign] = []
    for one in lint(edition, day, links):
        meant, proof = OF_REGISTER.get(one.code), enacted.get((one.table, one.item))
        if meant is None or one.unit is None or proof is None:
            continue
        item = ClauseId(one.item)
        point = edition.duty_points.get(item) or edition.boundary_items.get(item)
        matter = point.matter if point is not None else ""
        sign = Sign(
            meant[0], meant[1], one.unit, one.item, matter, one.item if matter else "", (), (one.item,), (proof,),
            day.isoformat(), one.message,
        )  # fmt: skip
        found.append(sign)
    return tuple(found)


def explanation(fault: Suspected, names: Mapping[UnitCode, str], at_most: int = 3) -> str:
    """Why it is proposed, in a sentence for the person who decides: the first signs, and how many there are."""
    told = [_told(sign, names) for sign in fault.signs[:at_most]]
    first = "".join(told)
    return first if len(fault.signs) == 1 else sentence("fault.proposed", times=len(fault.signs), first=first)


def _told(sign: Sign, names: Mapping[UnitCode, str]) -> str:
    return sentence(
        f"fault.{sign.rule}",
        unit=names.get(sign.unit, sign.unit),
        other=_joined([names.get(unit, unit) for unit in sign.other_units]),
        order=sign.subject,
        matter=sign.matter,
        clauses=_joined(sign.clauses),
        detail=sign.detail,
    )


def _joined(parts: Sequence[str]) -> str:
    return "、".join(parts)
