"""Calls as people word them, all made up, with a place for what must not be seen; and what the masking misses in them.

They were written before anything was measured, as people speak to a hotline; the easy and the hard stand side by side.
The rules for odd numbers and for names that nothing announces came later and knew the kinds above them; the kinds
marked as worded after rules were measured once with those and known to later ones. The last kind was worded after all
rules of today and has decided none: it is the figure to believe. `python -m bench --only trust` prints what is missed.
"""

import random
from collections.abc import Callable
from dataclasses import dataclass

from ingest.masking import COVER, mask
from tests.ingest import test_masking as made

SEED = 20261122
EACH = 1_000  # texts of each kind


@dataclass(frozen=True, slots=True)
class Kind:
    """One kind of personal data: how it is made, the sentences it stands in, the share that may be missed."""

    make: Callable[[random.Random], str]
    texts: tuple[str, ...]
    allowed: float  # 1.0: reported, not promised


def _titled(chance: random.Random) -> str:
    return chance.choice(RARE if chance.random() < 0.1 else made.SURNAMES)


RARE = "仇苟晏卓邬蒲桑桂濮牟佟车褚鲍滕应丛敖庾麻沙米艾巫靳幸匡官戚屈"  # about one person in ten has a rare surname


def _name(chance: random.Random) -> str:
    family = chance.choice(RARE if chance.random() < 0.1 else made.SURNAMES)
    return family + "".join(chance.choices(made.GIVEN, k=chance.choice((1, 2, 2))))


def _odd_phone(chance: random.Random) -> str:
    digits = "1" + chance.choice("3456789") + "".join(chance.choices("0123456789", k=9))
    spoken = digits.translate(str.maketrans("0123456789", "零幺二三四五六七八九"))
    return chance.choice(
        (
            f"{digits[:3]}.{digits[3:7]}.{digits[7:]}",
            " ".join(digits),
            f"{spoken[:3]} {spoken[3:7]} {spoken[7:]}",
            digits[:3] + spoken[3:7] + digits[7:],
            f"{digits[:3]}转{digits[3:7]}转{digits[7:]}",
        )
    )


def _odd_identity(chance: random.Random) -> str:
    whole = made._identity(chance)
    return chance.choice((f"{whole[:6]} {whole[6:14]} {whole[14:]}", f"{whole[:6]}-{whole[6:14]}-{whole[14:]}"))


def _odd_mail(chance: random.Random) -> str:
    user, _, host = made._mail(chance).partition("@")
    return chance.choice((f"{user} @ {host}", f"{user}艾特{host.replace('.', '点')}"))


def _odder_phone(chance: random.Random) -> str:
    digits = "1" + chance.choice("3456789") + "".join(chance.choices("0123456789", k=9))
    wide = digits.translate(str.maketrans("0123456789", "０１２３４５６７８９"))
    capital = digits.translate(str.maketrans("0123456789", "零壹贰叁肆伍陆柒捌玖"))
    local = "".join(chance.choices("23456789", k=1) + chance.choices("0123456789", k=7))
    return chance.choice(
        (
            f"+86 {digits[:3]} {digits[3:7]} {digits[7:]}",
            f"0086-{digits}",
            f"{wide[:3]} {wide[3:7]} {wide[7:]}",
            capital,
            f"{digits[:4]}-{digits[4:7]}-{digits[7:]}",
            f"021-{local}转{chance.randrange(10, 9_999)}",
            f"(0571) {local[:4]} {local[4:]}",
            f"0551-{local[:7]}-{chance.randrange(1, 999)}",
        )
    )


