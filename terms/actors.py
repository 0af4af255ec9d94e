"""Who acts: a person in a role for a unit, or a part of the system that acts by itself."""

from dataclasses import dataclass
from enum import StrEnum

from terms.ids import UnitCode


class Role(StrEnum):
    """The roles of the service; what each may do stands in one table in `casework.permissions`."""

    DISPATCHER = "dispatcher"  # 派单员
    REVIEWER = "reviewer"  # 异议审核员
    CLERK = "clerk"  # 部门经办人
    HEAD = "head"  # 科室负责人
    UNIT_LEADER = "unit_leader"  # 分管领导
    DISTRICT_DESK = "district_desk"  # 区热线受理员
    BIANBAN_OFFICER = "bianban_officer"  # 编办工作人员
    BIANBAN_DIRECTOR = "bianban_director"  # 编办主任
    JUSTICE_OFFICER = "justice_officer"  # 司法行政人员
    SUPERVISOR = "supervisor"  # 督办人员
    LEADER = "leader"  # 市领导 (reads)
    AUDITOR = "auditor"  # 审计巡察 (reads)
    ADMINISTRATOR = "administrator"  # 系统管理员
    SYSTEM = "system"  # a process; never signs in


@dataclass(frozen=True, slots=True)
class Actor:
    """Somebody who issues a command. `account` is an account id, never a person's name."""

    account: str
    role: Role
    unit: UnitCode | None = None

    def __str__(self) -> str:
        """The form kept in the ledger: `role:account@unit`."""
        return f"{self.role}:{self.account}" + (f"@{self.unit}" if self.unit else "")

    @classmethod
    def parse(cls, text: str) -> "Actor":
        """Read back what `str` wrote. Raises ValueError on an unknown role."""
        role, _, rest = text.partition(":")
        account, _, unit = rest.partition("@")
        return cls(account=account, role=Role(role), unit=UnitCode(unit) if unit else None)


def process(name: str) -> Actor:
    """The actor for what the system does unasked: `process("proposer")`."""
    return Actor(account=name, role=Role.SYSTEM)
