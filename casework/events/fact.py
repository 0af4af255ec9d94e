"""What every fact of casework shares: how it is named, written to the ledger and read back."""

from collections.abc import Sized
from typing import Any, ClassVar, Literal, Self

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field

from ledger.upcast import KnownType, Upcast
from terms.ids import UnitCode

Part = Literal["lead", "support"]  # 主办 / 协办


class Fact(BaseModel):
    """One thing that happened, as data for the ledger. Immutable; a field nobody knows is an error.

    Who did it and when stand in the ledger's envelope (`actor`, `occurred_at`), never in the payload. The event type
    is the class name, in the past tense, and stays for ever; a change of fields raises `SCHEMA` and adds to `UPCASTS`
    the step from the form before, and its payload of that day to the golden files.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")
    SCHEMA: ClassVar[int] = 1
    UPCASTS: ClassVar[tuple[Upcast, ...]] = ()

    @classmethod
    def event_type(cls) -> str:
        """The stable name kept in the ledger."""
        return cls.__name__

    @classmethod
    def known_type(cls) -> KnownType:
        """How the ledger reads it, in every form it ever had."""
        return KnownType(cls.event_type(), cls.SCHEMA, cls.UPCASTS)

    def to_payload(self) -> dict[str, Any]:
        """Plain JSON types, every field present, times as ISO 8601 in UTC."""
        return self.model_dump(mode="json")

    @classmethod
    def from_payload(cls, payload: dict[str, Any]) -> Self:
        """Read back what `to_payload` wrote. Raises pydantic.ValidationError on anything else."""
        return cls.model_validate(payload)


class OrderFact(Fact):
    """A fact in the life of one work order; its stream is `terms.ids.order_stream(order_no)`."""

    order_no: str


def unsaid(text: Sized) -> bool:
    """Whether a field that came later says nothing: then it is not written, as before there was one."""
    return not text


class Piece(BaseModel):
    """A part of a fact that is no event of its own."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class Attachment(Piece):
    """A photo, recording or document, by reference: the bytes are never in the ledger."""

    name: str
    kind: str = ""  # photo / audio / document
    reference: str = ""
    digest: str = ""  # sha-256 hex, where known


class Deadline(Piece):
    """A running clock: which, whose, since when, when it warns and when it is due.

    `clock` is a member of `casework.clocks.Clock` ("dispatch", "sign", "return", "review", "first_contact", "handle",
    "total", "rework", "hand_over", "shelf", "answer", "opinion" …). `unit` is empty for the hotline's own clocks and
    for the citizen's total. `round_the_clock` is False for working-day limits. `provisional` says the working-day
    calendar of that year was not yet published when it was reckoned. `ground` is "stated" where the clock is due when
    the order or an older platform says (办理时限), and not written where it is due by the city's limits or the law's.
    """

    clock: str
    unit: UnitCode = UnitCode("")
    part: Part | None = None
    starts: AwareDatetime
    warn_at: AwareDatetime
    due: AwareDatetime
    round_the_clock: bool = False
    provisional: bool = False
    ground: Literal["", "stated"] = Field(default="", exclude_if=lambda ground: not ground)
