"""What an older platform already did with an order, as it told it: recorded as a fact, in whatever order it comes.

Notes are kept with personal data covered. A return without a basis is recorded and marked 依据不全 (domain, section 2).
"""

import hashlib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import TypeVar

from casework.events import ExclusionGranted, HistoryRecorded, OrderFact
from city.calendar import WorkingCalendar
from city.configuration import CityConfiguration
from city.limits import working_days
from ingest.arrival import GATEWAY, Arrival, FindUnits, body_of, check_date, check_limit
from ingest.contracts import AboutAnOrder, IncomingHistory, days_of, read_history
from ingest.masking import mask
from ledger.envelope import Append, NewEvent
from ledger.store import Ledger
from ledger.vault import Keyring
from mandates.sheets import Row
from terms.ids import OrderNo, UnitCode, order_stream

SOURCE = "history"
NOBODY = UnitCode("")
EXCLUDED_ELSEWHERE = "原平台已认定"
GIVING = frozenset({"dispatched", "reassigned", "support_added"})  # steps whose 办理时限 begins with them

_STEPS: Mapping[str, tuple[str, ...]] = {
    "dispatched": ("派单", "派遣", "分派", "转办", "交办", "下派", "首派", "派发"),
    "signed": ("签收", "接单", "接收"),
    "returned": ("退单", "退单申请", "申请退单", "退回", "退件"),
    "return_refused": ("退单驳回", "驳回退单", "驳回", "退单不予通过"),
    "reassigned": ("改派", "重派", "转派", "重新派单"),
    "support_added": ("加派", "增派", "增加协办", "协办"),
    "started": ("办理", "开始办理", "处理", "受理办理"),
    "progress": ("进展", "进展反馈", "阶段反馈", "阶段性回复", "联系诉求人", "首次联系"),
    "extended": ("延期", "延期申请通过", "同意延期"),
    "result": ("办结", "办理结果", "反馈", "回复", "处理结果", "上报办结"),
    "accepted": ("审核", "审核通过", "办结审核", "审结"),
    "follow_up": ("回访", "满意度回访", "电话回访"),
    "rework": ("重办", "二次办理", "发回重办", "退回重办"),
    "closed": ("结案", "归档", "办结归档", "关闭"),
}
STEPS: Mapping[str, str] = {word: step for step, words in _STEPS.items() for word in (step, *words)}


@dataclass(frozen=True, slots=True)
class History:
    """Takes in what an older platform did. `units` resolves names: (text, district, when) → unit codes."""

    ledger: Ledger
    city: CityConfiguration
    calendar: WorkingCalendar
    units: FindUnits
    name: str = "history"

    def read(self, row: Row, arrival: Arrival) -> IncomingHistory:
        """The row as one piece of history. Raises BadInput."""
        found = read_history(row.cells, mapping=arrival.mapping, at=row.at)
        check_date(found.happened_at, self.city, arrival, f"{row.at} happened_at")
        if _step(found) in GIVING:  # later steps may well come after their time was over
            check_limit(found.handle_limit, found.happened_at, row.at)
        return covered(found)

    def order_no(self, record: IncomingHistory) -> str:
        """The order it speaks of."""
        return record.order_no

    def subjects(self, record: IncomingHistory) -> Iterator[str]:
        """Nothing is sealed: notes are covered already."""
        return iter(())

    def appends(self, records: Iterable[IncomingHistory], ring: Keyring, arrival: Arrival) -> Iterator[Append]:
        """HistoryRecorded for each; with it ExclusionGranted where that platform left the order out, once a unit."""
        seen = _Seen(self.ledger)
        return (self._recorded(record, arrival, seen) for record in records)

    def _recorded(self, told: IncomingHistory, arrival: Arrival, seen: "_Seen") -> Append:
        happened_at = told.happened_at.astimezone(UTC)
        step = _step(told)
        days = days_of(told.handle_limit)
        unit, other = (self._unit(name, told, happened_at) for name in (told.by, told.to))
        unknown = [name for name, code in ((told.by, unit), (told.to, other)) if name and not code]
        reasons = {reason.label: reason.code for reason in self.city.return_reasons}
        fact = HistoryRecorded(
            order_no=told.order_no,
            what=step,
            happened_at=happened_at,
            unit=unit,
            other_unit=other,
            supports=self.units(told.supports, told.district, happened_at) if told.supports else (),
            unit_text="；".join(unknown),
            reason=reasons.get(told.reason, told.reason),
            note=f"{told.what}：{told.note}" if step == "other" else told.note,
            contacted=told.contacted,
            resolved=told.resolved,
            satisfied=told.satisfied,
            basis_complete=step != "returned" or bool(told.basis and told.reason),
            origin=arrival.origin,
            handle_due=self._due(told, step, days),
            handle_days=days,
            excluded=told.excluded,
        )
        body = body_of(told)
        key = key_of(told.order_no, told.record_no, body)
        event = keyed(fact, SOURCE, key, body, happened_at)
        left_out = (
            NewEvent(
                type=granted.event_type(),
                payload=granted.to_payload(),
                occurred_at=happened_at,
                actor=GATEWAY,
                cause=event.event_id,
                correlation=event.correlation,
            )
            for granted in seen.exclusions(fact, key)
        )
        return Append(order_stream(told.order_no), None, (event, *left_out))

    def _due(self, told: IncomingHistory, step: str, days: int | None) -> datetime | None:
        """Until when that platform gave the unit time; days count from the step that gave it the order."""
        if isinstance(told.handle_limit, datetime):
            return told.handle_limit.astimezone(UTC)
        if days is None or step not in GIVING:
            return None
        return self.calendar.after(told.happened_at, working_days(days)).at

    def _unit(self, name: str, told: IncomingHistory, when: datetime) -> UnitCode:
        found = self.units(name, told.district, when) if name else ()
        return found[0] if len(found) == 1 else NOBODY


