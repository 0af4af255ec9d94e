"""Several matters in one order: cut where the text itself counts or adds, each part with what it says."""

import re
from itertools import pairwise

from routing.proposal import SpanOf

# 1. 2、 （三） 一是 其次 另外 同时还反映 …: what begins another matter
_NEXT = re.compile(
    r"(?:(?<=[，。；;!！?？\n ])|^)(?:\(?[1-9一二三四五六][)）、.．]|[一二三四五]是|第[一二三四五]|"
    r"首先|其次|再次|另外|此外|同时还?反映|还反映|另反映|并反映|还有就是|还有|另|并且|同时)"
)
_LEAST = 5


def parts_of(text: str) -> list[SpanOf]:
    """The parts of a normalised text that may speak of different matters; one part where nothing divides it."""
    cuts = sorted({0, *(found.start() for found in _NEXT.finditer(text)), len(text)})
    parts = [(start, end) for start, end in pairwise(cuts) if end - start >= _LEAST]
    return parts or [(0, len(text))]


def sentences_of(text: str) -> list[SpanOf]:
    """The sentences of a normalised text."""
    found = [match.span() for match in re.finditer(r"[^。；;！!？?\n]+", text)]
    return [(start, end) for start, end in found if end - start >= _LEAST] or [(0, len(text))]
