"""The HTTP API: each item has its own answer, nothing is taken twice, nobody is let in without a token."""

from collections.abc import Iterator
from datetime import timedelta

import orjson
import pytest

from tests.console.city import Browser, Town, order, served


@pytest.fixture
def house(town: Town) -> Iterator[tuple[Town, str]]:
    """A town and the address of its pages."""
    with served(town.app()) as address:
        yield town, address


def program(town: Town, address: str, *scopes: str, account: str = "yz-15-administrator") -> Browser:
    """A program with an API token."""
    browser = Browser(address)
    token = town.people.issue_token(account, "对接程序", scopes, town.now)
    browser.headers["Authorization"] = f"Bearer {token}"
    return browser


def test_a_batch_is_not_atomic_but_its_items_are(house: tuple[Town, str]) -> None:
    town, address = house
    api = program(town, address, "orders:write")
    batch = [order("YZ9001", "路灯不亮已经三天了"), {"工单编号": "YZ9002"}, order("YZ9003", "井盖松动有响声")]
    answer = api.post("/api/v1/work-orders", json=batch)
    told = answer.json()
    assert answer.status_code == 200
    assert [item["status"] for item in told["items"]] == ["in", "quarantined", "in"]
    assert told["items"][1]["problem"]["code"] == "ingest.bad-field"
    assert (told["in"], told["quarantined"]) == (2, 1)
    again = api.post("/api/v1/work-orders", json=batch).json()
    assert [item["status"] for item in again["items"]] == ["duplicate", "quarantined", "duplicate"]
    changed = api.post("/api/v1/work-orders", json=order("YZ9001", "路灯全不亮"))
    assert (changed.status_code, changed.json()["status"]) == (409, "conflict")


def test_items_without_a_number_are_named_by_the_idempotency_key(house: tuple[Town, str]) -> None:
    town, address = house
    api = program(town, address, "orders:write")
    one = {"text": "小区停水一天了，没有通知。"}
    first = api.post("/api/v1/work-orders", json=one, headers={"Idempotency-Key": "k-1"})
    again = api.post("/api/v1/work-orders", json=one, headers={"Idempotency-Key": "k-1"})
    other = api.post("/api/v1/work-orders", json=one, headers={"Idempotency-Key": "k-2"})
    assert (first.status_code, again.status_code, other.status_code) == (201, 200, 201)
    assert first.json()["order_no"] == again.json()["order_no"] != other.json()["order_no"]


def test_an_order_comes_out_with_its_proposal_and_without_its_person(house: tuple[Town, str]) -> None:
    town, address = house
    town.receive(order("YZ9004", "小区门口的烧烤店每天晚上油烟很大", 主要内容="烧烤店油烟很大，联系电话13900000001"))
    told = program(town, address, "orders:read").get("/api/v1/work-orders/YZ9004").json()
    assert told["proposal"]["lead"]["functions"] and told["history"][0]["type"] == "WorkOrderReceived"
    assert "13900000001" not in orjson.dumps(told).decode()


def test_the_router_answers_a_question_and_records_nothing(house: tuple[Town, str]) -> None:
    town, address = house
    api = program(town, address, "route")
    head = town.ledger.head()
    told = api.post("/api/v1/route", json={"text": "路边烧烤店油烟很大", "place": "望湖区"}).json()
    assert told["lead"]["name"] and 0 <= told["confidence"] <= 1 and town.ledger.head() == head
    bad = api.post("/api/v1/route", json={"text": "", "secret": 1})
    assert bad.status_code == 422 and bad.headers["content-type"] == "application/problem+json"


def test_a_return_without_a_basis_is_recorded_and_marked(house: tuple[Town, str]) -> None:
    town, address = house
    town.receive(order("YZ9005", "工地夜里施工打桩吵人"))
    town.dispatch("YZ9005", "C03")
    api = program(town, address, "returns:write")
    answer = api.post("/api/v1/returns", json={"工单编号": "YZ9005", "退单单位": "城管局", "说明": "不归我们管"})
    assert answer.status_code == 201, answer.text
    page = Browser(address, "yz-02-reviewer").get("/orders/YZ9005").text
    assert "依据不全" in page


@pytest.mark.parametrize("scopes", [(), ("orders:read",)])
def test_a_token_does_only_what_its_scopes_say(house: tuple[Town, str], scopes: tuple[str, ...]) -> None:
    town, address = house
    api = program(town, address, *scopes)
    answer = api.post("/api/v1/work-orders", json=order("YZ9006", "路灯不亮"))
    assert answer.status_code == 403 and answer.json()["code"] == "console.token-scope"
    assert api.get("/operations").status_code == 403, "a token opens no page"


def test_nobody_comes_in_without_a_token_or_with_an_old_one(house: tuple[Town, str]) -> None:
    town, address = house
    api = program(town, address, "orders:write")
    town.now += timedelta(days=400)
    for browser in (Browser(address), api):
        answer = browser.post("/api/v1/work-orders", json=order("YZ9007", "路灯不亮"))
        assert answer.status_code == 401 and answer.headers["www-authenticate"] == "Bearer"
        assert answer.headers["content-type"] == "application/problem+json"


def test_a_body_over_the_limit_is_413_whether_its_length_is_told_or_not(house: tuple[Town, str]) -> None:
    town, address = house
    api = program(town, address, "orders:write")
    limit = town.city.imports.body_limit_bytes
    told = api.post("/api/v1/work-orders", content=b"[" + b" " * limit + b"]")

    def pieces() -> Iterator[bytes]:
        for _ in range(limit // 1_000_000 + 2):
            yield b" " * 1_000_000

    untold = api.post("/api/v1/work-orders", content=pieces())
    for answer in (told, untold):
        assert answer.status_code == 413 and answer.json()["code"] == "input.too-large"


def test_a_body_that_is_no_json_is_a_clear_error(house: tuple[Town, str]) -> None:
    town, address = house
    api = program(town, address, "orders:write")
    assert api.post("/api/v1/work-orders", content=b"{oops").json()["code"] == "input.unreadable"
    assert api.post("/api/v1/work-orders", content=b"").json()["code"] == "console.empty-body"
