"""What somebody may do with an order now: asked of the very rules that will decide it.

An action is offered when a trial of it passes those rules, or fails only on what its form still has to ask for. So a
page never offers what would be refused, and a new rule below needs no second copy here.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from casework.work_order import commands as c
from casework.work_order.context import Context
from casework.work_order.decide import decide
from casework.work_order.state import WorkOrder
from console.administration.people import Account
from console.forms import UPLOADS, Field, Filled
from console.orders.additions import Addition
from console.orders.reading import OrderSheet
from terms.actors import Actor
from terms.errors import NotPermitted, Refused
from terms.ids import UnitCode

Tone = Literal["main", "plain", "warn"]
# what the form asks for, so that a trial without it says nothing about whether the action is possible
FILLED_IN = frozenset(
    {
        "unit-known", "supports-once", "clause-in-force", "reason-given", "reply-given", "departure-needs-a-reason",
        "street-leads-on-basic-items", "withdrawn-never-to-the-street", "never-to-the-one-complained-about",
        "desk-of-the-district", "proposed-unit-heard-first", "review-names-a-unit", "another-unit", "another-order",
        "consult-at-least-two", "consultation-names-a-lead", "already-the-lead", "escalated-must-designate",
        "disputed-goes-to-status-quo", "claimed-clause-is-theirs", "denied-clause-is-own", "supervision-rises",
        "inside-the-district", "parent-known", "low-rating-has-a-reason", "missing-named", "return-carries-its-basis",
        "shelf-has-a-review-date", "office-once", "answer-has-a-ground", "not-accepted-names-a-channel",
        "merge-under-an-open-order", "hand-over-brings-material",
    }
)  # fmt: skip
# why something cannot be done that a clerk would look for; for the rest, leaving it out says enough
WORTH_SAYING = frozenset(
    {
        "designated-may-not-return", "silence-accepts", "urgent-handle-first", "return-open", "inside-collected-first",
        "leader-signs-off-first", "extensions-at-most", "extension-before-it-is-due", "one-extension-at-a-time",
    }
)  # fmt: skip
TONES: tuple[Tone, ...] = ("main", "plain", "warn")


@dataclass(frozen=True, slots=True)
class Ground:
    """What an action may know when it makes its form or reads it."""

    sheet: OrderSheet
    context: Context
    seal: Callable[[Addition], c.AddToOrder]  # what a requester adds, put under the order's key
    colleagues: Callable[[], Sequence[Account]]  # who acts for the actor's unit

    @property
    def order(self) -> WorkOrder:
        """The order."""
        return self.sheet.order

    @property
    def actor(self) -> Actor:
        """Who acts."""
        return self.context.actor

    @property
    def unit(self) -> UnitCode:
        """The unit the actor acts for; empty for the hotline."""
        return self.actor.unit or UnitCode("")

    def named(self, unit: UnitCode | str | None) -> str:
        """A unit as a form writes it: code and name."""
        if not unit:
            return ""
        known = self.sheet.register.units.get(UnitCode(unit))
        return f"{unit} {known.name}" if known else str(unit)


@dataclass(frozen=True, slots=True)
class Action:
    """One thing to do: its address, its name on the button, a trial command, its form, and how the form is read."""

    slug: str
    label: str
    command: type[c.Command]
    trial: Callable[[Ground], c.Command]
    fields: Callable[[Ground], tuple[Field, ...]]
    read: Callable[[Ground, Filled], c.Command]
    tone: Tone = "plain"
    done: str = ""
    key: str = ""  # the keyboard's
    why_not: bool = False  # say why it cannot be done, instead of leaving it out


@dataclass(frozen=True, slots=True)
class Offer:
    """An action with its form made, or with why it cannot be done."""

    action: Action
    fields: tuple[Field, ...]
    refused: str = ""


FILES = Field(UPLOADS, "附件", "files", help="照片、录音或 PDF，每个不超过 10 MB；随工单密钥加密保存")


def none(_: Ground) -> tuple[Field, ...]:
    """A form that asks for nothing."""
    return ()


def offers(actions: Mapping[str, Action], ground: Ground) -> list[Offer]:
    """The actions this person may take on this order now: what the order waits for first, what is grave last."""
    found = []
    for action in actions.values():
        refusal = refused(action, ground)
        if refusal is None and _changes(action, ground):
            found.append(Offer(action, action.fields(ground)))
        elif action.why_not and isinstance(refusal, Refused) and refusal.params.get("rule") in WORTH_SAYING:
            found.append(Offer(action, (), refusal.message))
    return sorted(found, key=lambda offer: TONES.index(offer.action.tone) if not offer.refused else len(TONES))


def _changes(action: Action, ground: Ground) -> bool:
    """Whether it would change anything: what is signed for is not signed for again."""
    try:
        return bool(decide(ground.order, action.trial(ground), ground.context))
    except Refused:
        return True  # for want of what its form asks for


def refused(action: Action, ground: Ground) -> Refused | NotPermitted | None:
    """Why the action cannot be taken now; None when it can, given the right answers."""
    try:
        decide(ground.order, action.trial(ground), ground.context)
    except NotPermitted as error:
        return error
    except Refused as error:
        return None if error.params.get("rule") in FILLED_IN else error
    return None
