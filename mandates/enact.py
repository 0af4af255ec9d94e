"""Things of the register become facts in the ledger; bringing the same thing twice adds nothing."""

import hashlib
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime

import orjson

from ledger.envelope import Append, Appended, NewEvent, Outcome
from ledger.store import Ledger
from mandates.events import BY_CLASS, Enactable, key_of, payload_of, stream_of
from mandates.tables import Fault

SOURCE = "mandates"
BATCH = 500


@dataclass(frozen=True, slots=True)
class Enacted:
    """What an import did: how many went in, were there already, and which rows did not go in and why."""

    enacted: int
    unchanged: int
    by_table: dict[str, int]
    faults: tuple[Fault, ...]


def enactment(item: Enactable, *, at: datetime, actor: str) -> Append:
    """The append that enacts one thing. Its source key is its content, so a second import answers with the first."""
    kind = BY_CLASS[type(item)]
    payload = payload_of(item)
    content = hashlib.sha256(orjson.dumps(payload, option=orjson.OPT_SORT_KEYS)).hexdigest()
    event = NewEvent(
        type=kind.event,
        payload=payload,
        occurred_at=at,
        actor=actor,
        source=SOURCE,
        source_key=f"{kind.table}/{key_of(item)}/{content}",
        mark=content,
    )
    return Append(stream_of(kind.table, key_of(item)), None, (event,))


def enact(ledger: Ledger, found: Iterable[Enactable | Fault], *, at: datetime, actor: str) -> Enacted:
    """Append every thing that could be read, in batches, and give back the faults of those that could not."""
    faults: list[Fault] = []
    counted: Counter[str] = Counter()
    by_table: Counter[str] = Counter()
    batch: list[Append] = []

    def flush() -> None:
        answers = ledger.append_each(batch)
        again = [
            _once_more(given, answer.version)
            for given, answer in zip(batch, answers, strict=True)
            if answer.outcome is Outcome.DUPLICATE and _was_corrected(ledger, answer)
        ]
        batch.clear()
        counted[Outcome.DUPLICATE] -= len(again)
        for answer in (*answers, *ledger.append_each(again)):
            counted[answer.outcome] += 1
            if answer.outcome is Outcome.NEW:
                by_table[answer.stream.split("-")[1]] += 1

    for item in found:
        if isinstance(item, Fault):
            faults.append(item)
            continue
        batch.append(enactment(item, at=at, actor=actor))
        if len(batch) == BATCH:
            flush()
    if batch:
        flush()
    return Enacted(counted[Outcome.NEW], counted[Outcome.DUPLICATE], dict(by_table), tuple(faults))


def _was_corrected(ledger: Ledger, answer: Appended) -> bool:
    """Whether words that are in the record already were corrected since by others of the same day.

    Then bringing them again is a decision and not a repetition: A, corrected to B, and A once more. What a reform or
    an ending did since is not undone by an old file.
    """
    first = answer.events[0]
    if first.version == answer.version:
        return False
    start = first.payload["span"]["valid_from"]
    later = [
        event
        for event in ledger.stream(answer.stream, first.version)
        if event.type == first.type and event.payload["span"]["valid_from"] == start
    ]
    return bool(later) and later[-1].source == SOURCE and later[-1].mark != first.mark


def _once_more(given: Append, version: int) -> Append:
    event = given.events[0]
    return Append(given.stream, None, (replace(event, source_key=f"{event.source_key}/{version}"),))
