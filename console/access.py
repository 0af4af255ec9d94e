"""Who may open which page and see whose orders: one place, asked by every route.

What somebody may *do* with an order is decided below, in `casework.permissions`; here stands only what may be seen.
An order that may not be seen answers exactly like one that does not exist.
"""

from collections.abc import Mapping
from enum import StrEnum

from casework.work_order.state import WorkOrder
from mandates.edition import RegisterEdition
from mandates.model import Instrument
from terms.actors import Actor, Role
from terms.errors import NotFound, NotPermitted
from terms.ids import UnitCode


class Page(StrEnum):
    """The pages of the console and the doors of its API; the value is the name in the menu."""

    OVERVIEW = "全市总览"
    QUEUE = "工单队列"
    TASKS = "本单位待办"
    ORDER = "工单详情"
    DISPUTES = "边界争议"
    CASES = "议题"
    FINDINGS = "问题台账"
    DIGESTS = "定期梳理"
    PAPERS = "公文"
    ACCOUNTABILITY = "履责评价"
    COVERAGE = "条目覆盖"
    HEAT = "热点态势"
    AUDIT = "离任审计"
    TRIAL = "智能试派"
    MANDATES = "职责依据"
    OPERATIONS = "运行状况"
    DRAFTS = "依据起草"
    PEOPLE = "账号权限"
    READINGS = "查阅记录"
    ACCOUNT = "我的账号"
    INGEST = "工单接入"
    SHIFT = "交接班"
    DUTIES = "本单位职责"


SEES_ALL = frozenset(
    {
        Role.DISPATCHER,
        Role.REVIEWER,
        Role.BIANBAN_OFFICER,
        Role.BIANBAN_DIRECTOR,
        Role.JUSTICE_OFFICER,
        Role.SUPERVISOR,
        Role.LEADER,
        Role.AUDITOR,
        Role.ADMINISTRATOR,
    }
)
OF_A_UNIT = frozenset({Role.CLERK, Role.HEAD, Role.UNIT_LEADER})
EVERYBODY = SEES_ALL | OF_A_UNIT | {Role.DISTRICT_DESK}
DESKS = frozenset({Role.DISPATCHER, Role.REVIEWER, Role.DISTRICT_DESK})  # who share a desk: claims, shifts
KEEPS_SECRETS = frozenset({Role.BIANBAN_OFFICER, Role.BIANBAN_DIRECTOR})
BIANBAN = KEEPS_SECRETS
MATTERS = BIANBAN | {Role.JUSTICE_OFFICER, Role.REVIEWER, Role.LEADER, Role.AUDITOR}
OVERSEES = frozenset({Role.LEADER, Role.AUDITOR, Role.SUPERVISOR, Role.ADMINISTRATOR})
OPEN_TO_ALL = ("公开", "内部")  # 密级 that every office user may read

