"""One paper of every kind, from one quarrel: who stops the noise of building at night."""

from dataclasses import replace
from datetime import UTC, date, datetime

from casework.papers.approval_sheet import ApprovalSheet, Step
from casework.papers.case_papers import (
    CoordinationApplication,
    CoordinationOpinion,
    Decision,
    Minutes,
    Position,
    Signature,
)
from casework.papers.digest import Digest, DigestItem
from casework.papers.order_papers import DispatchNotice, Heard, ReturnApplication, ReviewResult
from casework.papers.paper import Paper, PointText, Quoted, Share, TimeLimit
from casework.papers.supervision_papers import ReminderLetter, SupervisionNotice, SupervisionOrder

HOTLINE = "云泽市12345政务服务便民热线"
BIANBAN = "中共云泽市委机构编制委员会办公室"
CHENGGUAN, HOUSING, ECOLOGY = "云泽市城市管理和综合行政执法局", "云泽市住房和城乡建设局", "云泽市生态环境局"
MATTER = "夜间建筑施工噪声"
DAY = date(2026, 11, 22)
MOMENT = datetime(2026, 11, 22, 1, 5, tzinfo=UTC)  # 09:05 in the city

C03 = Quoted(
    instrument="云泽市城市管理和综合行政执法局职能配置、内设机构和人员编制规定",
    doc_no="云办发〔2024〕31号",
    number="第三条第（七）项",
    text="负责对夜间违法施工产生噪声污染的行为实施行政处罚。",
    unit=CHENGGUAN,
)
C11 = Quoted(
    instrument="云泽市生态环境局职能配置、内设机构和人员编制规定",
    doc_no="云办发〔2024〕28号",
    number="第三条第（五）项",
    text="负责环境噪声污染防治的统一监督管理。",
    unit=ECOLOGY,
)
C04 = Quoted(
    instrument="云泽市住房和城乡建设局权责清单",
    doc_no="云编办发〔2025〕9号",
    number="第112项",
    text="对建筑工地文明施工情况的检查。",
    unit=HOUSING,
)
POINTS = (
    PointText(link="审批", unit=HOUSING, text="核发夜间连续施工证明", basis="权责清单第112项", supports=(ECOLOGY,)),
    PointText(link="监管", unit=HOUSING, text="督促工地落实降噪措施", basis="权责清单第112项"),
    PointText(
        link="执法",
        unit=CHENGGUAN,
        text="对夜间违法施工行为实施行政处罚",
        basis="“三定”规定第三条第（七）项",
        supports=(HOUSING, ECOLOGY),
    ),
)
_DUE = datetime(2026, 11, 27, 9, 0, tzinfo=UTC)

