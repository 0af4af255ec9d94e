"""Who leads and who helps, read from the clauses of an order: each support on the duty it was named by.

Every clause is weighed alone (`routing.parts`), a few numbers a unit say whether it leads or helps (`routing.roles`),
and a support counts as far as it helps each unit that may lead. At most three are called in by words.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import exp

import numpy as np

from routing import roles, roles_weights
from routing.evidence import Evidence
from routing.index import RegisterIndex
from routing.parts import Parts
from routing.proposal import SpanOf
from routing.vectors import Ints
from routing.wordings import Hit
from terms.ids import UnitCode

SUPPORT_AT = 550  # least belief that a unit helps, in 1/1000: chosen on the orders for building
_HELPING_HABIT = 600  # of how often it helped with past orders like this one
_NO_HABIT = 250  # so often says nothing either way
BY_WORDS = 3  # as many as are called in by words alone
_LEADS_AT_MOST = 3  # that are asked whom they would call in
_LEAD_AT = 80  # least share of a unit that may lead, in 1/1000
_BELIEF = tuple(round(1000 / (1 + exp(-step / 100))) for step in range(-800, 801))  # far from any rounding tie

NOBODY: Mapping[UnitCode, int] = {}


@dataclass(frozen=True, slots=True)
class Support:
    """A unit that supports, and the ground of its part."""

    unit: UnitCode
    ground: Evidence


@dataclass(frozen=True, slots=True)
class RolesWeights:
    """What each feature of `routing.roles` counts, in 1/1000."""

    lead: tuple[int, ...]
    support: tuple[int, ...]
    bias: int


FITTED = RolesWeights(roles_weights.LEAD, roles_weights.SUPPORT, roles_weights.SUPPORT_BIAS)


def lead_scores(parts: Parts, register: Ints, totals: Ints, weights: RolesWeights = FITTED) -> dict[int, int]:
    """How much the clauses speak for each unit that may lead (by column), in 1/1000 of the logit."""
    candidates = roles.lead_candidates(parts, totals)
    found = roles.lead_features(parts, register, totals)[candidates] @ np.array(weights.lead, np.int64)
    return dict(zip(candidates, (found // 1000).tolist(), strict=True))


def beliefs(
    index: RegisterIndex, parts: Parts, register: Ints, leads: Mapping[int, int], weights: RolesWeights = FITTED
) -> dict[int, int]:
    """The belief that each unit (by column) helps, in 1/1000: over the units that may lead, by their shares."""
    candidates = roles.support_candidates(parts)
    common = roles.support_features(parts, register, index.helpful)[candidates]
    split = common.shape[1]
    known = common @ np.array(weights.support[:split], np.int64)
    found = dict.fromkeys(candidates, 0)
    likely = sorted(leads, key=lambda lead: (-leads[lead], lead))[:_LEADS_AT_MOST]
    likely = [lead for place, lead in enumerate(likely) if not place or leads[lead] >= _LEAD_AT]
    whole = sum(leads[lead] for lead in likely)
    for lead in likely:
        beside = roles.features_beside(parts, lead, register, index.columns_of_partners(lead))[candidates]
        logits = (known + beside @ np.array(weights.support[split:], np.int64)) // 1000 + weights.bias
        for place, logit in zip(candidates, logits.tolist(), strict=True):
            if place != lead:
                found[place] += leads[lead] * _BELIEF[min(1600, max(0, logit // 10 + 800))] // whole
    return found


def supports_of(
    index: RegisterIndex,
    parts: Parts,
    register: Ints,
    leads: Mapping[int, int],
    lead: UnitCode,
    helped: Mapping[UnitCode, int] = NOBODY,
) -> list[UnitCode]:
    """The city units that the clauses call in beside a lead, likeliest first. `leads` are the shares of who may lead.

    `helped` are the units that helped with past orders like this one, in 1/1000 of them: it speaks for a unit that a
    clause names, and against one where none of these orders had it.
    """
    found = beliefs(index, parts, register, leads)
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


def _within(span: SpanOf, clause: SpanOf) -> bool:
    return clause[0] <= span[0] and span[1] <= clause[1]
