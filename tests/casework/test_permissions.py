"""One table says who may do what, and everything in it is known to the deciding door."""

from casework.permissions import ORDER_PERMISSIONS, commands_of, may
from casework.work_order import commands as c
from casework.work_order.decide import DECISIONS
from terms.actors import Role
from terms.messages import MESSAGES
from tests.casework.town import AUDITOR, CHENGGUAN, DISPATCHER, HOUSING, Life, clerk, refused


def every_command() -> set[type[c.Command]]:
    return {
        found
        for found in vars(c).values()
        if isinstance(found, type) and issubclass(found, c.Command) and found not in (c.Command, c.UnitCommand)
    }


def test_every_command_has_its_roles_its_decision_and_its_name_on_pages() -> None:
    assert every_command() == set(ORDER_PERMISSIONS) == set(DECISIONS)
    assert all(f"command.{command.__name__}" in MESSAGES for command in every_command())
    assert all(ORDER_PERMISSIONS.values())


def test_leaders_and_auditors_only_read() -> None:
    """stage C: auditor read-only."""
    assert commands_of(Role.AUDITOR) == commands_of(Role.LEADER) == ()
    with refused("role"):
        Life().received().do(c.Chase(), AUDITOR)


def test_a_unit_acts_for_itself_and_no_other() -> None:
    life = Life().received().dispatched()
    with refused("own-unit"):
        life.do(c.SignFor(CHENGGUAN), clerk(HOUSING))


def test_a_clerk_reviews_nothing_and_a_dispatcher_works_for_no_unit() -> None:
    assert not may(Role.CLERK, c.ReviewReturn) and not may(Role.DISPATCHER, c.SubmitResult)
    with refused("role"):
        Life().received().dispatched().do(c.SignFor(CHENGGUAN), DISPATCHER)
    with refused("role"):
        Life().received().dispatched().do(c.ReviewReturn("refuse", "x"), clerk(CHENGGUAN))
