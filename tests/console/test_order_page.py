"""The order beside its clauses, what may be done with it, and that doing it shows at once."""

from collections.abc import Iterator
from datetime import timedelta

import orjson
import pytest

from casework.work_order import commands as c
from mandates.sheets import Row
from terms.ids import OrderNo, UnitCode, order_stream
from tests.console.city import DISPATCHER, Browser, Town, order, plain, served
from tests.console.life import clerk

SMOKE = "小区门口的烧烤店每天晚上油烟很大，楼上住户开不了窗，请处理。"


@pytest.fixture
def house(town: Town) -> Iterator[tuple[Town, str]]:
    """A town with one order, and its pages."""
    town.receive(order("YZ8001", SMOKE, 标题="烧烤店油烟扰民"))
    with served(town.app()) as address:
        yield town, address


def test_the_words_of_the_order_stand_beside_the_clause_they_led_to(house: tuple[Town, str]) -> None:
    browser = Browser(house[1], "yz-01-dispatcher")
    told = browser.get("/orders/YZ8001.json").json()
    evidence = told["evidence"][0]
    start, end = evidence["citation"]["order_span"]
    whole = f"{told['texts']['title']}\n{told['texts']['text']}"
    assert whole[start:end] == evidence["words"] and evidence["words"]
    page = browser.get("/orders/YZ8001").text
    assert f"<mark>{evidence['words']}" in page
    assert evidence["citation"]["text"] in plain(page)


def test_the_requesters_name_and_number_are_on_no_page(house: tuple[Town, str]) -> None:
    browser = Browser(house[1], "yz-01-dispatcher")
    for path in ("/queue", "/queue.json", "/orders/YZ8001", "/orders/YZ8001.json", "/api/v1/work-orders/YZ8001"):
        assert "13900000001" not in browser.get(path).text and "测试来电人" not in browser.get(path).text


def test_opening_what_is_sealed_is_recorded_before_it_is_shown(house: tuple[Town, str]) -> None:
    town, address = house
    browser = Browser(address, "yz-01-dispatcher")
    without_purpose = browser.fill("/sealed/YZ8001")
    assert without_purpose.status_code == 422 and "13900000001" not in without_purpose.text
    opened = browser.fill("/sealed/YZ8001", purpose="回访")
    assert "13900000001" in opened.text
    last = town.ledger.stream("order-YZ8001")[-1]  # type: ignore[arg-type]  # the name of a stream is text
    assert (last.type, last.payload["purpose"]) == ("PersonalDataRead", "回访")
    assert "查看个人信息" in browser.get("/orders/YZ8001").text


def test_a_leader_reads_the_order_and_may_do_nothing_with_it(house: tuple[Town, str]) -> None:
    browser = Browser(house[1], "yz-13-leader")
    page = browser.get("/orders/YZ8001").text
    assert 'data-opens="form-' not in page and "查看来电人信息" not in page
    assert browser.fill("/sealed/YZ8001", purpose="回访").status_code == 403
    assert browser.fill("/act/dispatch/YZ8001", lead="C03").status_code == 403


def test_a_dispatch_is_on_the_queue_as_soon_as_its_page_comes_back(house: tuple[Town, str]) -> None:
    town, address = house
    if town.desk.order("YZ8001").lead is not None:
        town.do("YZ8001", c.WithdrawDispatch("试"), DISPATCHER)
    browser = Browser(address, "yz-01-dispatcher")
    answer = browser.fill(
        "/act/dispatch/YZ8001", lead="C03 云泽市城管局", supports="C11", reason="市区交界，由市局牵头"
    )
    assert answer.status_code == 303, answer.text
    assert "更新中" in browser.get("/queue?tab=sent").text, "nobody has folded yet, and the page says so"
    town.engine.catch_up()
    page = browser.get("/queue?tab=sent").text
    assert "更新中" not in page and "YZ8001" in page
    assert town.desk.order("YZ8001").lead == "C03"


def test_a_refusal_says_what_to_do_instead_and_writes_nothing(house: tuple[Town, str]) -> None:
    town, address = house
    head = town.ledger.head()
    answer = Browser(address, "yz-01-dispatcher").fill("/act/follow-up/YZ8001", contacted="yes")
    assert answer.status_code == 409 and "登记回访" in answer.text
    assert town.ledger.head() == head


