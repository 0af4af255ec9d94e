"""Notices: who is told of what, without personal data, and the two ways out."""

import hashlib
import hmac
import json
import threading
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path

import httpx
import pytest

from casework import events as e
from casework.boundary_case.state import BoundaryCase
from casework.finding.state import Finding
from casework.notices import TOLD, FolderSink, Notice, Recipient, WebhookSink, notices_of, signature
from casework.work_order import WorkOrder
from casework.work_order import commands as c
from terms.actors import Role
from terms.errors import BadInput, Unavailable
from terms.ids import UnitCode
from terms.messages import sentence
from tests.casework.town import CHENGGUAN, DISTRICT, ECOLOGY, HOUSING, MONDAY, REGISTER, REVIEWER, Life, head

SECRET = b"a secret of sixteen bytes or more"


def told(fact: e.Fact, life: Life) -> tuple[Notice, ...]:
    """The notices of a fact that has just become part of this order."""
    return notices_of(fact, life.order, REGISTER)


def units(notices: tuple[Notice, ...]) -> list[str]:
    """Which units are told."""
    return [notice.to.unit for notice in notices]


# --- who is told ---


def test_a_dispatch_tells_lead_supports_and_desk_each_once() -> None:
    fact = e.WorkOrderDispatched(order_no="G1", lead=CHENGGUAN, supports=(HOUSING,), desk=DISTRICT, by="hand")
    assert units(told(fact, Life())) == [CHENGGUAN, HOUSING, DISTRICT]


def test_a_dispatch_says_what_is_due_first_and_the_registers_word_for_the_matter() -> None:
    life = Life().received().proposed().dispatched()
    (notice,) = told(life.facts[-1][0], life)
    assert notice.title == "【定责】派单：G1" and notice.link == "/orders/G1" and notice.kind == "WorkOrderDispatched"
    assert notice.body.startswith("G1：派单。") and "最近时限：2026年3月" in notice.body
    point = replace(life.order, matter_id="DP-1")
    assert "事项：夜间施工噪声。" in notices_of(life.facts[-1][0], point, REGISTER)[0].body


def test_a_return_tells_the_review_and_the_unit_it_points_at() -> None:
    life = Life().received().dispatched().returned()
    requested, asked = (fact for fact, _ in life.facts[-2:])
    assert [notice.to for notice in told(requested, life)] == [Recipient(role=Role.REVIEWER)]
    assert units(told(asked, life)) == [ECOLOGY]


def test_a_reassignment_tells_who_gets_the_order_and_who_loses_it() -> None:
    life = Life().received().dispatched().returned()
    life.do(c.AnswerAsProposed(ECOLOGY, agrees=True), head(ECOLOGY))
    (fact, *_) = life.do(c.ReviewReturn("reassign", "属处罚职责", ECOLOGY), REVIEWER)
    assert set(units(told(fact, life))) == {ECOLOGY, CHENGGUAN}


def test_the_hotlines_own_clock_tells_the_hotline_and_a_units_clock_the_unit() -> None:
    own = e.ClockWarned(order_no="G1", clock="dispatch", due=MONDAY)
    assert [notice.to for notice in told(own, Life())] == [Recipient(role=Role.DISPATCHER)]
    theirs = e.ClockExpired(order_no="G1", clock="handle", unit=CHENGGUAN, due=MONDAY)
    (notice,) = told(theirs, Life())
    assert notice.to.unit == CHENGGUAN and "2026年3月2日9时00分" in notice.body


def test_a_chase_tells_the_lead_and_most_facts_tell_nobody() -> None:
    life = Life().received().dispatched()
    assert units(told(e.OrderChased(order_no="G1", times=1), life)) == [CHENGGUAN]
    assert told(e.OrderArchived(order_no="G1"), life) == ()


def test_an_exclusion_is_told_to_who_has_a_part_and_not_for_every_row_of_an_older_platform() -> None:
    fact = e.ExclusionGranted(order_no="G1", unit=CHENGGUAN)
    assert units(told(fact, Life().received().dispatched())) == [CHENGGUAN]
    assert not told(fact, Life().received())


def test_a_unit_complained_about_is_told_nothing() -> None:
    """济南条例 art. 32: who reported is hidden from who is reported."""
    order = WorkOrder("G1", subject_units=(CHENGGUAN,))
    fact = e.WorkOrderDispatched(order_no="G1", lead=HOUSING, supports=(CHENGGUAN,), by="hand")
    assert units(notices_of(fact, order, REGISTER)) == [HOUSING]


def test_cases_and_findings_tell_their_parties() -> None:
    deadline = e.Deadline(clock="opinion", unit=ECOLOGY, starts=MONDAY, warn_at=MONDAY, due=MONDAY)
    asked = e.OpinionsRequested(case_no="Y1", round=1, units=(CHENGGUAN, ECOLOGY), deadlines=(deadline,))
    first, second = notices_of(asked, BoundaryCase("Y1"), REGISTER)
    assert first.link == "/cases/Y1" and "最近时限" not in first.body and "最近时限" in second.body
    hold = e.HoldProposed(finding_no="W1", unit=HOUSING, due=MONDAY)
    (notice,) = notices_of(hold, Finding("W1"), REGISTER)
    assert notice.to.role is Role.BIANBAN_DIRECTOR and notice.title.endswith("W1")
    assert notice.link == "/findings/W1", "the page it is about, which its unit may read by then"


