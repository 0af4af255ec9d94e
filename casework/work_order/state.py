"""The state of one work order, folded from its facts (domain, section 5). Frozen: a fact gives a new one."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

from casework.clocks import Tier
from casework.events import Deadline, HistoryRecorded
from casework.events.fact import Part
from routing.proposal import Proposal
from terms.ids import UnitCode


class Status(StrEnum):
    """Where the work stands. A return, consultation, extension or hand-over lies beside it and never stops it."""

    UNKNOWN = "未知"  # only history has arrived so far
    TO_ACCEPT = "待受理"
    TO_SUPPLEMENT = "待补充"
    TO_DISPATCH = "待派遣"
    DISPATCHED = "已派单"
    SIGNED = "签收"
    WORKING = "办理中"
    SHELVED = "挂账"
    RESULT_REVIEW = "办结审核"
    FOLLOW_UP = "回访"
    REWORK = "重办"
    NOT_ACCEPTED = "不予受理"
    ANSWERED = "即时答复"
    MERGED = "并单"
    CLOSED = "结案"
    TERMINATED = "终止"
    ARCHIVED = "归档"


BEFORE_DISPATCH = frozenset({Status.TO_ACCEPT, Status.TO_SUPPLEMENT, Status.TO_DISPATCH})
IN_HANDS = frozenset({Status.DISPATCHED, Status.SIGNED, Status.WORKING, Status.REWORK})  # the lead can act
WITH_LEAD = IN_HANDS | {Status.SHELVED, Status.RESULT_REVIEW, Status.FOLLOW_UP}  # exactly one current lead
AT_REST = frozenset({Status.NOT_ACCEPTED, Status.ANSWERED, Status.MERGED, Status.CLOSED, Status.TERMINATED})


@dataclass(frozen=True, slots=True)
class Member:
    """A unit's part in the order: each with its own course."""

    unit: UnitCode
    part: Part
    signed: bool = False
    started: bool = False
    finished: bool = False
    objected: bool = False  # a support objects to its own share
    share: str = ""
    offices: tuple[str, ...] = ()  # assigned inside, not collected yet
    assigned_inside: bool = False
    signed_off: bool = False
    extensions: int = 0  # granted
    asked_extension: bool = False
    asked_long_cycle: bool = False
    asked_exclusion: bool = False
    supervision: str = ""  # the highest step so far


@dataclass(frozen=True, slots=True)
class Asked:
    """A unit asked before an order is moved to it; `due` until when silence is no answer yet."""

    unit: UnitCode
    due: datetime | None = None
    answered: bool = False
    agrees: bool | None = None


@dataclass(frozen=True, slots=True)
class Objection:
    """One return of this order."""

    number: int
    unit: UnitCode
    reason: str
    proposed: UnitCode | None = None
    asked: tuple[Asked, ...] = ()
    outcome: str = ""  # "", "refused", "reassigned", "support_added", "designated", "withdrawn"

    @property
    def open(self) -> bool:
        """Whether the review still has to decide."""
        return not self.outcome


@dataclass(frozen=True, slots=True)
class HandOver:
    """One hand-over (移送) between links of the matter."""

    number: int
    sender: UnitCode
    receiver: UnitCode
    state: str = "sent"  # "sent", "received", "refused", "fed_back"


@dataclass(frozen=True, slots=True)
class Consultation:
    """One consultation (会商) on whose the order is."""

    number: int
    units: tuple[UnitCode, ...]
    open: bool = True


