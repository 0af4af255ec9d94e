"""A whole small Dingze for the console's tests: real ledger, vault, views, router and desk over the sample city."""

import re
import shutil
import threading
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import ClassVar

import httpx
import orjson
import uvicorn
from fastapi import FastAPI
from sqlalchemy import make_url

from automation.learner import Learner
from automation.memory_shelf import MemoryShelf
from automation.paper_shelf import PaperShelf
from automation.proposer import Proposer
from automation.recent_orders import RecentOrders
from automation.rehearsal import Rehearsal
from automation.router import Router
from automation.waiting_orders import WaitingOrders
from automation.wording_finder import WordingFinder
from casework.desk import Desk
from casework.events import FACTS
from casework.papers.templates import shipped
from casework.paperwork.desk import PaperDesk
from casework.work_order import commands as c
from city.calendar import WorkingCalendar
from city.configuration import CityConfiguration
from console.administration.people import People
from console.administration.sample_people import SAMPLE_ACCOUNTS
from console.app import create_app
from console.deskbook.book import DeskBook
from console.orders.attachments import AttachmentStore
from console.parts import Parts
from dingze.known import VIEWS
from ingest.gateway import Gateway
from ingest.notes import Notes
from ingest.quarantine import EVENT_TYPES as QUARANTINE_EVENTS
from ledger.backends import open_ledger
from ledger.envelope import Event
from ledger.master_key import make_master_key
from ledger.upcast import EventTypes, KnownType
from ledger.vault import open_vault
from mandates.enact import enact
from mandates.events import EVENT_TYPES as MANDATE_EVENTS
from mandates.reading import RegisterReader
from mandates.sheets import Row
from projections.engine import ProjectionEngine
from projections.readings.appraisal import ViewFigures
from projections.store import ViewStore
from projections.view import Masked
from routing.memory import EMPTY
from routing.proposal import OrderText, Proposal
from sample.load import sample_items
from terms.actors import Actor, Role
from terms.ids import UnitCode

START = datetime(2026, 11, 16, 1, 30, tzinfo=UTC)  # a Monday, 9:30 in the city
TYPES = EventTypes(
    (fact.known_type() for fact in FACTS.values()),
    (KnownType(name) for name in MANDATE_EVENTS),
    QUARANTINE_EVENTS,
)
DISPATCHER = Actor("yz-01-dispatcher", Role.DISPATCHER, UnitCode("C26"))
ADMINISTRATOR = Actor("yz-15-administrator", Role.ADMINISTRATOR)


class Town:
    """One Dingze in a folder. Its clock stands still until it is told to go on."""

    def __init__(self, url: str, key: Path, router: Router, *, samples: bool = True) -> None:
        self.now = START
        self.city = CityConfiguration()
        self.calendar = WorkingCalendar(self.city)
        self.ledger = open_ledger(url, clock=self.clock, types=TYPES)
        self.vault = open_vault(self.ledger, key)
        self.register = RegisterReader(self.ledger)
        self.views = ViewStore(url)
        self.engine = ProjectionEngine(self.ledger, self.views, VIEWS, self.open_masked)
        self.remake_desk()
        self.papers = PaperDesk(self.desk, self.vault, shipped(), PaperShelf(self.views, self.vault))
        self.gateway = Gateway(self.ledger, self.vault, self.city, self.calendar, self.register.as_of)
        self.router = router
        self.rehearsal = Rehearsal(self.ledger, self.register, router, self.city, self.open_masked, lambda: EMPTY)
        self.learner = Learner(
            self.ledger, self.engine, self.register, router, MemoryShelf(self.views), self.city, self.open_masked,
            self.clock,
        )  # fmt: skip
        self.wording_finder = WordingFinder(self.ledger, self.register, self.learner, self.clock)
        self.people = People(url)
        self.book = DeskBook(url)
        self.folder = key.parent
        self.people.add_missing(SAMPLE_ACCOUNTS)
        self.samples = samples

    def remake_desk(self) -> None:
        """The desk, by the city's rules as they are now."""
        self.desk = Desk(
            self.ledger,
            self.city,
            self.calendar,
            self.register.as_of,
            self.clock,
            cover=Notes(self.ledger, self.vault),
            figures=ViewFigures(self.views, self.ledger, self.register, self.city),
        )

    def clock(self) -> datetime:
        """What time it is."""
        return self.now

    def later(self, **span: float) -> None:
        """Time goes by."""
        self.now += timedelta(**span)

    def open_masked(self, events: Sequence[Event]) -> Mapping[str, Masked]:
        """The masked texts, as the program's wiring opens them."""
        ring = self.vault.reading({event.stream for event in events})
        found = {event.event_id: ring.open(event.stream, event.payload["masked"]) for event in events}
        return {event_id: opened for event_id, opened in found.items() if opened is not None}

    def route(self, order: OrderText) -> Proposal:
        """The router's answer today."""
        return self.router.route(order, day=self.router.day_of(self.now))

    def parts(self) -> Parts:
        """What the console is given."""
        return Parts(
            ledger=self.ledger,
            vault=self.vault,
            register=self.register,
            views=self.views,
            projections=self.engine,
            city=self.city,
            calendar=self.calendar,
            desk=self.desk,
            papers=self.papers,
            gateway=self.gateway,
            people=self.people,
            book=self.book,
            attachments=AttachmentStore(self.folder / "attachments", self.vault),
            open_masked=self.open_masked,
            route=self.route,
            rehearsal=self.rehearsal,
            wording_finder=self.wording_finder,
            clock=self.clock,
            sample_sign_in=self.samples,
        )

    def app(self) -> FastAPI:
        """The web application."""
        return create_app(self.parts())

    # --- life ---

    def receive(self, *orders: Mapping[str, str]) -> None:
        """Orders come in, are proposed for and folded."""
        rows = [Row("test", number, dict(order), orjson.dumps(dict(order))) for number, order in enumerate(orders, 1)]
        for _ in self.gateway.admit(rows, now=self.now):
            pass
        self.work()

    def work(self) -> None:
        """What the system does by itself, until nothing is left to do."""
        Proposer(
            ledger=self.ledger,
            desk=self.desk,
            projections=self.engine,
            router=self.router,
            city=self.city,
            calendar=self.calendar,
            open_masked=self.open_masked,
            waiting=WaitingOrders(self.ledger, self.engine),
            recent=RecentOrders(self.ledger, self.city.routing, self.open_masked),
            clock=self.clock,
        ).run()

    def do(self, order_no: str, command: c.Command, actor: Actor) -> None:
        """Somebody does something; the views follow."""
        self.desk.do(order_no, command, actor)
        self.engine.catch_up()

    def dispatch(self, order_no: str, lead: str, *supports: str) -> None:
        """The dispatcher sends an order by hand, on whatever the router cited."""
        order = self.desk.order(order_no)
        if order.lead is not None:
            self.do(order_no, c.WithdrawDispatch("人工调整"), DISPATCHER)
        units = tuple(UnitCode(unit) for unit in supports)
        self.do(order_no, c.Dispatch(UnitCode(lead), units, reason="按职责派单"), DISPATCHER)

    def close(self) -> None:
        """Give the connections back."""
        self.people.close()
        self.book.close()
        self.views.close()
        self.ledger.close()


