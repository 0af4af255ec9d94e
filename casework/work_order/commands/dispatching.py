"""Who answers: dispatch, signing, consultation, reassignment, supports."""

from dataclasses import dataclass
from datetime import date
from typing import Literal

from casework.work_order.commands.asking import Command, UnitCommand
from routing.proposal import Citation
from terms.ids import UnitCode


@dataclass(frozen=True, slots=True)
class Dispatch(Command):
    """派单. `statutory_days` is the longest statutory limit of what is cited, in working days."""

    lead: UnitCode
    supports: tuple[UnitCode, ...] = ()
    desk: UnitCode | None = None
    citations: tuple[Citation, ...] = ()
    by: Literal["rule", "hand"] = "hand"
    reason: str = ""
    complex_matter: bool = False
    statutory_days: int | None = None


@dataclass(frozen=True, slots=True)
class PassOn(Command):
    """The district desk passes the order on inside its district."""

    lead: UnitCode
    supports: tuple[UnitCode, ...] = ()
    citations: tuple[Citation, ...] = ()
    reason: str = ""
    complex_matter: bool = False
    statutory_days: int | None = None


@dataclass(frozen=True, slots=True)
class WithdrawDispatch(Command):
    """Undo a dispatch nobody signed for."""

    reason: str


@dataclass(frozen=True, slots=True)
class SignFor(UnitCommand):
    """签收."""

    unit: UnitCode


@dataclass(frozen=True, slots=True)
class OpenConsultation(Command):
    """会商 on whose the order is."""

    units: tuple[UnitCode, ...]
    question: str


@dataclass(frozen=True, slots=True)
class CloseConsultation(Command):
    """What came of it."""

    agreed: bool
    lead: UnitCode | None = None
    supports: tuple[UnitCode, ...] = ()
    conclusion: str = ""


@dataclass(frozen=True, slots=True)
class Reassign(Command):
    """改派 by the hotline, outside a return."""

    to: UnitCode
    reason: str
    supports: tuple[UnitCode, ...] = ()
    desk: UnitCode | None = None
    citations: tuple[Citation, ...] = ()
    by: Literal["hand", "decision", "reform"] = "hand"
    decision: str = ""


@dataclass(frozen=True, slots=True)
class CarryOver(Command):
    """机构改革: `unit` became, or handed duties to, `heirs` on that day; the first has what nothing else decides."""

    unit: UnitCode
    heirs: tuple[UnitCode, ...]
    reformed_on: date


@dataclass(frozen=True, slots=True)
class AddSupport(Command):
    """加派."""

    unit: UnitCode
    share: str = ""
    citations: tuple[Citation, ...] = ()
    reason: str = ""