@dataclass(frozen=True, slots=True)
class WorkOrder:
    """One work order as it stands. `version` counts the facts folded, `last_at` never runs backwards."""

    order_no: str
    version: int = 0
    last_at: datetime | None = None
    status: Status = Status.UNKNOWN
    # what came in
    received_at: datetime | None = None
    kind: str = ""
    tier: Tier = "general"
    starts_clocks: bool = True
    stated_due: datetime | None = None  # 办理时限 the order brought along: a moment, or working days from dispatch
    stated_days: int | None = None
    stated_excluded: bool = False  # 是否不计考核, as the platform says it came from
    reporter_hidden: bool = False
    subject_units: tuple[UnitCode, ...] = ()
    erased: bool = False
    chases: int = 0
    # who answers
    proposal: Proposal | None = None
    proposals: int = 0
    matter: str = ""
    matter_id: str | None = None
    disputed: str = ""  # boundary case
    lead: UnitCode | None = None
    desk: UnitCode | None = None
    members: tuple[Member, ...] = ()  # the lead and its supports, present ones only
    first_receiver: UnitCode | None = None
    past_leads: tuple[UnitCode, ...] = ()
    designated: UnitCode | None = None
    grounds: tuple[tuple[UnitCode, str], ...] = ()  # what each present unit was given its part on
    reformed_on: date | None = None  # a 机构改革 carried a part over: from then on that day's register judges
    escalated: bool = False  # the review has to designate
    bounces: int = 0
    objections: tuple[Objection, ...] = ()
    consultations: tuple[Consultation, ...] = ()
    hand_overs: tuple[HandOver, ...] = ()
    # merging
    suspected: str = ""  # the earlier order it seems to repeat; a person decides
    suspected_score: int = 0  # percent
    parent: str = ""
    children: tuple[str, ...] = ()
    # clocks
    clocks: tuple[Deadline, ...] = ()
    shelf: tuple[Deadline, ...] = ()  # stopped
    shelved_at: datetime | None = None
    status_before_shelf: Status | None = None
    warned: frozenset[tuple[str, UnitCode, datetime]] = frozenset()
    expired: frozenset[tuple[str, UnitCode, datetime]] = frozenset()
    # how it ends
    round: int = 1
    contacted: bool | None = None
    resolved: bool | None = None
    satisfied: bool | None = None
    followed_up: bool = False
    left_out: frozenset[UnitCode] = frozenset()  # 不计考核: units it does not count for, whether they have a part yet
    reply: str = ""
    rated: frozenset[tuple[UnitCode, UnitCode]] = frozenset()
    history: tuple[HistoryRecorded, ...] = ()  # in the order things happened, not as they arrived

    def handed_elsewhere(self, unit: UnitCode) -> HistoryRecorded | None:
        """The last dispatch by an older platform, if it was to this unit, said until when, and none was made here."""
        if self.first_receiver is not None:
            return None
        last = next((one for one in reversed(self.history) if one.what in ("dispatched", "reassigned")), None)
        to_this_unit = last is not None and (last.other_unit or last.unit) == unit
        return last if to_this_unit and last is not None and last.handle_due is not None else None

    def member(self, unit: UnitCode) -> Member | None:
        """The unit's part in the order, or None."""
        return next((member for member in self.members if member.unit == unit), None)

    @property
    def supports(self) -> tuple[UnitCode, ...]:
        """The supporting units, in the order they came in."""
        return tuple(member.unit for member in self.members if member.part == "support")

    @property
    def objection(self) -> Objection | None:
        """The return that waits for its review, if any."""
        return next((one for one in reversed(self.objections) if one.open), None)

    @property
    def consultation(self) -> Consultation | None:
        """The consultation that is open, if any."""
        return next((one for one in reversed(self.consultations) if one.open), None)

    @property
    def stage(self) -> str:
        """The state a page shows: what lies beside the work goes before where the work stands (section 5)."""
        if self.status in WITH_LEAD or self.status in BEFORE_DISPATCH:
            if found := self.objection:
                return "异议审核" if found.proposed is None or all(one.answered for one in found.asked) else "退单申请"
            if self.consultation:
                return "会商"
            if any(one.state in ("sent", "received") for one in self.hand_overs):
                return "移送"
            if any(member.asked_extension for member in self.members):
                return "延期"
        return self.status

    def clock(self, clock: str, unit: UnitCode | None = None) -> Deadline | None:
        """A running clock by name and, where it has one, unit."""
        return next((one for one in self.clocks if one.clock == clock and (unit is None or one.unit == unit)), None)

    def units(self) -> Iterator[UnitCode]:
        """Everybody who has, or was asked to take, a part: who may see the order."""
        yield from (member.unit for member in self.members)
        yield from self.past_leads
        if self.desk:
            yield self.desk
        for objection in self.objections:
            yield from (one.unit for one in objection.asked)
        for hand_over in self.hand_overs:
            yield hand_over.receiver
        for consultation in self.consultations:
            yield from consultation.units
