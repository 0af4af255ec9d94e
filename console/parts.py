"""What every page stands on: the parts the console is given, and what it makes of them once.

The pages import this; `app` alone imports the pages.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from itsdangerous import URLSafeSerializer

from automation.rehearsal import Rehearsal
from automation.wording_finder import WordingFinder
from casework.desk import Desk
from casework.paperwork.desk import PaperDesk
from city.calendar import WorkingCalendar
from city.configuration import CityConfiguration
from console.administration.people import People
from console.administration.quarantine import Quarantine
from console.deskbook.book import DeskBook
from console.dispatcher.tallies import Tallies
from console.orders.attachments import AttachmentStore
from console.pulse import Pulse
from console.single_sign_on import SingleSignOn
from console.static_files import Assets
from console.templates import Templates
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
    rehearsal: Rehearsal  # tries a draft on past orders
    wording_finder: WordingFinder  # proposes everyday words from outcomes
    clock: Callable[[], datetime]
    session_hours: int = 10
    sample_sign_in: bool = False
    metrics_token: str = ""
    failures: Callable[[], Mapping[str, str]] = dict
    single_sign_on: SingleSignOn | None = None  # signing in by another system, where a city has set one
    audit_key: Callable[[], Ed25519PrivateKey] | None = None  # signs audit archives; None where no key is at hand


class Console:
    """What the pages share: the parts, the templates, the signed cookies and the pulse of the views."""

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
        """Signs the small cookies: a position, a notice."""
        return URLSafeSerializer(self.people.signing_key(), salt="dingze.console")

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
