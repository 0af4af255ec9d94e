"""The one way in: validate, key, seal, append. Each item is whole or not at all; a batch is not.

What cannot be read goes to quarantine with its reason and its sealed bytes, and its neighbours go in. An order is
known by its number: the same body again is the first answer, another body under the same number a recorded conflict.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from city.calendar import WorkingCalendar
from city.configuration import CityConfiguration
from ingest.arrival import Arrival, Kind, Summary, Told
from ingest.contracts import CITY_TIME
from ingest.fields import NO_MAPPING
from ingest.history import History
from ingest.orders import Orders
from ingest.quarantine import quarantined, stream_of
from ingest.returns import Returns
from ledger.envelope import Append, Appended, Bookmark, Outcome
from ledger.store import Ledger
from ledger.vault import Vault
from mandates.edition import RegisterEdition
from mandates.naming import UnitNames
from mandates.sheets import Row
from terms.errors import BadInput, Conflict
from terms.ids import UnitCode, order_stream

BATCH = 500
TRIES = 8  # of one batch, while other writers move its streams or make its keys
KINDS = ("work-order", "return", "history")
_NOTHING_YET = RegisterEdition(digest="", as_of=date.min)


@dataclass(frozen=True, slots=True)
class Gateway:
    """Takes facts into one ledger. `city` decides the limits; the moment of arrival comes with each call.

    `register` gives the edition of a day: by it units are found by name and returns are checked.
    """

    ledger: Ledger
    vault: Vault
    city: CityConfiguration
    calendar: WorkingCalendar
    register: Callable[[date], RegisterEdition] = lambda _: _NOTHING_YET
    _names: dict[str, UnitNames] = field(default_factory=dict, repr=False, compare=False)

    def admit(
        self,
        rows: Iterable[Row],
        *,
        now: datetime,
        kind: str = "work-order",
        file_digest: str = "",
        mapping: Mapping[str, str] | None = None,
        origin: str = "",
        answers: bool = False,
    ) -> Iterator[Summary]:
        """Take rows in, a batch at a time; after each batch the summary so far.

        `kind` is work-order, return or history; `file_digest` names rows that bring no number of their own. With
        `answers`, the summary also tells what became of each row, in order. Raises BadInput for an unknown kind,
        Unavailable when the database is away: whole batches are in or not, and the same rows may be given again.
        """
        arrival = Arrival(now, file_digest, mapping or NO_MAPPING, origin)
        summary = Summary()
        batch: list[Row] = []
        for row in rows:
            batch.append(row)
            if len(batch) == BATCH:
                self._add(summary, batch, kind, arrival, answers)
                batch = []
                yield summary
        if batch:
            self._add(summary, batch, kind, arrival, answers)
        yield summary

    def _add(self, summary: Summary, batch: Sequence[Row], kind: str, arrival: Arrival, answers: bool) -> None:
        for told in self.take(batch, kind, arrival):
            summary.add(told)
            if answers:
                summary.answers.append(told.document())

    def take(self, rows: Sequence[Row], kind: str, arrival: Arrival, bookmarks: Sequence[Bookmark] = ()) -> list[Told]:
        """Take one batch in, in one transaction; what became of each row, in order.

        `bookmarks` move in the same transaction. Raises as `admit`; Conflict `ledger.bookmark-moved` when another
        reader was here first.
        """
        way = self.kind(kind)
        read = [_read(way, row, arrival) for row in rows]
        tries = 0
        while True:
            tries += 1
            try:
                return self._append(rows, list(read), way, arrival, bookmarks)
            except Conflict as moved:  # somebody was first with a key or on a stream: look again and decide anew
                if moved.code == "ledger.bookmark-moved" or tries == TRIES:
                    raise

    def kind(self, name: str) -> Kind[Any]:
        """How this kind of thing is taken in. Raises BadInput."""
        match name:
            case "work-order":
                return Orders(self.vault, self.city, self.calendar, self._units)
            case "return":
                return Returns(self.ledger, self.city, self.calendar, self._units, self.register)
            case "history":
                return History(self.ledger, self.city, self.calendar, self._units)
        raise BadInput("input.invalid", at="kind", reason=f"种类应为 {'、'.join(KINDS)}")

    def _append(
        self,
        rows: Sequence[Row],
        read: list[Any],
        way: Kind[Any],
        arrival: Arrival,
        bookmarks: Sequence[Bookmark],
    ) -> list[Told]:
        good = [record for record in read if not isinstance(record, BadInput)]
        ring = self.vault.keyring(subject for record in good for subject in way.subjects(record))
        for place, record in enumerate(read):
            if not isinstance(record, BadInput) and ring.is_erased(order_stream(way.order_no(record))):
                read[place] = BadInput("ingest.erased", at=rows[place].at)
        bad = {place: error for place, error in enumerate(read) if isinstance(error, BadInput)}
        aside = self.vault.keyring(stream_of(rows[place].raw) for place in bad)
        made = iter(way.appends([record for record in read if not isinstance(record, BadInput)], ring, arrival))
        appends: list[Append] = [
            quarantined(row, bad[place], aside, arrival, kind=way.name) if place in bad else next(made)
            for place, row in enumerate(rows)
        ]
        done = self.ledger.append(*appends, keys=(*ring.new_keys(), *aside.new_keys()), bookmarks=bookmarks)
        return [_told(row, record, way, one) for row, record, one in zip(rows, read, done, strict=True)]

    def _units(self, text: str, district: str, when: datetime) -> tuple[UnitCode, ...]:
        edition = self.register(when.astimezone(CITY_TIME).date())
        if edition.digest not in self._names:
            self._names[edition.digest] = UnitNames(edition)
        names = self._names[edition.digest]
        return names.find_all(text, names.find(district) if district else None)


def _read(way: Kind[Any], row: Row, arrival: Arrival) -> Any:
    if row.fault:
        return BadInput("input.row-unreadable", at=row.at, reason=row.fault)
    try:
        return way.read(row, arrival)
    except BadInput as error:
        return error


def _told(row: Row, record: Any, way: Kind[Any], done: Appended) -> Told:
    position = done.positions[0]
    if isinstance(record, BadInput):
        return Told(row.number, "quarantined", position=position, problem=record.problem())
    status = "in" if done.outcome is Outcome.NEW else str(done.outcome)
    return Told(row.number, status, way.order_no(record), position)
