"""A small town for the tests of casework: a dozen units, their clauses, and a way to live through an order."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from casework import events as e
from casework.clocks import Reckoner, starts_clocks, tier_of
from casework.standing import NOTHING_KNOWN, Standing
from casework.work_order import Context, WorkOrder, decide, evolve
from casework.work_order import commands as c
from city.calendar import WorkingCalendar
from city.configuration import CityConfiguration
from mandates.edition import RegisterEdition
from mandates.model import (
    Clause,
    DutyPoint,
    DutyRole,
    Instrument,
    InstrumentKind,
    Level,
    Link,
    PowerItem,
    Section,
    SubdistrictItem,
    SubdistrictList,
    Unit,
)
from routing.proposal import Abstention, Citation, Proposal
from terms.actors import Actor, Role, process
from terms.errors import NotPermitted, Refused
from terms.ids import ClauseId, InstrumentId, UnitCode

CITY = CityConfiguration()
CALENDAR = WorkingCalendar(CITY)
A_MINUTE = timedelta(minutes=1)
MONDAY = datetime(2026, 3, 2, 1, 0, tzinfo=UTC)  # 09:00 in the city, an ordinary working week ahead

CHENGGUAN, HOUSING, ECOLOGY, WATER, HOTLINE = (UnitCode(code) for code in ("C03", "C04", "C11", "C14", "C26"))
DISTRICT, D_CHENGGUAN, D_HOUSING, STREET, OTHER_DISTRICT = (
    UnitCode(code) for code in ("D1", "D1-03", "D1-04", "S1-01", "D2")
)
POWER_COMPANY = UnitCode("E01")

_UNITS = (
    Unit(CHENGGUAN, "城管局", Level.CITY),
    Unit(HOUSING, "住建局", Level.CITY),
    Unit(ECOLOGY, "生态环境局", Level.CITY),
    Unit(WATER, "水务局", Level.CITY),
    Unit(HOTLINE, "行政审批服务局", Level.CITY),
    Unit(UnitCode("C39"), "编办", Level.CITY),
    Unit(UnitCode("C22"), "司法局", Level.CITY),
    Unit(DISTRICT, "望湖区", Level.DISTRICT),
    Unit(D_CHENGGUAN, "望湖区城管局", Level.DISTRICT, parent=DISTRICT, mirrors=(CHENGGUAN,)),
    Unit(D_HOUSING, "望湖区住建局", Level.DISTRICT, parent=DISTRICT, mirrors=(HOUSING,)),
    Unit(STREET, "湖滨街道", Level.STREET, parent=DISTRICT),
    Unit(OTHER_DISTRICT, "东渡区", Level.DISTRICT),
    Unit(POWER_COMPANY, "供电公司", Level.COMPANY, functions=("供电企业",)),
)
_INSTRUMENTS = (
    Instrument(InstrumentId("I-SD"), InstrumentKind.SANDING, "三定规定"),
    Instrument(InstrumentId("I-QZ"), InstrumentKind.POWER_LIST, "权责清单"),
    Instrument(InstrumentId("I-JC"), InstrumentKind.SUBDISTRICT_LIST, "履职事项清单"),
    Instrument(InstrumentId("I-GZ"), InstrumentKind.DEPARTMENT_RULE, "部门规章"),
)


def _clause(id_: str, unit: UnitCode, text: str, instrument: str = "I-SD") -> Clause:
    return Clause(
        id=ClauseId(id_),
        unit=unit,
        instrument=InstrumentId(instrument),
        number="（一）",
        section=Section.DUTIES,
        role=DutyRole.MAIN,
        text=text,
    )


_CLAUSES = (
    _clause("C03-1", CHENGGUAN, "负责夜间施工噪声扰民的行政处罚"),
    _clause("C04-1", HOUSING, "负责建筑工地文明施工的监督管理"),
    _clause("C11-1", ECOLOGY, "负责环境噪声污染防治的统一监督管理"),
    _clause("C14-1", WATER, "负责排水管网的监督管理"),
    _clause("C26-1", HOTLINE, "负责政务服务便民热线的管理"),
    _clause("C11-9", ECOLOGY, "部门规章中的一条", "I-GZ"),
)
_ITEMS = (
    SubdistrictItem(ClauseId("JC-1"), InstrumentId("I-JC"), SubdistrictList.BASIC, (), "楼道堆物", "清理居民楼道堆物"),
    SubdistrictItem(
        ClauseId("JC-2"), InstrumentId("I-JC"), SubdistrictList.SUPPORT, (), "施工噪声", "配合巡查", CHENGGUAN
    ),
    SubdistrictItem(
        ClauseId("JC-3"), InstrumentId("I-JC"), SubdistrictList.WITHDRAWN, (), "违建查处", "由城管部门实施", CHENGGUAN
    ),
)
REGISTER = RegisterEdition(
    digest="edition-of-the-town",
    as_of=date(2026, 3, 2),
    units={unit.code: unit for unit in _UNITS},
    instruments={one.id: one for one in _INSTRUMENTS},
    clauses={clause.id: clause for clause in _CLAUSES},
    power_items={
        ClauseId("C14-XK-1"): PowerItem(
            ClauseId("C14-XK-1"), WATER, "许可", "排水许可", InstrumentId("I-QZ"), limit_days=20
        )
    },
    duty_points={
        ClauseId("DP-1"): DutyPoint(ClauseId("DP-1"), "夜间施工噪声", Link.ENFORCE, CHENGGUAN, ClauseId("C03-1"))
    },
    subdistrict_items={item.id: item for item in _ITEMS},
)

DISPATCHER = Actor("d1", Role.DISPATCHER)
REVIEWER = Actor("r1", Role.REVIEWER)
SUPERVISOR = Actor("s1", Role.SUPERVISOR)
ADMINISTRATOR = Actor("a1", Role.ADMINISTRATOR)
AUDITOR = Actor("u1", Role.AUDITOR)
DESK = Actor("k1", Role.DISTRICT_DESK, DISTRICT)
PROPOSER = process("proposer")
TIMERS = process("timers")


def clerk(unit: UnitCode) -> Actor:
    """A clerk of a unit."""
    return Actor(f"clerk-{unit}", Role.CLERK, unit)


def head(unit: UnitCode) -> Actor:
    """The head of an office of a unit."""
    return Actor(f"head-{unit}", Role.HEAD, unit)


def unit_leader(unit: UnitCode) -> Actor:
    """The leader of a unit."""
    return Actor(f"leader-{unit}", Role.UNIT_LEADER, unit)


def cite(clause: str, unit: UnitCode) -> Citation:
    """A citation of a clause of the town."""
    return Citation(unit, ClauseId(clause), None, REGISTER.text_of(ClauseId(clause)) or "", (0, 2), (0, 2))


def proposal(
    lead: UnitCode | None = CHENGGUAN, clause: str | None = "C03-1", *, automatic: bool = True, disputed: str = ""
) -> Proposal:
    """What the router might have said."""
    return Proposal(
        lead=lead,
        supports=(),
        confidence=91 if automatic else 40,
        automatic=automatic,
        abstained=None if automatic else Abstention("route.close-call", "两个单位接近"),
        citations=(cite(clause, lead),) if clause and lead else (),
        candidates=(),
        reasons=(),
        register_edition=REGISTER.digest,
        memory_edition="m0",
        city_version=CITY.version,
        matter="夜间施工噪声",
        matter_id=ClauseId("DP-1"),
        disputed=disputed,
    )


@dataclass
class Life:
    """One order lived through: a clock that is moved by hand, commands given, facts kept."""

    order_no: str = "G1"
    now: datetime = MONDAY
    city: CityConfiguration = CITY
    standing: Standing = NOTHING_KNOWN
    register: RegisterEdition = REGISTER
    others: dict[str, WorkOrder] = field(default_factory=dict)
    facts: list[tuple[e.OrderFact, datetime]] = field(default_factory=list)
    order: WorkOrder = field(init=False)

    def __post_init__(self) -> None:
        self.order = WorkOrder(self.order_no)

    def keep(self, *facts: e.OrderFact) -> None:
        """Fold facts of this order and remember them."""
        for fact in facts:
            if fact.order_no == self.order_no:
                self.order = evolve(self.order, fact, self.now)
                self.facts.append((fact, self.now))

    def received(self, urgency: str = "一般", *, days_ago: int = 0, **more: Any) -> "Life":
        """The order comes in, `days_ago` days after the requester called."""
        at = self.now - timedelta(days=days_ago)
        live = starts_clocks(at, self.now, self.city)
        tier = tier_of(urgency, "", self.city)
        reckoner = Reckoner(self.city, WorkingCalendar(self.city), at)
        self.keep(
            e.WorkOrderReceived(
                order_no=self.order_no,
                received_at=at,
                kind=more.pop("kind", "投诉"),
                urgency=urgency,
                tier=tier,
                mode="live" if live else "history",
                deadlines=(reckoner.dispatch(tier),) if live else (),
                **more,
            )
        )
        return self

    def proposed(self, *args: Any, **more: Any) -> "Life":
        """The router's answer is kept."""
        self.do(c.Propose(proposal(*args, **more)), PROPOSER)
        return self

    def dispatched(self, lead: UnitCode = CHENGGUAN, clause: str = "C03-1", **more: Any) -> "Life":
        """Dispatched by hand with a clause."""
        citations = more.pop("citations", (cite(clause, lead),))
        self.do(c.Dispatch(lead, citations=citations, reason="按条目", **more), DISPATCHER)
        return self

    def context(self, actor: Actor) -> Context:
        """What a decision may know just now."""
        calendar = WorkingCalendar(self.city)
        return Context(self.now, actor, self.city, calendar, self.register, self.others, self.standing)

    def do(
        self, command: c.Command, actor: Actor, *, after: timedelta = timedelta(minutes=1)
    ) -> tuple[e.OrderFact, ...]:
        """Give a command a little later; its facts are folded."""
        self.now += after
        facts = decide(self.order, command, self.context(actor))
        self.keep(*facts)
        return facts

    def returned(self, unit: UnitCode = CHENGGUAN, **more: Any) -> "Life":
        """The lead returns the order: not ours, it is the ecology bureau's."""
        self.do(claim(unit, **more), head(unit))
        return self


def claim(unit: UnitCode = CHENGGUAN, **more: Any) -> c.RequestReturn:
    """A complete return: own clause denied, the ecology bureau's claimed."""
    own = {CHENGGUAN: "C03-1", HOUSING: "C04-1", ECOLOGY: "C11-1", WATER: "C14-1", D_CHENGGUAN: "C03-1"}
    proposed = ECOLOGY if unit != ECOLOGY else HOUSING
    told: dict[str, Any] = {
        "reason": "not_ours",
        "denied_clause": own.get(unit),
        "claimed_clause": own[proposed],
        "proposed_unit": proposed,
        "note": "不在处罚范围",
        "signatory": f"head-{unit}",
    }
    return c.RequestReturn(unit, **(told | more))


@contextmanager
def refused(rule: str) -> Iterator[None]:
    """What is done inside is refused by exactly this rule, with a Chinese sentence that is filled in."""
    with pytest.raises((Refused, NotPermitted)) as caught:
        yield
    assert caught.value.params["rule"] == rule, caught.value.message
    assert caught.value.code == f"rule.{rule}"
    assert "{" not in caught.value.message and caught.value.message != caught.value.code