def test_whoever_comes_second_is_told_what_happened(house: tuple[Town, str]) -> None:
    town, address = house
    town.dispatch("YZ8001", "C03")
    clerk_page = Browser(address, "yz-05-clerk-chengguan")
    seen = str(len(clerk_page.get("/orders/YZ8001.json").json()["timeline"]))
    town.do("YZ8001", c.SignFor(UnitCode("C03")), clerk("C03"))
    answer = clerk_page.fill("/act/sign/YZ8001", seen=seen)
    assert answer.status_code == 409 and "签收" in answer.text and "部门经办人" in answer.text


def test_a_department_signs_works_and_returns_clause_against_clause(house: tuple[Town, str]) -> None:
    town, address = house
    town.dispatch("YZ8001", "C03")
    browser = Browser(address, "yz-05-clerk-chengguan")
    assert browser.get("/tasks?tab=sign").text.count("YZ8001") >= 1
    assert 'action="/act/sign/YZ8001"' in browser.get("/orders/YZ8001").text
    for elsewhere in ("//evil.example/tasks", "/tasks/../sign-out", "/sign-out"):
        gone = browser.fill("/act/contact/YZ8001", reached="yes", back=elsewhere)
        assert gone.headers["location"] == "/orders/YZ8001", elsewhere
    stays = browser.fill("/act/sign/YZ8001", back="/tasks?tab=sign&q=%E6%B2%B9")
    assert stays.headers["location"] == "/tasks?tab=sign&q=%E6%B2%B9", "one signs for the next where one was"
    again = browser.get("/orders/YZ8001").text
    assert 'action="/act/sign/YZ8001"' not in again and 'data-opens="form-return"' in again
    options = browser.get("/clauses", params={"field": "claimed_clause", "unit": "C11", "order": "YZ8001"}).text
    assert 'name="claimed_clause"' in options
    refused = browser.fill("/act/return/YZ8001", reason="not_ours", note="不属本单位", signatory="yz-08-unit-leader")
    assert refused.status_code == 409 and "本单位条目" in refused.text
    stranger = browser.fill("/act/return/YZ8001", reason="not_ours", note="不属本单位", signatory="yz-07-head")
    assert stranger.status_code == 422 and "签署人须是本单位的账号" in stranger.text
    answer = browser.fill(
        "/act/return/YZ8001",
        reason="not_ours",
        denied_clause="C03-SD-08",
        claimed_clause=options.split('value="')[1].split('"')[0],
        proposed_unit="C11 云泽市生态环境局",
        note="应由生态环境部门牵头",
        signatory="yz-08-unit-leader",
    )
    assert answer.status_code == 303, plain(answer.text)
    town.engine.catch_up()
    reviewer = Browser(address, "yz-02-reviewer")
    page = plain(reviewer.get("/orders/YZ8001").text)
    assert "第 1 次退单" in page and "审核退单" in page and "明确不属本单位职责" in page
    assert page.count("样例城管分管领导（分管领导）") == 2, "beside the claim and in the order's life: name and post"
    asked = next(
        event for event in town.ledger.stream(order_stream(OrderNo("YZ8001"))) if event.type == "ReturnRequested"
    )
    assert (asked.payload["signatory"], asked.payload["signatory_post"]) == ("yz-08-unit-leader", "分管领导")
    assert reviewer.fill("/act/review/YZ8001", verdict="refuse", reason="条目明确").status_code == 303
    assert town.desk.order("YZ8001").objection is None


def test_a_designated_unit_is_told_why_it_may_not_return(house: tuple[Town, str]) -> None:
    town, address = house
    town.dispatch("YZ8001", "C03")
    town.do("YZ8001", c.SignFor(UnitCode("C03")), clerk("C03"))
    claim = c.RequestReturn(UnitCode("C03"), "territory", place="别处", note="不在辖区", signatory="x")
    town.do("YZ8001", claim, clerk("C03"))
    reviewer = Browser(address, "yz-02-reviewer")
    assert reviewer.fill("/act/review/YZ8001", verdict="designate", to="C03", reason="职责明确").status_code == 303
    page = Browser(address, "yz-05-clerk-chengguan").get("/orders/YZ8001").text
    assert "不能退单：" in page and "指定承办" in page and 'data-opens="form-return"' not in page


