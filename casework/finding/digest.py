"""The periodic digest (退单争议定期梳理): each disputed item comes back until it is closed (domain, section 3)."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime

from casework import events as e
from casework.finding import commands as c
from casework.finding.decide import permit
from casework.guards import refuse, require
from casework.numbers import numbered
from casework.occasion import Occasion
from terms.ids import StreamId

Facts = tuple[e.DigestFact, ...]


def digest_stream(digest_no: str) -> StreamId:
    """The stream of one digest."""
    return StreamId(f"digest-{digest_no}")


@dataclass(frozen=True, slots=True)
class Digest:
    """One digest as it stands."""

    digest_no: str
    version: int = 0
    last_at: datetime | None = None
    items: tuple[e.DigestItem, ...] = ()
    judged: frozenset[str] = frozenset()
    closed: frozenset[str] = frozenset()
    published: str = ""

    @property
    def open_items(self) -> tuple[e.DigestItem, ...]:
        """What the next digest has to take up again."""
        return tuple(item for item in self.items if item.item not in self.closed)


def evolve(digest: Digest, fact: e.DigestFact, at: datetime) -> Digest:
    """The digest after one more fact."""
    last_at = at if digest.last_at is None else max(digest.last_at, at)
    return replace(_fold(digest, fact), version=digest.version + 1, last_at=last_at)


def replay(digest_no: str, facts: Iterable[tuple[e.DigestFact, datetime]]) -> Digest:
    """The digest after all its facts."""
    digest = Digest(digest_no)
    for fact, at in facts:
        digest = evolve(digest, fact, at)
    return digest


def _fold(digest: Digest, fact: e.DigestFact) -> Digest:
    if isinstance(fact, e.DigestOpened):
        return replace(digest, items=fact.items)
    if isinstance(fact, e.DigestItemJudged):
        return replace(digest, judged=digest.judged | {fact.item})
    if isinstance(fact, e.DigestItemClosed):
        return replace(digest, closed=digest.closed | {fact.item})
    if isinstance(fact, e.DigestPublished):
        return replace(digest, published=fact.number)
    return digest


def decide(digest: Digest, command: c.FindingCommand, occasion: Occasion, previous: Digest | None = None) -> Facts:
    """What follows from a command on a digest; `previous` is the digest before, when one is opened.

    Raises NotPermitted when the role may not, Refused with the rule and what to do instead.
    """
    permit(command, occasion)
    if isinstance(command, c.OpenDigest):
        return _open(digest, command, previous)
    require(digest.version > 0, "digest-opened-first")
    if isinstance(command, c.JudgeItem):
        return _judge(digest, command, occasion)
    if isinstance(command, c.CloseItem):
        _known(digest, command.item)
        require(command.item in digest.judged, "digest-item-judged-first")
        require(bool(command.result.strip()), "text-given")
        if command.item in digest.closed:
            return ()
        return (e.DigestItemClosed(digest_no=digest.digest_no, item=command.item, result=command.result),)
    if isinstance(command, c.PublishDigest):
        waiting = "、".join(item.matter for item in digest.items if item.item not in digest.judged)
        require(not waiting, "digest-complete", waiting=waiting)
        numbered(command.number, occasion)
        require(not digest.published, "digest-published-once")
        return (e.DigestPublished(digest_no=digest.digest_no, number=command.number),)
    raise refuse("digest-opened-first")


def _open(digest: Digest, command: c.OpenDigest, previous: Digest | None) -> Facts:
    """What the digest before left open is in this one again, with the day it first came up."""
    require(digest.version == 0, "digest-opened-once")
    require(command.period_from <= command.period_to, "period-in-order")
    named = {item.item: item for item in command.items}
    carried = _carried(previous, named) if previous else []
    known = {item.item for item in carried}
    fresh = [item for item in named.values() if item.item not in known]
    return (
        e.DigestOpened(
            digest_no=digest.digest_no,
            period_from=command.period_from,
            period_to=command.period_to,
            previous=previous.digest_no if previous else "",
            items=(*carried, *fresh),
        ),
    )


def _carried(previous: Digest, named: dict[str, e.DigestItem]) -> list[e.DigestItem]:
    return [
        item.model_copy(update={"open_since": item.open_since or previous.digest_no} | _counted(named.get(item.item)))
        for item in previous.open_items
    ]


def _counted(item: e.DigestItem | None) -> dict[str, object]:
    """The figures of this period for an item carried over."""
    return {"returns": item.returns, "cases": item.cases} if item else {"returns": 0}


def _judge(digest: Digest, command: c.JudgeItem, occasion: Occasion) -> Facts:
    """研判意见, a disposition of the city's list, an owner and a date; a later judgement replaces the first."""
    _known(digest, command.item)
    require(
        command.disposition in occasion.city.cases.dispositions, "disposition-known", disposition=command.disposition
    )
    require(bool(command.opinion.strip()), "text-given")
    require(command.owner in occasion.register.units, "unit-known", unit=command.owner)
    require(command.due > occasion.calendar.local_day(occasion.now), "due-ahead")
    return (
        e.DigestItemJudged(
            digest_no=digest.digest_no,
            item=command.item,
            opinion=command.opinion,
            disposition=command.disposition,
            owner=command.owner,
            due=command.due,
        ),
    )


def _known(digest: Digest, item: str) -> None:
    require(item in {one.item for one in digest.items}, "digest-item-known", item=item)
