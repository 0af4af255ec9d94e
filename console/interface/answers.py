"""The shapes of what the API answers: `schema` publishes them, and an answer holds nothing they do not name."""

from datetime import date
from typing import Any, Literal

from pydantic import AwareDatetime, BaseModel, ConfigDict

from casework import events as e


class Sheet(BaseModel):
    """What an answer is made of."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class Step(Sheet):
    """One fact of a history; `who` is role and unit, never an account."""

    position: int
    event_id: str
    type: str
    at: AwareDatetime
    who: str


class Opinion(Sheet):
    """协调意见, and who agreed."""

    issued: e.CoordinationOpinionIssued
    agreed: tuple[str, ...]
    disagreed: tuple[str, ...]


class Minutes(Sheet):
    """协商纪要 as drafted last, and who signed it."""

    drafted: e.MinutesDrafted
    signed: tuple[str, ...]
    scan: e.Attachment | None


class CaseSheet(Sheet):
    """One boundary case. `orders` and `opinions` hold only what the reader may see."""

    number: str
    version: int
    position: int
    step: str
    outcome: str
    matter: str
    matter_id: str
    question: str
    parties: tuple[str, ...]
    convener: str | None
    handler: str
    jurisdiction: Literal["duty", "enforcement_basis"]
    status_quo: str
    orders: tuple[str, ...]
    minutes: Minutes | None
    application: e.ApplicationSubmitted | None
    opinions: tuple[e.OpinionGiven, ...]
    opinion: Opinion | None
    decision: e.DecisionRecorded | None
    written: e.DutyPointsWritten | None
    clocks: tuple[e.Deadline, ...]
    history: tuple[Step, ...]


class FindingSheet(Sheet):
    """One finding. The unit it is about reads what was told to it."""

    number: str
    version: int
    position: int
    phase: str
    unit: str
    fault: str
    problem_class: str
    source: str
    title: str
    text: str
    evidence: tuple[str, ...]
    notice: str
    papers: tuple[str, ...]
    receipted: bool
    hold: Literal["", "proposed", "signed", "declined", "lifted"]
    clocks: tuple[e.Deadline, ...]
    history: tuple[Step, ...]


class DigestSheet(Sheet):
    """One digest of disputed items."""

    number: str
    version: int
    position: int
    items: tuple[e.DigestItem, ...]
    judged: tuple[e.DigestItemJudged, ...]
    closed: tuple[str, ...]
    published: str
    history: tuple[Step, ...]


class PaperSheet(Sheet):
    """One paper (公文) on its way from draft to number. `seal` is the sha-256 of the issued file."""

    number: str
    version: int
    position: int
    phase: str
    kind: str
    title: str
    about: str
    issuer: str
    addressees: tuple[str, ...]
    copies: tuple[str, ...]
    opinion: str
    doc_no: str
    issued_on: str
    seal: str
    scan: e.Attachment | None
    voided: str
    history: tuple[Step, ...]


class ScoreObjection(Sheet):
    """One objection of a unit to a figure; `upheld` is None until the review has decided."""

    objection: int
    unit: str
    indicator: str
    reason: str
    upheld: bool | None


class ScoreSheetSheet(Sheet):
    """The score sheet of one quarter: the rule's version, and the lines this account may read, as they stand now."""

    number: str
    version: int
    position: int
    phase: str
    rule: str
    reckoned_at: int  # position of the record
    objections_until: AwareDatetime | None
    published: str
    lines: tuple[e.ScoreLine, ...]
    objections: tuple[ScoreObjection, ...]
    history: tuple[Step, ...]


class AssessmentSheet(Sheet):
    """One unit's sheet in a round: its items with what the record says, the unit's answers and the reviewed ones."""

    number: str
    version: int
    position: int
    phase: str
    kind: str
    round: str
    unit: str
    grades: tuple[str, ...]
    items: tuple[e.SheetItem, ...]
    own: tuple[e.SheetAnswer, ...]
    reviewed: tuple[e.SheetAnswer, ...]
    opinion: str
    sent_back: str
    history: tuple[Step, ...]


class Listed(Sheet):
    """One line of a list of things of a kind."""

    number: str
    version: int
    state: str
    about: str
    units: tuple[str, ...]
    due: date | None = None  # the city's day of its nearest deadline


class ListedOrder(Sheet):
    """One line of the list of work orders; the title is the masked one."""

    order_no: str
    state: str
    title: str
    kind: str
    urgency: str
    district: str
    lead: str
    supports: tuple[str, ...]
    desk: str
    matter: str
    matter_id: str
    disputed: str
    received_at: str
    due: str
    returns: int


class OrdersPage(Sheet):
    """One page of work orders as of a position of the record; `total` counts what this person may see."""

    items: tuple[ListedOrder, ...]
    total: int
    page: int
    pages: int
    position: int


class ListPage(Sheet):
    """One page of a list, newest first; `total` counts what this person may see."""

    items: tuple[Listed, ...]
    total: int
    page: int


class StandingHold(Sheet):
    """A hold (暂停受理) signed by the 编办 director."""

    finding_no: str
    since: AwareDatetime
    position: int


class Holds(Sheet):
    """Whether a unit's 机构编制 applications are to wait, as of a position of the record."""

    unit: str
    name: str
    on_hold: bool
    holds: tuple[StandingHold, ...]
    position: int


class AllHolds(Sheet):
    """Every unit whose 机构编制 applications are to wait, as of a position of the record."""

    units: tuple[Holds, ...]
    position: int


class CommandDone(Sheet):
    """What came of a command. No facts: it changed nothing, as when something is done twice."""

    number: str
    command: str
    version: int
    position: int
    facts: tuple[str, ...]


class Offered(Sheet):
    """A command the account may give: its name, its Chinese name, where to post it, the schema of its body."""

    name: str
    title: str
    on: Literal["work-orders", "cases", "findings", "digests", "papers", "score-sheets", "assessments"]
    address: str
    body: dict[str, Any]


class OfferedCommands(Sheet):
    """Every command the account may ever give; the state of the thing and its unit are asked when it is given."""

    role: str
    unit: str | None
    commands: tuple[Offered, ...]


class Problem(BaseModel):
    """RFC 9457. `title` says in Chinese what is wrong and what to do instead; `code` is stable."""

    model_config = ConfigDict(extra="forbid")

    type: str
    title: str
    status: int
    code: str
    at: str | None = None
    rule: str | None = None
    version: int | None = None
