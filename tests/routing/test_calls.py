"""启动说法: words in a text call a unit in, and a boundary item gives the lead by the words of its lead."""

from dataclasses import replace

from city.configuration import CityConfiguration
from mandates.edition import RegisterEdition
from mandates.model import BoundaryItem, DutyPoint, Link
from routing.calls import CallIndex, by_points
from routing.index import RegisterIndex
from routing.memory import EMPTY
from routing.proposal import OrderText
from routing.propose import propose
from terms.ids import ClauseId, InstrumentId, UnitCode

POLICE, HOUSING, FIRE = UnitCode("C01"), UnitCode("C05"), UnitCode("C04")


def point(key: str, unit: UnitCode, *calls: str) -> DutyPoint:
    return DutyPoint(ClauseId(key), key, Link.DISPOSE, unit, ClauseId(f"{unit}-SD-01"), calls=calls)


def matter(key: str, lead: UnitCode, support: UnitCode, *calls: str) -> BoundaryItem:
    return BoundaryItem(ClauseId(key), InstrumentId("I"), key, lead, (support,), ((lead, "查处"),), calls=calls)


def calls_of(edition: RegisterEdition, *things: DutyPoint | BoundaryItem) -> CallIndex:
    points = {one.id: one for one in things if isinstance(one, DutyPoint)}
    matters = {one.id: one for one in things if isinstance(one, BoundaryItem)}
    return CallIndex(replace(edition, duty_points=points, boundary_items=matters))


def test_words_that_stand_in_the_text_speak_for_their_owners(edition: RegisterEdition) -> None:
    calls = calls_of(edition, point("P", POLICE, "动手", "动手打人"), point("H", HOUSING, "物业", "动手"))
    found = [(hit.wording.unit, hit.wording.text, shared) for hit, shared in by_points(calls.found("物业还动手打人"))]
    # 动手 lies within 动手打人 of the police; for the housing bureau it stands alone, and two units know it
    assert sorted(found) == [(POLICE, "动手打人", 1), (HOUSING, "动手", 2), (HOUSING, "物业", 1)]
    assert by_points(calls.found("路灯不亮")) == []


def test_the_boundary_item_said_in_most_words_gives_the_lead(edition: RegisterEdition) -> None:
    calls = calls_of(edition, matter("A", POLICE, HOUSING, "群租"), matter("B", FIRE, HOUSING, "群租隔断"))
    said = calls.found("楼上群租隔断住了二十人")
    found = calls.preceding(said, HOUSING)
    assert found is not None
    assert found[0].lead == FIRE
    assert calls.preceding(said, POLICE) is None  # no support of either


def test_a_support_is_cited_by_the_duty_point_that_called_it_in(index: RegisterIndex) -> None:
    text = "小区物业费太贵，保安动手打人，持刀威胁业主"
    proposal = propose(OrderText(text), index, EMPTY, CityConfiguration())
    assert proposal.lead == HOUSING
    assert POLICE in proposal.supports
    cited = next(one for one in proposal.citations if one.unit == POLICE)
    assert cited.via in text
    assert cited.text == index.edition.text_of(cited.clause_id)
    assert cited.order_span is not None
    assert text[slice(*cited.order_span)] == cited.via


def test_what_only_calls_in_is_no_matter_somebody_leads(index: RegisterIndex) -> None:
    only = {one.id for one in index.edition.duty_points.values() if one.only_calls}
    assert only
    assert not only & {item.id for item in index.citables}
    assert not only & {wording.item for wording in index.wordings.wordings}
