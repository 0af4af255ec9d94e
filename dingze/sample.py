"""`dingze init --sample`: the sample city's mandates and a scripted month of its life."""

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from dingze.wiring import Dingze
from ledger.envelope import Bookmark
from mandates.enact import enact
from projections.awaiting import AWAITING
from projections.engine import ProjectionEngine
from sample.calls import calls
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
    """Enact the sample city's mandates and play the month that ended yesterday; what was added.

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
    month = calls(ends.astimezone(zone).date() - timedelta(days=1))
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
    # Only the view the proposer reads is kept up while playing; the others are folded once at the end, in big batches.
    awaiting = ProjectionEngine(played.ledger, played.views, (AWAITING,), played.open_masked)
    return Stage(
        clock=clock,
        ends=ends,
        gateway=played.gateway,
        desk=played.desk,
        vault=played.vault,
        proposer=replace(played.proposer, projections=awaiting),
        hours=OfficeHours(played.calendar, zone),
        zone=zone,
    )
