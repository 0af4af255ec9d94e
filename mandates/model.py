"""The things a register holds: units, instruments, clauses, list items, boundary items, duty points.

All are frozen and dated. `Span` is half-open: in force on `valid_from`, no longer in force on `valid_to`.
Sources: 国办函〔2025〕66号 item (五) for the kinds of instrument; the 2019 机构编制工作条例 for "三定"; the provincial
履职事项清单 for the three lists of subdistricts and townships.
"""

from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum

from terms.ids import ClauseId, InstrumentId, UnitCode

FOREVER = date(9999, 12, 31)


@dataclass(frozen=True, slots=True)
class Span:
    """From when until when: `valid_from <= day < valid_to`."""

    valid_from: date = date(2015, 1, 1)
    valid_to: date = FOREVER

    def covers(self, day: date) -> bool:
        """Whether this was in force on that day."""
        return self.valid_from <= day < self.valid_to


class Level(StrEnum):
    """The tier of a unit; a district bureau mirrors one or more city departments."""

    CITY = "市"
    DISTRICT = "区"
    STREET = "街"
    COMPANY = "企业"
    ZONE = "功能区"


class InstrumentKind(StrEnum):
    """What kind of document gives the ground; ranked per city, see `city.configuration`."""

    SANDING = "sanding"  # "三定"规定
    POWER_LIST = "power_list"  # 权责清单
    BOUNDARY_LIST = "boundary_list"  # 职责边界清单
    SUBDISTRICT_LIST = "subdistrict_list"  # 乡镇(街道)履职事项清单
    CONFERRED = "conferred"  # 赋权事项
    LAW = "law"  # 法律法规
    DEPARTMENT_RULE = "department_rule"  # 部门规章
    NORMATIVE = "normative"  # 规范性文件
    FRANCHISE = "franchise"  # 特许经营协议
    PROPERTY = "property"  # 产权
    INDUSTRY_LAW = "industry_law"  # 行业法
    DECISION = "decision"  # 编委或政府的决定、协调意见、协商纪要


class DutyRole(StrEnum):
    """How a clause binds its unit."""

    MAIN = "主体"
    LEAD = "牵头"
    SUPPORT = "配合"


class Section(StrEnum):
    """The part of a "三定" text a clause stands in."""

    DUTIES = "主要职责"
    CHANGE = "职能转变"
    DIVISION = "职责分工"
    OFFICE = "内设机构"
    POSTS = "编制"


class Link(StrEnum):
    """One link of a matter (职责颗粒点): who permits, who supervises, who enforces, who maintains …"""

    PERMIT = "审批"
    SUPERVISE = "监管"
    ENFORCE = "执法"
    MAINTAIN = "养护"
    DISPOSE = "处置"
    SERVE = "服务"
    RELIEVE = "救助"
    PAY = "发放"
    BUILD = "建设"


class SubdistrictList(StrEnum):
    """The lists of a township or subdistrict: it leads, it supports, taken back from it, conferred on it."""

    BASIC = "基本履职"
    SUPPORT = "配合履职"
    WITHDRAWN = "上级收回"
    CONFERRED = "赋权事项"


@dataclass(frozen=True, slots=True)
class Unit:
    """A department, company, district, bureau, subdistrict: whoever can answer for an order."""

    code: UnitCode
    name: str
    level: Level
    everyday_names: tuple[str, ...] = ()
    former_names: tuple[str, ...] = ()
    parent: UnitCode | None = None
    mirrors: tuple[UnitCode, ...] = ()  # a district bureau: the city units whose duties it carries in its district
    unit_class: str = ""  # 经济 / 社会管理和执法监督 / 政务和社会事业
    functions: tuple[str, ...] = ()
    vertical: bool = False  # vertically managed: no city 三定
    span: Span = field(default_factory=Span)


@dataclass(frozen=True, slots=True)
class Instrument:
    """A document that gives a ground: 三定, 权责清单, boundary list, agreement, decision."""

    id: InstrumentId
    kind: InstrumentKind
    title: str
    doc_no: str = ""  # 文号
    issuer: str = ""
    unit: UnitCode | None = None
    secrecy: str = "公开"  # 密级
    openness: str = "主动公开"  # 公开属性
    span: Span = field(default_factory=Span)


