"""What the words of a 三定 text say: who leads, what changed, how many posts, which part of the text this is."""

import re

from mandates.model import DutyRole, Section
from mandates.numbering import number

_HELPS = re.compile(r"^(?:积极|主动|依法)?(?:配合|协助|参与|协同|做好.{0,12}配合)")
_ADVISES = re.compile(r"^(?:积极|主动|依法)?(?:督促)?(?:指导|支持)")
_LEADS = re.compile(r"会同|组织协调|综合协调|统筹协调")
_DOES = re.compile(
    r"会同|负责|承担|组织|监督|查处|审批|审核|核发|核查|许可|征收|拟订|起草|制定|编制|主管|管理|办理|登记|受理|处理|处置|实施|"
    r"规范|发放|排查|推进"
)
_LED_BY_ANOTHER = re.compile(r"(?:由|在)[^，。；]{2,20}(?:局|委|委员会|办|办公室|部|部门|政府)的?(?:牵头|统一领导)")
_OTHERS_LEAD = re.compile(r"^(?:配合|协助|参与)[^，。；]*牵头")

CHANGES = ("取消", "划入", "划出", "下放", "加强")
_CHANGE_WORDS: tuple[tuple[str, re.Pattern[str]], ...] = (
    ("取消", re.compile(r"取消|不再(?:承担|实行|受理)|改为(?:备案|告知承诺)")),
    ("下放", re.compile(r"下放|委托下级|交由(?:区|县|乡镇|街道)")),
    ("划出", re.compile(r"划出|划给|(?:划转|移交|调整)(?:给|至|到|由)|交由|由[^，。；]{2,20}承担")),
    ("划入", re.compile(r"划入|承接|接收|整合|并入|纳入|由(?:本局|本委|我局|本部门)承担|划转的")),
    ("加强", re.compile(r"加强|强化|增加|健全|完善|推进|优化|改进|统筹|扩展")),
)

_SECTIONS: tuple[tuple[Section, re.Pattern[str]], ...] = (
    (
        Section.CHANGE,
        re.compile(r"职能转变|职责调整|职能调整|职责转变|(?:取消|划入|划出|划转|下放|加强)的?(?:职责|职能)"),
    ),
    (Section.DIVISION, re.compile(r"职责分工|职能分工|职责边界|分工协作")),
    (Section.OFFICE, re.compile(r"内设机构|内设科室|内设处室|机构设置|内部机构")),
    (Section.POSTS, re.compile(r"人员编制|领导职数|编制和|编制与|^编制$|机构编制|行政编制|编制职数")),
    (Section.DUTIES, re.compile(r"主要职责|职能配置|职责任务|工作职责|^职责$|^职能$|主要职能|基本职责")),
)
_OTHER_PARTS = re.compile(r"总则|附则|其他事项|其它事项|附件|有关事项|指导思想|基本原则")

_FIGURE = re.compile(
    r"(?P<kind>(?:机关行政|行政执法专项|政法专项|行政|事业|工勤(?:人员)?|后勤服务(?:人员)?|周转)?编制|"
    r"(?:正副?|副)?[县处科股]级领导职数|领导职数|"
    r"党组书记、局长|副?局长|副?主任|副?书记|副?支队长|副?台长|总工程师|总规划师|总会计师|总经济师|督察专员)"
    r"(?:总数|总额|共|为|核定为?|数)?\s*(?P<n>[0-9０-９]{1,5}|[一二两三四五六七八九十百]{1,5})\s*(?:名|个|人)"
)
POSTS = re.compile(r"(?:编制|编制数|人员)\s*(?:共|为|核定为?)?\s*([0-9０-９]{1,4})\s*(?:名|个|人)")


def role_of(text: str) -> DutyRole:
    """How a clause binds its unit, by its own words; a duty without a word of role is the unit's own (主体).

    牵头 counts wherever it stands; 会同, 组织协调 and 配合 where the clause begins: what follows is an aside.
    """
    words = text.strip()
    if _OTHERS_LEAD.search(words) or _LED_BY_ANOTHER.search(words):
        return DutyRole.SUPPORT
    if "牵头" in words:
        return DutyRole.LEAD
    if _HELPS.search(words):
        return DutyRole.SUPPORT
    if _LEADS.search(re.split(r"[，。；：]", words, maxsplit=1)[0]):
        return DutyRole.LEAD
    if advises := _ADVISES.match(words):
        first, *others = re.split(r"[，；]", words[advises.end() :])
        if not re.match(r"[和、]?(?:监督|管理|协调)", first) and not any(map(_DOES.match, others)):
            return DutyRole.SUPPORT
    return DutyRole.MAIN


def change_of(text: str) -> str | None:
    """Which kind of 职能转变 words tell of: 取消, 划入, 划出, 下放 or 加强; None when they tell of none."""
    for kind in CHANGES:
        if re.match(rf"(?:关于|需|应)?{kind}", text):
            return kind
    for kind, words in _CHANGE_WORDS:
        if words.search(text):
            return kind
    return None


def section_of(title: str) -> Section | None:
    """The part of a 三定 text a heading opens."""
    for section, words in _SECTIONS:
        if words.search(title):
            return section
    return None


def is_other_part(title: str) -> bool:
    """Whether a heading opens a part that holds no clauses (总则, 附则 …)."""
    return bool(_OTHER_PARTS.search(title))


def opened_by(sentence: str) -> Section | None:
    """The part a lead-in sentence opens: …主要职责是：, …设下列内设机构：."""
    if re.search(r"(?:主要职责|职责)(?:是|为|如下|包括)?[:：]$|履行(?:下列|以下)(?:主要)?职责", sentence):
        return Section.DUTIES
    if re.search(r"(?<!内)设[^，。；]{0,12}(?:内设机构|科室|处室)[^，。；]{0,4}[:：]?$", sentence):
        return Section.OFFICE
    return None


def figures_of(text: str) -> tuple[tuple[str, int], ...]:
    """The figures of posts and leaders a text gives: (("行政编制", 52), ("局长", 1), …), in its order."""
    found = []
    for match in _FIGURE.finditer(text):
        found.append((match["kind"].removeprefix("机关"), number(match["n"])))
    return tuple(found)


def posts_of(text: str) -> int | None:
    """The number of posts of an office: 行政编制5名 is 5."""
    match = POSTS.search(text)
    return int(match.group(1)) if match else None
