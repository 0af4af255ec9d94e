"""Evidence for 机构编制 motions: what a unit's posts stand against, and whether the three principles are met.

适时: a reform, new duties, a marked change of load, a marked failure. 适度: a least interval since its posts changed.
适量: posts in proportion to the duty that moves (呼伦贝尔 003). Nothing is decided here: who moves a motion takes these
figures along, and each opens to its events or its clauses.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from statistics import median_low

from city.configuration import CityConfiguration
from mandates.edition import RegisterEdition
from mandates.model import Clause, Section
from mandates.register import Register
from projections.accountability import ACCOUNTABILITY
from projections.coverage import COVERAGE
from projections.figures import count
from projections.measures import measures
from projections.readings.load import UnitLoad, load
from projections.readings.looking import Look, Period
from terms.ids import ClauseId, UnitCode


@dataclass(frozen=True, slots=True)
class Trigger:
    """A reason why now (适时). `kind` is reform, new_duties, load or failure; the numbers are what it rests on.

    `items` are the clauses it names. `posts` are those in proportion to the duty that moves (适量), in hundredths: what
    of the unit's load falls under these clauses, or by how much its load changed; None where no duty moves.
    """

    kind: str
    since: str
    number: int
    before: int
    items: tuple[str, ...] = ()
    posts: int | None = None


@dataclass(frozen=True, slots=True)
class DutyShare:
    """What of a unit's load falls under one clause, and the posts in proportion to it, in hundredths (适量)."""

    clause: str
    words: str
    orders: int
    share: int  # per 10,000 of the unit's load
    posts: int | None


@dataclass(frozen=True, slots=True)
class MotionEvidence:
    """One unit. `peers` is the load by a hundred posts in the middle of its class, to be seen beside its own; no
    number of posts follows from it: 适量 goes by the duty that moves."""

    load: UnitLoad
    peers: int | None
    posts_since: date | None
    months_since: int | None
    interval_kept: bool
    triggers: tuple[Trigger, ...]
    duties: tuple[DutyShare, ...]

    @property
    def timely(self) -> bool:
        """Whether anything speaks for looking at it now (适时), the interval being kept (适度)."""
        return bool(self.triggers) and self.interval_kept


def motions(look: Look, register: Register, city: CityConfiguration, period: Period) -> tuple[MotionEvidence, ...]:
    """Every unit with posts, those with most reasons first."""
    edition = register.as_of(period.end)
    loads = {one.unit: one for one in load(look, edition, register.links, city.load, period) if one.posts}
    earlier = {one.unit: one for one in load(look, edition, register.links, city.load, period.before())}
    failing = _overdue(look, period)
    shares = _shares(look, edition, city, period, loads)
    peers = _peers(loads)
    found = []
    for unit, now in loads.items():
        since = posts_since(register, UnitCode(unit), period.end)
        months = (period.end.year - since.year) * 12 + period.end.month - since.month if since else None
        duties = shares.get(unit, ())
        recent = _months_before(period.end, city.adjustment.recent_months)
        found.append(
            MotionEvidence(
                load=now,
                peers=peers.get(now.unit_class),
                posts_since=since,
                months_since=months,
                interval_kept=months is None or months >= city.adjustment.interval_months,
                triggers=(
                    *_reforms(register, unit, max(since or recent, recent), period.end, duties),
                    *_new_duties(edition, unit, max(since or recent, recent), duties),
                    *_changed(now, earlier.get(unit), city, period),
                    *_failed(failing.get(unit, (0, 0)), city, period),
                ),
                duties=duties,
            )
        )
    return tuple(sorted(found, key=lambda one: (-len(one.triggers), -(one.load.per_hundred_posts or 0), one.load.unit)))


def posts_since(register: Register, unit: UnitCode, day: date) -> date | None:
    """Since when the unit has had as many posts as on that day, by the 三定; None where it has none."""
    latest: date | None = None
    for key, versions in register.tables["clauses"].items():
        known = [one for one in register.versions("clauses", key) if isinstance(one, Clause) and one.unit == unit]
        if not versions or not known or known[0].section is not Section.POSTS:
            continue
        last: int | None = None
        for one in known:
            if one.span.valid_from <= day and one.posts is not None and one.posts != last:
                last = one.posts
                latest = max(latest or one.span.valid_from, one.span.valid_from)
    return latest


