"""Unit names as older platforms and 三定 texts write them."""

import pytest

from mandates.edition import RegisterEdition
from mandates.naming import UnitNames
from terms.ids import UnitCode


def test_every_unit_is_found_by_its_code_and_all_its_names(names: UnitNames, edition: RegisterEdition) -> None:
    for unit in edition.units.values():
        for name in (unit.code, unit.name, *unit.former_names, *unit.everyday_names):
            assert names.find(name) == unit.code, name


@pytest.mark.parametrize(
    ("written", "code"),
    [
        ("市城管局", "C03"),
        ("云泽市城管局", "C03"),
        ("望湖区城管局", "D1-03"),
        ("望湖城管", "D1-03"),
        ("市公安局望湖分局", "D1-01"),
        ("北岭区园林局", "D3-03"),
        ("住建局燃气科", "C04"),
        ("市场监管部门", "C07"),
        ("云泽燃气集团有限责任公司", "E03"),
        ("供电公司95598平台", "E01"),
        (" 云泽市 公安局 ", "C01"),
        ("c05", "C05"),
        ("湖滨街道", "S1-01"),
    ],
)
def test_a_name_as_platforms_write_it_means_its_unit(names: UnitNames, written: str, code: str) -> None:
    assert names.find(written) == code


@pytest.mark.parametrize("written", ["", "局", "市局", "区城管局", "不存在管理局", "。，"])
def test_a_name_that_is_nobodys_or_anybodys_means_none(names: UnitNames, written: str) -> None:
    assert names.find(written) is None


def test_the_orders_own_district_says_which_bureau_is_meant(names: UnitNames) -> None:
    assert names.find("区城管局", UnitCode("D2")) == "D2-03"
    assert names.find("区住建局", UnitCode("D3")) == "D3-04"


def test_a_list_of_units_gives_each_once_in_its_order(names: UnitNames) -> None:
    assert names.find_all("市住建局、市城管局和供电公司，市住建局") == ("C04", "C03", "E01")


def test_departments_spoken_of_in_a_list_are_found_in_running_text(names: UnitNames) -> None:
    text = "住房城乡建设、交通运输、水务部门各管各的工程；市农业农村局管田头，公安机关立案。"
    found = [(text[one.start : one.end], one.unit) for one in names.mentions(text)]
    assert found == [
        ("住房城乡建设", "C04"),
        ("交通运输", "C06"),
        ("水务部门", "C14"),
        ("市农业农村局", "C15"),
        ("公安", "C01"),
    ]
