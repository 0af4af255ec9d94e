"""What papers are made from: the thing they are about, its facts, the register of the day, the words of an order."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from casework import events as e
from casework.desk import CASES, DIGESTS, FINDINGS, ORDERS, Desk, Loaded
from casework.lanes import Lane
from casework.papers.kinds import PaperKind
from casework.paperwork.composing import CASE_KINDS, ORDER_KINDS
from casework.paperwork.material import Material, Told
from casework.paperwork.writing import Write
from ledger.envelope import Event
from ledger.vault import Vault
from terms.errors import NotFound


def lane_of(kind: PaperKind) -> Lane[Any]:
    """What papers of a kind are about."""
    if kind in ORDER_KINDS:
        return ORDERS
    if kind in CASE_KINDS:
        return CASES
    return DIGESTS if kind is PaperKind.DIGEST else FINDINGS


@dataclass(frozen=True, slots=True)
class Sources:
    """Reads them from the record; writes nothing."""

    desk: Desk
    vault: Vault

    def thing(self, command: Write) -> Loaded[Any]:
        """What the paper is about. Raises NotFound where there is no such thing."""
        lane = lane_of(command.KIND)
        found: Loaded[Any] = self.desk.load(lane, command.about)
        if not found.events:
            raise NotFound("paper.about-nothing", at="about", number=command.about)
        return found

    def material(self, command: Write, thing: Loaded[Any], day: date, upto: int | None = None) -> Material:
        """Its facts up to a version, with the register of the day it is quoted by."""
        of_an_order = command.KIND in ORDER_KINDS
        received = thing.state.received_at if of_an_order else None
        return Material(
            number=command.about,
            facts=_told(thing.events, upto),
            register=self.desk.register(self.desk.calendar.local_day(received) if received else day),
            city=self.desk.city,
            calendar=self.desk.calendar,
            words=self._words(thing.events) if of_an_order else {},
            before=self._before(thing.events) if command.KIND is PaperKind.DIGEST else (),
        )

    def _words(self, events: Sequence[Event]) -> dict[str, str]:
        """The masked texts of an order; none once its key is gone."""
        boxes = [one for one in events if one.type == "WorkOrderReceived" and one.payload["masked"]]
        if not boxes:
            return {}
        return self.vault.reading([boxes[0].stream]).open(boxes[0].stream, boxes[0].payload["masked"]) or {}

    def _before(self, events: Sequence[Event]) -> tuple[tuple[Told, ...], ...]:
        found: list[tuple[Told, ...]] = []
        named = [one.payload["previous"] for one in events if one.type == "DigestOpened"]
        while named and named[0]:
            earlier = self.desk.load(DIGESTS, named[0]).events
            found.append(_told(earlier))
            named = [one.payload["previous"] for one in earlier if one.type == "DigestOpened"]
        return tuple(found)


def _told(events: Sequence[Event], upto: int | None = None) -> tuple[Told, ...]:
    return tuple(
        (e.read(one.type, one.payload), one.occurred_at)
        for one in events
        if one.type in e.FACTS and (upto is None or one.version <= upto)
    )
