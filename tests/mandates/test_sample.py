"""The sample city is whole: it imports without a fault, has what the issue asks for, and refers to nothing absent."""

from collections import Counter
from datetime import date

import pytest

from mandates.edition import RegisterEdition
from mandates.lint import lint
from mandates.model import Level, Section, SubdistrictList
from mandates.register import Register
from mandates.tables import Fault
from sample.load import sample_items

LETTERS = date(2023, 6, 1)


def test_every_row_of_the_sample_goes_in() -> None:
    assert [item for item in sample_items() if isinstance(item, Fault)] == []


@pytest.mark.parametrize("day", [LETTERS, date(2026, 9, 1)])
def test_the_sample_city_has_the_size_it_should(register: Register, day: date) -> None:
    edition = register.as_of(day)
    units = Counter(unit.level for unit in edition.units.values())
    districts = [unit for unit in edition.units.values() if unit.level is Level.DISTRICT and unit.parent is None]
    assert units[Level.CITY] >= 38
    assert len(districts) == 4
    assert units[Level.STREET] >= 24
    assert units[Level.COMPANY] >= 8
    assert len([clause for clause in edition.clauses.values() if clause.section is not Section.POSTS]) >= 450
    assert len(edition.power_items) >= 500
    assert len(edition.boundary_items) >= 60
    assert len(edition.duty_points) >= 500
    assert {item.list for item in edition.subdistrict_items.values()} >= {
        SubdistrictList.BASIC, SubdistrictList.SUPPORT, SubdistrictList.WITHDRAWN,
    }  # fmt: skip


def test_each_district_has_a_hotline_desk_and_at_least_twelve_mirroring_bureaus(edition: RegisterEdition) -> None:
    for district in (unit for unit in edition.units.values() if unit.level is Level.DISTRICT and unit.parent is None):
        own = [unit for unit in edition.units.values() if unit.parent == district.code and unit.level is Level.DISTRICT]
        assert any("热线" in unit.name for unit in own), district.name
        assert len([unit for unit in own if unit.mirrors]) >= 12


def test_every_duty_point_that_somebody_leads_by_has_at_least_five_everyday_wordings(edition: RegisterEdition) -> None:
    points = edition.duty_points.values()
    assert [point.id for point in points if not point.only_calls and len(point.wordings) < 5] == []
    assert {point.id[:6] for point in points if point.only_calls} == {"DP-XT-"}


def test_every_power_item_names_its_law_and_article(edition: RegisterEdition) -> None:
    assert [item.id for item in edition.power_items.values() if not (item.law and item.article)] == []


def test_no_reference_of_the_sample_dangles_on_any_day(register: Register) -> None:
    for day in (date(2015, 1, 1), *register.change_days()):
        found = lint(register.as_of(day), day, register.links)
        assert [one.message for one in found if one.code == "dangling"] == [], day


def test_a_matter_has_one_lead(edition: RegisterEdition) -> None:
    assert [one.message for one in lint(edition, LETTERS) if one.code in ("two-leads", "foreign-clause")] == []
