"""Personal data in free text, found by rule and covered letter for letter.

The cover has the length of what it covers, so a span in masked text is the same span in the original. Rules find
phones (also in full-width figures and in 一二三), identity numbers (GB 11643), vehicle plates (GA 36), bank cards
(Luhn), e-mail, the surname before 先生/女士, and names where the text says that a name follows or the order names its
caller; they miss what no rule can see. tests/ingest/test_masking.py measures what they miss on generated cases.
"""

import re
from collections.abc import Iterable, Iterator

COVER = "*"

_PLATE_PROVINCES = "京津沪渝冀豫云辽黑湘皖鲁新苏浙赣鄂桂甘晋蒙陕吉闽贵粤青藏川宁琼使领"
_SURNAMES = (
    "王李张刘陈杨黄赵吴周徐孙马朱胡郭何高林罗郑梁谢宋唐许韩冯邓曹彭曾肖田董袁潘于蒋蔡余杜叶程苏魏吕丁任沈姚卢姜崔"
    "钟谭陆汪范金石廖贾夏韦付方白邹孟熊秦邱江尹薛闫段雷侯龙史陶黎贺顾毛郝龚邵万钱严覃武戴莫孔向汤温康施文牛樊葛邢"
    "安齐易乔伍庞颜倪庄聂章鲁岳翟殷詹申欧耿关兰焦俞左柳甘祝宁尚符舒阮柯纪梅童凌毕单季裴霍涂成苗谷盛曲翁冉骆蓝"
)
_FAMILY = rf"(?:欧阳|上官|司马|诸葛|皇甫|尉迟|公孙|慕容|令狐|[{_SURNAMES}])"
_NAME = rf"{_FAMILY}[\u4e00-\u9fff]{{1,2}}?"
_SAYS_SO = (
    "(?:我叫|名叫|本人叫|姓名|联系人|来电人|反映人|投诉人|举报人|诉求人|申请人|报修人|户主|当事人)(?:姓名)?(?:是|为|叫|:|：|\\s)*"
    "|(?:业主|房东|租客|法人|负责人|家长|我)(?:姓名)?(?:是|叫|:|：)\\s*"
)
_AFTER_A_NAME = r"(?=[，,。；;、！!\s（(：:）)]|$|电话|手机|身份证|住|是|在|的|反映|来电|称|说)"

_NUMBERS: tuple[re.Pattern[str], ...] = (
    re.compile(
        r"(?<![0-9A-Za-z])[1-9]\d{5}(?:18|19|20)\d{2}(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01])\d{3}[\dXx](?![0-9A-Za-z])"
    ),
    re.compile(r"(?<!\d)(?:\+?86[-\s]?)?1[3-9]\d(?:[-\s]?\d{4}){2}(?!\d)"),
    re.compile(r"(?<!\d)[(（]?0\d{2,3}[)）]?[-\s—]?\d{7,8}(?!\d)"),
    re.compile(
        r"(?:电话|手机|号码|联系方式|座机|微信|QQ)(?:号码|号|是|为|:|：|\s)*(?P<kept>[A-Za-z0-9_-]{6,20})",
        re.IGNORECASE,
    ),
)
_WORDS: tuple[re.Pattern[str], ...] = (
    re.compile(r"[A-Za-z0-9._%+-]{1,64}@[A-Za-z0-9-]{1,63}(?:\.[A-Za-z0-9-]{1,63})+"),
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
_SPOKEN = str.maketrans("〇零一二三四五六七八九幺", "001234567891")


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
    for found in _TITLED.finditer(plain):
        if plain[max(0, found.start() - 1) : found.end()] not in _NO_FAMILY:
            yield found.span("kept")
    spoken = plain.translate(_SPOKEN)
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
