"""The sample city's mandates, read from this folder the way a city's own tables are read."""

from collections.abc import Iterator
from pathlib import Path

from mandates.events import KINDS, Enactable
from mandates.sheets import read_rows
from mandates.tables import Fault, read_items

CITY = Path(__file__).parent / "city"


def sample_tables() -> Iterator[Path]:
    """The tables of the sample city: units first, then what binds them; in the same order everywhere."""
    for kind in KINDS:
        yield from sorted(CITY.rglob(f"{kind.table}.csv"))


def sample_items() -> Iterator[Enactable | Fault]:
    """Every unit, instrument, clause, list item, duty point and place of 云泽市; a row that is wrong is a Fault."""
    for table in sample_tables():
        yield from read_items(read_rows(table))
