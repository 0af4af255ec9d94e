"""Specimens to try a template on: a paper of any kind in which every text is its own name.

A full specimen has everything; a bare one only what must be there, lists empty. What a template leaves out of the full
one is what it fails to say. Pure; made from the types, so a new field is in it at once.
"""

import types
from dataclasses import MISSING, fields, is_dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any, get_args, get_origin, get_type_hints

from casework.papers.approval_sheet import ApprovalSheet
from casework.papers.case_papers import CoordinationApplication, CoordinationOpinion, Decision, Minutes
from casework.papers.digest import Digest
from casework.papers.kinds import PaperKind
from casework.papers.order_papers import DispatchNotice, ReturnApplication, ReviewResult
from casework.papers.paper import Paper
from casework.papers.supervision_papers import ReminderLetter, SupervisionNotice, SupervisionOrder

PAPERS: dict[PaperKind, type[Paper]] = {
    paper.KIND: paper
    for paper in (
        DispatchNotice,
        ReturnApplication,
        ReviewResult,
        Minutes,
        CoordinationApplication,
        CoordinationOpinion,
        Decision,
        SupervisionNotice,
        SupervisionOrder,
        ReminderLetter,
        Digest,
        ApprovalSheet,
    )
}
# a template that leaves these out would be no official paper, though a draft may lack them
_ALWAYS = {"issuer", "issued_on", "addressees", "doc_no"}
_NEVER_ADDRESSED = {PaperKind.MINUTES}


def needed(kind: PaperKind) -> frozenset[str]:
    """The placeholders a template of that kind cannot do without."""
    names = {field.name for field in fields(PAPERS[kind]) if not _has_default(field)} | _ALWAYS
    return frozenset(names - {"addressees"} if kind in _NEVER_ADDRESSED else names)


def allowed(kind: PaperKind) -> frozenset[str]:
    """The placeholders a template of that kind may use."""
    return frozenset(field.name for field in fields(PAPERS[kind]))


def full(kind: PaperKind) -> Paper:
    """A paper of that kind with everything said."""
    made = _made(PAPERS[kind], "", bare=False)
    assert isinstance(made, Paper)  # noqa: S101 — tells mypy what PAPERS holds
    return made


def bare(kind: PaperKind) -> Paper:
    """A paper of that kind with nothing said that may be left out."""
    made = _made(PAPERS[kind], "", bare=True)
    assert isinstance(made, Paper)  # noqa: S101 — tells mypy what PAPERS holds
    return made


def must_show(paper: Any, at: str = "") -> dict[str, Any]:
    """The texts and dates of a full specimen that have to appear, by the placeholder that names them."""
    found: dict[str, Any] = {}
    top = needed(paper.KIND) if isinstance(paper, Paper) else None
    for field in fields(paper):
        if (field.name not in top) if top is not None else _has_default(field):
            continue
        name = f"{at}{field.name}"
        value = getattr(paper, field.name)
        if isinstance(value, tuple) and value:
            value, name = value[0], f"{name}[]"
        if is_dataclass(value):
            found |= must_show(value, f"{name}.")
        elif isinstance(value, str | date):
            found[name] = value
    return found


def _has_default(field: Any) -> bool:
    return field.default is not MISSING or field.default_factory is not MISSING


def _made(kind: type[Any], at: str, *, bare: bool) -> Any:
    hints = get_type_hints(kind)
    return kind(
        **{
            field.name: _value(hints[field.name], f"{at}{field.name}", bare=bare)
            for field in fields(kind)
            if not (bare and _has_default(field))
        }
    )


def _value(hint: Any, name: str, *, bare: bool) -> Any:
    if get_origin(hint) is types.UnionType:
        return _value(next(one for one in get_args(hint) if one is not type(None)), name, bare=bare)
    if get_origin(hint) is tuple:
        return () if bare else (_value(get_args(hint)[0], f"{name}.", bare=bare),)
    if is_dataclass(hint):
        return _made(hint, f"{name}.".replace("..", "."), bare=bare)  # type: ignore[arg-type]  # it is a class
    if hint is bool:
        return not bare
    if hint is int:
        return 0 if bare else 7
    days = timedelta(days=sum(name.encode()) % 3000)  # each date its own, the same in every run
    if hint is datetime:
        return datetime(2021, 1, 1, 2, 30, tzinfo=UTC) + days
    if hint is date:
        return date(2021, 1, 1) + days
    return f"〔{name}〕"