def _step(told: IncomingHistory) -> str:
    return STEPS.get(told.what.strip().lower(), "other")


@dataclass(slots=True)
class _Seen:
    """What the record and this batch hold already, so that a platform's mark on every row is one exclusion a unit."""

    ledger: Ledger
    keys: set[str] = field(default_factory=set)
    excluded: set[tuple[str, UnitCode]] = field(default_factory=set)

    def exclusions(self, fact: HistoryRecorded, key: str) -> Iterator[ExclusionGranted]:
        """不计考核 for the units that have a part by this step and were not left out before."""
        known = key in self.keys
        self.keys.add(key)
        if not fact.excluded or known or self.ledger.by_source(SOURCE, key) is not None:
            return  # the same delivery again writes nothing
        given = (fact.other_unit,) if fact.what == "reassigned" else ()
        before = self._granted(fact.order_no)
        for unit in dict.fromkeys((fact.unit, *given, *fact.supports)):
            if unit and unit not in before and (fact.order_no, unit) not in self.excluded:
                self.excluded.add((fact.order_no, unit))
                yield ExclusionGranted(order_no=fact.order_no, unit=unit, reason=EXCLUDED_ELSEWHERE)

    def _granted(self, order_no: str) -> set[UnitCode]:
        name = ExclusionGranted.event_type()
        stream = self.ledger.stream(order_stream(OrderNo(order_no)))
        return {UnitCode(one.payload["unit"]) for one in stream if one.type == name}


About = TypeVar("About", bound=AboutAnOrder)
_KEPT = frozenset({"order_no", "record_no", "return_no", "other_order", "signatory", "caller_name", "caller_phone"})


def covered(told: About) -> About:
    """The record with personal data covered in its free text, and without the caller, who served only for that."""
    known = [word for word in (told.caller_name, told.caller_phone) if word]
    changes: dict[str, object] = {"caller_name": "", "caller_phone": ""}
    for name in type(told).model_fields.keys() - _KEPT:
        value = getattr(told, name)
        if isinstance(value, str):
            changes[name] = mask(value, known)
        elif isinstance(value, tuple):
            changes[name] = tuple(mask(part, known) for part in value)
    return told.model_copy(update=changes)


def key_of(order_no: str, number: str | None, body: bytes) -> str:
    """The source key of a record: its own number on its order, else the digest of what it says.

    Neither the file nor the day it came in counts: the same record exported again is the same record. Two platforms
    that number their records alike do not number their orders alike.
    """
    return f"{order_no}/{number}" if number else hashlib.sha256(body).hexdigest()


def keyed(fact: OrderFact, source: str, key: str, body: bytes, at: datetime) -> NewEvent:
    """The event that records what a platform told. The body is covered, so a plain digest tells nothing personal."""
    return NewEvent(
        type=fact.event_type(),
        payload=fact.to_payload(),
        occurred_at=at,
        actor=GATEWAY,
        correlation=order_stream(fact.order_no),
        source=source,
        source_key=key,
        mark=hashlib.sha256(body).hexdigest(),
    )
