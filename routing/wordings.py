"""The everyday wordings of an edition, found in a text: exactly by Aho–Corasick, in part by their words.

A wording is as strong as it is long and as few units share it; a short word cannot win alone.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

import ahocorasick
import numpy as np

from mandates.edition import RegisterEdition
from mandates.model import SubdistrictList
from routing.proposal import SpanOf
from routing.text import is_word, normalise
from routing.vectors import Ints, Vocabulary, vocabulary
from terms.ids import ClauseId, UnitCode

_BY_LENGTH = (0, 0, 20, 40, 60, 75, 85, 92, 100)  # strength by length; two characters are hardly evidence
_NEAR = 62  # least share of a wording's words, by weight, that must stand in the text
_NEAR_AT_MOST = 16
STREET = UnitCode("*")  # stands for "the subdistrict of the place"


@dataclass(frozen=True, slots=True)
class Wording:
    """One everyday phrase and what it points to: an item of the register and the unit that answers there."""

    text: str
    item: ClauseId
    unit: UnitCode
    kind: str  # "point", "boundary", "subdistrict"


@dataclass(frozen=True, slots=True)
class Hit:
    """A wording found in a text: where (in the normalised text), how strong (0–100), whether word for word."""

    wording: Wording
    span: SpanOf
    strength: int
    exact: bool


class WordingIndex:
    """All wordings of one edition. Built once, read by every thread."""

    def __init__(self, wordings: Sequence[Wording], words_of: dict[str, list[str]]) -> None:
        """`words_of` gives the words of each normalised wording (segmented by the caller, once)."""
        self.wordings = tuple(wordings)
        units: dict[str, set[UnitCode]] = {}
        self._by_text: dict[str, list[int]] = {}
        for place, wording in enumerate(self.wordings):
            units.setdefault(wording.text, set()).add(wording.unit)
            self._by_text.setdefault(wording.text, []).append(place)
        self._shared = {text: len(found) for text, found in units.items()}
        self._automaton = ahocorasick.Automaton()
        for text in self._by_text:
            self._automaton.add_word(text, text)
        if self._by_text:
            self._automaton.make_automaton()
        self._texts = tuple(sorted(self._by_text))
        tokens = [sorted({word for word in words_of[text] if is_word(word)}) for text in self._texts]
        self._tokens: Vocabulary = vocabulary(tokens)
        lists: list[list[int]] = [[] for _ in self._tokens.places]
        for place, found in enumerate(tokens):
            for token in found:
                lists[self._tokens.places[token]].append(place)
        starts = np.cumsum([0, *map(len, lists)]).tolist()
        postings: Ints = np.array([place for found in lists for place in found], np.int64)
        self._standing = [postings[start:end] for start, end in pairwise(starts)]  # where each token stands
        weights = [sum(int(self._tokens.idf[self._tokens.places[token]]) for token in found) for found in tokens]
        self._mass: Ints = np.array(weights, np.int64)
        self._least = np.maximum(-(-self._mass * _NEAR // 100), 1) * 1024.0
        self._said = self._tokens.idf * 1024.0 + 1
        self._tokens_of = [[self._tokens.places[token] for token in found] for found in tokens]

    def hits(self, text: str, words: Sequence[str]) -> list[Hit]:
        """Every wording that stands in the text, or whose words mostly do; strongest first, then by item."""
        found: list[Hit] = []
        exact: set[str] = set()
        spans: list[tuple[int, int, str]] = []
        if self._by_text:
            for end, phrase in self._automaton.iter(text):
                spans.append((end + 1 - len(phrase), end + 1, phrase))
        inside = _inside_others(spans)
        for start, end, phrase in spans:
            # a wording inside a longer one that was found says nothing of its own
            if phrase in exact or (start, end) in inside:
                continue
            exact.add(phrase)
            found.extend(self._of(phrase, (start, end), self._strength(phrase), True))
        found.extend(self._partial(text, words, exact))
        found.sort(key=lambda hit: (-hit.strength, hit.wording.item, hit.wording.text))
        return found

    def bearing(self, phrase: str) -> list[Wording]:
        """The wordings of just this text, by item."""
        return sorted((self.wordings[place] for place in self._by_text.get(phrase, ())), key=lambda one: one.item)

    def _strength(self, phrase: str) -> int:
        return _BY_LENGTH[min(len(phrase), 8)] // self._shared[phrase]

    def _of(self, phrase: str, span: SpanOf, strength: int, exact: bool) -> list[Hit]:
        return [Hit(self.wordings[place], span, strength, exact) for place in self._by_text[phrase]]

    def _partial(self, text: str, words: Sequence[str], exact: set[str]) -> list[Hit]:
        places = self._tokens.places
        first: dict[int, SpanOf] = {}
        at = 0
        for word in words:
            known = places.get(word)
            if known is not None and known not in first:
                first[known] = (at, at + len(word))
            at += len(word)
        if not first:
            return []
        lists = [self._standing[token] for token in first]
        said = np.repeat(self._said[list(first)], [len(found) for found in lists])
        # how much of each wording stands there, times 2^10, and how many of its words: sums below 2^53, exact
        found_in = np.bincount(np.concatenate(lists), said, len(self._texts))
        near = np.flatnonzero(found_in >= self._least)
        both = found_in[near].astype(np.int64)
        several = (both & 1023) >= 2
        near, mass = near[several], both[several] >> 10
        if len(near) > _NEAR_AT_MOST:  # the fullest, then the first by their texts
            kept = np.lexsort((near, -mass))[:_NEAR_AT_MOST]
            near, mass = near[kept], mass[kept]
        found: list[Hit] = []
        for place, share in zip(near.tolist(), (mass * 100 // self._mass[near]).tolist(), strict=True):
            phrase = self._texts[place]
            if phrase in exact:
                continue
            strength = self._strength(phrase) * share**2 // 15_000
            spans = [first[token] for token in self._tokens_of[place] if token in first]
            start, end = min(spans)[0], max(span[1] for span in spans)
            if end - start > 24:  # words far apart do not make a phrase
                start, end = max(spans, key=lambda span: (span[1] - span[0], -span[0]))
                strength //= 2
            if strength > 0:
                found.extend(self._of(phrase, (start, end), strength, False))
        return found


def _inside_others(spans: Sequence[tuple[int, int, str]]) -> set[SpanOf]:
    """The spans that lie within a longer one. In order of their starts, the longer first, those are the spans that end
    no later than one before them."""
    found: set[SpanOf] = set()
    reach = -1
    for start, end in sorted(((start, end) for start, end, _ in spans), key=lambda span: (span[0], -span[1])):
        if end <= reach:
            found.add((start, end))
        reach = max(reach, end)
    return found


def wordings_of(edition: RegisterEdition) -> list[Wording]:
    """Every wording of an edition, normalised, with what it points to; a matter's name is one of its wordings."""
    found: list[Wording] = []
    for point in edition.duty_points.values():
        for text in () if point.only_calls else (point.matter, *point.wordings):
            found.append(Wording(normalise(text).text, point.id, point.unit, "point"))
    for boundary in edition.boundary_items.values():
        for text in () if boundary.only_calls else (boundary.matter, *boundary.wordings):
            found.append(Wording(normalise(text).text, boundary.id, boundary.lead, "boundary"))
    for item in edition.subdistrict_items.values():
        leads = item.list in (SubdistrictList.BASIC, SubdistrictList.CONFERRED)
        unit = STREET if leads else item.lead
        for text in (item.matter, *item.wordings):
            if unit is not None:
                found.append(Wording(normalise(text).text, item.id, unit, "subdistrict"))
    return [wording for wording in found if len(wording.text) >= 2]
