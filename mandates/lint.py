"""What is wrong with a register on a day, told in Chinese, item by item (domain, section 7, Lint).

Each rule is a function of what is in force and gives its findings; none changes anything, a person decides. An error
is a fault of the register itself (a reference to nothing), a warning one of its content, a hint one of its wording.
"""

import re
from collections import defaultdict
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date

from rapidfuzz import fuzz, process

from mandates.edition import RegisterEdition
from mandates.laws import repeal_of
from mandates.links import Key, LinkKind, Links, LinkState, holding
from mandates.lint_finding import Finding, Severity, finding
from mandates.lint_references import dangling
from mandates.model import Clause, DutyRole, InstrumentKind, Section, SubdistrictList
from terms.ids import ClauseId, UnitCode

TWINS_AT = 88  # percent of alike characters from which two 牵头 clauses of two units speak of one matter
_VAGUE = re.compile(r"^(?:指导|参与|协助|配合做好|协助做好|参与做好|支持)")
_EXACT = re.compile(r"负责|承担|监督|查处|审批|审核|核发|管理|组织|受理|办理|处置|移送|提供|出具|实施|登记|落实")
_EXERCISED = re.compile(r"查处|处罚|审批|许可|核发|征收|强制|行政检查|认定")


@dataclass(frozen=True, slots=True)
class Linted:
    """What the rules look at: an edition, the day, and the links that hold in it."""

    edition: RegisterEdition
    day: date
    links: dict[Key, LinkState]


def lint(edition: RegisterEdition, day: date, links: Links | None = None) -> tuple[Finding, ...]:
    """Every finding of every rule, gravest first, then by table and item. `day` decides which laws are repealed."""
    looked_at = Linted(edition, day, holding(edition, links or Links()))
    order = list(Severity)
    found = {one for rule in RULES for one in rule(looked_at)}
    return tuple(sorted(found, key=lambda one: (order.index(one.severity), one.code, one.table, one.item, one.message)))


def references(given: Linted) -> Iterator[Finding]:
    """Dangling references."""
    yield from dangling(given.edition)


def vague(given: Linted) -> Iterator[Finding]:
    """A duty that only guides, takes part or helps, without a word that binds."""
    for clause in given.edition.clauses.values():
        if clause.section is Section.DUTIES and _VAGUE.search(clause.text) and not _EXACT.search(clause.text):
            verb = re.match(r".{2,4}?(?=[\u4e00-\u9fff])", clause.text)
            yield finding(
                "vague",
                Severity.HINT,
                "clauses",
                clause.id,
                clause.unit,
                words=verb.group() if verb else clause.text[:4],
            )


def leads(given: Linted) -> Iterator[Finding]:
    """A matter nobody leads, or that two units lead."""
    edition = given.edition
    by_matter: dict[tuple[str, str, str], dict[UnitCode, list[ClauseId]]] = defaultdict(lambda: defaultdict(list))
    for point in edition.duty_points.values():
        by_matter[point.matter, point.link, point.level][point.unit].append(point.id)
        clause = edition.clauses.get(point.clause)
        if (
            clause
            and clause.unit == point.unit
            and clause.role is DutyRole.SUPPORT
            and clause.section is Section.DUTIES
        ):
            yield finding("no-lead", Severity.WARNING, "duty_points", point.id, point.unit, matter=point.matter)
    for (matter, link, _), units in by_matter.items():
        if len(units) > 1:
            first, *others = sorted(units)
            for unit in others:
                yield finding(
                    "two-leads", Severity.WARNING, "duty_points", units[unit][0], unit,
                    matter=f"{matter}（{link}）", other=edition.units[first].name if first in edition.units else first,
                )  # fmt: skip
    listed: dict[str, tuple[str, UnitCode]] = {}
    for item in edition.boundary_items.values():
        if item.lead not in {unit for unit, _ in item.division}:
            yield finding("no-lead", Severity.WARNING, "boundary_items", item.id, item.lead, matter=item.matter)
        if item.lead in item.supports:
            yield finding("lead-supports", Severity.WARNING, "boundary_items", item.id, item.lead, matter=item.matter)
        other, lead = listed.setdefault(item.matter, (item.id, item.lead))
        if lead != item.lead:
            yield finding(
                "two-leads", Severity.WARNING, "boundary_items", item.id, item.lead, matter=item.matter, other=other
            )
    for listed_item in edition.subdistrict_items.values():
        if listed_item.list in (SubdistrictList.SUPPORT, SubdistrictList.WITHDRAWN) and listed_item.lead is None:
            yield finding(
                "no-lead", Severity.WARNING, "subdistrict_items", listed_item.id, None, matter=listed_item.matter
            )


