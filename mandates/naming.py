"""Which unit a name means: by code, name, former and everyday names, as older platforms and 三定 texts write them.

A name that could mean two units means none: a wrong unit is worse than none, and the caller reports it.
"""

import re
import unicodedata
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass

from mandates.edition import RegisterEdition
from mandates.model import Level, Unit
from terms.ids import UnitCode

# What may follow a unit's name when somebody names an office inside it: 市住建局燃气科, 交警支队车管所窗口.
_INSIDE = re.compile(r".{0,12}?(?:科|处|室|股|中心|大队|中队|支队|队|所|站|窗口|热线|办公室|平台)$")
_BODY = re.compile(r"(?:管理)?(?:局|委员会|委|办公室|管理中心|中心|总队|支队|分局)$")
_BRANCH = re.compile(r"(?:分局|大队|支队|分公司|所|局)$")
_LEGAL_FORM = re.compile(r"(?:股份|集团)?有限(?:责任)?公司$")
_DEPARTMENTS = re.compile(r"(?:行政主管|行政管理|主管|行政)?(?:部门|机关|机构)")
_LIST = re.compile(r"[、，,;；/|]|以及|和(?!谐)|及(?!时)")
_STEM_PART = re.compile(r"[\u4e00-\u9fff]+")


@dataclass(frozen=True, slots=True)
class Mention:
    """A unit named in a text: half-open span of code points, and which unit it is."""

    start: int
    end: int
    unit: UnitCode


def comparable(name: str) -> str:
    """A name without blanks, brackets and width variants, so that two ways of typing it are one."""
    return re.sub(r"[\s《》“”\"'·()（）\[\]【】]", "", unicodedata.normalize("NFKC", name))


