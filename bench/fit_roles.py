"""Fit the weights by which clauses tell lead and supports, on the orders kept for building, as whole numbers.

    python -m bench.fit_roles [--writers]

Prints the module `routing/roles_weights.py`. With `--writers` it prints instead what is found on each writer's orders
by weights fitted on the other writers' alone.
"""

import argparse
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Any

import numpy as np
from numpy.typing import NDArray
from sklearn.linear_model import LogisticRegression

from bench.routing import BUILDING, DAY, LISTED_BUILDING, MULTI_UNIT, ONE_UNIT
from city.configuration import CityConfiguration
from routing import roles
from routing.building import build_index
from routing.calibrate import shares
from routing.index import RegisterIndex
from routing.memory import EMPTY
from routing.parts import parts_of_order
from routing.proposal import OrderText
from routing.seen import read_order
from routing.supports import (
    BY_WORDS,
    SUPPORT_AT,
    Heard,
    RolesWeights,
    arises_apart,
    beliefs,
    lead_numbers,
    lead_scores,
    support_numbers,
)
from routing.vectors import Ints
from routing.weighing import weigh
from tests.routing.sample_city import sample_edition

WRITERS = ("BA", "BB", "BC", "BD")
LISTED = "BD"  # whose labels follow the boundary lists
COUNTS = {LISTED: 10}  # times that an order of this writer counts: a city's own list is the truth for it
FIFTHS = 5
LEAD_COST, SUPPORT_COST = 0.05, 0.1  # C of the logistic regressions


@dataclass(frozen=True, slots=True)
class Roles:
    """The column of the unit that leads, and of those that help with the belief in each, in 1/1000."""

    lead: int
    supports: Mapping[int, int]


@dataclass(frozen=True, slots=True)
class Known:
    """An order for building: what its clauses say, and who leads and supports by its label."""

    writer: str
    heard: Heard
    register: Ints
    totals: Ints
    lead: int
    supports: frozenset[int]


def known_orders(index: RegisterIndex) -> list[Known]:
    """The orders for building, and the older ones that may be looked at, as routing sees them with nothing learned."""
    found: list[Known] = []
    rows: list[dict[str, Any]] = []
    for path, at_most in ((BUILDING, None), (LISTED_BUILDING, None), (MULTI_UNIT, 150), (ONE_UNIT, None)):
        with path.open(encoding="utf-8") as lines:
            rows += [json.loads(line) for line in islice(lines, at_most)]
    for row in rows:
        reading = read_order(OrderText(row["主要内容"], row["标题"])).reading
        hits = index.wordings.hits(reading.text, reading.words)
        calls = index.calls.found(reading.text)
        named = index.names.named(reading.text)
        noted = index.names.noted(reading.text, named)
        likeness = index.recall.scores(reading.plain)
        weighed = weigh(index, EMPTY, CityConfiguration(), reading, hits, likeness, noted, frozenset(), calls)
        parts = parts_of_order(index, reading, hits, calls, named)
        if parts is None:
            continue
        column = index.column
        totals = np.array([weighed.totals[unit] for unit in index.units], np.int64)
        supports = frozenset(column[unit] for unit in row["supports"])
        register = np.array(weighed.scores.register, np.int64)
        arising = index.matters.arising(reading.text, index.vector(reading))
        heard = Heard(parts, arising)
        found.append(Known(row["工单编号"][:2], heard, register, totals, column[row["lead"]], supports))
    return found


def fit(index: RegisterIndex, orders: Sequence[Known]) -> RolesWeights:
    """Logistic regressions of lead and support over the features of `routing.roles`, rounded to whole numbers.

    The older orders teach nothing about leads: their boundary items were written with them in view.
    """
    rows: list[Ints] = []
    right: list[bool] = []
    times: list[int] = []
    for one in (one for one in orders if one.writer in WRITERS):
        candidates, numbers = lead_numbers(index, one.heard, one.register, one.totals)
        rows += list(numbers)
        right += [place == one.lead for place in candidates]
        times += [COUNTS.get(one.writer, 1)] * len(candidates)
    lead = LogisticRegression(C=LEAD_COST, max_iter=5000).fit(np.array(rows) / 1000, right, times)
    support, bias = _of_supports(index, [one for one in orders if not arises_apart(one.heard)], COUNTS)
    apart, apart_bias = _of_supports(index, [one for one in orders if one.writer != LISTED], {})
    return RolesWeights(_whole(lead.coef_[0]), support, bias, apart, apart_bias)


