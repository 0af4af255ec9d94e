"""What leaves the house over HTTP: lists as tables, events for other systems, the public view, the digest."""

import io
import re
from collections.abc import Iterator
from dataclasses import replace
from xml.etree import ElementTree

import httpx
import orjson
import pytest
from fastapi import FastAPI
from hypothesis import given
from hypothesis import strategies as st
from openpyxl import load_workbook

from city.publishing import Open311Rules
from console.administration.people import SCOPES
from console.administration.sample_people import SAMPLE_ACCOUNTS
from console.app import create_app
from console.interface.events_out import CONSUMERS
from console.parts import Parts
from console.spreadsheet_table import table
from console.spreadsheet_words import HEADINGS
from dingze.wiring import Dingze
from projections.queue import QUEUE
from projections.readings.looking import looking
from tests.console.city import Browser, served
from tests.console.tables import foreign
from tests.sample.loaded import TODAY, loaded


@pytest.fixture(scope="module")
def dingze() -> Iterator[Dingze]:
    """The sample city with its accounts; looked at only."""
    opened = Dingze(loaded().settings, lambda: TODAY)
    opened.people.add_missing(SAMPLE_ACCOUNTS)
    yield opened
    opened.close()


@pytest.fixture(scope="module")
def parts(dingze: Dingze) -> Parts:
    """Its parts, publishing the public view."""
    return replace(dingze.parts, city=dingze.city.model_copy(update={"open311": Open311Rules(published=True)}))


@pytest.fixture(scope="module")
def address(parts: Parts) -> Iterator[str]:
    """Where its pages are."""
    app: FastAPI = create_app(parts)
    with served(app) as found:
        yield found


def program(dingze: Dingze, address: str, account: str, *scopes: str) -> httpx.Client:
    """A program with a token of these scopes."""
    token = dingze.people.issue_token(account, "对接程序", scopes, TODAY)
    return httpx.Client(base_url=address, headers={"Authorization": f"Bearer {token}"}, trust_env=False, timeout=60)


LISTS = (
    ("/queue", "yz-01-dispatcher"), ("/tasks", "yz-05-clerk-chengguan"), ("/overview", "yz-13-leader"),
    ("/disputes", "yz-03-bianban"), ("/cases", "yz-03-bianban"), ("/figures/returns", "yz-03-bianban"),
)  # fmt: skip


@pytest.mark.parametrize(("path", "account"), LISTS)
def test_every_list_is_a_table_under_the_same_address(dingze: Dingze, address: str, path: str, account: str) -> None:
    with program(dingze, address, account, *SCOPES) as client:
        answer = client.get(f"{path}.xlsx")
        assert answer.status_code == 200 and "spreadsheetml" in answer.headers["content-type"]
        book = load_workbook(io.BytesIO(answer.content))
        assert client.get(f"{path}.xlsx").content == answer.content
    heads = [cell for sheet in book.worksheets for cell in next(sheet.iter_rows(values_only=True), ())]
    assert heads
    assert [one for one in heads if one and str(one).isascii()] == []


TOLD = (
    ("/orders/YZ20260900314", "yz-02-reviewer"), ("/cases/ZY2026001", "yz-03-bianban"),
    ("/findings/WT2026001", "yz-03-bianban"), ("/accountability/C04", "yz-03-bianban"),
    ("/disputes?tab=unsettled", "yz-03-bianban"), ("/disputes?tab=tracked", "yz-03-bianban"),
    ("/figures/returns", "yz-03-bianban"), ("/figures/duties?measure=dispatched&unit=C04", "yz-03-bianban"),
    ("/figures/clauses?unit=C04", "yz-03-bianban"), ("/mandates/items/C04-SD-03", "yz-03-bianban"),
    ("/mandates/units/C04", "yz-03-bianban"), ("/coverage/compare?unit=C11", "yz-03-bianban"),
    ("/readings", "yz-14-auditor"), ("/operations", "yz-14-auditor"),
    ("/people", "yz-15-administrator"), ("/people/sessions", "yz-15-administrator"),
)  # fmt: skip


