"""One index of a part of the sample city, built once for all tests of routing."""

from dataclasses import replace
from pathlib import Path

import pytest

from mandates.edition import RegisterEdition
from mandates.model import Level
from routing.building import build_index
from routing.index import RegisterIndex
from routing.text import segmenter
from tests.routing.sample_city import sample_edition

PART = ("C01", "C02", "C03", "C04", "C05", "C06", "C07", "C09", "C16", "C23", "C36", "E01", "E02", "E12")


@pytest.fixture(scope="session")
def edition(tmp_path_factory: pytest.TempPathFactory) -> RegisterEdition:
    """Fourteen units of the city tier with every fourth duty point, and the second tier whole."""
    segmenter(tmp_path_factory.mktemp("segmenter"))
    whole = sample_edition()
    city = (Level.CITY, Level.COMPANY)
    points = [point for point in whole.duty_points.values() if point.unit in PART and not point.only_calls]
    heard = [point for point in points[1::2] if "公职人员" in point.wordings]  # who hears complaints about officials
    points = points[::2] + heard + [one for one in whole.duty_points.values() if one.unit in PART and one.only_calls]
    return replace(
        whole,
        digest="1" * 64,
        units={code: unit for code, unit in whole.units.items() if unit.level not in city or code in PART},
        clauses={key: clause for key, clause in whole.clauses.items() if clause.unit in PART},
        power_items={},
        boundary_items={
            key: item for key, item in whole.boundary_items.items() if {item.lead, *item.supports} <= set(PART)
        },
        duty_points={point.id: point for point in points},
    )


@pytest.fixture(scope="session")
def index(edition: RegisterEdition) -> RegisterIndex:
    """The index of that part."""
    return build_index(edition)


@pytest.fixture
def cache(tmp_path: Path) -> Path:
    """A folder for cached indexes."""
    return tmp_path / "cache"
