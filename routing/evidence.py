"""The clause that proves a unit's part: recalled by words, weighed by RapidFuzz, with where it speaks in both texts."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from rapidfuzz import fuzz, process

from routing.index import RegisterIndex, Vector
from routing.proposal import Citation, SpanOf
from routing.reading import Reading
from routing.text import Normalised, normalise
from routing.vectors import Ints
from routing.wordings import Hit
from terms.ids import ClauseId, UnitCode

_PART = re.compile(r"[^，。；、：,;:\n]+")
# words that stand in every mandate and in every complaint prove nothing
EMPTY_WORDS = frozenset(
    re.findall(
        r"\S+",
        """负责 管理 工作 监督 指导 组织 实施 协调 承担 依法 开展 有关 相关 部门 单位 处理 核实 反映 市民 问题 情况
        要求 希望 建议 投诉 咨询 服务 进行 没有 影响 现在 我们 他们 这个 可以 已经 解决 办理 本市 全市 拟订 制定 贯彻
        落实 推进 查处 行为 以及 来电 小区 居民 安全 政策 规定 城市 社会 制度 标准 规范 保障 建设 公共 发展 政府 人员
        活动 项目""",
    )
)
LEAST = 60  # least evidence, in strength of wordings, for a clause to count as found
_FUZZY_AT_MOST = 4
_FUZZY_WORDS = 60
_LIKELY_AT_MOST = 24
_TOLD = 50  # what a clause that the words speak of adds, in percent of its margin from -1


@dataclass(frozen=True, slots=True)
class Evidence:
    """The best ground of one unit: a citable item, how strongly it speaks (0–1000), and the wording that led there."""

    item: ClauseId
    unit: UnitCode
    kind: str
    strength: int
    hit: Hit | None = None


def grounds(
    index: RegisterIndex, reading: Reading, hits: Sequence[Hit], likeness: Ints, vector: Vector, unit: UnitCode
) -> list[Evidence]:
    """What can be cited for a unit, the aptest first: its wordings found in the text, its items recalled by words, and
    among those that are found the clause that the words speak of."""
    strengths: dict[ClauseId, int] = {}
    best: dict[ClauseId, Hit] = {}
    for hit in hits:
        if hit.wording.unit == unit and hit.wording.kind != "subdistrict":
            item = hit.wording.item
            known = strengths.get(item)
            strengths[item] = hit.strength * 4 if known is None else known + hit.strength * 3
            best.setdefault(item, hit)
    place_of: dict[ClauseId, int] = {}
    span = index.items_of(unit)
    for place, share in _likest(likeness[span], span.start):
        listed = index.citables[place]
        place_of.setdefault(listed.id, place)
        if share > 0 and listed.main:
            strengths[listed.id] = (
                strengths.get(listed.id, 0) + share * (12 if listed.kind in ("point", "boundary") else 7) // 10
            )
    told = index.clause_words.scores(unit, *vector)
    apt = {item: strength + _TOLD * _telling(index, told, item) // 100 for item, strength in strengths.items()}
    ranked = sorted(apt, key=lambda item: (-apt[item], item))[:_FUZZY_AT_MOST]
    order = _spoken(reading)
    placed = [place_of[item] for item in ranked if item in place_of]
    close = dict(zip(placed, _closeness(order, [index.segmented(place) for place in placed]), strict=True))
    found: list[Evidence] = []
    for item in ranked:
        place = place_of.get(item, -1)
        kind = "point" if place < 0 else index.citables[place].kind
        strength = min(1000, strengths[item] + close.get(place, 0) * 2)
        found.append(Evidence(item, unit, kind, strength, best.get(item)))
        apt[item] += close.get(place, 0) * 2
    return sorted(found, key=lambda one: (one.strength < LEAST, -apt[one.item], one.item))


def _telling(index: RegisterIndex, told: Mapping[ClauseId, int], item: ClauseId) -> int:
    """How much the words speak of the clause that an item rests on, from 0, in 1/1000."""
    point = index.edition.duty_points.get(item)
    return max(0, 1000 + told.get(point.clause if point else item, -1000))


def _likest(said: Ints, first: int) -> list[tuple[int, int]]:
    """Places and likeness of a unit's likest few items, of equal likeness the first; `first` is its first place."""
    known = np.flatnonzero(said)
    if len(known) < _LIKELY_AT_MOST:  # then those that share no word as well
        known = np.arange(len(said))
    elif len(known) > _LIKELY_AT_MOST:
        least = np.partition(said[known], -_LIKELY_AT_MOST)[-_LIKELY_AT_MOST]
        known = known[said[known] >= least]
    kept = known[np.argsort(-said[known], kind="stable")[:_LIKELY_AT_MOST]]
    return list(zip((kept + first).tolist(), said[kept].tolist(), strict=True))


def _closeness(order: str, items: Sequence[str]) -> list[int]:
    """RapidFuzz's likeness of an order's words to the words of each item, 0–100."""
    if not items:
        return []
    found = process.cdist([order], items, scorer=fuzz.token_set_ratio, processor=None, dtype=np.float64)
    return [int(one) for one in found[0].tolist()]


def _spoken(reading: Reading) -> str:
    """The words of an order that can prove something, joined by blanks for RapidFuzz's token scorers."""
    return " ".join([word for word in reading.plain if word not in EMPTY_WORDS][:_FUZZY_WORDS])


def cite(index: RegisterIndex, text: Normalised, reading: Reading, ground: Evidence, unit: UnitCode) -> Citation | None:
    """The citation of a ground for a unit; None where the item is no longer in force."""
    edition = index.edition
    point = edition.duty_points.get(ground.item)
    clause_id = point.clause if point else ground.item
    words = edition.text_of(clause_id)
    if words is None:
        return None
    instrument = edition.instrument_of(clause_id)
    via = ground.hit.wording.text if ground.hit else (point.matter if point else "")
    order_span, clause_span = _spans(text, reading, words, ground)
    if clause_span is None and not via:
        via = edition.units[ground.unit].name
    return Citation(unit, clause_id, instrument.id if instrument else None, words, order_span, clause_span, via)


def _spans(text: Normalised, reading: Reading, clause: str, ground: Evidence) -> tuple[SpanOf | None, SpanOf | None]:
    """Where order and clause say the same: the clause's part with most words in common, the order's longest of them."""
    said = normalise(clause)
    wording = ground.hit.wording.text if ground.hit else ""
    words = {word for word in reading.plain if len(word) >= 2 and word not in EMPTY_WORDS and not word.isdigit()}
    best: tuple[int, int, str] | None = None
    for part in _PART.finditer(said.text):
        shared = sorted((word for word in words if word in part.group()), key=lambda word: (-len(word), word))
        weight = sum(len(word) for word in shared)
        weight += 2 * sum(len(word) for word in shared if word in wording)
        if shared and (best is None or weight > best[0]):
            best = (weight, part.start(), shared[0])
    clause_span: SpanOf | None = None
    order_span: SpanOf | None = text.span(*ground.hit.span) if ground.hit else None
    if best is not None:
        match = _PART.match(said.text, best[1])
        if match is not None:
            clause_span = said.span(*match.span())
        if order_span is None:
            at = text.text.find(best[2])
            order_span = text.span(at, at + len(best[2])) if at >= 0 else None
    return order_span, clause_span


def enough_said(reading: Reading, least: int) -> bool:
    """Whether there is text to judge by: at least so many characters in words."""
    return sum(len(word) for word in reading.plain) >= least
