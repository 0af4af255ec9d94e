"""What is done with a unit's sheet: filled in, sent back, reviewed, signed."""

from casework.appraisal import commands as a
from casework.appraisal.assessment import Assessment
from casework.events import SheetAnswer
from console.bianban.acting import Matter, MatterAction
from console.forms import Field, Filled

TRIED = "试"
Sheet = Matter[Assessment]
KINDS = (("duties", "核心职能履行评估表"), ("situations", "六类情况调查表"))


def _grades(sheet: Sheet) -> tuple[tuple[str, str], ...]:
    return tuple((one, one) for one in sheet.state.grades)


def _items(sheet: Sheet, *, review: bool) -> tuple[Field, ...]:
    """A grade and a note for every item; the review names only what it sees otherwise."""
    fields: list[Field] = []
    for one in sheet.state.items:
        own = sheet.state.own.get(one.item)
        told = "；".join(
            f"{figure.label} {figure.top}" + (f"/{figure.bottom}" if figure.bottom else "") for figure in one.figures
        )
        said = f"单位自评：{own.grade}{'，' + own.note if own.note else ''}。" if review and own else ""
        label = f"{one.item}　{one.text}" + ("（不改则不选）" if review else "")
        fields.append(
            Field(f"grade-{one.item}", label, "choice", required=not review, options=_grades(sheet), help=said + told)
        )
        fields.append(Field(f"note-{one.item}", f"{one.item}　说明"))
    return tuple(fields)


def _answers(sheet: Sheet, filled: Filled, *, review: bool) -> tuple[SheetAnswer, ...]:
    found = []
    for one in sheet.state.items:
        name = f"grade-{one.item}"
        grade = filled.text(name) if review else filled.needed(name, one.text)
        if grade:
            found.append(SheetAnswer(item=one.item, grade=grade, note=filled.text(f"note-{one.item}")))
    return tuple(found)


ACTIONS: tuple[MatterAction[Assessment], ...] = (
    MatterAction(
        "fill",
        "填写自评",
        lambda s: a.FillAssessment(
            s.unit, tuple(SheetAnswer(item=one.item, grade=s.state.grades[0]) for one in s.state.items)
        ),
        lambda s: _items(s, review=False),
        lambda s, f: a.FillAssessment(s.unit, _answers(s, f, review=False)),
        "main",
        "自评已提交，待复核",
    ),
    MatterAction(
        "review",
        "复核",
        lambda s: a.ReviewAssessment(TRIED),
        lambda s: (*_items(s, review=True), Field("opinion", "复核意见", "area", required=True)),
        lambda s, f: a.ReviewAssessment(f.needed("opinion", "复核意见"), _answers(s, f, review=True)),
        "main",
        "已复核，待签发",
    ),
    MatterAction(
        "send-back",
        "退回重填",
        lambda s: a.SendBackAssessment(TRIED),
        lambda s: (Field("reason", "理由", "area", required=True),),
        lambda s, f: a.SendBackAssessment(f.needed("reason", "理由")),
        "warn",
        "已退回单位",
    ),
    MatterAction(
        "sign",
        "签发",
        lambda s: a.SignAssessment(),
        lambda s: (Field("note", "批示", "area"),),
        lambda s, f: a.SignAssessment(f.text("note")),
        "main",
        "已签发",
    ),
)
