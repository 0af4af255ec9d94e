"""Who is on which side of a 职责分工 paragraph: each department named, what it answers for, and how it is bound."""

import re
from dataclasses import dataclass

from mandates.model import DutyRole
from mandates.naming import UnitNames
from mandates.wording import role_of
from terms.ids import UnitCode

_OWN = re.compile(r"^(?:由)?(?:本|我)(?:局|委|办|部门|单位|中心|队)")
_OPENING = re.compile(r"^(?:其中|由|一是|二是|三是|但|对于.{0,20}?由)")
_UNKNOWN = re.compile(
    r"^(?:市|省|区|县)?[\u4e00-\u9fff]{2,14}?(?:局|委员会|委|办公室|公司|部门|机关|支队|政府)(?=[\u4e00-\u9fff])"
)
_VERB = re.compile(r"配合|协助|会同|负责|对|将|与|向|承担|组织|参与|支持|督促|指导|按照")
_BEGINS_DUTY = re.compile(
    r"^的?(?:[等]?(?:部门|机关|单位)?)(?:按照[^，。；]{1,12})?"
    r"(?:依法|统一|具体|主要|分别|共同|牵头|负责|承担|监督|查处|组织|配合|协助|参与|管理|处置|处理|会同|指导|督促|出具|"
    r"审查|办理|维护|对|应|受理|实施|主管|认定|落实|按|协调|提供|保留|立案|制定|检查|登记|发现|先|不)"
)


@dataclass(frozen=True, slots=True)
class Side:
    """One department of a division: `unit` is None where no unit of the edition has that `name`."""

    name: str
    unit: UnitCode | None
    text: str
    role: DutyRole


def sides_of(text: str, names: UnitNames, own: UnitCode | None) -> tuple[Side, ...]:
    """The sides of one paragraph, in its order; a sentence that names nobody belongs to the side before it."""
    found: list[tuple[str, UnitCode | None, list[str]]] = []
    for part in re.split(r"(?<=[，。；])", text):
        for name, unit, words in _opened(part.strip(), names, own):
            if name or not found:
                if name:
                    found.append((name, unit, [words]))
            else:
                found[-1][2].append(words)
    return tuple(
        Side(name, unit, "".join(words).strip("，；。"), role_of(_duty("".join(words)))) for name, unit, words in found
    )


def _opened(part: str, names: UnitNames, own: UnitCode | None) -> list[tuple[str, UnitCode | None, str]]:
    """The subjects a part begins with (several in 住建、交通、水务部门负责…), each with the words that follow."""
    lead = _OPENING.match(part)
    body = part[lead.end() :] if lead else part
    if ours := _OWN.match(body):
        return [(ours.group(), own, body[ours.end() :])]
    mentions = names.mentions(body)
    subjects = []
    at = 0
    for mention in mentions:
        if body[at : mention.start].strip("、和及") not in ("", "市", "部门"):
            break
        subjects.append(mention)
        at = mention.end
    if subjects:
        rest = re.sub(r"^(?:行政主管|行政管理|主管|行政)?(?:部门|机关|机构)?", "", body[at:])
        if _BEGINS_DUTY.match(rest):
            return [(body[one.start : one.end], one.unit, rest) for one in subjects]
    elif not _VERB.match(body) and (unknown := _UNKNOWN.match(body)) and _BEGINS_DUTY.match(body[unknown.end() :]):
        return [(unknown.group(), None, body[unknown.end() :])]
    return [("", None, part)]


def _duty(words: str) -> str:
    return re.sub(r"^的?(?:等)?(?:部门|单位)?", "", words)


def role_among(sides: tuple[Side, ...], own: UnitCode | None, text: str) -> DutyRole:
    """How a division binds its own unit: it leads, another leads and it supports, or each answers for its part."""
    ours = [side for side in sides if side.unit is not None and side.unit == own]
    others = [side for side in sides if side not in ours]
    if any(side.role is DutyRole.LEAD for side in ours):
        return DutyRole.LEAD
    if any(side.role is DutyRole.LEAD for side in others):
        return DutyRole.SUPPORT
    if ours:
        return ours[0].role
    return role_of(text) if not sides else DutyRole.SUPPORT
