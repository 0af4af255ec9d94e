"""Several matters in one order: cut where the text itself counts or adds, each part with what it says."""

import re
from collections.abc import Sequence
from itertools import pairwise

from routing.index import RegisterIndex
from routing.proposal import SpanOf
from routing.reading import read
from routing.wordings import Hit
from terms.ids import UnitCode

# 1. 2、 （三） 一是 其次 另外 同时还反映 …: what begins another matter
_NEXT = re.compile(
    r"(?:(?<=[，。；;!！?？\n ])|^)(?:\(?[1-9一二三四五六][)）、.．]|[一二三四五]是|第[一二三四五]|"
    r"首先|其次|再次|另外|此外|同时还?反映|还反映|另反映|并反映|还有就是|还有|另|并且|同时)"
)
_LEAST = 5
_LIKELY_AT = 0  # the register speaks for the unit rather than against it
_NAMED_AT = 60


def parts_of(text: str) -> list[SpanOf]:
    """The parts of a normalised text that may speak of different matters; one part where nothing divides it."""
    cuts = sorted({0, *(found.start() for found in _NEXT.finditer(text)), len(text)})
    parts = [(start, end) for start, end in pairwise(cuts) if end - start >= _LEAST]
    return parts or [(0, len(text))]


def matters_of(index: RegisterIndex, text: str, hits: Sequence[Hit]) -> list[UnitCode]:
    """The unit each part is most likely for, in the order of the parts; only parts that name a wording of that unit.

    Empty where the text is one matter. What the order says elsewhere does not speak for a part.
    """
    parts = parts_of(text)
    if len(parts) < 2:
        return []
    found: dict[UnitCode, None] = {}
    for start, end in parts:
        inside = [hit for hit in hits if start <= hit.span[0] and hit.span[1] <= end]
        said: dict[UnitCode, int] = {}
        for hit in inside:
            if hit.exact:
                said[hit.wording.unit] = said.get(hit.wording.unit, 0) + hit.strength
        if max(said.values(), default=0) < _NAMED_AT:
            continue  # names nobody: not worth weighing
        scores = index.unit_scores(read(text[start:end]), inside).tolist()
        at = max(range(len(scores)), key=lambda place: (scores[place], -place))
        if scores[at] >= _LIKELY_AT and said.get(index.units[at], 0) >= _NAMED_AT:
            found.setdefault(index.units[at])
    return list(found)