@pytest.mark.parametrize(("path", "account"), TOLD)
def test_a_table_of_the_month_has_no_word_of_the_program_in_it(address: str, path: str, account: str) -> None:
    address_of, _, asked = path.partition("?")
    answer = Browser(address, account).get(f"{address_of}.xlsx?{asked}")
    assert answer.status_code == 200 and foreign(answer.content) == []


def test_a_table_has_the_rows_of_every_page_of_its_list(dingze: Dingze, address: str) -> None:
    with program(dingze, address, "yz-03-bianban", *SCOPES) as client:
        told = client.get("/figures/returns.json").json()
        assert told["total"] > len(told["rows"])
        book = load_workbook(io.BytesIO(client.get("/figures/returns.xlsx").content))
        assert book[HEADINGS["rows"]].max_row == told["total"] + 1
        whole = client.get("/coverage.json").json()
        assert whole["total"] > len(whole["uses"])  # a list that tells its total and no number of pages
        book = load_workbook(io.BytesIO(client.get("/coverage.xlsx").content))
        assert book[HEADINGS["uses"]].max_row == whole["total"] + 1


def test_a_list_too_long_for_a_table_is_refused_and_never_cut_short(
    dingze: Dingze, address: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("console.spreadsheet.PAGES_AT_MOST", 1)
    with program(dingze, address, "yz-03-bianban", *SCOPES) as client:
        answer = client.get("/figures/returns.xlsx", headers={"Accept": "application/json"})
        assert answer.status_code == 413 and answer.json()["code"] == "console.list-too-long"
        assert client.get("/cases.xlsx").status_code == 200, "a list of one page is there"


def cells(told: dict[str, object], sheet: str) -> list[tuple[object, ...]]:
    """The lines of a sheet of the table of some data, headings first."""
    book = load_workbook(io.BytesIO(table(told, {"C03": "城管局"}, {"not_ours": "明确不属"})))
    return list(book[sheet].iter_rows(values_only=True))


def test_a_table_says_shares_loads_times_and_reasons_as_the_pages_do() -> None:
    rates = [{"code": "resolved", "label": "解决率", "top": 5, "bottom": 6, "rate": 8333, "points": 8333}]
    line = {"unit": "C03", "score": {"unit": "C03", "score": 9210, "stars": 4, "rates": rates}, "returned": 2}
    assert cells({"lines": [line]}, "各单位") == [
        ("单位", "得分", "星级", "解决率（%）", "退单"), ("城管局（C03）", 92.1, 4, 83.33, 2),
    ]  # fmt: skip
    load = {"unit": "C03", "posts": 52, "weight": 1066, "per_hundred_posts": 2050, "kinds": ["投诉 8"]}
    assert cells({"workloads": [load]}, "工作量") == [
        ("单位", "编制", "加权工作量（件）", "每百名编制（件）", "按类型"),
        ("城管局（C03）", 52, 10.66, 20.5, "投诉 8"),
    ]  # fmt: skip
    returned = {"order_no": "A1", "reason": "not_ours", "handle_due": "2026-11-30T16:00:00+00:00"}
    assert cells({"rows": [returned]}, "明细")[1] == ("A1", "明确不属", "2026-11-30 24:00")
    notes = [{"note": one} for one in ("2026-11-16T09:00Z", "2026-11-16T09:00 又来", "2026-99-16T09:00Z")]
    assert cells({"rows": notes}, "明细") == [
        ("说明",), ("2026-11-16 17:00",), ("2026-11-16T09:00 又来",), ("2026-99-16T09:00Z",),
    ]  # fmt: skip
    weeks = {"weeks": ["2026-W48"], "grid": [{"name": "地锁", "weeks": [3], "total": 3}]}
    assert cells(weeks, "近几周") == [("名称", "2026年第48周", "合计"), ("地锁", 3, 3)]


def test_who_may_not_see_a_list_gets_no_table_of_it(dingze: Dingze, address: str) -> None:
    with program(dingze, address, "yz-05-clerk-chengguan", *SCOPES) as client:
        assert client.get("/overview.xlsx").status_code == client.get("/overview.json").status_code == 403
        assert client.get("/nowhere.xlsx").status_code == 404
    assert httpx.get(f"{address}/queue.xlsx", trust_env=False, timeout=60).status_code in (401, 303, 403)


@given(text=st.one_of(st.sampled_from(("=1+1", "+A1", "-2", "@SUM(A1)", "\t=1", "＝1")), st.text(max_size=30)))
def test_no_text_of_a_list_is_ever_a_formula(text: str) -> None:
    book = load_workbook(io.BytesIO(table({"rows": [{"title": text, "orders": 3}], "note": text})))
    for sheet in book.worksheets:
        for row in sheet.iter_rows(min_row=2):
            assert all(cell.data_type != "f" for cell in row)
            for cell in row:
                if isinstance(cell.value, str) and cell.value[0] in "=+-@\t＝":
                    assert cell.quotePrefix


def everything(client: httpx.Client, consumer: str, limit: int) -> list[dict[str, object]]:
    """All lines, asked for in pieces."""
    lines: list[dict[str, object]] = []
    after = 0
    while True:
        answer = client.get(f"/exports/{consumer}.ndjson", params={"after": after, "limit": limit})
        assert answer.status_code == 200
        lines += [orjson.loads(line) for line in answer.content.splitlines()]
        after = int(answer.headers["Dingze-Position"])
        if after == int(answer.headers["Dingze-Head"]):
            return lines


@pytest.mark.parametrize("consumer", CONSUMERS)
def test_a_consumer_gets_its_types_in_order_whatever_the_pieces(dingze: Dingze, address: str, consumer: str) -> None:
    with program(dingze, address, "yz-14-auditor", f"export:{consumer}") as client:
        whole = everything(client, consumer, 5_000)
        assert whole == everything(client, consumer, 700)
        assert {one["type"] for one in whole} <= CONSUMERS[consumer] and whole
        assert [one["position"] for one in whole] == sorted({int(str(one["position"])) for one in whole})
        assert {one["contract"] for one in whole} == {"dingze.event/1"}
        for other in set(CONSUMERS) - {consumer}:
            assert client.get(f"/exports/{other}.ndjson").status_code == 403
        assert client.get("/exports/nobody.ndjson").status_code == 404


def test_a_token_without_the_scope_gets_no_events(dingze: Dingze, address: str) -> None:
    with program(dingze, address, "yz-14-auditor", "orders:read") as client:
        assert client.get("/exports/inspection.ndjson").status_code == 403


def test_the_public_view_tells_matters_and_requests_and_nothing_of_a_person(parts: Parts, address: str) -> None:
    with httpx.Client(base_url=address, trust_env=False, timeout=60) as public:
        offered = public.get("/open311/v2/services.json").json()
        assert {one["type"] for one in offered} == {"realtime"} and all(one["service_name"] for one in offered)
        assert public.get(f"/open311/v2/services/{offered[0]['service_code']}.json").status_code == 200
        first = public.get("/open311/v2/requests.json").json()
        second = public.get("/open311/v2/requests.json", params={"page": 2}).json()
        assert len(first) == len(second) == 100
        assert not {one["service_request_id"] for one in first} & {one["service_request_id"] for one in second}
        stamps = [one["requested_datetime"] for one in (*first, *second)]
        assert stamps == sorted(stamps, reverse=True)
        for wanted in ("open", "closed"):
            found = public.get("/open311/v2/requests.json", params={"status": wanted}).json()
            assert {one["status"] for one in found} == {wanted}
        number = first[0]["service_request_id"]
        assert public.get(f"/open311/v2/requests/{number}.json").json() == [first[0]]
        assert public.get("/open311/v2/requests/NONE.json").json() == [
            {"code": 404, "description": "没有这个 service_request_id"}
        ]
        assert public.get("/open311/v2/requests.json", params={"status": "x"}).status_code == 400
        assert public.get("/open311/v2/requests.json", params={"start_date": "x"}).status_code == 400
        assert public.get("/open311/v2/discovery.json").json()["endpoints"]
    with looking(parts.views) as look:
        held = {row["order_no"]: row for row in look.rows(look.table(QUEUE, "orders"))}
    for one in (*first, *second):
        row = held[one["service_request_id"]]
        assert row["kind"] != "举报"
        # the name of the matter is the register's word, even where a citizen used the same
        said = "".join(str(value) for name, value in one.items() if name != "service_name")
        assert row["title"] not in said and (row["place"] in ("", row["street"]) or row["place"] not in said)


DATES = re.compile(r"^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(\.\d+)?(Z|[+-]\d{2}:\d{2})$")  # the w3 note's subset


def test_the_public_view_speaks_as_georeport_v2_asks(address: str) -> None:
    """wiki.open311.org/GeoReport_v2: XML is required, JSON allowed; both say the same; moments carry their zone."""
    with httpx.Client(base_url=f"{address}/open311/v2", trust_env=False, timeout=60) as public:
        offered = public.get("/discovery.json").json()["endpoints"][0]
        assert offered["formats"] == ["text/xml", "application/json"]
        for asked, root, one in (("services", "services", "service"), ("requests", "service_requests", "request")):
            answer = public.get(f"/{asked}.xml")
            assert answer.headers["content-type"] == "text/xml; charset=utf-8"
            assert answer.content.startswith(b"<?xml version='1.0' encoding='UTF-8'?>")
            told = ElementTree.fromstring(answer.content)  # noqa: S314 — our own answer
            assert told.tag == root and {child.tag for child in told} == {one}
            plain = public.get(f"/{asked}.json").json()
            assert [{part.tag: part.text or "" for part in child} for child in told] == [
                {name: {None: "", True: "true", False: "false"}.get(value, value) for name, value in item.items()}
                for item in plain
            ]
        for item in plain:
            moments = [item["requested_datetime"], item["updated_datetime"], item["expected_datetime"]]
            assert all(DATES.match(one) for one in moments if one is not None) and moments[0] and moments[1]
            assert item["media_url"] is None and item["lat"] is None
        both = ",".join(item["service_request_id"] for item in plain[:2])
        named = public.get("/requests.json", params={"service_request_id": both, "status": "open", "service_code": "x"})
        assert {one["service_request_id"] for one in named.json()} == set(both.split(",")), "ids go before all else"
        missing = public.get("/requests/NONE.xml")
        assert missing.status_code == 404
        found = ElementTree.fromstring(missing.content)  # noqa: S314 — our own answer
        assert [(one.tag, found.tag) for one in found] == [("error", "errors")] and found.findtext(
            "error/code"
        ) == "404"


@pytest.mark.parametrize("span", [{"start_date": "昨天"}, {"end_date": "0001-01-01"}, {"end_date": "9999-13-01"}])
def test_a_span_that_is_none_is_refused_with_the_form_it_should_have(address: str, span: dict[str, str]) -> None:
    with httpx.Client(base_url=f"{address}/open311/v2", trust_env=False, timeout=60) as public:
        refused = public.get("/requests.json", params=span)
    assert refused.status_code == 400 and "2026-01-01T00:00:00Z" in refused.text


def test_a_city_that_publishes_nothing_answers_nothing(dingze: Dingze) -> None:
    with (
        served(create_app(dingze.parts)) as address,
        httpx.Client(base_url=address, trust_env=False, timeout=60) as public,
    ):
        for path in ("discovery", "services", "requests", "requests/YZ1"):
            assert public.get(f"/open311/v2/{path}.json").status_code == 404


@pytest.mark.parametrize("form", ["docx", "xlsx"])
def test_the_digest_is_fetched_by_those_who_see_disputes(dingze: Dingze, address: str, form: str) -> None:
    asked = f"/disputes/digest.{form}?from=2026-10-01&to=2026-12-31"
    with program(dingze, address, "yz-03-bianban", *SCOPES) as client:
        answer = client.get(asked)
        assert answer.status_code == 200 and "officedocument" in answer.headers["content-type"]
        assert client.get(f"/disputes/digest.{form}?from=2026-12-01&to=2026-10-31").status_code == 422
    with program(dingze, address, "yz-05-clerk-chengguan", *SCOPES) as client:
        assert client.get(asked).status_code == 403