def twin_leads(given: Linted) -> Iterator[Finding]:
    """Two units whose 三定 gives each the lead in the same words."""
    leading = [
        clause
        for clause in given.edition.clauses.values()
        if clause.role is DutyRole.LEAD and clause.section in (Section.DUTIES, Section.DIVISION)
    ]
    if len(leading) < 2:
        return
    texts = [clause.text for clause in leading]
    alike = process.cdist(texts, texts, scorer=fuzz.ratio, processor=None, score_cutoff=TWINS_AT)
    for at, first in enumerate(leading):
        for beside, second in enumerate(leading[at + 1 :], at + 1):
            if alike[at][beside] >= TWINS_AT and first.unit != second.unit:
                yield finding(
                    "two-leads", Severity.WARNING, "clauses", second.id, second.unit,
                    matter=second.text[:20], other=first.id,
                )  # fmt: skip


def powers_and_duties(given: Linted) -> Iterator[Finding]:
    """A duty that is exercised by powers but has no list item; a power that stands on no clause in force."""
    edition = given.edition
    with_list = {
        instrument.unit
        for instrument in edition.instruments.values()
        if instrument.kind is InstrumentKind.POWER_LIST and instrument.unit
    }
    linked_clauses = {clause for kind, clause, _ in given.links if kind == LinkKind.ITEM}
    linked_items = {target for kind, _, target in given.links if kind == LinkKind.ITEM}
    for clause in edition.clauses.values():
        if clause.unit in with_list and _is_exercised(clause) and clause.id not in linked_clauses:
            yield finding("duty-without-power", Severity.WARNING, "clauses", clause.id, clause.unit)
    for item in edition.power_items.values():
        if item.id not in linked_items:
            yield finding("power-without-duty", Severity.WARNING, "power_items", item.id, item.unit, name=item.name)


def _is_exercised(clause: Clause) -> bool:
    return (
        clause.section is Section.DUTIES
        and clause.role is not DutyRole.SUPPORT
        and _EXERCISED.search(clause.text) is not None
    )


def uncovered(given: Linted) -> Iterator[Finding]:
    """A matter no clause in force covers, and a duty point that cites another unit's clause."""
    edition = given.edition
    for item in edition.boundary_items.values():
        if not any(clause in edition.clauses for clause in item.clauses):
            yield finding("uncovered", Severity.WARNING, "boundary_items", item.id, item.lead, matter=item.matter)
    for point in edition.duty_points.values():
        if edition.text_of(point.clause) is None:
            yield finding("uncovered", Severity.WARNING, "duty_points", point.id, point.unit, matter=point.matter)
            continue
        clause = edition.clauses.get(point.clause)
        if clause is not None and clause.unit != point.unit and point.unit not in clause.parties:
            yield finding(
                "foreign-clause", Severity.WARNING, "duty_points", point.id, point.unit,
                matter=point.matter, clause=point.clause,
            )  # fmt: skip


def repealed(given: Linted) -> Iterator[Finding]:
    """A list item whose law was repealed by the day."""
    for item in given.edition.power_items.values():
        if repeal := repeal_of(item.law, given.day):
            yield finding(
                "repealed-law", Severity.WARNING, "power_items", item.id, item.unit,
                law=repeal.law, day=repeal.day.isoformat(), now=repeal.replaced_by,
            )  # fmt: skip


def posts(given: Linted) -> Iterator[Finding]:
    """Offices that have more posts together than their unit was given."""
    offices: dict[UnitCode, int] = defaultdict(int)
    for clause in given.edition.clauses.values():
        if clause.section is Section.OFFICE:
            offices[clause.unit] += clause.posts or 0
    for clause in given.edition.clauses.values():
        if clause.section is Section.POSTS and clause.posts is not None and offices[clause.unit] > clause.posts:
            yield finding(
                "posts-exceeded", Severity.WARNING, "clauses", clause.id, clause.unit,
                offices=offices[clause.unit], posts=clause.posts,
            )  # fmt: skip


RULES: tuple[Callable[[Linted], Iterator[Finding]], ...] = (
    references, vague, leads, twin_leads, powers_and_duties, uncovered, repealed, posts,
)  # fmt: skip
