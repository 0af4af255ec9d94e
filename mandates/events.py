"""The facts of the register: something was enacted, ended, linked, or a unit was reformed.

Every citable thing has a stream of its own (`mandate-<kind>-<id>`); an enactment with a later `valid_from` succeeds
the earlier text on that day, one with the same `valid_from` corrects it. Nothing is overwritten: the register of any
day, as known at any position, is a fold of these.
"""

from dataclasses import dataclass
from datetime import date
from typing import Any

from pydantic import TypeAdapter, ValidationError

from mandates.model import (
    BoundaryItem,
    Clause,
    DutyPoint,
    Instrument,
    Place,
    PowerItem,
    SubdistrictItem,
    Unit,
)
from terms.errors import BadInput
from terms.ids import StreamId
from terms.messages import sentence
from terms.reasons import reason_of

Enactable = Unit | Instrument | Clause | PowerItem | BoundaryItem | DutyPoint | SubdistrictItem | Place


@dataclass(frozen=True, slots=True)
class Kind:
    """One kind of thing in the register: its table, its class, the stable name of the event that enacts it."""

    table: str
    item: type[Enactable]
    event: str


KINDS: tuple[Kind, ...] = (
    Kind("departments", Unit, "UnitEstablished"),
    Kind("instruments", Instrument, "InstrumentIssued"),
    Kind("clauses", Clause, "ClauseEnacted"),
    Kind("power_items", PowerItem, "PowerItemListed"),
    Kind("boundary_items", BoundaryItem, "BoundaryItemListed"),
    Kind("duty_points", DutyPoint, "DutyPointWritten"),
    Kind("subdistrict_items", SubdistrictItem, "SubdistrictItemListed"),
    Kind("places", Place, "PlaceNamed"),
)
BY_TABLE = {kind.table: kind for kind in KINDS}
BY_EVENT = {kind.event: kind for kind in KINDS}
BY_CLASS = {kind.item: kind for kind in KINDS}
_CAME_LATER = frozenset({"calls", "said"})
_ADAPTERS: dict[type[Enactable], TypeAdapter[Any]] = {kind.item: TypeAdapter(kind.item) for kind in KINDS}

ENDED = "MandateEnded"  # {table, id, valid_to, reason}: something is no longer in force from that day
LINK_PROPOSED = "LinkProposed"  # {kind, from, to, score}: clause ↔ list item ↔ matter, found by the machine
LINK_CONFIRMED = "LinkConfirmed"  # {kind, from, to}: a person said yes
LINK_REJECTED = "LinkRejected"  # {kind, from, to, reason}: a person said no
WORDING_PROPOSED = "WordingProposed"  # {item, unit, wording, score, accepted, standing, orders}: learned from outcomes
WORDING_ACCEPTED = "WordingAccepted"  # {item, wording, valid_from}: a person said yes; its duty point carries it
WORDING_REJECTED = "WordingRejected"  # {item, wording, reason}: a person said no
REFORMED = "UnitsReformed"  # {kind, from, into, valid_from, instrument}: 机构改革, one operation
DRAFTED = "MandateDrafted"  # {draft, title, files, base, faults, ended, reform, by, at}: nothing holds yet
DRAFT_ROWS = "MandateDraftRows"  # {draft, rows: [{table, item}]}: the things of a draft, some hundred an event
DRAFT_REVIEWED = "MandateDraftReviewed"  # {draft, agreed, note, by, at}: another person looked at it
DRAFT_WITHDRAWN = "MandateDraftWithdrawn"  # {draft, note, by, at}
DRAFT_ENACTED = "MandateDraftEnacted"  # {draft, valid_from, by, at}: with its enactments, in one transaction
DRAFT_EVENTS = (DRAFTED, DRAFT_ROWS, DRAFT_REVIEWED, DRAFT_WITHDRAWN, DRAFT_ENACTED)
EVENT_TYPES = (
    *BY_EVENT, ENDED, LINK_PROPOSED, LINK_CONFIRMED, LINK_REJECTED,
    WORDING_PROPOSED, WORDING_ACCEPTED, WORDING_REJECTED, REFORMED, *DRAFT_EVENTS,
)  # fmt: skip


def key_of(item: Enactable) -> str:
    """What names an item inside its table: its code, id, or for a place its kind and name and what encloses it."""
    if isinstance(item, Unit):
        return item.code
    if isinstance(item, Place):
        return f"{item.kind}/{item.parent}/{item.name}"
    return item.id


def stream_of(table: str, key: str) -> StreamId:
    """The stream of one thing of the register."""
    return StreamId(f"mandate-{table}-{key}")


def payload_of(item: Enactable) -> dict[str, Any]:
    """The item as plain JSON data. A key that came later is left out where it is empty, so that what was brought in
    before has the same content, and the same digest, after."""
    data: dict[str, Any] = _ADAPTERS[type(item)].dump_python(item, mode="json")
    return {key: value for key, value in data.items() if value or key not in _CAME_LATER}


def item_of(table: str, payload: dict[str, Any], *, at: str | None = None) -> Enactable:
    """Read an item back from JSON data. Raises BadInput naming the first field at fault."""
    try:
        found: Enactable = _ADAPTERS[BY_TABLE[table].item].validate_python(payload)
    except ValidationError as error:
        first = error.errors()[0]
        column = ".".join(str(part) for part in first["loc"] if part != "span")
        place = f"{at}: {column}" if at else column
        raise BadInput("mandates.bad-field", at=place, column=column, reason=_why(first)) from error
    return found


def _why(error: Any) -> str:
    """What is wrong with a field, in Chinese; a kind of fault nobody foresaw is told as the library says it."""
    kind = error["type"]
    if kind == "enum":
        allowed = error["ctx"]["expected"].replace(" or ", "、").replace(", ", "、").replace("'", "")
        return sentence("mandates.field.choice", allowed=allowed)
    if kind in ("missing", "string_too_short"):
        return sentence("mandates.field.missing")
    if kind.startswith("int_"):
        return sentence("mandates.field.number")
    if kind.startswith("date_"):
        return sentence("mandates.field.date")
    return reason_of(error)


def iso(day: date) -> str:
    """A date in the form events carry."""
    return day.isoformat()
