"""Names of people in free text, found by rule: where they are announced, and where nothing else can be meant.

Announced: the text says that a name follows, or who somebody is (业主, 邻居, 对面的), or a title, a day or an hour
stands beside it, or it is a signature. Elsewhere three letters are a name where surname and given name are both usual
and no everyday word reaches into them from either side. Two letters that nothing announces are left: they are too
often no name.
"""

import re
import warnings
from collections.abc import Iterator
from functools import lru_cache

with warnings.catch_warnings():  # jieba 0.42.1 has invalid escapes in its sources and reads pkg_resources
    warnings.simplefilter("ignore")
    import jieba

_SURNAMES = (
    "王李张刘陈杨黄赵吴周徐孙马朱胡郭何高林罗郑梁谢宋唐许韩冯邓曹彭曾肖田董袁潘于蒋蔡余杜叶程苏魏吕丁任沈姚卢姜崔"
    "钟谭陆汪范金石廖贾夏韦付方白邹孟熊秦邱江尹薛闫段雷侯龙史陶黎贺顾毛郝龚邵万钱严覃武戴莫孔向汤温康施文牛樊葛邢"
    "安齐易乔伍庞颜倪庄聂章鲁岳翟殷詹申欧耿关兰焦俞左柳甘祝宁尚符舒阮柯纪梅童凌毕单季裴霍涂成苗谷盛曲翁冉骆蓝"
)
# rarer ones of the 百家姓: everyday letters as well, so less beside them is taken for a name
_RARE = (
    "仇晏卓邬蒲桑桂濮牟佟褚鲍滕丛敖庾靳匡戚屈柏窦谈茅闵席娄危胥房裘缪宗宣郁杭洪包嵇荀甄封芮储汲邴糜井富巫乌巴牧隗宓"
    "仲伊宫栾暴厉戎祖束索蔺屠池阴闻莘党贡劳逄姬扶堵宰郦雍璩扈冀浦柴瞿阎茹习宦艾鱼古慎戈暨衡弘寇禄阙沃蔚夔隆巩晁勾"
    "融冷訾辛阚简饶沙鞠丰巢蒯荆游竺逯桓应米官麻苟"
)
_FAMILY = rf"(?:欧阳|上官|司马|诸葛|皇甫|尉迟|公孙|慕容|令狐|[{_SURNAMES}])"
_ANY_FAMILY = rf"(?:{_FAMILY}|[{_RARE}])"
_NAME = rf"{_ANY_FAMILY}[\u4e00-\u9fff]{{1,2}}?"
# Given names: what people are mostly called by, and what is no other word beside a surname as a rule.
_GIVEN = (
    "伟芳娜敏静丽强磊军洋勇艳杰娟涛超秀霞平刚桂英华建国志玉兰春梅海燕云飞晓宇轩梓涵子雨桐浩然欣怡俊博婷雪琳鹏斌辉"
    "峰玲莉萍红波宁健慧颖佳琪思嘉诗瑶晨阳旭东亮凯威翔宏伦龙山林森福贵荣祥庆凤珍淑贤芬芝菊翠莲素香琴美惠清文武德仁"
    "义礼智信忠孝廉胜利民永世立业兴旺根生富财明月光晖耀祖宗卫有才学友新民爱国卫东援朝跃进小大启泽铭皓辰睿妍"
    "彤佩倩瑞祺毅豪坤乾宝金银铁柱栓锁喜顺发昌盛少双全来"
)
_WHO = (
    "业主|邻居|房东|租客|住户|户主|店主|老板娘|老板|村民|村主任|村支书|支书|包工头|司机|保安|门卫|同事|同学|丈夫|妻子|爱人|"
    "老公|老婆|儿子|女儿|父亲|母亲|哥哥|弟弟|姐姐|妹妹|孩子|学生|患者|病人|死者|伤者|老人|队长|经理|医生|护士|教练|中介|房主|"
    "对面的?|隔壁的?|楼[上下]的?|同村的?|本村的?|村[里民]|室的|号的|叫|找过|一个姓名为"
)
_CALLED = "先生|女士|小姐|大爷|大妈|阿姨|师傅|老师|大姐|大哥"
_TITLES = f"{_CALLED}|主任|局长|科长|处长|书记|队长|经理|校长|院长|医生|护士|警官|法官|律师|教练|老板|同志|村长"
_SAYS_SO = (
    "(?:我叫|名叫|本人叫|姓名|联系人|来电人|反映人|投诉人|举报人|诉求人|申请人|报修人|户主|当事人)(?:姓名)?(?:是|为|叫|:|：|\\s)*"
    "|(?:业主|房东|租客|法人|负责人|家长|我)(?:姓名)?(?:是|叫|:|：)\\s*"
)
_WHEN = (
    "昨[天晚日]|今[天早日晚]|前[天日晚]|当[天时日]|[早晚]上|[上下中]午|后来|之前|周[一二三四五六日末]|星期[一二三四五六日天]|月底|月初|"
    "\\d[日号时点]"
)
_AFTER_A_NAME = r"(?=[，,。；;、！!\s（(：:）)]|$|电话|手机|身份证|住|是|在|的|反映|来电|称|说)"

