"""What routing answers: a lead, supports, citations, a confidence, and why not the others. Frozen, integers only.

Everything in a proposal is data for the ledger: two proposals are equal exactly when their canonical JSON is.
"""

from dataclasses import dataclass, field
from datetime import date

from terms.ids import ClauseId, InstrumentId, UnitCode

SpanOf = tuple[int, int]  # half-open, in code points of the text as given


@dataclass(frozen=True, slots=True)
class OrderText:
    """What routing may know of an order. `text` is what spans refer to; `title` stands before it when both are given.

    `at` decides the register edition. `subject_units` are units the order complains about (never routed to them).
    """

    text: str
    title: str = ""
    place: str = ""
    district: str = ""
    street: str = ""
    kind: str = ""
    at: date | None = None
    subject_units: tuple[UnitCode, ...] = ()


@dataclass(frozen=True, slots=True)
class Citation:
    """The clause that proves a unit's part, with where it speaks in both texts.

    `order_span` lies in `OrderText.title + "\\n" + text` when there is a title, else in `text`. `clause_span` lies in
    the clause's text; where it is None, `via` names the everyday wording (a list, a decision, a past order) that led
    there.
    """

    unit: UnitCode
    clause_id: ClauseId
    instrument: InstrumentId | None
    text: str
    order_span: SpanOf | None
    clause_span: SpanOf | None
    via: str = ""


@dataclass(frozen=True, slots=True)
class Abstention:
    """Why no dispatch by rule: `route.no-clause`, `route.two-clauses`, `route.unknown-place`, `route.too-little` …"""

    code: str
    message: str


@dataclass(frozen=True, slots=True)
class Candidate:
    """A unit that was weighed: its score (0–1000) and, unless it leads, what was missing for it."""

    unit: UnitCode
    score: int
    why_not: str = ""


@dataclass(frozen=True, slots=True)
class Reason:
    """One feature that spoke for a unit, with its integer weight: what `--explain` and the page show."""

    unit: UnitCode
    feature: str  # "wording", "register", "memory", "territory", "caller-note", "boundary", "clauses", "ground", …
    detail: str
    weight: int


@dataclass(frozen=True, slots=True)
class Verdict:
    """What of a proposal decides where an order goes. `cited` are the lead's citations."""

    lead: UnitCode | None
    desk: UnitCode | None
    automatic: bool
    abstained: Abstention | None
    cited: tuple[Citation, ...]


@dataclass(frozen=True, slots=True)
class Proposal:
    """One order, one register edition, one memory edition, one city version → this, always the same bytes."""

    lead: UnitCode | None
    supports: tuple[UnitCode, ...]
    confidence: int  # percent, calibrated
    automatic: bool
    abstained: Abstention | None
    citations: tuple[Citation, ...]
    candidates: tuple[Candidate, ...]  # best first, the lead included
    reasons: tuple[Reason, ...]
    register_edition: str
    memory_edition: str
    city_version: str
    desk: UnitCode | None = None  # the district desk the order goes through, when the lead is a district's unit
    matter: str = ""  # the matter it was taken for
    matter_id: ClauseId | None = None  # the duty point or boundary item of that matter
    disputed: str = ""  # the boundary case under which the status-quo unit was taken
    similar: tuple[str, ...] = field(default=())  # past orders it leaned on
