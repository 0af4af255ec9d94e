"""The dispatcher's desk as its user has it: claims that lock, saved filters, bulk dispatch, undo, the shift."""

import re
from collections.abc import Iterator
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest

from casework.permissions import may
from casework.work_order import commands as c
from casework.work_order.state import Status
from console.access import EVERYBODY
from console.administration.people import Account
from console.orders.page import ACTIONS
from console.static_files import STATIC
from terms.actors import Role
from terms.ids import UnitCode
from tests.console.city import DISPATCHER, Browser, Town, order, served
from tests.console.windows import Watched

if TYPE_CHECKING:
    from playwright.sync_api import Browser as Chromium

COLLEAGUE = Account("yz-21-dispatcher", "样例派单员二", Role.DISPATCHER, UnitCode("C26"), sample=True)
CALLS = (
    ("YZ7001", "小区门口的烧烤店每天晚上油烟很大"),
    ("YZ7002", "社区里没有图书室，老人没地方去"),
    ("YZ7003", "共享单车堆满了人行道，推车都过不去"),
)


@pytest.fixture
def desk(town: Town) -> Iterator[tuple[Town, Browser, Browser]]:
    """A town with three orders waiting, and two dispatchers at their pages."""
    town.people.add_missing([COLLEAGUE])
    town.receive(*(order(number, text) for number, text in CALLS))
    for number, _ in CALLS:
        if town.desk.order(number).lead is not None:  # by rule: taken back, so that all three wait
            town.do(number, c.WithdrawDispatch("留给人工"), DISPATCHER)
    with served(town.app()) as address:
        yield town, Browser(address, "yz-01-dispatcher"), Browser(address, COLLEAGUE.account)


def test_a_colleague_sees_who_is_working_on_an_order_and_is_stopped_until_taking_over(
    desk: tuple[Town, Browser, Browser],
) -> None:
    town, first, second = desk
    assert first.fill("/claim/YZ7001", quiet="yes").json()["mine"]
    assert "样例派单员正在处理" in second.get("/queue").text
    assert "样例派单员</b>" in second.get("/orders/YZ7001").text or "正在处理</b>" in second.get("/orders/YZ7001").text
    refused = second.fill("/act/dispatch/YZ7001", lead="C03", reason="按职责")
    assert refused.status_code == 409
    assert "样例派单员正在处理" in refused.text
    assert town.desk.order("YZ7001").lead is None
    assert second.fill("/claim/YZ7001", take="yes").status_code == 303
    assert second.fill("/act/dispatch/YZ7001", lead="C03", reason="按职责").status_code == 303
    assert town.desk.order("YZ7001").lead == "C03"
    assert "YZ7001" not in first.get("/claims").json()


def test_a_claim_of_the_hotline_stops_no_department_and_departments_see_none(
    desk: tuple[Town, Browser, Browser],
) -> None:
    town, first, _ = desk
    town.dispatch("YZ7001", "C03")
    first.fill("/claim/YZ7001", kept="yes")
    clerk = Browser(str(first.base_url), "yz-05-clerk-chengguan")
    assert clerk.get("/claims").json() == {}
    assert clerk.fill("/claim/YZ7001").status_code == 403
    assert clerk.fill("/act/sign/YZ7001").status_code == 303
    assert town.desk.order("YZ7001").status is Status.SIGNED


def test_a_saved_filter_shows_its_count_and_leads_to_its_orders(desk: tuple[Town, Browser, Browser]) -> None:
    _, first, second = desk
    saved = first.fill("/queue/filters", name="油烟", query="q=油烟&tab=waiting&nonsense=1")
    assert saved.status_code == 303
    chips = re.findall(r'<a href="(/queue\?[^"]*)"[^>]*>油烟<b>(\d+)</b>', first.get("/queue").text)
    assert [count for _, count in chips] == ["1"]
    listed = first.get(chips[0][0]).text
    assert "YZ7001" in listed
    assert "YZ7002" not in listed
    assert "油烟<b>" not in second.get("/queue").text
    first.fill("/queue/filters/drop", name="油烟")
    assert "油烟<b>" not in first.get("/queue").text


