"""The sample city's users: one of each role, signed in by a button on this machine. They are nobody."""

from console.administration.people import Account
from terms.actors import Role
from terms.ids import UnitCode

SAMPLE_ACCOUNTS: tuple[Account, ...] = tuple(
    Account(account, name, role, UnitCode(unit) if unit else None, sample=True)
    for account, name, role, unit in (
        ("yz-01-dispatcher", "样例派单员", Role.DISPATCHER, "C26"),
        ("yz-02-reviewer", "样例审核员", Role.REVIEWER, "C26"),
        ("yz-03-bianban", "样例编办干部", Role.BIANBAN_OFFICER, "C39"),
        ("yz-04-bianban-director", "样例编办主任", Role.BIANBAN_DIRECTOR, "C39"),
        ("yz-05-clerk-chengguan", "样例城管经办人", Role.CLERK, "C03"),
        ("yz-06-clerk-zhujian", "样例住建经办人", Role.CLERK, "C04"),
        ("yz-07-head", "样例房管科长", Role.HEAD, "C05"),
        ("yz-08-unit-leader", "样例城管分管领导", Role.UNIT_LEADER, "C03"),
        ("yz-09-district-desk", "样例区受理员", Role.DISTRICT_DESK, "D1-00"),
        ("yz-10-clerk-district", "样例区城管经办人", Role.CLERK, "D1-03"),
        ("yz-11-justice", "样例司法干部", Role.JUSTICE_OFFICER, "C22"),
        ("yz-12-supervisor", "样例督办员", Role.SUPERVISOR, "C26"),
        ("yz-13-leader", "样例市领导", Role.LEADER, ""),
        ("yz-14-auditor", "样例审计干部", Role.AUDITOR, ""),
        ("yz-16-bianban-second", "样例编办审核员", Role.BIANBAN_OFFICER, "C39"),
        ("yz-15-administrator", "样例管理员", Role.ADMINISTRATOR, ""),
    )
)
