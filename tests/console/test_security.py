"""Forged posts, headers, sign-in from elsewhere, and marks in hostile text."""

import re
from collections.abc import Iterator

import pytest
from starlette.requests import Request

from console.security import POLICY
from console.sign_in import from_this_machine
from console.templates import FOLDER as TEMPLATES
from console.templates import marked, merged
from console.words import deadline, due_words, length
from tests.console.city import START, Browser, Town, order, served


@pytest.fixture
def house(town: Town) -> Iterator[tuple[Town, str]]:
    """A town and the address of its pages."""
    town.receive(order("YZ1", "烧烤店<script>alert(1)</script>油烟很大 <b>粗</b>", 标题="<img src=x onerror=alert(1)>"))
    with served(town.app()) as address:
        yield town, address


def test_every_answer_carries_a_policy_without_inline_or_eval(house: tuple[Town, str]) -> None:
    assert "unsafe" not in POLICY
    browser = Browser(house[1], "yz-01-dispatcher")
    for path in ("/queue", "/queue.json", "/orders/YZ1", "/nowhere", "/sign-in"):
        answer = browser.get(path)
        assert answer.headers["content-security-policy"] == POLICY
        assert answer.headers["cache-control"] == "no-store"
        text = answer.text
        assert " style=" not in text and "<style" not in text and " onclick=" not in text and "javascript:" not in text
        assert "http://" not in text.replace(house[1], "") and "https://" not in text


def test_no_template_holds_a_script_a_style_or_anything_that_is_evaluated() -> None:
    inside = re.compile(
        r"<script(?![^>]*\bsrc=)|<style|\sstyle=|\son(?!ly)[a-z]+=|\shx-on|javascript:|=[\"']js:|\shx-vals=[\"']?js|\|\s*safe\b"
    )
    templates = sorted(TEMPLATES.glob("*.html"))
    assert len(templates) > 60
    found = [(one.name, hit.group()) for one in templates for hit in inside.finditer(one.read_text("utf-8"))]
    assert not found, "the policy would not run it, and `safe` would let a caller's words be markup"
    script = "\n".join(one.read_text("utf-8") for one in TEMPLATES.parent.joinpath("static").glob("*.js"))
    assert not re.search(r"\beval\(|new Function\(|setTimeout\(\s*[\"']", script)


def test_what_a_caller_wrote_is_text_and_never_markup(house: tuple[Town, str]) -> None:
    page = Browser(house[1], "yz-01-dispatcher").get("/orders/YZ1").text
    assert "<script>alert" not in page and "<img src=x" not in page and "<b>粗</b>" not in page


def test_a_post_from_another_site_or_without_the_token_changes_nothing(house: tuple[Town, str]) -> None:
    town, address = house
    browser = Browser(address, "yz-01-dispatcher")
    token = browser.csrf()
    head = town.ledger.head()
    forged = [
        browser.post("/act/chase/YZ1", data={"note": "x"}),
        browser.post("/act/chase/YZ1", data={"note": "x", "csrf": "guess"}),
        browser.post("/act/chase/YZ1", data={"note": "x", "csrf": token}, headers={"Origin": "https://evil.example"}),
        browser.post("/act/chase/YZ1", data={"csrf": token}, headers={"Sec-Fetch-Site": "cross-site"}),
        browser.post("/api/v1/work-orders", json=order("YZ2", "x")),
    ]
    assert [answer.status_code for answer in forged] == [403] * 5
    assert town.ledger.head() == head
    assert browser.post("/act/chase/YZ1", data={"note": "x", "csrf": token}).status_code == 303


def request(host: str, **headers: str) -> Request:
    """A request from somewhere."""
    raw = [(name.replace("_", "-").encode(), value.encode()) for name, value in headers.items()]
    return Request({"type": "http", "client": (host, 1), "headers": raw, "method": "GET", "path": "/"})


def test_sample_users_sign_in_from_this_machine_only() -> None:
    assert from_this_machine(request("127.0.0.1")) and from_this_machine(request("::1"))
    assert not from_this_machine(request("10.1.2.3"))
    assert not from_this_machine(request("127.0.0.1", x_forwarded_for="10.1.2.3")), "a proxy passed it on"


def test_sample_sign_in_can_be_forbidden(town: Town) -> None:
    town.samples = False
    with served(town.app()) as address:
        browser = Browser(address)
        assert "样例用户" not in browser.get("/sign-in").text
        assert browser.post("/sign-in/sample", data={"account": "yz-01-dispatcher"}).status_code == 403


@pytest.mark.parametrize("address", ["https://evil.example", "//evil.example", "/\\evil.example", "x"])
def test_a_sign_in_never_leads_to_another_site(house: tuple[Town, str], address: str) -> None:
    browser = Browser(house[1])
    answer = browser.post("/sign-in/sample", data={"account": "yz-01-dispatcher", "next": address})
    assert answer.headers["location"] == "/queue"
    cookie = answer.headers["set-cookie"]
    assert "HttpOnly" in cookie and "samesite=lax" in cookie.lower()


def test_no_address_leads_to_the_host_that_a_request_named(house: tuple[Town, str]) -> None:
    answer = Browser(house[1], "yz-01-dispatcher").get("/queue/", headers={"Host": "evil.example"})
    assert answer.status_code == 404 and "location" not in answer.headers


@pytest.mark.parametrize(("address", "at"), [("/orders/a%00b", "path"), ("/queue.json?unit=a%00b", "query")])
def test_an_address_with_a_nul_is_refused_before_any_database_reads_it(
    house: tuple[Town, str], address: str, at: str
) -> None:
    refused = Browser(house[1], "yz-01-dispatcher").get(address, headers={"Accept": "application/json"})
    assert (refused.status_code, refused.json()["code"], refused.json()["at"]) == (422, "ledger.not-text", at)


def test_signing_out_ends_the_session(house: tuple[Town, str]) -> None:
    browser = Browser(house[1], "yz-01-dispatcher")
    kept = dict(browser.cookies)
    browser.post("/sign-out")
    browser.cookies.update(kept)
    assert browser.get("/queue").status_code == 303


def test_marks_are_escaped_joined_and_cut_to_the_text() -> None:
    assert str(marked("<b>油烟</b>", [(3, 5, "1")])) == "&lt;b&gt;<mark>油烟<sup>1</sup></mark>&lt;/b&gt;"
    assert merged([(2, 4, "1"), (3, 6, "2"), (9, 99, "3"), (5, 5, "4")], 10) == [(2, 6, "1·2"), (9, 10, "3")]


def test_a_day_ends_at_24_and_a_clock_says_in_words_how_it_stands() -> None:
    assert deadline("2026-11-17T16:00:00Z") == "2026-11-17 24:00"
    assert (due_words("2026-11-16T01:00:00+00:00", START) or {})["words"] == "超时30分"
    assert (due_words("2026-11-17T02:30:00Z", START) or {})["words"] == "剩1天1小时"
    assert length(START - START) == "0分"
