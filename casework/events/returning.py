"""The return (退单) as a structured counter-claim, and how it is answered."""

from pydantic import Field

from casework.events.fact import Deadline, OrderFact, Part, unsaid
from terms.ids import UnitCode


class ReturnRequested(OrderFact):
    """退单申请: a unit denies the order, clause against clause. `reason` is a code of `city.return_reasons`.

    The work goes on meanwhile (首接负责制, 北京条例 art. 14). `basis_complete` is False only for returns that came
    from an older platform (依据不全). `objection` numbers the returns of this order from 1.
    """

    objection: int
    unit: UnitCode
    part: Part = "lead"
    reason: str
    denied_clause: str | None = None  # own clause that does not reach this
    claimed_clause: str | None = None  # the other unit's clause that does
    no_clause: bool = False  # "no unit has a clause": an orphan matter
    proposed_unit: UnitCode | None = None
    place: str = ""  # 属地不符: the right place
    other_order: str = ""  # 重复: the other order
    missing: tuple[str, ...] = ()  # 信息不全
    channel: str = ""  # 应走法定途径
    keeps: str = ""  # 部分属于: the part the unit keeps
    asked_support: UnitCode | None = None
    note: str = ""
    signatory: str = ""  # account of whoever signed the return; an older platform's word for it
    signatory_post: str = Field(default="", exclude_if=unsaid)  # the post he signed in: 科室负责人, 分管副局长 …
    basis_complete: bool = True
    register_edition: str = ""  # against which the clauses were checked: the order's date
    city_version: str = ""
    matter: str = ""
    matter_id: str | None = None
    deadlines: tuple[Deadline, ...] = ()  # the review's clock, and the proposed unit's


class ReturnWithdrawn(OrderFact):
    """The unit took its return back before it was decided."""

    objection: int
    unit: UnitCode
    note: str = ""


class ProposedUnitAsked(OrderFact):
    """The unit that the return points at is asked before the order is moved to it."""

    objection: int
    unit: UnitCode
    deadlines: tuple[Deadline, ...] = ()


class ProposedUnitAnswered(OrderFact):
    """It agrees, or answers with a clause of its own. Silence past its clock counts as heard."""

    objection: int
    unit: UnitCode
    agrees: bool
    denied_clause: str | None = None
    claimed_clause: str | None = None
    note: str = ""


class ReturnRefused(OrderFact):
    """驳回: the unit keeps the order; its clocks were never stopped."""

    objection: int
    unit: UnitCode
    reason: str
    citations: tuple[str, ...] = ()


class SupportObjected(OrderFact):
    """A support objects to its own share; the lead's work is not touched."""

    unit: UnitCode
    reason: str
    denied_clause: str | None = None
    note: str = ""


class SupportObjectionRefused(OrderFact):
    """The support keeps its share."""

    unit: UnitCode
    reason: str
