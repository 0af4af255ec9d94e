"""What is done with the score sheet of a quarter: drafted, objected to, reviewed, published."""

from casework.appraisal import commands as a
from casework.appraisal.score_sheet import ScoreSheet
from console.bianban.acting import Matter, MatterAction
from console.forms import Field, Filled
from terms.errors import BadInput

TRIED = "试"
Sheet = Matter[ScoreSheet]


def _indicators(sheet: Sheet) -> tuple[tuple[str, str], ...]:
    line = sheet.state.line(sheet.unit)
    return tuple((one.code, one.label) for one in line.rates) if line else ()


def _object_tried(sheet: Sheet) -> a.ObjectToScore:
    waiting = {one.indicator for one in sheet.state.undecided if one.unit == sheet.unit}
    free = next((code for code, _ in _indicators(sheet) if code not in waiting), "")
    return a.ObjectToScore(sheet.unit, free, TRIED)


def _objections(sheet: Sheet) -> tuple[tuple[str, str], ...]:
    labels = {one.code: one.label for line in sheet.state.lines for one in line.rates}
    return tuple(
        (str(one.number), f"第{one.number}号 {sheet.name(one.unit)}：{labels.get(one.indicator, one.indicator)}")
        for one in sheet.state.undecided
    )


def _review_tried(sheet: Sheet) -> a.ReviewScoreObjection:
    first = sheet.state.undecided[0].number if sheet.state.undecided else 0
    return a.ReviewScoreObjection(first, upheld=False, reason=TRIED)


def _amount(filled: Filled, name: str, label: str) -> int | None:
    text = filled.text(name)
    if text and not (text.isascii() and text.isdigit()):
        raise BadInput("console.field-needed", at=name, field=label)
    return int(text) if text else None


def _read_review(sheet: Sheet, filled: Filled) -> a.ReviewScoreObjection:
    return a.ReviewScoreObjection(
        filled.number("objection", "异议"),
        filled.needed("upheld", "复核结论") == "yes",
        filled.needed("reason", "理由"),
        _amount(filled, "top", "更正后的分子"),
        _amount(filled, "bottom", "更正后的分母"),
    )


ACTIONS: tuple[MatterAction[ScoreSheet], ...] = (
    MatterAction(
        "draft",
        "起草评分",
        lambda s: a.DraftScores(),
        lambda s: (),
        lambda s, f: a.DraftScores(),
        "main",
        "评分已起草，各单位可在期限内提出异议",
    ),
    MatterAction(
        "object",
        "提出异议",
        _object_tried,
        lambda s: (
            Field("indicator", "指标", "choice", required=True, options=_indicators(s)),
            Field("reason", "理由", "area", required=True, help="写明哪些工单、应如何计"),
            Field("evidence", "证据", "area", help="一行一个工单编号或事件编号"),
        ),
        lambda s, f: a.ObjectToScore(
            s.unit, f.needed("indicator", "指标"), f.needed("reason", "理由"), f.lines("evidence")
        ),
        "main",
        "异议已提出，待复核",
    ),
    MatterAction(
        "review",
        "复核异议",
        _review_tried,
        lambda s: (
            Field("objection", "异议", "choice", required=True, options=_objections(s)),
            Field("upheld", "复核结论", "choice", required=True, options=(("yes", "支持"), ("no", "不支持"))),
            Field("top", "更正后的分子", help="支持时填写；得分由评分规则重新计算"),
            Field("bottom", "更正后的分母"),
            Field("reason", "理由", "area", required=True),
        ),
        _read_review,
        "main",
        "异议已复核",
    ),
    MatterAction(
        "publish",
        "发布评分",
        lambda s: a.PublishScores(TRIED),
        lambda s: (Field("number", "文号", required=True),),
        lambda s, f: a.PublishScores(f.needed("number", "文号")),
        "main",
        "评分已发布",
    ),
)