def order(number: str, text: str, **fields: str) -> dict[str, str]:
    """An order as a hotline writes it."""
    usual = {"工单编号": number, "工单类型": "投诉", "标题": text[:18], "主要内容": text, "被反映区": "望湖区"}
    return usual | {"来电人": "测试来电人", "联系方式": "13900000001", "受理时间": START.isoformat()} | fields


@contextmanager
def served(app: FastAPI) -> Iterator[str]:
    """The application behind a real server on this machine; its address."""
    server = uvicorn.Server(uvicorn.Config(app, port=0, log_level="error", timeout_graceful_shutdown=1))
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    while not server.started:
        time.sleep(0.01)
    try:
        yield f"http://127.0.0.1:{server.servers[0].sockets[0].getsockname()[1]}"
    finally:
        while Browser.opened:
            Browser.opened.pop().close()
        server.should_exit = True
        thread.join(10)


class Browser(httpx.Client):
    """A browser of one person: it keeps its cookies and knows its token, and follows no redirect by itself.

    Closed with the server it was opened on.
    """

    opened: ClassVar[list["Browser"]] = []

    def __init__(self, address: str, account: str = "") -> None:
        super().__init__(base_url=address, timeout=30)
        self.opened.append(self)
        if account:
            answer = self.post("/sign-in/sample", data={"account": account})
            assert answer.status_code == 303, answer.text

    def csrf(self) -> str:
        """The token that this browser's pages carry."""
        return self.get("/account").text.split('data-csrf="')[1].split('"')[0]

    def fill(self, address: str, **fields: str) -> httpx.Response:
        """Post a form as a page would."""
        return self.post(address, data=fields | {"csrf": self.csrf()})


def plain(text: str) -> str:
    """A page without its marks, as a reader reads it."""
    return re.sub(r"<mark>(.*?)(<sup>.*?</sup>)?</mark>", r"\1", text)


def build_template(folder: Path, migrated: Path) -> Path:
    """A database with the sample city enacted, for copying."""
    file = folder / "city.db"
    shutil.copy(migrated, file)
    make_master_key(folder / "key")
    day = datetime(2026, 1, 5, tzinfo=UTC)
    ledger = open_ledger(f"sqlite:///{file}", clock=lambda: day, types=TYPES)  # recorded then, not when tests run
    enacted = enact(ledger, sample_items(), at=day, actor="system:test")
    ledger.close()
    assert enacted.enacted > 1000
    return file


@contextmanager
def router_of(template: Path, cache: Path) -> Iterator[Router]:
    """A router over the enacted city, shared by all who have a copy of it: its index takes seconds to build."""
    ledger = open_ledger(f"sqlite:///{template}", types=TYPES)
    yield Router(RegisterReader(ledger), CityConfiguration(), cache)
    ledger.close()


def copy_template(template: Path, folder: Path) -> tuple[str, Path]:
    """The address of a copy and its key file."""
    for name in ("city.db", "city.db-wal", "key"):
        if (template.parent / name).exists():
            shutil.copy(template.parent / name, folder / name)
    return f"sqlite:///{folder / 'city.db'}", folder / "key"


def file_of(url: str) -> Path:
    """The file of a SQLite address."""
    return Path(str(make_url(url).database))
