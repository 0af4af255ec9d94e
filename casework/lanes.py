"""The lanes of casework on the record: how each kind of thing is loaded, and what a command leaves behind."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Generic, Protocol, TypeVar

from casework import events as e
from casework import matter
from casework.appraisal import assessment, score_sheet
from casework.appraisal.assessment import Assessment
from casework.appraisal.score_sheet import ScoreSheet
from casework.boundary_case.state import BoundaryCase
from casework.boundary_case.state import evolve as evolve_case
from casework.finding import digest
from casework.finding.digest import Digest
from casework.finding.state import Finding
from casework.finding.state import evolve as evolve_finding
from casework.matter import Matter
from casework.papers import numbering
from casework.papers.numbering import Series
from casework.paperwork import state as paperwork
from casework.paperwork.state import Paperwork
from casework.work_order import WorkOrder, evolve
from ledger.envelope import Event, NewEvent
from terms.actors import Actor
from terms.ids import EventId, Position, StreamId, case_stream, finding_stream, order_stream
from terms.messages import sentence


class Thing(Protocol):
    """A state folded from facts."""

    @property
    def version(self) -> int:
        """How many facts were folded."""


State = TypeVar("State", bound=Thing)


@dataclass(frozen=True, slots=True)
class Loaded(Generic[State]):
    """A state as the record has it, with the version and position of its last event."""

    state: State
    version: int
    position: Position
    events: tuple[Event, ...]


@dataclass(frozen=True, slots=True)
class Done(Generic[State]):
    """What came of a command: the state after it and the events written (none when nothing changed).

    `position` is what a view has to reach to show it.
    """

    state: State
    events: tuple[Event, ...]
    position: Position


@dataclass(frozen=True, slots=True)
class Cause:
    """Why automation acts: its name and what names the cause. The same cause is recorded once."""

    source: str
    key: str
    event: EventId | None = None


@dataclass(frozen=True, slots=True)
class Lane(Generic[State]):
    """How one kind of thing is loaded and decided."""

    stream: Callable[[str], StreamId]
    empty: Callable[[str], State]
    evolve: Callable[[State, Any, datetime], State]
    key_of: Callable[[Any], str]  # the thing a fact belongs to, by its own field


ORDERS: Lane[WorkOrder] = Lane(order_stream, WorkOrder, evolve, lambda fact: str(fact.order_no))


CASES: Lane[BoundaryCase] = Lane(case_stream, BoundaryCase, evolve_case, lambda fact: str(fact.case_no))
FINDINGS: Lane[Finding] = Lane(finding_stream, Finding, evolve_finding, lambda fact: str(fact.finding_no))
DIGESTS: Lane[Digest] = Lane(digest.digest_stream, Digest, digest.evolve, lambda fact: str(fact.digest_no))
MATTERS: Lane[Matter] = Lane(e.matter_stream, Matter, matter.evolve, lambda fact: str(fact.matter))
SCORES: Lane[ScoreSheet] = Lane(e.scores_stream, ScoreSheet, score_sheet.evolve, lambda fact: str(fact.quarter))
ASSESSMENTS: Lane[Assessment] = Lane(
    e.assessment_stream, Assessment, assessment.evolve, lambda fact: str(fact.sheet_no)
)
PAPERS: Lane[Paperwork] = Lane(e.paper_stream, Paperwork, paperwork.evolve, lambda fact: str(fact.paper_no))


def series_key(prefix: str, year: int) -> str:
    """How a number series is named among series."""
    return f"{prefix}-{year}"


def _empty_series(key: str) -> Series:
    prefix, _, year = key.rpartition("-")
    return Series(prefix, int(year))


SERIES: Lane[Series] = Lane(
    lambda key: StreamId(f"papers-{key}"),
    _empty_series,
    lambda series, fact, _: numbering.evolve(series, fact),
    lambda fact: series_key(fact.prefix, fact.year),
)


def new_event(
    fact: e.Fact, number: int, now: datetime, actor: Actor, cause: Cause | None, correlation: StreamId
) -> NewEvent:
    """A fact on its way into the record; `number` tells the facts of one cause apart."""
    return NewEvent(
        type=fact.event_type(),
        schema=fact.SCHEMA,
        payload=fact.to_payload(),
        occurred_at=now,
        actor=str(actor),
        cause=cause.event if cause else None,
        correlation=correlation,
        source=cause.source if cause else None,
        source_key=f"{cause.key}/{number}" if cause else None,
        mark=fact.event_type() if cause else None,
    )


def event_name(event_type: str) -> str:
    """The Chinese name of an event, as pages show it."""
    return sentence(f"event.{event_type}")


def who(actor: str) -> str:
    """The actor by role and unit; never a person's account."""
    found = Actor.parse(actor)
    role = sentence(f"role.{found.role}")
    return f"{found.unit} {role}" if found.unit else role
