"""Which cases, findings, digests and papers are asked for: by state, unit, matter, deadline and words."""

from collections.abc import Iterator
from datetime import date
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field

from casework.appraisal.assessment import Assessment
from casework.appraisal.score_sheet import ScoreSheet
from casework.boundary_case.state import BoundaryCase
from casework.events.fact import Deadline
from casework.finding.digest import Digest
from casework.finding.state import Finding
from casework.paperwork.state import Paperwork
from console.interface.docket import Thing
from console.words import due_day

PRINTABLE = r"^[^\x00-\x1f]*$"


class ThingsAsked(BaseModel):
    """Which things, and which page of them; what is empty does not narrow.

    `due` finds what has a deadline on that day or before, what is overdue too. `matter` is a matter's id or a part of
    its words, `q` a part of the number or of the words.
    """

    model_config = ConfigDict(frozen=True)

    state: Annotated[str, Field(max_length=20, pattern=PRINTABLE)] = ""
    unit: Annotated[str, Field(max_length=20, pattern=PRINTABLE)] = ""
    matter: Annotated[str, Field(max_length=80, pattern=PRINTABLE)] = ""
    due: date | None = None
    q: Annotated[str, Field(max_length=80, pattern=PRINTABLE)] = ""
    page: Annotated[int, Field(ge=1, le=10_000)] = 1


def passes(thing: Thing, asked: ThingsAsked) -> bool:
    """Whether a thing is among those asked for."""
    due = earliest_due(thing)
    return (
        (not asked.state or asked.state == state_of(thing))
        and (not asked.unit or asked.unit in set(units_of(thing)))
        and (not asked.matter or any(asked.matter in one for one in matters_of(thing)))
        and (asked.due is None or (due is not None and due <= asked.due))
        and (not asked.q.strip() or any(asked.q.strip() in one for one in words_of(thing)))
    )


def state_of(thing: Thing) -> str:
    """Where it stands, as lists say it."""
    state = thing.state
    if isinstance(state, BoundaryCase):
        return state.step
    if isinstance(state, Finding | Paperwork | ScoreSheet | Assessment):
        return state.phase
    return "published" if state.published else ""


def units_of(thing: Thing) -> Iterator[str]:
    """Whose it is: the parties and office of a case, the unit of a finding, owners of items, issuer, addressees."""
    state = thing.state
    if isinstance(state, BoundaryCase):
        yield from (*state.parties, state.convener or "", state.handler)
    elif isinstance(state, Finding):
        yield state.unit
    elif isinstance(state, ScoreSheet):
        yield from (line.unit for line in state.lines)
    elif isinstance(state, Assessment):
        yield state.unit
    elif isinstance(state, Paperwork):
        yield from (state.issuer, *((*state.addressees, *state.copies) if state.signed else ()))
    elif isinstance(state, Digest):
        yield from (unit for item in state.items for unit in item.units)
        yield from (owner for owner, _ in thing.judged.values())


def matters_of(thing: Thing) -> Iterator[str]:
    """What it is about: id and words of a matter, what a paper was made from."""
    state = thing.state
    if isinstance(state, BoundaryCase) and state.opened:
        yield from (state.opened.matter_id, state.opened.matter)
    elif isinstance(state, Finding):
        yield from (state.fault, state.problem_class)
    elif isinstance(state, Paperwork):
        yield state.about
    elif isinstance(state, Assessment):
        yield from (state.round, state.kind)
    elif isinstance(state, Digest):
        yield from (word for item in state.items for word in (item.item, item.matter))


def words_of(thing: Thing) -> Iterator[str]:
    """The number and the words by which somebody looks for it."""
    state = thing.state
    yield thing.number
    yield thing.told
    yield from matters_of(thing)
    if isinstance(state, BoundaryCase) and state.opened:
        yield state.opened.question
    elif isinstance(state, Finding):
        yield from (state.notice, *state.papers)
    elif isinstance(state, Paperwork):
        yield state.signed.doc_no if state.signed else ""
        yield state.kind.label if state.kind else ""


def earliest_due(thing: Thing) -> date | None:
    """The last day of its nearest deadline; None when nothing is due any more."""
    state = thing.state
    if isinstance(state, Digest):
        return min((due for item, (_, due) in thing.judged.items() if item not in state.closed), default=None)
    if isinstance(state, Paperwork | ScoreSheet | Assessment):
        return None
    clocks: tuple[Deadline, ...] = state.clocks
    return min((due_day(one.due) for one in clocks), default=None)
