"""What could not go in is opened for a purpose, corrected and tried again on a page, by an administrator only."""

import re
from collections.abc import Iterator

import pytest

from ingest.quarantine import INPUT_READ, held
from tests.console.city import Browser, Town, order, served

ADMIN = "yz-15-administrator"
PHONE = "13900000001"
WRONG = order("H1", f"路灯不亮，请回电{PHONE}", 受理时间="昨天")


@pytest.fixture
def office(town: Town) -> Iterator[tuple[Town, str, Browser]]:
    """A town with one order in quarantine, its address, and its administrator at the pages."""
    town.receive(WRONG)
    with served(town.app()) as address:
        yield town, address, Browser(address, ADMIN)


def stream_of(browser: Browser) -> str:
    """The one that is held, as the page links it."""
    found = re.search(r'href="/operations/held/(quarantine-[0-9a-f]+)"', browser.get("/operations").text)
    assert found
    return found.group(1)


def test_what_is_held_is_opened_for_a_purpose_corrected_and_goes_in(office: tuple[Town, str, Browser]) -> None:
    town, _, administrator = office
    stream = stream_of(administrator)
    held_page = administrator.get(f"/operations/held/{stream}").text
    assert PHONE not in held_page, "sealed until it is asked for"
    assert "“受理时间（received_at）”有误" in held_page
    refused = administrator.fill(f"/operations/held/open/{stream}")
    assert refused.status_code == 422 and not town.ledger.stream(stream)[1:], "nothing is opened without a purpose"

    shown = administrator.fill(f"/operations/held/open/{stream}", purpose="更正受理时间")
    assert PHONE in shown.text and "昨天" in shown.text
    assert town.ledger.stream(stream)[-1].type == INPUT_READ
    town.work()
    (reading,) = administrator.get("/readings.json").json()["readings"]
    assert (reading["account"], reading["purpose"], reading["order_no"]) == (ADMIN, "更正受理时间", stream)

    for bad in ("[1]", "{", '{"工单编号": "H1", "主要内容": "x", "受理时间": "前天"}'):
        still = administrator.fill(f"/operations/held/replay/{stream}", content=bad)
        assert still.status_code == 422
    mended = '{"工单编号": "H1", "主要内容": "路灯不亮", "受理时间": "2026-11-15 09:00"}'
    assert administrator.fill(f"/operations/held/replay/{stream}", content=mended).status_code == 303
    assert [one.replayed for one in held(town.ledger)] == [True]
    town.work()
    assert administrator.get("/orders/H1").status_code == 200
    head = town.ledger.head()
    administrator.fill(f"/operations/held/replay/{stream}", content=mended)
    assert town.ledger.head() == head, "a second time changes nothing"


def test_everything_that_waits_is_tried_again_and_what_cannot_go_in_stays(office: tuple[Town, str, Browser]) -> None:
    town, address, _ = office
    town.receive(order("H2", "井盖破损", 受理时间="2026-11-20 09:00"))  # from the future, until that day has come
    town.later(days=5)
    administrator = Browser(address, ADMIN)
    assert administrator.fill("/operations/held/replay").status_code == 303
    assert "已重放 1 条，仍有 1 条" in administrator.get("/operations").text
    assert {one.order_no for one in held(town.ledger) if one.replayed} == {"H2"}


def test_whoever_is_no_administrator_opens_and_replays_nothing(office: tuple[Town, str, Browser]) -> None:
    town, address, administrator = office
    stream = stream_of(administrator)
    head = town.ledger.head()
    for account, sees in (("yz-14-auditor", 200), ("yz-01-dispatcher", 403)):
        browser = Browser(address, account)
        page = browser.get(f"/operations/held/{stream}")
        assert page.status_code == sees and '<form method="post" action="/operations/held' not in page.text
        for door in (f"open/{stream}", f"replay/{stream}", "replay"):
            assert browser.fill(f"/operations/held/{door}", purpose="x").status_code == 403
    assert town.ledger.head() == head
    assert administrator.get("/operations/held/quarantine-0").status_code == 404
