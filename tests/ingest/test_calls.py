"""A call brings one item or many; each is answered for itself, and the same call again changes nothing."""

import hashlib

import orjson
import pytest

from ingest.gateway import Gateway
from ledger.store import Ledger
from mandates.sheets import rows_of
from terms.errors import BadInput
from tests.ingest.conftest import NOW
from tests.ingest.rows import ORDER


def answers(gateway: Gateway, body: object, key: str = "", kind: str = "work-order") -> list[dict[str, object]]:
    """What the call is answered, item by item."""
    rows = rows_of(orjson.dumps(body), ".json", "api")
    digest = hashlib.sha256(key.encode()).hexdigest() if key else ""
    *_, summary = gateway.admit(rows, now=NOW, kind=kind, file_digest=digest, answers=True)
    return summary.answers


def test_a_single_item_is_answered_with_its_number_and_position(gateway: Gateway) -> None:
    assert answers(gateway, ORDER) == [{"row": 1, "status": "in", "position": 1, "order_no": "W-1"}]


def test_items_are_atomic_and_a_batch_is_not(gateway: Gateway, ledger: Ledger) -> None:
    found = answers(gateway, [ORDER, {"工单编号": "W-2"}, 7, ORDER | {"工单编号": "W-3"}])
    assert [one["status"] for one in found] == ["in", "quarantined", "quarantined", "in"]
    problem = found[1]["problem"]
    assert isinstance(problem, dict)
    assert (problem["code"], problem["status"]) == ("ingest.bad-field", 422)
    assert ledger.head() == 4


def test_the_same_call_again_changes_nothing_even_without_numbers(gateway: Gateway, ledger: Ledger) -> None:
    nameless = [{"标题": "路灯不亮"}, {"标题": "路灯不亮"}]
    first, again = (
        answers(gateway, nameless, "call-2024-03-04-0001"),
        answers(gateway, nameless, "call-2024-03-04-0001"),
    )
    other = answers(gateway, nameless, "call-2024-03-04-0002")
    assert [one["status"] for one in first + again + other] == ["in"] * 2 + ["duplicate"] * 2 + ["in"] * 2
    assert [one["order_no"] for one in first] == [one["order_no"] for one in again]
    assert ledger.head() == 4


@pytest.mark.parametrize("body", [b"", b"{", b"[{}", b"\xff", b'{"a":1}{"b":2}'])
def test_a_body_that_is_no_json_is_refused_whole(body: bytes) -> None:
    with pytest.raises(BadInput) as refused:
        rows_of(body, ".json", "api").__next__()
    assert (refused.value.code, refused.value.status) == ("input.unreadable", 422)
