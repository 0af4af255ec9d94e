"""The one place where the parts are put together. Tests put other parts in here, and nowhere else."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from automation.carrier import Carrier
from automation.eraser import Eraser
from automation.learner import Learner
from automation.lease import FeedLease
from automation.memory_shelf import MemoryShelf
from automation.notifier import Notifier
from automation.paper_shelf import PaperShelf
from automation.proposer import Proposer
from automation.recent_orders import RecentOrders
from automation.rehearsal import Rehearsal
from automation.router import Router
from automation.sealer import Sealer
from automation.standings import Standings
from automation.timers import Timers
from automation.waiting_orders import WaitingOrders
from automation.watch import Watch
from automation.wording_finder import WordingFinder
from casework.desk import Desk
from casework.papers.checking import load as load_templates
from casework.paperwork.desk import PaperDesk
from city.calendar import WorkingCalendar
from city.configuration import CityConfiguration, load_configuration
from console.administration.people import People
from console.deskbook.book import DeskBook
from console.orders.attachments import AttachmentStore
from console.parts import Parts
from console.single_sign_on import SingleSignOn
from dingze.folders import attachment_folder, kept, key_file
from dingze.known import VIEWS, event_types
from dingze.outside import brokers, kafka_client, single_sign_on, sinks
from dingze.settings import Settings
from ingest.gateway import Gateway
from ingest.notes import Notes
from ledger import signing
from ledger.backends import now, open_ledger
from ledger.envelope import Event
from ledger.signing import signing_key
from ledger.store import Ledger
from ledger.vault import Vault, open_vault
from mandates.reading import RegisterReader
from projections.engine import ProjectionEngine
from projections.readings.appraisal import ViewFigures
from projections.store import ViewStore
from projections.view import Masked
from routing.proposal import OrderText, Proposal
from routing.text import cut_fast

if TYPE_CHECKING:
    from automation.publisher import Publisher, PublisherOptions
    from ingest.kafka import KafkaIntake


@dataclass(frozen=True)
class Dingze:
    """One running Dingze: its settings and its parts, each made once."""

    settings: Settings
    clock: Callable[[], datetime] = now

    @cached_property
    def city(self) -> CityConfiguration:
        """The city's configuration; its version is recorded on what it decides."""
        return load_configuration(self.settings.city_file)

    @cached_property
    def calendar(self) -> WorkingCalendar:
        """The city's working days."""
        return WorkingCalendar(self.city)

    @cached_property
    def ledger(self) -> Ledger:
        """The record."""
        return open_ledger(self.settings.database_url, clock=self.clock, types=event_types())

    @cached_property
    def vault(self) -> Vault:
        """The sealed personal data."""
        return open_vault(
            self.ledger, key_file(self.settings), kept(self.settings, ".erasures"), self.city.personal_data.cipher
        )

    @cached_property
    def register(self) -> RegisterReader:
        """Who must do what, as the record has it."""
        return RegisterReader(self.ledger)

    @cached_property
    def views(self) -> ViewStore:
        """Where the views live."""
        return ViewStore(self.settings.database_url)

    @cached_property
    def projections(self) -> ProjectionEngine:
        """The engine that folds."""
        return ProjectionEngine(self.ledger, self.views, VIEWS, self.open_masked)

    @cached_property
    def gateway(self) -> Gateway:
        """The way in for orders."""
        return Gateway(self.ledger, self.vault, self.city, self.calendar, self.register.as_of)

    @cached_property
    def desk(self) -> Desk:
        """Where people's commands are carried out."""
        return Desk(
            self.ledger,
            self.city,
            self.calendar,
            self.register.as_of,
            self.clock,
            self.standings.standing,
            Notes(self.ledger, self.vault),
            ViewFigures(self.views, self.ledger, self.register, self.city),
        )

    @cached_property
    def attachments(self) -> AttachmentStore:
        """Where the files people attach lie, sealed."""
        return AttachmentStore(attachment_folder(self.settings), self.vault)

    @cached_property
    def papers(self) -> PaperDesk:
        """Where papers are composed, signed, numbered and printed."""
        named = self.city.papers.templates
        templates = load_templates(self.settings.papers or (Path(named) if named else None))
        return PaperDesk(self.desk, self.vault, templates, PaperShelf(self.views, self.vault))

    @cached_property
    def standings(self) -> Standings:
        """What is known of each matter."""
        return Standings(self.projections)

    @cached_property
    def router(self) -> Router:
        """Routing with today's editions at hand."""
        if self.settings.cutter == "rjieba":
            cut_fast()
        return Router(
            self.register,
            self.city,
            self.settings.cache,
            memory=lambda: self.learner.newest(),
            status_quo=self.standings.disputed,
        )

    @cached_property
    def rehearsal(self) -> Rehearsal:
        """Tries a draft on past orders while somebody waits."""
        return Rehearsal(
            self.ledger, self.register, self.router, self.city, self.open_masked, lambda: self.learner.newest()
        )

    @cached_property
    def learner(self) -> Learner:
        """Outcomes → memory editions."""
        return Learner(
            self.ledger,
            self.projections,
            self.register,
            self.router,
            MemoryShelf(self.views),
            self.city,
            self.open_masked,
            self.clock,
        )

    @cached_property
    def wording_finder(self) -> WordingFinder:
        """Outcomes → proposed everyday words."""
        return WordingFinder(self.ledger, self.register, self.learner, self.clock)

    @cached_property
    def proposer(self) -> Proposer:
        """Received → proposed → dispatched by rule."""
        return Proposer(
            self.ledger,
            self.desk,
            self.projections,
            self.router,
            self.city,
            self.calendar,
            self.open_masked,
            WaitingOrders(self.ledger, self.projections),
            RecentOrders(self.ledger, self.city.routing, self.open_masked),
            self.clock,
        )

    @cached_property
    def timers(self) -> Timers:
        """Rings the clocks."""
        return Timers(self.ledger, self.projections, self.desk, self.clock)

    @cached_property
    def carrier(self) -> Carrier:
        """机构改革: open orders go on with the successors."""
        return Carrier(self.register, self.projections, self.desk, self.calendar, self.clock)

    @cached_property
    def watch(self) -> Watch:
        """Signs of faults → proposed findings."""
        return Watch(self.ledger, self.desk, self.projections, self.register, self.router, self.city, self.clock)

    @cached_property
    def eraser(self) -> Eraser:
        """Destroys the keys of erased orders."""
        return Eraser(self.ledger, self.vault, self.clock)

    @cached_property
    def sealer(self) -> Sealer:
        """Seals the record once a day."""
        return Sealer(
            self.ledger,
            lambda: signing_key(kept(self.settings, ".signing")),
            kept(self.settings, ".seals"),
            self.calendar.local_day,
            self.clock,
        )

    @cached_property
    def notifier(self) -> Notifier:
        """Sends notices by the sinks that are set; without any it does nothing."""
        lease = FeedLease(self.views, "notifier")
        return Notifier(self.ledger, self.calendar, self.register.as_of, sinks(self.settings, self.clock), lease)

    def kafka_intake(self) -> "KafkaIntake":
        """Takes orders and returns from the topics. Raises BadInput when no brokers are set."""
        from ingest.kafka import KafkaIntake, KafkaOptions  # the client is loaded where there is a broker

        options = KafkaOptions(brokers(self.settings), client=kafka_client(self.settings))
        options = options.named(self.settings.kafka_prefix)
        return KafkaIntake(self.gateway, options, self.clock)

    def publisher(self) -> "Publisher":
        """Sends events to the topic. Raises BadInput when no brokers are set."""
        from automation.publisher import Publisher, PublisherLease

        return Publisher(self.ledger, self.publishing(), PublisherLease(self.views))

    def publishing(self) -> "PublisherOptions":
        """How events go out. Raises BadInput when no brokers are set."""
        from automation.publisher import PublisherOptions

        options = PublisherOptions(brokers(self.settings), client=kafka_client(self.settings))
        return options.named(self.settings.kafka_prefix)

    @cached_property
    def people(self) -> People:
        """The accounts."""
        return People(self.settings.database_url)

    @cached_property
    def book(self) -> DeskBook:
        """What the desks keep beside the record."""
        return DeskBook(self.settings.database_url)

    @cached_property
    def parts(self) -> Parts:
        """What the console is given."""
        return Parts(
            ledger=self.ledger,
            vault=self.vault,
            register=self.register,
            views=self.views,
            projections=self.projections,
            city=self.city,
            calendar=self.calendar,
            desk=self.desk,
            papers=self.papers,
            gateway=self.gateway,
            people=self.people,
            book=self.book,
            attachments=self.attachments,
            open_masked=self.open_masked,
            route=self.route,
            rehearsal=self.rehearsal,
            wording_finder=self.wording_finder,
            clock=self.clock,
            session_hours=self.settings.session_hours,
            sample_sign_in=self.settings.sample_sign_in,
            metrics_token=self.settings.metrics_token,
            single_sign_on=self.single_sign_on,
            audit_key=self.audit_key,
        )

    @cached_property
    def single_sign_on(self) -> SingleSignOn | None:
        """Signing in by another system; None where none is set. Raises BadInput for half a set-up."""
        return single_sign_on(self.settings, self.clock)

    def audit_key(self) -> Ed25519PrivateKey:
        """The key archives are signed with: in a file of its own beside the master key, made at first use."""
        return signing.signing_key(kept(self.settings, ".signing"))

    def route(self, order: OrderText) -> Proposal:
        """The proposal for an order as of its own day, else today."""
        return self.router.route(order, day=self.router.day_of(self.clock()))

    def open_masked(self, events: Sequence[Event]) -> Mapping[str, Masked]:
        """The masked texts of a batch of events by event id; those whose key was erased are not there."""
        ring = self.vault.reading({event.stream for event in events})
        found: dict[str, Masked] = {}
        for event in events:
            opened = ring.open(event.stream, event.payload["masked"])
            if opened is not None:
                found[event.event_id] = opened
        return found

    def close(self) -> None:
        """Give connections back; parts that were never made are not made for it."""
        if (sso := self.__dict__.get("single_sign_on")) is not None:
            sso.close()
        for part in ("people", "book", "views", "ledger"):
            if part in self.__dict__:
                self.__dict__[part].close()


@contextmanager
def projecting(settings: Settings) -> Iterator[ProjectionEngine]:
    """The engine that folds, for the length of a block: what another process opens for itself."""
    dingze = Dingze(settings)
    try:
        yield dingze.projections
    finally:
        dingze.close()