_ANNOUNCED: tuple[re.Pattern[str], ...] = (
    re.compile(rf"(?:{_SAYS_SO})(?P<kept>{_NAME}){_AFTER_A_NAME}"),
    re.compile(
        rf"(?:^|[，,。；;、（(：:\s找给叫是])(?P<kept>{_NAME})(?=[（(，,]?\s*(?:电话|手机|身份证|联系电话|联系方式))"
    ),
)
_TITLED = re.compile(rf"(?P<kept>{_FAMILY})(?={_CALLED})")
_FAMILY_ALONE: tuple[re.Pattern[str], ...] = (
    re.compile(rf"(?<!百)姓(?P<kept>{_ANY_FAMILY})(?=的|[，,。；;、！!）)\s]|$|,|先生|女士|某|名)"),
    re.compile(rf"(?:^|[，,。；;、！!（(：:\s]|[位名]|{_WHO}|的)(?P<kept>[{_RARE}])(?={_CALLED})"),
)
# what stands behind somebody's name: he is called something, or does something
_DOES = (
    r"[（(，,。；;、！!\s]|$|家|带|说|把|将|被|欠|打|骂|开|收|私自|经常|天天|每天|一直|已经|至今|好几|在|跟|向|让|不肯|拒绝|承诺|威胁|"
    + _TITLES
)
# names that something beside them makes likely: what follows them is left open, so an everyday word is no name
_LIKELY: tuple[re.Pattern[str], ...] = (
    re.compile(rf"(?:{_WHO})(?P<kept>{_FAMILY}[{_GIVEN}]{{1,2}}|[{_RARE}][{_GIVEN}]{{1,2}}(?={_DOES}))"),
    re.compile(rf"(?P<kept>{_FAMILY}[{_GIVEN}]{{1,2}})(?={_TITLES})"),
    re.compile(
        rf"(?:^|[，,。；;、！!（(：:\s找的被给由和与]|{_WHO}|所|局|队)(?P<kept>[{_RARE}][{_GIVEN}]{{1,2}})(?={_TITLES})"
    ),
    re.compile(rf"(?:{_WHEN})(?P<kept>{_ANY_FAMILY}[{_GIVEN}]{{1,2}})(?={_DOES})"),
    re.compile(
        rf"(?:^|[，,。；;、！!\s])(?P<kept>{_FAMILY}[{_GIVEN}]{{2}})(?=[（(，,。；;、\s]|家|带|说|把|将|被|欠|打|骂|开|收|私自|经常|天天|每天|一直)"
    ),
    re.compile(
        rf"(?:[\n。！!；;]|此致|敬礼|敬上)\s*(?P<kept>(?:{_FAMILY}[\u4e00-\u9fff]|[{_RARE}][{_GIVEN}])[\u4e00-\u9fff]?)"
        r"\s*(?:\d{4}年[\d年月日\s]*)?$"
    ),
)
_NO_END = frozenset({"谢谢", "谢谢啦", "谢谢了", "谢谢您", "谢谢你", "感谢", "万谢", "安好", "祝好", "时间", "时候"})
# what ends in a family name and is none: 语文老师, 相关老师, 班主任老师, 保安师傅, 感谢老师
_NO_FAMILY = frozenset({
    "语文", "英文", "中文", "作文", "相关", "有关", "历史", "主任", "责任", "前任", "现任", "保安", "对方",
    "校方", "甲方", "乙方", "双方", "我方", "各方", "由于", "关于", "对于", "至于", "容易", "资金", "现金",
    "设施", "措施", "实施", "健康", "照顾", "路段", "时段", "阶段", "规范", "师范", "感谢", "谢谢", "答谢",
    "也许", "允许", "园林", "如何", "任何", "立马", "上周", "本周", "每周", "一周", "违章", "方向", "我向",
    "家向", "并向", "体温", "大陆", "公安", "治安", "平安",
})  # fmt: skip
_BEHIND = re.compile(_DOES)
_ANYWHERE = re.compile(rf"(?=(?P<kept>{_ANY_FAMILY}[{_GIVEN}]{{2}}))")
_NO_NAME = frozenset({"金山"})  # names to the dictionary: 金山区, 绿水青山就是金山银山
_LONGEST = 4  # letters of an everyday word


