"""A caller's number goes through every path that fails, and stands in no log and no answer afterwards."""

import subprocess
import sys
import threading
from collections.abc import Callable, Iterator

import httpx
import psycopg
import pytest
import sqlalchemy as sa
import structlog
from anyio.from_thread import start_blocking_portal
from fastapi import FastAPI
from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
from opentelemetry.sdk.trace import ReadableSpan
from opentelemetry.sdk.trace.export import SimpleSpanProcessor

from automation.supervisor import Part, Supervisor
from casework.catalogue import read_command
from console import problems
from dingze import cli
from dingze.logs import configure
from dingze.tracing import configure_tracing
from ledger.backends import postgres
from terms import measures
from terms.errors import BadInput, Conflict, Unavailable
from terms.ids import Position
from terms.reasons import brief

PHONE = "13900004321"


Said = Callable[[], str]


@pytest.fixture
def said(capsys: pytest.CaptureFixture[str]) -> Iterator[Said]:
    """What went to the log; the number is not in it."""
    configure("info")
    heard: list[str] = []

    def told() -> str:
        heard.append(capsys.readouterr().err)
        assert heard[-1] and PHONE not in heard[-1]
        return heard[-1]

    yield told
    assert heard, "the log was looked at"


def fail(*_: object) -> int:
    """As a library fails: the value stands in its words, and in those of what led to it."""
    try:
        return int(f"电话{PHONE}")
    except ValueError as error:
        raise KeyError(f"order of {PHONE}") from error


def test_our_log_tells_where_an_error_was_raised_and_what_led_to_it(said: Said) -> None:
    try:
        fail()
    except KeyError:
        structlog.get_logger("test").exception("part failed", part="x")
    told = said()
    assert "KeyError" in told and "ValueError" in told and "test_quiet_logs.py" in told and " fail" in told


def test_what_libraries_log_of_an_error_is_told_the_same_way() -> None:
    program = f"""
import logging
from dingze.logs import configure
from dingze.tracing import configure_tracing
configure("info")
try:
    int("{PHONE}x")
except ValueError:
    logging.getLogger("uvicorn.error").exception("Exception in ASGI application")
"""
    told = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True).stderr
    assert '"event": "Exception in ASGI application"' in told and "ValueError" in told and PHONE not in told


class Still:
    """A feed in which nothing happens."""

    def wait(self, after: Position, timeout: float) -> bool:
        return False


def test_a_part_of_a_worker_that_fails_says_what_failed_and_not_on_what(said: Said) -> None:
    tried = threading.Semaphore(0)

    def step() -> int:
        tried.release()
        return fail()

    supervisor = Supervisor([Part("routes", step, every=0.01)], Still(), lambda: Position(0))  # type: ignore[arg-type]
    supervisor.start()
    try:
        assert all(tried.acquire(timeout=20) for _ in range(2)), "the first failure is told by now"
        assert supervisor.failures == {"routes": "KeyError"}
    finally:
        supervisor.stop()
    assert '"part": "routes"' in said()


def test_a_request_that_fails_is_logged_by_its_route_and_answered_without_its_values(said: Said) -> None:
    app = FastAPI()
    problems.install(app)
    app.get("/orders/{number}")(lambda number: fail(number))  # an order may be called by its caller's number
    app.get("/page")(lambda page: page)

    @app.get("/numbers")
    def numbers(page: int) -> int:
        return page

    async def answers() -> list[httpx.Response]:
        door = httpx.ASGITransport(app, raise_app_exceptions=False)
        async with httpx.AsyncClient(transport=door, base_url="http://dingze") as client:
            asked = (f"/orders/{PHONE}?q={PHONE}", f"/numbers?page=x{PHONE}")
            return [await client.get(one, headers={"accept": "application/json"}) for one in asked]

    with start_blocking_portal() as portal:
        failed, refused = portal.call(answers)
    assert (failed.status_code, refused.status_code) == (500, 422)
    assert PHONE not in failed.text + refused.text
    assert refused.json()["at"] == "query.page" and "“page”应为整数" in refused.json()["title"]
    assert '"route": "/orders/{number}"' in said()


def test_a_command_line_that_fails_says_no_more_either(said: Said, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(cli, "app", lambda standalone_mode: fail())
    with pytest.raises(SystemExit) as ended:
        cli.main()
    assert ended.value.code == 70
    assert "KeyError" in said()


def test_a_field_that_does_not_fit_is_told_in_chinese_and_without_its_value() -> None:
    with pytest.raises(BadInput) as refused:
        read_command("RequestExtension", {"unit": "C03", "reason": {"电话": PHONE}})
    assert "应为文字" in refused.value.message and PHONE not in str(refused.value)


@pytest.mark.postgres
def test_a_row_that_the_database_refuses_is_not_told_to_anybody(migrated_postgres_url: str) -> None:
    engine = sa.create_engine(migrated_postgres_url.replace("postgresql:", "postgresql+psycopg:", 1))
    refusals: list[Conflict | Unavailable] = []
    with engine.connect() as connection:
        connection.execute(sa.text("CREATE TEMP TABLE told (phone text PRIMARY KEY CHECK (length(phone) < 12))"))
        connection.commit()
        for numbers in ([PHONE, PHONE], [PHONE + "0"]):
            with pytest.raises((Conflict, Unavailable)) as refused, postgres._plain_errors():
                raw = connection.connection.driver_connection
                assert isinstance(raw, psycopg.Connection)
                for one in numbers:
                    raw.execute("INSERT INTO told VALUES (%s)", (one,))
            refusals.append(refused.value)
            raw.rollback()
        with pytest.raises(Unavailable) as refused, postgres._plain_errors():
            connection.execute(sa.text("INSERT INTO told VALUES (:one)"), {"one": PHONE + "0"})
        refusals.append(refused.value)
    engine.dispose()
    assert [one.at for one in refusals] == ["told_pkey", "CheckViolation 23514", "CheckViolation 23514"]
    assert PHONE in str(refusals[1].__cause__) and PHONE not in "".join(map(str, refusals))
    assert brief(refusals[2].__cause__ or fail) == "IntegrityError 23514"


def test_a_span_that_fails_carries_its_name_and_time_only(monkeypatch: pytest.MonkeyPatch) -> None:
    sent: list[ReadableSpan] = []
    monkeypatch.setattr(OTLPSpanExporter, "export", lambda _, spans: sent.extend(spans))
    monkeypatch.setattr("opentelemetry.sdk.trace.export.BatchSpanProcessor", SimpleSpanProcessor)
    monkeypatch.setattr(measures._Tracing, "begin", measures._Tracing.begin)
    configure_tracing("http://127.0.0.1:9/v1/traces")
    with pytest.raises(KeyError), measures.span("append"):
        fail()
    assert [one.name for one in sent] == ["append"]
    assert PHONE not in sent[0].to_json()
