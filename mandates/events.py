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
_CAME_LATER = frozenset({"calls"})
_ADAPTERS: dict[type[Enactable], TypeAdapter[Any]] = {kind.item: TypeAdapter(kind.item) for kind in KINDS}

ENDED = "MandateEnded"  # {table, id, valid_to, reason}: something is no longer in force from that day
LINK_PROPOSED = "LinkProposed"  # {kind, from, to, score}: clause ↔ list item ↔ matter, found by the machine
LINK_CONFIRMED = "LinkConfirmed"  # {kind, from, to}: a person said yes
LINK_REJECTED = "LinkRejected"  # {kind, from, to, reason}: a person said no
WORDING_PROPOSED = "WordingProposed"  # {item, unit, wording, score, accepted, standing, orders}: learned from outcomes
WORDING_ACCEPTED = "WordingAccepted"  # {item, wording, valid_from}: a person said yes; its duty point carries it
WORDING_REJECTED = "WordingRejected"  # {item, wording, reason}: a person said no
REFORMED = "UnitsReformed"  # {kind, from, into, valid_from, instrument}: 机构改革, one operation
EVENT_TYPES = (
    *BY_EVENT, ENDED, LINK_PROPOSED, LINK_CONFIRMED, LINK_REJECTED,
    WORDING_PROPOSED, WORDING_ACCEPTED, WORDING_REJECTED, REFORMED,
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
        raise BadInput("mandates.bad-field", at=place, column=column, reason=first["msg"]) from error
    return found


def iso(day: date) -> str:
    """A date in the form events carry."""
    return day.isoformat()
