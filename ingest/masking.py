"""Personal data in free text, found by rule and covered letter for letter.

The cover has the length of what it covers, so a span in masked text is the same span in the original. Rules find
phones, identity numbers (GB 11643), vehicle plates (GA 36), bank cards (Luhn, GB/T 17859 lengths), e-mail, and names
where the text says that a name follows or the order names its caller; they miss what no rule can see.
"""

import re
from collections.abc import Iterable
from itertools import chain

COVER = "*"

_PLATE_PROVINCES = "京津沪渝冀豫云辽黑湘皖鲁新苏浙赣鄂桂甘晋蒙陕吉闽贵粤青藏川宁琼使领"
_SURNAMES = (
    "王李张刘陈杨黄赵吴周徐孙马朱胡郭何高林罗郑梁谢宋唐许韩冯邓曹彭曾肖田董袁潘于蒋蔡余杜叶程苏魏吕丁任沈姚卢姜崔"
    "钟谭陆汪范金石廖贾夏韦付方白邹孟熊秦邱江尹薛闫段雷侯龙史陶黎贺顾毛郝龚邵万钱严覃武戴莫孔向汤温康施文牛樊葛邢"
)
_NAME = rf"(?:欧阳|上官|司马|诸葛|[{_SURNAMES}])[\u4e00-\u9fff]{{1,2}}?"

PATTERNS: tuple[re.Pattern[str], ...] = (
    re.compile(r"[A-Za-z0-9._%+-]+@[A-Za-z0-9-]+(?:\.[A-Za-z0-9-]+)+"),
    re.compile(
        r"(?<![0-9A-Za-z])[1-9]\d{5}(?:18|19|20)\d{2}(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01])\d{3}[\dXx](?![0-9A-Za-z])"
    ),
    re.compile(rf"[{_PLATE_PROVINCES}][A-HJ-NP-Z][·•\s-]?(?:[A-HJ-NP-Z0-9]{{5,6}}|[A-HJ-NP-Z0-9]{{4}}[学警港澳挂])"),
    re.compile(r"(?<!\d)(?:\+?86[-\s]?)?1[3-9]\d(?:[-\s]?\d{4}){2}(?!\d)"),
    re.compile(r"(?<!\d)0\d{2,3}[-\s]?\d{7,8}(?!\d)"),
    re.compile(r"(?:电话|手机|号码|联系方式|微信|QQ)(?:号|是|为|:|：|\s)*(?P<kept>[A-Za-z0-9_-]{6,20})", re.IGNORECASE),
    re.compile(
        rf"(?:我叫|名叫|本人叫|姓名|联系人|来电人|反映人|投诉人|举报人|户主|业主姓名|当事人)(?:是|为|:|：|\s)*(?P<kept>{_NAME})"
        r"(?=[，,。；;、\s（(：:]|$|电话|手机|身份证|住|是|在|的)"
    ),
    re.compile(rf"(?P<kept>{_NAME})(?=[（(]\s*(?:电话|手机|身份证|联系))"),
)
_CARD = re.compile(r"(?<!\d)\d(?:[\s-]?\d){14,18}(?!\d)")


def _luhn(digits: str) -> bool:
    total = 0
    for place, digit in enumerate(reversed(digits)):
        value = int(digit) * (2 if place % 2 else 1)
        total += value - 9 if value > 9 else value
    return total % 10 == 0


def _spans(text: str, known: Iterable[str]) -> Iterable[tuple[int, int]]:
    for pattern in PATTERNS:
        for found in pattern.finditer(text):
            yield found.span("kept") if "kept" in pattern.groupindex else found.span()
    for found in _CARD.finditer(text):
        if _luhn(re.sub(r"\D", "", found.group())):
            yield found.span()
    for word in known:
        start = text.find(word) if len(word) >= 2 else -1
        while start >= 0:
            yield start, start + len(word)
            start = text.find(word, start + len(word))


def mask(text: str, known: Iterable[str] = ()) -> str:
    """The text with personal data covered by `*`, the same length in code points.

    `known` are words that are personal for certain: the caller's name and number as the order's fields give them.
    """
    spans = list(chain(_spans(text, known)))
    if not spans:
        return text
    letters = list(text)
    for start, end in spans:
        letters[start:end] = COVER * (end - start)
    return "".join(letters)
