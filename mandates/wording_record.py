"""Learned wordings on the record: proposed once by the machine or a person, decided by a person, and imported."""

import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Protocol

import orjson

from ledger.envelope import Append, Event, NewEvent, Outcome
from ledger.store import Ledger
from mandates.enact import enactment
from mandates.events import WORDING_ACCEPTED, WORDING_PROPOSED
from mandates.learned_wordings import LearnedWordings, decide_wording, propose_wording, with_wordings
from mandates.model import DutyPoint
from mandates.register import Register
from mandates.sheets import Row
from mandates.tables import Fault
from terms.actors import process
from terms.errors import NotFound
from terms.ids import ClauseId, OrderNo, StreamId, UnitCode

SOURCE = "wording-learner"
_COLUMNS = {"编号": "item", "颗粒点": "item", "日常说法": "wording", "说法": "wording"}


class Found(Protocol):
    """What a proposer of wordings hands over (`routing.wording_candidates.Candidate`)."""

    @property
    def item(self) -> ClauseId: ...
    @property
    def unit(self) -> UnitCode: ...
    @property
    def wording(self) -> str: ...
    @property
    def score(self) -> int: ...
    @property
    def accepted(self) -> int: ...
    @property
    def standing(self) -> int: ...
    @property
    def orders(self) -> tuple[OrderNo, ...]: ...


@dataclass(frozen=True, slots=True)
class Imported:
    """What an import of wordings did: how many are new, were there already, and the rows that did not go in."""

    added: int
    unchanged: int
    faults: tuple[Fault, ...]


def record_candidates(ledger: Ledger, states: LearnedWordings, found: Iterable[Found], *, at: datetime) -> int:
    """Append what the machine proposes; how many were new. What was ever proposed or decided is not brought back."""
    given = []
    for one in found:
        if (one.item, one.wording) in states.states:
            continue
        body = {
            "item": one.item, "unit": one.unit, "wording": one.wording, "score": one.score,
            "accepted": one.accepted, "standing": one.standing, "orders": list(one.orders),
        }  # fmt: skip
        mark = hashlib.sha256(orjson.dumps([one.item, one.wording])).hexdigest()
        event = NewEvent(
            WORDING_PROPOSED, body, at, str(process(SOURCE)), source=SOURCE, mark=mark,
            source_key=f"{one.item}/{one.wording}",
        )  # fmt: skip
        given.append(Append(wording_stream(one.item, one.wording), None, (event,)))
    return sum(answer.outcome is Outcome.NEW for answer in ledger.append_each(given))


def propose_by_hand(
    ledger: Ledger, register: Register, item: str, wording: str, *, day: date, at: datetime, actor: str
) -> Event:
    """Append a word that a person proposes for a duty point in force on a day.

    Raises NotFound, BadInput, Refused; Conflict when another proposed it just now.
    """
    point = register.as_of(day).duty_points.get(ClauseId(item))
    if point is None:
        raise NotFound("mandates.no-such", what=item, day=day.isoformat())
    type_, body = propose_wording(register.wordings, point, wording)
    stream = wording_stream(point.id, body["wording"])
    return ledger.append(Append(stream, 0, (NewEvent(type_, body, at, actor),)))[0].events[0]


def decide_learned(
    ledger: Ledger,
    register: Register,
    item: str,
    wording: str,
    *,
    accept: bool,
    reason: str = "",
    day: date,
    at: datetime,
    actor: str,
) -> Event:
    """Append a person's word on one wording; an accepted one enters its duty point from `day` in the same append.

    Raises NotFound, Refused; Conflict when another decided just now.
    """
    stream = wording_stream(item, wording)
    history = ledger.stream(stream)
    states = LearnedWordings()
    for past in history:
        states.apply(past.type, past.payload)
    type_, body = decide_wording(states, item, wording, accept=accept, reason=reason, day=day)
    said = Append(stream, len(history), (NewEvent(type_, body, at, actor),))
    if not accept:
        return ledger.append(said)[0].events[0]
    written = _written(register, item, (wording,), day, at, actor)
    return ledger.append(said, *written)[0].events[0]


def import_wordings(
    ledger: Ledger, register: Register, rows: Iterable[Row], *, day: date, at: datetime, actor: str
) -> Imported:
    """Add each row's wording (编号, 日常说法) to its duty point from `day`; the same file twice adds nothing."""
    faults: list[Fault] = []
    asked: dict[str, list[str]] = {}
    edition = register.as_of(day)
    unchanged = 0
    for row in rows:
        cells = {_COLUMNS.get(key.strip(), key.strip()): str(value or "").strip() for key, value in row.cells.items()}
        item, words = cells.get("item", ""), [part.strip() for part in cells.get("wording", "").split("|")]
        point = edition.duty_points.get(ClauseId(item))
        if point is None or not any(words):
            column = "item" if point is None else "wording"
            faults.append(Fault(row.file, row.number, column, "mandates.no-such", item or column))
            continue
        for word in filter(None, words):
            if word in point.wordings or word in asked.get(item, ()):
                unchanged += 1
            else:
                asked.setdefault(item, []).append(word)
    for item, words in asked.items():
        said = []
        for word in words:
            body = {"item": item, "wording": word, "valid_from": day.isoformat()}
            said.append(Append(wording_stream(item, word), None, (NewEvent(WORDING_ACCEPTED, body, at, actor),)))
        ledger.append(*said, *_written(register, item, words, day, at, actor))
    return Imported(sum(map(len, asked.values())), unchanged, tuple(faults))


def wording_stream(item: str, wording: str) -> StreamId:
    """The stream of one learned wording."""
    return StreamId(f"mandate-wordings-{item}/{wording}")


def _written(
    register: Register, item: str, words: Sequence[str], day: date, at: datetime, actor: str
) -> tuple[Append, ...]:
    """The duty point with the wordings from the day on, in every version that is in force then or comes later."""
    versions = [one for one in register.versions("duty_points", item) if isinstance(one, DutyPoint)]
    later = [one for one in versions if one.span.valid_to > day]
    if not later:
        raise NotFound("mandates.no-such", what=item, day=day.isoformat())
    return tuple(enactment(with_wordings(one, words, day), at=at, actor=actor) for one in later)