@lru_cache(maxsize=1)
def _everyday() -> frozenset[str]:
    """Words that share a letter with names and are none: 86,000 of the segmenter's dictionary, read once a process."""
    letters = frozenset(_SURNAMES + _RARE + _GIVEN)
    found = set()
    with warnings.catch_warnings(), jieba.get_dict_file() as lines:
        warnings.simplefilter("ignore")
        for line in lines:
            word, count, kind = line.decode().split()
            usual = 2 <= len(word) <= _LONGEST and int(count) >= 3 and not letters.isdisjoint(word)
            if usual and (word in _NO_NAME or not kind.startswith("nr")):
                found.add(word)
    return frozenset(found)


def _likely(plain: str) -> Iterator[tuple[int, int]]:
    everyday = _everyday()
    for pattern in _LIKELY:
        for found in pattern.finditer(plain):
            start, end = found.span("kept")
            whole = plain[start:end]
            if whole in _NO_END or plain[start - 1 : start + 1] in _NO_FAMILY or whole in everyday:
                continue
            if whole[:2] in everyday and not (len(whole) == 3 and _BEHIND.match(plain, end)):
                continue
            yield start, end


def _unannounced(plain: str) -> Iterator[tuple[int, int]]:
    everyday = _everyday()
    for found in _ANYWHERE.finditer(plain):
        start, end = found.span("kept")
        within = plain[start:end], plain[start : end - 1], plain[start + 1 : end]
        reaching_in = (
            plain[at : at + size]
            for edge in (start, end)
            for size in range(2, _LONGEST + 1)
            for at in range(max(0, edge - size + 1), edge)
        )
        if everyday.isdisjoint(within) and everyday.isdisjoint(reaching_in):
            yield start, end


def names(plain: str) -> Iterator[tuple[int, int]]:
    """Start and end of every stretch taken for a name, in no order; stretches may overlap. `plain` is half-width."""
    for pattern in (*_ANNOUNCED, *_FAMILY_ALONE):
        for found in pattern.finditer(plain):
            yield found.span("kept")
    for found in _TITLED.finditer(plain):
        if plain[max(0, found.start() - 1) : found.end()] not in _NO_FAMILY:
            yield found.span("kept")
    yield from _likely(plain)
    yield from _unannounced(plain)