def test_the_queue_is_filtered_by_a_unit_however_it_is_written(desk: tuple[Town, Browser, Browser]) -> None:
    town, first, _ = desk
    town.dispatch("YZ7001", "C03")
    name = town.register.as_of(town.now.date()).units[UnitCode("C03")].name
    for written in ("C03", f"C03 {name}", name, "城管局"):
        listed = first.get("/queue", params={"tab": "all", "unit": written}).text
        assert f'value="C03 {name}"' in listed
        assert "YZ7001" in listed and all(number not in listed for number in _elsewhere(town))
    assert "没有符合条件的工单" in first.get("/queue", params={"tab": "all", "unit": "没有这个单位"}).text
    first.fill("/queue/filters", name="城管", query="unit=城管局&tab=all")
    assert re.findall(r'<a href="(/queue\?[^"]*)"[^>]*>城管<b>(\d+)</b>', first.get("/queue").text) == [
        ("/queue?tab=all&amp;unit=C03", str(3 - len(_elsewhere(town))))
    ]


def _elsewhere(town: Town) -> list[str]:
    """The orders that neither lie with 城管局 nor are proposed for it."""
    orders = (town.desk.order(number) for number, _ in CALLS)
    return [one.order_no for one in orders if "C03" not in (one.lead, one.proposal.lead if one.proposal else None)]


def test_in_a_bulk_dispatch_each_order_has_its_own_answer_and_one_refused_stops_no_other(
    desk: tuple[Town, Browser, Browser],
) -> None:
    town, first, second = desk
    second.fill("/claim/YZ7002", kept="yes")
    sendable = [number for number in ("YZ7001", "YZ7003") if _lead(town, number)]
    assert sendable
    body = {"order": ["YZ7001", "YZ7002", "YZ-none", "YZ7003"], "csrf": first.csrf()}
    answer = first.post("/queue/dispatch", data=body)
    assert answer.status_code == 200
    assert f"已派 {len(sendable)} 件，未派 {4 - len(sendable)} 件" in answer.text
    assert "样例派单员二正在处理" in answer.text
    assert "没有工单 YZ-none" in answer.text
    for number in sendable:
        assert town.desk.order(number).lead == _lead(town, number)
    assert town.desk.order("YZ7002").lead is None
    assert first.fill("/queue/dispatch").status_code == 422


def _lead(town: Town, number: str) -> UnitCode | None:
    proposal = town.desk.order(number).proposal
    return proposal.lead if proposal else None


def test_a_dispatch_is_taken_back_by_a_new_event_before_it_is_signed(desk: tuple[Town, Browser, Browser]) -> None:
    town, first, _ = desk
    first.fill("/act/dispatch/YZ7001", lead="C03", reason="按职责")
    shown = first.get("/orders/YZ7001").text
    assert "/orders/YZ7001#form-withdraw-dispatch" in shown
    assert 'data-key="z"' in shown
    first.fill("/act/withdraw-dispatch/YZ7001", reason="派错了")
    assert town.desk.order("YZ7001").lead is None
    types = [event.type for event in town.ledger.stream("order-YZ7001")]
    assert types[-2:] == ["WorkOrderDispatched", "DispatchWithdrawn"]
    clock = town.desk.order("YZ7001").clock("dispatch")
    assert clock is not None and clock.due == town.now + timedelta(hours=2), "the time to dispatch begins anew"
    assert "YZ7001" not in Browser(str(first.base_url), "yz-05-clerk-chengguan").get("/tasks.json?tab=all").text
    town.engine.catch_up()
    rows = {row["order_no"]: row for row in first.get("/queue.json").json()["listed"]["rows"]}
    assert rows["YZ7001"]["due_at"] == clock.due.strftime("%Y-%m-%dT%H:%M:%SZ")
    first.fill("/act/dispatch/YZ7001", lead="C04", reason="又派错")
    assert first.fill("/act/withdraw-dispatch/YZ7001", reason="仍派错").status_code == 303, "as often as it takes"


