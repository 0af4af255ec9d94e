"""Personal data in free text, found by rule and covered letter for letter.

The cover has the length of what it covers, so a span in masked text is the same span in the original. Rules find
phones (also in full-width figures, in 一二三, parted by blanks, dots or 转, with an extension), identity numbers (GB
11643, parted too), vehicle plates (GA 36), bank cards (Luhn), e-mail (艾特 too), the surname before 先生, and names:
where the text says that a name follows, after who somebody is (业主, 邻居, 对面的), before a title, as a signature, or
where the order names its caller. What nothing announces is taken for a name only where surname and given name are both
usual and no everyday word begins there. They miss what no rule can see: tests/ingest/worded.py measures it.
"""

import re
import warnings
from collections.abc import Iterable, Iterator
from functools import lru_cache

with warnings.catch_warnings():  # jieba 0.42.1 has invalid escapes in its sources and reads pkg_resources
    warnings.simplefilter("ignore")
    import jieba

COVER = "*"

_PLATE_PROVINCES = "京津沪渝冀豫云辽黑湘皖鲁新苏浙赣鄂桂甘晋蒙陕吉闽贵粤青藏川宁琼使领"
_SURNAMES = (
    "王李张刘陈杨黄赵吴周徐孙马朱胡郭何高林罗郑梁谢宋唐许韩冯邓曹彭曾肖田董袁潘于蒋蔡余杜叶程苏魏吕丁任沈姚卢姜崔"
    "钟谭陆汪范金石廖贾夏韦付方白邹孟熊秦邱江尹薛闫段雷侯龙史陶黎贺顾毛郝龚邵万钱严覃武戴莫孔向汤温康施文牛樊葛邢"
    "安齐易乔伍庞颜倪庄聂章鲁岳翟殷詹申欧耿关兰焦俞左柳甘祝宁尚符舒阮柯纪梅童凌毕单季裴霍涂成苗谷盛曲翁冉骆蓝"
)
# rarer ones of the 百家姓, looked for only where the text says that a name follows
_RARE = (
    "仇晏卓邬蒲桑桂濮牟佟褚鲍滕丛敖庾靳匡戚屈柏窦谈茅闵席娄危胥房裘缪宗宣郁杭洪包嵇荀甄封芮储汲邴糜井富巫乌巴牧隗宓"
    "仲伊宫栾暴厉戎祖束索蔺屠池阴闻莘党贡劳逄姬扶堵宰郦雍璩扈冀浦柴瞿阎茹习宦艾鱼古慎戈暨衡弘寇禄阙沃蔚夔隆巩晁勾"
    "融冷訾辛阚简饶沙鞠丰巢蒯荆游竺逯桓应米官麻苟"
)
_FAMILY = rf"(?:欧阳|上官|司马|诸葛|皇甫|尉迟|公孙|慕容|令狐|[{_SURNAMES}])"
_NAME = rf"(?:[{_RARE}]|{_FAMILY})[\u4e00-\u9fff]{{1,2}}?"
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
_TITLES = (
    "先生|女士|小姐|大爷|大妈|阿姨|师傅|老师|大姐|大哥|主任|局长|科长|处长|书记|队长|经理|校长|院长|医生|护士|警官|法官|律师|"
    "教练|老板|同志|村长"
)
_SAYS_SO = (
    "(?:我叫|名叫|本人叫|姓名|联系人|来电人|反映人|投诉人|举报人|诉求人|申请人|报修人|户主|当事人)(?:姓名)?(?:是|为|叫|:|：|\\s)*"
    "|(?:业主|房东|租客|法人|负责人|家长|我)(?:姓名)?(?:是|叫|:|：)\\s*"
)
_AFTER_A_NAME = r"(?=[，,。；;、！!\s（(：:）)]|$|电话|手机|身份证|住|是|在|的|反映|来电|称|说)"

