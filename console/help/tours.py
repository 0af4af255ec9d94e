"""The tours: for each role, what to look at and in which order on the first morning.

A step stands on a page the role may open and points at one thing there by `#id`, `.class` or `[attribute=value]`; what
it points at is there even when nothing has happened yet.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from console.access import Page
from terms.actors import Role


@dataclass(frozen=True, slots=True)
class Step:
    """One step: the page it stands on, what it points at, and what it says."""

    page: Page
    points_at: str
    title: str
    words: str


FIND = Step(Page.MANDATES, "#find", "随处查找", "按 / 键跳到这里，输入工单编号直接打开工单，输入关键词查职责条目。")

_DESK = (
    Step(
        Page.QUEUE,
        ".dz-tabs",
        "先看标签",
        "工单按状态分在各标签里，数字是件数；按 1–9、0 切换。新工单一到，列表自己更新。",
    ),
    Step(
        Page.QUEUE,
        ".dz-filters",
        "筛选并保存",
        "按区县、紧急程度、把握筛选；常用的组合点“保存筛选”，以后一点就到。",
    ),
)
_BOARD = Step(
    Page.ACCOUNTABILITY,
    ".dz-filters",
    "数字都能打开",
    "带下划线的数字点开就是它背后的工单和事件；“截至”可看任何一天的样子。",
)
_MATTER = (
    Step(Page.DISPUTES, ".dz-tabs", "谁把什么退给谁", "矩阵、双方、往返、事项各一页；点格内数字看是哪些退单。"),
    Step(
        Page.CASES,
        ".dz-filters",
        "议题按步骤推进",
        "协商、受理、征求意见、协调会、协调意见、决定；每件议题写明等谁、到哪天。",
    ),
)
_UNIT = (
    Step(
        Page.TASKS,
        ".dz-tabs",
        "今日到期在最前",
        "打开就是今天到期和已超时的；“征询与移送”里是别人等着您答复的。",
    ),
    Step(
        Page.TASKS, "#tasks", "逐件办理", "J / K 上下移动，Enter 打开；打开后 S 签收、P 登记进展、R 提交结果、T 退单。"
    ),
)
_UNIT_SELF = (
    Step(
        Page.DUTIES, ".dz-filters", "本单位的条目", "“三定”和清单逐条列出，每条带来多少工单、有没有争议，点数字看出处。"
    ),
    Step(Page.FINDINGS, ".dz-filters", "涉及本单位的问题", "反馈、整改、评估都在这里签收和回复，期限会倒计时。"),
)

TOURS: Mapping[Role, tuple[Step, ...]] = {
    Role.DISPATCHER: (
        *_DESK,
        Step(
            Page.QUEUE,
            "#queue",
            "键盘派单",
            "J 选中、Enter 打开、D 派单、Ctrl+Shift+Enter 提交并到下一件；1–5 把候选单位加为协办。",
        ),
        Step(
            Page.TRIAL,
            "[name=text]",
            "接电话时先试",
            "边听边把诉求打进来，马上看到该哪家办、依据哪一条；不留记录。",
        ),
        Step(
            Page.SHIFT, "[name=note]", "下班前交班", "写明重点工单，点“交班”，认领的工单自动放回；接班人点“接班”确认。"
        ),
        FIND,
    ),
    Role.REVIEWER: (
        *_DESK,
        Step(
            Page.QUEUE,
            "#queue",
            "审核退单",
            "打开“退单审核”里的工单，双方条目左右对照；按 V 作出驳回、改派、加派或指定。",
        ),
        *_MATTER,
        Step(Page.DIGESTS, "#main", "定期梳理", "反复退单的事项在这里逐项研判，定处置、责任人和日期。"),
        FIND,
    ),
    Role.CLERK: (*_UNIT, *_UNIT_SELF, _BOARD, FIND),
    Role.HEAD: (*_UNIT, *_UNIT_SELF, _BOARD, FIND),
    Role.UNIT_LEADER: (
        Step(Page.TASKS, "#tasks", "审签在工单里", "“交办与审签”里标着“待审签”的，打开工单即可同意或退回修改。"),
        *_UNIT_SELF,
        Step(Page.CASES, ".dz-filters", "职责边界议题", "与本单位有关的议题在这里提出书面意见、答复协调意见。"),
        _BOARD,
    ),
    Role.DISTRICT_DESK: (
        *_DESK,
        Step(Page.TASKS, ".dz-filters", "全区的待办", "选一个单位看它手里有什么；超时的排在最前。"),
        Step(Page.SHIFT, "[name=note]", "交接班", "与市热线一样，交班时认领的工单自动放回。"),
        _BOARD,
        FIND,
    ),
    Role.BIANBAN_OFFICER: (
        *_MATTER,
        Step(Page.FINDINGS, ".dz-tabs", "问题台账", "系统只提疑点并附证据；是否立项、反馈、整改、销号由人决定。"),
        Step(Page.COVERAGE, "#main", "条目覆盖", "哪些条目从没有工单用到，哪些事项没有条目可依。"),
        _BOARD,
        FIND,
    ),
    Role.BIANBAN_DIRECTOR: (
        Step(Page.OVERVIEW, "#main", "全市一张图", "首派准确率和自动派单占比并列看；任何数字都能打开到工单。"),
        *_MATTER,
        Step(Page.FINDINGS, ".dz-tabs", "签发督查通知书", "整改逾期提出暂停受理申请的，由您签发或不予采纳。"),
        Step(
            Page.DIGESTS,
            "#main",
            "定期梳理",
            "每期逐项列出研判意见、处置、责任人、日期，未了结的自动进入下一期。",
        ),
    ),
    Role.JUSTICE_OFFICER: (
        *_MATTER,
        Step(Page.COVERAGE, "#main", "条目覆盖", "核对执法依据：哪些事项没有条目，哪些条目所依法律已废止。"),
        FIND,
    ),
    Role.SUPERVISOR: (
        Step(
            Page.OVERVIEW,
            "#main",
            "先看超时",
            "点“超时”的数字打开是哪些工单；打开工单可催办、挂牌、约谈、提级。",
        ),
        Step(Page.FINDINGS, ".dz-tabs", "督办和整改", "推诿、拖延的问题在这里立项，整改到期未完成会标红。"),
        Step(Page.HEAT, "#main", "热点和积压", "哪些事项这一周突然增多，哪些受理超过十五天还没办结。"),
        _BOARD,
    ),
    Role.LEADER: (
        Step(Page.OVERVIEW, "#main", "全市一张图", "七个数字看全市；每个数字点开都是证据，“截至”可回到任何一天。"),
        Step(Page.HEAT, "#main", "群众急什么", "按周看事项和街镇的冷热，突然升高的单列。"),
        *_MATTER,
        _BOARD,
    ),
    Role.AUDITOR: (
        Step(Page.OVERVIEW, "#main", "任何一天的样子", "选“截至”日期，全页按那一天的账本重算。"),
        Step(Page.AUDIT, "#main", "离任审计", "导出一个单位或一名人员在一段时间的全部记录，带签名，可自行核验。"),
        Step(Page.FINDINGS, ".dz-tabs", "问题与整改", "从线索到销号的每一步都在账上，只读。"),
        _BOARD,
        Step(Page.OPERATIONS, "#main", "账本是否完好", "账本、视图和隔离区的状况；账本不可改，改动能查出。"),
    ),
    Role.ADMINISTRATOR: (
        Step(
            Page.OPERATIONS,
            "#main",
            "先看运行状况",
            "视图落后多少、为什么停；没能接入的记录在隔离区，写明原因。",
        ),
        Step(Page.OVERVIEW, "#main", "数据是否正常", "件数突然为零，多半是接入断了：到运行状况查原因。"),
        FIND,
    ),
}

ABOUT: Mapping[Page, str] = {
    Page.OVERVIEW: "全市件数、超时、准确率、退单率、解决率、满意率，逐项可打开",
    Page.HEAT: "按周、按事项、按街镇的冷热，升高的和积压的",
    Page.QUEUE: "全部工单按状态排队，派单、审核、回访都从这里开始",
    Page.TASKS: "本单位主办和协办的工单，今日到期在最前",
    Page.SHIFT: "交班、接班和最近的交接记录",
    Page.TRIAL: "把一段话交给派单程序试一试，看该哪家办、依据哪一条",
    Page.DISPUTES: "谁把什么退给谁，往返几次，哪些事项正在争议",
    Page.CASES: "职责边界议题，从协商到决定",
    Page.FINDINGS: "疑点、反馈、整改、评估的台账和督查文书",
    Page.DIGESTS: "退单争议的定期梳理，逐项研判、定人定期",
    Page.PAPERS: "草拟、审核、签发、编号的公文，可下载、可挂签章扫描件",
    Page.ACCOUNTABILITY: "各单位的指标、得分和星级，每个数字有出处",
    Page.AUDIT: "离任审计档案的导出",
    Page.DUTIES: "本单位的条目，各带来多少工单和争议",
    Page.MANDATES: "“三定”、权责清单、职责边界清单，按单位、文件、事项查任何一天的文本，两个日子可逐字比对",
    Page.DRAFTS: "导入依据、起草机构改革，预览、推演，经审核、签发后生效",
    Page.COVERAGE: "没有工单用到的条目，没有条目可依的事项",
    Page.OPERATIONS: "账本、视图、隔离区的状况",
    Page.PEOPLE: "账号、口令、令牌和登录的管理",
    Page.READINGS: "谁在什么时候为什么查看了来电人信息",
}


def tour_of(role: Role) -> tuple[Step, ...]:
    """The tour of a role; none for a role that no person has."""
    return TOURS.get(role, ())
