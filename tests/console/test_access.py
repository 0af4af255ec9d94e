"""Who may see what: walked over every route, for every role."""

import re
from collections.abc import Iterable, Iterator
from urllib.parse import quote

import pytest
from fastapi import FastAPI
from fastapi.openapi.utils import get_openapi

from casework.work_order import commands as c
from console.access import EVERYBODY, HOME, MAY_OPEN, Page, home_of, require_page, scope
from console.administration.people import SCOPES
from console.interface.events_out import CONSUMERS
from console.orders.page import ACTIONS
from console.visit import ADDRESS
from terms.actors import Actor, Role
from terms.errors import NotPermitted
from terms.ids import UnitCode
from tests.console.city import DISPATCHER, Browser, Town, order, plain, served

ELSEWHERE = ("yz-05-clerk-chengguan", "yz-07-head", "yz-08-unit-leader", "yz-09-district-desk", "yz-10-clerk-district")
SECRET = "绿萝路口的梧桐树枝压在电线上请修剪"
TITLE = "梧桐树枝压电线"
NUMBER, CASE, QUESTION = "YZ7001", "JX-2026-701", "行道树枝压电线由谁修剪"
NOT_WALKED = ("/moved", "/sign-out", "/sign-in", "/sign-in/sample")  # a stream (its own test), and the way in and out


@pytest.fixture
def house(town: Town) -> Iterator[tuple[Town, FastAPI, str]]:
    """A town in which 园林局 has one order, and a case with 水务局 over it, and its pages."""
    town.receive(order(NUMBER, SECRET, 标题=TITLE))
    town.dispatch(NUMBER, "C16")
    register = town.register.as_of(town.now.date())
    own = {
        unit: next(one.id for one in register.clauses.values() if one.unit == unit and one.section == "主要职责")
        for unit in ("C16", "C14")
    }
    app = town.app()
    with served(app) as address:
        officer = Browser(address, "yz-03-bianban")
        form = {
            "number": CASE, "matter": "压线树枝", "opened_by": "bianban", "parties": ["C16", "C14"],
            "question": QUESTION, "clauses": "\n".join(f"{unit} {clause}" for unit, clause in own.items()),
            "orders": NUMBER, "jurisdiction": "duty", "csrf": officer.csrf(),
        }  # fmt: skip
        assert officer.post("/cases/open", data=form).status_code == 303
        town.engine.catch_up()
        yield town, app, address


def addresses(app: FastAPI, number: str) -> list[tuple[str, str]]:
    """Every way in, with a number wherever a parameter stands: a new route is walked without being named here."""
    paths = get_openapi(title="", version="", routes=app.routes)["paths"]
    found = [
        (method.upper(), re.sub(r"\{[^}]+\}", quote(number), path.replace("{slug}", slug or number)))
        for path, methods in paths.items()
        for slug in (ACTIONS if "/act/{slug}/{order_no" in path else ("",))
        for method in methods
    ]
    assert len(found) > 30
    return found


def test_every_route_is_walked_but_for_those_named_and_the_machines_own(house: tuple[Town, FastAPI, str]) -> None:
    described = set(get_openapi(title="", version="", routes=house[1].routes)["paths"])
    there = {getattr(route, "path", "").replace(":path}", "}") for route in walk(house[1].routes)}
    assert there - described == {"/static", "/healthz", "/readyz", "/metrics"}
    assert set(NOT_WALKED) <= described


def walk(routes: Iterable[object]) -> Iterator[object]:
    """Routes, those of included routers among them."""
    for route in routes:
        inner = getattr(getattr(route, "original_router", None), "routes", None)
        yield from walk(inner) if inner is not None else (route,)


def test_a_department_sees_nothing_of_anothers_order_or_case_by_any_address(
    house: tuple[Town, FastAPI, str],
) -> None:
    town, app, address = house
    head = town.ledger.head()
    for account in ELSEWHERE:
        browser = Browser(address, account)
        token = browser.csrf()
        ways = [(NUMBER, way) for way in addresses(app, NUMBER)]
        ways += [(CASE, way) for way in addresses(app, CASE) if "case" in way[1] or "paper" in way[1]]
        for number, (method, path) in ways:
            if path in NOT_WALKED:
                continue
            if path.startswith("/act/") and account != ELSEWHERE[0] and path.split("/")[2] not in ("sign", "dispatch"):
                continue  # every action as one of them is enough: what may be seen is asked before which action it is
            queries = ("", f"?tab=all&q={number}", "?unit=C16", f"?field=clause&unit=C16&order={number}")
            for query in queries if method == "GET" else ("",):
                data = {"csrf": token, "purpose": "回访", "reason": "试", "note": "试", "q": number, "order": number}
                if method == "GET":
                    answer = browser.get(path + query)
                elif path.startswith("/api/"):
                    answer = browser.post(path, json={"order_no": number}, headers={"X-CSRF-Token": token})
                else:
                    answer = browser.post(path, data=data)
                seen = plain(answer.text)
                assert not any(word in seen for word in (SECRET[:6], TITLE, QUESTION)), (account, method, path, query)
                assert answer.status_code < 500, (account, method, path, answer.text[:200])
                if answer.status_code == 403:
                    break  # the role may not open it, whatever is asked
    assert town.ledger.head() == head, "nothing was written"


