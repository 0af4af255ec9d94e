"""How pages are written out: one Jinja environment, everything escaped, unknown names are errors."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any
from urllib.parse import quote, urlencode

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup, escape

from console import figure_words, words
from console.static_files import Assets

FOLDER = Path(__file__).parent / "templates"
Labelled = tuple[int, int, str]  # start, end, number


class Templates:
    """The templates of the console."""

    def __init__(self, assets: Assets) -> None:
        self._environment = Environment(
            loader=FileSystemLoader(FOLDER),
            autoescape=True,
            undefined=StrictUndefined,
            trim_blocks=True,
            lstrip_blocks=True,
        )
        self._environment.globals |= {
            "asset": assets, "words": words, "figure_words": figure_words, "query": query,
            "order_address": order_address,
        }  # fmt: skip
        self._environment.filters |= {
            "moment": words.moment,
            "deadline": words.deadline,
            "short_moment": words.short_moment,
            "due": words.due_words,
            "day": words.chinese_day,
            "quarter": words.quarter,
            "marked": marked,
            "order": lambda text: quote(str(text), safe="/"),
            "path": lambda text: quote(str(text), safe=""),
        }

    def render(self, name: str, data: Mapping[str, Any]) -> str:
        """A template with its data. Raises jinja2.UndefinedError for data that is not there."""
        return self._environment.get_template(name).render(data)


def order_address(order_no: str) -> str:
    """The page of an order; its number may hold a slash or a hash."""
    return "/orders/" + quote(order_no, safe="/")


def query(current: Mapping[str, Any], **changes: Any) -> str:
    """The query of an address with some values changed and empty ones left out; begins with `?`."""
    merged = {key: value for key, value in (dict(current) | changes).items() if value not in (None, "", False)}
    return "?" + urlencode(merged)


def marked(text: str, spans: Sequence[Labelled]) -> Markup:
    """Text with its spans (half-open, code points) in <mark>, numbered; overlapping ones become one. All is escaped."""
    pieces: list[Markup] = []
    at = 0
    for start, end, label in merged(spans, len(text)):
        pieces.append(escape(text[at:start]))
        number = Markup("<sup>{}</sup>").format(label) if label else Markup("")
        pieces.append(Markup("<mark>{}{}</mark>").format(text[start:end], number))
        at = end
    pieces.append(escape(text[at:]))
    return Markup("").join(pieces)


def merged(spans: Sequence[Labelled], length: int) -> list[Labelled]:
    """Spans in order, cut to the text, without overlaps; empty ones left out; labels of what was joined are joined."""
    found: list[Labelled] = []
    for start, end, label in sorted((max(0, start), min(end, length), label) for start, end, label in spans):
        if start >= end:
            continue
        if found and start < found[-1][1]:
            first, last, labels = found[-1]
            both = labels if label in labels.split("·") else f"{labels}·{label}"
            found[-1] = (first, max(last, end), both)
        else:
            found.append((start, end, label))
    return found
