"""How Chinese official texts number their parts: 第一章, 第三条, 一、, （一）, 1., （1）, ①; what is inside what."""

import re
from dataclasses import dataclass
from enum import IntEnum

_DIGITS = "零一二三四五六七八九"
_NUMERAL = r"[零〇一二三四五六七八九十百两]{1,7}"
_ARABIC = r"[0-9０-９]{1,3}"


class Depth(IntEnum):
    """The kinds of number, outermost first (党政机关公文格式 GB/T 9704: 一、 （一） 1. （1）; statutes: 章 节 条)."""

    CHAPTER = 1
    PART = 2
    ARTICLE = 3
    HEADING = 4
    ITEM = 5
    POINT = 6
    SUBPOINT = 7
    CIRCLED = 8


_MARKERS: tuple[tuple[Depth, re.Pattern[str]], ...] = (
    (Depth.CHAPTER, re.compile(rf"第\s*(?P<n>{_NUMERAL}|{_ARABIC})\s*[章编]\s*")),
    (Depth.PART, re.compile(rf"第\s*(?P<n>{_NUMERAL}|{_ARABIC})\s*节\s*")),
    (Depth.ARTICLE, re.compile(rf"第\s*(?P<n>{_NUMERAL}|{_ARABIC})\s*条\s*")),
    (Depth.HEADING, re.compile(rf"(?P<n>{_NUMERAL})\s*[、．.]\s*")),
    (Depth.ITEM, re.compile(rf"[（(]\s*(?P<n>{_NUMERAL})\s*[）)]\s*[、．.]?\s*")),
    (Depth.SUBPOINT, re.compile(rf"[（(]\s*(?P<n>{_ARABIC})\s*[）)]\s*[、．.]?\s*")),
    (Depth.POINT, re.compile(rf"(?P<n>{_ARABIC})\s*(?:[、．]|\.(?!\d))\s*")),
    (Depth.CIRCLED, re.compile(r"(?P<n>[①-⑳])\s*")),
)


@dataclass(frozen=True, slots=True)
class Marker:
    """A number at the beginning of a line: how deep, as printed, its value, and the words that follow."""

    depth: Depth
    label: str
    value: int
    rest: str


def marker(line: str) -> Marker | None:
    """The number a line begins with, if any."""
    text = line.strip().lstrip("\u3000")
    for depth, pattern in _MARKERS:
        if match := pattern.match(text):
            label = re.sub(r"\s", "", match.group()).replace("(", "（").replace(")", "）")
            return Marker(depth, label, number(match["n"]), text[match.end() :].strip())
    return None


def number(text: str) -> int:
    """The value of a number in Chinese, Arabic (any width) or circled figures; 0 for none."""
    if "①" <= text[:1] <= "⑳":
        return ord(text[0]) - ord("①") + 1
    if text.isdecimal():
        return int(text)
    total = digit = 0
    for letter in text.replace("〇", "零").replace("两", "二"):
        if letter == "百":
            total, digit = total + (digit or 1) * 100, 0
        elif letter == "十":
            total, digit = total + (digit or 1) * 10, 0
        elif letter in _DIGITS:
            digit = _DIGITS.index(letter)
        else:
            return 0
    return total + digit


def chinese(value: int) -> str:
    """A whole number below 1000 in Chinese figures, as lists write it: 12 is 十二."""
    if not 0 < value < 1000:
        return str(value)
    hundreds, rest = divmod(value, 100)
    tens, ones = divmod(rest, 10)
    words = f"{_DIGITS[hundreds]}百" if hundreds else ""
    if tens:
        words += ("" if tens == 1 and not hundreds else _DIGITS[tens]) + "十"
    elif hundreds and ones:
        words += "零"
    return words + (_DIGITS[ones] if ones else "")
