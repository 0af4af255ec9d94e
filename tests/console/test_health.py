"""Whether the process lives and may be sent work, its figures, and that none of it names an order or a person."""

import io
import re
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace

import httpx
import pytest
from prometheus_client.parser import text_string_to_metric_families

from console.app import create_app
from dingze.logs import configure
from dingze.tracing import configure_tracing
from ledger.store import Ledger
from projections.engine import ProjectionEngine
from terms import measures
from terms.errors import Unavailable
from tests.console.city import Browser, Town, order, served

NAME, PHONE = "欧阳测试", "13900000007"
TEXT = "烤鸭店油烟扰民，凌晨排放油烟"


@pytest.fixture
def lived(town: Town) -> Town:
    """A town with an order, and one thing in quarantine."""
    town.receive(
        order("YZ7001", f"{TEXT}，我叫{NAME}，电话{PHONE}", 来电人=NAME, 联系方式=PHONE),
        order("YZ7002", "x", 受理时间="?", 来电人=NAME, 联系方式=PHONE),
    )
    return town


def figures(text: str) -> dict[str, float]:
    """Every sample by its name and labels."""
    return {
        one.name + "".join(f" {name}={value}" for name, value in sorted(one.labels.items())): one.value
        for family in text_string_to_metric_families(text)
        for one in family.samples
    }


def test_a_living_process_says_so_and_a_ready_one_says_how_its_views_stand(lived: Town) -> None:
    with served(lived.app()) as address:
        assert httpx.get(f"{address}/healthz").json() == {"alive": True}
        answer = httpx.get(f"{address}/readyz")
    assert answer.status_code == 200
    told = answer.json()
    assert told["ready"] is True and told["reasons"] == [] and told["head"] == lived.ledger.head()
    assert {view["name"] for view in told["views"]} == set(lived.engine.views)
    assert all(view["ready"] and view["behind"] == 0 for view in told["views"])


def test_what_keeps_a_process_from_being_ready_is_named(lived: Town, monkeypatch: pytest.MonkeyPatch) -> None:
    real = lived.engine.status()

    def changed(name: str, **fields: object) -> None:
        found = [replace(one, **fields) if one.name == name else one for one in real]  # type: ignore[arg-type]
        monkeypatch.setattr(ProjectionEngine, "status", lambda _: found)

    failing: dict[str, str] = {}
    app = create_app(replace(lived.parts(), failures=lambda: failing))
    with served(app) as address:

        def reasons() -> list[str]:
            answer = httpx.get(f"{address}/readyz")
            assert (answer.status_code == 200) == (answer.json()["reasons"] == [])
            assert all(one["message"].endswith("。") for one in answer.json()["reasons"])
            assert PHONE not in answer.text
            return [f"{one['what']} {one['code']}" for one in answer.json()["reasons"]]

        assert reasons() == []
        changed("queue", stopped=f"KeyError at 7: {PHONE}")
        assert reasons() == ["view queue ready.view-stopped"]
        changed("queue", seconds=61.0, behind=5)
        assert reasons() == ["view queue ready.view-late"]
        monkeypatch.setattr(ProjectionEngine, "status", lambda _: [one for one in real if one.name != "tasks"])
        assert reasons() == ["view tasks ready.no-view"]
        monkeypatch.undo()
        failing["learner"] = f"ValueError: {PHONE}"
        assert reasons() == ["part learner ready.part-fails"]
        failing.clear()

        def away(_: Ledger) -> int:
            raise Unavailable("ledger.unavailable")

        monkeypatch.setattr(Ledger, "head", away)
        assert reasons() == ["ledger ledger.unavailable"]
        assert httpx.get(f"{address}/healthz").status_code == 200, "alive all the same"
        assert "dingze_up 0.0" in httpx.get(f"{address}/metrics").text


