"""An order's text, read once: its words, and the terms by which register and memory know it."""

from dataclasses import dataclass

from routing.text import segmenter
from routing.vectors import Counts, counted, terms_of

LONGEST = 700  # code points of an order that are read: what matters is said by then


@dataclass(frozen=True, slots=True)
class Reading:
    """An order's text, read once: normalised words and the two families of terms."""

    text: str
    words: tuple[str, ...]
    plain: Counts  # each word with its count, in the order of the text
    grams: Counts


def read(text: str) -> Reading:
    """Segment a normalised text once. A first line of its own is the title: somebody named the matter there, so its
    words count twice."""
    text = text[:LONGEST]
    words = segmenter().words(text)
    plain, grams = terms_of(words)
    if "\n" in words:
        title, more = terms_of(words[: words.index("\n")])
        plain, grams = title + plain, more + grams
    return Reading(text, tuple(words), counted(plain), counted(grams))
