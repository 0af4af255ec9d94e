"""What is done with a digest: each item judged, closed, and the whole published."""

from casework.finding import commands as f
from casework.finding.digest import Digest
from console.bianban.acting import Matter, MatterAction
from console.forms import Field
from terms.ids import UnitCode

TRIED = "试"


def _items(matter: Matter[Digest], *, judged: bool) -> Field:
    """The items still open; with `judged` only those that have their opinion."""
    options = tuple(
        (one.item, one.matter) for one in matter.state.open_items if not judged or one.item in matter.state.judged
    )
    return Field("item", "事项", "choice", required=True, options=options)


def _first(matter: Matter[Digest]) -> str:
    return next((one.item for one in matter.state.open_items), "")


def _judge_tried(matter: Matter[Digest]) -> f.JudgeItem:
    rules, unit = matter.occasion.city.cases, next(iter(matter.register.units))
    day = matter.occasion.calendar.local_day(matter.occasion.now)
    return f.JudgeItem(_first(matter), TRIED, rules.dispositions[0], unit, day.replace(year=day.year + 1, day=1))


ACTIONS: tuple[MatterAction[Digest], ...] = (
    MatterAction(
        "judge",
        "研判",
        _judge_tried,
        lambda m: (
            _items(m, judged=False),
            Field("opinion", "研判意见", "area", required=True),
            Field(
                "disposition",
                "处置",
                "choice",
                required=True,
                options=tuple((one, one) for one in m.occasion.city.cases.dispositions),
            ),
            Field("owner", "责任单位", "unit", required=True),
            Field("due", "完成期限", "date", required=True),
        ),
        lambda m, g: f.JudgeItem(
            g.needed("item", "事项"),
            g.needed("opinion", "研判意见"),
            g.needed("disposition", "处置"),
            UnitCode(g.needed("owner", "责任单位").split()[0]),
            g.day("due", "完成期限"),
        ),
        "main",
        "研判意见已记录",
    ),
    MatterAction(
        "close",
        "办结一项",
        lambda m: f.CloseItem(next((one.item for one in m.state.open_items if one.item in m.state.judged), ""), TRIED),
        lambda m: (_items(m, judged=True), Field("result", "办理结果", "area", required=True)),
        lambda m, g: f.CloseItem(g.needed("item", "事项"), g.needed("result", "办理结果")),
        "plain",
        "该项已办结",
    ),
    MatterAction(
        "publish",
        "印发",
        lambda m: f.PublishDigest(TRIED),
        lambda m: (Field("number", "文号", required=True),),
        lambda m, g: f.PublishDigest(g.needed("number", "文号")),
        "main",
        "定期梳理已印发",
    ),
)
