"""Several matters in one order are told apart; one matter stays one."""

from city.configuration import CityConfiguration
from routing.index import RegisterIndex
from routing.memory import EMPTY
from routing.proposal import OrderText
from routing.propose import propose
from routing.split import parts_of

SEVERAL = "1.小区物业费太贵，物业不作为；2.路灯不亮好几天了"


def test_a_text_that_counts_is_cut_where_it_counts() -> None:
    assert [SEVERAL[slice(*span)] for span in parts_of(SEVERAL)] == [
        "1.小区物业费太贵，物业不作为；",
        "2.路灯不亮好几天了",
    ]
    assert len(parts_of("路灯不亮，晚上看不清")) == 1


def test_each_matter_has_its_own_unit_and_its_own_citation(index: RegisterIndex) -> None:
    proposal = propose(OrderText(SEVERAL), index, EMPTY, CityConfiguration())
    assert {proposal.lead, *proposal.supports} == {"C05", "C04"}
    assert {citation.unit for citation in proposal.citations} == {"C05", "C04"}


def test_an_order_of_one_matter_gets_no_support(index: RegisterIndex) -> None:
    for text in ("路灯不亮好几天了，晚上看不清", "驾驶证换证需要什么材料", "咨询医保报销比例"):
        assert propose(OrderText(text), index, EMPTY, CityConfiguration()).supports == ()
