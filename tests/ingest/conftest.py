"""A gateway over an empty ledger, a small register of units, and a clock that stands."""

from collections.abc import Iterator
from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from casework.events import FACTS
from city.calendar import WorkingCalendar
from city.configuration import CityConfiguration
from ingest.gateway import Gateway
from ingest.quarantine import EVENT_TYPES
from ledger.backends import open_ledger
from ledger.master_key import make_master_key
from ledger.store import Ledger
from ledger.upcast import EventTypes
from ledger.vault import Vault, open_vault
from mandates.edition import RegisterEdition
from mandates.model import Level, Unit
from terms.ids import UnitCode

NOW = datetime(2024, 3, 4, 2, 0, tzinfo=UTC)  # a Monday, 10:00 in the city


def _unit(code: str, name: str, level: Level = Level.CITY, **more: object) -> Unit:
    return Unit(code=UnitCode(code), name=name, level=level, **more)  # type: ignore[arg-type]  # fields of Unit


UNITS = (
    _unit("C01", "云泽市城市管理局", everyday_names=("城管",), former_names=("云泽市城市管理行政执法局",)),
    _unit("C02", "云泽市生态环境局", everyday_names=("环保局",)),
    _unit("C03", "云泽市住房和城乡建设局", everyday_names=("住建局",)),
    _unit("D1", "望湖区", Level.DISTRICT),
    _unit("D1-01", "望湖区城市管理局", Level.DISTRICT, parent=UnitCode("D1"), mirrors=(UnitCode("C01"),)),
)
EDITION = RegisterEdition(digest="small", as_of=date(2015, 1, 1), units={unit.code: unit for unit in UNITS})


@pytest.fixture
def url(migrated_sqlite_url: str) -> str:
    """Where the ledger of most of these tests lies; those that ask for `database_url` run on both databases."""
    return migrated_sqlite_url


@pytest.fixture
def ledger(url: str) -> Iterator[Ledger]:
    """An empty ledger that knows the facts of casework and of quarantine."""
    types = EventTypes((fact.known_type() for fact in FACTS.values()), EVENT_TYPES)
    opened = open_ledger(url, clock=lambda: NOW, types=types)
    yield opened
    opened.close()


@pytest.fixture
def vault(ledger: Ledger, tmp_path: Path) -> Vault:
    """Its vault."""
    key = tmp_path / "dingze.db.key"
    make_master_key(key)
    return open_vault(ledger, key)


@pytest.fixture
def gateway(ledger: Ledger, vault: Vault) -> Gateway:
    """The way in."""
    city = CityConfiguration()
    return Gateway(ledger, vault, city, WorkingCalendar(city), lambda _: EDITION)
