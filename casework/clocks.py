"""Which clock runs for whom, from when until when (domain, section 4). Pure: moments and the calendar come in.

A unit's clock starts at dispatch, not at signing. A reassignment restarts the unit's clocks, never the citizen's
total. An extension moves a deadline, it does not stop a clock; shelving stops it. A longer statutory limit prevails.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Literal

from casework.events.fact import Deadline, Part
from city.calendar import WorkingCalendar
from city.configuration import CityConfiguration
from city.limits import Limit, Unit, working_days
from terms.ids import UnitCode

NOBODY = UnitCode("")
Tier = Literal["life_safety", "urgent", "general"]


class Clock(StrEnum):
    """The clocks of an order, a boundary case and a finding."""

    DISPATCH = "dispatch"  # 受理 → 派单, the hotline's
    SIGN = "sign"  # 签收
    RETURN = "return"  # 退单; its expiry is acceptance by silence
    ANSWER = "answer"  # the proposed unit is asked
    REVIEW = "review"  # 异议审核
    FIRST_CONTACT = "first_contact"  # 首次联系
    HANDLE = "handle"  # 办理
    TOTAL = "total"  # the citizen's: never restarted
    REWORK = "rework"  # 重办
    RESULT_REVIEW = "result_review"  # 办结审核
    FOLLOW_UP = "follow_up"  # 回访
    HAND_OVER = "hand_over"  # 移送: receipt
    HAND_OVER_RESULT = "hand_over_result"  # 移送: result fed back
    SHELF = "shelf"  # 挂账: review date
    NEGOTIATION = "negotiation"
    OPINION = "opinion"
    RECTIFICATION = "rectification"


STOPPED_ON_THE_SHELF = frozenset({Clock.HANDLE, Clock.TOTAL, Clock.REWORK, Clock.FIRST_CONTACT})


@dataclass(frozen=True, slots=True)
class Reckoner:
    """Reckons deadlines for one city at one moment (`now`, aware)."""

    city: CityConfiguration
    calendar: WorkingCalendar
    now: datetime

    def start(self, clock: Clock, limit: Limit, unit: UnitCode = NOBODY, part: Part | None = None) -> Deadline:
        """A clock that starts now."""
        due = self.calendar.after(self.now, limit)
        return self._deadline(clock, unit, part, self.now, due.at, limit.unit in _ROUND, due.provisional)

    def _deadline(
        self,
        clock: str,
        unit: UnitCode,
        part: Part | None,
        starts: datetime,
        due: datetime,
        round_the_clock: bool,
        provisional: bool,
    ) -> Deadline:
        seconds = int((due - starts).total_seconds()) * self.city.clocks.warn_at_percent // 100
        return Deadline(
            clock=clock,
            unit=unit,
            part=part,
            starts=starts,
            warn_at=starts + timedelta(seconds=seconds),
            due=due,
            round_the_clock=round_the_clock,
            provisional=provisional,
        )

    # --- the limits of section 4 ---

    def dispatch(self, tier: Tier) -> Deadline:
        """Receive → dispatch: urgent 30 minutes, general 2 hours (深圳)."""
        clocks = self.city.clocks
        return self.start(Clock.DISPATCH, clocks.dispatch_general if tier == "general" else clocks.dispatch_urgent)

    def handle_limit(self, kind: str, tier: Tier, *, complex_matter: bool, statutory_days: int | None) -> Limit:
        """Enquiry 3, general 5, complex 15 working days, urgent 24 hours; a longer statutory limit prevails."""
        if statutory_days is not None and self._longer(statutory_days, kind, tier, complex_matter):
            return working_days(statutory_days)
        return self._handle(kind, tier, complex_matter)

    def _handle(self, kind: str, tier: Tier, complex_matter: bool) -> Limit:
        clocks = self.city.clocks
        if tier != "general":
            return clocks.handle_urgent
        if complex_matter:
            return clocks.handle_complex
        return clocks.handle_enquiry if kind in self.city.work.kinds_enquiry else clocks.handle_general

    def _longer(self, statutory_days: int, kind: str, tier: Tier, complex_matter: bool) -> bool:
        usual = self.calendar.after(self.now, self._handle(kind, tier, complex_matter)).at
        return self.calendar.after(self.now, working_days(statutory_days)).at > usual

    def sign_limit(self, tier: Tier, *, utility: bool) -> Limit:
        """15 minutes where life is at stake, 30 for an urgent matter at a utility, else a working day (天津)."""
        clocks = self.city.clocks
        if tier == "life_safety":
            return clocks.sign_life_safety
        return clocks.sign_urgent if tier == "urgent" and utility else clocks.sign_general

    def unit_clocks(self, unit: UnitCode, part: Part, sign: Limit, handle: Limit) -> tuple[Deadline, ...]:
        """A unit's clocks, all from dispatch: sign for, return (leads), first contact (leads), handle."""
        clocks = self.city.clocks
        own = [self.start(Clock.SIGN, sign, unit, part), self.start(Clock.HANDLE, handle, unit, part)]
        if part == "lead":
            own.append(self.start(Clock.RETURN, clocks.return_order, unit, part))
            own.append(self.start(Clock.FIRST_CONTACT, clocks.first_contact, unit, part))
        return tuple(own)

    def answer(self, unit: UnitCode, tier: Tier) -> Deadline:
        """The unit a return points at has this long to be heard."""
        clocks = self.city.clocks
        limit = clocks.proposed_unit_answer if tier == "general" else clocks.proposed_unit_answer_urgent
        return self.start(Clock.ANSWER, limit, unit)

    def extended(self, running: Deadline, limit: Limit) -> Deadline:
        """The deadline moved by `limit` from where it stood: an extension moves it, it does not stop the clock."""
        moved = self.calendar.after(running.due - timedelta(seconds=1), limit)
        return self._moved(running, max(moved.at, running.due), moved.provisional)

    def resumed(self, stopped: Deadline, stopped_at: datetime) -> Deadline:
        """A clock taken from the shelf with the time that was left; one that had run out stays out."""
        if stopped.due <= stopped_at:
            return stopped
        if stopped.round_the_clock:
            return self._moved(stopped, self.now + (stopped.due - stopped_at), stopped.provisional)
        last_day = self.calendar.local_day(stopped.due - timedelta(seconds=1))
        left = self.calendar.working_days_between(self.calendar.local_day(stopped_at), last_day)
        found = self.calendar.working_days_after(self.calendar.local_day(self.now), left)
        return self._moved(stopped, max(found.at, stopped.due), found.provisional)

    def stated(self, running: Deadline, due: datetime, starts: datetime | None = None) -> Deadline:
        """The clock due when the order or an older platform says (办理时限); `starts` where it ran before it came."""
        since = starts or running.starts
        told = self._deadline(running.clock, running.unit, running.part, since, due, running.round_the_clock, False)
        return told.model_copy(update={"ground": "stated"})

    def _moved(self, running: Deadline, due: datetime, provisional: bool) -> Deadline:
        return self._deadline(
            running.clock,
            running.unit,
            running.part,
            running.starts,
            due,
            running.round_the_clock,
            running.provisional or provisional,
        )


_ROUND = (Unit.MINUTE, Unit.HOUR)


def tier_of(urgency: str, text: str, city: CityConfiguration) -> Tier:
    """Which tier of limits holds: life at stake by urgency or by its words, urgent, or general."""
    if urgency in city.work.life_safety or any(word in text for word in city.life_safety_words):
        return "life_safety"
    return "urgent" if urgency in city.work.urgent else "general"


def starts_clocks(received_at: datetime, recorded_at: datetime, city: CityConfiguration) -> bool:
    """An order older than `city.imports.clocks_start_within_days` when it comes in starts no clocks."""
    return recorded_at - received_at <= timedelta(days=city.imports.clocks_start_within_days)


def replace_clocks(running: tuple[Deadline, ...], fresh: Iterable[Deadline]) -> tuple[Deadline, ...]:
    """The running clocks with those of the same clock and unit replaced by the fresh ones."""
    fresh = tuple(fresh)
    replaced = {(one.clock, one.unit) for one in fresh}
    return (*(one for one in running if (one.clock, one.unit) not in replaced), *fresh)
