"""The papers of the order lane: 派单通知, 退单申请, 异议审核结果."""

from dataclasses import dataclass
from datetime import datetime
from typing import ClassVar

from casework.papers.kinds import PaperKind
from casework.papers.paper import Paper, Quoted, Share, TimeLimit


@dataclass(frozen=True, slots=True, kw_only=True)
class DispatchNotice(Paper):
    """派单通知: who leads, who supports, on which clauses, until when. `content` is the masked text."""

    KIND: ClassVar[PaperKind] = PaperKind.DISPATCH_NOTICE

    order_no: str
    matter: str
    request_kind: str  # 咨询/求助/投诉/举报/建议/表扬
    received_at: datetime
    content: str
    lead: str
    quotes: tuple[Quoted, ...]
    deadlines: tuple[TimeLimit, ...]
    place: str = ""
    supports: tuple[Share, ...] = ()
    relied_on: str = ""  # the decision, or why the status-quo unit was taken
    designated: bool = False  # 指定承办: may not be returned (潍坊条例 art. 22)


@dataclass(frozen=True, slots=True, kw_only=True)
class ReturnApplication(Paper):
    """退单申请 as a counter-claim; what it carries depends on the reason (domain, section 2)."""

    KIND: ClassVar[PaperKind] = PaperKind.RETURN_APPLICATION

    order_no: str
    matter: str
    unit: str
    dispatched_at: datetime
    reason: str  # the label of the city's reason code
    note: str
    signatory: str
    denied: Quoted | None = None  # own clause that does not reach this
    claimed: Quoted | None = None  # the other unit's clause that does
    no_clause: bool = False  # "no unit has a clause": an orphan matter
    proposed_unit: str = ""
    place: str = ""
    other_order: str = ""
    missing: tuple[str, ...] = ()
    channel: str = ""
    keeps: str = ""
    asked_support: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Heard:
    """A unit that was asked before the order moved, and what it said."""

    unit: str
    answer: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ReviewResult(Paper):
    """异议审核结果: 驳回, 改派, 加派 or 指定, with reasons and clauses. `binding`: the unit may not return it again."""

    KIND: ClassVar[PaperKind] = PaperKind.REVIEW_RESULT

    order_no: str
    matter: str
    applicant: str
    returned_at: datetime
    outcome: str
    unit: str  # who handles from now on
    reasons: str
    quotes: tuple[Quoted, ...] = ()
    heard: tuple[Heard, ...] = ()
    supports: tuple[str, ...] = ()
    deadlines: tuple[TimeLimit, ...] = ()
    binding: bool = False
