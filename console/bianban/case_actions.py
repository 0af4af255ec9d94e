"""What the parties, 编办 and 司法行政 do with a boundary case: each as a button, a form and a command."""

from casework.boundary_case import commands as b
from casework.boundary_case.state import BoundaryCase
from casework.events.fact import Attachment
from console.bianban.acting import MatterAction
from console.bianban.case_drafts import opinion_draft, position_draft
from console.bianban.case_forms import (
    REASON,
    application_fields,
    attended_field,
    attending,
    convening,
    decision_fields,
    lead_field,
    opinion_fields,
    own_clauses_field,
    points_field,
    read_application,
    read_decision,
    read_opinion,
    read_points,
    supports_field,
    today,
    unit_of,
)
from console.forms import Field
from console.words import role_name

TRIED = "试"

ACTIONS: tuple[MatterAction[BoundaryCase], ...] = (
    MatterAction(
        "negotiate",
        "记录协商",
        lambda m: b.HoldNegotiation(convening(m), m.state.parties, TRIED),
        lambda m: (attended_field(m), Field("summary", "协商情况", "area", required=True)),
        lambda m, f: b.HoldNegotiation(convening(m), attending(f), f.needed("summary", "协商情况")),
        "main",
        "协商已记录",
    ),
    MatterAction(
        "draft",
        "起草纪要",
        lambda m: b.DraftMinutes(convening(m), TRIED, m.state.parties[0], ()),
        lambda m: (
            Field("text", "纪要正文", "area", required=True, value=opinion_draft(m.state, m.register)),
            lead_field(m),
            supports_field(m),
            points_field(m),
        ),
        lambda m, f: b.DraftMinutes(
            convening(m),
            f.needed("text", "纪要正文"),
            unit_of(f, "lead", "主办单位"),
            read_points(m, f),
            f.units("supports"),
        ),
        "main",
        "纪要已起草，待各方会签",
    ),
    MatterAction(
        "sign",
        "会签纪要",
        lambda m: b.SignMinutes(m.unit, TRIED),
        lambda m: (),
        lambda m, f: b.SignMinutes(m.unit, role_name(m.actor.role)),  # in person; papers say the post
        "main",
        "已会签",
    ),
    MatterAction(
        "file",
        "纪要备案",
        lambda m: b.FileMinutes(TRIED, today(m)),
        lambda m: (
            Field("doc_no", "备案文号", required=True),
            Field("effective_from", "生效日期", "date", required=True),
            Field("scan", "会签纪要扫描件", "scan", help="PDF 或照片，加密保存，看得到本案的人可以打开"),
        ),
        lambda m, f: b.FileMinutes(
            f.needed("doc_no", "备案文号"), f.day("effective_from", "生效日期"), f.scanned.get("scan")
        ),
        "main",
        "纪要已备案，颗粒点已写入",
    ),
    MatterAction(
        "apply",
        "申请协调",
        lambda m: b.ApplyForCoordination(m.unit, TRIED, TRIED, TRIED, TRIED, ()),
        application_fields,
        read_application,
        "plain",
        "协调申请已提交",
    ),
    MatterAction(
        "accept",
        "受理申请",
        lambda m: b.AcceptApplication(),
        lambda m: (
            Field("verdict", "受理结论", "choice", required=True, options=(("yes", "受理"), ("no", "退回补充"))),
            Field("reason", "退回理由", "area", shown_for="no"),
        ),
        lambda m, f: b.AcceptApplication(f.needed("verdict", "受理结论") == "yes", f.text("reason")),
        "main",
        "已处理申请",
    ),
    MatterAction(
        "move",
        "移送另一机关",
        lambda m: b.MoveJurisdiction(TRIED),
        lambda m: (REASON,),
        lambda m, f: b.MoveJurisdiction(f.needed("reason", "理由")),
        "plain",
        "已移送",
    ),
    MatterAction(
        "ask",
        "征求书面意见",
        lambda m: b.AskOpinions(),
        lambda m: (),
        lambda m, f: b.AskOpinions(),
        "main",
        "已征求意见",
    ),
    MatterAction(
        "opinion",
        "提出书面意见",
        lambda m: b.GiveOpinion(m.unit, TRIED, no_clause=True),
        lambda m: (
            Field(
                "position",
                "意见",
                "area",
                required=True,
                value=position_draft(m.state, m.unit, m.register, m.actor.role),
                help="已按模板写入本单位条目，请改写第三部分",
            ),
            own_clauses_field(m, "clauses", "依据条目"),
            Field("no_clause", "认为各单位均无条目（无主事项）", "flag"),
            Field("proposed_lead", "建议主办单位", "unit"),
        ),
        lambda m, f: b.GiveOpinion(
            m.unit,
            f.needed("position", "意见"),
            tuple(one for one in f.values.get("clauses", ()) if one),
            f.flag("no_clause"),
            f.unit("proposed_lead"),
        ),
        "main",
        "书面意见已提交",
    ),
    MatterAction(
        "meet",
        "记录协调会",
        lambda m: b.HoldMeeting(m.state.parties, TRIED),
        lambda m: (attended_field(m), Field("summary", "会议情况", "area", required=True)),
        lambda m, f: b.HoldMeeting(attending(f), f.needed("summary", "会议情况")),
        "main",
        "协调会已记录",
    ),
    MatterAction(
        "issue",
        "印发协调意见",
        lambda m: b.IssueOpinion(TRIED, m.state.parties[0], (), TRIED, today(m)),
        opinion_fields,
        read_opinion,
        "main",
        "协调意见已印发，待各方答复",
    ),
    MatterAction(
        "answer",
        "答复协调意见",
        lambda m: b.AnswerOpinion(m.unit, agrees=True),
        lambda m: (
            Field("agrees", "是否同意", "choice", required=True, options=(("yes", "同意"), ("no", "不同意"))),
            Field("note", "不同意的理由", "area", shown_for="no"),
        ),
        lambda m, f: b.AnswerOpinion(m.unit, f.needed("agrees", "是否同意") == "yes", f.text("note")),
        "main",
        "已答复",
    ),
    MatterAction(
        "report",
        "上报决定机关",
        lambda m: b.ReportUpward(m.occasion.city.cases.competent_bodies[0], TRIED),
        lambda m: (
            Field(
                "body",
                "上报机关",
                "choice",
                required=True,
                options=tuple((one, one) for one in m.occasion.city.cases.competent_bodies),
            ),
            Field("summary", "争议情况与建议", "area", required=True, value=opinion_draft(m.state, m.register)),
        ),
        lambda m, f: b.ReportUpward(f.needed("body", "上报机关"), f.needed("summary", "争议情况与建议")),
        "main",
        "已上报",
    ),
    MatterAction(
        "decide",
        "登记决定",
        lambda m: b.RecordDecision(
            m.occasion.city.cases.competent_bodies[0],
            TRIED,
            today(m),
            Attachment(name=TRIED),
            m.state.parties[0],
            (),
            today(m),
        ),
        decision_fields,
        read_decision,
        "main",
        "决定已登记，颗粒点已写入",
    ),
    MatterAction(
        "attach",
        "并入工单",
        lambda m: b.AttachOrder(TRIED),
        lambda m: (Field("order_no", "工单编号", required=True),),
        lambda m, f: b.AttachOrder(f.needed("order_no", "工单编号")),
        done="工单已并入",
    ),
    MatterAction(
        "withdraw",
        "撤案",
        lambda m: b.WithdrawCase(TRIED),
        lambda m: (REASON,),
        lambda m, f: b.WithdrawCase(f.needed("reason", "理由")),
        "warn",
        "已撤案",
    ),
)
