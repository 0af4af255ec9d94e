"""What is done with a finding: raised or dismissed, fed back, supervised, rectified, reassessed, held."""

from casework.finding import commands as f
from casework.finding.state import Finding
from city.configuration import FindingRules
from console.bianban.acting import Matter, MatterAction
from console.forms import Field, Filled
from console.words import SOURCES
from terms.ids import UnitCode

Case = Matter[Finding]
TRIED = "试"
PAPERS = (("supervision_order", "督办单"), ("reminder_letter", "提示函"))
NUMBER = Field("number", "文号", required=True)


def _options(words: tuple[str, ...]) -> tuple[tuple[str, str], ...]:
    return tuple((one, one) for one in words)


def raising_fields(rules: FindingRules, *, fresh: bool, number: str = "") -> tuple[Field, ...]:
    """What a person says who raises a finding: of a fault that was proposed, or (`fresh`) from elsewhere.

    `number` is the one offered; another may be written over it.
    """
    sources = tuple((one, SOURCES.get(one, one)) for one in rules.sources)
    own = (
        Field("number", "编号", required=True, value=number),
        Field("unit", "责任单位", "unit", required=True),
        Field("fault", "情形", "choice", options=_options(rules.faults)),
        Field("evidence", "证据事件", "area", help="一行一个事件编号；没有事件时附文件"),
        Field("document", "证据文件", "scan", help="PDF 或照片，加密保存"),
    )
    return (
        *(own if fresh else ()),
        Field("source", "来源", "choice", required=True, options=sources),
        Field("problem_class", "问题类别", "choice", required=True, options=_options(rules.problem_classes)),
        Field("title", "标题", required=True),
        Field("text", "问题说明", "area", required=True),
    )


def read_raising(filled: Filled, unit: UnitCode, fault: str = "") -> f.RaiseFinding:
    """The command. Raises BadInput."""
    document = filled.scanned.get("document")
    return f.RaiseFinding(
        source=filled.needed("source", "来源"),
        problem_class=filled.needed("problem_class", "问题类别"),
        unit=unit,
        title=filled.needed("title", "标题"),
        text=filled.needed("text", "问题说明"),
        fault=fault,
        evidence=filled.lines("evidence"),
        documents=(document,) if document else (),
    )


def _raise_tried(case: Case) -> f.RaiseFinding:
    rules = case.occasion.city.findings
    return f.RaiseFinding(rules.sources[0], rules.problem_classes[0], case.state.unit, TRIED, TRIED)


def _yes_no(name: str, label: str, yes: str, no: str) -> Field:
    return Field(name, label, "choice", required=True, options=(("yes", yes), ("no", no)))


ACTIONS: tuple[MatterAction[Finding], ...] = (
    MatterAction(
        "raise",
        "立项",
        _raise_tried,
        lambda m: raising_fields(m.occasion.city.findings, fresh=False),
        lambda m, g: read_raising(g, m.state.unit, m.state.fault),
        "main",
        "已立项",
    ),
    MatterAction(
        "dismiss",
        "不予立项",
        lambda m: f.DismissFinding(TRIED),
        lambda m: (Field("reason", "理由", "area", required=True),),
        lambda m, g: f.DismissFinding(g.needed("reason", "理由")),
        "warn",
        "已决定不予立项",
    ),
    MatterAction(
        "feedback",
        "反馈",
        lambda m: f.GiveFeedback(TRIED),
        lambda m: (Field("text", "反馈意见", "area", required=True),),
        lambda m, g: f.GiveFeedback(g.needed("text", "反馈意见")),
        "main",
        "已反馈责任单位",
    ),
    MatterAction(
        "answer",
        "答复反馈",
        lambda m: f.AnswerFeedback(m.unit, accepts=True),
        lambda m: (_yes_no("accepts", "是否接受", "接受", "不接受"), Field("note", "说明", "area", shown_for="no")),
        lambda m, g: f.AnswerFeedback(m.unit, g.needed("accepts", "是否接受") == "yes", g.text("note")),
        "main",
        "已答复",
    ),
    MatterAction(
        "paper",
        "发督办单／提示函",
        lambda m: f.IssuePaper("supervision_order", TRIED, TRIED),
        lambda m: (
            Field("paper", "文种", "choice", required=True, options=PAPERS),
            NUMBER,
            Field("text", "内容与整改要求", "area", required=True),
        ),
        lambda m, g: f.IssuePaper(
            "reminder_letter" if g.text("paper") == "reminder_letter" else "supervision_order",
            g.needed("number", "文号"),
            g.needed("text", "内容与整改要求"),
        ),
        "main",
        "已发出，整改时限开始计算",
    ),
    MatterAction(
        "notice",
        "发督查通知书",
        lambda m: f.IssueNotice(TRIED, TRIED, TRIED),
        lambda m: (
            NUMBER,
            Field("violation", "违规情形", required=True),
            Field("text", "内容与整改要求", "area", required=True),
        ),
        lambda m, g: f.IssueNotice(
            g.needed("number", "文号"), g.needed("violation", "违规情形"), g.needed("text", "内容与整改要求")
        ),
        "main",
        "督查通知书已发出",
    ),
    MatterAction(
        "receipt",
        "签收文书",
        lambda m: f.ReceiptNotice(m.unit, TRIED),
        lambda m: (Field("received_by", "签收人", required=True, value=m.actor.account),),
        lambda m, g: f.ReceiptNotice(m.unit, g.needed("received_by", "签收人")),
        "main",
        "已签收",
    ),
    MatterAction(
        "rectify",
        "报告整改",
        lambda m: f.ReportRectification(m.unit, TRIED),
        lambda m: (Field("measures", "整改措施与结果", "area", required=True),),
        lambda m, g: f.ReportRectification(m.unit, g.needed("measures", "整改措施与结果")),
        "main",
        "整改已报告",
    ),
    MatterAction(
        "reassess",
        "评估",
        lambda m: f.Reassess(passed=True),
        lambda m: (_yes_no("passed", "评估结论", "通过，销号", "不通过，继续整改"), Field("note", "意见", "area")),
        lambda m, g: f.Reassess(g.needed("passed", "评估结论") == "yes", g.text("note")),
        "main",
        "评估已完成",
    ),
    MatterAction(
        "propose-hold",
        "提请暂停受理",
        lambda m: f.ProposeHold(),
        lambda m: (),
        lambda m, g: f.ProposeHold(),
        "plain",
        "已提请暂停受理该单位机构编制事项申请",
    ),
    MatterAction(
        "hold",
        "审签暂停受理",
        lambda m: f.DecideHold(signed=True),
        lambda m: (_yes_no("signed", "审签结论", "同意暂停受理", "不同意"), Field("reason", "理由", "area")),
        lambda m, g: f.DecideHold(g.needed("signed", "审签结论") == "yes", g.text("reason")),
        "main",
        "已审签",
    ),
    MatterAction(
        "lift",
        "恢复受理",
        lambda m: f.LiftHold(TRIED),
        lambda m: (Field("reason", "理由", "area", required=True),),
        lambda m, g: f.LiftHold(g.needed("reason", "理由")),
        "plain",
        "已恢复受理",
    ),
)