def test_a_notice_carries_nothing_that_anybody_said_or_typed() -> None:
    secret = "家住湖滨路的某某"
    life = Life().received(category=secret, street=secret).dispatched().returned(note=secret, signatory=secret)
    life.do(c.AnswerAsProposed(ECOLOGY, agrees=False, note=secret), head(ECOLOGY))
    life.do(c.ReviewReturn("refuse", secret), REVIEWER)
    notices = [notice for fact, _ in life.facts for notice in told(fact, life)]
    assert len(notices) >= 4
    for notice in notices:
        assert secret not in json.dumps(notice.document(), ensure_ascii=False)


def test_everything_told_is_a_fact_of_casework_with_a_chinese_name() -> None:
    assert {fact.event_type() for fact in TOLD} <= set(e.FACTS)
    for fact in TOLD:
        assert sentence(f"event.{fact.event_type()}") != f"event.{fact.event_type()}"


def test_the_same_fact_told_again_has_the_same_key_and_every_other_its_own() -> None:
    life = Life().received().dispatched(supports=(HOUSING,))
    fact = life.facts[-1][0]
    again, before = told(fact, life), told(fact, life)
    assert again == before and len({notice.key for notice in again}) == 2
    later = notices_of(fact, replace(life.order, version=life.order.version + 1), REGISTER)
    assert not {notice.key for notice in later} & {notice.key for notice in again}


# --- how it is sent ---

NOTICE = Notice(Recipient(ECOLOGY), "ProposedUnitAsked", "征询", "请答复", "/orders/G1", "k" * 64)


def test_the_folder_gets_one_whole_file_a_notice_however_often_it_is_sent(tmp_path: Path) -> None:
    for _ in range(3):
        FolderSink(tmp_path).send(NOTICE)
    (only,) = tmp_path.iterdir()
    assert json.loads(only.read_text("utf-8")) == NOTICE.document()
    with pytest.raises(Unavailable):
        FolderSink(tmp_path / "absent").send(NOTICE)


class _Gateway(BaseHTTPRequestHandler):
    seen: list[tuple[dict[str, str], bytes]]
    answer = 200

    def do_POST(self) -> None:
        self.seen.append((dict(self.headers), self.rfile.read(int(self.headers["Content-Length"]))))
        self.send_response(self.answer)
        if self.answer == 302:
            self.send_header("Location", "/elsewhere")
        self.end_headers()

    def log_message(self, *said: object) -> None:
        """Say nothing."""


@pytest.fixture
def gateway() -> Iterator[tuple[WebhookSink, type[_Gateway]]]:
    handler = type("Gateway", (_Gateway,), {"seen": []})
    server = HTTPServer(("127.0.0.1", 0), handler)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    with httpx.Client(trust_env=False) as client:
        url = f"http://127.0.0.1:{server.server_address[1]}/notices"
        yield WebhookSink(url, SECRET, client, lambda: datetime(2026, 11, 22, tzinfo=UTC), timeout=3), handler
    server.shutdown()
    thread.join()
    server.server_close()


def test_the_webhook_gets_a_signed_notice_with_its_key(gateway: tuple[WebhookSink, type[_Gateway]]) -> None:
    sink, handler = gateway
    sink.send(NOTICE)
    ((headers, body),) = handler.seen
    assert json.loads(body) == NOTICE.document() and headers["Idempotency-Key"] == NOTICE.key
    stamp = headers["X-Dingze-Timestamp"]
    assert stamp == str(int(datetime(2026, 11, 22, tzinfo=UTC).timestamp()))
    expected = hmac.new(SECRET, f"{stamp}.".encode() + body, hashlib.sha256).hexdigest()
    assert headers["X-Dingze-Signature"] == f"sha256={expected}" == signature(SECRET, stamp, body)
    assert SECRET.decode() not in repr(sink)


@pytest.mark.parametrize("status", [302, 401, 404, 429, 500, 503])
def test_trouble_at_the_gateway_means_try_again(gateway: tuple[WebhookSink, type[_Gateway]], status: int) -> None:
    sink, handler = gateway
    handler.answer = status
    with pytest.raises(Unavailable):
        sink.send(NOTICE)
    assert len(handler.seen) == 1, "a redirect is not followed, and trying again is the caller's"


def test_a_notice_the_gateway_will_never_take_is_said_so(gateway: tuple[WebhookSink, type[_Gateway]]) -> None:
    sink, handler = gateway
    handler.answer = 422
    with pytest.raises(BadInput) as caught:
        sink.send(NOTICE)
    assert "422" in caught.value.message


def test_nobody_there_means_try_again() -> None:
    with httpx.Client(trust_env=False) as client, pytest.raises(Unavailable):
        WebhookSink("http://127.0.0.1:9/notices", SECRET, client, lambda: MONDAY, timeout=2).send(NOTICE)


@pytest.mark.parametrize("url", ["file:///etc/passwd", "http://gateway.example/notices", "ftp://127.0.0.1/", ""])
def test_a_webhook_is_https_or_on_this_machine(url: str) -> None:
    with httpx.Client(trust_env=False) as client, pytest.raises(BadInput):
        WebhookSink(url, SECRET, client, lambda: MONDAY)


def test_a_short_secret_is_refused() -> None:
    with httpx.Client(trust_env=False) as client, pytest.raises(BadInput):
        WebhookSink("https://gateway.example/", b"short", client, lambda: MONDAY)


def test_a_recipient_is_a_unit_or_a_role_never_a_person() -> None:
    assert Recipient().unit == UnitCode("") and set(Notice.__slots__) == {"to", "kind", "title", "body", "link", "key"}
