"""One table says who may do what, and everything in it is known to a deciding door."""

from types import ModuleType

from casework.appraisal import commands as a
from casework.boundary_case import commands as b
from casework.boundary_case.decide import DECISIONS as CASE_DECISIONS
from casework.catalogue import ASSESSMENT_COMMANDS, PAPER_COMMANDS, SCORE_COMMANDS
from casework.finding import commands as f
from casework.finding.decide import DECISIONS as FINDING_DECISIONS
from casework.paperwork import commands as p
from casework.permissions import PERMISSIONS, commands_of, may
from casework.work_order import commands as c
from casework.work_order.decide import DECISIONS
from terms.actors import Role
from terms.messages import MESSAGES
from tests.casework.town import AUDITOR, CHENGGUAN, DISPATCHER, HOUSING, Life, clerk, refused

DIGEST = {f.OpenDigest, f.JudgeItem, f.CloseItem, f.PublishDigest}  # decided by casework.finding.digest


def commands_in(module: ModuleType) -> set[type]:
    """Every command of a module that says what is to be done, not only whose it is."""
    return {
        found
        for found in vars(module).values()
        if isinstance(found, type)
        and found.__module__.startswith(module.__name__)
        and hasattr(found, "__dataclass_fields__")
    }


def test_every_command_has_its_roles_its_decision_and_its_name_on_pages() -> None:
    assert commands_in(c) == set(DECISIONS)
    assert commands_in(b) == set(CASE_DECISIONS)
    assert commands_in(f) == set(FINDING_DECISIONS) | DIGEST
    assert {command.__name__ for command in commands_in(p)} == set(PAPER_COMMANDS)
    assert {command.__name__ for command in commands_in(a)} == set(SCORE_COMMANDS | ASSESSMENT_COMMANDS)
    every = commands_in(c) | commands_in(b) | commands_in(f) | commands_in(p) | commands_in(a)
    assert {command.__name__ for command in every} == set(PERMISSIONS) and len(every) == len(PERMISSIONS)
    assert all(f"command.{name}" in MESSAGES and roles for name, roles in PERMISSIONS.items())


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
