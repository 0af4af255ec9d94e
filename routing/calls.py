"""启动说法: words at which a boundary item's lead leads, and words at which a duty point's owner is called in.

They are data of the register, and no evidence for whom an order is likest to: what stands in a text beside the matter
itself (动手, 电梯, 雨水井) says who has a part in it, not who answers for it.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import ahocorasick

from mandates.edition import RegisterEdition
from mandates.model import BoundaryItem
from routing.proposal import SpanOf
from routing.text import normalise
from routing.wordings import Hit, Wording
from terms.ids import ClauseId, UnitCode

_BOUNDARY, _POINT = "boundary", "point"
_PHRASES_AT_MOST = 3  # of a unit that count


@dataclass(frozen=True, slots=True)
class Called:
    """A unit that is called in: the wordings that call it, in the order of the text, the longest first to cite."""

    unit: UnitCode
    hits: tuple[Hit, ...]

    @property
    def weight(self) -> int:
        """What the wordings say together: 300 each and 100 a character over two, the first three of them."""
        return sum(300 + 100 * (len(hit.wording.text) - 2) for hit in self.hits[:_PHRASES_AT_MOST])

    @property
    def telling(self) -> Hit:
        """The wording that says most: the longest, then the first."""
        return max(self.hits, key=lambda hit: (len(hit.wording.text), -hit.span[0]))


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


def called_in(hits: Sequence[Hit], lead: UnitCode, lead_words: frozenset[str]) -> list[Called]:
    """The units beside the lead that 启动说法 of their duty points call in, by code.

    A phrase inside a longer one of the same unit, or inside a wording of the lead, says nothing of its own.
    """
    by_unit: dict[UnitCode, list[Hit]] = {}
    for hit in hits:
        if hit.wording.kind == _POINT and hit.wording.unit != lead:
            by_unit.setdefault(hit.wording.unit, []).append(hit)
    found: list[Called] = []
    for unit, own in sorted(by_unit.items()):
        longer = {hit.wording.text for hit in own} | lead_words
        kept: dict[str, Hit] = {}
        for hit in own:
            text = hit.wording.text
            if not any(text != other and text in other for other in longer):
                kept.setdefault(text, hit)
        if kept:
            found.append(Called(unit, tuple(kept.values())))
    return found
