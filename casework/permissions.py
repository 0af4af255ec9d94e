"""Who may do what: one table role × command, by the command's name. What a unit role does, it does for its own unit.

The district desk stands for the hotline inside its district (two tiers, 北京条例 art. 12).
"""

from terms.actors import Role

HOTLINE = frozenset({Role.DISPATCHER})
REVIEW = frozenset({Role.REVIEWER, Role.DISTRICT_DESK})
CLERKS = frozenset({Role.CLERK, Role.HEAD, Role.UNIT_LEADER, Role.DISTRICT_DESK})
UNIT_ROLES = frozenset({Role.CLERK, Role.HEAD, Role.UNIT_LEADER, Role.DISTRICT_DESK})
READERS = frozenset({Role.LEADER, Role.AUDITOR})
SYSTEM = frozenset({Role.SYSTEM})

ORDER_PERMISSIONS: dict[str, frozenset[Role]] = {
    "Propose": SYSTEM,
    "RequestInformation": HOTLINE,
    "AddToOrder": HOTLINE | SYSTEM,
    "Chase": HOTLINE | SYSTEM,
    "NotAccept": HOTLINE,
    "ReferOut": HOTLINE | {Role.REVIEWER},
    "AnswerAtOnce": HOTLINE,
    "Merge": HOTLINE,
    "Unmerge": HOTLINE,
    "RecordReturn": SYSTEM | {Role.ADMINISTRATOR},
    "ReadPersonalData": HOTLINE | REVIEW | CLERKS | {Role.SUPERVISOR},
    "ErasePersonalData": frozenset({Role.ADMINISTRATOR}),
    "Dispatch": HOTLINE | SYSTEM,
    "PassOn": frozenset({Role.DISTRICT_DESK}),
    "WithdrawDispatch": HOTLINE,
    "SignFor": CLERKS,
    "OpenConsultation": HOTLINE | {Role.REVIEWER},
    "CloseConsultation": HOTLINE | {Role.REVIEWER},
    "Reassign": frozenset({Role.REVIEWER}) | SYSTEM,
    "AddSupport": HOTLINE | REVIEW,
    "CarryOver": SYSTEM,
    "RequestReturn": CLERKS,
    "WithdrawReturn": CLERKS,
    "AskUnit": REVIEW,
    "AnswerAsProposed": CLERKS,
    "ReviewReturn": REVIEW,
    "ObjectAsSupport": CLERKS,
    "DecideSupportObjection": REVIEW,
    "StartWork": CLERKS,
    "ContactRequester": CLERKS,
    "ReportProgress": CLERKS,
    "RequestExtension": CLERKS,
    "DecideExtension": REVIEW,
    "Shelve": frozenset({Role.REVIEWER}),
    "Resume": frozenset({Role.REVIEWER}) | SYSTEM,
    "SendHandOver": CLERKS,
    "ReceiveHandOver": CLERKS,
    "RefuseHandOver": frozenset({Role.HEAD, Role.UNIT_LEADER}),
    "FeedBackHandOver": CLERKS,
    "AssignInside": CLERKS,
    "CollectInside": CLERKS,
    "SignOff": frozenset({Role.UNIT_LEADER}),
    "SubmitResult": CLERKS,
    "ReviewResult": REVIEW,
    "RecordFollowUp": HOTLINE | SYSTEM,
    "OrderRework": HOTLINE | {Role.REVIEWER},
    "Supervise": frozenset({Role.SUPERVISOR}) | SYSTEM,
    "RequestExclusion": frozenset({Role.HEAD, Role.UNIT_LEADER}),
    "DecideExclusion": frozenset({Role.REVIEWER}),
    "Close": HOTLINE | {Role.REVIEWER} | SYSTEM,
    "Terminate": frozenset({Role.REVIEWER}),
    "Archive": HOTLINE | {Role.REVIEWER} | SYSTEM,
    "Rate": frozenset({Role.HEAD, Role.UNIT_LEADER}),
    "RingClocks": SYSTEM,
}


PARTIES = frozenset({Role.HEAD, Role.UNIT_LEADER})
BIANBAN = frozenset({Role.BIANBAN_OFFICER, Role.BIANBAN_DIRECTOR})
OFFICES = BIANBAN | {Role.JUSTICE_OFFICER}
DIRECTOR = frozenset({Role.BIANBAN_DIRECTOR})

