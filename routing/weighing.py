"""Weighing the units of the city tier: register, memory, the call-taker's note, boundary items and decisions."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace

import numpy as np

from city.configuration import CityConfiguration
from routing.calibrate import bin_of, shares
from routing.complaints import Hearing
from routing.evidence import Evidence
from routing.index import RegisterIndex, Vector
from routing.memory_edition import MemoryEdition
from routing.proposal import Reason
from routing.reading import Reading
from routing.scores import Scores, total_scores
from routing.supports import Heard, lead_scores, leads_matter
from routing.unit_names import Named
from routing.vectors import Ints
from routing.wordings import Hit
from terms.ids import ClauseId, UnitCode

NOTE = 12  # 1/1000 of the score a percent of `caller_note_weight`
BOUNDARY = 250  # a boundary item named word for word outweighs likeness
BOUNDARY_AT = 75  # least strength of its wordings in the text
DECISION = 500
PRECEDENCE = 100  # by how much a boundary item's lead leads a support of the same item that was likelier
PRECEDES_AT = 1800  # how far behind it may be, in 1/1000
PRECEDES_LEARNED_AT = 400  # and where outcomes were learned, which have been heard by then
CLAUSES_AT = 2000  # by how much, in 1/1000 of a logit, the clauses must speak more for another unit than the likeliest
LEADS_MATTER_AT = 250  # and where that unit leads the matter the order arises in
LEADS_MATTER_IN = 4  # clauses in which an order tells a matter below its title; a shorter one has its words by chance
CLAUSES_WITHIN = 300  # code points of an order in which single clauses may decide; a longer one is heard as a whole
_LOGIT = 10  # the sharpness at which shares of logits are beliefs
PROVEN = 300  # what the ground of a unit counts beside outcomes, in 1/1000 of its strength
PROVEN_AT = 600  # the strength beyond which more proves no more


@dataclass(frozen=True, slots=True)
class Weighed:
    """The candidates, best first: a unit of each group, and close rivals within a group. Shares are of 1000."""

    ranked: tuple[tuple[UnitCode, int], ...]
    confidence: int
    totals: Mapping[UnitCode, int]
    reasons: tuple[Reason, ...]
    excluded: frozenset[UnitCode]
    scores: Scores
    preceding: Hit | None = None  # the 启动说法 by which a boundary item gave the lead to its lead
    leads: Mapping[int, int] = field(default_factory=dict)  # shares of the units that may lead, by column


def weigh(
    index: RegisterIndex,
    memory: MemoryEdition,
    city: CityConfiguration,
    reading: Reading,
    hits: Sequence[Hit],
    likeness: Ints,
    noted: Sequence[Named],
    excluded: frozenset[UnitCode],
    calls: Sequence[Hit] = (),
    vector: Vector | None = None,
    clauses: Callable[[], Heard | None] = lambda: None,
    hearing: Hearing | None = None,
    ground: Callable[[UnitCode], Evidence | None] = lambda _: None,
) -> Weighed:
    """Score every unit of the city tier for one order. Whole numbers; equal scores are ordered by code.

    `clauses` gives the order clause by clause, and by the matters it may arise in; it is asked only where no outcomes
    were learned. `hearing` names who leads an order that is nothing but a complaint about a unit. `ground` gives the
    aptest item of a unit; it is asked only where some were learned, of units close together.
    """
    scores = total_scores(index, memory, reading, hits, likeness, vector)
    totals = dict(zip(index.units, scores.units, strict=True))
    reasons: list[Reason] = []

    def lift(unit: UnitCode, feature: str, detail: str, weight: int) -> None:
        if unit in totals and unit not in excluded:
            totals[unit] += weight
            reasons.append(Reason(unit, feature, detail, weight))

    seen: set[UnitCode] = set()
    for one in noted:
        for unit in index.places.city_tier(one.unit):
            if unit not in seen:
                seen.add(unit)
                span = reading.text[one.span[0] : one.span[1]]
                lift(unit, "caller-note", span, NOTE * city.routing.caller_note_weight)
    for item, strength in _boundary_strengths(hits).items():
        if strength >= BOUNDARY_AT:
            boundary = index.edition.boundary_items[item]
            lift(boundary.lead, "boundary", boundary.matter, BOUNDARY)
    decided = dict(memory.decided)
    for hit in hits:
        point = index.edition.duty_points.get(hit.wording.item)
        if point is None or not hit.exact or hit.strength < 60:
            continue
        if point.decision:
            lift(point.unit, "decision", point.decision, DECISION)
        elif point.id in decided:
            lift(decided[point.id], "decision", point.matter, DECISION)
    at_most = PRECEDES_LEARNED_AT if scores.learned else PRECEDES_AT
    preceding = _give_precedence(index, calls, totals, reasons, excluded, lift, at_most)
    if scores.learned:
        _by_ground(totals, reasons, excluded, ground, lift)
    if hearing is not None:
        preceding = hearing.hit
        unit = min(hearing.units, key=lambda one: (-totals[one], one))
        ahead = max(total for other, total in totals.items() if other not in excluded) - totals[unit]
        start, end = hearing.span
        lift(unit, "complaint", reading.text[start:end], ahead + PRECEDENCE)
    heard = None if scores.learned or hearing is not None else clauses()
    leads = {} if heard is None else _by_clauses(index, reading, heard, scores, totals, reasons, excluded, lift)
    ranked = _ranked(index, memory, totals, tuple(reasons), excluded, scores)
    return replace(ranked, preceding=preceding, leads=leads)


def _by_clauses(
    index: RegisterIndex,
    reading: Reading,
    heard: Heard,
    scores: Scores,
    totals: Mapping[UnitCode, int],
    reasons: Sequence[Reason],
    excluded: frozenset[UnitCode],
    lift: Callable[[UnitCode, str, str, int], None],
) -> dict[int, int]:
    """The shares of the units that may lead, by what the title and the clauses that ask or put first say of each; where
    they speak plainly more for another unit than the likeliest, it leads.

    Not against a decision or the call-taker's note.
    """
    weights = np.array([totals[unit] for unit in index.units], np.int64)
    said = lead_scores(index, heard, np.array(scores.register, np.int64), weights)
    said = {place: score for place, score in said.items() if index.units[place] not in excluded}
    if not said:
        return {}
    best = min(said, key=lambda place: (-said[place], place))
    likeliest = min((unit for unit in totals if unit not in excluded), key=lambda unit: (-totals[unit], unit))
    named = {reason.unit for reason in reasons if reason.feature in ("decision", "caller-note")}
    known = said.get(index.column[likeliest])
    unit = index.units[best]
    short = heard.parts.spans[-1][1] <= CLAUSES_WITHIN
    title_ends = reading.text.find("\n")
    told_in = sum(start > title_ends for start, _ in heard.parts.spans)
    in_its_matter = told_in >= LEADS_MATTER_IN and leads_matter(index, heard, best)
    at_least = LEADS_MATTER_AT if in_its_matter else CLAUSES_AT
    plainly = known is not None and said[best] - known >= at_least
    if short and plainly and unit != likeliest and likeliest not in named:
        start, end = heard.parts.spans[int(heard.parts.best[best])]
        lift(unit, "clauses", reading.text[start:end], totals[likeliest] - totals[unit] + PRECEDENCE)
    return dict(zip(said, shares(list(said.values()), _LOGIT), strict=True))


def _by_ground(
    totals: Mapping[UnitCode, int],
    reasons: Sequence[Reason],
    excluded: frozenset[UnitCode],
    ground: Callable[[UnitCode], Evidence | None],
    lift: Callable[[UnitCode, str, str, int], None],
) -> None:
    """Of units that outcomes put close together leads the one whose clause speaks more strongly: outcomes follow who
    answered, and one office may answer for duties that the city's lists give to another.

    Not against a decision, a boundary item or the call-taker's note.
    """
    likely = {unit: total for unit, total in totals.items() if unit not in excluded}
    if not likely:
        return
    best = max(likely.values())
    near = [unit for unit, total in likely.items() if best - total <= PROVEN * PROVEN_AT // 1000]
    likeliest = min(near, key=lambda unit: (-likely[unit], unit))
    if len(near) < 2 or any(reason.unit == likeliest for reason in reasons):
        return
    found = {unit: ground(unit) for unit in near}
    said = {unit: PROVEN * min(one.strength, PROVEN_AT) // 1000 if one else 0 for unit, one in found.items()}
    unit = min(near, key=lambda unit: (-likely[unit] - said[unit], unit))
    proof = found[unit]
    if unit != likeliest and proof is not None:
        lift(unit, "ground", proof.hit.wording.text if proof.hit else str(proof.item), best - likely[unit] + 1)


def _give_precedence(
    index: RegisterIndex,
    calls: Sequence[Hit],
    totals: Mapping[UnitCode, int],
    reasons: Sequence[Reason],
    excluded: frozenset[UnitCode],
    lift: Callable[[UnitCode, str, str, int], None],
    at_most: int,
) -> Hit | None:
    """Where the likeliest unit is a support of a boundary item whose 启动说法 stands in the text, its lead leads.

    Not against a decision or the call-taker's note: they name the unit itself.
    """
    if not calls or len(excluded) == len(totals):
        return None
    likeliest = min((unit for unit in totals if unit not in excluded), key=lambda unit: (-totals[unit], unit))
    named = {reason.unit for reason in reasons if reason.feature in ("decision", "caller-note")}
    found = index.calls.preceding(calls, likeliest)
    if found is not None and likeliest not in named:
        item, hit = found
        behind = totals[likeliest] - totals.get(item.lead, totals[likeliest] - at_most - 1)
        if behind <= at_most and item.lead not in excluded:
            lift(item.lead, "boundary", item.matter, behind + PRECEDENCE)
            return hit
    return None


def _boundary_strengths(hits: Sequence[Hit]) -> dict[ClauseId, int]:
    found: dict[ClauseId, int] = {}
    for hit in hits:
        if hit.wording.kind == "boundary" and hit.exact:
            found[hit.wording.item] = found.get(hit.wording.item, 0) + hit.strength
    return dict(sorted(found.items()))


def _ranked(
    index: RegisterIndex,
    memory: MemoryEdition,
    totals: Mapping[UnitCode, int],
    reasons: tuple[Reason, ...],
    excluded: frozenset[UnitCode],
    scores: Scores,
) -> Weighed:
    heads: list[UnitCode] = []
    for members in index.members:
        units = [unit for unit in members if unit not in excluded] if excluded else members
        if units:
            heads.append(units[0] if len(units) == 1 else min(units, key=lambda unit: (-totals[unit], unit)))
    heads.sort(key=lambda unit: (-totals[unit], unit))
    share = shares([totals[unit] for unit in heads], memory.sharpness)
    ranked = list(zip(heads, share, strict=True))
    if not ranked:
        return Weighed((), 0, totals, reasons, excluded, scores)
    confidence = memory.table[bin_of([totals[unit] for unit in heads])]
    # rivals within the leading group: shown, and a close call among them is a close call
    lead = heads[0]
    for mate in index.members[index.group_at[index.column[lead]]]:
        if mate != lead and mate not in excluded and totals[lead] - totals[mate] < 300:
            both = shares([totals[lead], totals[mate]], memory.sharpness)
            ranked.append((mate, share[0] * both[1] // max(1, both[0])))
    # those whose share rounds to the same keep the order of their scores
    ranked = [ranked[0], *sorted(ranked[1:], key=lambda pair: (-pair[1], -totals[pair[0]], pair[0]))]
    return Weighed(tuple(ranked), confidence, totals, reasons, excluded, scores)
