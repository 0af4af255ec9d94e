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
from math import inf, log
from operator import add
from pathlib import Path
from typing import cast

from routing.proposal import SpanOf
from terms.errors import BadInput

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
    if not _DROPPED.search(given):
        return Normalised(given.translate(_COMPARABLE), given)
    gone = {found.start() for found in _DROPPED.finditer(given)}
    starts = tuple(place for place in range(len(given)) if place not in gone)
    return Normalised("".join(given[place] for place in starts).translate(_COMPARABLE), given, starts)


# jieba's own division: runs it looks up, then blanks and signs, each of which is a word
_RUN = re.compile(r"([\u4E00-\u9FD5a-zA-Z0-9+#&\._%\-]+)")
_BLANK = re.compile(r"(\r\n|\s)")
_LATIN = frozenset("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789")


class Segmenter:
    """jieba's dictionary and its most probable path, cut by a loop of our own: the same words (a test compares them),
    in a fifth of the time, because the logarithms are taken once a word and not once a look.

    The dictionary's cache lies in our folder, never in the shared one another user could fill. Load it before any fork
    (`warm`): 0.6 s and 120 MB once, shared by all children afterwards.
    """

    def __init__(self, folder: Path) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self._folder = folder
        self._told: dict[str, float] = {}  # ln of each word's share; -inf for what only begins words
        self._unknown = 0.0
        self._warming = threading.Lock()

    def warm(self) -> None:
        """Read the dictionary now."""
        with self._warming:
            if self._told:
                return
            tokenizer = jieba.Tokenizer()
            tokenizer.tmp_dir = str(self._folder)
            tokenizer.cache_file = "dingze-jieba.cache"
            jieba.setLogLevel(60)
            tokenizer.initialize()
            whole = log(tokenizer.total)
            counts: dict[str, int] = tokenizer.FREQ
            known = {count: log(count) - whole if count else -inf for count in set(counts.values())}
            told = cast(dict[str, float], counts)  # changed in place: the words are half of its memory
            for word, count in counts.items():
                told[word] = known[count]
            self._unknown = log(1) - whole
            self._told = told

    def words(self, text: str) -> list[str]:
        """The words of a normalised text, in order, punctuation included, nothing guessed."""
        if not self._told:
            self.warm()
        found: list[str] = []
        for place, part in enumerate(_RUN.split(text)):
            if place % 2:
                self._cut(part, found)
            elif part:
                for one in _BLANK.split(part):
                    found.extend((one,) if one == "\r\n" else one)
        return found

    def _cut(self, run: str, found: list[str]) -> None:
        """The most probable words of one run, by dynamic programming from its end; of equal ones the longer."""
        told, size = self._told.get, len(run)
        best = [0.0] * (size + 1)
        ends = list(range(1, size + 1))
        after, start = 0.0, size
        pairs = [*map(told, map(add, run, run[1:])), None]
        for one, two in zip(map(told, reversed(run)), reversed(pairs), strict=True):
            start -= 1
            top = -inf if one is None else one + after
            if two is not None:
                end = start + 2
                if (score := two + best[end]) >= top:
                    top, ends[start] = score, end
                while (end := end + 1) <= size and (share := told(run[start:end])) is not None:
                    if (score := share + best[end]) >= top:
                        top, ends[start] = score, end
            if top == -inf:
                top, ends[start] = self._unknown + after, start + 1
            best[start] = after = top
        start, latin = 0, -1
        while start < size:
            end = ends[start]
            if end - start == 1 and run[start] in _LATIN:  # letters and digits nobody knows stay together
                latin = start if latin < 0 else latin
            else:
                if latin >= 0:
                    found.append(run[latin:start])
                    latin = -1
                found.append(run[start:end])
            start = end
        if latin >= 0:
            found.append(run[latin:])


class FastSegmenter:
    """The same words from `rjieba`, jieba's dictionary and path in Rust (extra `fast-cut`); a test compares the two."""

    def __init__(self) -> None:
        """Raises BadInput where the extra is not installed."""
        try:
            from rjieba import Jieba  # an extra: loaded where it is chosen
        except ImportError as missing:
            raise BadInput("settings.no-fast-cut", at="DINGZE_CUTTER") from missing
        self._tokenizer = Jieba()

    def warm(self) -> None:
        """Read the dictionary now."""
        self._tokenizer.cut("", False)

    def words(self, text: str) -> list[str]:
        """The words of a normalised text, in order, punctuation included, nothing guessed."""
        found: list[str] = self._tokenizer.cut(text, False)
        return found


_LOCK = threading.Lock()
_KEPT: list[Segmenter | FastSegmenter] = []


def cut_fast() -> None:
    """Let `rjieba` cut from now on in this process. Raises BadInput where it is not installed."""
    chosen = FastSegmenter()
    with _LOCK:
        _KEPT[:] = [chosen]


def segmenter(folder: Path | None = None) -> Segmenter | FastSegmenter:
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
    return token.isalnum() or _SIGN.search(token) is not None
