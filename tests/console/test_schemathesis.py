"""schemathesis over the API, signed in as each role: no server error, true to its description, nothing leaks.

The description is turned into requests once, each of which every account sends in its turn, with real numbers and
units put in where the generator knows none; and beside it a plain walk takes every address as every role.
"""

import copy
import random
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, given, settings
from schemathesis.checks import not_a_server_error
from schemathesis.generation.modes import GenerationMode
from schemathesis.python import asgi
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from automation.router import Router
from casework.permissions import PERMISSIONS
from console.administration.people import Account
from console.interface.schema import openapi
from terms.actors import Role
from tests.console.city import Town, copy_template
from tests.console.quarter import ACCOUNTS, CASES, FINDINGS, ORDERS, PAPERS, Quarter, words_in

CHECKS = [
    not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
]
EACH = 3  # requests made of each address
FORBIDDEN = 12  # requests an account sends that it may not
THINGS = {
    "work-orders": (*ORDERS, "LK-0011", "LK-9999"),
    "cases": (*CASES, "JX-9"),
    "findings": (*FINDINGS, "WT-9"),
    "digests": ("SL-1", "SL-9"),
    "papers": (*PAPERS, "GW-9"),
    "score-sheets": ("2026-Q3", "2026-Q9"),
    "assessments": ("PG-1", "PG-9"),
    "units": ("C03", "C05", "D1-03", "X99"),
}
UNITS = ("C03", "C05", "C16", "D1", "D1-03")
UNIT_FIELDS = frozenset({"unit", "lead", "to", "receiver", "proposed_unit", "desk", "owner", "rated"})
SLOW = frozenset({"/api/v1/route"})  # builds the router's index; asked in tests/console/test_api.py


@pytest.fixture(scope="module")
def quarter(template: Path, router: Router, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Quarter]:
    """One quarter for all accounts, who act in it one after another."""
    url, key = copy_template(template, tmp_path_factory.mktemp("quarter"))
    town = Town(url, key, router)
    yield Quarter(town)
    town.close()


@pytest.fixture(scope="module")
def client(quarter: Quarter) -> Iterator[asgi.ASGIClient]:
    """The application, reached in this process."""
    with asgi.get_client(quarter.town.app()) as found:
        yield found
    asgi.shutdown_lifespans()


@cache
def operations() -> list[Any]:
    """Every operation of the description."""
    schema = schemathesis.openapi.from_dict(copy.deepcopy(openapi()))
    schema.config.generation.update(modes=list(GenerationMode), with_security_parameters=False)
    return [found.ok() for found in schema.get_all_operations()]


@cache
def requests(place: int) -> list[Any]:
    """What schemathesis makes of one operation; the same requests every time."""
    made: list[Any] = []

    @settings(
        max_examples=EACH,
        database=None,
        derandomize=True,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    @given(case=operations()[place].as_strategy())
    def make(case: Any) -> None:
        made.append(case)

    make()
    return made[:EACH]


def lived_in(case: Any, account: Account, dice: random.Random) -> None:
    """Most requests are about something that is there, and by a unit about itself."""
    kind = case.path.split("/")[3]
    parameter = "unit" if kind == "units" else "number"
    if parameter in case.path_parameters and dice.random() < 0.85:
        case.path_parameters[parameter] = dice.choice(THINGS[kind])
    if isinstance(case.body, dict):
        for name in UNIT_FIELDS & set(case.body):
            if isinstance(case.body[name], str) and dice.random() < 0.8:
                case.body[name] = account.unit or dice.choice(UNITS)
        if "about" in case.body and dice.random() < 0.85:
            case.body["about"] = dice.choice((*ORDERS, *CASES, *FINDINGS, "SL-1"))
        if dice.random() < 0.8:
            case.body.pop("seen", None)
    if dice.random() < 0.8:
        case.headers.pop("If-Match", None)


def chosen(account: Account, dice: random.Random) -> list[int]:
    """The operations an account tries: all it reads or may do, and some it may not."""
    mine, others = [], []
    for place, one in enumerate(operations()):
        if one.path in SLOW:
            continue
        name = one.path.rpartition("/commands/")[2]
        (mine if account.role in PERMISSIONS.get(name, {account.role}) else others).append(place)
    return mine + dice.sample(others, min(FORBIDDEN, len(others)))


def test_all_roles_together_try_every_operation_there_is() -> None:
    """stage C: over the API, signed in as each role."""
    assert {account.role for account in ACCOUNTS} == set(Role) - {Role.SYSTEM}
    tried = {place for account in ACCOUNTS for place in chosen(account, random.Random(account.account))}
    assert {operations()[place].path for place in set(range(len(operations()))) - tried} == SLOW


@pytest.mark.parametrize("account", ACCOUNTS, ids=lambda one: f"{one.role}-{one.unit}")
def test_no_server_error_no_surprise_and_no_leak_for(
    account: Account, quarter: Quarter, client: asgi.ASGIClient
) -> None:
    dice = random.Random(account.account)
    answered = set()
    for place in chosen(account, dice):
        for made in requests(place):
            case = made.derive()
            lived_in(case, account, dice)
            answer = case.call(session=client, headers=quarter.header(account.account))
            if case.method != "GET" and answer.status_code < 300:
                quarter.town.engine.catch_up()  # what was taken back from a unit is gone from its lists too
            asked = f"{case.path_parameters} {case.query} {case.body}"
            told = words_in(answer.content)
            assert not quarter.leaked(account, told, asked), (case.method, case.formatted_path, told)
            case.validate_response(answer, checks=CHECKS)
            answered.add(answer.status_code)
    assert 200 in answered and answered & {403, 404}
