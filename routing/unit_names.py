"""Units named in a text, and among them those the call-taker wrote to ("请住建局核实处理")."""

import re
from dataclasses import dataclass

import ahocorasick

from mandates.edition import RegisterEdition
from mandates.model import Level
from routing.proposal import SpanOf
from routing.text import normalise
from terms.ids import UnitCode

# the call-taker's closing words: 请/望/转/建议 … unit … 核实/处理/查处 …, up to the end of the sentence
_NOTE = re.compile(
    r"(?:请|望|转|派|烦请|恳请|要求|希望|诉求[:：]?)[^，。；;,\n]{0,24}?"
    r"(?:核实|处理|处置|查处|调查|办理|落实|协调|解决|答复|回复|核查|跟进|阅处|酌处|联系)[^，。；;,\n]{0,12}"
)
# whom the call-taker speaks to (请市园林局修剪, 转办至市场监管局): the words right before the unit's name
_ADDRESSED = re.compile(
    r"(?:请|望|转|派|交|转办|转派|转交|移交|派发|派往|交由|转由|转至|转到)(?:至|给|到|往)?(?:我市|本市|[\u4e00-\u9fff]{0,3}[市区县州])?$"
)
_ADDRESSED_AT = 3  # least length of the name: 请移动 … may be no company
_HOTLINE = re.compile(r"(?:你们|贵|本|这个|市长|政务|便民)(?:的)?热线")  # the hotline that is being called
_HOTLINE_NUMBER = "12345"  # of all cities (国办发〔2020〕53号)


@dataclass(frozen=True, slots=True)
class Named:
    """A unit named in a text, in the normalised text's places."""

    unit: UnitCode
    span: SpanOf
    formal: bool  # by a name only this unit bears
    company: bool = False


class UnitNames:
    """All names of the units of one edition: full, short, everyday, former; found by Aho–Corasick."""

    def __init__(self, edition: RegisterEdition) -> None:
        city = _city_prefix(edition)
        owners: dict[str, set[UnitCode]] = {}
        formal: set[str] = set()
        for code, unit in edition.units.items():
            bare = unit.name.removeprefix(city)
            names = {normalise(name).text for name in (unit.name, bare, *unit.former_names)}
            formal |= names
            if unit.level in (Level.CITY, Level.COMPANY):
                short = {normalise(f"市{name}").text for name in unit.everyday_names}
                formal |= short
                names |= short
            else:  # the everyday names of the second tier carry the place's name
                formal |= {normalise(name).text for name in unit.everyday_names if len(name) >= 4}
            names |= {normalise(name).text for name in unit.everyday_names}
            for name in sorted(names):
                if len(name) >= 2:
                    owners.setdefault(name, set()).add(code)
        self._owners = {name: (min(codes), name in formal) for name, codes in owners.items() if len(codes) == 1}
        self.companies = frozenset(code for code, unit in edition.units.items() if unit.level is Level.COMPANY)
        self._automaton = ahocorasick.Automaton()
        for name in sorted(self._owners):
            self._automaton.add_word(name, name)
        if self._owners:
            self._automaton.make_automaton()

    def named(self, text: str) -> list[Named]:
        """The units named in a normalised text, the longest name at each place, in the order of the text."""
        if not self._owners:
            return []
        spans = [(end + 1 - len(name), end + 1, name) for end, name in self._automaton.iter(text)]
        found = [
            self._meant(name, (start, end))
            for start, end, name in spans
            if not any(a <= start and end <= b and b - a > end - start for a, b, _ in spans)
        ]
        return sorted(found, key=lambda one: (one.span, one.unit))

    def hotline(self, text: str) -> list[Named]:
        """Where a text speaks of the hotline that is being called, as the unit that bears its number."""
        if _HOTLINE_NUMBER not in self._owners:
            return []
        return [self._meant(_HOTLINE_NUMBER, one.span()) for one in _HOTLINE.finditer(text)]

    def _meant(self, name: str, span: SpanOf) -> Named:
        code, formal = self._owners[name]
        return Named(code, span, formal, code in self.companies)

    def noted(self, text: str, named: list[Named]) -> list[Named]:
        """The units the call-taker asked to handle the order: named in a request, or spoken to."""
        notes = [match.span() for match in _NOTE.finditer(text)]
        return [
            one
            for one in named
            if any(a <= one.span[0] and one.span[1] <= b for a, b in notes)
            or (one.span[1] - one.span[0] >= _ADDRESSED_AT and _ADDRESSED.search(text[: one.span[0]][-12:]))
        ]


def _city_prefix(edition: RegisterEdition) -> str:
    """The city's name, as most of its departments begin with it."""
    counts: dict[str, int] = {}
    for unit in edition.units.values():
        if unit.level is Level.CITY and (at := unit.name.find("市")) > 0:
            counts[unit.name[: at + 1]] = counts.get(unit.name[: at + 1], 0) + 1
    return min(counts, key=lambda name: (-counts[name], name), default="")