def _months_before(day: date, months: int) -> date:
    """The first day of the month that many months before."""
    at = day.year * 12 + day.month - 1 - months
    return date(at // 12, at % 12 + 1, 1)


def _reforms(register: Register, unit: str, since: date, day: date, duties: Sequence[DutyShare]) -> list[Trigger]:
    """机构改革 that the posts have not followed yet."""
    return [
        Trigger("reform", one.day.isoformat(), len(one.moved), 0, tuple(sorted(one.moved)), _carried(one.moved, duties))
        for one in register.succession.reforms
        if unit in (*one.sources, *one.into) and since <= one.day <= day
    ]


def _new_duties(edition: RegisterEdition, unit: str, since: date, duties: Sequence[DutyShare]) -> list[Trigger]:
    """Duties that came after the posts were last set, and not so long ago that nobody asked since."""
    fresh = {
        clause.id: clause.span.valid_from
        for clause in edition.clauses.values()
        if clause.unit == unit and clause.span.valid_from > since and clause.section in (Section.DUTIES, Section.CHANGE)
    }
    if not fresh:
        return []
    first = min(fresh.values()).isoformat()
    return [Trigger("new_duties", first, len(fresh), 0, tuple(sorted(fresh)), _carried(fresh, duties))]


def _carried(clauses: Iterable[str], duties: Sequence[DutyShare]) -> int:
    """The posts in proportion to what falls under some clauses, in hundredths."""
    moved = frozenset(clauses)
    return sum(one.posts or 0 for one in duties if one.clause in moved)


def _changed(now: UnitLoad, before: UnitLoad | None, city: CityConfiguration, period: Period) -> list[Trigger]:
    was = before.weight if before else 0
    orders = (now.orders, before.orders if before else 0)
    if min(orders) < city.adjustment.least_orders:  # nothing to compare with is no change
        return []
    change = now.weight - was
    if not was or abs(change) * 100 < city.adjustment.change_percent * was:
        return []
    posts = abs(change) * 100 * (now.posts or 0) // was
    return [Trigger("load", period.since, now.weight, was, (), posts if change > 0 else -posts)]


def _failed(counted: tuple[int, int], city: CityConfiguration, period: Period) -> list[Trigger]:
    overdue, dispatched = counted
    if dispatched < city.adjustment.least_orders or overdue * 100 < city.adjustment.overdue_percent * dispatched:
        return []
    return [Trigger("failure", period.since, overdue, dispatched)]


def _overdue(look: Look, period: Period) -> dict[str, tuple[int, int]]:
    """Unit → handling deadlines that ran out, parts it was given; orders left out of its figures left out."""
    table = look.table(ACCOUNTABILITY, "facts")
    late = measures(look.connection, table, look.cut(period, measure="overdue", how="handle"))
    given = measures(look.connection, table, look.cut(period, measure="dispatched"))
    found: dict[str, tuple[int, int]] = {}
    for at, counted in enumerate((late, given)):
        for (unit, _, _), (lines, _) in counted.items():
            both = list(found.get(unit, (0, 0)))
            both[at] += lines
            found[unit] = (both[0], both[1])
    return found


def _peers(loads: Mapping[str, UnitLoad]) -> dict[str, int]:
    """Class → the load by a hundred posts in the middle of its units; those that carry nothing left out."""
    found: dict[str, list[int]] = defaultdict(list)
    for one in loads.values():
        if one.per_hundred_posts:
            found[one.unit_class].append(one.per_hundred_posts)
    return {name: median_low(many) for name, many in found.items()}


def _shares(
    look: Look, edition: RegisterEdition, city: CityConfiguration, period: Period, loads: Mapping[str, UnitLoad]
) -> dict[str, tuple[DutyShare, ...]]:
    weighed: dict[tuple[str, str], tuple[int, int]] = {}
    cut = look.cut(period, how="dispatched")
    for (unit, clause, part, kind), orders in count(
        look.connection, look.table(COVERAGE, "uses"), ("unit", "clause", "part", "kind"), cut
    ).items():
        if ClauseId(clause) in edition.clauses:
            before = weighed.get((unit, clause), (0, 0))
            weighed[unit, clause] = (before[0] + orders, before[1] + city.load.of(kind, part) * orders)
    found: dict[str, list[DutyShare]] = defaultdict(list)
    for (unit, clause), (orders, weight) in sorted(weighed.items()):
        if (whole := loads.get(unit)) is not None and whole.weight:
            share = min(weight * 10_000 // whole.weight, 10_000)
            posts = (whole.posts or 0) * share // 100
            found[unit].append(DutyShare(clause, edition.clauses[ClauseId(clause)].text, orders, share, posts))
    return {unit: tuple(sorted(of, key=lambda one: (-one.share, one.clause))) for unit, of in found.items()}