def test_a_shift_is_handed_over_with_its_list_and_signed_by_the_next(desk: tuple[Town, Browser, Browser]) -> None:
    town, first, second = desk
    first.fill("/claim/YZ7003", kept="yes")
    assert "YZ7003" in first.get("/shift").text
    done = first.fill("/shift", note="单车堆放的来电人约了下午回电")
    sheet = second.get(done.headers["location"]).text
    assert "约了下午回电" in sheet
    assert "YZ7003" in sheet
    assert "接班</button>" in sheet
    assert "接班</button>" not in first.get(done.headers["location"]).text
    assert second.fill(done.headers["location"] + "/take").status_code == 303
    assert "样例派单员二" in first.get(done.headers["location"]).text
    assert town.book.claims("", town.now) == {}
    clerk = Browser(str(first.base_url), "yz-05-clerk-chengguan")
    assert clerk.get("/shift").status_code == 403


def test_sending_an_order_leads_on_to_the_next_one_of_the_list_and_never_elsewhere(
    desk: tuple[Town, Browser, Browser],
) -> None:
    _, dispatcher, _ = desk
    sent = dispatcher.fill("/act/dispatch/YZ7001", lead="C03", reason="按职责", next="/orders/YZ7002")
    assert sent.headers["location"] == "/orders/YZ7002"
    shown = dispatcher.get("/orders/YZ7002").text
    assert "YZ7001 已派单" in shown and "/orders/YZ7001#form-withdraw-dispatch" in shown, "taken back from there"
    for elsewhere in ("//evil.example/orders/YZ7002", "/sign-out", "/orders/../sign-out", "https://evil.example"):
        answer = dispatcher.fill("/act/chase/YZ7003", note="催", next=elsewhere)
        assert answer.headers["location"] == "/orders/YZ7003", elsewhere


def test_the_help_sheet_tells_every_key_that_the_script_listens_to(desk: tuple[Town, Browser, Browser]) -> None:
    script = (STATIC / "console.js").read_text("utf-8")
    heard = set(re.findall(r'key === "(\w|/|\?)"', script))
    assert {"j", "k", "x", "a", "u", "g", "n", "p", "/", "?"} <= heard
    page = desk[1].get("/queue").text
    told = " ".join(re.findall(r"<kbd>(.*?)</kbd>", page.split('id="keys"')[1])).lower()
    assert heard <= set(told.split()), heard - set(told.split())
    for pressed in re.findall(r'data-key="(\w)"', page):
        assert pressed in told.split(), pressed


NEVER_TOGETHER = ({"review", "review-result"}, {"consult", "close-consultation"})  # an order waits for one of them


def test_no_two_things_that_one_person_may_do_with_an_order_share_a_key() -> None:
    taken = set("hczugjk")  # the page's own
    for role in EVERYBODY:
        slugs: dict[str, set[str]] = {}
        for slug, action in ACTIONS.items():
            if action.key and may(role, action.command):
                slugs.setdefault(action.key, set()).add(slug)
        assert not taken & set(slugs), role
        assert [one for one in slugs.values() if len(one) > 1 and one not in NEVER_TOGETHER] == [], role


@pytest.mark.browser
def test_candidates_become_supports_by_their_figures_and_the_same_figure_takes_one_out(
    desk: tuple[Town, Browser, Browser], chromium: "Chromium"
) -> None:
    town, first, _ = desk
    window = Watched(chromium, str(first.base_url), "yz-01-dispatcher")
    page = window.page
    page.goto("/orders/YZ7001")
    names = page.eval_on_selector_all("[data-candidate]", "all => all.map(one => one.dataset.unit)")
    for key in ("1", "2", "1"):
        page.keyboard.press(key)
    page.wait_for_selector("#form-dispatch[open] [data-adds='2'][aria-pressed=true]")
    assert page.get_attribute("#form-dispatch [data-adds='1']", "aria-pressed") == "false"
    assert window.faults() == []
    page.fill("#form-dispatch textarea", "须两家配合")
    page.keyboard.press("Control+Enter")
    page.wait_for_selector(".dz-notice:has-text('已派单')")
    assert town.desk.order("YZ7001").supports == (names[1].split()[0],)
    window.close()


def test_a_row_says_what_its_reader_may_do_next(desk: tuple[Town, Browser, Browser]) -> None:
    _, first, _ = desk
    reviewer = Browser(str(first.base_url), "yz-02-reviewer")
    assert re.search(r'class="dz-do"><a [^>]*>派单</a>', first.get("/queue").text)
    assert re.search(r'class="dz-do"><a [^>]*>查看</a>', reviewer.get("/queue").text)