CASE_PERMISSIONS: dict[str, frozenset[Role]] = {
    "OpenCase": PARTIES | BIANBAN | SYSTEM | {Role.REVIEWER},
    "AttachOrder": BIANBAN | SYSTEM | {Role.REVIEWER},
    "HoldNegotiation": PARTIES | OFFICES,
    "DraftMinutes": PARTIES | OFFICES,
    "SignMinutes": frozenset({Role.UNIT_LEADER}),
    "FileMinutes": BIANBAN,
    "ApplyForCoordination": PARTIES,
    "AcceptApplication": OFFICES,
    "MoveJurisdiction": OFFICES,
    "AskOpinions": OFFICES,
    "GiveOpinion": PARTIES,
    "HoldMeeting": OFFICES,
    "IssueOpinion": DIRECTOR | {Role.JUSTICE_OFFICER},
    "AnswerOpinion": frozenset({Role.UNIT_LEADER}),
    "ReportUpward": DIRECTOR | {Role.JUSTICE_OFFICER},
    "RecordDecision": BIANBAN,
    "WithdrawCase": PARTIES | BIANBAN,
    "RingCaseClocks": SYSTEM,
}
SUPERVISING = BIANBAN | {Role.SUPERVISOR}
FINDING_PERMISSIONS: dict[str, frozenset[Role]] = {
    "ProposeFinding": SYSTEM,
    "RaiseFinding": SUPERVISING,
    "DismissFinding": SUPERVISING,
    "GiveFeedback": SUPERVISING,
    "AnswerFeedback": PARTIES,
    "IssuePaper": SUPERVISING,
    "IssueNotice": DIRECTOR,
    "ReceiptNotice": CLERKS,
    "ReportRectification": PARTIES,
    "Reassess": SUPERVISING,
    "ProposeHold": SYSTEM | BIANBAN,
    "DecideHold": DIRECTOR,
    "LiftHold": DIRECTOR,
    "RingFindingClocks": SYSTEM,
    "OpenDigest": BIANBAN,
    "JudgeItem": BIANBAN,
    "CloseItem": BIANBAN,
    "PublishDigest": DIRECTOR,
}
# which kind of paper through which of these hands: casework.paperwork.hands
PAPER_PERMISSIONS: dict[str, frozenset[Role]] = {
    "WriteDispatchNotice": HOTLINE | REVIEW,
    "WriteReturnApplication": CLERKS,
    "WriteReviewResult": REVIEW,
    "WriteMinutes": PARTIES | OFFICES,
    "WriteApplication": PARTIES,
    "WriteOpinion": OFFICES,
    "WriteDecision": BIANBAN,
    "WriteSupervisionNotice": BIANBAN,
    "WriteSupervisionOrder": SUPERVISING,
    "WriteReminderLetter": SUPERVISING,
    "WriteDigest": BIANBAN,
    "ReviewPaper": HOTLINE | REVIEW | PARTIES | OFFICES | SUPERVISING,
    "SignPaper": REVIEW | PARTIES | OFFICES | SUPERVISING,
    "DropDraft": HOTLINE | REVIEW | CLERKS | OFFICES | SUPERVISING,
    "AttachScan": HOTLINE | REVIEW | CLERKS | OFFICES | SUPERVISING,
    "VoidPaper": REVIEW | PARTIES | OFFICES | SUPERVISING,
}
APPRAISAL_PERMISSIONS: dict[str, frozenset[Role]] = {
    "DraftScores": BIANBAN,
    "ObjectToScore": PARTIES | {Role.DISTRICT_DESK},
    "ReviewScoreObjection": frozenset({Role.REVIEWER}),
    "PublishScores": DIRECTOR,
    "OpenAssessment": BIANBAN,
    "FillAssessment": PARTIES | {Role.DISTRICT_DESK},
    "SendBackAssessment": BIANBAN,
    "ReviewAssessment": BIANBAN,
    "SignAssessment": DIRECTOR,
}
PERMISSIONS = ORDER_PERMISSIONS | CASE_PERMISSIONS | FINDING_PERMISSIONS | PAPER_PERMISSIONS | APPRAISAL_PERMISSIONS


def may(role: Role, command: type) -> bool:
    """Whether the role may ever give this command; the unit and the state of the thing are asked separately."""
    return role in PERMISSIONS.get(command.__name__, frozenset())


def commands_of(role: Role) -> tuple[str, ...]:
    """The name of every command a role may give: what a page offers, and what the API lists."""
    return tuple(sorted(command for command, roles in PERMISSIONS.items() if role in roles))
