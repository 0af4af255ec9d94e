"""Drafts an officer begins from: the dispute, each side's words and the clauses they stand on, put in order. Pure."""

from casework.boundary_case.state import BoundaryCase
from casework.papers.quoting import name_of, quote
from console.bianban.case_sides import sides_of
from mandates.edition import RegisterEdition
from terms.actors import Role
from terms.errors import NotFound
from terms.ids import UnitCode

BLANK = "（请在此填写）"


def quoted(item: str, register: RegisterEdition) -> str:
    """A clause as a paper quotes it; its number alone when it is not in force."""
    try:
        found = quote(item, register)
    except NotFound:
        return item
    doc_no = f"（{found.doc_no}）" if found.doc_no else ""
    return f"《{found.instrument}》{doc_no}{found.number}：“{found.text}”"


def position_draft(case: BoundaryCase, unit: UnitCode, register: RegisterEdition, role: Role) -> str:
    """A written opinion to begin from: the question, the unit's own clauses as they stand, room for the reasons."""
    if unit not in case.parties or case.opened is None:
        return ""
    own = next(side for side in sides_of(case, register, role) if side.unit == unit)
    clauses = "\n".join(f"{number}. {quoted(one.card.id, register)}" for number, one in enumerate(own.clauses, 1))
    return (
        f"关于“{case.opened.matter}”职责分工，{name_of(unit, register)}意见如下：\n"
        f"一、争议焦点：{case.opened.question}\n"
        f"二、本单位条目：\n{clauses or '本单位无相应条目。'}\n"
        f"三、意见及理由：{BLANK}"
    )


def opinion_draft(case: BoundaryCase, register: RegisterEdition) -> str:
    """What an office begins from: the question, how the departments negotiated, each side's words and clauses."""
    if case.opened is None:
        return ""
    said = []
    for unit in case.parties:
        own = [one for one in case.opinions if one.unit == unit]
        words = own[-1].position if own else "未提出书面意见。"
        cited = [one.clause for one in case.opened.clauses if one.unit == unit]
        clauses = dict.fromkeys((*cited, *(clause for one in own for clause in one.clauses)))
        basis = "；".join(quoted(one, register) for one in clauses)
        said.append(f"{name_of(unit, register)}：{_short(words)}" + (f"\n  所引条目：{basis}" if basis else ""))
    told = "\n".join(f"（{number}）{one}" for number, one in enumerate(said, 1))
    return (
        f"一、争议事项：{case.opened.matter}。{case.opened.question}\n"
        f"二、自行协商：已协商 {case.negotiations} 次。\n"
        f"三、各方意见：\n{told}\n"
        f"四、研究意见：{BLANK}"
    )


def _short(words: str) -> str:
    """What an opinion comes to: its third part when it was written from the draft, else all of it."""
    _, found, reasons = words.partition("三、意见及理由：")
    return reasons.strip() if found else words.strip()
