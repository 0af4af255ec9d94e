"""`dingze init --sample`: the sample city's mandates and a scripted month of its life."""

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from functools import lru_cache
from typing import Any
from zoneinfo import ZoneInfo

from automation.standings import Standings
from casework.events import Attachment
from casework.standing import Standing
from console.forms import Upload
from dingze.wiring import Dingze
from ledger.envelope import Bookmark
from mandates.edition import RegisterEdition
from mandates.enact import enact
from projections.awaiting import AWAITING
from projections.engine import ProjectionEngine
from projections.matters import STANDINGS
from projections.outcomes import LEARNABLE
from sample.calls import calls, this_morning
from sample.hours import OfficeHours
from sample.load import sample_items
from sample.month import play_month
from sample.stage import ScriptedClock, Stage
from terms.actors import process
from terms.errors import BadInput

IN_FORCE_FROM = datetime(2015, 1, 1, tzinfo=UTC)
READER, BEGUN, DONE = "sample", "month begun", "month done"
BEFORE_THE_MONTH = timedelta(days=1)


def load_sample(dingze: Dingze, advance: Callable[[int], None] = lambda _: None) -> dict[str, Any]:
    """Enact the sample city's mandates and play the month that ended yesterday and this morning; what was added.

    A second time adds nothing and says so (`already`). Two bookmarks tell a month that was played from one that was
    broken off; the latter cannot be taken up in the middle. Raises BadInput `sample.interrupted` for it.
    """
    marks = dingze.ledger.bookmarks(READER)
    if DONE in marks:
        return {"already": True, "mandates": 0, "orders": 0, "events": 0}
    if BEGUN in marks:
        raise BadInput("sample.interrupted", at=dingze.settings.database_url)
    ends = dingze.clock()
    zone = ZoneInfo(dingze.city.timezone)
    month = this_morning(calls(ends.astimezone(zone).date() - timedelta(days=1)), ends)
    clock = ScriptedClock(month[0].received_at - BEFORE_THE_MONTH)
    played = Dingze(dingze.settings, clock)
    try:
        before = played.ledger.head()
        played.ledger.append(bookmarks=[Bookmark(READER, BEGUN, None, int(ends.timestamp()))])
        enacted = enact(played.ledger, sample_items(), at=IN_FORCE_FROM, actor=str(process(READER)))
        stage = _stage(played, clock, ends, zone)
        play_month(stage, month, advance)
        played.ledger.append(bookmarks=[Bookmark(READER, DONE, None, int(ends.timestamp()))])
        played.projections.catch_up()
        return {
            "already": False,
            "mandates": enacted.enacted,
            "orders": len(month),
            "events": played.ledger.head() - before,
            "from": month[0].received_at.isoformat(),
            "to": ends.isoformat(),
            "refused": dict(stage.refused),
        }
    finally:
        played.close()


def _stage(played: Dingze, clock: ScriptedClock, ends: datetime, zone: ZoneInfo) -> Stage:
    # Only the views that the proposer and the desk ask are kept up while playing; the others are folded once at the
    # end, in big batches.
    kept = ProjectionEngine(played.ledger, played.views, (AWAITING, STANDINGS), played.open_masked)
    known = _Known(played, kept)
    outcomes = ProjectionEngine(played.ledger, played.views, (LEARNABLE,), played.open_masked)

    def learn() -> None:
        outcomes.catch_up()
        played.learner.step()

    def keep(order_no: str, name: str, content: bytes) -> Attachment:
        (kept_file,) = played.attachments.keep(order_no, (Upload(name, content),))
        return kept_file

    return Stage(
        clock=clock,
        ends=ends,
        gateway=played.gateway,
        desk=replace(played.desk, register=known.register, standing=known.standing),
        vault=played.vault,
        proposer=replace(played.proposer, projections=kept),
        hours=OfficeHours(played.calendar, zone),
        zone=zone,
        keep=keep,
        refresh=known.forget,
        learn=learn,
    )


class _Known:
    """What the desk asks again and again, kept until something that changes it happened on the stage."""

    def __init__(self, played: Dingze, views: ProjectionEngine) -> None:
        self._views = views
        self._register = lru_cache(maxsize=64)(played.register.as_of)
        self._standing = lru_cache(maxsize=4096)(Standings(views).standing)

    def register(self, day: date) -> RegisterEdition:
        """The register of a day."""
        return self._register(day)

    def standing(self, matter_id: str) -> Standing:
        """What is known of a matter."""
        return self._standing(matter_id)

    def forget(self) -> None:
        """Something was decided: ask the record again."""
        self._views.catch_up()
        self._register.cache_clear()
        self._standing.cache_clear()
