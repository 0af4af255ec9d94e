"""Before and beside the work: what comes in, what is not accepted, merging, personal data."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from casework.events.fact import Attachment
from casework.work_order.commands.asking import Command
from routing.proposal import Proposal
from terms.ids import UnitCode


@dataclass(frozen=True, slots=True)
class Propose(Command):
    """Keep the router's answer, and the earlier order that seems to be the same request, if one was found."""

    proposal: Proposal
    why: Literal["received", "added", "returned", "decided", "asked"] = "received"
    duplicate_of: str = ""
    likeness: int = 0  # of the texts, in percent
    grounds: tuple[Literal["text", "place", "caller"], ...] = ()


@dataclass(frozen=True, slots=True)
class RequestInformation(Command):
    """待补充."""

    missing: tuple[str, ...]
    note: str = ""


@dataclass(frozen=True, slots=True)
class AddToOrder(Command):
    """The requester adds something: the original and its masked form, each in a box under the order's key."""

    sealed: Mapping[str, str]
    masked: Mapping[str, str]
    attachments: tuple[Attachment, ...] = ()
    channel: str = ""


@dataclass(frozen=True, slots=True)
class Chase(Command):
    """催单."""

    channel: str = ""
    note: str = ""


@dataclass(frozen=True, slots=True)
class NotAccept(Command):
    """不予受理; without a channel, the ground's own is named."""

    ground: str
    channel: str = ""
    note: str = ""


@dataclass(frozen=True, slots=True)
class ReferOut(Command):
    """转送 to a body that is none of this city's units: upward, or outward to another city."""

    level: Literal["upward", "outward"]
    addressee: str
    reason: str
    clause: str = ""


@dataclass(frozen=True, slots=True)
class AnswerAtOnce(Command):
    """即时答复."""

    reply: str
    citations: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Merge(Command):
    """并单 under `parent`."""

    parent: str
    similarity: int | None = None
    note: str = ""


@dataclass(frozen=True, slots=True)
class Unmerge(Command):
    """Undo a merge."""

    reason: str


@dataclass(frozen=True, slots=True)
class RecordReturn(Command):
    """A return that an older platform tells of: recorded with what it carries, marked where the basis lacks."""

    unit: UnitCode
    reason: str = ""
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
    returned_at: datetime | None = None
    unit_text: str = ""
    origin: str = ""


@dataclass(frozen=True, slots=True)
class ReadPersonalData(Command):
    """Open what is sealed, with a purpose."""

    purpose: str
    fields: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class ErasePersonalData(Command):
    """Erase the order's key."""

    ground: str