KINDS: dict[str, Kind] = {
    "phone": Kind(
        made._phone,
        (
            "我家楼上装修从早上六点敲到晚上十点，物业不管，你们处理完打{0}告诉我一声",
            "之前留过{0}这个号，一直没有人回访，请换个人跟进",
            "房东电话{0}，他说押金不退了，合同还有四个月",
            "手机{0}收到冒充社保局的短信，点进去就扣了钱",
            "施工方留的联系方式是{0}，打过去没人接，半夜还在浇筑",
            "微信同号{0}，照片和视频都可以发给工作人员",
            "快递员（{0}）把我的包裹丢在消防栓里，态度恶劣",
            "{0}，打这个，白天在上班可能接不到，麻烦下午五点以后",
            "卖家说找客服{0}退款，客服又说要找平台，来回踢皮球",
            "请联系我爱人{0}，我在外地出差不方便",
        ),
        0.005,
    ),
    "landline": Kind(
        made._landline,
        (
            "供热公司的值班电话{0}一下午都是忙音，家里老人冻病了",
            "打{0}问过，说不归他们管",
            "社区卫生服务中心{0}预约疫苗打不通",
            "按门口贴的{0}打过去是空号，停车场收费没人管",
        ),
        0.005,
    ),
    "identity": Kind(
        made._identity,
        (
            "孩子入学审核没通过，身份证{0}，系统显示房产信息不一致",
            "我父亲{0}去世后养老金还在发，想问怎么停",
            "社保卡制卡进度，证件号{0}，已经两个月了",
            "公积金账户按{0}查不到，单位说交了",
            "居住证办理，号码{0}，窗口说材料不齐又不说缺什么",
        ),
        0.005,
    ),
    "plate": Kind(
        made._plate,
        (
            "一辆{0}的大货车每天晚上停在幼儿园门口，孩子过马路看不见车",
            "{0}占用残疾人车位三天了，物业贴条不管用",
            "网约车{0}中途加价，不给就让下车",
            "我的车{0}在路内停车位被多计费四小时，请核实",
            "渣土车车牌{0}没有盖苫布，一路撒土",
        ),
        0.005,
    ),
    "bank card": Kind(
        made._card,
        (
            "退款说打到{0}，等了半个月没有到账",
            "农民工工资卡{0}被冻结，老板说发了我们取不出来",
            "被骗转到对方账户{0}，派出所让找银行，银行让找派出所",
            "惠农补贴应该发在{0}上，今年一分没有",
        ),
        0.005,
    ),
    "e-mail": Kind(
        made._mail,
        (
            "合同扫描件我发到{0}了，请查收",
            "报名系统一直提示{0}已注册，我没有注册过",
            "请把答复发{0}，我听力不好不方便接电话",
            "开发商只留了个邮箱{0}，发了十几封没有回",
        ),
        0.005,
    ),
    "phone, oddly written": Kind(
        _odd_phone, ("回电请打{0}，别打座机", "号码 {0}，孩子妈妈接", "跟我说打{0}就能退费，打了没人"), 0.005
    ),
    "identity, oddly written": Kind(
        _odd_identity, ("我的身份证是{0}，请查社保", "{0}这个证件号被人冒用注册公司"), 0.005
    ),
    "e-mail, oddly written": Kind(_odd_mail, ("回复发到{0}就行", "物业只给了邮箱 {0}"), 0.005),
    "name, said to be one": Kind(
        _name,
        (
            "我叫{0}，住在三号楼，楼下烧烤摊油烟往家里灌",
            "反映人{0}，老旧小区加装电梯一楼不同意，请协调",
            "本人姓名{0}，退休职工，医保报销比例算错了",
            "户主{0}，低保复核没有通过，家里两个病人",
            "联系人：{0}，白天都在家",
            "投诉人{0}反映健身房关门跑路，年卡剩八个月",
        ),
        0.02,
    ),
    "surname before a title": Kind(
        _titled,
        (
            "门卫{0}师傅说监控坏了，看不了那天的录像",
            "上次是一位{0}女士接待的，答应三天内解决",
            "楼下{0}阿姨在公共楼道养鸡，气味很大",
            "培训机构的{0}老师收了钱不开课",
        ),
        0.02,
    ),
    "name, said by nothing": Kind(
        _name,
        (
            "村里{0}把集体的地圈起来盖了房，没有人敢说",
            "对面的{0}天天在阳台上烧东西，烟全飘进我家",
            "医生{0}开的药和病历上写的不一样",
            "昨天{0}带人把大门堵了，不让业主进",
            "找过{0}好几次，他说这事要等领导定",
        ),
        0.08,
    ),
    # worded after the first rules of 2026-11 were written, and measured once with these
    "phone, with a country, an area or an extension": Kind(
        _odder_phone,
        (
            "白天打{0}找我，晚上我值夜班",
            "售楼处给的{0}一直占线，定金不知道找谁要",
            "我妈的号{0}，她不会按键选菜单",
        ),
        0.005,
    ),
    "name and title": Kind(
        _name,
        (
            "街道的{0}主任上周答应派人来看，到现在没有动静",
            "我们去找{0}医生复查，护士说他已经调走了",
            "孩子被{0}老师罚站了一下午",
            "派出所{0}警官让我等通知",
        ),
        0.08,
    ),
    "name, as a signature": Kind(
        _name,
        (
            "井盖已经松了半个月，孩子上学都要从上面过，请尽快处理。{0}",
            "以上情况属实，请核查。\n{0}",
            "此致敬礼 {0} 2026年9月3日",
        ),
        0.04,
    ),
    "name after who it is": Kind(
        _name,
        (
            "邻居{0}把鞋柜放在楼道里，消防通道都窄了",
            "隔壁{0}家养了四条狗，整夜叫",
            "包工头{0}已经两个月不接电话",
            "中介{0}收了钱不给钥匙",
        ),
        0.08,
    ),
    "name, said by nothing, in words no rule has seen": Kind(
        _name,
        (
            "上个月{0}来收过一次卫生费，票据没给",
            "听说是{0}家的鱼塘把水放干了，下游的菜地没得浇",
            "前天下午{0}又来敲门催款，老人吓得不敢开",
            "村委会让{0}去丈量，拖到今天没有结果",
            "打麻将的声音是从{0}那一户传出来的",
            "欠条上写的是{0}，钱至今没还",
        ),
        0.45,
    ),
}
NOBODY = (
    "小区门口的路灯坏了三盏，晚上老人出来遛弯看不清台阶，希望尽快修好",
    "12路公交末班车太早，建议延长到晚上十点半，附近两个工业园区下班都赶不上",
    "2026年3月5日晚上七点到九点停水，没有提前通知，八号楼到十二号楼都没有水",
    "菜市场地面积水，买菜的人滑倒过好几次，管理方收了卫生费不清理",
    "幼儿园旁边在建工地，塔吊从操场上方经过，请住建部门检查",
    "咨询灵活就业人员医保缴费基数，2026年度是不是按照4812元计算",
    "高铁站前广场共享单车乱停乱放，盲道被占，出租车也排到了路口",
    "学校门口家长车辆双排停放，早上七点二十到八点根本走不动，建议设置即停即走区",
    "业主周末在家都能听见楼上施工，房东方面说不归他管，住户高楼层水压也不够",
    "数学老师和班主任老师都说要订资料，医生方便门诊开药，常务经理安排不了",
    "咨询 2026-09-03 12:30 到 2026-09-04 08:15 之间 13.5 元 1300.25 立方米的气费怎么算。谢谢",
    "每当晚高峰，高新区文明路口都堵，金山卫镇和龙泉山庄的班车也进不来，如何是好，老百姓钱没少交",
    "绿水青山就是金山银山，平安建设、国家标准、明显位置都写了，可是河边垃圾明天有明天的说法，一直没有人清理",
    "周末方便时间处理，万达广场东门、龙华国际小区、新华书店旁的石子路还是高低不平",
    "对面的金店常年外放音乐，隔壁的成都小吃油烟大，楼下的康复中心门口台阶太高",
)


def texts_of(kind: Kind) -> list[tuple[str, str]]:
    """Texts of one kind, each with the secret that stands in it; the same ones every time."""
    chance = random.Random(SEED)
    found = []
    for number in range(EACH):
        secret = kind.make(chance)
        found.append((kind.texts[number % len(kind.texts)].format(secret), secret))
    return found


def missed(kind: Kind) -> float:
    """The share of texts in which any letter or figure of the secret is still to be seen after masking."""
    seen = 0
    for text, secret in texts_of(kind):
        at = text.index(secret)
        covered = mask(text)[at : at + len(secret)]
        seen += any(left == was != COVER and was.isalnum() for left, was in zip(covered, secret, strict=True))
    return seen / EACH


def overdone() -> float:
    """The share of letters covered in calls that name nobody and hold nothing personal."""
    return sum(mask(text).count(COVER) for text in NOBODY) / sum(map(len, NOBODY))
