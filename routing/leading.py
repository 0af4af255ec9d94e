"""Who leads, in both tiers, and by what ground: a subdistrict by its list, the status-quo unit of a matter in dispute,
or the likeliest unit or the bureau that mirrors it."""

from collections.abc import Mapping
from dataclasses import dataclass

from city.configuration import CityConfiguration
from mandates.model import Level
from routing.evidence import LEAST, Evidence
from routing.index import RegisterIndex
from routing.seen import Seen
from routing.weighing import Weighed
from routing.wordings import STREET, Hit
from terms.ids import ClauseId, UnitCode

_STREET_AT = 60  # least strength of a subdistrict item's wordings


@dataclass(frozen=True, slots=True)
class Lead:
    """Who leads, in both tiers, by what ground and how surely."""

    city_unit: UnitCode  # the unit of the city tier that the duty belongs to
    unit: UnitCode  # the unit that leads: it, its mirror in the district, or the subdistrict
    ground: Evidence | None
    confidence: int
    disputed: str = ""
    by_list: bool = False  # a subdistrict, by an item of its list


def lead_of(
    seen: Seen, index: RegisterIndex, city: CityConfiguration, weighed: Weighed, status_quo: Mapping[str, UnitCode]
) -> Lead:
    """The lead of an order and its ground; `status_quo` names who handles each matter in dispute."""
    unit = weighed.ranked[0][0]
    ground = _ground_of_lead(seen, index, weighed, unit)
    listed = _by_list(seen, index)
    if listed is not None and seen.where.street is not None and seen.where.street not in weighed.excluded:
        return Lead(unit, seen.where.street, listed, min(95, 70 + (listed.strength - _STREET_AT) // 3), by_list=True)
    if ground is not None and (holder := _status_quo(index, ground, status_quo, weighed.excluded)) is not None:
        key, quo = holder
        return Lead(unit, quo, ground, weighed.confidence, disputed=key)
    return Lead(unit, in_tier(seen, index, weighed, unit, ground), ground, weighed.confidence)


def _ground_of_lead(seen: Seen, index: RegisterIndex, weighed: Weighed, unit: UnitCode) -> Evidence | None:
    """The unit's strongest item; where none is strong enough and a wording gave it the lead, that wording's item."""
    found = seen.grounds(index, unit)
    hit = weighed.preceding
    if hit is not None and hit.wording.unit == unit:
        weak = not found or found[0].strength < LEAST
        # a complaint is heard by the point of that name, unless the text names another word for word
        if weak or (hit.wording.kind == "point" and not (found[0].hit and found[0].hit.exact)):
            return Evidence(hit.wording.item, unit, hit.wording.kind, 10 * hit.strength, hit)
    return found[0] if found else None


def _status_quo(
    index: RegisterIndex, ground: Evidence, status_quo: Mapping[str, UnitCode], excluded: frozenset[UnitCode]
) -> tuple[str, UnitCode] | None:
    matter, matter_id = matter_of(index, ground)
    for key in (matter_id, matter):
        holder = status_quo.get(key) if key else None
        if key and holder and holder in index.edition.units and holder not in excluded:
            return key, holder
    return None


def _by_list(seen: Seen, index: RegisterIndex) -> Evidence | None:
    """The subdistrict item that speaks more strongly than any city unit's wording (国办函〔2025〕66号: only 基本履职 or
    conferred items are led by a subdistrict)."""
    strengths: dict[ClauseId, int] = {}
    first: dict[ClauseId, Hit] = {}
    others = 0
    for hit in seen.hits:
        if not hit.exact:
            continue
        if hit.wording.unit == STREET:
            strengths[hit.wording.item] = strengths.get(hit.wording.item, 0) + hit.strength
            first.setdefault(hit.wording.item, hit)
        else:
            others = max(others, hit.strength)
    for item in sorted(strengths, key=lambda one: (-strengths[one], one)):
        listed = index.edition.subdistrict_items[item]
        if listed.units and seen.where.street not in listed.units:
            continue
        if strengths[item] >= max(_STREET_AT, others):
            return Evidence(item, STREET, "subdistrict", strengths[item], first[item])
    return None


def in_tier(seen: Seen, index: RegisterIndex, weighed: Weighed, unit: UnitCode, ground: Evidence | None) -> UnitCode:
    """The district bureau that mirrors the unit, when the matter is handled there and the district is known.

    A bureau that is complained about does not judge itself: its city unit does.
    """
    district = seen.where.district
    if district is None or not is_district_matter(index, unit, ground):
        return unit
    bureau = index.places.bureau(district, unit)
    return unit if bureau is None or bureau in weighed.excluded else bureau


def is_district_matter(index: RegisterIndex, unit: UnitCode, ground: Evidence | None) -> bool:
    """Whether the districts handle it: as the duty point of the ground says, or as most of the unit's do."""
    point = index.edition.duty_points.get(ground.item) if ground else None
    if point is not None:
        return point.level in (Level.DISTRICT, Level.STREET)
    return index.mostly_district(unit)


def matter_of(index: RegisterIndex, ground: Evidence | None) -> tuple[str, ClauseId | None]:
    """The matter that a ground speaks of, by name and id; empty where it is a clause of no matter."""
    if ground is None:
        return "", None
    edition = index.edition
    item = (
        edition.duty_points.get(ground.item)
        or edition.boundary_items.get(ground.item)
        or edition.subdistrict_items.get(ground.item)
    )
    return (item.matter, item.id) if item else ("", None)
