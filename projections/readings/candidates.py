"""Orders that no clause covers, gathered into candidate matters with their words: what the register may lack.

An order counts when a return said that no unit has a clause, when the router found none, or when it was sent without
one. Orders that the router called alike, or that share enough of their rarer words, are one matter. Gathered when it is
read, never in a fold; whole numbers and a fixed order, so the same orders give the same candidates on every machine.
"""

import re
from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from heapq import heapify, heappop, heappush
from typing import Any

from sqlalchemy import FromClause, select

from city.establishment import CoverageRules
from mandates.links import pairs
from projections.coverage import COVERAGE, NO_CLAUSE
from projections.disputes import DISPUTES
from projections.past import foremost
from projections.queue import QUEUE
from projections.readings.looking import Look, Period
from routing.text import is_word, normalise, segmenter

BACKGROUND = 2_000  # newest orders whose words say which words are rare
WORDS_SHOWN = 6
RUN_AT_MOST = 6  # characters
_CHINESE = re.compile("[\u4e00-\u9fff]+")
_TOLD = ("order_no", "received_at", "no_clause", "abstained", "lead", "matter")


@dataclass(frozen=True, slots=True)
class Uncovered:
    """One order no clause covers. `why` is no_clause (a return said so), abstained (the router) or uncited."""

    order_no: str
    title: str
    why: str
    lead: str
    matter: str
    day: str


@dataclass(frozen=True, slots=True)
class Candidate:
    """A matter the register may lack: its words, most telling first, the orders, who has had them, who returned."""

    words: tuple[str, ...]
    matter: str  # what the router most often called it; may be empty
    orders: tuple[Uncovered, ...]
    leads: tuple[str, ...]
    returns: int


def uncovered(look: Look, rules: CoverageRules, period: Period | None = None) -> tuple[Uncovered, ...]:
    """The newest orders no clause covers, by order number."""
    table = look.table(COVERAGE, "orders")
    when = [table.c.received_at >= period.since, table.c.received_at < period.until] if period is not None else []
    query = foremost(table, _TOLD, look.upto, _newest, rules.looked_at, table.c.bare.is_(True), *when)
    rows = look.connection.execute(query).all()
    titles = _titles(look, [row.order_no for row in rows])
    found = [
        Uncovered(
            order_no=row.order_no,
            title=titles.get(row.order_no) or "",
            why="no_clause" if row.no_clause else "abstained" if row.abstained in NO_CLAUSE else "uncited",
            lead=row.lead,
            matter=row.matter,
            day=row.received_at[:10],
        )
        for row in rows
    ]
    return tuple(sorted(found, key=lambda one: one.order_no))


def _newest(rows: FromClause) -> tuple[Any, ...]:
    return rows.c.received_at.desc(), rows.c.order_no


def _titles(look: Look, numbers: Sequence[str]) -> dict[str, str]:
    queue = look.table(QUEUE, "orders")
    query = select(queue.c.order_no, queue.c.title).where(look.held(queue), queue.c.order_no.in_(numbers))
    return {row[0]: row[1] for row in look.connection.execute(query).all()}


def candidate_matters(look: Look, rules: CoverageRules, period: Period | None = None) -> tuple[Candidate, ...]:
    """The candidate matters, the most orders first."""
    orders = uncovered(look, rules, period)
    if not orders:
        return ()
    queue, returns = look.table(QUEUE, "orders"), look.table(DISPUTES, "returns")
    newest = foremost(queue, ("title", "received_at", "order_no"), look.upto, _newest, BACKGROUND)
    background = [row[0] or "" for row in look.connection.execute(newest).all()]
    numbers = [one.order_no for one in orders]
    asked = select(returns.c.order_no).where(look.held(returns), returns.c.order_no.in_(numbers))
    returned = Counter(look.connection.execute(asked).scalars().all())
    by_number = {one.order_no: one for one in orders}
    titles = {one.order_no: normalise(one.title).text for one in orders}
    found = []
    for group in gathered(titles, {one.order_no: one.matter for one in orders}, background, rules.alike):
        members = tuple(by_number[number] for number in group)
        if len(members) >= rules.candidate_least:
            matters = Counter(one.matter for one in members if one.matter)
            found.append(
                Candidate(
                    words=words_of([titles[number] for number in group]),
                    matter=min(matters, key=lambda name: (-matters[name], name), default=""),
                    orders=members,
                    leads=tuple(sorted({one.lead for one in members if one.lead})),
                    returns=sum(returned[number] for number in group),
                )
            )
    return tuple(sorted(found, key=lambda one: (-len(one.orders), -one.returns, one.orders[0].order_no)))