def test_the_past_can_be_looked_at_but_not_acted_on(house: tuple[Town, str]) -> None:
    town, address = house
    first = town.ledger.stream("order-YZ8001")[0].position  # type: ignore[arg-type]  # the name of a stream is text
    browser = Browser(address, "yz-01-dispatcher")
    page = browser.get(f"/orders/YZ8001?at={first}").text
    assert "账本第" in page and 'data-opens="form-' not in page
    assert len(browser.get(f"/orders/YZ8001.json?at={first}").json()["timeline"]) == 1
    assert len(browser.get(f"/orders/YZ8001.json?position={first}").json()["timeline"]) == 1


def test_an_order_is_shown_as_it_stood_at_the_end_of_a_day(house: tuple[Town, str]) -> None:
    """stage D, build 6: every order page as of a date or position."""
    town, address = house
    day = town.now.date()
    before = Browser(address, "yz-01-dispatcher").get("/orders/YZ8001.json").json()
    town.later(days=1)
    town.do("YZ8001", c.Chase("电话"), DISPATCHER)
    browser = Browser(address, "yz-01-dispatcher")
    then, now = (browser.get(f"/orders/YZ8001.json{asked}").json() for asked in (f"?as_of={day}", ""))
    assert then["timeline"] == before["timeline"] and len(now["timeline"]) == len(then["timeline"]) + 1
    page = browser.get(f"/orders/YZ8001?as_of={day}").text
    assert f'name="as_of" value="{day}"' in page and "终了时的情况" in page and 'data-opens="form-' not in page
    unborn = browser.get(f"/orders/YZ8001.json?as_of={day - timedelta(days=3)}")
    assert unborn.status_code == 404 and unborn.json()["code"] == "console.no-order-then"
    unknown = browser.get(f"/orders/YZ0000.json?as_of={day}")
    assert unknown.json()["code"] == "console.no-order", "what may not be seen answers like what is not there"


def test_an_erased_order_shows_its_life_and_no_text(house: tuple[Town, str]) -> None:
    town, address = house
    town.vault.erase(["order-YZ8001"], town.now)
    page = Browser(address, "yz-01-dispatcher").get("/orders/YZ8001")
    assert page.status_code == 200 and "开不了窗" not in plain(page.text)


def test_what_an_older_platform_said_of_time_and_scoring_stands_in_the_orders_life(house: tuple[Town, str]) -> None:
    """domain, section 6: 办理时限, 是否不计考核."""
    town, address = house
    town.receive(order("YZ8003", SMOKE, 办理时限="7个工作日"))
    told = {
        "工单编号": "YZ8003", "环节": "派单", "单位": "C03", "时间": (town.now - timedelta(hours=1)).isoformat(),
        "办理时限": f"{town.now + timedelta(days=9):%Y-%m-%d}", "是否不计考核": "是",
    }  # fmt: skip
    for _ in town.gateway.admit([Row("test", 1, told, orjson.dumps(told))], now=town.now, kind="history"):
        pass
    page = plain(Browser(address, "yz-01-dispatcher").get("/orders/YZ8003").text)
    assert f"{told['办理时限']} 24:00" in page and "办理时限（工作日）" in page
    assert "同意不计考核" in page and "原平台已认定" in page


def test_a_number_with_a_slash_has_a_page_too(house: tuple[Town, str]) -> None:
    town, address = house
    town.receive(order("2026/11-7#2", SMOKE))
    browser = Browser(address, "yz-01-dispatcher")
    assert browser.get("/find?q=2026/11-7%232").headers["location"] == "/orders/2026/11-7%232"
    assert 'action="/act/chase/2026/11-7%232"' in browser.get("/orders/2026/11-7%232").text
    assert browser.fill("/act/chase/2026/11-7%232", note="催").status_code == 303


def test_the_same_request_again_is_marked_and_merged_under_the_earlier_one(house: tuple[Town, str]) -> None:
    town, address = house
    town.receive(order("YZ8002", SMOKE, 标题="烧烤店油烟扰民"))
    browser = Browser(address, "yz-01-dispatcher")
    states = "".join(browser.get(f"/queue?tab={tab}").text for tab in ("waiting", "sent"))
    assert states.count("疑似重复") == 1 and "与 YZ8001 相近" in states
    page = browser.get("/orders/YZ8002").text
    assert "疑似重复" in page and 'value="YZ8001"' in page
    assert "疑似重复" not in browser.get("/orders/YZ8001").text
    assert browser.fill("/act/merge/YZ8002", parent="YZ8001").status_code == 303
    child = town.ledger.stream("order-YZ8002")[-1]  # type: ignore[arg-type]  # the name of a stream is text
    assert child.type == "OrdersMerged" and child.payload["similarity"] == 100
