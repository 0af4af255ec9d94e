"""Hostile values in every form, path, query, body and upload of the console, in process, as somebody who may.

With what comes in by file, topic and the intake's own call (tests/ingest/test_hostile*.py) these are more than the
10,000 of stage F: no crash, no partial write, a clear answer each. And nothing of it in a log or a metric.
"""

import io
import random
import re
import struct
import zlib
from collections import Counter
from collections.abc import Iterator
from contextlib import redirect_stderr
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import httpx
import pytest
from anyio.from_thread import BlockingPortal, start_blocking_portal
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from fastapi import FastAPI
from openpyxl import load_workbook

from automation.router import Router
from console import forms
from console.administration.people import Account
from console.app import create_app
from console.visit import ADDRESS, SESSION_COOKIE
from dingze.known import VIEWS
from ledger.backends import open_ledger
from ledger.master_key import make_master_key
from mandates.enact import enact
from sample.load import sample_items
from terms.actors import Role
from tests import needs, postgres
from tests.console import hostile_walk as walk
from tests.console.city import START, TYPES, Town, copy_template
from tests.console.quarter import ACCOUNTS, CASES, FINDINGS, ORDERS, PAPERS, Quarter
from tests.ingest import hostile
from tests.ingest.test_hostile_documents import honest_document, honest_workbook, torn
from tests.rounds import rounds

SEED = 20261201
ROUNDS = {"sqlite": rounds(plain=2), "postgres": rounds(plain=0)}  # over the whole surface
FIRST_DAY = datetime(2026, 1, 5, tzinfo=UTC)
WITHOUT_PLACE = frozenset[str]()
READ = 0.3  # of the pages that come in are looked at for where they lead: that takes as long as they do
LINKS = 60  # of a page that are followed up
LISTS = ("/queue?tab=all", "/tasks?tab=all", "/disputes?tab=chains", "/papers?tab=all", "/findings?tab=all")
AUDIT_KEY = Ed25519PrivateKey.from_private_bytes(bytes(32))
CHINESE = re.compile(r"[\u4e00-\u9fff]")
ENGLISH = re.compile(r"\b(should|must|expected|invalid|Input|Field|Value error)\b")  # a library's own words
# an account's own things, tried on accounts that nobody walks with
SPARE = tuple(Account(f"yz-9{n}-spare", f"样例{n}", Role.DISPATCHER, sample=True) for n in range(3))
INTAKE = frozenset({"/api/v1/work-orders", "/api/v1/returns"})  # what cannot be read is held, which is a fact


def files() -> tuple[bytes, ...]:
    """Bombs, torn papers, a script that calls itself a picture, and some honest ones."""
    chance = random.Random(SEED)
    letter = honest_document("一、主要职责", "（一）负责路灯维护。<script>alert(1)</script>")
    table = honest_workbook(("条目编号", "条目内容"), ("=1+1", "'; DROP TABLE events; --"))
    picture = b"\x89PNG\r\n\x1a\n" + struct.pack(">I", 13) + b"IHDR" + zlib.compress(b"<script>")
    bombs = [hostile.archive({name: b" " * 20_000_000}, stated=10) for name in ("word/document.xml", "xl/workbook.xml")]
    return (
        b"", letter, table, *bombs, hostile.archive({"../../evil": b"x"}), picture, b"%PDF-1.7 <script>", b"GIF89a",
        *(torn(chance, one) for one in (letter, table) * 4), *hostile.tables(chance, 4), *hostile.bodies(chance, 6),
        f"单位代码,单位名称\n=X1,<script>{walk.PHONE}\n".encode(), b"\xff\xd8\xff" + b"A" * 3_000,
    )  # fmt: skip


