"""Everyday words learned from outcomes: proposed by the machine or a person, accepted or rejected by the 编办. Pure.

An accepted word is a wording of its duty point from a day on; what is rejected is not brought back.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from enum import StrEnum
from typing import Any

from mandates.events import WORDING_ACCEPTED, WORDING_PROPOSED, WORDING_REJECTED
from mandates.model import DutyPoint, Span
from terms.errors import BadInput, NotFound, Refused
from terms.ids import ClauseId

LENGTHS = 2, 20  # characters of a word that a person proposes, at least and at most
PARTING = "|"  # parts several words in a table, and a duty point from its word on a page; none holds it


class WordingStanding(StrEnum):
    """What became of a proposed wording."""

    PROPOSED = "待确认"
    ACCEPTED = "已采纳"
    REJECTED = "已否定"


@dataclass(frozen=True, slots=True)
class WordingState:
    """One wording as the record has it. Of `standing_orders` orders with it the unit accepted `accepted`."""

    item: ClauseId
    wording: str
    standing: WordingStanding
    score: int = 0
    accepted: int = 0
    standing_orders: int = 0
    orders: tuple[str, ...] = ()  # order numbers that show it
    reason: str = ""

    @property
    def by_hand(self) -> bool:
        """Whether a person proposed it or brought it in, without orders that show it."""
        return not self.standing_orders


@dataclass(slots=True)
class LearnedWordings:
    """All wordings ever proposed, folded from the events; a person's word stands against a later proposal."""

    states: dict[tuple[str, str], WordingState] = field(default_factory=dict)

    def apply(self, type_: str, payload: Mapping[str, Any]) -> bool:
        """Fold one event; whether it was about a learned wording."""
        if type_ not in (WORDING_PROPOSED, WORDING_ACCEPTED, WORDING_REJECTED):
            return False
        key = (payload["item"], payload["wording"])
        before = self.states.get(key)
        if type_ == WORDING_PROPOSED:
            if before is None:
                self.states[key] = WordingState(
                    ClauseId(key[0]), key[1], WordingStanding.PROPOSED, payload["score"], payload["accepted"],
                    payload["standing"], tuple(payload["orders"]),
                )  # fmt: skip
            return True
        standing = WordingStanding.ACCEPTED if type_ == WORDING_ACCEPTED else WordingStanding.REJECTED
        known = before or WordingState(ClauseId(key[0]), key[1], standing)
        self.states[key] = replace(known, standing=standing, reason=payload.get("reason", ""))
        return True

    def of(self, standing: WordingStanding) -> tuple[WordingState, ...]:
        """The wordings that stand so, the most telling first."""
        found = [one for one in self.states.values() if one.standing is standing]
        return tuple(sorted(found, key=lambda one: (-one.score * one.accepted, one.item, one.wording)))


def decide_wording(
    states: LearnedWordings, item: str, wording: str, *, accept: bool, reason: str = "", day: date | None = None
) -> tuple[str, dict[str, Any]]:
    """The event a person's word becomes, as (type, payload). Raises NotFound, Refused.

    A word that was accepted or rejected stands; rejecting needs a reason.
    """
    found = states.states.get((item, wording))
    if found is None:
        raise NotFound("mandates.no-wording", item=item, wording=wording)
    if found.standing is not WordingStanding.PROPOSED:
        raise Refused("mandates.wording-decided", item=item, wording=wording)
    if accept:
        return WORDING_ACCEPTED, {"item": item, "wording": wording, "valid_from": (day or date.min).isoformat()}
    if not reason.strip():
        raise Refused("mandates.wording-reject-reason", item=item, wording=wording)
    return WORDING_REJECTED, {"item": item, "wording": wording, "reason": reason.strip()}


def propose_wording(states: LearnedWordings, point: DutyPoint, wording: str) -> tuple[str, dict[str, Any]]:
    """The event a word becomes that a person proposes for a duty point, as (type, payload): no orders stand behind it.

    Raises BadInput for no word, Refused for one that the point has or that was ever proposed for it.
    """
    word = " ".join(wording.split())
    if not LENGTHS[0] <= len(word) <= LENGTHS[1] or not word.isprintable() or PARTING in word:
        raise BadInput("mandates.wording-length", at="wording", least=LENGTHS[0], most=LENGTHS[1])
    known = states.states.get((point.id, word))
    if known is not None or word in (point.matter, *point.wordings):
        standing = known.standing if known else "现行说法"
        raise Refused("mandates.wording-known", at="wording", matter=point.matter, wording=word, standing=standing)
    body = {
        "item": point.id,
        "unit": point.unit,
        "wording": word,
        "score": 0,
        "accepted": 0,
        "standing": 0,
        "orders": [],
    }
    return WORDING_PROPOSED, body


def with_wordings(point: DutyPoint, words: Iterable[str], day: date) -> DutyPoint:
    """The duty point with these wordings besides its own, from a day on to where its present text ends."""
    wordings = tuple(dict.fromkeys((*point.wordings, *words)))
    return replace(point, wordings=wordings, span=Span(max(day, point.span.valid_from), point.span.valid_to))
