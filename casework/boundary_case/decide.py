"""One door for every command on a boundary case. Pure."""

from collections.abc import Callable
from typing import Any

from casework import events as e
from casework.boundary_case import commands as c
from casework.boundary_case import coordinating, negotiating
from casework.boundary_case.state import BoundaryCase
from casework.guards import forbid, require
from casework.occasion import Occasion
from casework.permissions import UNIT_ROLES, may
from terms.messages import sentence

Decision = Callable[[BoundaryCase, Any, Occasion], tuple[e.CaseFact, ...]]

DECISIONS: dict[type[c.CaseCommand], Decision] = {
    c.OpenCase: negotiating.open_case,
    c.AttachOrder: negotiating.attach_order,
    c.HoldNegotiation: negotiating.hold_negotiation,
    c.DraftMinutes: negotiating.draft_minutes,
    c.SignMinutes: negotiating.sign_minutes,
    c.FileMinutes: negotiating.file_minutes,
    c.ApplyForCoordination: negotiating.apply_for_coordination,
    c.WithdrawCase: negotiating.withdraw_case,
    c.MoveJurisdiction: coordinating.move_jurisdiction,
    c.AcceptApplication: coordinating.accept_application,
    c.AskOpinions: coordinating.ask_opinions,
    c.GiveOpinion: coordinating.give_opinion,
    c.HoldMeeting: coordinating.hold_meeting,
    c.IssueOpinion: coordinating.issue_opinion,
    c.AnswerOpinion: coordinating.answer_opinion,
    c.ReportUpward: coordinating.report_upward,
    c.RecordDecision: coordinating.record_decision,
    c.RingCaseClocks: coordinating.ring_case_clocks,
}


def decide(case: BoundaryCase, command: c.CaseCommand, occasion: Occasion) -> tuple[e.CaseFact, ...]:
    """What follows from a command, as facts; () when nothing changes.

    Raises NotPermitted when the role or unit may not, Refused with the rule and what to do instead when a rule says no.
    """
    actor = occasion.actor
    action = sentence(f"command.{type(command).__name__}")
    if not may(actor.role, type(command)):
        raise forbid("role", action=action)
    if isinstance(command, c.PartyCommand):
        if actor.role in UNIT_ROLES and actor.unit != command.unit:
            raise forbid("own-unit", action=action)
        convening = case.convener == command.unit and isinstance(command, c.HoldNegotiation | c.DraftMinutes)
        require(convening or command.unit in case.parties, "parties-only", unit=command.unit)
    return DECISIONS[type(command)](case, command, occasion)
