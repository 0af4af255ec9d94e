"""A town small enough to see through: three units, their instruments, a clause or two each."""

from datetime import date

from mandates.edition import RegisterEdition
from mandates.events import BY_CLASS, Enactable, payload_of
from mandates.model import (
    BoundaryItem,
    Clause,
    DutyPoint,
    DutyRole,
    Instrument,
    InstrumentKind,
    Level,
    Link,
    Place,
    PowerItem,
    Section,
    SubdistrictItem,
    SubdistrictList,
    Unit,
)
from mandates.register import Register, fold
from terms.ids import ClauseId, InstrumentId, UnitCode

DAY = date(2024, 3, 1)


def unit(code: str, name: str, level: Level = Level.CITY, parent: str | None = None, *mirrors: str) -> Unit:
    return Unit(
        UnitCode(code), name, level, parent=UnitCode(parent) if parent else None,
        mirrors=tuple(map(UnitCode, mirrors)),
    )  # fmt: skip


def clause(
    key: str,
    text: str,
    section: Section = Section.DUTIES,
    role: DutyRole | None = DutyRole.MAIN,
    posts: int | None = None,
) -> Clause:
    code = key.split("-")[0]
    return Clause(
        ClauseId(key), UnitCode(code), InstrumentId(f"I-{code}-SD"), "（一）", section, text, role, posts=posts
    )


def power(key: str, name: str, clause_id: str | None, law: str = "供水条例") -> PowerItem:
    code = key.split("-")[0]
    return PowerItem(
        ClauseId(key), UnitCode(code), "处罚", name, InstrumentId(f"I-{code}-QZ"), law=law, article="第一条",
        clause=ClauseId(clause_id) if clause_id else None,
    )  # fmt: skip


def point(key: str, matter: str, code: str, clause_id: str, *supports: str) -> DutyPoint:
    return DutyPoint(
        ClauseId(key), matter, Link.SUPERVISE, UnitCode(code), ClauseId(clause_id),
        supports=tuple(map(UnitCode, supports)), wordings=("水管坏了",),
    )  # fmt: skip


def divided(key: str, matter: str, lead: str, *supports: str, clauses: tuple[str, ...] = ("A1-SD-01",)) -> BoundaryItem:
    codes = (lead, *supports)
    return BoundaryItem(
        ClauseId(key), InstrumentId("I-BJ"), matter, UnitCode(lead), tuple(map(UnitCode, supports)),
        tuple((UnitCode(code), f"{code}的一份") for code in codes), clauses=tuple(map(ClauseId, clauses)),
    )  # fmt: skip


TOWN: tuple[Enactable, ...] = (
    unit("A1", "甲市水务局"),
    unit("A2", "甲市园林局"),
    unit("A3", "甲市林业局"),
    unit("D1", "甲市乙区人民政府", Level.DISTRICT),
    unit("D1-02", "乙区园林局", Level.DISTRICT, "D1", "A2"),
    unit("D1-03", "乙区林业局", Level.DISTRICT, "D1", "A3"),
    *(
        Instrument(InstrumentId(f"I-{code}-{kind}"), sort, f"《{code}{kind}》", unit=UnitCode(code))
        for code in ("A1", "A2", "A3")
        for kind, sort in (("SD", InstrumentKind.SANDING), ("QZ", InstrumentKind.POWER_LIST))
    ),
    Instrument(InstrumentId("I-BJ"), InstrumentKind.BOUNDARY_LIST, "《边界》"),
    Instrument(InstrumentId("I-LZ"), InstrumentKind.SUBDISTRICT_LIST, "《履职》"),
    clause("A1-SD-01", "负责城市供水水质监督管理，查处擅自停止供水的行为。"),
    clause("A2-SD-01", "负责城市公园和绿地的养护管理，查处毁坏绿地的行为。"),
    clause("A2-SD-02", "负责古树名木的保护。"),
    clause("A3-SD-01", "负责森林防火和林地保护，审批林木采伐。"),
    power("A1-CF-001", "擅自停止供水的处罚", "A1-SD-01"),
    power("A2-CF-001", "毁坏绿地的处罚", "A2-SD-01"),
    power("A3-XK-001", "林木采伐许可", "A3-SD-01"),
    divided("BJ-01", "树木倒伏", "A2", "A3", "A1", clauses=("A2-SD-01",)),
    point("DP-01", "停水", "A1", "A1-SD-01"),
    point("DP-02", "公园草坪", "A2", "A2-SD-01", "A3"),
    point("DP-03", "古树", "A2", "A2-SD-02"),
    SubdistrictItem(
        ClauseId("LZ-01"),
        InstrumentId("I-LZ"),
        SubdistrictList.SUPPORT,
        (),
        "绿化巡查",
        "巡查上报",
        lead=UnitCode("A2"),
    ),
    Place("小区", "绿园", unit=UnitCode("A2")),
)


def registered(*items: Enactable) -> Register:
    """A register of the town and these things beside it; a thing of the same key and day takes the town's place."""
    given = (*TOWN, *items)
    return fold((BY_CLASS[type(item)].event, payload_of(item), at) for at, item in enumerate(given, 1))


def town(*items: Enactable) -> RegisterEdition:
    """What is in force in the town."""
    return registered(*items).as_of(DAY)