MAY_OPEN: Mapping[Page, frozenset[Role]] = {
    Page.OVERVIEW: frozenset({Role.LEADER, Role.AUDITOR, Role.SUPERVISOR, Role.BIANBAN_DIRECTOR, Role.ADMINISTRATOR}),
    Page.QUEUE: SEES_ALL | {Role.DISTRICT_DESK},
    Page.TASKS: OF_A_UNIT | {Role.DISTRICT_DESK},
    Page.ORDER: EVERYBODY,
    Page.DISPUTES: MATTERS,
    Page.CASES: MATTERS | {Role.SUPERVISOR, Role.ADMINISTRATOR} | OF_A_UNIT | {Role.DISTRICT_DESK},
    Page.FINDINGS: BIANBAN | OVERSEES | OF_A_UNIT | {Role.DISTRICT_DESK},
    Page.DIGESTS: BIANBAN | {Role.REVIEWER, Role.LEADER, Role.AUDITOR, Role.ADMINISTRATOR},
    Page.PAPERS: EVERYBODY,
    Page.ACCOUNTABILITY: BIANBAN | OVERSEES | {Role.REVIEWER} | OF_A_UNIT | {Role.DISTRICT_DESK},
    Page.COVERAGE: MATTERS,
    Page.HEAT: MATTERS | OVERSEES | {Role.DISPATCHER},
    Page.AUDIT: frozenset({Role.AUDITOR}),
    Page.TRIAL: EVERYBODY,
    Page.MANDATES: EVERYBODY,
    Page.OPERATIONS: frozenset({Role.ADMINISTRATOR, Role.AUDITOR}),
    Page.DRAFTS: BIANBAN,
    Page.PEOPLE: frozenset({Role.ADMINISTRATOR}),
    Page.READINGS: frozenset({Role.ADMINISTRATOR, Role.AUDITOR, Role.SUPERVISOR}),
    Page.ACCOUNT: EVERYBODY,
    Page.INGEST: frozenset({Role.ADMINISTRATOR, Role.DISPATCHER}),
    Page.SHIFT: DESKS,
    Page.DUTIES: OF_A_UNIT | {Role.DISTRICT_DESK},
}
HOME: Mapping[Role, str] = {
    Role.CLERK: "/tasks",
    Role.HEAD: "/tasks",
    Role.UNIT_LEADER: "/tasks",
    Role.BIANBAN_OFFICER: "/disputes",
    Role.BIANBAN_DIRECTOR: "/disputes",
    Role.JUSTICE_OFFICER: "/disputes",
    Role.LEADER: "/overview",
    Role.AUDITOR: "/overview",
    Role.SUPERVISOR: "/overview",
    Role.ADMINISTRATOR: "/operations",
}


def desk_of(actor: Actor) -> str | None:
    """The desk somebody shares with colleagues: "" the hotline's, a district's code; None for whoever has none."""
    if actor.role not in DESKS:
        return None
    return "" if actor.role in SEES_ALL else str(actor.unit or "-")


def needs_unit(role: Role) -> bool:
    """Whether somebody of this role must belong to a unit: without one they would see nothing."""
    return role in OF_A_UNIT or role is Role.DISTRICT_DESK


def require_page(role: Role, page: Page) -> None:
    """Raise NotPermitted unless the role may open the page."""
    if role not in MAY_OPEN[page]:
        raise NotPermitted("console.page-not-yours", page=str(page))


def home_of(role: Role) -> str:
    """Where a role begins its day."""
    return HOME.get(role, "/queue")


def scope(actor: Actor, register: RegisterEdition) -> frozenset[UnitCode] | None:
    """The units whose orders somebody may see; None for the whole city.

    A district's desk sees its own bureaus, subdistricts and townships (two tiers, 北京条例 art. 12); whoever belongs
    to a unit sees that unit's orders. A unit role without a unit sees nothing.
    """
    if actor.role in SEES_ALL:
        return None
    if actor.unit is None:
        return frozenset()
    if actor.role is Role.DISTRICT_DESK:
        return _inside(actor.unit, register)
    return frozenset({actor.unit})


def _inside(desk: UnitCode, register: RegisterEdition) -> frozenset[UnitCode]:
    known = register.units.get(desk)
    found = {desk, known.parent or desk} if known else {desk}  # the desk is a unit of its district
    size = 0
    while size != len(found):
        size = len(found)
        found |= {code for code, unit in register.units.items() if unit.parent in found}
    return frozenset(found)


def require_order(actor: Actor, order: WorkOrder, register: RegisterEdition) -> None:
    """Raise NotFound unless the order is there and the actor may see it."""
    units = scope(actor, register)
    if not order.version or (units is not None and units.isdisjoint(order.units())):
        raise NotFound("console.no-order", order_no=order.order_no)


def require_unit(actor: Actor, unit: UnitCode, register: RegisterEdition) -> None:
    """Raise NotFound unless the unit is one whose tasks the actor may see."""
    units = scope(actor, register)
    if unit not in register.units or (units is not None and unit not in units):
        raise NotFound("console.no-unit", unit=unit)


def may_read(role: Role, instrument: Instrument | None) -> bool:
    """Whether the role may read what stands in an instrument of this 密级."""
    return instrument is None or instrument.secrecy in OPEN_TO_ALL or role in KEEPS_SECRETS
