"""Each rule of the lint finds its fault, says so in Chinese, and finds nothing in a town without faults."""

from dataclasses import replace
from datetime import date

import pytest

from mandates.events import Enactable
from mandates.laws import plain_title, repeal_of, repealed_laws
from mandates.links import LINK_CONFIRMED, Links
from mandates.lint import lint
from mandates.lint_finding import Severity
from mandates.model import DutyRole, Section
from terms.ids import InstrumentId, UnitCode
from terms.messages import MESSAGES
from tests.mandates.town import DAY, clause, divided, point, power, town


def codes(*items: Enactable, day: date = DAY) -> set[tuple[str, str]]:
    return {(one.code, one.item) for one in lint(town(*items), day)}


def test_a_town_without_faults_has_no_findings() -> None:
    assert lint(town(), DAY) == ()


@pytest.mark.parametrize(
    ("item", "code"),
    [
        (replace(clause("A1-SD-09", "负责节水。"), unit=UnitCode("X9")), "dangling"),
        (replace(clause("A1-SD-09", "负责节水。"), instrument=InstrumentId("I-无")), "dangling"),
        (replace(clause("A1-SD-09", "负责节水。"), parties=(UnitCode("X9"),)), "dangling"),
        (power("A1-CF-009", "停水的处罚", "A1-SD-99"), "dangling"),
        (point("DP-09", "节水", "A1", "A1-SD-99"), "uncovered"),
        (point("DP-09", "节水", "A1", "A2-SD-01"), "foreign-clause"),
        (point("DP-09", "停水", "A2", "A2-SD-01"), "two-leads"),
        (divided("BJ-09", "节水", "A1", clauses=()), "uncovered"),
        (divided("BJ-09", "树木倒伏", "A1"), "two-leads"),
        (divided("BJ-09", "节水", "A1", "A1"), "lead-supports"),
        (replace(divided("BJ-09", "节水", "A1"), division=((UnitCode("A2"), "看着"),)), "no-lead"),
        (clause("A1-SD-09", "指导基层节水工作。"), "vague"),
        (clause("A1-SD-09", "审批取水许可。"), "duty-without-power"),
        (power("A1-CF-009", "停水的处罚", None), "power-without-duty"),
        (power("A1-CF-009", "停水的处罚", "A1-SD-01", law="《中华人民共和国合同法》"), "repealed-law"),
    ],
)
def test_a_fault_is_found_at_its_item(item: Enactable, code: str) -> None:
    key = getattr(item, "id")  # noqa: B009  # every item of this list has one, the union has not
    assert (code, key) in codes(item)


def test_two_units_that_both_lead_in_the_same_words_are_found() -> None:
    text = "牵头负责全市河道管理范围内违法建设的清理整治工作。"
    found = codes(
        clause("A1-SD-08", text, role=DutyRole.LEAD),
        clause("A2-SD-08", text.replace("全市", "本市"), role=DutyRole.LEAD),
    )
    assert ("two-leads", "A2-SD-08") in found


def test_a_duty_point_that_stands_on_a_supporting_clause_has_no_lead() -> None:
    found = codes(
        clause("A1-SD-09", "配合做好防汛工作。", role=DutyRole.SUPPORT), point("DP-09", "防汛", "A1", "A1-SD-09")
    )
    assert ("no-lead", "DP-09") in found


def test_offices_may_not_have_more_posts_than_their_unit() -> None:
    office = clause("A1-SD-20", "供水科：负责供水。", Section.OFFICE, posts=12)
    total = clause("A1-SD-21", "行政编制10名。", Section.POSTS, None, 10)
    assert ("posts-exceeded", "A1-SD-21") in codes(office, total)
    assert ("posts-exceeded", "A1-SD-21") not in codes(office, replace(total, posts=12))


def test_a_law_is_repealed_on_its_day_and_not_before() -> None:
    noise = power("A1-CF-009", "噪声的处罚", "A1-SD-01", law="中华人民共和国噪声污染防治法")
    assert ("repealed-law", "A1-CF-009") not in codes(noise, day=date(2026, 8, 14))
    assert ("repealed-law", "A1-CF-009") in codes(noise, day=date(2026, 8, 15))


def test_a_link_a_person_confirmed_joins_a_power_to_its_duty() -> None:
    edition = town(power("A1-CF-009", "停水的处罚", None))
    links = Links()
    links.apply(LINK_CONFIRMED, {"kind": "clause-item", "from": "A1-SD-01", "to": "A1-CF-009"})
    assert {one.code for one in lint(edition, DAY)} == {"power-without-duty"}
    assert lint(edition, DAY, links) == ()


def test_errors_come_first_and_every_finding_has_its_sentence() -> None:
    found = lint(town(power("A1-CF-009", "停水的处罚", "A1-SD-99"), clause("A1-SD-09", "指导基层节水工作。")), DAY)
    assert next(one.severity for one in found) is Severity.ERROR
    assert all(f"mandates.lint.{one.code}" in MESSAGES and "{" not in one.message for one in found)


def test_the_ten_environmental_laws_gave_way_to_the_code() -> None:
    replaced = [one for one in repealed_laws().values() if one.replaced_by == "生态环境法典"]
    assert len(replaced) == 10
    assert {one.day for one in replaced} == {date(2026, 8, 15)}
    assert repeal_of("生态环境法典", date(2030, 1, 1)) is None


def test_the_water_and_the_fire_regulations_gave_way_on_their_days() -> None:
    before, after = date(2026, 5, 31), date(2026, 6, 1)
    assert repeal_of("《城市供水条例》", before) is None
    assert (gone := repeal_of("《城市供水条例》", after)) and gone.replaced_by == "供水条例"
    for law in ("森林防火条例", "草原防火条例"):
        assert (gone := repeal_of(law, date(2026, 1, 1))) and gone.replaced_by == "森林草原防灭火条例"
    assert repeal_of("供水条例", after) is None and repeal_of("森林草原防灭火条例", after) is None


def test_a_title_is_compared_without_its_dress() -> None:
    assert plain_title("《中华人民共和国水污染防治法（2017年修正）》") == "水污染防治法"