def gathered(
    titles: Mapping[str, str], matters: Mapping[str, str], background: Sequence[str], alike: int
) -> tuple[tuple[str, ...], ...]:
    """Groups of order numbers: the one with most neighbours left gathers them, and so on; no chaining.

    Two are neighbours when the router named the same matter, or when they share at least `alike` percent of the
    telling character pairs of the one that has fewer. A pair tells when two of these orders have it and at most one in
    twenty orders of the `background` has.
    """
    bags = {number: frozenset(pairs(titles[number])) for number in sorted(titles)}
    here = Counter(pair for bag in bags.values() for pair in bag)
    there = Counter(pair for title in background for pair in set(pairs(title)))
    weight = {
        pair: (len(background) * 16 // max(there[pair], 1) + 1).bit_length()
        for pair, times in here.items()
        if times > 1 and there[pair] * 20 <= max(len(background), 20)
    }
    having: dict[str, list[str]] = defaultdict(list)
    for number, bag in bags.items():
        for pair in bag & weight.keys():
            having[pair].append(number)
    whole = {number: sum(weight[pair] for pair in bag & weight.keys()) for number, bag in bags.items()}
    of_matter: dict[str, set[str]] = defaultdict(set)
    for number in bags:
        of_matter[matters.get(number) or number].add(number)
    near = {number: {number} | of_matter[matters.get(number) or number] for number in bags}
    for number, bag in bags.items():
        shared: Counter[str] = Counter()
        for pair in bag & weight.keys():
            for other in having[pair]:
                shared[other] += weight[pair]
        near[number] |= {one for one, by in shared.items() if by * 100 >= alike * min(whole[number], whole[one])}
    return _stars(near)


def _stars(near: Mapping[str, set[str]]) -> tuple[tuple[str, ...], ...]:
    left = set(near)
    groups = []
    most = [(-len(others), number) for number, others in near.items()]
    heapify(most)
    while left:
        times, centre = heappop(most)
        group = near[centre] & left
        if centre in left and len(group) == -times:
            groups.append(tuple(sorted(group)))
            left -= group
        elif centre in left:  # its neighbours were gathered since: it comes again with those it has left
            heappush(most, (-len(group), centre))
    return tuple(groups)


def words_of(titles: Sequence[str]) -> tuple[str, ...]:
    """The words that stand for some titles: the longest runs that most of them share; of a single one its own words."""
    if len(titles) == 1:
        cut = dict.fromkeys(segmenter().words(titles[0]))
        return tuple(word for word in cut if len(word) > 1 and is_word(word))[:WORDS_SHOWN]
    runs = Counter(
        run
        for title in titles
        for run in {title[at : at + size] for size in range(2, RUN_AT_MOST + 1) for at in range(len(title) - size + 1)}
        if _CHINESE.fullmatch(run)
    )
    chosen: list[str] = []
    for run in sorted(runs, key=lambda one: (-runs[one], -len(one), one)):
        if runs[run] > 1 and not any(run in other or other in run for other in chosen):
            chosen.append(run)
        if len(chosen) == WORDS_SHOWN:
            break
    return tuple(chosen)
