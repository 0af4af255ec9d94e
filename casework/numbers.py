"""文号 that come with a command: there is one, and nobody types by hand what a number series gives out in turn."""

import re
import unicodedata

from casework.guards import require
from casework.occasion import Occasion
from city.configuration import Papers

_AFTER_THE_MARK = r"\s*[〔\[（(【]\s*\d{4}\s*[〕\]）)】]\s*第?\s*\d+\s*号?"


def numbered(number: str, occasion: Occasion) -> None:
    """Raise Refused where there is no number, or one of the city's own series that the series did not just give.

    A series counts 1, 2, 3 … without a gap, so a number typed into it would sooner or later stand on two papers.
    """
    require(bool(number.strip()), "numbered")
    of_a_series = number != occasion.numbered and in_a_series(number, occasion.city.papers)
    require(not of_a_series, "number-of-a-series", number=number)


def in_a_series(number: str, papers: Papers) -> bool:
    """Whether a number reads as one of a series of the city, however its brackets are written."""
    told = unicodedata.normalize("NFKC", number).strip()
    return any(
        re.fullmatch(_mark(unicodedata.normalize("NFKC", prefix)) + _AFTER_THE_MARK, told)
        for _, prefix in papers.prefixes
        if prefix
    )


def _mark(prefix: str) -> str:
    """机关代字 as a pattern; `{unit}` in it stands for any unit."""
    return ".+".join(re.escape(part) for part in prefix.split("{unit}"))
