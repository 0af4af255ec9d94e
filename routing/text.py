"""The text as it was given, made comparable: normalised with a way back, then cut into words.

jieba with its one dictionary and no hidden-Markov guessing: what it does not know is covered by character n-grams,
and the words of an edition are found by Aho–Corasick (`routing.wordings`), so one segmentation serves every edition
and a memory learned under one edition reads the same under the next.
"""

import os
import re
import tempfile
import threading
import warnings
from dataclasses import dataclass
from pathlib import Path

from routing.proposal import SpanOf

with warnings.catch_warnings():  # jieba 0.42.1 has invalid escapes in its sources and reads pkg_resources
    warnings.simplefilter("ignore")
    import jieba

# What has no width only breaks words apart, and so do control signs.
_DROPPED = re.compile("[\u200b-\u200d\u2060\ufeff\u00ad\x00-\x08\x0e-\x1f\x7f-\x9f]")


def _comparable() -> dict[int, str]:
    """One code point for one: full-width forms, capitals, blanks; so most texts map back by identity."""
    table = {code: chr(code - 0xFEE0).lower() for code in range(0xFF01, 0xFF5F)}
    table |= {code: chr(code).lower() for code in range(ord("A"), ord("Z") + 1)}
    for code in (0x3000, 0x00A0, 0x2002, 0x2003, 0x2009, 0x0009, 0x000D, 0x000B, 0x000C):
        table[code] = " "
    # Chinese punctuation keeps its own shape: the clause splitter reads it
    for sign in "，；！？：（）":
        table[ord(sign)] = sign
    return table


_COMPARABLE = _comparable()


@dataclass(frozen=True, slots=True)
class Normalised:
    """`text` is what is compared; `starts` gives for each of its code points the place in the text as given.

    `starts` is None where nothing was dropped, so that places are the same in both.
    """

    text: str
    given: str
    starts: tuple[int, ...] | None = None

    def span(self, start: int, end: int) -> SpanOf:
        """A half-open span of `text`, as a half-open span of the text as given."""
        if self.starts is None or start >= end:
            return (start, end)
        return (self.starts[start], self.starts[end - 1] + 1)


def normalise(given: str) -> Normalised:
    """Fold width, case and blanks; drop what has no width. Every code point left maps back to one that was given."""
    gone = {found.start() for found in _DROPPED.finditer(given)}
    if not gone:
        return Normalised(given.translate(_COMPARABLE), given)
    starts = tuple(place for place in range(len(given)) if place not in gone)
    return Normalised("".join(given[place] for place in starts).translate(_COMPARABLE), given, starts)


class Segmenter:
    """A jieba tokenizer of our own: its cache lies in our folder, never in the shared one another user could fill.

    Load it before any fork (`warm`): 0.4 s and 120 MB once, shared by all children afterwards.
    """

    def __init__(self, folder: Path) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self._tokenizer = jieba.Tokenizer()
        self._tokenizer.tmp_dir = str(folder)
        self._tokenizer.cache_file = "dingze-jieba.cache"
        jieba.setLogLevel(60)

    def warm(self) -> None:
        """Read the dictionary now."""
        self._tokenizer.initialize()

    def words(self, text: str) -> list[str]:
        """The words of a normalised text, in order, punctuation included, nothing guessed."""
        found: list[str] = self._tokenizer.lcut(text, HMM=False)
        return found


_LOCK = threading.Lock()
_KEPT: list[Segmenter] = []


def segmenter(folder: Path | None = None) -> Segmenter:
    """The one segmenter of this process. The first caller's `folder` holds its cache, else DINGZE_CACHE, else a fresh
    private folder: never a name in the shared temporary folder that somebody else could have filled."""
    with _LOCK:
        if not _KEPT:
            given = folder or os.environ.get("DINGZE_CACHE")
            _KEPT.append(Segmenter(Path(given) if given else Path(tempfile.mkdtemp(prefix="dingze-"))))
        return _KEPT[0]


_SIGN = re.compile(r"[^\W_]")


def is_word(token: str) -> bool:
    """Whether a token carries meaning: letters, numbers and characters do, punctuation and blanks do not."""
    return _SIGN.search(token) is not None
