"""How an order comes in, before and beside its dispatch: received, supplemented, chased, merged, not accepted."""

from collections.abc import Mapping
from typing import Any, Literal

from pydantic import AwareDatetime, Field

from casework.events.fact import Attachment, Deadline, OrderFact
from routing.proposal import Proposal
from terms.ids import UnitCode


def _without_words(payload: dict[str, Any]) -> dict[str, Any]:
    """1 → 2: the plain `title`, `text` and `place`, which the gateway never filled, are gone."""
    return {name: value for name, value in payload.items() if name not in ("title", "text", "place")}


class WorkOrderReceived(OrderFact):
    """受理: an order came in. No text of it stands here in the clear: the record is for ever, the text may be erased.

    Two boxes under the order's own key (`ledger.vault`): `sealed` holds what was received (caller_name, contact, title,
    text, place), opened on demand and the reading recorded; `masked` holds title, text and place with personal data
    covered, which views, routing and memory read. `caller` is a pseudonym by which one requester's orders are found.
    `mode` is "history" when the order was older than `city.imports.clocks_start_within_days`: it starts no clocks.
    `handle_due` or `handle_days` is the 办理时限 the order brought along; it prevails where it is the longer one.
    """

    SCHEMA = 2
    UPCASTS = (_without_words,)

    kind: str = ""  # 工单类型: 咨询/求助/投诉/举报/建议/表扬
    category: str = ""  # 问题分类, levels joined by "/"
    urgency: str = "一般"
    tier: Literal["life_safety", "urgent", "general"] = "general"  # which limits hold for it
    district: str = ""
    street: str = ""
    channel: str = ""  # 12345, web, app, letter …
    received_at: AwareDatetime
    caller: str = ""
    sealed: Mapping[str, str] = Field(default_factory=dict)
    masked: Mapping[str, str] = Field(default_factory=dict)
    attachments: tuple[Attachment, ...] = ()
    mode: Literal["live", "history"] = "live"
    reporter_hidden: bool = False  # 济南条例 art. 32
    subject_units: tuple[UnitCode, ...] = ()  # units complained about: never routed to them
    origin: str = ""  # the platform or file it came from
    city_version: str = ""
    deadlines: tuple[Deadline, ...] = ()  # the hotline's own dispatch clock
    handle_due: AwareDatetime | None = None
    handle_days: int | None = None  # working days, from dispatch
    excluded: bool | None = None  # 是否不计考核, as the platform says; ExclusionGranted follows for whoever gets a part


class AssignmentProposed(OrderFact):
    """The router's whole answer. `proposal.abstained` says why nothing goes by rule."""

    proposal: Proposal
    why: Literal["received", "added", "returned", "decided", "asked"] = "received"
    attempt: int = 1


class ProposalDeclined(OrderFact):
    """The rules take no proposal for the order where it stands (`rule`): it waits for none any more, and is not asked
    for again until something new comes in."""

    why: str  # what had asked for one: received, added, decided
    rule: str


class InformationRequested(OrderFact):
    """待补充: the hotline asks the requester for what is missing before it dispatches."""

    missing: tuple[str, ...]
    note: str = ""


class AdditionReceived(OrderFact):
    """The requester added to the order; it stays one order. Text masked, the original sealed."""

    text: str = ""
    sealed: Mapping[str, str] = Field(default_factory=dict)
    masked: Mapping[str, str] = Field(default_factory=dict)
    attachments: tuple[Attachment, ...] = ()
    channel: str = ""


class OrderChased(OrderFact):
    """催单: the requester asks how it stands; `times` counts from 1."""

    times: int
    channel: str = ""
    note: str = ""


class OrderNotAccepted(OrderFact):
    """不予受理 (北京条例 art. 11): with the ground and the right channel named."""

    ground: str
    channel: str
    note: str = ""


class OrderReferredOut(OrderFact):
    """转送: upward to a vertically managed or higher body, or outward to another city, with a reasoned notice."""

    level: Literal["upward", "outward"]
    addressee: str  # by name: it is no unit of this city's register
    reason: str
    clause: str = ""


class AnsweredAtOnce(OrderFact):
    """即时答复: answered by the hotline from its knowledge base, nothing to dispatch."""

    reply: str
    citations: tuple[str, ...] = ()


class DuplicateSuspected(OrderFact):
    """疑似重复: the same request seems to have come in before, as `of`; whether they are merged is for a person.

    `score` is the likeness of the texts in percent; `grounds` says what speaks for it. 国办函〔2025〕66号
    item (五): repeats are handled as one.
    """

    of: str
    score: int
    grounds: tuple[Literal["text", "place", "caller"], ...] = ("text",)


class OrdersMerged(OrderFact):
    """并单: `child` is handled under `parent`. Stands in both streams."""

    parent: str
    child: str
    similarity: int | None = None  # percent, when found by rule
    note: str = ""


class OrderUnmerged(OrderFact):
    """A merge is undone: `child` goes its own way again. Stands in both streams."""

    parent: str
    child: str
    reason: str


class HistoryRecorded(OrderFact):
    """What an older platform already did, as it told it; may arrive in any order, even before the order itself.

    `what` is one of "dispatched", "signed", "returned", "return_refused", "reassigned", "support_added", "started",
    "progress", "extended", "result", "accepted", "follow_up", "rework", "closed", "other". A return without a basis
    has `basis_complete=False` (依据不全): recorded, never refused. `handle_due` is until when that platform gave the
    unit time (办理时限), reckoned from `happened_at` where it told `handle_days`. `excluded` is its 是否不计考核; where
    the unit is known, ExclusionGranted follows.
    """

    what: str
    happened_at: AwareDatetime
    unit: UnitCode = UnitCode("")
    other_unit: UnitCode = UnitCode("")
    supports: tuple[UnitCode, ...] = ()
    unit_text: str = ""  # the unit's name as given, when it is not known here
    reason: str = ""
    note: str = ""
    contacted: bool | None = None
    resolved: bool | None = None
    satisfied: bool | None = None
    basis_complete: bool = True
    origin: str = ""
    handle_due: AwareDatetime | None = None
    handle_days: int | None = None  # working days
    excluded: bool | None = None


class PersonalDataRead(OrderFact):
    """Somebody opened the sealed personal data of the order."""

    account: str
    purpose: str
    fields: tuple[str, ...] = ()


class PersonalDataErased(OrderFact):
    """The order's key was erased: views and memory drop its text; folds read nothing there from now on."""

    ground: str
