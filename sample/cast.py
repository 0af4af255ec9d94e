"""Who acts in the sample month: account ids by role and unit, the same that sign in by a button. No names of people."""

from terms.actors import Actor, Role
from terms.ids import UnitCode

DISPATCHERS = (Actor("dispatcher-1", Role.DISPATCHER), Actor("dispatcher-2", Role.DISPATCHER))
REVIEWER = Actor("reviewer-1", Role.REVIEWER)
SUPERVISOR = Actor("supervisor-1", Role.SUPERVISOR)
BIANBAN_OFFICER = Actor("bianban-1", Role.BIANBAN_OFFICER, UnitCode("C39"))
BIANBAN_DIRECTOR = Actor("bianban-director", Role.BIANBAN_DIRECTOR, UnitCode("C39"))

JUSTICE_OFFICER = Actor("justice-1", Role.JUSTICE_OFFICER, UnitCode("C22"))


def clerk(unit: UnitCode) -> Actor:
    """部门经办人."""
    return Actor(f"clerk-{unit}", Role.CLERK, unit)


def head(unit: UnitCode) -> Actor:
    """科室负责人: signs returns, refuses hand-overs, rates."""
    return Actor(f"head-{unit}", Role.HEAD, unit)


def unit_leader(unit: UnitCode) -> Actor:
    """分管领导: signs results off."""
    return Actor(f"leader-{unit}", Role.UNIT_LEADER, unit)


def district_desk(district: UnitCode) -> Actor:
    """区热线受理员."""
    return Actor(f"desk-{district}", Role.DISTRICT_DESK, district)
