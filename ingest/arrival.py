"""What every kind of arrival has in common: where and when it came in, what it became, and how a kind is taken in."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, Generic, Protocol, TypeVar

import orjson
from pydantic import BaseModel

from city.configuration import CityConfiguration
from ingest.fields import NO_MAPPING, called
from ledger.envelope import Append
from ledger.vault import Keyring
from mandates.sheets import Row
from terms.actors import process
from terms.errors import BadInput
from terms.ids import UnitCode

GATEWAY = str(process("gateway"))
FindUnits = Callable[[str, str, datetime], tuple[UnitCode, ...]]


@dataclass(frozen=True, slots=True)
class Arrival:
    """One delivery. `now` is aware; `file_digest` names rows that bring no number of their own."""

    now: datetime
    file_digest: str = ""
    mapping: Mapping[str, str] = field(default_factory=lambda: NO_MAPPING)
    origin: str = ""


Record = TypeVar("Record", bound=BaseModel)


class Kind(Protocol, Generic[Record]):
    """One kind of thing that can be taken in. Reading is pure; `append` may look at the record, and writes nothing."""

    @property
    def name(self) -> str:
        """As on the command line: work-order, return, history."""
        ...

    def read(self, row: Row, arrival: Arrival) -> Record:
        """The row as a record. Raises BadInput."""
        ...

    def order_no(self, record: Record) -> str:
        """The order it speaks of."""
        ...

    def subjects(self, record: Record) -> Iterable[str]:
        """Whose keys seal it."""
        ...

    def appends(self, records: Iterable[Record], ring: Keyring, arrival: Arrival) -> Iterable[Append]:
        """An append for each record of one batch, in order; each may build on those before it."""
        ...


def check_date(moment: datetime | None, city: CityConfiguration, arrival: Arrival, at: str) -> None:
    """Raise BadInput for a time before the city's first year or more than a day ahead."""
    if moment is None:
        return
    if moment.year < city.imports.earliest_year or moment > arrival.now + timedelta(days=1):
        raise BadInput("ingest.absurd-date", at=at, found=f"{moment.year:04}-{moment.month:02}-{moment.day:02}")


def check_limit(limit: datetime | str | None, since: datetime, at: str) -> None:
    """Raise BadInput for a 办理时限 that ends before the work it limits began, or more than ten years after."""
    if isinstance(limit, datetime) and not since < limit <= since + TEN_YEARS:
        reason = f"{limit:%Y-%m-%d %H:%M} 不在 {since:%Y-%m-%d %H:%M} 之后的十年内"
        raise BadInput("ingest.bad-field", at=f"{at} handle_limit", field=called("handle_limit"), reason=reason)


TEN_YEARS = timedelta(days=3653)
LATER = frozenset({"reporter_hidden", "second_category", "third_category", "subjects", "handle_limit", "excluded"})


def body_of(record: BaseModel) -> bytes:
    """The record as canonical bytes: what "the same body again" means.

    A field that came to a contract later counts only where it is told: what was marked before it is the same still.
    """
    told = {
        name: value for name, value in record.model_dump(mode="json").items() if value is not None or name not in LATER
    }
    return orjson.dumps(told, option=orjson.OPT_SORT_KEYS)


@dataclass(frozen=True, slots=True)
class Told:
    """What became of one row, in the order given: `status` is in, duplicate, conflict or quarantined.

    `position` is where the record answers for it: the event written, the first one, the conflict, the quarantine.
    """

    row: int
    status: str
    order_no: str = ""
    position: int = 0
    problem: Mapping[str, Any] | None = None

    def document(self) -> dict[str, Any]:
        """The answer as JSON data; what does not apply is left out."""
        found: dict[str, Any] = {"row": self.row, "status": self.status, "position": self.position}
        if self.order_no:
            found["order_no"] = self.order_no
        return found | ({"problem": dict(self.problem)} if self.problem else {})


@dataclass(slots=True)
class Summary:
    """What became of the rows of one ingestion."""

    received: int = 0
    duplicate: int = 0
    conflict: int = 0
    quarantined: int = 0
    answers: list[dict[str, Any]] = field(default_factory=list)

    def add(self, told: Told) -> None:
        """Count one row."""
        name = "received" if told.status == "in" else told.status
        setattr(self, name, getattr(self, name) + 1)

    def counts(self) -> dict[str, int]:
        """The four figures every ingestion reports."""
        return {
            "in": self.received,
            "duplicate": self.duplicate,
            "conflict": self.conflict,
            "quarantined": self.quarantined,
        }