DISPATCH = DispatchNotice(
    issuer=HOTLINE,
    issued_on=DAY,
    doc_no="云热派〔2026〕1208号",
    addressees=(CHENGGUAN,),
    copies=(HOUSING, ECOLOGY),
    urgency="加急",
    order_no="2026112200017",
    matter=MATTER,
    request_kind="投诉",
    received_at=MOMENT,
    content="来电人反映某工地连续三晚施工至凌晨，影响休息，要求制止。\n此前曾反映一次，未见改善。",
    place="望湖区湖滨街道望湖路与云水路交叉口工地",
    lead=CHENGGUAN,
    supports=(Share(unit=HOUSING, task="核查该工地夜间施工证明"), Share(unit=ECOLOGY, task="提供噪声监测数据")),
    quotes=(C03, C04),
    deadlines=(
        TimeLimit(what="签收", unit=CHENGGUAN, due=datetime(2026, 11, 22, 1, 35, tzinfo=UTC)),
        TimeLimit(what="退单", unit=CHENGGUAN, due=datetime(2026, 11, 23, 9, 0, tzinfo=UTC)),
        TimeLimit(what="办理", unit=CHENGGUAN, due=_DUE),
    ),
)
RETURN = ReturnApplication(
    issuer=CHENGGUAN,
    issued_on=DAY,
    doc_no="云热退〔2026〕86号",
    addressees=(HOTLINE,),
    order_no="2026112200017",
    matter=MATTER,
    unit=CHENGGUAN,
    dispatched_at=MOMENT,
    reason="明确不属本单位职责",
    note="该工地已取得夜间连续施工证明，不属于违法施工，不具备处罚前提。",
    signatory="分管负责人",
    denied=C03,
    claimed=C11,
    proposed_unit=ECOLOGY,
)
REVIEW = ReviewResult(
    issuer=HOTLINE,
    issued_on=DAY,
    doc_no="云热审〔2026〕52号",
    addressees=(CHENGGUAN, ECOLOGY),
    order_no="2026112200017",
    matter=MATTER,
    applicant=CHENGGUAN,
    returned_at=MOMENT,
    outcome="指定承办",
    unit=CHENGGUAN,
    reasons="两家单位均有相关条目，且各执一词；按现承办单位先行处置的原则，由首接单位承办。",
    quotes=(C03, C11),
    heard=(Heard(unit=ECOLOGY, answer="不同意承办，认为施工噪声的处罚权已划转。"),),
    supports=(ECOLOGY,),
    deadlines=(TimeLimit(what="办理", unit=CHENGGUAN, due=_DUE),),
    binding=True,
)
MINUTES = Minutes(
    issuer=HOUSING,
    issued_on=DAY,
    doc_no="云协纪〔2026〕4号",
    copies=(BIANBAN,),
    case_no="ZY2026-014",
    matter=MATTER,
    convener=HOUSING,
    held_on=date(2026, 11, 20),
    attended=(HOUSING, CHENGGUAN, ECOLOGY),
    summary="会议听取了各单位关于夜间施工噪声投诉办理情况的说明，逐项核对了现行条目。",
    lead=CHENGGUAN,
    supports=(HOUSING, ECOLOGY),
    points=POINTS,
    signatures=(Signature(unit=HOUSING), Signature(unit=CHENGGUAN), Signature(unit=ECOLOGY)),
    filed_with=BIANBAN,
)
APPLICATION = CoordinationApplication(
    issuer=CHENGGUAN,
    issued_on=DAY,
    doc_no="云协申〔2026〕7号",
    addressees=(BIANBAN,),
    attachments=("夜间建筑施工噪声工单清单", "三部门历次协商记录及各单位书面意见汇总（含噪声监测数据和现场检查记录）"),
    case_no="ZY2026-014",
    matter=MATTER,
    question="明确取得夜间连续施工证明的工地产生噪声扰民时，由哪个部门牵头处理。",
    own_efforts="十月以来三部门协商两次，未取得一致。",
    main_dispute="取得证明的施工是否仍属违法施工。",
    reasons="投诉持续增加，工单在三部门之间往返，群众诉求不能及时解决。",
    quotes=(C03, C11, C04),
    parties=(CHENGGUAN, HOUSING, ECOLOGY),
)
OPINION = CoordinationOpinion(
    issuer=BIANBAN,
    issued_on=DAY,
    doc_no="云编协〔2026〕6号",
    addressees=(CHENGGUAN, HOUSING, ECOLOGY),
    copies=(HOTLINE, "云泽市司法局"),
    case_no="ZY2026-014",
    matter=MATTER,
    applicant=CHENGGUAN,
    course="收到申请后，我办两轮征求各方书面意见，并于11月18日召开协调会。",
    positions=(
        Position(unit=CHENGGUAN, position="应由生态环境部门统一监督管理。", quotes=(C11,)),
        Position(unit=ECOLOGY, position="处罚权已经划转，应由城管部门处理。", quotes=(C03,)),
        Position(unit=HOUSING, position="本单位仅负责文明施工检查。", no_clause=True),
    ),
    reasoning="处罚权与监管职责应当衔接，噪声扰民的现场处置宜由持有处罚权的单位牵头。",
    quotes=(C03, C04),
    lead=CHENGGUAN,
    supports=(HOUSING, ECOLOGY),
    points=POINTS,
    effective_from=date(2026, 12, 1),
    answer_by=date(2026, 11, 27),
)
DECISION = Decision(
    issuer="中共云泽市委机构编制委员会",
    issued_on=DAY,
    doc_no="云编决〔2026〕2号",
    addressees=(CHENGGUAN, HOUSING, ECOLOGY),
    copies=(HOTLINE,),
    attachments=("职责边界清单（修订）",),
    printed_by=BIANBAN,
    case_no="ZY2026-014",
    matter=MATTER,
    course="市委机构编制委员会办公室就该事项提出协调意见后，有关单位未取得一致，按程序报请决定。",
    quotes=(C03, C11, C04),
    lead=CHENGGUAN,
    supports=(HOUSING, ECOLOGY),
    points=POINTS,
    effective_from=date(2026, 12, 1),
    changes_sanding=True,
)
NOTICE = SupervisionNotice(
    issuer=BIANBAN,
    issued_on=DAY,
    doc_no="云编办督〔2026〕3号",
    addressees=(HOUSING,),
    copies=("中共云泽市委组织部", "云泽市财政局"),
    finding_no="WT2026-031",
    unit=HOUSING,
    problem_class="机构编制违规违纪",
    findings="你单位未经批准增设内设机构“工地管理科”，并以该机构名义对外行文。",
    quotes=(
        Quoted(
            instrument="中国共产党机构编制工作条例",
            number="第十二条",
            text="未经批准，不得擅自设立、变更机构。",
        ),
    ),
    requirements=("撤销未经批准设立的机构，停止以其名义行文。", "对有关文件予以清理，并报清理结果。"),
    deadline=date(2026, 12, 13),
    evidence=("对外行文影印件", "实地查看记录"),
)
ORDER = SupervisionOrder(
    issuer=BIANBAN,
    issued_on=DAY,
    doc_no="云编办督单〔2026〕11号",
    addressees=(ECOLOGY,),
    subject="夜间建筑施工噪声工单推诿问题",
    unit=ECOLOGY,
    findings="本季度对同一事项三次退单均未获支持。",
    requirements=("按审核结果办理在手工单。", "报送责任科室和办理措施。"),
    deadline=date(2026, 11, 30),
    step="挂牌",
    orders=("2026112200017", "2026111500201"),
    quotes=(C11,),
)
LETTER = ReminderLetter(
    issuer=BIANBAN,
    issued_on=DAY,
    doc_no="云编办函〔2026〕40号",
    addressees=(HOUSING,),
    subject="文明施工检查与执法衔接",
    unit=HOUSING,
    findings="移送城管部门的线索平均超过时限四个工作日。",
    suggestions=("明确移送材料清单。", "指定专人负责衔接。"),
    quotes=(C04,),
    reply_by=date(2026, 12, 1),
)
ITEMS = (
    DigestItem(
        number=1,
        matter=MATTER,
        units=(CHENGGUAN, HOUSING, ECOLOGY),
        orders=37,
        opinion="两部门条目交叉，建议按协调意见修订职责边界清单。",
        disposition="立案",
        owner=BIANBAN,
        due=date(2026, 12, 10),
        state="办理中",
        times=2,
        quotes=(C04,),
    ),
    DigestItem(
        number=2,
        matter="背街小巷窨井盖缺损",
        units=("云泽市水务局", CHENGGUAN),
        orders=12,
        opinion="权属清楚，按产权单位处置。",
        disposition="解释",
        owner="云泽市水务局",
        due=date(2026, 11, 30),
        state="已办结",
    ),
)
DIGEST = Digest(
    issuer=BIANBAN,
    issued_on=DAY,
    doc_no="云编办通报〔2026〕3号",
    addressees=("各有关单位",),
    copies=(HOTLINE,),
    attachments=("退单争议事项清单",),
    period="2026年第三季度",
    first_day=date(2026, 7, 1),
    last_day=date(2026, 9, 30),
    dispatched=21873,
    returned=642,
    upheld=201,
    refused=441,
    closed=9,
    items=ITEMS,
)
SHEET = ApprovalSheet(
    issuer=BIANBAN,
    issued_on=DAY,
    doc_no="云编办督〔2026〕3号",
    addressees=(HOUSING,),
    copies=("中共云泽市委组织部", "云泽市财政局"),
    title="机构编制督查通知书",
    paper_kind="机构编制督查通知书",
    drafting_office="监督检查科",
    drafted=Step(by="监督检查科", on=date(2026, 11, 20)),
    reviewed=Step(by="综合科", on=date(2026, 11, 21), opinion="同意送签。"),
    signed=Step(on=DAY, opinion="同意印发。"),
    print_run=6,
)
ALL: tuple[Paper, ...] = (
    DISPATCH,
    RETURN,
    REVIEW,
    MINUTES,
    APPLICATION,
    OPINION,
    DECISION,
    NOTICE,
    ORDER,
    LETTER,
    DIGEST,
    SHEET,
)


def with_text(paper: Paper, text: str) -> Paper:
    """The same paper with this text in its first long or free field."""
    for name in ("content", "note", "reasons", "summary", "course", "findings", "title", "period"):
        if hasattr(paper, name):
            return replace(paper, **{name: text})
    raise AssertionError(type(paper).__name__)