def test_the_figures_of_the_city_are_there_for_prometheus(lived: Town) -> None:
    with served(lived.app()) as address:
        Browser(address, "yz-01-dispatcher").get("/orders/YZ7001")
        found = figures(httpx.get(f"{address}/metrics").text)
    assert found["dingze_up"] == 1
    assert found["dingze_ledger_head"] == lived.ledger.head()
    assert found["dingze_view_behind_events view=queue"] == found["dingze_view_behind_seconds view=queue"] == 0
    assert found["dingze_quarantine_held"] == 1
    assert sum(value for name, value in found.items() if name.startswith("dingze_queue_orders")) == 1
    assert sum(value for name, value in found.items() if name.startswith("dingze_proposals_total")) >= 1
    for name in ("dingze_append_seconds_count", "dingze_route_seconds_count"):
        assert found[name] >= 1
    pages = [name for name in found if name.startswith("dingze_http_seconds_count") and "/orders/{" in name]
    assert any("status=200" in name for name in pages), "by the pattern of the address, never by the order's number"
    assert not any("YZ7001" in name for name in found)


def test_the_figures_are_for_this_machine_or_for_the_token(lived: Town) -> None:
    app = create_app(replace(lived.parts(), metrics_token="a-long-token"))
    elsewhere = {"X-Forwarded-For": "203.0.113.9"}
    with served(app) as address:
        assert httpx.get(f"{address}/metrics").status_code == 200
        assert httpx.get(f"{address}/metrics", headers=elsewhere).status_code == 403
        for given, status in (("Bearer a-long-token", 200), ("Bearer wrong", 403), ("a", 403)):
            answer = httpx.get(f"{address}/metrics", headers=elsewhere | {"Authorization": given})
            assert answer.status_code == status
    with served(lived.app()) as address:
        assert httpx.get(f"{address}/metrics", headers=elsewhere | {"Authorization": "Bearer"}).status_code == 403


def test_neither_logs_nor_figures_nor_health_name_anybody(town: Town, monkeypatch: pytest.MonkeyPatch) -> None:
    said = io.StringIO()
    monkeypatch.setattr(sys, "stderr", said)
    configure("info")
    town.receive(
        order("YZ7001", f"{TEXT}，我叫{NAME}，电话{PHONE}", 来电人=NAME, 联系方式=PHONE),
        order("YZ7002", "x", 受理时间=f"{NAME}{PHONE}", 来电人=NAME, 联系方式=PHONE),
    )
    with served(town.app()) as address:
        browser = Browser(address, "yz-01-dispatcher")
        for path in ("/orders/YZ7001", "/queue", "/nowhere", f"/find?q={PHONE}", f"/orders/{PHONE}"):
            browser.get(path)
        told = "".join(httpx.get(f"{address}/{path}").text for path in ("metrics", "readyz", "healthz"))
    configure("warning")
    assert '"event"' in said.getvalue(), "something was logged at all"
    assert "dingze_http_seconds" in told
    for secret in (NAME, PHONE, TEXT[:6]):
        assert secret not in said.getvalue()
        assert secret not in told
    assert not re.search(r"YZ700\d", told)


@contextmanager
def spans() -> Iterator[list[str]]:
    """The names of the spans begun meanwhile."""
    seen: list[str] = []

    class Span:
        """One span, that may be named anew."""

        def __init__(self, name: str) -> None:
            self.name = name

        def update_name(self, name: str) -> None:
            self.name = name

    @contextmanager
    def begin(name: str) -> Iterator[Span]:
        span = Span(name)
        try:
            yield span
        finally:
            seen.append(span.name)

    before = measures._Tracing.begin
    measures.trace_with(begin)
    try:
        yield seen
    finally:
        measures._Tracing.begin = before


def test_a_tracer_sees_requests_appends_and_proposals_by_name_only(town: Town) -> None:
    with spans() as seen:
        town.receive(order("YZ7001", TEXT))
        with served(town.app()) as address:
            Browser(address, "yz-01-dispatcher").get("/orders/YZ7001")
    assert {"append", "route"} <= set(seen)
    assert any(name.startswith("GET /orders/{") for name in seen)
    assert not any("YZ7001" in name for name in seen)


def test_without_an_address_nothing_of_a_tracer_is_set_up() -> None:
    before = measures._Tracing.begin
    configure_tracing("")
    assert measures._Tracing.begin is before
