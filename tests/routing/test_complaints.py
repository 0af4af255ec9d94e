"""Whom an order complains about, and whom it only names."""

import pytest

from city.configuration import CityConfiguration
from mandates.edition import RegisterEdition
from mandates.model import Level
from routing.index import RegisterIndex
from routing.memory import EMPTY
from routing.proposal import OrderText, Proposal
from routing.propose import propose
from terms.ids import UnitCode

TOLD = """
    {}工作人员态度恶劣 {}的人态度很差 投诉{}不作为 {}接电话的人骂人 {}窗口人员说话难听 {}办事人员故意刁难群众 我要投诉{}
    反映{}执法人员打人 {}领导收受好处 举报{}科长贪污 {}的工作人员，吃拿卡要 向{}反映三次，态度敷衍 {}的一名职工上班喝酒
    {}工作人员上班时间玩手机、打牌 {}电话一直没人接 {}不受理我的投诉，要求追责 {}泄露举报人信息 {}一直拖着不给办
    对{}的答复不满意，认为是糊弄人 {}滥用职权，处理不公 投诉{}违规办理，程序不合法
"""
NAMED = {
    "城管": "C03", "市城管局": "C03", "望湖区城管局": "D1-03", "派出所": "C01", "交警": "C02", "望湖交警大队": "D1-02",
    "住建局": "C04", "东渡区住建局": "D2-04", "教育局": "C09", "医保局": "C23", "湖滨街道办": "S1-01",
}  # fmt: skip


def route(index: RegisterIndex, text: str, place: str = "") -> Proposal:
    return propose(OrderText(text, place=place), index, EMPTY, CityConfiguration())


@pytest.mark.parametrize("name", NAMED)
def test_a_complaint_about_a_unit_or_its_staff_goes_anywhere_but_there_however_it_is_worded(
    index: RegisterIndex, name: str
) -> None:
    """domain, section 2; 济南条例 art. 32."""
    for told in TOLD.split():
        for place in ("", "望湖区柳桥新村"):
            proposal = route(index, told.format(name), place)
            units = {proposal.lead, *proposal.supports, *(one.unit for one in proposal.candidates)}
            assert NAMED[name] not in units, told
            assert not proposal.automatic, told


def test_a_complaint_about_everybodys_name_for_a_unit_is_not_for_its_bureau_in_the_district_either(
    index: RegisterIndex,
) -> None:
    proposal = route(index, "城管打人，态度恶劣", "望湖区柳桥新村")
    assert not {"C03", "D1-03"} & {proposal.lead, *proposal.supports}


@pytest.mark.parametrize(
    ("text", "unit"),
    [
        ("请市住建局核实物业不作为", "C04"),
        ("小区门口流动摊贩占道，城管不管", "C03"),
        ("向城管局反映过三次，小区门口烧烤摊还是没人管", "C03"),
        ("感谢市公安局民警态度好", "C01"),
        ("城管局门口的小吃店油烟大，老板态度差", "C03"),
        ("希望市教育局严查学校老师收红包", "C09"),
        ("咨询医保局上班时间", "C23"),
        ("投诉物业态度恶劣不作为，请市住建局处理", "C04"),
        ("我在派出所办身份证，窗口人员让我补材料，怎么补", "C01"),
        ("已向市场监管局投诉商家态度恶劣", "C07"),
        ("供电公司停电不通知", "E01"),
    ],
)
def test_a_unit_that_is_only_named_beside_a_matter_is_not_complained_about(
    index: RegisterIndex, text: str, unit: str
) -> None:
    proposal = route(index, text)
    assert all(reason.feature != "complaint" for reason in proposal.reasons)
    assert unit in {candidate.unit for candidate in proposal.candidates}


@pytest.mark.parametrize(
    ("text", "unit"),
    [
        ("市场监管局的小王收了饭店老板的钱，包庇卖过期食品", "C07"),
        ("派出所的警察不作为，我报案三个月没立案", "C01"),
        ("城管队员执法时把老人推倒受伤，要求道歉赔偿", "C03"),
        ("我去医保局办事，窗口人员让我跑了三趟，态度极差", "C23"),
        ("供电公司收费员上门态度蛮横", "E01"),
    ],
)
def test_what_a_units_people_did_to_somebody_is_told_of_the_unit_whatever_stands_between(
    index: RegisterIndex, text: str, unit: str
) -> None:
    proposal = route(index, text)
    assert unit not in {proposal.lead, *proposal.supports}
    assert unit in {one.unit for one in proposal.reasons if one.feature == "complaint"}


def test_a_complaint_about_a_company_is_heard_by_no_other_company(
    index: RegisterIndex, edition: RegisterEdition
) -> None:
    lead = route(index, "自来水公司抄表员上门骂人").lead
    assert lead is not None and edition.units[lead].level is not Level.COMPANY


def test_money_that_an_office_owes_is_no_complaint_about_its_staff(index: RegisterIndex) -> None:
    assert all(one.feature != "complaint" for one in route(index, "市教育局拖欠工程款").reasons)


def test_nothing_but_a_complaint_is_heard_by_the_unit_whose_matter_the_conduct_of_officials_is(
    index: RegisterIndex,
) -> None:
    for text in ("市教育局推诿", "湖滨街道办工作人员态度恶劣", "城管态度恶劣，骂人"):
        proposal = route(index, text)
        assert proposal.lead == "C36", text
        assert proposal.citations and proposal.citations[0].unit == "C36"


def test_a_complaint_about_a_bureau_of_a_district_is_heard_by_the_city_unit_it_mirrors(index: RegisterIndex) -> None:
    proposal = route(index, "望湖区城管局的人态度恶劣，野蛮执法")
    assert proposal.lead == "C03"
    assert proposal.abstained is not None and "望湖区城市管理和综合行政执法局" in proposal.abstained.message


def test_a_matter_beside_the_complaint_is_still_weighed_without_the_unit(index: RegisterIndex) -> None:
    proposal = route(index, "自来水停水没有通知，市住建局工作人员态度恶劣")
    assert proposal.lead == "E02"
    assert [(one.unit, one.detail) for one in proposal.reasons if one.feature == "complaint"] == [
        (UnitCode("C04"), "市住建局工作人员态度恶劣")
    ]


def test_the_disputed_holder_that_is_complained_about_does_not_get_the_order(index: RegisterIndex) -> None:
    text = "柳桥新村小区物业费太贵，市城管局推诿"
    matter = route(index, "柳桥新村小区物业费太贵").matter
    proposal = propose(OrderText(text), index, EMPTY, CityConfiguration(), status_quo={matter: UnitCode("C03")})
    assert proposal.lead != "C03"
    assert not proposal.automatic
