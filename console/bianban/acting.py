"""What somebody may do with a case, finding or digest now: asked of the very rules that will decide it.

As for orders (`console.orders.actions`): an action is offered when a trial of it passes those rules, or fails only on
what its form still has to ask for.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from typing import Any, Generic, TypeVar

from starlette.responses import Response

from casework import events as e
from casework.lanes import Loaded
from casework.occasion import Occasion
from console.forms import Field, Filled
from console.interface.commands import giver_of
from console.interface.doors import Door, Giver, give_command, known_number, look, missing, sees, subject_of
from console.lookback import Lookback
from console.orders.actions import TONES, Tone
from console.visit import Visit
from mandates.edition import RegisterEdition
from terms.actors import Actor
from terms.errors import NotFound, NotPermitted, Refused
from terms.ids import Position, StreamId, UnitCode

# what a form asks for, so that a trial without it says nothing about whether the action is possible
FILLED_IN = frozenset(
    {
        "summary-given", "two-parties-at-least", "points-name-the-lead", "one-owner-a-link", "link-known", "unit-known",
        "point-worded", "within-the-existing-sanding", "clause-in-force", "point-on-its-owners-clause",
        "source-may-decide", "points-bind-parties", "signatory-named", "numbered", "application-has-five-parts",
        "reason-given", "position-given", "competent-body", "decision-has-number-and-scan", "effective-after-decided",
        "sanding-changed-by-the-bianwei", "text-given", "digest-item-known", "disposition-known", "due-ahead",
        "source-of-finding-known", "problem-class-known", "fault-known", "nothing-to-score", "corrected-amounts-given",
        "every-item-answered",
    }
)  # fmt: skip
# why something cannot be done that an officer would look for
WORTH_SAYING = frozenset(
    {
        "minutes-signed-by-all", "opinions-still-due", "opinion-rounds", "negotiate-first", "convener-convenes",
        "digest-complete", "report-when-not-agreed", "quarter-ended", "objections-decided-first",
        "objections-may-still-come", "opinion-awaits-its-answers", "hold-when-overdue",
    }
)  # fmt: skip
State = TypeVar("State")


@dataclass(frozen=True, slots=True)
class Matter(Generic[State]):
    """What an action may know when it makes its form or reads it: the thing as it stands, who asks, and when."""

    state: State
    occasion: Occasion

    @property
    def actor(self) -> Actor:
        """Who acts."""
        return self.occasion.actor

    @property
    def register(self) -> RegisterEdition:
        """The edition of the day."""
        return self.occasion.register

    @property
    def unit(self) -> UnitCode:
        """The unit the actor acts for; empty for who has none."""
        return self.actor.unit or UnitCode("")

    def named(self, unit: UnitCode | str | None) -> str:
        """A unit as a form writes it: code and name."""
        known = self.register.units.get(UnitCode(unit)) if unit else None
        return f"{unit} {known.name}" if known else str(unit or "")

    def name(self, unit: UnitCode | str | None) -> str:
        """A unit's name."""
        known = self.register.units.get(UnitCode(unit)) if unit else None
        return known.name if known else str(unit or "")


@dataclass(frozen=True, slots=True)
class MatterAction(Generic[State]):
    """One thing to do: its address, its button, a trial command, its form, and how the form is read."""

    slug: str
    label: str
    trial: Callable[[Matter[State]], Any]
    fields: Callable[[Matter[State]], tuple[Field, ...]]
    read: Callable[[Matter[State], Filled], Any]
    tone: Tone = "plain"
    done: str = ""
    key: str = ""


@dataclass(frozen=True, slots=True)
class Offered:
    """An action with its form made, or with why it cannot be done."""

    action: MatterAction[Any]
    fields: tuple[Field, ...]
    refused: str = ""


def occasion_of(visit: Visit) -> Occasion:
    """What a decision in the matter lane may know, now and by this person."""
    parts = visit.console.parts
    return Occasion(visit.now, visit.actor, parts.city, parts.calendar, visit.register)


def as_it_stood(door: Door, found: Loaded[Any], number: str, look_from: Lookback, giver: Giver) -> Loaded[Any]:
    """The thing as it stood at the day or position asked for.

    Raises NotFound for one that was not there yet, or that this person could not know of then.
    """
    if look_from.position is None:
        return found
    events = tuple(event for event in found.events if event.position <= look_from.position)
    state = door.lane.empty(number)
    for event in events:
        if event.type in e.FACTS:
            state = door.lane.evolve(state, e.read(event.type, event.payload), event.occurred_at)
    if not events or not sees(door, state, giver):
        raise missing(door, number)
    return Loaded(state, events[-1].version, events[-1].position, events)


Decide = Callable[[Any, Any, Occasion], object]


def offers(actions: Iterable[MatterAction[State]], matter: Matter[State], decide: Decide) -> list[Offered]:
    """The actions this person may take now, what is waited for first; and those worth saying why not, last."""
    found: list[Offered] = []
    for action in actions:
        try:
            if not decide(matter.state, action.trial(matter), matter.occasion):
                continue  # already so: doing it again would change nothing
        except NotPermitted:
            continue
        except Refused as refusal:
            rule = refusal.params.get("rule")
            if rule in WORTH_SAYING:
                found.append(Offered(action, (), refusal.message))
            if rule not in FILLED_IN:
                continue
        found.append(Offered(action, action.fields(matter)))
    return sorted(found, key=lambda one: len(TONES) if one.refused else TONES.index(one.action.tone))


def carry_out(
    visit: Visit,
    door: Door,
    actions: Iterable[MatterAction[Any]],
    slug: str,
    number: str,
    form: Filled,
    back: str,
    *,
    fresh: bool = False,
) -> Response:
    """Carry out one action on the version the page showed, and go `back`; `fresh` lets it begin what is not there yet.

    Raises NotFound for an action there is not; what the rules refuse is raised before anything is written.
    """
    action = next((one for one in actions if one.slug == slug), None)
    if action is None:
        raise NotFound("console.no-page")
    giver = giver_of(visit)
    found = giver.desk.load(door.lane, known_number(number))
    if found.events or not fresh:
        found = look(door, number, giver)
    form, giver = with_scans(form, subject_of(door, number, found.state), giver)
    command = action.read(Matter(found.state, occasion_of(visit)), form)
    seen = int(form.text("seen")) if form.text("seen").isdigit() else None
    done = give_command(door, number, command, giver, seen=seen)
    return visit.done(back, f"{number} {action.done or action.label}", Position(done.position))


def with_scans(form: Filled, subject: StreamId, giver: Giver) -> tuple[Filled, Giver]:
    """The form with its scans as the record will have them, and who keeps them, sealed under the key of their stream,
    once the rules have said yes. Raises as `AttachmentStore.described`."""

    def keep() -> None:
        for one in form.scans.values():
            giver.files.keep_scan(subject, one)

    scanned = {name: giver.files.described(one) for name, one in form.scans.items()}
    return replace(form, scanned=scanned), giver.keeping(keep)
