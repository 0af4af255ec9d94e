"""Who may do what: one table role × command. What a unit role does, it does for its own unit and no other.

The district desk stands for the hotline inside its district (two tiers, 北京条例 art. 12).
"""

from casework.work_order import commands as c
from terms.actors import Role

HOTLINE = frozenset({Role.DISPATCHER})
REVIEW = frozenset({Role.REVIEWER, Role.DISTRICT_DESK})
CLERKS = frozenset({Role.CLERK, Role.HEAD, Role.UNIT_LEADER, Role.DISTRICT_DESK})
UNIT_ROLES = frozenset({Role.CLERK, Role.HEAD, Role.UNIT_LEADER, Role.DISTRICT_DESK})
READERS = frozenset({Role.LEADER, Role.AUDITOR})
SYSTEM = frozenset({Role.SYSTEM})

ORDER_PERMISSIONS: dict[type[c.Command], frozenset[Role]] = {
    c.Propose: SYSTEM,
    c.RequestInformation: HOTLINE,
    c.AddToOrder: HOTLINE | SYSTEM,
    c.Chase: HOTLINE | SYSTEM,
    c.NotAccept: HOTLINE,
    c.AnswerAtOnce: HOTLINE,
    c.Merge: HOTLINE,
    c.Unmerge: HOTLINE,
    c.RecordReturn: SYSTEM | {Role.ADMINISTRATOR},
    c.ReadPersonalData: HOTLINE | REVIEW | CLERKS | {Role.SUPERVISOR},
    c.ErasePersonalData: frozenset({Role.ADMINISTRATOR}),
    c.Dispatch: HOTLINE | SYSTEM,
    c.PassOn: frozenset({Role.DISTRICT_DESK}),
    c.WithdrawDispatch: HOTLINE,
    c.SignFor: CLERKS,
    c.OpenConsultation: HOTLINE | {Role.REVIEWER},
    c.CloseConsultation: HOTLINE | {Role.REVIEWER},
    c.Reassign: frozenset({Role.REVIEWER}) | SYSTEM,
    c.AddSupport: HOTLINE | REVIEW,
    c.RequestReturn: CLERKS,
    c.WithdrawReturn: CLERKS,
    c.AskUnit: REVIEW,
    c.AnswerAsProposed: CLERKS,
    c.ReviewReturn: REVIEW,
    c.ObjectAsSupport: CLERKS,
    c.DecideSupportObjection: REVIEW,
    c.StartWork: CLERKS,
    c.ContactRequester: CLERKS,
    c.ReportProgress: CLERKS,
    c.RequestExtension: CLERKS,
    c.DecideExtension: REVIEW,
    c.Shelve: frozenset({Role.REVIEWER}),
    c.Resume: frozenset({Role.REVIEWER}) | SYSTEM,
    c.SendHandOver: CLERKS,
    c.ReceiveHandOver: CLERKS,
    c.RefuseHandOver: frozenset({Role.HEAD, Role.UNIT_LEADER}),
    c.FeedBackHandOver: CLERKS,
    c.AssignInside: CLERKS,
    c.CollectInside: CLERKS,
    c.SignOff: frozenset({Role.UNIT_LEADER}),
    c.SubmitResult: CLERKS,
    c.ReviewResult: REVIEW,
    c.RecordFollowUp: HOTLINE | SYSTEM,
    c.OrderRework: HOTLINE | {Role.REVIEWER},
    c.Supervise: frozenset({Role.SUPERVISOR}) | SYSTEM,
    c.RequestExclusion: frozenset({Role.HEAD, Role.UNIT_LEADER}),
    c.DecideExclusion: frozenset({Role.REVIEWER}),
    c.Close: HOTLINE | {Role.REVIEWER} | SYSTEM,
    c.Terminate: frozenset({Role.REVIEWER}),
    c.Archive: HOTLINE | {Role.REVIEWER} | SYSTEM,
    c.Rate: frozenset({Role.HEAD, Role.UNIT_LEADER}),
    c.RingClocks: SYSTEM,
}


def may(role: Role, command: type[c.Command]) -> bool:
    """Whether the role may ever give this command; the unit and the order's state are asked separately."""
    return role in ORDER_PERMISSIONS.get(command, frozenset())


def commands_of(role: Role) -> tuple[type[c.Command], ...]:
    """Every command a role may give, by name: what a page offers."""
    found = (command for command, roles in ORDER_PERMISSIONS.items() if role in roles)
    return tuple(sorted(found, key=lambda command: command.__name__))
