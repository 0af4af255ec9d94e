"""Lives of work orders as facts, for tests and benchmarks: not every one is lawful, and a view must fold them all."""

import random
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

from casework import events as e
from ledger.envelope import Append, NewEvent
from routing.proposal import Abstention, Candidate, Citation, Proposal, Reason
from terms.ids import ClauseId, InstrumentId, UnitCode, order_stream

START = datetime(2023, 4, 3, 1, 0, tzinfo=UTC)
UNITS = tuple(UnitCode(code) for code in ("C05", "C11", "C18", "C26", "D1-03", "S1-02"))
MATTERS = ("餐饮油烟", "占道停车", "工地扬尘", "施工噪声")
CLAUSES = tuple(ClauseId(f"{unit}-3-{number}") for unit in UNITS for number in (1, 2))
REASONS = ("not_ours", "unclear", "overlap", "territory", "incomplete")


class Life:
    """Makes the facts of one order; every fact happens `minutes` after the one before."""

    units = UNITS
    matters = MATTERS
    districts: tuple[str, ...] = ("云东区", "云西区")
    callers = 50

    def __init__(self, order_no: str, at: datetime = START, rng: random.Random | None = None) -> None:
        self.order_no = order_no
        self.at = at
        self.rng = rng or random.Random(order_no)
        self.lead = self.units[0]
        self.objections = 0
        self.bounces = 0

    def now(self, minutes: int = 30) -> datetime:
        """The time of the next fact."""
        self.at += timedelta(minutes=minutes)
        return self.at

    def deadlines(self, unit: UnitCode, part: e.Part = "lead", clocks: tuple[str, ...] = ("sign", "return", "handle")):
        """A unit's clocks: a day to sign, a day to return, five to handle."""
        days = {"sign": 1, "return": 1, "handle": 5, "rework": 3, "dispatch": 1, "review": 1}
        return tuple(
            e.Deadline(
                clock=clock, unit=unit, part=part, starts=self.at, warn_at=self.at + timedelta(days=days[clock] * 0.8),
                due=self.at + timedelta(days=days[clock]),
            )
            for clock in clocks
        )  # fmt: skip

    def received(self, masked: dict[str, Any] | None = None, **fields: Any) -> e.WorkOrderReceived:
        """受理."""
        given: dict[str, Any] = {
            "order_no": self.order_no, "kind": "投诉", "category": "城乡建设/市容环卫", "urgency": "一般",
            "district": self.rng.choice(self.districts), "street": "青石街道", "channel": "12345",
            "received_at": self.at, "caller": f"caller-{self.rng.randrange(self.callers)}",
            "masked": masked or {"title": f"{self.order_no} 号诉求", "place": "青石路"},
            "deadlines": self.deadlines(UnitCode(""), clocks=("dispatch",)),
        }  # fmt: skip
        return e.WorkOrderReceived(**(given | fields))

    def citation(self, unit: UnitCode) -> Citation:
        """A clause of the unit."""
        clause = ClauseId(f"{unit}-3-{self.rng.choice((1, 2))}")
        return Citation(unit, clause, InstrumentId("i-" + unit), "负责市容环境卫生监督管理。", (0, 6), (2, 8), "")

    def proposed(self) -> e.AssignmentProposed:
        """The router's whole answer, as long as real ones are."""
        matter = self.rng.choice(self.matters)
        lead = self.rng.choice(self.units)
        sure = self.rng.random() < 0.7
        return e.AssignmentProposed(
            order_no=self.order_no,
            proposal=Proposal(
                lead=lead, supports=(), confidence=90 if sure else 40, automatic=sure,
                abstained=None if sure else Abstention("route.two-clauses", "两条依据相当"),
                citations=(self.citation(lead),) if sure else (),
                candidates=tuple(Candidate(unit, 900 - 90 * n, "次于首选") for n, unit in enumerate(UNITS)),
                reasons=tuple(Reason(unit, "wording", "油烟扰民", 40) for unit in UNITS),
                register_edition="r" * 64, memory_edition="m" * 64, city_version="c" * 64,
                matter=matter, matter_id=ClauseId("dp-" + matter) if sure else None,
            ),
        )  # fmt: skip

    def dispatched(self, lead: UnitCode | None = None, **fields: Any) -> e.WorkOrderDispatched:
        """派单."""
        self.lead = lead or self.rng.choice(self.units)
        support = self.rng.choice(self.units)
        supports = (support,) if support != self.lead and self.rng.random() < 0.3 else ()
        clocks = self.deadlines(self.lead) + tuple(
            one for unit in supports for one in self.deadlines(unit, "support", ("sign", "handle"))
        )
        given: dict[str, Any] = {
            "order_no": self.order_no, "lead": self.lead, "supports": supports, "by": self.rng.choice(("rule", "hand")),
            "citations": (self.citation(self.lead),), "deadlines": clocks, "matter": self.rng.choice(self.matters),
        }  # fmt: skip
        return e.WorkOrderDispatched(**(given | fields))

    def returned(self, **fields: Any) -> e.ReturnRequested:
        """退单."""
        self.objections += 1
        other = self.rng.choice([unit for unit in self.units if unit != self.lead])
        given: dict[str, Any] = {
            "order_no": self.order_no, "objection": self.objections, "unit": self.lead,
            "reason": self.rng.choice(REASONS), "denied_clause": self.citation(self.lead).clause_id,
            "claimed_clause": self.citation(other).clause_id, "proposed_unit": other,
            "note": "不属本单位职责", "signatory": "acc-1", "matter": self.rng.choice(self.matters),
        }  # fmt: skip
        return e.ReturnRequested(**(given | fields))

    def reassigned(self, to: UnitCode | None = None, objection: int | None = None) -> e.OrderReassigned:
        """改派."""
        before, self.lead = self.lead, to or self.rng.choice([unit for unit in self.units if unit != self.lead])
        self.bounces += 1
        return e.OrderReassigned(
            order_no=self.order_no, from_unit=before, to_unit=self.lead, objection=objection, bounces=self.bounces,
            by="review" if objection else "hand", deadlines=self.deadlines(self.lead), reason="异议成立",
            citations=(self.citation(self.lead),),
        )  # fmt: skip

    def any(self, choice: int) -> e.Fact:
        """One fact out of all kinds a view may meet, in no lawful order."""
        no, lead = self.order_no, self.lead
        other = UNITS[choice % len(UNITS)]
        number = max(self.objections, 1)
        makers = (
            self.received, self.proposed, self.dispatched, self.returned, self.reassigned,
            lambda: e.WorkOrderSignedFor(order_no=no, unit=lead, part="lead"),
            lambda: e.WorkOrderSignedFor(order_no=no, unit=other, part="support"),
            lambda: e.WorkStarted(order_no=no, unit=lead, part="lead"),
            lambda: self.reassigned(objection=number),
            lambda: e.ReturnRefused(order_no=no, objection=number, unit=lead, reason="条款明确"),
            lambda: e.ReturnWithdrawn(order_no=no, objection=number, unit=lead),
            lambda: e.UnitDesignated(
                order_no=no, unit=other, from_unit=lead, objection=number, reason="指定承办", bounces=self.bounces,
                deadlines=self.deadlines(other),
            ),
            lambda: e.SupportAdded(order_no=no, unit=other, deadlines=self.deadlines(other, "support", ("handle",))),
            lambda: e.SupportReleased(order_no=no, unit=other, reason="异议成立"),
            lambda: e.DispatchWithdrawn(order_no=no, lead=lead, reason="派错"),
            lambda: e.ExtensionGranted(order_no=no, unit=lead, number=1, deadlines=self.deadlines(lead)),
            lambda: e.OrderShelved(order_no=no, unit=lead, reason="待拆迁", review_on=self.at.date()),
            lambda: e.OrderResumed(order_no=no, deadlines=self.deadlines(lead, clocks=("handle",))),
            lambda: e.ResultSubmitted(order_no=no, unit=lead, part="lead", reply="已整改"),
            lambda: e.ResultAccepted(order_no=no),
            lambda: e.ResultSentBack(order_no=no, reason="未答复诉求"),
            lambda: e.FollowUpRecorded(
                order_no=no, contacted=True, resolved=choice % 2 == 0, satisfied=choice % 3 == 0, round=1
            ),
            lambda: e.ReworkOrdered(
                order_no=no, reason="未解决", round=2, deadlines=self.deadlines(lead, clocks=("rework",))
            ),
            lambda: e.OrderClosed(order_no=no, lead=lead, resolved=choice % 2 == 0, satisfied=True),
            lambda: e.OrdersMerged(order_no=no, parent="P", child=no if choice % 2 else "other"),
            lambda: e.OrderUnmerged(order_no=no, parent="P", child=no, reason="不同事项"),
            lambda: e.OrderChased(order_no=no, times=choice % 5 + 1),
            lambda: e.HistoryRecorded(
                order_no=no, what=("returned", "dispatched", "signed", "result", "other")[choice % 5],
                happened_at=self.at, unit=lead, other_unit=other, basis_complete=False,
            ),
            lambda: e.PersonalDataErased(order_no=no, ground="本人申请"),
            lambda: e.OrderArchived(order_no=no),
            lambda: e.PartsRated(order_no=no, rater=lead, rater_part="lead", rated=other, score=choice % 5 + 1),
            lambda: e.ExclusionGranted(order_no=no, unit=lead),
            lambda: e.ClockExpired(order_no=no, clock="handle", unit=lead, due=self.at),
            lambda: e.OrderNotAccepted(order_no=no, ground="petition", channel="信访部门"),
            lambda: e.SupervisionIssued(order_no=no, step="reminded", unit=lead, reason="临期"),
            lambda: e.OrderCarriedOver(
                order_no=no, from_unit=lead, to_unit=other if choice % 2 else UnitCode(""), part="lead", heirs=(other,),
                reformed_on=self.at.date(),
            ),
        )  # fmt: skip
        return makers[choice % len(makers)]()

    def quarrel(self) -> Iterator[e.Fact]:
        """A whole lawful life, about eight facts long; one in six is returned, some go round twice."""
        rng, no = self.rng, self.order_no
        yield self.received()
        yield self.proposed()
        yield self.dispatched()
        while rng.random() < 0.16 and self.bounces < 3:
            yield self.returned()
            if rng.random() < 0.6:
                yield self.reassigned(objection=self.objections)
            else:
                yield e.ReturnRefused(order_no=no, objection=self.objections, unit=self.lead, reason="条款明确")
        yield e.WorkOrderSignedFor(order_no=no, unit=self.lead, part="lead")
        yield e.ResultSubmitted(order_no=no, unit=self.lead, part="lead", reply="已现场核查并整改。")
        yield e.ResultAccepted(order_no=no)
        yield e.FollowUpRecorded(order_no=no, contacted=True, resolved=rng.random() < 0.8, satisfied=rng.random() < 0.7)
        yield e.OrderClosed(order_no=no, lead=self.lead, resolved=True, satisfied=True)


def told(life: Life, fact: e.Fact, minutes: int = 30) -> Append:
    """A fact as an append to its order's stream."""
    return Append(
        order_stream(life.order_no),
        None,
        (NewEvent(fact.event_type(), fact.to_payload(), life.now(minutes), f"clerk:acc@{life.lead}", fact.SCHEMA),),
    )
