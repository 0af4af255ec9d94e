"""One citable item as a page shows it: what kind, where it stands, its number, whose it is, its words; and its name."""

import re
from dataclasses import dataclass

from console.access import may_read
from console.words import INSTRUMENTS
from mandates.edition import RegisterEdition
from mandates.model import Section
from terms.actors import Role
from terms.ids import ClauseId, UnitCode

_CODE = re.compile(r"(?<![\w-])[A-Z]\d{1,2}(?:-\d{2})?-[A-Z]{2}-[\w-]+(?![\w-])", re.ASCII)
_UNIT = re.compile(r"(?<![\w-])[A-Z]\d{1,2}(?:-\d{2})?(?![\w-])", re.ASCII)
SANDING, POWERS = INSTRUMENTS["sanding"], INSTRUMENTS["power_list"]


@dataclass(frozen=True, slots=True)
class ClauseCard:
    """A clause, list item, boundary item, subdistrict item or duty point, in force or not (`in_force`)."""

    id: str
    sort: str  # 条目 / 权责事项 / 边界事项 / 履职事项 / 职责颗粒点
    units: tuple[UnitCode, ...]
    number: str
    role: str
    text: str
    source: str  # title of the instrument
    doc_no: str
    kind: str  # "三定"规定, 权责清单 …
    basis: str
    secrecy: str
    in_force: bool
    matter: str = ""


def clause_card(item: str, register: RegisterEdition) -> ClauseCard:
    """The card of any citable item; one that is not in force in this edition says so."""
    key = ClauseId(item)
    instrument = register.instrument_of(key)
    source, doc_no, kind, secrecy = (
        (instrument.title, instrument.doc_no, INSTRUMENTS.get(instrument.kind, instrument.kind), instrument.secrecy)
        if instrument
        else ("", "", "", "公开")
    )
    text = register.text_of(key) or ""
    sort, units, number, role, basis, matter = _told(key, register)
    return ClauseCard(item, sort, units, number, role, text, source, doc_no, kind, basis, secrecy, bool(text), matter)


def clause_name(item: str, register: RegisterEdition, role: Role) -> tuple[str, str]:
    """An item as officers name it (城管局“三定”（九）) and its words.

    Its code and no words, where it is not in force or stands in a document the role may not read.
    """
    if not may_read(role, register.instrument_of(ClauseId(item))):
        return item, ""
    card = clause_card(item, register)
    if not card.in_force:
        return item, ""
    known = register.units.get(card.units[0]) if card.units else None
    whose = (known.everyday_names[0] if known.everyday_names else known.name) if known else ""
    if card.sort == "条目":
        section = register.clauses[ClauseId(item)].section
        where = "“三定”" if card.kind == SANDING else card.kind
        return f"{whose}{where}{'' if section is Section.DUTIES else section}{card.number}", card.text
    if card.sort == "权责事项":
        return f"{whose}{POWERS} {card.number}", register.power_items[ClauseId(item)].name
    if card.sort == "职责颗粒点":
        return f"{whose}颗粒点“{card.matter}（{card.role}）”", card.text
    return f"{card.sort}“{card.matter}”", card.text


def with_names(text: str, register: RegisterEdition, role: Role) -> str:
    """A text of the system's own in which codes of items and units stand, with their names in place of the codes."""

    def unit(found: re.Match[str]) -> str:
        known = register.units.get(UnitCode(found[0]))
        return (known.everyday_names[0] if known.everyday_names else known.name) if known else found[0]

    return _UNIT.sub(unit, _CODE.sub(lambda found: clause_name(found[0], register, role)[0], text))


def _told(key: ClauseId, register: RegisterEdition) -> tuple[str, tuple[UnitCode, ...], str, str, str, str]:
    if clause := register.clauses.get(key):
        return "条目", (clause.unit,), clause.number, str(clause.role or ""), "", ""
    if power := register.power_items.get(key):
        basis = f"{power.law} {power.article}".strip()
        return (
            "权责事项",
            (power.unit,),
            power.id,
            f"行政{power.type}" if len(power.type) == 2 else power.type,
            basis,
            "",
        )
    if boundary := register.boundary_items.get(key):
        return "边界事项", (boundary.lead, *boundary.supports), boundary.id, "", "", boundary.matter
    if listed := register.subdistrict_items.get(key):
        return "履职事项", listed.units, listed.id, str(listed.list), "", listed.matter
    if point := register.duty_points.get(key):
        under = register.clauses.get(point.clause)
        return "职责颗粒点", (point.unit,), under.number if under else "", str(point.link), "", point.matter
    return "条目", (), "", "", "", ""