def _of_supports(
    index: RegisterIndex, orders: Sequence[Known], counts: Mapping[str, int]
) -> tuple[tuple[int, ...], int]:
    """The weights of supports and their bias; without `counts` matters say nothing."""
    rows: list[Ints] = []
    right: list[bool] = []
    times: list[int] = []
    for one in orders:
        candidates, numbers = support_numbers(index, one.heard, one.register, one.lead)
        rows += list(numbers if counts else numbers[:, : len(roles.SUPPORT_FEATURES)])
        right += [place in one.supports for place in candidates]
        times += [counts.get(one.writer, 1)] * len(candidates)
    fitted = LogisticRegression(C=SUPPORT_COST, max_iter=5000).fit(np.array(rows) / 1000, right, times)
    return _whole(fitted.coef_[0]), round(1000 * float(fitted.intercept_[0]))


def _whole(weights: NDArray[np.float64]) -> tuple[int, ...]:
    return tuple(round(1000 * float(weight)) for weight in weights)


def roles_of(index: RegisterIndex, heard: Heard, register: Ints, totals: Ints, weights: RolesWeights) -> Roles:
    """Lead and supports of an order by its clauses alone, nothing learned."""
    scores = lead_scores(index, heard, register, totals, weights)
    lead = min(scores, key=lambda place: (-scores[place], place))
    share = dict(zip(scores, shares(list(scores.values()), 10), strict=True))
    found = beliefs(index, heard, register, share, weights)
    kept = sorted(
        (place for place in found if found[place] >= SUPPORT_AT and place != lead), key=lambda one: -found[one]
    )
    return Roles(lead, {place: found[place] for place in kept[:BY_WORDS]})


def by_writers(index: RegisterIndex, orders: Sequence[Known]) -> dict[str, Any]:
    """For each writer: precision, recall and leads right with weights fitted on the other writers' orders."""
    found: dict[str, Any] = {}
    sums = np.zeros(5, np.int64)
    for writer in WRITERS:
        asked = [one for one in orders if one.writer == writer]
        # of those whose labels follow the lists there is one writer: a fifth of the orders is asked of the rest
        parts = [asked[at::FIFTHS] for at in range(FIFTHS)] if writer == LISTED else [asked]
        counts = np.zeros(5, np.int64)
        for part in parts:
            numbers = {id(one) for one in part}
            weights = fit(index, [one for one in orders if id(one) not in numbers])
            counts += _counts(index, part, weights)
        found[writer] = _figures(counts, len(asked))
        sums += counts
    return found | {"all": _figures(sums, sum(one.writer in WRITERS for one in orders))}


def _counts(index: RegisterIndex, asked: Sequence[Known], weights: RolesWeights) -> NDArray[np.int64]:
    """Supports found, too many and missed, leads right, and one-unit orders with a support."""
    counts = np.zeros(5, np.int64)
    for one in asked:
        said = roles_of(index, one.heard, one.register, one.totals, weights)
        counts += np.array(
            [
                len(said.supports.keys() & one.supports),
                len(said.supports.keys() - one.supports),
                len(one.supports - said.supports.keys()),
                said.lead == one.lead,
                not one.supports and bool(said.supports),
            ]
        )
    return counts


def _figures(counts: NDArray[np.int64], orders: int) -> dict[str, float]:
    hit, extra, missed, leads, lone = counts.tolist()
    return {
        "orders": orders,
        "precision": round(hit / max(1, hit + extra), 3),
        "recall": round(hit / max(1, hit + missed), 3),
        "leads_right": round(leads / orders, 3),
        "one_unit_orders_with_a_support": lone,
    }


def main() -> None:
    """Fit and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--writers", action="store_true", help="measure across writers instead")
    index = build_index(sample_edition(DAY))
    orders = known_orders(index)
    if parser.parse_args().writers:
        print(json.dumps(by_writers(index, orders), indent=2))
        return
    weights = fit(index, orders)
    print('"""What each feature of `routing.roles` counts, in 1/1000: printed by `python -m bench.fit_roles`."""')
    print(f"\nLEAD = {weights.lead}\nSUPPORT = {weights.support}\nSUPPORT_BIAS = {weights.bias}")
    print(f"APART = {weights.apart}\nAPART_BIAS = {weights.apart_bias}")


if __name__ == "__main__":
    main()
