"""Personal data in free text, found by rule and covered letter for letter.

The cover has the length of what it covers, so a span in masked text is the same span in the original. Rules find
phones (also in full-width figures, in 一二三, parted by blanks, dots or 转, with an extension), identity numbers (GB
11643, parted too), vehicle plates (GA 36), bank cards (Luhn), e-mail (艾特 too), names (`ingest.names`), and whatever
the order's own fields say of its caller. They miss what no rule can see: tests/ingest/worded.py measures it.
"""

import re
from collections.abc import Iterable, Iterator

from ingest.names import names

COVER = "*"

_PLATE_PROVINCES = "京津沪渝冀豫云辽黑湘皖鲁新苏浙赣鄂桂甘晋蒙陕吉闽贵粤青藏川宁琼使领"
_PART = r"\s?[-.·•—–_/转]?\s?"  # what people put between the figures of a number they say in groups
_NUMBERS: tuple[re.Pattern[str], ...] = (
    re.compile(
        r"(?<![0-9A-Za-z])[1-9]\d{5}[-\s]?(?:18|19|20)\d{2}[-\s]?(?:0[1-9]|1[0-2])[-\s]?(?:0[1-9]|[12]\d|3[01])"
        r"[-\s]?\d{3}[-\s]?[\dXx](?![0-9A-Za-z])"
    ),
    re.compile(
        rf"(?<!\d)(?:(?:\+|00)?86{_PART})?"
        rf"(?:1[3-9]\d{_PART}\d{{4}}{_PART}\d{{4}}|1[3-9]\d{_PART}\d{{3}}{_PART}\d{{5}}|1[3-9]\d\d{_PART}\d{{3}}{_PART}\d{{4}}"
        rf"|1[3-9]\d\d{_PART}\d{{4}}{_PART}\d{{3}}|1[3-9]\d{{3}}{_PART}\d{{6}}|1[3-9]\d{{4}}{_PART}\d{{5}})(?!\d)"
    ),
    re.compile(r"(?<!\d)1[-.·\s]{1,2}[3-9](?:[-.·\s]{1,2}\d){9}(?![-.·\s]?\d)"),  # a sign after every figure
    re.compile(
        r"(?<!\d)(?:(?:\+|00)?86[-\s]?)?[(（]?0\d{2,3}[)）]?[-\s—.]{0,2}\d{3,4}[-\s.]?\d{4}(?!\d)(?:\s?(?:转|分机|-|ext\.?)\s?\d{1,6})?",
        re.IGNORECASE,
    ),
    re.compile(
        r"(?:电话|手机|号码|联系方式|座机|微信|QQ)(?:邮箱|号码|号|是|为|:|：|\s)*(?P<kept>[A-Za-z0-9_-]{6,20})",
        re.IGNORECASE,
    ),
)
_WORDS: tuple[re.Pattern[str], ...] = (
    re.compile(
        r"[A-Za-z0-9._%+-]{1,64}\s?(?:@|艾特|爱特|圈a|[(（\[]at[)）\]])\s?[A-Za-z0-9-]{1,63}"
        r"(?:\s?(?:\.|点|dot)\s?[A-Za-z0-9-]{1,63})+",
        re.IGNORECASE,
    ),
    re.compile(
        rf"[{_PLATE_PROVINCES}][A-HJ-NP-Z][·•・\s-]?(?:[A-HJ-NP-Z0-9]{{5,6}}|[A-HJ-NP-Z0-9]{{4}}[学警港澳挂])",
        re.IGNORECASE,
    ),
)
_GAP = re.compile(r"[\s-]")
_CARD = re.compile(r"(?<!\d)\d(?:[\s-]?\d){14,18}(?!\d)")
_HALF_WIDTH = {0xFF01 + offset: 0x21 + offset for offset in range(94)} | {0x3000: 0x20}
_SPOKEN = str.maketrans("〇零一二三四五六七八九幺壹贰叁肆伍陆柒捌玖", "001234567891123456789")

_NO_FIGURE = re.compile("一(?=[直般个次些样定起下共])")  # 138…一直占线: no figure, and the number ends before it


def _luhn(digits: str) -> bool:
    total = 0
    for place, digit in enumerate(reversed(digits)):
        value = int(digit) * (2 if place % 2 else 1)
        total += value - 9 if value > 9 else value
    return total % 10 == 0


def _found(patterns: Iterable[re.Pattern[str]], text: str) -> Iterator[tuple[int, int]]:
    for pattern in patterns:
        for found in pattern.finditer(text):
            yield found.span("kept") if "kept" in pattern.groupindex else found.span()


def _spans(text: str, known: Iterable[str]) -> Iterator[tuple[int, int]]:
    plain = text.translate(_HALF_WIDTH)  # one letter for one letter: spans are those of the text
    yield from _found(_WORDS, plain)
    yield from _found(_NUMBERS, plain)
    yield from names(plain)
    spoken = _NO_FIGURE.sub("壱", plain).translate(_SPOKEN)
    if spoken != plain:
        yield from _found(_NUMBERS, spoken)
    for found in _CARD.finditer(plain):
        if _luhn(re.sub(r"\D", "", found.group())):
            yield found.span()
    for word in known:
        yield from _occurrences(text, plain, word)


def _occurrences(text: str, plain: str, word: str) -> Iterator[tuple[int, int]]:
    if len(word) < 2:
        return  # a single letter stands everywhere
    for searched in (text, plain):
        start = searched.find(word)
        while start >= 0:
            yield start, start + len(word)
            start = searched.find(word, start + len(word))
    digits = "".join(letter for letter in word.translate(_HALF_WIDTH) if letter in "0123456789")
    if len(digits) >= 7 and digits in _GAP.sub("", plain):  # a pattern for every caller is dear: only where it is there
        for found in re.finditer(r"[\s-]?".join(digits), plain):
            yield found.span()


def mask(text: str, known: Iterable[str] = ()) -> str:
    """The text with personal data covered by `*`, the same length in code points.

    `known` are words that are personal for certain: the caller's name and number as the order's fields give them;
    those of a single letter are left, since they stand everywhere.
    """
    spans = list(_spans(text, known))
    if not spans:
        return text
    letters = list(text)
    for start, end in spans:
        letters[start:end] = COVER * (end - start)
    return "".join(letters)


def mask_all(texts: Iterable[str], known: Iterable[str] = ()) -> list[str]:
    """Several short fields covered in one pass, each as long as before. No rule looks across two of them."""
    parts = list(texts)
    joined = mask("\x01".join(parts), known)
    found, start = [], 0
    for part in parts:
        found.append(joined[start : start + len(part)])
        start += len(part) + 1
    return found
