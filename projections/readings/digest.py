"""退单争议定期梳理: the disputed items of a period with the clauses of both sides, and what was judged of each.

A recorded digest has the items it was opened with, as they were judged, over its own period; what is disputed in that
period and does not stand in it is counted beside them. Where none is recorded, everything disputed comes as still to be
judged, and what the digest before left open comes again (逐项跟踪). The paper is made of this by `casework.papers`.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from sqlalchemy import func, select

from casework import events as e
from casework.papers import digest as paper
from casework.papers.quoting import quote_even_ended
from casework.papers.words import chinese_date
from mandates.edition import RegisterEdition
from projections.accountability import ACCOUNTABILITY
from projections.digests import DIGESTS
from projections.disputes import DISPUTES
from projections.figures import count
from projections.readings.disputed import DisputedMatter, disputed_matters
from projections.readings.looking import Look, Period, name_of
from terms.errors import NotFound
from terms.ids import UnitCode
from terms.messages import sentence

QUOTED_AT_MOST = 4  # clauses an item quotes, the most cited first


@dataclass(frozen=True, slots=True)
class Judgement:
    """What a digest says of an item; empty where nobody has judged it."""

    opinion: str = ""
    disposition: str = ""
    owner: str = ""
    due: date | None = None
    result: str = ""
    closed: bool = False


@dataclass(frozen=True, slots=True)
class Disputed:
    """One item of the digest: its figures of the period, its judgement, and since which digest it is open."""

    item: str
    matter: str
    units: tuple[str, ...]
    orders: int
    returned: int
    cases: tuple[str, ...]
    clauses: tuple[str, ...]
    judged: Judgement
    times: int
    open_since: str

    @property
    def state(self) -> str:
        """待研判, 办理中 or 已办结."""
        code = "closed" if self.judged.closed else "judged" if self.judged.due else "waiting"
        return sentence(f"digest.{code}")


@dataclass(frozen=True, slots=True)
class PeriodDigest:
    """The digest of a period. `digest_no` is empty where none was opened for it yet; `beside` counts the disputed
    matters of the period that a recorded one does not list."""

    period: Period
    digest_no: str
    number: str  # 文号, once published
    dispatched: int
    returned: int
    upheld: int
    refused: int
    closed_before: int
    items: tuple[Disputed, ...]
    beside: int


def period_digest(look: Look, period: Period, digest_no: str = "") -> PeriodDigest:
    """The recorded digest of that number, else the newest one that ends within the period: a recorded one is of its
    own period, whatever was asked for. Else what a digest of the period would list.

    Raises NotFound for a number nobody gave.
    """
    digests = look.rows(look.table(DIGESTS, "digests"), order=("position",))
    if digest_no and all(one["digest_no"] != digest_no for one in digests):
        raise NotFound("readings.no-digest", number=digest_no)
    within = [one for one in digests if period.since <= one["period_to"] < period.until]
    own = next((one for one in digests if one["digest_no"] == digest_no), within[-1] if within else None)
    if own is not None:
        period = Period(*(date.fromisoformat(own[name]) for name in ("period_from", "period_to")))
    before = [one for one in digests if own is None or one["position"] < own["position"]]
    items = look.table(DIGESTS, "items")
    kept = look.rows(items, order=("digest_no", "at"))
    disputed = {one.key: one for one in disputed_matters(look, period)}
    last = before[-1]["digest_no"] if before else ""
    if own is not None:
        listed = [row for row in kept if row["digest_no"] == own["digest_no"]]
    else:  # not opened yet: what the last one left open would come again
        listed = [row for row in kept if row["digest_no"] == last and not row["closed"]]
    known = {row["matter"] for row in listed}
    fresh = [_fresh(one) for one in disputed.values() if one.returned and one.matter not in known]
    found = [_listed(row, _matched(row, disputed.values()), kept, again=own is None) for row in listed]
    sums = _sums(look, period)
    return PeriodDigest(
        period=period,
        digest_no=own["digest_no"] if own else "",
        number=own["number"] if own else "",
        dispatched=_dispatched(look, period),
        returned=sums.get("returned", 0),
        upheld=sums.get("upheld", 0) + sums.get("support_added", 0),
        refused=sums.get("refused", 0),
        closed_before=sum(row["digest_no"] == last and row["closed"] for row in kept) if last else 0,
        items=tuple(found if own is not None else found + fresh),
        beside=len(fresh) if own is not None else 0,
    )


def items_to_open(look: Look, period: Period) -> tuple[e.DigestItem, ...]:
    """What a digest of the period is opened with (`OpenDigest`): the disputed matters, by their keys."""
    return tuple(
        e.DigestItem(
            item=one.key,
            matter=one.matter,
            units=tuple(UnitCode(unit) for unit in one.units),
            returns=one.returned,
            cases=one.cases,
        )
        for one in disputed_matters(look, period)
    )


def as_paper(found: PeriodDigest, register: RegisterEdition, issuer: str, today: date) -> paper.Digest:
    """The digest as an official paper; clauses are quoted from the register, those no longer in force by their id."""
    owners = dict.fromkeys(name_of(one.judged.owner, register) for one in found.items if one.judged.owner)
    return paper.Digest(
        issuer=issuer,
        issued_on=today,
        doc_no=found.number,
        addressees=tuple(one for one in owners if one != issuer) or (sentence("digest.all-units"),),
        attachments=(sentence("digest.attachment"),),
        period=period_in_words(found.period),
        first_day=found.period.begin,
        last_day=found.period.end,
        dispatched=found.dispatched,
        returned=found.returned,
        upheld=found.upheld,
        refused=found.refused,
        closed=found.closed_before,
        items=tuple(_on_paper(at, one, register) for at, one in enumerate(found.items, 1)),
    )


def period_in_words(period: Period) -> str:
    """A period as a title names it: 2026年11月, 2026年第4季度, else 2026年11月1日至11月26日."""
    begin, end = period.begin, period.end
    months = (end.year - begin.year) * 12 + end.month - begin.month + 1
    whole = begin.day == 1 and (end + timedelta(days=1)).day == 1
    if whole and months == 1:
        return sentence("digest.month", year=begin.year, month=begin.month)
    if whole and months == 3 and begin.month % 3 == 1:
        return sentence("digest.quarter", year=begin.year, quarter=begin.month // 3 + 1)
    year = "" if end.year == begin.year else f"{end.year}年"
    return sentence("digest.period", begin=chinese_date(begin), end=f"{year}{end.month}月{end.day}日")


def _on_paper(at: int, one: Disputed, register: RegisterEdition) -> paper.DigestItem:
    return paper.DigestItem(
        number=at,
        matter=one.matter,
        units=tuple(name_of(unit, register) for unit in one.units),
        orders=one.orders,
        opinion=one.judged.opinion,
        disposition=one.judged.disposition,
        owner=name_of(one.judged.owner, register),
        due=one.judged.due,
        state=one.state,
        times=one.times,
        quotes=quote_even_ended(one.clauses, register),
    )


def _matched(row: Mapping[str, Any], disputed: Iterable[DisputedMatter]) -> DisputedMatter | None:
    return next((one for one in disputed if row["item"] == one.key or row["matter"] == one.matter), None)


def _listed(row: Mapping[str, Any], now: DisputedMatter | None, kept: list[dict[str, Any]], *, again: bool) -> Disputed:
    times = sum(other["item"] == row["item"] and other["matter"] == row["matter"] for other in kept)
    return Disputed(
        item=row["item"],
        matter=row["matter"],
        units=tuple(filter(None, row["units"].split("|"))) or (now.units if now else ()),
        orders=len(now.orders) if now else 0,
        returned=now.returned if now else row["returns"],
        cases=tuple(filter(None, row["cases"].split("|"))),
        clauses=_clauses(now),
        judged=Judgement(
            row["opinion"], row["disposition"], row["owner"], date.fromisoformat(row["due"]) if row["due"] else None,
            row["result"], row["closed"],
        ),
        times=times + again,
        open_since=row["open_since"],
    )  # fmt: skip


def _fresh(one: DisputedMatter) -> Disputed:
    return Disputed(
        item=one.key, matter=one.matter, units=one.units, orders=len(one.orders), returned=one.returned,
        cases=one.cases, clauses=_clauses(one), judged=Judgement(), times=1, open_since="",
    )  # fmt: skip


def _clauses(one: DisputedMatter | None) -> tuple[str, ...]:
    cited = dict.fromkeys(cited.clause for cited in one.clauses) if one else {}
    return tuple(cited)[:QUOTED_AT_MOST]


def _sums(look: Look, period: Period) -> dict[str, int]:
    found = count(look.connection, look.table(DISPUTES, "returned"), ("what",), look.cut(period))
    return {what: times for (what,), times in found.items()}


def _dispatched(look: Look, period: Period) -> int:
    facts = look.table(ACCOUNTABILITY, "facts")
    cut = look.cut(period, measure="dispatched")
    return int(
        look.connection.execute(select(func.count(func.distinct(facts.c.order_no))).where(cut.on(facts))).scalar_one()
    )
