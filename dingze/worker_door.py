"""What a worker answers when it is asked how it is: `/healthz`, `/readyz` and `/metrics`, as the pages do.

Off unless `DINGZE_WORKER_ADDRESS` names an address. It names parts, partitions and counts, never an order or the text
of an error; beyond loopback the network decides who may ask (in `docker-compose.yml` only containers can).
"""

import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import orjson
from prometheus_client import CONTENT_TYPE_LATEST, REGISTRY, CollectorRegistry, generate_latest
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily
from prometheus_client.registry import Collector

from automation.supervisor import Supervisor
from terms.errors import BadInput, DingzeError
from terms.messages import sentence

STUCK_SECONDS = 300.0  # a step that has not come back for so long: the process is to be started again


@dataclass(frozen=True, slots=True)
class Outside:
    """What a worker reads or writes outside the record: how far behind it is by name, and what stopped there."""

    behind: Callable[[], Mapping[str, int]] = dict
    stopped: Callable[[], Mapping[str, str]] = dict


@dataclass(frozen=True, slots=True)
class Watched:
    """The worker that is asked."""

    what: str
    supervisor: Supervisor
    head: Callable[[], int]
    outside: Outside = field(default_factory=Outside)

    def alive(self) -> bool:
        """Every part's thread runs, and none has been at one step for minutes."""
        return self.supervisor.running() and all(
            seconds < STUCK_SECONDS for seconds in self.supervisor.at_it().values()
        )

    def reasons(self) -> list[dict[str, str]]:
        """Why this worker is not at work; nothing when it is."""
        found = []
        try:
            self.head()
        except DingzeError as error:
            found.append({"what": "ledger", "code": error.code, "message": error.message})
        for part in sorted(self.supervisor.failures):
            found.append(_reason(f"part {part}", "ready.part-fails", part=part))
        for name in sorted(self.outside.stopped()):
            found.append(_reason(f"partition {name}", "ready.partition-stopped", partition=name))
        return found


def _reason(what: str, code: str, **params: Any) -> dict[str, str]:
    return {"what": what, "code": code, "message": sentence(code, **params)}


class Standing(Collector):
    """How the worker's parts stand, read when somebody asks."""

    def __init__(self, watched: Watched) -> None:
        self._watched = watched

    def describe(self) -> list[GaugeMetricFamily]:
        """Nothing beforehand."""
        return []

    def collect(self) -> Iterator[Any]:
        """The gauges and counters; what cannot be read is left out, and `dingze_up` is 0."""
        supervisor = self._watched.supervisor
        up = GaugeMetricFamily("dingze_up", "1 when the record can be read")
        try:
            head = self._watched.head()
            yield GaugeMetricFamily("dingze_ledger_head", "the last position of the record", value=head)
            behind = GaugeMetricFamily("dingze_outside_behind", "messages or events still to be passed", labels=["of"])
            for name, count in self._watched.outside.behind().items():
                behind.add_metric([name], count)
            yield behind
            up.add_metric([], 1)
        except DingzeError:
            up.add_metric([], 0)
        yield up
        failing = GaugeMetricFamily("dingze_part_failing", "1 while a part fails at its step", labels=["part"])
        at_it = GaugeMetricFamily("dingze_part_step_seconds", "how long a part's present step lasts", labels=["part"])
        done = CounterMetricFamily("dingze_part_done", "orders, messages or events a part did", labels=["part"])
        for part, seconds in supervisor.at_it().items():
            failing.add_metric([part], part in supervisor.failures)
            at_it.add_metric([part], seconds)
        for part, count in supervisor.done.items():
            done.add_metric([part], count)
        yield from (failing, at_it, done)


@contextmanager
def answering(address: str, watched: Watched) -> Iterator[int]:
    """Answer on `host:port` for the length of a block; the port, 0 where no address is set. Raises BadInput."""
    if not address:
        yield 0
        return
    host, _, port = address.rpartition(":")
    try:
        server = ThreadingHTTPServer((host or "127.0.0.1", int(port)), _handler(watched))
    except (ValueError, OSError, OverflowError) as error:
        reason = "应写成 主机:端口，且端口未被占用"
        raise BadInput("settings.invalid", at="DINGZE_WORKER_ADDRESS", reason=reason) from error
    server.daemon_threads = True
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.1}, name="door", daemon=True)
    thread.start()
    try:
        yield int(server.server_address[1])
    finally:
        server.shutdown()
        server.server_close()
        thread.join(5)


def _handler(watched: Watched) -> type[BaseHTTPRequestHandler]:
    class Door(BaseHTTPRequestHandler):
        timeout = 10  # seconds: who opens a line and says nothing is shown out

        def do_GET(self) -> None:
            """One of the three pages, else 404."""
            answers = {"/healthz": self._alive, "/readyz": self._ready, "/metrics": self._metrics}
            found = answers.get(self.path.partition("?")[0])
            self._send(*(found() if found else (404, "application/json", b"{}")))

        def _alive(self) -> tuple[int, str, bytes]:
            alive = watched.alive()
            return 200 if alive else 503, "application/json", orjson.dumps({"alive": alive, "work": watched.what})

        def _ready(self) -> tuple[int, str, bytes]:
            reasons = watched.reasons()
            told = {"ready": not reasons, "work": watched.what, "reasons": reasons}
            return 503 if reasons else 200, "application/json", orjson.dumps(told)

        def _metrics(self) -> tuple[int, str, bytes]:
            standing = CollectorRegistry()
            standing.register(Standing(watched))
            return 200, CONTENT_TYPE_LATEST, generate_latest(REGISTRY) + generate_latest(standing)

        def _send(self, status: int, kind: str, body: bytes) -> None:
            self.send_response(status)
            self.send_header("Content-Type", kind)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, format: str, *args: Any) -> None:  # noqa: A002 (http.server's name for it)
            """Nothing: who asks every few seconds would fill the log."""

    return Door
