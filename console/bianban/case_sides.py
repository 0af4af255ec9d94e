"""Both sides' clauses beside each other, with what differs marked; and the earlier cases that speak to this one."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from itertools import accumulate
from typing import Any

from sqlalchemy import Connection, Table, or_, select

from casework.boundary_case.state import BoundaryCase
from casework.grounds import belongs
from console.access import may_read
from console.registers.clause_card import ClauseCard, clause_card, clause_name
from console.registers.clause_ranking import speaking_to
from mandates.edition import RegisterEdition
from projections.store import as_of
from routing.text import segmenter
from terms.actors import Role
from terms.ids import ClauseId, UnitCode

SHARED = 2  # characters of whole words in a row from which two clauses say the same
RELATED = 3  # clauses looked up for a party that cited none
PRECEDENTS = 8
Span = tuple[int, int, str]


@dataclass(frozen=True, slots=True)
class Cited:
    """A clause a party stands on, where it was cited, and the spans of its words that the other side's have not."""

    card: ClauseCard
    where: str
    differs: tuple[Span, ...]


@dataclass(frozen=True, slots=True)
class Side:
    """One party and its clauses; `suggested` says that it cited none and these were found by the matter's words."""

    unit: UnitCode
    clauses: tuple[Cited, ...]
    suggested: bool


def sides_of(case: BoundaryCase, register: RegisterEdition, role: Role) -> tuple[Side, ...]:
    """Every party with the clauses it cited, else those its register has on the matter."""
    cited = _cited(case, register, role)
    words = f"{case.opened.matter} {case.opened.question}" if case.opened else ""
    found: dict[UnitCode, list[tuple[ClauseCard, str]]] = {}
    for unit in case.parties:
        own = cited.get(unit) or [(one.card, "检索") for one in speaking_to(words, unit, register, role, RELATED)[0]]
        found[unit] = own
    texts = {unit: [card.text for card, _ in own] for unit, own in found.items()}
    return tuple(
        Side(unit, tuple(_compared(unit, card, where, texts) for card, where in own), unit not in cited)
        for unit, own in found.items()
    )


def _compared(unit: UnitCode, card: ClauseCard, where: str, texts: Mapping[UnitCode, Sequence[str]]) -> Cited:
    others = [text for other, own in texts.items() if other != unit for text in own]
    return Cited(card, where, differing(card.text, others))


def _cited(case: BoundaryCase, register: RegisterEdition, role: Role) -> dict[UnitCode, list[tuple[ClauseCard, str]]]:
    told: list[tuple[UnitCode, str, str]] = []
    if case.opened:
        told += [(one.unit, one.clause, "立案所列") for one in case.opened.clauses]
    if case.application:
        told += [
            (unit, clause, "协调申请")
            for clause in case.application.basis
            for unit in case.parties
            if belongs(clause, unit, register)
        ]
    for opinion in case.opinions:
        told += [(opinion.unit, clause, f"第{opinion.round}轮意见") for clause in opinion.clauses]
    found: dict[UnitCode, dict[str, tuple[ClauseCard, str]]] = {}
    for unit, clause, where in told:
        if unit in case.parties and may_read(role, register.instrument_of(ClauseId(clause))):
            found.setdefault(unit, {}).setdefault(clause, (clause_card(clause, register), where))
    return {unit: list(cards.values()) for unit, cards in found.items()}


def differing(text: str, others: Sequence[str]) -> tuple[Span, ...]:
    """The half-open spans of a text that the most alike of the others does not say, word by word; () without others."""
    if not others or not text:
        return ()
    words = _words(text)
    starts = [0, *accumulate(map(len, words))]
    compared = (SequenceMatcher(None, _words(other), words, autojunk=False) for other in others)
    matched = max(compared, key=lambda one: one.ratio())
    spans: list[Span] = []
    at = 0
    for block in matched.get_matching_blocks():
        begin, end = starts[block.b], starts[block.b + block.size]
        if end - begin < SHARED and begin < len(text):
            continue
        if at < begin:
            spans.append((at, begin, ""))
        at = end
    return tuple(spans)


def _words(text: str) -> list[str]:
    return segmenter().words(text)


def precedents(connection: Connection, cases: Table, case: BoundaryCase, position: int | None) -> list[dict[str, Any]]:
    """Earlier cases that ended with duty points: those of the same matter first, then those between these parties."""
    matter_id = case.opened.matter_id if case.opened else ""
    shared = [cases.c.parties.contains(unit, autoescape=True) for unit in case.parties]
    query = select(cases).where(
        as_of(cases, position),
        cases.c.case_no != case.case_no,
        cases.c.lead != "",
        or_(cases.c.matter_id == matter_id, *shared),
    )
    found = [dict(row) | {"parties": row["parties"].split("|")} for row in connection.execute(query).mappings()]
    for row in found:
        row["same_matter"] = bool(matter_id) and row["matter_id"] == matter_id
        row["shared"] = len(set(row["parties"]) & set(case.parties))
    found = [row for row in found if row["same_matter"] or row["shared"] >= 2]
    found.sort(key=lambda row: (not row["same_matter"], -row["shared"], row["case_no"]))
    return found[:PRECEDENTS]


def clause_options(
    case: BoundaryCase, units: Iterable[UnitCode], register: RegisterEdition, role: Role
) -> tuple[tuple[str, str], ...]:
    """The clauses a form offers for these units: the cited ones, then those that speak of the matter."""
    cited = _cited(case, register, role)
    words = f"{case.opened.matter} {case.opened.question}" if case.opened else ""
    found: dict[str, str] = {}
    for unit in units:
        cards = [card for card, _ in cited.get(unit, [])]
        cards += [one.card for one in speaking_to(words, unit, register, role, 6)[0]]
        for card in cards:
            found.setdefault(card.id, option_of(card.id, register, role))
    return tuple(found.items())


def option_of(item: str, register: RegisterEdition, role: Role) -> str:
    """A clause as a form offers it: its name, which tells it from its neighbours, then its words."""
    name, text = clause_name(item, register, role)
    return f"{name}：{text}" if text else name


def on_the_matter(
    words: str, units: Iterable[UnitCode], register: RegisterEdition, role: Role
) -> tuple[tuple[UnitCode, str], ...]:
    """The clauses of each unit that speak of a matter, before there is a case of it."""
    return tuple((unit, one.card.id) for unit in units for one in speaking_to(words, unit, register, role, RELATED)[0])
