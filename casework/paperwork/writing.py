"""What every command on a paper is, and what a drafter says of any kind of paper."""

from dataclasses import dataclass
from typing import ClassVar, Literal

from casework.papers.kinds import PaperKind
from terms.ids import UnitCode


class PaperCommand:
    """Something somebody wants done with one paper."""

    __slots__ = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Write(PaperCommand):
    """拟稿 of a paper about the order, case, finding or digest of that number.

    Without `addressees` it goes to whom its kind is for.
    """

    KIND: ClassVar[PaperKind]

    about: str
    addressees: tuple[UnitCode, ...] = ()
    copies: tuple[UnitCode, ...] = ()
    attachments: tuple[str, ...] = ()
    urgency: Literal["", "加急", "特急"] = ""
