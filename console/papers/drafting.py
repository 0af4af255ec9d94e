"""The forms on which papers are drafted (拟稿), a form a kind; what may be drafted is asked of the very rules."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Any, Literal, cast

from casework import permissions
from casework.papers.kinds import PaperKind
from casework.paperwork import commands as c
from casework.paperwork.composing import CASE_KINDS, ORDER_KINDS
from casework.paperwork.desk import PaperDesk
from casework.paperwork.state import Paperwork
from casework.paperwork.writing import Write
from console.bianban.acting import FILLED_IN, WORTH_SAYING, Matter
from console.bianban.case_forms import decision_fields, opinion_fields, read_points, today, unit_of
from console.forms import Field, Filled
from console.orders.actions import Tone
from console.registers.clause_ranking import speaking_to
from terms.actors import Actor
from terms.errors import NotFound, NotPermitted, Refused
from terms.ids import UnitCode

TRIED = "试"
CLAUSES_SHOWN = 8
NEW = Paperwork("")  # a paper nobody drafted yet
URGENCIES: tuple[tuple[str, str], ...] = (("", "无"), ("加急", "加急"), ("特急", "特急"))
# what a paper waits for that its drafter would look for
WAITS = WORTH_SAYING | {"digest-complete", "minutes-signed-by-all", "opinions-still-due"}
Case = Matter[Any]
Said = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Draft:
    """How one kind is drafted: its form, what is read from it, and what a trial says instead."""

    fields: Callable[[Case], tuple[Field, ...]] = lambda _: ()
    read: Callable[[Case, Filled], Said] = lambda _, __: {}
    tried: Callable[[Case], Said] = lambda _: {}


@dataclass(frozen=True, slots=True)
class DraftButton:
    """The button that opens a form."""

    slug: str
    label: str
    tone: Tone = "plain"


@dataclass(frozen=True, slots=True)
class DraftOffer:
    """A form made, or why the paper cannot be drafted yet."""

    action: DraftButton
    fields: tuple[Field, ...]
    refused: str = ""


def _opinion_fields(case: Case) -> tuple[Field, ...]:
    asked = tuple(one for one in opinion_fields(case) if one.name != "doc_no")
    return (*asked, Field("answer_by", "请各方答复的期限", "date"))


def _read_opinion(case: Case, form: Filled) -> Said:
    return {
        "lead": unit_of(form, "lead", "主办单位"),
        "points": read_points(case, form),
        "reasoning": form.needed("reasoning", "协调意见"),
        "effective_from": form.day("effective_from", "生效日期"),
        "supports": form.units("supports"),
        "clauses": tuple(one for one in form.values.get("clauses", ()) if one),
        "answer_by": form.day("answer_by", "答复期限") if form.text("answer_by") else None,
    }


def _decision_fields(case: Case) -> tuple[Field, ...]:
    return tuple(one for one in decision_fields(case) if one.name not in ("doc_no", "decided_on", "scan"))


def _read_decision(case: Case, form: Filled) -> Said:
    return {
        "body": form.needed("body", "决定机关"),
        "lead": unit_of(form, "lead", "主办单位"),
        "points": read_points(case, form),
        "effective_from": form.day("effective_from", "生效日期"),
        "supports": form.units("supports"),
        "changes_sanding": form.flag("changes_sanding"),
    }


def _required(label: str) -> Callable[[Case], tuple[Field, ...]]:
    def fields(case: Case) -> tuple[Field, ...]:
        unit, told = case.state.unit, f"{case.state.fault} {case.state.problem_class}"
        cards = speaking_to(told, unit, case.register, case.actor.role, CLAUSES_SHOWN)[0]
        options = tuple((one.card.id, f"{one.card.source}{one.card.number}：{one.card.text}") for one in cards)
        return (
            Field("text", label, "area", required=True, help="一行一项"),
            Field("clauses", "引用条目", "checks", options=options),
        )

    return fields


def _notice_fields(case: Case) -> tuple[Field, ...]:
    return (Field("violation", "违规情形", "area", required=True), *_required("整改要求")(case))


def _clauses(form: Filled) -> tuple[str, ...]:
    return tuple(one for one in form.values.get("clauses", ()) if one)


def _text(_: Case, form: Filled) -> Said:
    return {"text": form.needed("text", "内容"), "clauses": _clauses(form)}


def _notice(case: Case, form: Filled) -> Said:
    return {"violation": form.needed("violation", "违规情形")} | _text(case, form)


def _period(case: Case) -> Field:
    day = today(case)
    return Field("period", "期次", required=True, value=f"{day.year}年{day.month}月")


def _said_text(_: Case) -> Said:
    return {"text": TRIED}


NO_FIGURES: Said = {"dispatched": 0, "returned": 0, "upheld": 0, "refused": 0}
DRAFTS: Mapping[PaperKind, Draft] = {
    PaperKind.DISPATCH_NOTICE: Draft(),
    PaperKind.RETURN_APPLICATION: Draft(),
    PaperKind.REVIEW_RESULT: Draft(),
    PaperKind.MINUTES: Draft(
        lambda m: (Field("effective_from", "生效日期", "date", required=True),),
        lambda m, f: {"effective_from": f.day("effective_from", "生效日期")},
        lambda m: {"effective_from": today(m)},
    ),
    PaperKind.COORDINATION_APPLICATION: Draft(),
    PaperKind.COORDINATION_OPINION: Draft(
        _opinion_fields,
        _read_opinion,
        lambda m: {"lead": m.state.parties[0], "points": (), "reasoning": TRIED, "effective_from": today(m)},
    ),
    PaperKind.DECISION: Draft(
        _decision_fields,
        _read_decision,
        lambda m: {
            "body": m.occasion.city.cases.competent_bodies[0],
            "lead": m.state.parties[0],
            "points": (),
            "effective_from": today(m),
        },
    ),
    PaperKind.SUPERVISION_NOTICE: Draft(_notice_fields, _notice, lambda m: {"violation": TRIED} | _said_text(m)),
    PaperKind.SUPERVISION_ORDER: Draft(
        lambda m: (*_required("督办要求")(m), Field("step", "督办方式")),
        lambda m, f: _text(m, f) | {"step": f.text("step")},
        _said_text,
    ),
    PaperKind.REMINDER_LETTER: Draft(_required("工作建议"), _text, _said_text),
    PaperKind.DIGEST: Draft(
        lambda m: (_period(m),),
        lambda m, f: {"period": f.needed("period", "期次")},
        lambda m: {"period": TRIED} | NO_FIGURES,
    ),
}
FINDING_KINDS = frozenset({PaperKind.SUPERVISION_NOTICE, PaperKind.SUPERVISION_ORDER, PaperKind.REMINDER_LETTER})
KINDS_OF: Mapping[str, tuple[PaperKind, ...]] = {
    path: tuple(kind for kind in DRAFTS if kind in kinds)
    for path, kinds in (
        ("work-orders", ORDER_KINDS),
        ("cases", CASE_KINDS),
        ("findings", FINDING_KINDS),
        ("digests", frozenset({PaperKind.DIGEST})),
    )
}


def shared_fields(kind: PaperKind) -> tuple[Field, ...]:
    """What a drafter may say of any paper; without addressees it goes to whom its kind is for."""
    to = () if kind is PaperKind.MINUTES else (Field("addressees", "主送", "units", help="留空即按文种主送"),)
    return (
        *to,
        Field("copies", "抄送", "units"),
        Field("attachments", "附件名称", "area", help="一行一件；没有可留空"),
        Field("urgency", "紧急程度", "choice", options=URGENCIES),
    )


def read_draft(kind: PaperKind, about: str, case: Case, form: Filled, more: Said) -> Write:
    """The command a form says. Raises BadInput."""
    urgency = form.text("urgency")
    said = DRAFTS[kind].read(case, form) | more
    return c.WRITING[kind](
        about=about,
        addressees=form.units("addressees"),
        copies=form.units("copies"),
        attachments=form.lines("attachments"),
        urgency=cast(Literal["", "加急", "特急"], urgency if urgency in dict(URGENCIES) else ""),
        **said,
    )


def draft_offers(
    desk: PaperDesk, kinds: Iterable[PaperKind], about: str, case: Case, actor: Actor, paper: Paperwork = NEW
) -> list[DraftOffer]:
    """The papers this person may draft about a thing now, tried on the very rules; those that have to wait, last."""
    found = []
    for kind in kinds:
        write = c.WRITING[kind]
        if not permissions.may(actor.role, write):
            continue
        button = DraftButton(str(kind), f"拟{kind.label}")
        try:
            desk.try_writing(paper, write(about=about, **DRAFTS[kind].tried(case)), actor)
        except (NotPermitted, NotFound):
            continue
        except Refused as refusal:
            rule = refusal.params.get("rule")
            if rule in WAITS:
                found.append(DraftOffer(button, (), refusal.message))
            if rule not in FILLED_IN:
                continue
        found.append(DraftOffer(button, (*DRAFTS[kind].fields(case), *shared_fields(kind))))
    return sorted(found, key=lambda one: bool(one.refused))


def refilled(fields: tuple[Field, ...], content: Mapping[str, Any], case: Case) -> tuple[Field, ...]:
    """A form filled with what was drafted before, for a paper that was sent back."""
    return tuple(_refilled(one, content.get(one.name), case) for one in fields)


def _refilled(field: Field, told: Any, case: Case) -> Field:
    if not told:
        return field
    if field.kind == "points":
        rows = tuple(f"{one['link']}|{one['unit']}|{one['base_clause']}|{one['text']}" for one in told)
        return replace(field, values=(*rows, "|||"))
    if field.kind == "units":
        return replace(field, values=tuple(case.named(unit) for unit in told))
    if field.kind == "checks":
        return replace(field, values=tuple(told))
    if field.kind == "unit":
        return replace(field, value=case.named(UnitCode(told)))
    return replace(field, value="\n".join(told) if isinstance(told, list | tuple) else str(told))
