"""Whom an order complains about: a unit whose own conduct, or whose staff's, is its matter, is never given the order.

A citizen names a unit in many orders without complaining about it, so three kinds of words are told apart. What staff
must never do (辱骂, 吃拿卡要) makes a complaint beside any other matter and by any name of the unit. Neglect (不作为)
does so by a name that this unit alone bears, and by an everyday one (城管) only where the order accuses it or says
nothing else. That nobody came or answered (没人管) does so only there: elsewhere it tells of the matter itself.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from routing.index import RegisterIndex
from routing.proposal import SpanOf
from routing.unit_names import Named
from routing.wordings import Hit
from terms.ids import UnitCode

_STAFF = re.compile(
    r"工作人员|办事人员|服务人员|窗口|人员|接线员|话务员|经办|办事员|公务员|员工|职工|职员|民警|警察|警官|辅警|协警|协管|队员|队长|领导|"
    r"干部|[科局处所站队院校]长|主任|主管|负责人|书记|客服|抄表员|师傅|司机|驾驶员|保安|门卫|前台|[\u4e00-\u9fff]某|"
    r"小[\u4e00-\u9fff]|先生|女士|(?:的|有|个|些)人"
)
_GRAVE = re.compile(
    r"态度[^，。；;,\n好佳]{0,4}(?:恶劣|差|蛮横|傲慢|强硬|冷[漠淡]|生硬|不好|不佳|不端|粗暴|嚣张|敷衍|不耐烦|问题|坏|横)|"
    r"作风[^，。；;,\n]{0,3}(?:问题|粗暴|不正|不端|恶劣|霸道|差)|辱骂|谩骂|骂[^，。；;,\n]{0,2}(?:人|我|群众|乘客|老人|用户|客户|家长)|爆粗口|脏话|出言不逊|说话[^，。；;,\n]{0,2}难听|"
    r"打骂|打人|打我|殴打|推搡|推倒|威胁|恐吓|刁难|吃拿卡要|索要|索贿|收受|受贿|行贿|贪污|腐败|收[^，。；;,\n]{0,8}(?:黑钱|红包|好处|老板的钱|的钱|贿)|好处费|串通|"
    r"以权谋私|徇私|包庇|保护伞|官商勾结|利益输送|挪用公款|滥用职权|滥用权力|以权压人|仗势欺人|渎职|乱作为|"
    r"(?:暴力|粗暴|野蛮|违规|违法|钓鱼|选择性|不文明|不规范|乱)执法|执法(?:粗暴|野蛮|不公|不规范|不文明|过当)|"
    r"(?:泄露|泄漏|透露)[^，。；;,\n]{0,10}(?:信息|隐私|电话|举报)|打击报复|违规(?:办理|审批|操作)|违纪|弄虚作假|"
    r"(?:上班|工作)[^，。；;,\n]{0,6}(?:喝酒|睡觉|聊天|炒股|购物|不在岗)|玩手机|打牌|打麻将|脱岗|空岗|迟到早退|偏袒|弄丢|"
    r"(?:处理|办事|执法)不公|故意(?:拖|不办|卡)"
)
_NEGLECT = re.compile(
    r"不作为|慢作为|懒政|怠政|失职|推诿|推脱|推卸|踢皮球|扯皮|敷衍|糊弄|不履职|不履行|不尽责|监管不力|效率[^，。；;,\n]{0,2}[低慢]|"
    r"官僚主义|形式主义|互相推|推来推去"
)
_ABSENT = re.compile(
    r"不管|没人管|无人管|不处理|不受理|不解决|不理|不接|没人接|无人接|打不通|不回复|没有?回复|没人回|不答复|答非所问|不出警|"
    r"出警[^，。；;,\n]{0,2}慢|不来|拖(?!欠)|迟迟不|不给|不予办理|不立案|办事[^，。；;,\n]{0,2}慢|乱收[^，。；;,\n]{0,4}费|乱罚款|挂[^，。；;,\n]{0,3}电话|"
    r"程序(?:不合法|违法|不当)|不满|不认可"
)
_ANY = re.compile("|".join(one.pattern for one in (_GRAVE, _NEGLECT, _ABSENT)))
_PLACE = r"(?:[\u4e00-\u9fff]{1,3}[市区县]|[市区县])?"
_ACCUSED = re.compile(rf"(?:投诉|举报|控告|检举|状告)(?:一下|的是)?(?:关于|本|该|某|你们|当地)?{_PLACE}$")
_ASKED = re.compile(r"(?:请|望|求|转|派|交|由|让|督促|要求|建议|联系|协调|责令)[^，。；;,\n]{0,4}$")
# what the unit is asked to do, and whose conduct it is where one of these stands between its name and the words
_TASKS = re.compile(r"核实|查处|调查|取缔|整治|责令|督促|打击|惩治")
_OTHERS = re.compile(
    r"物业|商[家户]|店|老板|经营者|开发商|中介|邻居|业主|房东|摊|学校|老师|医院|医生|企业|厂|公司|对方|小区|工地|施工|租客|"
    r"机构|孩子|学生|男子|女子|车主|[对将把](?!我|群众|市民|来电|当事|百姓|老百姓|投诉|举报)"
)
_DEALT = re.compile(r"反映|投诉|举报|咨询|打电话|致电|申请|答复|回复")  # how the citizen dealt with the unit before
_BESIDE = re.compile(r"的?(?:对面|门口|门前|旁|附近|隔壁|后面|前面|后门|周边|家属|宿舍|小区|楼下|路口|[东西南北]侧)")
# what follows a unit that is accused itself: nothing, its people, or what it did; 人社局社会保险中心 is another body
_ITS_DEED = re.compile(r"$|[，,、）)”’：:\s]|的|及|和|以|[不乱未没违处办给在对为滥强随私擅无拖]")
_PRAISED = re.compile(r"表扬|感谢|点赞|致谢|锦旗")
_OFFICE = re.compile(r"..(?:[局委办所队处站厅部]|中心|政府|街道|热线|公司|集团|联合会)$|^(?:.[联委]|12345)$")
_PEOPLE = frozenset({"城管", "交警", "警察", "公安"})  # everyday names that mean the unit's people as well
_PAUSE = re.compile(r"[，,、]")
_SENTENCE = re.compile(r"[。！？!?；;\n]")
_STATE_STAFF = "公职人员"  # the word of 公职人员政务处分法 for whoever exercises public office
_HEARING = 100  # strength of the wording by which it is heard
_WITHIN = 30  # code points after a unit's name in which its conduct is told
_PAUSES = 2  # and where its staff or how the citizen dealt with it is told before
_BREATH = 4  # code points between two words for its conduct
_NEAR = 10  # and where no word for its staff stands between
_LITTLE = 40  # code points beside a complaint up to which an order says nothing else, where no wording stands there
_COMPANY_AT = 4  # least length of a company's name: 公交 and 移动 name what it does


@dataclass(frozen=True, slots=True)
class Complaint:
    """A unit that an order complains about, where, and whether the order says nothing else."""

    unit: UnitCode
    span: SpanOf
    alone: bool
    company: bool


@dataclass(frozen=True, slots=True)
class Hearing:
    """The units one of which hears a complaint, the words of it, and the wording that led to them."""

    units: tuple[UnitCode, ...]
    span: SpanOf
    hit: Hit | None = None


def complaints_of(text: str, named: Sequence[Named], said: Sequence[SpanOf]) -> list[Complaint]:
    """The units whose conduct, or whose staff's, a normalised text complains about (济南条例 art. 32).

    `named` are the units named in it, `said` the places where everyday wordings of a matter stand.
    """
    names = [other.span for other in named]
    found = []
    for one in named:
        start, end = _sentence(text, one.span)
        before, after = text[start : one.span[0]], text[one.span[1] : min(end, one.span[1] + _WITHIN)]
        if _PRAISED.search(text, start, end) or _BESIDE.match(after):
            continue
        accused = bool(_ACCUSED.search(before[-16:]))
        if _ASKED.search(before) and not accused:
            continue
        told = _told(one, text[slice(*one.span)], after, accused)
        if told is None:
            continue
        span = (one.span[0], one.span[1] + told[1])
        others = [place for place in said if not _touch(place, span) and not any(_touch(place, name) for name in names)]
        alone = not others and len(text) - (span[1] - span[0]) <= _LITTLE
        if told[0] or alone:
            found.append(Complaint(one.unit, span, alone, one.company))
    return found


def heard_by(index: RegisterIndex, complaints: Sequence[Complaint], excluded: frozenset[UnitCode]) -> Hearing | None:
    """Who hears an order that is nothing but a complaint about a unit: the city unit that a district's bureau mirrors,
    else the unit whose matter the conduct of 公职人员 is; of a company the likeliest unit that is none. None where the
    register names nobody."""
    for one in complaints:
        if one.alone and one.company:  # whoever oversees it, and no other company
            overseers = {*index.units} - index.names.companies - excluded
            return Hearing(tuple(sorted(overseers)), one.span)
        if one.alone:
            above = tuple(
                unit for unit in index.places.city_tier(one.unit) if unit not in excluded and unit in index.column
            )
            if above:
                return Hearing(above, one.span)
            for wording in index.wordings.bearing(_STATE_STAFF):
                if wording.kind == "point" and wording.unit not in excluded:
                    return Hearing((wording.unit,), one.span, Hit(wording, one.span, _HEARING, True))
    return None


def _told(one: Named, name: str, after: str, accused: bool) -> tuple[bool, int] | None:
    """Whether what follows a unit's name is a complaint about it beside any matter (else only where nothing else is
    said), and where that ends; None where nothing of its conduct follows."""
    of_staff = _STAFF.match(after.removeprefix("的"))
    staff = of_staff or _STAFF.search(after, 0, _NEAR)
    whole = one.formal or bool(_OFFICE.search(name))
    if one.company and not (one.formal or len(name) >= _COMPANY_AT):
        return None
    if not (whole or name in _PEOPLE or staff):
        return None  # 消防 and 环保 name a matter as well
    for words, anyway in (
        (_GRAVE, True),
        (_NEGLECT, one.formal or accused or of_staff),
        (_ABSENT, accused),
    ):
        if one.company and words is _ABSENT:
            break  # whom a company serves, and how, is its own duty
        told = words.search(after)
        if told is not None and _own(after[: told.start()], staff is not None):
            return bool(anyway), _all_told(after, told.end())
    accused_itself = accused and (whole or name in _PEOPLE) and not one.company and _ITS_DEED.match(after)
    return (True, 0) if accused_itself else None


def _all_told(after: str, end: int) -> int:
    """Where all that is told of a unit's conduct in one breath ends."""
    for more in _ANY.finditer(after, end):
        if more.start() - end > _BREATH:
            break
        end = more.end()
    return end


def _own(gap: str, staff: bool) -> bool:
    """Whether what is told after a gap is told of the unit: what its people do to others in one breath is theirs."""
    pauses = [sign.end() for sign in _PAUSE.finditer(gap)]
    one_breath = (pauses[0] if pauses else len(gap)) if staff else 0
    if _TASKS.search(gap) or _OTHERS.search(gap, one_breath):
        return False
    return len(pauses) <= _PAUSES if staff or _DEALT.search(gap) else len(gap) <= _NEAR and not pauses


def _sentence(text: str, span: SpanOf) -> SpanOf:
    """The sentence that a span stands in."""
    start = max((sign.end() for sign in _SENTENCE.finditer(text, 0, span[0])), default=0)
    sign = _SENTENCE.search(text, span[1])
    return start, sign.start() if sign else len(text)


def _touch(one: SpanOf, other: SpanOf) -> bool:
    return one[0] < other[1] and other[0] < one[1]
