"""The console put together from its parts: `create_app(parts)` gives the web application."""

import asyncio
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from fastapi import Depends, FastAPI
from itsdangerous import URLSafeSerializer
from starlette.middleware.gzip import GZipMiddleware

from casework.desk import Desk
from casework.paperwork.desk import PaperDesk
from city.calendar import WorkingCalendar
from city.configuration import CityConfiguration
from console import find, problems, sign_in, trial
from console.administration import health
from console.administration.operations import Quarantine
from console.administration.people import People
from console.administration.routes import ROUTERS as ADMINISTRATION
from console.bianban.routes import ROUTERS as BIANBAN
from console.department.routes import ROUTERS as DEPARTMENT
from console.deskbook.book import DeskBook
from console.deskbook.routes import ROUTERS as DESKBOOK
from console.dispatcher.routes import ROUTERS as DISPATCHER
from console.dispatcher.tallies import Tallies
from console.interface.routes import PUBLIC
from console.interface.routes import ROUTERS as INTERFACE
from console.leaders.routes import ROUTERS as LEADERS
from console.orders.attachments import AttachmentStore
from console.orders.routes import ROUTERS as ORDERS
from console.pulse import Pulse
from console.registers.routes import ROUTERS as REGISTERS
from console.security import BodyLimit, Headers, require_genuine
from console.spreadsheet import Spreadsheets
from console.static_files import STATIC, Assets, KeptFiles
from console.templates import Templates
from console.visit import signer
from console.words import CITY_TIME
from ingest.gateway import Gateway
from ledger.envelope import Event
from ledger.store import Ledger
from ledger.vault import Vault
from mandates.edition import RegisterEdition
from mandates.reading import RegisterReader
from projections.engine import ProjectionEngine
from projections.store import ViewStore
from projections.view import Masked
from routing.proposal import OrderText, Proposal
from terms.ids import Position, UnitCode


@dataclass(frozen=True, slots=True)
class Parts:
    """Everything the console is given; it makes nothing of this itself and closes nothing.

    `open_masked` gives the masked texts of events by event id (nothing for erased ones); `route` asks the router with
    the editions of the day. `sample_sign_in` allows the sample users' buttons, to loopback addresses only;
    `metrics_token` opens /metrics to other machines; `failures` names the parts of this process that fail, and why.
    """

    ledger: Ledger
    vault: Vault
    register: RegisterReader
    views: ViewStore
    projections: ProjectionEngine
    city: CityConfiguration
    calendar: WorkingCalendar
    desk: Desk
    papers: PaperDesk
    gateway: Gateway
    people: People
    book: DeskBook
    attachments: AttachmentStore
    open_masked: Callable[[Sequence[Event]], Mapping[str, Masked]]
    route: Callable[[OrderText], Proposal]
    clock: Callable[[], datetime]
    session_hours: int = 10
    sample_sign_in: bool = False
    metrics_token: str = ""
    failures: Callable[[], Mapping[str, str]] = dict
    audit_key: Callable[[], Ed25519PrivateKey] | None = None  # signs audit archives; None where no key is at hand


class Console:
    """What the routes share: the parts, the templates, the signed cookies and the pulse of the views."""

    def __init__(self, parts: Parts) -> None:
        self.parts = parts
        self.templates = Templates(Assets())
        self.pulse = Pulse(lambda: {"moved": str(self.position()), "claimed": parts.book.mark()})
        self.tallies = Tallies()
        self.quarantine = Quarantine(parts.ledger)

    @property
    def people(self) -> People:
        """The accounts."""
        return self.parts.people

    @cached_property
    def signer(self) -> URLSafeSerializer:
        """Signs the small cookies."""
        return signer(self.people.signing_key())

    def now(self) -> datetime:
        """This moment (aware)."""
        return self.parts.clock()

    def edition(self, at: datetime) -> RegisterEdition:
        """The register in force on the city's date of a moment."""
        return self.parts.register.as_of(at.astimezone(CITY_TIME).date())

    def unit_name(self, unit: UnitCode | None, register: RegisterEdition) -> str:
        """A unit's name, its code when the register does not know it."""
        known = register.units.get(unit) if unit else None
        return known.name if known else (unit or "")

    def short_name(self, unit: UnitCode | None, register: RegisterEdition) -> str:
        """What people call a unit; empty for none."""
        known = register.units.get(unit) if unit else None
        return known.everyday_names[0] if known and known.everyday_names else self.unit_name(unit, register)

    def unit_names(self) -> Mapping[str, str]:
        """The names of the units in force today, by code."""
        return {code: unit.name for code, unit in self.edition(self.now()).units.items()}

    def position(self) -> int:
        """How far the view of the queue has come."""
        with self.parts.views.reading() as connection:
            build = self.parts.views.current(connection, "queue")
            return build.position if build else 0

    def reached(self, position: Position, view: str, seconds: float) -> bool:
        """Wait until a view has reached a position; at once False when it has stopped on a fault."""
        for status in self.parts.projections.status():
            if status.name == view and status.current and (status.stopped or status.position >= position):
                return status.position >= position
        return self.parts.projections.wait(position, seconds, view)


def create_app(parts: Parts) -> FastAPI:
    """The web application over these parts. Raises Unavailable when the page assets were not made."""
    console = Console(parts)

    @asynccontextmanager
    async def lifespan(_: FastAPI) -> AsyncIterator[None]:
        beating = asyncio.create_task(console.pulse.beat())
        try:
            yield
        finally:
            beating.cancel()
            await asyncio.gather(beating, return_exceptions=True)

    app = FastAPI(title="定责", docs_url=None, redoc_url=None, openapi_url=None, lifespan=lifespan)
    app.state.console = console
    problems.install(app)
    app.mount("/static", KeptFiles(directory=STATIC), name="static")
    app.include_router(sign_in.router)
    app.include_router(health.router)
    for router in PUBLIC:
        app.include_router(router)
    genuine = [Depends(require_genuine)]
    app.include_router(find.router, dependencies=genuine)
    app.include_router(trial.router, dependencies=genuine)
    for desk in (ADMINISTRATION, BIANBAN, DEPARTMENT, DESKBOOK, DISPATCHER, INTERFACE, LEADERS, ORDERS, REGISTERS):
        for router in desk:
            app.include_router(router, dependencies=genuine)
    app.add_middleware(Spreadsheets, names=console.unit_names)
    app.add_middleware(GZipMiddleware, minimum_size=1_000, compresslevel=5)
    app.add_middleware(BodyLimit, limit=parts.city.imports.body_limit_bytes, refuse=problems.problem)
    app.add_middleware(Headers)
    app.add_middleware(health.Measured)
    return app