@dataclass
class House:
    """A quarter's town, its application, the loop it answers in, and what went wrong in it."""

    quarter: Quarter
    app: FastAPI
    portal: BlockingPortal  # in a thread of its own: a test's may be a browser's
    rounds: int
    logs: io.StringIO = field(default_factory=io.StringIO)
    sessions: dict[str, tuple[str, str]] = field(default_factory=dict)
    answers: Counter[int] = field(default_factory=Counter)
    came_to: dict[str, set[int]] = field(default_factory=dict)  # statuses, by place
    faults: list[str] = field(default_factory=list)
    sent: str = ""  # what was asked last, for whoever mends it

    def ask(self, method: str, address: str, **told: Any) -> httpx.Response:
        """One request, straight into the application, as from a browser on this machine."""

        async def asking() -> httpx.Response:
            door = httpx.ASGITransport(self.app, raise_app_exceptions=False, client=("127.0.0.1", 1))
            async with httpx.AsyncClient(transport=door, base_url="http://dingze") as client:
                return await client.request(method, address, **told)

        with redirect_stderr(self.logs):
            return self.portal.call(asking)

    @property
    def town(self) -> Town:
        """The town."""
        return self.quarter.town

    def session(self, account: str) -> tuple[str, str]:
        """A sign-in of that account: the cookie, and the token its pages carry. Ended ones begin anew."""
        people = self.town.people
        cookie, csrf = self.sessions.get(account, ("", ""))
        if not cookie or people.session(cookie, self.town.now) is None:
            known = people.account(account)
            assert known is not None
            cookie = people.start_session(known, self.town.now, 12)
            found = people.session(cookie, self.town.now)
            assert found is not None
            csrf = found.csrf
            self.sessions[account] = cookie, csrf
        return cookie, csrf

    def kept(self) -> int:
        """How many files lie beside the record."""
        return sum(1 for _ in (self.town.folder / "attachments").rglob("*"))