_PART = r"\s?[-.·•—–_/转]?\s?"  # what people put between the figures of a number they say in groups
_NUMBERS: tuple[re.Pattern[str], ...] = (
    re.compile(
        r"(?<![0-9A-Za-z])[1-9]\d{5}[-\s]?(?:18|19|20)\d{2}[-\s]?(?:0[1-9]|1[0-2])[-\s]?(?:0[1-9]|[12]\d|3[01])"
        r"[-\s]?\d{3}[-\s]?[\dXx](?![0-9A-Za-z])"
    ),
    re.compile(
        rf"(?<!\d)(?:(?:\+|00)?86{_PART})?"
        rf"(?:1[3-9]\d{_PART}\d{{4}}{_PART}\d{{4}}|1[3-9]\d{_PART}\d{{3}}{_PART}\d{{5}}|1[3-9]\d\d{_PART}\d{{3}}{_PART}\d{{4}}"
        rf"|1[3-9]\d\d{_PART}\d{{4}}{_PART}\d{{3}}|1[3-9]\d{{3}}{_PART}\d{{6}}|1[3-9]\d{{4}}{_PART}\d{{5}})(?!\d)"
    ),
    re.compile(r"(?<!\d)1[-.·\s]{1,2}[3-9](?:[-.·\s]{1,2}\d){9}(?![-.·\s]?\d)"),  # a sign after every figure
    re.compile(
        r"(?<!\d)(?:(?:\+|00)?86[-\s]?)?[(（]?0\d{2,3}[)）]?[-\s—.]{0,2}\d{3,4}[-\s.]?\d{4}(?!\d)(?:\s?(?:转|分机|-|ext\.?)\s?\d{1,6})?",
        re.IGNORECASE,
    ),
    re.compile(
        r"(?:电话|手机|号码|联系方式|座机|微信|QQ)(?:邮箱|号码|号|是|为|:|：|\s)*(?P<kept>[A-Za-z0-9_-]{6,20})",
        re.IGNORECASE,
    ),
)
_WORDS: tuple[re.Pattern[str], ...] = (
    re.compile(
        r"[A-Za-z0-9._%+-]{1,64}\s?(?:@|艾特|爱特|圈a|[(（\[]at[)）\]])\s?[A-Za-z0-9-]{1,63}"
        r"(?:\s?(?:\.|点|dot)\s?[A-Za-z0-9-]{1,63})+",
        re.IGNORECASE,
    ),
    re.compile(
        rf"[{_PLATE_PROVINCES}][A-HJ-NP-Z][·•・\s-]?(?:[A-HJ-NP-Z0-9]{{5,6}}|[A-HJ-NP-Z0-9]{{4}}[学警港澳挂])",
        re.IGNORECASE,
    ),
    re.compile(rf"(?:{_SAYS_SO})(?P<kept>{_NAME}){_AFTER_A_NAME}"),
    re.compile(
        rf"(?:^|[，,。；;、（(：:\s找给叫是])(?P<kept>{_NAME})(?=[（(，,]?\s*(?:电话|手机|身份证|联系电话|联系方式))"
    ),
)
_TITLED = re.compile(rf"(?P<kept>{_FAMILY})(?=先生|女士|小姐|大爷|大妈|阿姨|师傅|老师|大姐|大哥)")
# names that something beside them makes likely: what follows them is left open, so an everyday word is no name
_LIKELY: tuple[re.Pattern[str], ...] = (
    re.compile(rf"(?:{_WHO})(?P<kept>{_FAMILY}[{_GIVEN}]{{1,2}})"),
    re.compile(rf"(?P<kept>{_FAMILY}[{_GIVEN}]{{1,2}})(?={_TITLES})"),
    re.compile(
        rf"(?:^|[，,。；;、！!\s])(?P<kept>{_FAMILY}[{_GIVEN}]{{2}})(?=[（(，,。；;、\s]|家|带|说|把|将|被|欠|打|骂|开|收|私自|经常|天天|每天|一直)"
    ),
    re.compile(
        rf"(?:[\n。！!；;]|此致|敬礼|敬上)\s*(?P<kept>{_FAMILY}[\u4e00-\u9fff]{{1,2}})\s*(?:\d{{4}}年[\d年月日\s]*)?$"
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
_CARD = re.compile(r"(?<!\d)\d(?:[\s-]?\d){14,18}(?!\d)")
_HALF_WIDTH = {0xFF01 + offset: 0x21 + offset for offset in range(94)} | {0x3000: 0x20}
_SPOKEN = str.maketrans("〇零一二三四五六七八九幺壹贰叁肆伍陆柒捌玖", "001234567891123456789")

_NO_FIGURE = re.compile("一(?=[直般个次些样定起下共])")  # 138…一直占线: no figure, and the number ends before it


@lru_cache(maxsize=1)
def _everyday() -> frozenset[str]:
    """Words that begin like a name and are none: those of the segmenter's dictionary, read once a process (0.2 s)."""
    begins = frozenset(_SURNAMES)
    found = set()
    with warnings.catch_warnings(), jieba.get_dict_file() as lines:
        warnings.simplefilter("ignore")
        for line in lines:
            word, count, kind = line.decode().split()
            if word[0] in begins and 2 <= len(word) <= 3 and int(count) >= 3 and not kind.startswith("nr"):
                found.add(word)
    return frozenset(found)


def _likely(plain: str) -> Iterator[tuple[int, int]]:
    for pattern in _LIKELY:
        for found in pattern.finditer(plain):
            start, end = found.span("kept")
            whole = plain[start:end]
            if whole in _NO_END or plain[start - 1 : start + 1] in _NO_FAMILY:
                continue
            everyday = _everyday()
            if whole in everyday or whole[:2] in everyday:
                continue
            yield start, end


def _luhn(digits: str) -> bool:
    total = 0
    for place, digit in enumerate(reversed(digits)):
        value = int(digit) * (2 if place % 2 else 1)
        total += value - 9 if value > 9 else value
    return total % 10 == 0


def _found(patterns: Iterable[re.Pattern[str]], text: str) -> Iterator[tuple[int, int]]:
    for pattern in patterns:
        for found in pattern.finditer(text):
            yield found.span("kept") if "kept" in pattern.groupindex else found.span()


def _spans(text: str, known: Iterable[str]) -> Iterator[tuple[int, int]]:
    plain = text.translate(_HALF_WIDTH)  # one letter for one letter: spans are those of the text
    yield from _found(_WORDS, plain)
    yield from _found(_NUMBERS, plain)
    yield from _likely(plain)
    for found in _TITLED.finditer(plain):
        if plain[max(0, found.start() - 1) : found.end()] not in _NO_FAMILY:
            yield found.span("kept")
    spoken = _NO_FIGURE.sub("壱", plain).translate(_SPOKEN)
    if spoken != plain:
        yield from _found(_NUMBERS, spoken)
    for found in _CARD.finditer(plain):
        if _luhn(re.sub(r"\D", "", found.group())):
            yield found.span()
    for word in known:
        yield from _occurrences(text, plain, word)


def _occurrences(text: str, plain: str, word: str) -> Iterator[tuple[int, int]]:
    if len(word) < 2:
        return  # a single letter stands everywhere
    for searched in (text, plain):
        start = searched.find(word)
        while start >= 0:
            yield start, start + len(word)
            start = searched.find(word, start + len(word))
    digits = "".join(letter for letter in word.translate(_HALF_WIDTH) if letter in "0123456789")
    if len(digits) >= 7:
        for found in re.finditer(r"[\s-]?".join(digits), plain):
            yield found.span()


def mask(text: str, known: Iterable[str] = ()) -> str:
    """The text with personal data covered by `*`, the same length in code points.

    `known` are words that are personal for certain: the caller's name and number as the order's fields give them;
    those of a single letter are left, since they stand everywhere.
    """
    spans = list(_spans(text, known))
    if not spans:
        return text
    letters = list(text)
    for start, end in spans:
        letters[start:end] = COVER * (end - start)
    return "".join(letters)


def mask_all(texts: Iterable[str], known: Iterable[str] = ()) -> list[str]:
    """Several short fields covered in one pass, each as long as before. No rule looks across two of them."""
    parts = list(texts)
    joined = mask("\x01".join(parts), known)
    found, start = [], 0
    for part in parts:
        found.append(joined[start : start + len(part)])
        start += len(part) + 1
    return found
