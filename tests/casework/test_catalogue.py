"""Commands by name, as the API and the CLI read them."""

import pytest

from casework.catalogue import COMMANDS, read_command, schema_of
from casework.permissions import PERMISSIONS
from casework.work_order import commands as c
from terms.errors import BadInput, NotFound
from tests.casework.town import CHENGGUAN, cite


def test_every_command_can_be_read_by_its_name_and_has_a_schema() -> None:
    assert set(COMMANDS) == set(PERMISSIONS)
    assert all(schema_of(name)["type"] == "object" for name in COMMANDS)


def test_a_command_is_read_from_plain_json() -> None:
    citation = cite("C03-1", CHENGGUAN)
    told = {"lead": "C03", "supports": ["C04"], "citations": [{
        "unit": "C03", "clause_id": "C03-1", "instrument": None, "text": citation.text,
        "order_span": [0, 2], "clause_span": [0, 2],
    }]}  # fmt: skip
    assert read_command("Dispatch", told) == c.Dispatch(CHENGGUAN, ("C04",), citations=(citation,))  # type: ignore[arg-type]  # a plain code


@pytest.mark.parametrize(
    ("name", "fields", "at"),
    [
        ("SignFor", {}, "unit"),
        ("SignFor", {"unit": "C03", "phone": "1"}, "phone"),
        ("ReviewReturn", {"verdict": "forget", "reason": "x"}, "verdict"),
        ("Shelve", {"reason": "x", "review_on": "soon"}, "review_on"),
    ],
)
def test_a_field_at_fault_is_named(name: str, fields: dict[str, str], at: str) -> None:
    with pytest.raises(BadInput) as caught:
        read_command(name, fields)
    assert caught.value.at == at


def test_a_command_nobody_knows_is_not_found() -> None:
    with pytest.raises(NotFound):
        read_command("DropTables", {})
    with pytest.raises(NotFound):
        schema_of("DropTables")