class UnitNames:
    """The names of one edition's units. Build once an edition; finding is a few dictionary look-ups."""

    def __init__(self, edition: RegisterEdition) -> None:
        self._units = edition.units
        self.city = _city_name(edition)
        self._exact: dict[str, dict[int, set[UnitCode]]] = defaultdict(lambda: defaultdict(set))
        self._stems: dict[str, set[UnitCode]] = defaultdict(set)
        self._districts: dict[str, UnitCode] = {}
        for unit in edition.units.values():
            self._learn(unit)
        self._longest_first = sorted(self._districts, key=lambda name: (-len(name), name))
        self._in_texts = self._pattern()

    def _learn(self, unit: Unit) -> None:
        ranked = [(0, unit.code), (1, unit.name)]
        ranked += [(2, name) for name in unit.former_names] + [(3, name) for name in unit.everyday_names]
        for rank, name in ranked:
            plain = comparable(name)
            for form in {plain, self._without_city(plain), _LEGAL_FORM.sub("", plain)}:
                if form:
                    self._exact[form.upper()][rank].add(unit.code)
        if unit.level is Level.CITY:
            for _, name in ranked[1:]:
                plain = self._without_city(comparable(name))
                for stem in (_BODY.sub("", plain), re.sub(r"(?:局|委员会|委)$", "", plain)):
                    if len(stem) >= 2:
                        self._stems[stem].add(unit.code)
                        self._stems[stem.replace("和", "")].add(unit.code)
        elif unit.level is Level.DISTRICT and unit.parent is None:
            for name in (unit.name, *unit.everyday_names):
                plain = re.sub(r"(?:人民)?政府$", "", self._without_city(comparable(name)))
                self._districts[plain] = unit.code
                if plain[-1:] in ("区", "县", "市") and len(plain) > 2:
                    self._districts.setdefault(plain[:-1], unit.code)

    def _without_city(self, plain: str) -> str:
        for prefix in (self.city, self.city[:-1] if len(self.city) > 2 else "", "市"):
            if prefix and plain.startswith(prefix) and len(plain) > len(prefix) + 1:
                return plain[len(prefix) :]
        return plain

    def _pattern(self) -> re.Pattern[str]:
        names = {form for form, ranks in self._exact.items() if len(form) >= 3 and set(ranks) - {0}}
        with_city = {f"{city}{name}" for name in names for city in (self.city, "市") if city}
        longest_first = sorted(names | with_city, key=lambda name: (-len(name), name))
        return re.compile("|".join(map(re.escape, longest_first)) or r"(?!)")

    def find(self, text: str, district: UnitCode | None = None) -> UnitCode | None:
        """The unit a name means, or None when it means none or more than one.

        `district` (from the order's own field) says where 区城管局 is. City names win over district names that look
        the same; a current name wins over a former one, that over an everyday one.
        """
        plain = comparable(text).upper()
        if not plain:
            return None
        if found := self._whole(plain, district):
            return found
        for form in (_LEGAL_FORM.sub("", plain), _DEPARTMENTS.sub("", plain)):
            if form != plain and (found := self._whole(form, district) or self._stem(form)):
                return found
        return self._outer(plain, district)

    def _whole(self, plain: str, district: UnitCode | None) -> UnitCode | None:
        if district and (here := self._in_district(district, re.sub(r"^(?:本|我)?[区县]", "", plain))):
            return here
        for form in dict.fromkeys((plain, self._without_city(plain))):
            if found := self._named(form):
                return found
        for name in self._longest_first:
            code = self._districts[name]
            if plain.startswith(name) and (found := self._in_district(code, plain[len(name) :])):
                return found
            if name in plain[1:] and _BRANCH.search(plain):
                head, _, tail = plain.partition(name)
                if _BRANCH.fullmatch(tail) and (found := self._in_district(code, head)):
                    return found
        return None

    def _named(self, form: str) -> UnitCode | None:
        ranks = self._exact.get(form)
        if ranks is None:
            return None
        for rank in sorted(ranks):
            at_rank = ranks[rank]
            if len(at_rank) == 1:
                return next(iter(at_rank))
            city = {code for code in at_rank if self._units[code].level in (Level.CITY, Level.COMPANY)}
            if len(city) == 1:
                return next(iter(city))
            return None
        return None

    def _stem(self, stem: str) -> UnitCode | None:
        found = self._stems.get(self._without_city(stem)) or self._stems.get(stem) or set()
        return next(iter(found)) if len(found) == 1 else None

    def _in_district(self, district: UnitCode, rest: str) -> UnitCode | None:
        """A bureau of a district by the name of its city model: 望湖区 + 城管局."""
        rest = re.sub(r"^[区县]", "", rest)
        if not rest:
            return None
        model = self._named(rest) or self._named(self._without_city(rest)) or self._stem(_BODY.sub("", rest))
        if model is None:
            return None
        if self._units[model].parent == district:
            return model
        mirrors = [code for code, unit in self._units.items() if unit.parent == district and model in unit.mirrors]
        return mirrors[0] if len(mirrors) == 1 else None

    def _outer(self, plain: str, district: UnitCode | None) -> UnitCode | None:
        for cut in range(len(plain) - 1, 2, -1):
            if _INSIDE.fullmatch(plain[cut:]) and (found := self._whole(plain[:cut], district)):
                return found
        return None

    def find_all(self, text: str, district: UnitCode | None = None) -> tuple[UnitCode, ...]:
        """The units of a list as platforms write it (市住建局、市城管局和供电公司), each once, in its order."""
        whole = self.find(text, district)
        if whole:
            return (whole,)
        found = (self.find(part, district) for part in _LIST.split(text))
        return tuple(dict.fromkeys(code for code in found if code))

    def mentions(self, text: str) -> tuple[Mention, ...]:
        """Every unit named in a running text, without overlaps, in order.

        Finds names (市住房和城乡建设局) and the way statutes speak of departments (住房城乡建设、水务部门).
        """
        found = [
            Mention(match.start(), match.end(), code)
            for match in self._in_texts.finditer(text)
            if (code := self.find(match.group()))
        ]
        taken = [(mention.start, mention.end) for mention in found]
        for mention in self._departments(text):
            if all(mention.end <= start or end <= mention.start for start, end in taken):
                found.append(mention)
        return tuple(sorted(found, key=lambda mention: mention.start))

    def _departments(self, text: str) -> Iterator[Mention]:
        for match in _DEPARTMENTS.finditer(text):
            end = match.start()
            while (part := self._stem_before(text, end)) is not None:
                yield part
                if text[part.start - 1 : part.start] not in ("、", "和", "及"):
                    break
                end = part.start - 1

    def _stem_before(self, text: str, end: int) -> Mention | None:
        for start in range(max(0, end - 14), end - 1):
            words = text[start:end]
            if _STEM_PART.fullmatch(words) and (code := self._stem(words)):
                return Mention(start, end, code)
        return None


def _city_name(edition: RegisterEdition) -> str:
    """The city's own name, as its units' names begin (云泽市); empty when they do not agree on one."""
    names = [unit.name for unit in edition.units.values() if unit.level is Level.CITY]
    begins = [match.group() for name in names if (match := re.match(r"[\u4e00-\u9fff]{1,6}?[市州盟]", name))]
    if not begins:
        return ""
    most = max(sorted(set(begins)), key=begins.count)
    return most if begins.count(most) * 2 > len(names) else ""
