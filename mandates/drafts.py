"""Changes of the register on their way: drafted by one person, reviewed by another, put in force by a third.

A draft holds things as they would be enacted, or a 机构改革; until it is in force it changes nothing. Here is the fold;
the steps and who may take them are in `draft_steps`. Who did a step stands in the event itself.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from enum import StrEnum
from typing import Any

from mandates.events import (
    DRAFT_EVENTS,
    DRAFT_REVIEWED,
    DRAFT_ROWS,
    DRAFT_WITHDRAWN,
    DRAFTED,
    Enactable,
    item_of,
    stream_of,
)
from terms.ids import StreamId

Ended = tuple[str, str, date]  # table, key, the day from which it is no longer in force


class DraftStep(StrEnum):
    """How far a draft is."""

    WAITING = "待审核"
    REVIEWED = "待生效"
    SENT_BACK = "已退回"
    IN_FORCE = "已发布"
    WITHDRAWN = "已撤回"


OPEN = (DraftStep.WAITING, DraftStep.REVIEWED)


@dataclass(frozen=True, slots=True)
class Draft:
    """One draft as it stands. `base` is the edition it was drafted on; `faults` rows of its files were not read."""

    draft: str
    title: str
    files: tuple[str, ...]
    base: str
    faults: int
    by: str  # actor
    at: str  # ISO, UTC
    items: tuple[Enactable, ...] = ()
    ended: tuple[Ended, ...] = ()
    reform: Mapping[str, Any] | None = None  # a 机构改革 as `mandates.reform.Reform` is written
    step: DraftStep = DraftStep.WAITING
    reviewed_by: str = ""
    reviewed_at: str = ""
    note: str = ""
    enacted_by: str = ""
    enacted_at: str = ""
    valid_from: str = ""  # the one day all of it was put in force from; empty: as each row says
    version: int = 0

    @property
    def stream(self) -> StreamId:
        """Its stream."""
        return stream_of("drafts", self.draft)


@dataclass(slots=True)
class Drafts:
    """All drafts, folded from the events; rows are dropped once they are in force or withdrawn."""

    drafts: dict[str, Draft] = field(default_factory=dict)

    def apply(self, type_: str, payload: Mapping[str, Any]) -> bool:
        """Fold one event; whether it was one of a draft."""
        if type_ not in DRAFT_EVENTS:
            return False
        key = payload["draft"]
        if type_ == DRAFTED:
            self.drafts[key] = _drafted(payload)
        elif found := self.drafts.get(key):
            self.drafts[key] = _evolved(found, type_, payload)
        self.drafts[key] = replace(self.drafts[key], version=self.drafts[key].version + 1)
        return True

    def next_key(self, day: date) -> str:
        """The next free number of a year: CA-2026-001."""
        return f"CA-{day.year}-{1 + sum(key.startswith(f'CA-{day.year}-') for key in self.drafts):03d}"


def _drafted(payload: Mapping[str, Any]) -> Draft:
    ended = tuple((one["table"], one["id"], date.fromisoformat(one["valid_to"])) for one in payload["ended"])
    return Draft(
        payload["draft"], payload["title"], tuple(payload["files"]), payload["base"], payload["faults"],
        payload["by"], payload["at"], ended=ended, reform=payload["reform"],
    )  # fmt: skip


def _evolved(found: Draft, type_: str, payload: Mapping[str, Any]) -> Draft:
    if type_ == DRAFT_ROWS:
        return replace(found, items=found.items + tuple(item_of(row["table"], row["item"]) for row in payload["rows"]))
    by, at = payload["by"], payload["at"]
    if type_ == DRAFT_REVIEWED:
        step = DraftStep.REVIEWED if payload["agreed"] else DraftStep.SENT_BACK
        return replace(found, step=step, reviewed_by=by, reviewed_at=at, note=payload["note"])
    if type_ == DRAFT_WITHDRAWN:
        return replace(found, step=DraftStep.WITHDRAWN, note=payload["note"], items=(), ended=())
    step, day = DraftStep.IN_FORCE, payload["valid_from"] or ""
    return replace(found, step=step, enacted_by=by, enacted_at=at, valid_from=day, items=(), ended=())
