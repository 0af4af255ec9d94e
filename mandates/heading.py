"""What the headings and the first lines of a 三定 text tell: which part begins, whose text it is, since when."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from mandates.documents import Line
from mandates.model import Section
from mandates.naming import UnitNames
from mandates.numbering import Depth, Marker
from mandates.wording import is_other_part, section_of
from terms.ids import UnitCode

LONGEST_HEADING = 26  # characters; a longer line is a clause that happens to name a part
_DOC_NO = re.compile(r"[\u4e00-\u9fff]{1,10}[〔\[（(【](?:19|20)\d{2}[〕\]）)】]\s*第?\d{1,4}\s*号")
_FROM = re.compile(r"自\s*(\d{4})\s*年\s*(\d{1,2})\s*月\s*(\d{1,2})\s*日\s*起\s*(?:施行|执行|实施|生效)")
_TITLE_ENDS = re.compile(r"(?:规定|方案|通知|三定规定|“三定”规定)[》)）]?$")


@dataclass(frozen=True, slots=True)
class Heading:
    """What a line opens: `opens` whether it does, `section` which part (None = one without clauses), what follows."""

    opens: bool = False
    section: Section | None = None
    is_part: bool = False
    title: str = ""
    body: str = ""


@dataclass(frozen=True, slots=True)
class Preamble:
    """What stands before the first part."""

    title: str
    doc_no: str
    unit: UnitCode | None
    valid_from: date | None


def heading_of(found: Marker | None, inside: Section | None, line: str = "") -> Heading:
    """Whether a numbered line (or a plain one) is a heading, and of what.

    第二章 主要职责 and 一、主要职责 open a part; （十五）职能转变。… inside 主要职责 opens one for what is deeper.
    """
    text = line.strip() if found is None else found.rest
    title, body = _split(text)
    if found is None and (
        _TITLE_ENDS.search(text) or len(title) > LONGEST_HEADING or re.search(r"[，。；]|[：:].", text)
    ):
        return Heading()
    section = section_of(title) if len(title) <= LONGEST_HEADING else None
    if found is None or found.depth is Depth.CHAPTER or found.depth is Depth.PART:
        if section is None and found is not None:
            return Heading(opens=True, section=None, is_part=True)
        return _opening(section, inside, title, body, is_part=section is not None)
    if found.depth is Depth.HEADING:
        if section is not None and not _is_duty(title):
            return _opening(section, inside, title, body, is_part=section is not inside or inside is None)
        return Heading(opens=is_other_part(title) and len(title) <= LONGEST_HEADING, is_part=True)
    if section is not None and not _is_duty(title) and (section is not inside or not body):
        if section is Section.POSTS and body == "" and re.search(r"\d", title):
            return Heading()
        return _opening(section, inside, title, body, is_part=False)
    if section is Section.DIVISION and inside is Section.DIVISION and not _is_duty(title):
        return _opening(section, inside, title, body, is_part=False)
    return Heading()


def _opening(section: Section | None, inside: Section | None, title: str, body: str, *, is_part: bool) -> Heading:
    if section is None:
        return Heading()
    return Heading(True, section, is_part, title if not is_part or section is inside else "", body)


def _split(text: str) -> tuple[str, str]:
    """The heading and what follows it: 职能转变。推进…"""
    match = re.match(r"([^。：:]{1,40})[。：:](.*)$", text, re.DOTALL)
    return (match[1].strip(), match[2].strip()) if match else (text.strip(), "")


def _is_duty(title: str) -> bool:
    """Words that tell of doing are a clause, whatever part they name: 负责机关和所属单位的机构编制工作."""
    return bool(
        re.match(r"负责|承担|组织|拟订|指导|监督|管理|贯彻|完成|研究|综合|统筹|牵头|会同|办理|起草|审核", title)
    )


def preamble_of(lines: Sequence[Line], names: UnitNames) -> Preamble:
    """Title, number, unit and date of a text. The title may run over several lines."""
    title: list[str] = []
    doc_no = ""
    for line in lines[:25]:
        if line.cells is not None or (title and _TITLE_ENDS.search("".join(title))):
            break
        if found := _DOC_NO.search(line.text):
            doc_no = doc_no or re.sub(r"\s", "", found.group())
            if found.group() == line.text.strip("（）() "):
                continue
        if len(line.text) <= 50 and not re.search(r"[。；，]", line.text):
            title.append(line.text)
        elif title:
            break
    joined = "".join(title)
    if not _TITLE_ENDS.search(joined):
        ends = [at for at in range(1, len(title) + 1) if _TITLE_ENDS.search("".join(title[:at]))]
        joined = "".join(title[: ends[-1]]) if ends else (title[0] if title else "")
    mentioned = names.mentions(joined)
    whole = "\n".join(line.text for line in lines)
    if not doc_no and (found := _DOC_NO.search(whole)):
        doc_no = re.sub(r"\s", "", found.group())
    return Preamble(joined, doc_no, mentioned[-1].unit if mentioned else None, _day(whole))


def _day(text: str) -> date | None:
    for year, month, day in _FROM.findall(text):
        try:
            return date(int(year), int(month), int(day))
        except ValueError:
            continue
    return None
