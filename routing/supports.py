"""Who leads and who helps, read from the clauses of an order: each support on the duty it was named by.

Every clause is weighed alone (`routing.parts`), the whole is likened to the matters of the boundary lists
(`routing.matters`), a few numbers a unit say whether it leads or helps (`routing.roles`, `routing.roles_matters`), and
a support counts as far as it helps each unit that may lead. At most three are called in by words.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import exp

import numpy as np

from routing import roles, roles_matters, roles_weights
from routing.evidence import Evidence
from routing.index import RegisterIndex
from routing.matters import Arising
from routing.parts import Parts
from routing.proposal import SpanOf
from routing.vectors import Ints
from routing.wordings import Hit
from terms.ids import ClauseId, UnitCode

SUPPORT_AT = 500  # least belief that a unit helps, in 1/1000: chosen on the orders for building
_HELPING_HABIT = 600  # of how often it helped with past orders like this one
_NO_HABIT = 250  # so often says nothing either way
BY_WORDS = 3  # as many as are called in by words alone
_LEADS_AT_MOST = 3  # that are asked whom they would call in
_LEAD_AT = 80  # least share of a unit that may lead, in 1/1000
MATTER_AT = 220  # least likeness, of 2048, of an order to the matter it arises in
_BELIEF = tuple(round(1000 / (1 + exp(-step / 100))) for step in range(-800, 801))  # far from any rounding tie

NOBODY: Mapping[UnitCode, int] = {}


@dataclass(frozen=True, slots=True)
class Support:
    """A unit that supports, and the ground of its part."""

    unit: UnitCode
    ground: Evidence


@dataclass(frozen=True, slots=True)
class Heard:
    """An order as lead and supports are read from it: clause by clause, and by the matters it may arise in."""

    parts: Parts
    arising: Arising


@dataclass(frozen=True, slots=True)
class RolesWeights:
    """What each feature of `routing.roles`, and after these of `routing.roles_matters`, counts, in 1/1000."""

    lead: tuple[int, ...]
    support: tuple[int, ...]
    bias: int
    apart: tuple[int, ...]  # of `routing.roles` alone: for an order that arises in no matter of a boundary list
    apart_bias: int


FITTED = RolesWeights(
    roles_weights.LEAD,
    roles_weights.SUPPORT,
    roles_weights.SUPPORT_BIAS,
    roles_weights.APART,
    roles_weights.APART_BIAS,
)


def lead_numbers(index: RegisterIndex, heard: Heard, register: Ints, totals: Ints) -> tuple[list[int], Ints]:
    """The columns of the units that may lead, and for each (a row) the numbers by which it is asked whether it does."""
    leading = roles_matters.lead_candidates(index.matters, heard.arising)
    candidates = sorted({*roles.lead_candidates(heard.parts, totals), *leading})
    clauses = roles.lead_features(heard.parts, register, totals)
    matters = roles_matters.lead_features(index.matters, heard.arising, len(index.units))
    return candidates, np.hstack([clauses, matters])[candidates]


def support_numbers(
    index: RegisterIndex, heard: Heard, register: Ints, lead: int, common: Ints | None = None
) -> tuple[list[int], Ints]:
    """The columns of the units that may help a lead, and for each (a row) the numbers by which it is asked whether it
    does: those of `roles`, and where the order arises in a matter those of `roles_matters`. `common` are those of
    `roles.support_features`, where they are known.
    """
    if common is None:
        common = roles.support_features(heard.parts, register, index.helpful)
    beside = roles.features_beside(heard.parts, lead, register, index.columns_of_partners(lead))
    if arises_apart(heard):
        candidates = sorted({*roles.support_candidates(heard.parts)} - {lead})
        return candidates, np.hstack([common, beside])[candidates]
    helping = roles_matters.support_candidates(index.matters, heard.arising, lead)
    candidates = sorted({*roles.support_candidates(heard.parts), *helping} - {lead})
    matters = roles_matters.features_beside(index.matters, heard.arising, lead, len(index.units))
    return candidates, np.hstack([common, beside, matters])[candidates]


def arises_apart(heard: Heard) -> bool:
    """Whether an order arises in no matter of the boundary lists."""
    return int(heard.arising.items.max(initial=0)) < MATTER_AT


def leads_matter(index: RegisterIndex, heard: Heard, lead: int) -> bool:
    """Whether an order arises in a matter, and the likest one is led by the unit in that column."""
    return not arises_apart(heard) and int(index.matters.lead_of[int(heard.arising.items.argmax())]) == lead


def lead_scores(
    index: RegisterIndex, heard: Heard, register: Ints, totals: Ints, weights: RolesWeights = FITTED
) -> dict[int, int]:
    """How much clauses and matters speak for each unit that may lead (by column), in 1/1000 of the logit."""
    candidates, numbers = lead_numbers(index, heard, register, totals)
    found = numbers @ np.array(weights.lead, np.int64)
    return dict(zip(candidates, (found // 1000).tolist(), strict=True))


def beliefs(
    index: RegisterIndex, heard: Heard, register: Ints, leads: Mapping[int, int], weights: RolesWeights = FITTED
) -> dict[int, int]:
    """The belief that each unit (by column) helps, in 1/1000: over the units that may lead, by their shares."""
    common = roles.support_features(heard.parts, register, index.helpful)
    apart = arises_apart(heard)
    counts = np.array(weights.apart if apart else weights.support, np.int64)
    bias = weights.apart_bias if apart else weights.bias
    found: dict[int, int] = {}
    likely = sorted(leads, key=lambda lead: (-leads[lead], lead))[:_LEADS_AT_MOST]
    likely = [lead for place, lead in enumerate(likely) if not place or leads[lead] >= _LEAD_AT]
    whole = sum(leads[lead] for lead in likely)
    for lead in likely:
        candidates, numbers = support_numbers(index, heard, register, lead, common)
        logits = numbers @ counts // 1000 + bias
        for place, logit in zip(candidates, logits.tolist(), strict=True):
            belief = leads[lead] * _BELIEF[min(1600, max(0, logit // 10 + 800))] // whole
            found[place] = found.get(place, 0) + belief
    return found


def supports_of(
    index: RegisterIndex,
    heard: Heard,
    register: Ints,
    leads: Mapping[int, int],
    lead: UnitCode,
    helped: Mapping[UnitCode, int] = NOBODY,
) -> list[UnitCode]:
    """The city units that the clauses call in beside a lead, likeliest first. `leads` are the shares of who may lead.

    `helped` are the units that helped with past orders like this one, in 1/1000 of them: it speaks for a unit that a
    clause names, and against one where none of these orders had it.
    """
    found = beliefs(index, heard, register, leads)
    ranked: list[tuple[int, UnitCode]] = []
    for place, belief in found.items():
        unit = index.units[place]
        if helped:
            belief += (helped.get(unit, 0) - _NO_HABIT) * _HELPING_HABIT // 1000
        if belief >= SUPPORT_AT and unit != lead:
            ranked.append((-belief, unit))
    return [unit for _, unit in sorted(ranked)[:BY_WORDS]]


def ground_of(parts: Parts, column: int, unit: UnitCode, hits: Sequence[Hit], calls: Sequence[Hit]) -> Evidence | None:
    """What a support is cited by: the longest wording or 启动说法 of its own in the clause that speaks most for it,
    or else anywhere; None where it has none."""
    clause = parts.spans[int(parts.best[column])]
    own = [hit for hit in (*calls, *hits) if hit.exact and hit.wording.unit == unit and hit.wording.kind == "point"]
    if not own:
        return None
    hit = max(own, key=lambda one: (_within(one.span, clause), len(one.wording.text), -one.span[0], one.wording.item))
    return Evidence(hit.wording.item, unit, "point", min(1000, 200 * len(hit.wording.text)), hit)


def ground_in_matter(index: RegisterIndex, arising: Arising, lead: int, column: int, unit: UnitCode) -> Evidence | None:
    """What a support is cited by where it helps in a matter of the boundary lists: its own clause named there, else
    the item; found by the longest of its sayings that stands in the text. None where it has no part in one."""
    matters = index.matters
    others = matters.led.get(lead)
    own = [] if others is None else others[matters.unit_of[others] == column].tolist()
    if not own:
        return None
    task = max(own, key=lambda one: (int(arising.items[matters.item_of[one]]), -one))
    item = matters.items[int(matters.item_of[task])]
    ids = (*(clause for clause in item.clauses if _owner(index, clause) == unit), item.id)
    return Evidence(ids[0], unit, "boundary", int(arising.tasks[task]), matters.saying(arising, task))


def _owner(index: RegisterIndex, clause: ClauseId) -> UnitCode | None:
    found = index.edition.clauses.get(clause)
    return found.unit if found else None


def _within(span: SpanOf, clause: SpanOf) -> bool:
    return clause[0] <= span[0] and span[1] <= clause[1]
