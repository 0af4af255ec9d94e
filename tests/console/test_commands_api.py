"""Every command by HTTP: who may, on what, what a rule says instead, who was first; and what nobody else learns."""

import hashlib
import re
import shlex
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import orjson
import pytest
from fastapi.routing import APIRoute

from automation.router import Router
from casework.catalogue import COMMANDS
from casework.papers.rendering import text_of
from casework.permissions import PERMISSIONS, commands_of
from console.administration.people import SCOPES
from console.interface import commands, orders, scans, things
from console.interface.doors import DOORS
from console.interface.schema import givable, openapi
from terms.actors import Role
from terms.ids import order_stream
from tests.console.city import Browser, Town, copy_template, served
from tests.console.quarter import ACCOUNTS, ORDERS, Quarter, words_in

CLERK, HEAD, FANGGUAN = "yz-05-clerk-chengguan", "yz-16-head-chengguan", "yz-07-head"
LEADER = "yz-17-leader-fangguan"
DISPATCHER, REVIEWER = "yz-01-dispatcher", "yz-02-reviewer"
OFFICER, DIRECTOR, AUDITOR = "yz-03-bianban", "yz-04-bianban-director", "yz-14-auditor"
ADMINISTRATOR = "yz-15-administrator"
PROBLEM = "application/problem+json"
DOCUMENT = (Path(__file__).parents[2] / "docs/api.md").read_text("utf-8")
AN_ADDRESS = re.compile(r"\{[^}]+\}")


class House:
    """A quarter behind a real server, and a program for every account."""

    def __init__(self, quarter: Quarter, address: str) -> None:
        self.quarter, self.address = quarter, address
        self._client = httpx.Client(base_url=f"{address}/api/v1", timeout=60)

    def close(self) -> None:
        self._client.close()

    def get(self, account: str, path: str) -> httpx.Response:
        return self._client.get(path, headers=self.quarter.header(account))

    def do(self, account: str, path: str, body: Any = None, **headers: str) -> httpx.Response:
        thing, _, name = path.rpartition("/")
        told = self.quarter.header(account) | headers
        return self._client.post(f"{thing}/commands/{name}", json=body or {}, headers=told)

    def send(self, account: str, path: str, content: bytes) -> httpx.Response:
        return self._client.post(path, content=content, headers=self.quarter.header(account))


@pytest.fixture
def house(town: Town) -> Iterator[House]:
    """A quarter of its own: these tests write."""
    quarter = Quarter(town)
    with served(town.app()) as address:
        made = House(quarter, address)
        yield made
        made.close()


