"""The sample city's register, folded once for all tests of this room."""

from datetime import date

import pytest

from mandates.edition import RegisterEdition
from mandates.events import BY_CLASS, payload_of
from mandates.naming import UnitNames
from mandates.register import Register
from mandates.tables import Fault
from sample.load import sample_items

TODAY = date(2026, 9, 1)


def sample_register() -> Register:
    """The sample city's register as a fold of its own, free to be changed."""
    register = Register()
    for position, item in enumerate(sample_items(), 1):
        assert not isinstance(item, Fault), item
        register.apply(BY_CLASS[type(item)].event, payload_of(item), position)
    return register


@pytest.fixture(scope="session")
def register() -> Register:
    """The sample city's register; not to be changed."""
    return sample_register()


@pytest.fixture(scope="session")
def edition(register: Register) -> RegisterEdition:
    """What is in force in the sample city on the day these tests play."""
    return register.as_of(TODAY)


@pytest.fixture(scope="session")
def names(edition: RegisterEdition) -> UnitNames:
    """The names of the sample city's units."""
    return UnitNames(edition)
