"""The return, the unit it points at, the review, a support's objection."""

from dataclasses import dataclass
from typing import Literal

from casework.work_order.commands.asking import Command, UnitCommand
from routing.proposal import Citation
from terms.ids import UnitCode


@dataclass(frozen=True, slots=True)
class RequestReturn(UnitCommand):
    """退单, clause against clause."""

    unit: UnitCode
    reason: str
    denied_clause: str | None = None
    claimed_clause: str | None = None
    no_clause: bool = False
    proposed_unit: UnitCode | None = None
    place: str = ""
    other_order: str = ""
    missing: tuple[str, ...] = ()
    channel: str = ""
    keeps: str = ""
    asked_support: UnitCode | None = None
    note: str = ""
    signatory: str = ""
    signatory_post: str = ""


@dataclass(frozen=True, slots=True)
class WithdrawReturn(UnitCommand):
    """The unit takes its return back."""

    unit: UnitCode
    note: str = ""


@dataclass(frozen=True, slots=True)
class AskUnit(Command):
    """The review asks another unit before it moves the order there."""

    unit: UnitCode


@dataclass(frozen=True, slots=True)
class AnswerAsProposed(UnitCommand):
    """The asked unit agrees, or answers with its clause."""

    unit: UnitCode
    agrees: bool
    denied_clause: str | None = None
    claimed_clause: str | None = None
    note: str = ""


@dataclass(frozen=True, slots=True)
class ReviewReturn(Command):
    """异议审核: refuse, reassign, add a support or designate. `to` is the unit it names."""

    verdict: Literal["refuse", "reassign", "add_support", "designate"]
    reason: str
    to: UnitCode | None = None
    supports: tuple[UnitCode, ...] = ()
    desk: UnitCode | None = None
    citations: tuple[Citation, ...] = ()


@dataclass(frozen=True, slots=True)
class ObjectAsSupport(UnitCommand):
    """A support objects to its own share."""

    unit: UnitCode
    reason: str
    denied_clause: str | None = None
    note: str = ""


@dataclass(frozen=True, slots=True)
class DecideSupportObjection(Command):
    """The review upholds or refuses it."""

    unit: UnitCode
    upheld: bool
    reason: str
