"""启动说法: words at which a boundary item's lead leads, and words at which a duty point's owner is called in.

They are data of the register, and no evidence for whom an order is likest to: what stands in a text beside the matter
itself (动手, 电梯, 雨水井) says who has a part in it, not who answers for it.
"""

from collections.abc import Mapping, Sequence

import ahocorasick

from mandates.edition import RegisterEdition
from mandates.model import BoundaryItem
from routing.proposal import SpanOf
from routing.text import normalise
from routing.wordings import Hit, Wording
from terms.ids import ClauseId, UnitCode

_BOUNDARY, _POINT = "boundary", "point"


class CallIndex:
    """The 启动说法 of one edition, found word for word by Aho–Corasick. Built once, read by every thread."""

    def __init__(self, edition: RegisterEdition) -> None:
        self._items: Mapping[ClauseId, BoundaryItem] = edition.boundary_items
        self._by_text: dict[str, list[Wording]] = {}
        for boundary in edition.boundary_items.values():
            for text in boundary.calls:
                self._put(Wording(normalise(text).text, boundary.id, boundary.lead, _BOUNDARY))
        for point in edition.duty_points.values():
            for text in point.calls:
                self._put(Wording(normalise(text).text, point.id, point.unit, _POINT))
        self._automaton = ahocorasick.Automaton()
        for text in sorted(self._by_text):
            self._automaton.add_word(text, text)
        if self._by_text:
            self._automaton.make_automaton()

    def _put(self, wording: Wording) -> None:
        if len(wording.text) >= 2:
            self._by_text.setdefault(wording.text, []).append(wording)

    def found(self, text: str) -> list[Hit]:
        """Every 启动说法 in a normalised text, each once, in the order of the text."""
        if not self._by_text:
            return []
        spans: dict[str, SpanOf] = {}
        for end, phrase in self._automaton.iter(text):
            spans.setdefault(phrase, (end + 1 - len(phrase), end + 1))
        hits = [Hit(one, span, 100, True) for phrase, span in spans.items() for one in self._by_text[phrase]]
        return sorted(hits, key=lambda hit: (hit.span, hit.wording.item))

    def preceding(self, hits: Sequence[Hit], likeliest: UnitCode) -> tuple[BoundaryItem, Hit] | None:
        """The boundary item that gives the lead to another unit than the likeliest, which it lists as a support: the
        one whose 启动说法 in the text is longest, then the first by its id."""
        best: tuple[BoundaryItem, Hit] | None = None
        for hit in hits:
            item = self._items.get(hit.wording.item)
            if item is None or likeliest not in item.supports:
                continue
            if best is None or (-len(hit.wording.text), item.id) < (-len(best[1].wording.text), best[0].id):
                best = item, hit
        return best


def by_points(hits: Sequence[Hit]) -> list[tuple[Hit, int]]:
    """The 启动说法 of duty points that stand in a text, each with how many units share it; what lies within a longer
    one of the same unit says nothing of its own."""
    owners: dict[str, set[UnitCode]] = {}
    by_unit: dict[UnitCode, dict[str, Hit]] = {}
    for hit in hits:
        if hit.wording.kind == _POINT:
            owners.setdefault(hit.wording.text, set()).add(hit.wording.unit)
            by_unit.setdefault(hit.wording.unit, {}).setdefault(hit.wording.text, hit)
    return [
        (hit, len(owners[text]))
        for own in by_unit.values()
        for text, hit in own.items()
        if not any(text != other and text in other for other in own)
    ]
