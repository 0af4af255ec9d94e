"""Notices: who is told of what, and the two ways out."""

import json
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path

import pytest

from casework import events as e
from casework.notices import TOLD, FileSender, Notice, WebhookSender, notices_of
from terms.errors import BadInput, Unavailable
from tests.casework.town import CHENGGUAN, DISTRICT, ECOLOGY, HOUSING, MONDAY, Life


def test_a_dispatch_tells_lead_supports_and_desk_each_once() -> None:
    fact = e.WorkOrderDispatched(order_no="G1", lead=CHENGGUAN, supports=(HOUSING,), desk=DISTRICT, by="hand")
    told = notices_of(fact)
    assert [notice.unit for notice in told] == [CHENGGUAN, HOUSING, DISTRICT]
    assert told[0].text == "【定责】G1：派单，请登录查看并按时办理。"


def test_the_hotlines_own_clock_tells_no_unit_and_most_facts_tell_nobody() -> None:
    assert notices_of(e.ClockWarned(order_no="G1", clock="dispatch", due=MONDAY)) == ()
    assert notices_of(e.OrderChased(order_no="G1", times=1)) == ()


def test_a_notice_carries_nothing_of_what_the_requester_said() -> None:
    life = Life().received(text="家住湖滨路的某某反映", place="湖滨路").dispatched()
    for fact, _ in life.facts:
        for notice in notices_of(fact):
            assert "湖滨" not in notice.text


def test_everything_told_is_a_fact_of_casework() -> None:
    assert {fact.event_type() for fact in TOLD} <= set(e.FACTS)


NOTICE = Notice(ECOLOGY, "ProposedUnitAsked", "G1", "请答复")


def test_the_file_gets_a_line_a_notice(tmp_path: Path) -> None:
    sender = FileSender(tmp_path / "notices.jsonl")
    sender.send([NOTICE])
    sender.send([NOTICE, NOTICE])
    lines = (tmp_path / "notices.jsonl").read_text("utf-8").splitlines()
    assert len(lines) == 3 and json.loads(lines[0])["unit"] == ECOLOGY
    with pytest.raises(Unavailable):
        FileSender(tmp_path / "absent" / "notices.jsonl").send([NOTICE])


class _Gateway(BaseHTTPRequestHandler):
    seen: list[bytes]
    answer = 200

    def do_POST(self) -> None:
        self.seen.append(self.rfile.read(int(self.headers["Content-Length"])))
        self.send_response(self.answer)
        self.end_headers()

    def log_message(self, *said: object) -> None:
        """Say nothing."""


@pytest.fixture
def gateway() -> Iterator[tuple[str, type[_Gateway]]]:
    handler = type("Gateway", (_Gateway,), {"seen": []})
    server = HTTPServer(("127.0.0.1", 0), handler)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield f"http://127.0.0.1:{server.server_address[1]}/notices", handler
    server.shutdown()
    thread.join()
    server.server_close()


def test_the_webhook_gets_the_batch_and_a_failure_is_told(gateway: tuple[str, type[_Gateway]]) -> None:
    url, handler = gateway
    WebhookSender(url).send([NOTICE])
    WebhookSender(url).send([])
    assert [json.loads(body)["notices"][0]["about"] for body in handler.seen] == ["G1"]
    handler.answer = 503
    with pytest.raises(Unavailable):
        WebhookSender(url).send([NOTICE])


def test_a_webhook_is_http_and_nothing_else() -> None:
    with pytest.raises(BadInput):
        WebhookSender("file:///etc/passwd")