@dataclass(frozen=True, slots=True)
class Clause:
    """One numbered clause (条目) of an instrument."""

    id: ClauseId
    unit: UnitCode
    instrument: InstrumentId
    number: str
    section: Section
    text: str
    role: DutyRole | None = None
    parties: tuple[UnitCode, ...] = ()
    posts: int | None = None
    span: Span = field(default_factory=Span)


@dataclass(frozen=True, slots=True)
class PowerItem:
    """One item of a list of powers and responsibilities (权责清单)."""

    id: ClauseId  # 职权编码
    unit: UnitCode
    type: str  # 许可/处罚/强制/征收/给付/检查/确认/奖励/裁决/其他
    name: str
    instrument: InstrumentId
    office: str = ""
    law: str = ""
    article: str = ""
    duty: str = ""
    limit_days: int | None = None
    clause: ClauseId | None = None
    span: Span = field(default_factory=Span)


@dataclass(frozen=True, slots=True)
class BoundaryItem:
    """A matter divided between units (职责边界清单)."""

    id: ClauseId
    instrument: InstrumentId
    matter: str
    lead: UnitCode
    supports: tuple[UnitCode, ...]
    division: tuple[tuple[UnitCode, str], ...]  # what each answers for, in the list's words
    trigger: str = ""  # 启动情形
    handover: str = ""  # 衔接流程
    dispute: str = ""  # 争议解决办法
    supervision: str = ""  # 督促落实办法
    clauses: tuple[ClauseId, ...] = ()
    wordings: tuple[str, ...] = ()
    calls: tuple[str, ...] = ()  # 启动说法: words at which the lead leads, whichever support is likelier
    said: tuple[tuple[UnitCode, tuple[str, ...]], ...] = ()  # 各单位说法: what citizens say of each unit's part
    span: Span = field(default_factory=Span)

    @property
    def only_calls(self) -> bool:
        """Whether it has 启动说法 alone: it says who joins in, and is no matter somebody is likest to lead."""
        return bool(self.calls) and not self.wordings


@dataclass(frozen=True, slots=True)
class DutyPoint:
    """One link of a matter with one owner, its clause and the everyday words people use for it (职责颗粒点)."""

    id: ClauseId
    matter: str
    link: Link
    unit: UnitCode
    clause: ClauseId
    supports: tuple[UnitCode, ...] = ()
    level: Level = Level.CITY  # the tier that normally handles it
    wordings: tuple[str, ...] = ()
    decision: str | None = None  # the case or document that wrote it, when a decision did
    calls: tuple[str, ...] = ()  # 启动说法: words at which its owner is called in where another unit leads
    span: Span = field(default_factory=Span)

    @property
    def only_calls(self) -> bool:
        """Whether it has 启动说法 alone: it says who joins in, and is no matter somebody is likest to lead."""
        return bool(self.calls) and not self.wordings


@dataclass(frozen=True, slots=True)
class SubdistrictItem:
    """One item of a township's or subdistrict's list (履职事项清单)."""

    id: ClauseId
    instrument: InstrumentId
    list: SubdistrictList
    units: tuple[UnitCode, ...]  # empty = every subdistrict and township
    matter: str
    text: str
    lead: UnitCode | None = None  # for 配合履职 and 上级收回: the city unit that leads, by its mirror in the district
    wordings: tuple[str, ...] = ()
    span: Span = field(default_factory=Span)


@dataclass(frozen=True, slots=True)
class Place:
    """A named place: 区县, 街道乡镇, 社区村, 道路, 小区, 地标.

    `unit` answers for the territory, `parent` is the name of the place that encloses it.
    """

    kind: str
    name: str
    aliases: tuple[str, ...] = ()
    parent: str = ""
    unit: UnitCode | None = None
    span: Span = field(default_factory=Span)


Item = Clause | PowerItem | BoundaryItem | DutyPoint | SubdistrictItem
