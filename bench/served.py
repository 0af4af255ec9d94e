"""What `bench.pages` asks: a city of two years behind a server of its own, its people signed in, orders arriving.

    python -m bench.served FOLDER NOW     the server itself, over what `write` wrote into FOLDER, at the moment NOW

Every answer says how long it took: from the request's arrival to the last byte handed over.
"""

import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import orjson
import uvicorn
from starlette.datastructures import MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from bench.at_size import rebuild
from bench.years import TEXT, CityClock, write_years
from console.administration.people import Account, People
from console.administration.sample_people import SAMPLE_ACCOUNTS
from console.app import create_app
from dingze.heap import keep_aside
from dingze.known import event_types
from dingze.settings import Settings
from dingze.wiring import Dingze
from ledger.backends import migrate, open_ledger
from ledger.master_key import make_master_key
from ledger.vault import open_vault
from mandates.enact import enact
from mandates.sheets import Row
from sample.load import sample_items

WALL, WORK = "x-bench-wall-ms", "x-bench-work-ms"


def settings_of(folder: Path) -> Settings:
    """The settings of the measured Dingze, whatever this machine's environment says."""
    return Settings(database_url=f"sqlite:///{folder / 'years.db'}", master_key=folder / "key", cache=folder / "cache")


# --- the city ---


def write(folder: Path, events: int, people: int) -> tuple[datetime, dict[str, tuple[Account, str]]]:
    """Two years of a city with its register, views and people; the moment they end and everybody's session."""
    settings = settings_of(folder)
    url, key = settings.database_url, folder / "key"
    migrate(url)
    make_master_key(key)
    clock = CityClock()
    ledger = open_ledger(url, clock=clock, types=event_types())
    try:
        enact(ledger, sample_items(), at=clock.now, actor="system:bench")
        write_years(ledger, open_vault(ledger, key), clock, events)
    finally:
        ledger.close()
    rebuild(url, key)
    accounts = People(url)
    try:
        now = clock.now - timedelta(days=2)  # the last day of a quarter: its figures are full
        return now, dict(_sign_in(accounts, people, now))
    finally:
        accounts.close()


def _sign_in(accounts: People, people: int, now: datetime) -> Iterator[tuple[str, tuple[Account, str]]]:
    """So many people with the roles of the sample users in turn, each with a session."""
    for number in range(people):
        one = replace(SAMPLE_ACCOUNTS[number % len(SAMPLE_ACCOUNTS)], account=f"bench-{number:03}")
        accounts.add_missing([one])
        yield one.account, (one, accounts.start_session(one, now, hours=240))


def arriving(folder: Path, now: datetime, over: threading.Event) -> None:
    """An order a second arrives and the views follow, as beside the pages of a city at work."""
    dingze = Dingze(settings_of(folder), clock=lambda: now)
    try:
        number = 0
        while not over.wait(1.0):
            number += 1
            row = {
                "工单编号": f"NEW{number:06}", "工单类型": "投诉", "标题": f"新到{number}", "主要内容": TEXT,
                "来电人": "测试", "联系方式": "13900000001", "受理时间": now.isoformat(),
            }  # fmt: skip
            arrived = Row("bench", number, row, orjson.dumps(row))
            for _ in dingze.gateway.admit([arrived], now=now):
                pass
            dingze.projections.catch_up()
    finally:
        dingze.close()


# --- the server ---


class Timed:
    """Writes on every answer how long it took: by the clock, and of this process's processor time."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """ASGI. The answer is held back whole, so that its time covers its last byte; streams pass untimed."""
        if scope["type"] != "http" or scope["path"] == "/moved":
            await self._app(scope, receive, send)
            return
        wall, work = time.perf_counter(), time.process_time()
        held: list[Message] = []

        async def hold(message: Message) -> None:
            held.append(message)

        await self._app(scope, receive, hold)
        headers = MutableHeaders(scope=held[0])
        headers[WALL] = f"{(time.perf_counter() - wall) * 1_000:.2f}"
        headers[WORK] = f"{(time.process_time() - work) * 1_000:.2f}"
        for message in held:
            await send(message)


def serve(folder: Path, now: datetime) -> None:
    """The pages as a process of their own, at the moment the two years end; its port is its first line."""
    began = time.monotonic()
    dingze = Dingze(settings_of(folder), clock=lambda: now + timedelta(seconds=time.monotonic() - began))
    app = Timed(create_app(dingze.parts))
    dingze.register.register()
    keep_aside()  # as `dingze serve` does
    server = uvicorn.Server(uvicorn.Config(app, host="127.0.0.1", port=0, log_level="error", access_log=False))
    threading.Thread(target=_tell_port, args=(server,), daemon=True).start()
    server.run()


def _tell_port(server: uvicorn.Server) -> None:
    while not server.started:
        time.sleep(0.02)
    print(server.servers[0].sockets[0].getsockname()[1], flush=True)


@contextmanager
def served(folder: Path, now: datetime) -> Iterator[str]:
    """The server's address, while it runs."""
    command = [sys.executable, "-m", "bench.served", str(folder), now.isoformat()]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        try:
            assert process.stdout is not None
            port = process.stdout.readline().strip()
            assert port, "the server did not start"
            yield f"http://127.0.0.1:{port}"
        finally:
            process.terminate()


if __name__ == "__main__":
    serve(Path(sys.argv[1]), datetime.fromisoformat(sys.argv[2]).astimezone(UTC))
