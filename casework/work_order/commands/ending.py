"""After the work: result review, follow-up, rework, supervision, closing, rating, clocks."""

from dataclasses import dataclass
from typing import Literal

from casework.work_order.commands.asking import Command, UnitCommand
from terms.ids import UnitCode


@dataclass(frozen=True, slots=True)
class ReviewResult(Command):
    """办结审核."""

    accepted: bool
    note: str = ""


@dataclass(frozen=True, slots=True)
class RecordFollowUp(Command):
    """回访; None where the requester did not say."""

    contacted: bool
    resolved: bool | None = None
    satisfied: bool | None = None
    note: str = ""


@dataclass(frozen=True, slots=True)
class OrderRework(Command):
    """重办."""

    reason: str


@dataclass(frozen=True, slots=True)
class Supervise(Command):
    """督办: reminded 催办, listed 挂牌, talk 约谈, raised 提级."""

    unit: UnitCode
    step: Literal["reminded", "listed", "talk", "raised"]
    reason: str


@dataclass(frozen=True, slots=True)
class RequestExclusion(UnitCommand):
    """不计考核 asked for."""

    unit: UnitCode
    reason: str


@dataclass(frozen=True, slots=True)
class DecideExclusion(Command):
    """Granted or not."""

    unit: UnitCode
    granted: bool
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Close(Command):
    """结案 after follow-up."""


@dataclass(frozen=True, slots=True)
class Terminate(Command):
    """终止/最终答复."""

    reply: str


@dataclass(frozen=True, slots=True)
class Archive(Command):
    """归档."""

    note: str = ""


@dataclass(frozen=True, slots=True)
class Rate(UnitCommand):
    """Lead rates support, support rates lead: 1 worst … 5 best."""

    unit: UnitCode
    rated: UnitCode
    score: int
    reason: str = ""


@dataclass(frozen=True, slots=True)
class RingClocks(Command):
    """Say which clocks are nearly through and which ran out; each is said once."""