def test_a_token_of_a_department_sees_nothing_more_whatever_its_scopes(house: tuple[Town, FastAPI, str]) -> None:
    town, app, address = house
    token = town.people.issue_token("yz-05-clerk-chengguan", "对接", SCOPES, town.now)
    program = Browser(address)
    program.headers["Authorization"] = f"Bearer {token}"
    paths = {path for method, path in addresses(app, "X") if method == "GET" and path not in NOT_WALKED}
    paths |= {f"/exports/{consumer}.ndjson" for consumer in CONSUMERS}
    opened = 0
    for path in sorted(paths):
        answer = program.get(path)
        opened += answer.status_code == 200
        assert not any(word in answer.text for word in (NUMBER, CASE, TITLE, QUESTION)), path
    assert opened >= 3, "its own orders, cases and findings are open to it"
    city = town.people.issue_token("yz-14-auditor", "巡察", SCOPES, town.now)
    program.headers["Authorization"] = f"Bearer {city}"
    assert NUMBER in program.get("/exports/inspection.ndjson").text


def test_an_order_that_is_anothers_answers_like_one_that_is_not_there(house: tuple[Town, FastAPI, str]) -> None:
    browser = Browser(house[2], "yz-05-clerk-chengguan")
    theirs, nobodys = browser.get("/orders/YZ7001.json"), browser.get("/orders/YZ7002.json")
    assert (theirs.status_code, nobodys.status_code) == (404, 404)
    assert theirs.text.replace("YZ7001", "") == nobodys.text.replace("YZ7002", "")


def test_the_unit_that_has_the_order_sees_it_and_so_does_the_hotline(house: tuple[Town, FastAPI, str]) -> None:
    town, _, address = house
    town.do("YZ7001", c.AddSupport(UnitCode("C03"), "协助围挡"), DISPATCHER)
    for account in ("yz-05-clerk-chengguan", "yz-01-dispatcher", "yz-13-leader"):
        page = Browser(address, account).get("/orders/YZ7001")
        assert page.status_code == 200 and "梧桐树枝压电线" in plain(page.text), account


def test_a_district_desk_sees_its_district_and_no_other(town: Town) -> None:
    town.receive(
        order("YZ7003", "望湖区路边烧烤店油烟很大"), order("YZ7004", "东渡区路边烧烤店油烟很大", 被反映区="东渡区")
    )
    town.dispatch("YZ7003", "D1-03")
    town.dispatch("YZ7004", "D2-03")
    with served(town.app()) as address:
        browser = Browser(address, "yz-09-district-desk")
        assert browser.get("/orders/YZ7003").status_code == 200
        assert browser.get("/orders/YZ7004").status_code == 404
        listed = browser.get("/queue.json?tab=all").json()["listed"]["rows"]
        assert {row["order_no"] for row in listed} == {"YZ7003"}
        assert "YZ7004" not in browser.get("/tasks.json?tab=all").text


def test_every_page_opens_for_the_roles_that_may_and_for_no_other(town: Town) -> None:
    with served(town.app()) as address:
        for account in town.people.samples():
            browser = Browser(address, account.account)
            for page, path in ADDRESS.items():
                status = browser.get(path).status_code
                assert status == (200 if account.role in MAY_OPEN[page] else 403), (account.role, page, status)
            home = browser.get("/")
            assert browser.get(home.headers["location"]).status_code == 200, account.role


def test_nobody_signed_in_reaches_nothing_but_the_sign_in_page(house: tuple[Town, FastAPI, str]) -> None:
    _, app, address = house
    stranger = Browser(address)
    for method, path in addresses(app, "YZ7001"):
        answer = stranger.request(method, path, headers={"Accept": "text/html"})
        if path.startswith("/sign-in") or path in ("/sign-out", "/"):
            continue
        if path.startswith(("/open311/", "/sign-in/oidc")):
            assert answer.status_code == 404, "this city publishes nothing and has no provider of identities"
            continue
        assert answer.status_code in (303, 401), (method, path, answer.status_code)
        assert "梧桐" not in plain(answer.text)


def test_the_stream_of_news_names_no_order(house: tuple[Town, FastAPI, str]) -> None:
    with Browser(house[2], "yz-05-clerk-chengguan").stream("GET", "/moved") as news:
        assert news.headers["content-type"].startswith("text/event-stream")
        seen = ""
        for chunk in news.iter_text():
            seen += chunk
            if "data:" in seen:
                break
    assert re.fullmatch(r"retry: 3000\n\n((event: moved\ndata: \d+|event: claimed\ndata: \d+/[\dT:.+-]*)\n\n)+", seen)


def test_every_role_but_the_system_has_a_home_it_may_open() -> None:
    pages = {address: page for page, address in ADDRESS.items()}
    for role in EVERYBODY:
        require_page(role, pages[home_of(role)])
    assert set(Role) - EVERYBODY == {Role.SYSTEM}
    assert set(HOME) <= EVERYBODY
    with pytest.raises(NotPermitted):
        require_page(Role.CLERK, Page.QUEUE)


def test_a_unit_role_without_a_unit_sees_nothing(town: Town) -> None:
    register = town.register.as_of(town.now.date())
    assert scope(Actor("nobody", Role.CLERK), register) == frozenset()