@pytest.fixture(scope="module")
def seen(template: Path, router: Router, tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    """A quarter that is only looked at."""
    url, key = copy_template(template, tmp_path_factory.mktemp("seen"))
    town = Town(url, key, router)
    with served(town.app()) as address:
        made = House(Quarter(town), address)
        yield made
        made.close()
    town.close()


# --- the description ---


def test_every_command_a_person_may_give_has_an_address_in_the_description_and_a_door() -> None:
    described = {path.rpartition("/")[2] for path in openapi()["paths"] if "/commands/" in path}
    assert described == {name for name in COMMANDS if PERMISSIONS[name] - {Role.SYSTEM}}
    assert described == {name for door in DOORS for name in givable(door)}


def test_the_description_names_every_address_of_the_api_and_no_other(seen: House) -> None:
    def shape(path: str, method: str) -> tuple[str, str]:
        return re.sub(r"/commands/\w+$", "/commands/{}", AN_ADDRESS.sub("{}", path)), method.lower()

    described = {shape(path, method) for path, one in openapi()["paths"].items() for method in one}
    routes = {
        shape(route.path, method)
        for room in (orders, commands, scans, things)
        for route in room.router.routes
        if isinstance(route, APIRoute)
        for method in route.methods
    }
    assert described == routes


def test_a_paper_is_issued_by_program_and_read_by_those_it_concerns(house: House) -> None:
    """stage C, items 8 and 9: drafted, reviewed, signed and printed over HTTP, each by whom it may."""
    assert house.do(DISPATCHER, "/papers/GW-8/WriteDispatchNotice", {"about": "LK-0003"}).status_code == 200
    assert house.do(HEAD, "/papers/GW-8/ReviewPaper", {"passed": True}).status_code == 404
    assert house.do(DISPATCHER, "/papers/GW-8/SignPaper").json()["rule"] == "role"
    assert house.do(REVIEWER, "/papers/GW-8/SignPaper").json()["rule"] == "paper-phase"
    assert house.do(REVIEWER, "/papers/GW-8/ReviewPaper", {"passed": True}).status_code == 200
    signed = house.do(REVIEWER, "/papers/GW-8/SignPaper")
    assert signed.status_code == 200 and signed.json()["facts"] == ["PaperSigned", "PaperIssued"]
    sheet = house.get(REVIEWER, "/papers/GW-8").json()
    file = house.get(REVIEWER, "/papers/GW-8/file")
    assert hashlib.sha256(file.content).hexdigest() == sheet["seal"] and sheet["doc_no"].endswith("号")
    assert "attachment" in file.headers["content-disposition"]
    assert sheet["doc_no"] in text_of(file.content)
    assert house.get(HEAD, "/papers/GW-1/file").status_code == 200, "addressed to it"
    assert house.get(FANGGUAN, "/papers/GW-1/file").status_code == 404, "has no part in the order"
    assert house.get(HEAD, "/papers/GW-1/approval-sheet").status_code == 403, "stays with the issuer"
    assert house.get(REVIEWER, "/papers/GW-1/approval-sheet").status_code == 200
    assert house.get(HEAD, "/papers/GW-8").status_code == 404
    assert house.get(FANGGUAN, "/papers/GW-2").status_code == 404, "a draft of another unit"
    assert house.get(DISPATCHER, "/papers/GW-3").status_code == 404, "about a finding it may not read"
    assert house.do(HEAD, "/papers/GW-9/WriteReturnApplication", {"about": "LK-0002"}).status_code == 404
    taken = house.do(FANGGUAN, "/papers/GW-2/WriteReturnApplication", {"about": "LK-0002"})
    assert taken.json()["rule"] == "paper-number-taken"
    listed = {one["number"] for one in house.get(HEAD, "/papers").json()["items"]}
    assert listed == {"GW-1", "GW-2"}


def test_a_list_of_orders_holds_the_whole_city_or_ones_own(seen: House) -> None:
    """stage C, item 9: data scope by unit and district."""
    city = seen.get(DISPATCHER, "/work-orders?size=100").json()
    assert {one["order_no"] for one in city["items"]} >= set(ORDERS) and city["total"] == len(city["items"])
    own = seen.get(CLERK, "/work-orders").json()
    assert own["items"] and {one["lead"] for one in own["items"]} == {"C03"}
    assert seen.get(CLERK, "/work-orders?unit=C05").json()["items"] == []
    two = seen.get(DISPATCHER, "/work-orders?size=2&page=2&sort=old").json()
    assert len(two["items"]) == 2 and two["pages"] == -(-two["total"] // 2)
    assert {one["lead"] for one in seen.get(DISPATCHER, "/work-orders?unit=C16").json()["items"]} == {"C16"}
    refused = seen.get(DISPATCHER, "/work-orders?size=1000")
    assert refused.status_code == 422 and refused.headers["content-type"] == PROBLEM


def test_a_role_that_may_give_a_command_may_see_what_it_acts_on() -> None:
    for door in DOORS:
        for name in givable(door):
            assert PERMISSIONS[name] - {Role.SYSTEM} <= door.readers, (door.noun, name)


def test_every_account_is_told_exactly_the_commands_of_its_role(seen: House) -> None:
    for account in ACCOUNTS:
        told = seen.get(account.account, "/commands").json()
        assert {one["name"] for one in told["commands"]} == set(commands_of(account.role)), account.role
        for one in told["commands"]:
            assert one["body"]["type"] == "object" and "seen" in one["body"]["properties"]
            assert one["address"].startswith(f"/api/v1/{one['on']}/")


def test_every_address_answers_every_role_without_a_server_error(seen: House) -> None:
    things = {
        "work-orders": "LK-0001", "cases": "JX-1", "findings": "WT-1", "digests": "SL-1", "papers": "GW-1",
        "score-sheets": "2026-Q3", "assessments": "PG-1",
        "units": "C03",
    }  # fmt: skip
    head = seen.quarter.town.ledger.head()
    for account in {one.role: one for one in ACCOUNTS}.values():
        for path, methods in openapi()["paths"].items():
            kind = path.split("/")[3]
            address = AN_ADDRESS.sub(things.get(kind, "x"), path.removeprefix("/api/v1"))
            for method in methods:
                answer = (
                    seen.get(account.account, address)
                    if method == "get"
                    else seen.send(account.account, address, b'{"nobody knows": 1}')
                    if "/commands/" in address
                    else seen.send(account.account, address, b"")
                )
                assert answer.status_code < 500, (account.role, method, address, answer.text)
                assert answer.status_code == 200 or answer.headers["content-type"] == PROBLEM
                told = words_in(answer.content)
                assert not seen.quarter.leaked(account, told, address), (account.role, address, told)
    assert seen.quarter.town.ledger.head() == head, "nothing was written"


# --- giving a command ---


def test_a_command_answers_with_the_new_version_the_position_and_the_types_of_the_facts(house: House) -> None:
    before = house.get(CLERK, "/work-orders/LK-0001")
    assert before.headers["etag"] == f'"{before.json()["version"]}"'
    done = house.do(CLERK, "/work-orders/LK-0001/SignFor", {"unit": "C03"}, **{"If-Match": before.headers["etag"]})
    assert done.status_code == 200, done.text
    assert done.json() == {
        "number": "LK-0001",
        "command": "SignFor",
        "version": before.json()["version"] + 1,
        "position": house.quarter.town.ledger.head(),
        "facts": ["WorkOrderSignedFor"],
    }
    assert done.headers["etag"] == house.get(CLERK, "/work-orders/LK-0001").headers["etag"]
    again = house.do(CLERK, "/work-orders/LK-0001/SignFor", {"unit": "C03"})
    assert again.status_code == 200 and again.json()["facts"] == []
    assert again.json()["version"] == done.json()["version"]


@pytest.mark.parametrize("by_header", [True, False])
def test_who_comes_second_is_told_what_happened_and_nothing_is_done(house: House, by_header: bool) -> None:
    version = house.get(CLERK, "/work-orders/LK-0001").json()["version"]
    assert house.do(CLERK, "/work-orders/LK-0001/SignFor", {"unit": "C03"}).status_code == 200
    headers = {"If-Match": f'"{version}"'} if by_header else {}
    body = {"unit": "C03"} | ({} if by_header else {"seen": version})
    late = house.do(HEAD, "/work-orders/LK-0001/StartWork", body, **headers)
    assert (late.status_code, late.headers["content-type"]) == (409, PROBLEM)
    told = late.json()
    assert told["code"] == "casework.somebody-was-first" and told["version"] == version + 1
    assert "签收" in told["title"] and "部门经办人" in told["title"]
    assert house.quarter.town.desk.order("LK-0001").status == "签收"


def test_a_rule_says_its_name_and_what_to_do_instead(house: House) -> None:
    told = house.do(REVIEWER, "/work-orders/LK-0007/ReviewReturn", {"verdict": "reassign", "reason": "x", "to": "C03"})
    assert (told.status_code, told.headers["content-type"]) == (409, PROBLEM)
    assert told.json()["code"] == f"rule.{told.json()['rule']}" and "请" in told.json()["title"]
    started = house.do(CLERK, "/work-orders/LK-0001/ReviewReturn", {"verdict": "refuse", "reason": "x"})
    assert (started.status_code, started.json()["rule"]) == (403, "role")
    others = house.do(CLERK, "/work-orders/LK-0001/SignFor", {"unit": "C05"})
    assert (others.status_code, others.json()["rule"]) == (403, "own-unit")


@pytest.mark.parametrize(
    ("body", "at"),
    [
        (b"{oops", "body"),
        (b"[1]", "body"),
        (b'{"lead": 3}', "lead"),
        (b'{"lead": "C03", "secret": 1}', "secret"),
        (b'{"lead": "C03", "by": "rule"}', "by"),
        (b'{"lead": "C03", "seen": -1.5}', "seen"),
        (b'{"lead": "C03", "reason": "\\ud800"}', "body"),
        (b"{}", "lead"),
    ],
)
def test_a_body_that_cannot_be_read_names_the_field(seen: House, body: bytes, at: str) -> None:
    told = seen.send(DISPATCHER, "/work-orders/LK-0006/commands/Dispatch", body)
    assert (told.status_code, told.headers["content-type"], told.json()["at"]) == (422, PROBLEM, at), told.text


def test_absurd_values_are_refused_and_break_nothing(house: House) -> None:
    for account, path, body in (
        (DISPATCHER, "/work-orders/LK-0006/Dispatch", {"lead": "C03", "reason": "x", "statutory_days": 10**9}),
        (DISPATCHER, "/work-orders/LK-0006/Dispatch", {"lead": "C03", "reason": "x", "statutory_days": -(2**63)}),
        (DISPATCHER, "/work-orders/LK-0006/Dispatch", {"lead": "C03", "reason": "坏\u0000字"}),
        (CLERK, "/work-orders/LK-0001/ReportProgress",
         {"unit": "C03", "note": "x", "attachments": [{"name": "\u0000"}]}),
        (DISPATCHER, "/work-orders/LK-0006/Merge", {"parent": "LK-0005", "similarity": 2**63}),
        (DISPATCHER, "/work-orders/LK-0006/Merge", {"parent": "\u0000"}),
        (REVIEWER, "/work-orders/LK-0001/Shelve", {"reason": "x", "review_on": "9999-12-31"}),
        (REVIEWER, "/work-orders/LK-0001/Shelve", {"reason": "x", "review_on": "0001-01-01"}),
        (CLERK, "/work-orders/LK-0001/AssignInside", {"unit": "C03", "office": "x", "due": "2026-12-01T09:00:00"}),
        (ADMINISTRATOR, "/work-orders/LK-0001/RecordReturn", {"unit": "C03", "returned_at": "2026-12-01T09:00:00"}),
        (ADMINISTRATOR, f"/work-orders/{'9' * 81}/RecordReturn", {"unit": "C03"}),
        (ADMINISTRATOR, "/work-orders/%00/RecordReturn", {"unit": "C03"}),
        (OFFICER, "/digests/SL-1/JudgeItem",
         {"item": "i1", "opinion": "x", "disposition": "会商", "owner": "C03", "due": "9999-12-31"}),
        (OFFICER, "/digests/SL-2/OpenDigest", {"period_from": "0001-01-01", "period_to": "9999-12-31", "items": []}),
    ):  # fmt: skip
        answer = house.do(account, path, body)
        assert answer.status_code in (409, 422), (path, body, answer.status_code, answer.text)


def test_a_browser_needs_its_own_token_beside_its_session(house: House) -> None:
    browser = Browser(house.address, CLERK)
    path = "/api/v1/work-orders/LK-0001/commands/SignFor"
    forged = browser.post(path, json={"unit": "C03"})
    assert (forged.status_code, forged.json()["code"]) == (403, "console.forged")
    assert browser.post(path, json={"unit": "C03"}, headers={"X-CSRF-Token": browser.csrf()}).status_code == 200


def test_a_token_gives_commands_only_with_their_scope_and_nobody_without_one(house: House) -> None:
    town = house.quarter.town
    token = town.people.issue_token(CLERK, "只读", ("orders:read",), town.now)
    path = f"{house.address}/api/v1/work-orders/LK-0001/commands/SignFor"
    answer = httpx.post(path, json={"unit": "C03"}, headers={"Authorization": f"Bearer {token}"}, timeout=60)
    assert (answer.status_code, answer.json()["code"]) == (403, "console.token-scope")
    stranger = httpx.post(path, json={"unit": "C03"}, timeout=60)
    assert stranger.status_code == 401 and stranger.headers["www-authenticate"] == "Bearer"


# --- what nobody else learns ---


@pytest.mark.parametrize(
    ("thing", "name", "body"),
    [
        ("work-orders/LK-0005", "SignFor", {"unit": "C03"}),
        ("work-orders/LK-0005", "SignFor", {"unit": "C03", "seen": 1}),
        ("cases/JX-2", "GiveOpinion", {"unit": "C03", "position": "x"}),
        ("findings/WT-4", "AnswerFeedback", {"unit": "C03", "accepts": True}),
        ("findings/WT-3", "AnswerFeedback", {"unit": "C03", "accepts": True}),
    ],
)
def test_a_command_on_anothers_thing_answers_as_on_one_that_is_not_there(
    house: House, thing: str, name: str, body: dict[str, Any]
) -> None:
    kind, _, number = thing.partition("/")
    theirs, nobodys = house.do(HEAD, f"{thing}/{name}", body), house.do(HEAD, f"{kind}/NO-1/{name}", body)
    assert theirs.status_code == nobodys.status_code == 404
    assert theirs.text.replace(number, "") == nobodys.text.replace("NO-1", "")


def test_a_taken_number_tells_a_department_that_it_is_taken_and_nothing_else(house: House) -> None:
    told = {"matter": "x", "opened_by": "department", "parties": ["C03", "C05"], "question": "x"}
    for more in ({}, {"seen": 0}):
        answer = house.do(HEAD, "/cases/JX-2/OpenCase", told | more)
        assert (answer.status_code, answer.json()["rule"]) == (409, "case-opened-once")
        assert "意见" not in answer.text and "version" not in answer.json()


def test_a_department_opens_no_case_on_anothers_order(house: House) -> None:
    told = {"matter": "x", "opened_by": "department", "parties": ["C03", "C05"], "question": "x"}
    assert house.do(HEAD, "/cases/JX-3/OpenCase", told | {"orders": ["LK-0005"]}).status_code == 404
    assert house.do(HEAD, "/cases/JX-3/OpenCase", told | {"orders": ["LK-0001"]}).status_code == 200


def test_a_party_reads_of_a_case_its_own_orders_and_its_own_opinion(seen: House) -> None:
    own, other, whole = (seen.get(one, "/cases/JX-1").json() for one in (HEAD, FANGGUAN, OFFICER))
    assert (own["orders"], other["orders"]) == (["LK-0001", "LK-0007"], ["LK-0002"])
    assert set(whole["orders"]) == {*own["orders"], *other["orders"]}
    assert [one["unit"] for one in own["opinions"]] == ["C03"] and len(whole["opinions"]) == 2
    assert seen.get(HEAD, "/cases/JX-2").status_code == 404
    assert [one["number"] for one in seen.get(HEAD, "/cases").json()["items"]] == ["JX-1"]
    assert seen.get(DISPATCHER, "/cases").status_code == 403


def test_a_unit_learns_of_a_finding_when_it_is_told_of_it(house: House) -> None:
    assert house.get(HEAD, "/findings/WT-3").status_code == 404
    assert [one["number"] for one in house.get(HEAD, "/findings").json()["items"]] == ["WT-1"]
    assert house.do(OFFICER, "/findings/WT-3/GiveFeedback", {"text": "请说明"}).status_code == 200
    told = house.get(HEAD, "/findings/WT-3").json()
    assert [step["type"] for step in told["history"]] == ["FeedbackGiven"] and told["evidence"] == []
    assert house.get(FANGGUAN, "/findings/WT-3").status_code == 404


def test_a_hidden_reporter_stays_hidden_from_the_unit_complained_about(house: House) -> None:
    """济南条例 art. 32: who reported is hidden from who is reported."""
    asked = {"purpose": "核实"}
    for account in (CLERK, HEAD):
        refused = house.do(account, "/work-orders/LK-0011/ReadPersonalData", asked)
        assert (refused.status_code, refused.json()["rule"]) == (403, "reporter-hidden")
        assert "caller" not in house.get(account, "/work-orders/LK-0011").text
    assert house.do(FANGGUAN, "/work-orders/LK-0011/ReadPersonalData", asked).json()["rule"] == "reporter-hidden"
    assert house.do(DISPATCHER, "/work-orders/LK-0011/ReadPersonalData", asked).status_code == 200


def test_what_a_citizen_adds_is_sealed_and_masked_before_it_is_kept(house: House) -> None:
    town = house.quarter.town
    text = "我是测试来电人，请回电13900000001，井盖又响了"
    done = house.do(DISPATCHER, "/work-orders/LK-0001/AddToOrder", {"text": text, "channel": "电话"})
    assert done.status_code == 200, done.text
    event = town.ledger.stream(order_stream("LK-0001"))[-1]
    assert "13900000001" not in orjson.dumps(event.payload).decode()
    masked = town.vault.open(event.stream, event.payload["masked"])
    assert masked is not None and "13900000001" not in masked["text"] and "测试来电人" not in masked["text"]
    opened = town.vault.open(event.stream, event.payload["sealed"])
    assert opened is not None and opened["text"] == text
    boxes = {"sealed": {"text": text}, "masked": {"text": text}}
    assert house.do(DISPATCHER, "/work-orders/LK-0001/AddToOrder", boxes).status_code == 422


# --- lists ---


def test_lists_are_sifted_by_state_unit_matter_deadline_and_words(house: House) -> None:
    """stage C, item 9: what an office looks for among its cases, findings, digests and papers."""

    def found(account: str, kind: str, **asked: str) -> list[str]:
        query = "&".join(f"{name}={value}" for name, value in asked.items())
        told = house.get(account, f"/{kind}?{query}").json()
        assert told["total"] == len(told["items"])
        return sorted(one["number"] for one in told["items"])

    due = house.get(OFFICER, "/cases").json()["items"][0]
    assert due["due"] is None, "both opinions are in: nothing is due in either case"
    assert (
        found(OFFICER, "cases", state="征求意见") == ["JX-1", "JX-2"]
        and found(OFFICER, "cases", state="自行协商") == []
    )
    assert found(OFFICER, "cases", unit="C16") == ["JX-2"] and found(OFFICER, "cases", matter="JX-1号") == ["JX-1"]
    assert found(OFFICER, "cases", q="谁主办", unit="C05") == ["JX-1"] and found(HEAD, "cases", q="JX-2") == []
    assert found(OFFICER, "findings", state="已反馈") == ["WT-1", "WT-4"] and found(OFFICER, "findings", q="WT-3标题")
    assert found(OFFICER, "findings", matter="编制人员") == ["WT-1", "WT-2", "WT-3", "WT-4"]
    assert found(HEAD, "findings", q="WT-3") == [], "nobody told the unit yet"
    overdue = house.get(OFFICER, "/findings?q=WT-2").json()["items"][0]["due"]
    assert found(OFFICER, "findings", due=overdue) == ["WT-2"] and found(OFFICER, "findings", due="2026-01-01") == []
    judged = {"item": "i1", "opinion": "边界清楚", "disposition": "解释", "owner": "C05", "due": "2026-12-01"}
    assert house.do(OFFICER, "/digests/SL-1/JudgeItem", judged).status_code == 200
    assert found(OFFICER, "digests", due="2026-12-01", unit="C05") == ["SL-1"]
    assert found(OFFICER, "digests", due="2026-11-30") == [] and found(OFFICER, "digests", matter="夜间") == ["SL-1"]
    assert house.do(OFFICER, "/digests/SL-1/CloseItem", {"item": "i1", "result": "已解释"}).status_code == 200
    assert found(OFFICER, "digests", due="2026-12-01") == [], "what is closed is due no more"
    assert found(REVIEWER, "papers", state="已印发", matter="LK-0001") == ["GW-1"]
    assert found(REVIEWER, "papers", q="派单通知", unit="C03") == ["GW-1"]
    assert house.get(OFFICER, "/cases?due=tomorrow").status_code == 422


# --- holds ---


def test_an_outside_approval_system_reads_every_hold_that_stands(seen: House) -> None:
    """domain, section 8 (呼伦贝尔): signed by the 编办 director, a hold can be asked for by an approval system."""
    told = seen.get(AUDITOR, "/holds").json()
    assert [(one["unit"], one["on_hold"], one["holds"][0]["finding_no"]) for one in told["units"]] == [
        ("C05", True, "WT-2")
    ]
    assert told["position"] > 0
    assert seen.get(HEAD, "/holds").status_code == 403, "a unit asks for its own alone"
    assert seen.get(DISPATCHER, "/holds").status_code == 403


def test_an_approval_system_is_told_of_a_hold_from_its_signature_to_its_end(house: House) -> None:
    """呼伦贝尔 003: 原则上暂停受理; a hold counts once the 编办 director signed it."""
    assert house.get(AUDITOR, "/units/C05/holds").json()["holds"][0]["finding_no"] == "WT-2"
    free = house.get(AUDITOR, "/units/C16/holds").json()
    assert (free["on_hold"], free["holds"]) == (False, [])
    assert house.do(DIRECTOR, "/findings/WT-2/LiftHold", {"reason": "整改完成"}).status_code == 200
    lifted = house.get(AUDITOR, "/units/C05/holds").json()
    assert not lifted["on_hold"] and lifted["position"] == house.quarter.town.ledger.head()
    assert house.get(AUDITOR, "/units/X99/holds").status_code == 404


def test_a_unit_asks_for_its_own_hold_and_for_no_others(seen: House) -> None:
    assert seen.get(LEADER, "/units/C05/holds").json()["on_hold"] is True
    assert seen.get(CLERK, "/units/C05/holds").status_code == 404
    assert seen.get(DISPATCHER, "/units/C05/holds").status_code == 403


# --- the page that tells of it ---


def test_the_examples_of_the_page_are_run_as_they_stand(house: House, tmp_path: Path) -> None:
    """docs/api.md: each curl example is followed by the answer it gives."""
    examples = re.findall(r"```sh\n(curl .*?)```\n+```\n(HTTP \d+)\n", DOCUMENT, re.DOTALL)
    assert len(examples) >= 6
    tokens = {f"${name}": house.quarter.tokens[account] for name, account in _named().items()}
    for command, status in examples:
        line = command.replace("\\\n", " ").replace("https://dingze.example.gov.cn", house.address)
        for name, token in tokens.items():
            line = line.replace(name, token)
        asked = [*shlex.split(line), "-s", "-o", str(tmp_path / "answer"), "-w", "HTTP %{http_code}"]
        answer = subprocess.run(asked, capture_output=True, text=True, check=True, timeout=120)
        assert answer.stdout == status, (command, answer.stdout, (tmp_path / "answer").read_text())


def _named() -> dict[str, str]:
    return {"CLERK": CLERK, "DISPATCHER": DISPATCHER, "OFFICER": OFFICER, "APPROVAL": AUDITOR}


def test_the_page_names_every_scope_and_every_address() -> None:
    for scope in SCOPES:
        assert f"`{scope}`" in DOCUMENT, scope
    for path in openapi()["paths"]:
        shown = re.sub(r"/commands/\w+$", "/commands/{name}", path)
        assert f"`{shown}`" in DOCUMENT, shown