@pytest.fixture(scope="module")
def postgres_town(
    postgres_server: str | postgres.NoServer,
    migrated_postgres: str | postgres.NoServer,
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[tuple[str, Path]]:
    """The sample city on PostgreSQL, with its key."""
    if isinstance(postgres_server, postgres.NoServer) or isinstance(migrated_postgres, postgres.NoServer):
        needs.missing("postgres", str(postgres_server))
    with postgres.database(postgres_server, migrated_postgres) as url:
        folder = tmp_path_factory.mktemp("postgres")
        make_master_key(folder / "key")
        ledger = open_ledger(url, clock=lambda: FIRST_DAY, types=TYPES)
        enact(ledger, sample_items(), at=FIRST_DAY, actor="system:test")
        ledger.close()
        yield url, folder / "key"


@pytest.fixture(
    scope="module", params=["sqlite", pytest.param("postgres", marks=[pytest.mark.postgres, pytest.mark.faults])]
)
def house(
    request: pytest.FixtureRequest, template: Path, router: Router, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[House]:
    """A quarter of the sample city, once on each database."""
    if not ROUNDS[request.param]:
        pytest.skip("half a minute: part of `make faults` and `make soak`")
    if request.param == "sqlite":
        url, key = copy_template(template, tmp_path_factory.mktemp("sqlite"))
    else:
        url, key = request.getfixturevalue("postgres_town")
    town = Town(url, key, router)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(forms.Filled, "of", walk.listening(forms.Filled.of))
        quarter = Quarter(town)
        town.people.add_missing(SPARE)
        app = create_app(replace(town.parts(), audit_key=lambda: AUDIT_KEY))
        with start_blocking_portal() as portal:
            yield House(quarter, app, portal, ROUNDS[request.param])
    town.close()


def honest(town: Town) -> dict[str, tuple[str, ...]]:
    """What may stand in a field of that name, or in a path (`first part:name`)."""
    register = town.register.as_of(START.date())
    clauses = tuple(str(code) for code, one in register.clauses.items() if one.unit in ("C03", "C05"))[:6]
    units = ("C03", "C05", "C16", "D1", "D1-03", "C03 城管局")
    items = (*clauses, *(str(code) for code in list(register.duty_points)[:3]))
    spare = tuple(one.account for one in SPARE)
    return {
        "media": ("application/json", "application/x-ndjson", "text/csv"),
        "": (*units[:2], *clauses[:2], "yes", "no", "1", "2026-11-20", "核查情况属实", "LK-0002", "all", "油烟"),
        **dict.fromkeys(("unit", "to", "lead", "receiver", "proposed", "proposed_unit", "supports", "units"), units),
        **dict.fromkeys(("seen", "page", "size", "limit", "days"), ("1", "2", "3")),
        **dict.fromkeys(("as_of", "since", "until", "at", "from", "day", "until"), ("2026-11-16", "2026-11-20", "")),
        "position": ("3", "900"), "about": (*ORDERS, *CASES, *FINDINGS, "SL-1"), "period": ("2026-Q4", "2026"),
        **dict.fromkeys(("papers:number", "papers:paper_no"), tuple(PAPERS)),
        **dict.fromkeys(("cases:number", "cases:case_no"), tuple(CASES)),
        **dict.fromkeys(("findings:number", "findings:finding_no"), tuple(FINDINGS)),
        **dict.fromkeys(("digests:number", "digests:digest_no"), ("SL-1",)),
        **dict.fromkeys(("assessments:number", "assessments:sheet_no"), ("PG-1", "PG-9")),
        **{f"{path}:order_no": tuple(ORDERS) for path in ("act", "orders", "sealed", "files", "work-orders")},
        **{f"{path}:order_no": tuple(ORDERS) for path in ("claim", "release")},
        **dict.fromkeys(("scores:quarter_name", "score-sheets:quarter", "quarter"), ("2026-Q3", "2026-Q4")),
        **dict.fromkeys(("accountability:unit", "scores:unit", "units:unit", "mandates:code"), units[:5]),
        "people:account": spare, "mandates:item": items, "item": items, "clause": clauses,
        "mandates:draft": ("DR-1",), "mandates:instrument": tuple(str(one) for one in list(register.instruments)[:4]),
        "figures:name": ("dispatched", "returned"), "open311:number": tuple(ORDERS), "shift:number": ("1",),
    }  # fmt: skip


def send(
    house: House, spot: walk.Spot, attacker: walk.Attacker, account: str, shown: walk.Shown | None = None
) -> httpx.Response:
    """One request as that account; what was asked of its form is learned."""
    cookie, csrf = house.session(account)
    headers: dict[str, Any] = attacker.headers() | {"Cookie": f"{SESSION_COOKIE}={cookie}", "X-CSRF-Token": csrf}
    content = b""
    attacker.take_aim()
    match spot.body:
        case "form":
            content, headers["Content-Type"] = attacker.form(spot, shown.fields if shown else {})
        case "command" | "json":
            content, headers["Content-Type"] = attacker.json(spot), "application/json"
        case "orders":
            content, headers["Content-Type"] = attacker.intake(), attacker.honest("media")
    walk.asked.clear()
    walk.brought.clear()
    address = attacker.shown_address(spot, shown.address) if shown else attacker.address(spot)
    house.sent = f"{address} {content[:400]!r}"
    answer = house.ask(spot.method, address, headers=headers, content=content)
    spot.fields |= walk.asked - {"csrf"}
    spot.files |= walk.brought
    if spot.body == "form" and spot.takes_files:
        spot.files.add(forms.UPLOADS)
    return answer


def wrong(house: House, spot: walk.Spot, answer: Any, head: int, kept: int) -> Iterator[str]:
    """What is wrong with an answer."""
    status, media = answer.status_code, answer.headers.get("content-type", "")
    if status >= 500 and not (status == 503 and spot.route.path == "/readyz"):
        yield f"a server error: {answer.text[:300]}"
    for name, value in answer.headers.items():
        if walk.PHONE in value and name not in ("location", "hx-redirect"):
            yield f"a payload in the header {name}"
    location = answer.headers.get("location", answer.headers.get("hx-redirect", "/"))
    if not location.startswith("/") or location.startswith(("//", "/\\")):
        yield f"led to another site: {location[:80]}"
    if "json" not in media and not media.startswith(("application/vnd", "application/zip", "application/octet")):
        text = answer.text
        found = [one for one in walk.RAW if one in text]
        if found:
            yield f"reflected as markup: {found}"
    if media == "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet":
        book = load_workbook(io.BytesIO(answer.content))
        if any(cell.data_type == "f" for sheet in book for row in sheet.iter_rows() for cell in row):
            yield "a formula in a table"
    if status >= 400:
        yield from unclear(answer)
        if house.town.ledger.head() != head and not (spot.route.path in INTAKE and b'"quarantined"' in answer.content):
            yield "refused, and the record grew"
        if house.kept() != kept:
            yield "refused, and a file was kept"


def unclear(answer: Any) -> Iterator[str]:
    """What a refusal lacks: a code, a Chinese sentence, and where it is about what was sent, the place."""
    if "json" in answer.headers["content-type"]:
        told = answer.json()
        told = told[0] if isinstance(told, list) else told.get("problem", told)
        words = str(told.get("title", told.get("description", "")))
        if not CHINESE.search(words) or ENGLISH.search(words):
            yield f"no Chinese sentence: {answer.text[:200]}"
        if not told.get("code"):
            yield f"no code: {answer.text[:200]}"
        if answer.status_code in (413, 422) and not told.get("at") and told.get("code") not in WITHOUT_PLACE:
            yield f"no place: {answer.text[:200]}"
    elif "xml" in answer.headers["content-type"]:
        if "<description>" not in answer.text:
            yield f"no description: {answer.text[:200]}"
    elif "错误代码" not in answer.text and "dz-signin" not in answer.text:
        yield f"no code: {answer.text[:300]}"


@pytest.fixture(scope="module")
def walked(house: House) -> House:
    """The walk: in each round every place once, by somebody who may; between rounds the views follow."""
    chance = random.Random(SEED)
    attacker = walk.Attacker(chance, honest(house.town), files())
    surface = walk.Surface(house.app)
    way_in(house, surface)
    for _ in range(house.rounds):
        for spot in chance.sample(surface.spots, len(surface.spots)):
            for account, shown in fitting(surface, spot, chance):
                head, kept = house.town.ledger.head(), house.kept()
                answer = send(house, spot, attacker, account, shown)
                house.answers[answer.status_code] += 1
                house.came_to.setdefault(str(spot), set()).add(answer.status_code)
                house.faults += [
                    f"{spot} as {account}: {answer.status_code} {one}\n    by {house.sent}"
                    for one in wrong(house, spot, answer, head, kept)
                ]
                if chance.random() < READ:
                    read_page(surface, answer, account)
                if answer.status_code != 403:
                    surface.fits(spot, account)
                    break
        house.town.engine.catch_up()
    return house


def way_in(house: House, surface: walk.Surface) -> None:
    """Everybody looks at the pages of the menu and at one thing of each kind they lead to."""
    for account in ACCOUNTS:
        cookie, _ = house.session(account.account)
        seen: set[str] = set()
        for address in (*ADDRESS.values(), *LISTS):
            led = look_at(house, surface, cookie, account.account, address)
            for spot, found in led:
                if str(spot) not in seen and "{" in spot.route.path:
                    seen.add(str(spot))
                    look_at(house, surface, cookie, account.account, found)


def look_at(
    house: House, surface: walk.Surface, cookie: str, account: str, address: str
) -> list[tuple[walk.Spot, str]]:
    """Where a page leads that somebody looks at."""
    return read_page(surface, house.ask("GET", address, headers={"Cookie": f"{SESSION_COOKIE}={cookie}"}), account)


def read_page(surface: walk.Surface, answer: httpx.Response, account: str) -> list[tuple[walk.Spot, str]]:
    """Note where a page leads; the links in it, each with its place."""
    if answer.status_code != 200 or not answer.headers["content-type"].startswith("text/html"):
        return []
    page = walk.Reading()
    page.feed(answer.text)
    for address, fields in page.forms:
        if address.startswith("/people/act/") and not address.endswith("-spare"):
            continue  # nobody who walks is shut out
        told = {name: tuple(values) for name, values in fields.items()}
        surface.note("POST", walk.Shown(account, address, told))
    links = sorted(page.links)[:LINKS]
    led = [(surface.note("GET", walk.Shown(account, address)), address) for address in links]
    return [(spot, address) for spot, address in led if spot is not None]


def fitting(surface: walk.Surface, spot: walk.Spot, chance: random.Random) -> Iterator[tuple[str, walk.Shown | None]]:
    """Who tries: mostly whom a page led here, else those whom the command's roles or the last time say may."""
    if spot.shown and chance.random() < 0.8:
        shown = chance.choice(spot.shown)
        yield shown.account, shown
        return
    if surface.fitting(spot) and chance.random() < 0.7:
        yield surface.fitting(spot), None
    roles = walk.roles_of(spot)
    may = [one.account for one in ACCOUNTS if not roles or str(one.role) in roles]
    yield from ((account, None) for account in chance.sample(may, len(may)))


def test_no_hostile_request_crashes_leaks_markup_or_is_refused_without_a_word(walked: House) -> None:
    assert not walked.faults, "\n".join([f"{len(walked.faults)} faults", *walked.faults[:30]])


def test_the_walk_came_far_enough_to_say_something(walked: House) -> None:
    told = walked.answers
    accepted = [place for place, statuses in walked.came_to.items() if statuses & {200, 201, 204, 303}]
    assert told.total() > 350 * walked.rounds and len(walked.came_to) > 350
    assert len(accepted) > 75 and told[200] + told[201] + told[204] + told[303] > told.total() // 8
    assert min(told[404], told[409], told[422]) > 20, "turned away behind the door, by the rules and by the readers"


def test_the_record_stands_and_the_views_equal_a_rebuild(walked: House) -> None:
    assert walked.town.ledger.verify().position == walked.town.ledger.head()
    assert all(walked.town.engine.verify(view.name)[0] for view in VIEWS)


def test_neither_log_nor_metric_holds_what_was_sent(walked: House) -> None:
    metrics = walked.ask("GET", "/metrics").text
    logs = walked.logs.getvalue()
    assert walk.PHONE not in metrics and walk.PHONE not in logs and "Traceback" not in logs, logs[-2_000:]
