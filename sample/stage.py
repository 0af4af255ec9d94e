"""Where the sample month is played: a scripted clock, and lives that wake when their moment has come.

A life is a generator that yields the moment at which it wants to go on and, awake, gives commands to the real desk.
Lives wake in the order of their moments; of two at one moment, the one that lay down first. Nothing here looks at a
real clock, so the same calls and the same end give the same decisions.
"""

import heapq
import random
import re
from collections import Counter
from collections.abc import Callable, Generator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from automation import timers
from automation.proposer import Proposer
from casework.desk import Cause, Desk
from casework.events import Attachment
from casework.work_order import WorkOrder, next_ring
from casework.work_order.commands import Command, RingClocks
from casework.work_order.state import AT_REST, WITH_LEAD
from ingest.gateway import Gateway
from ledger.vault import Vault
from mandates.edition import RegisterEdition
from sample.calls import Call
from sample.hours import OfficeHours
from sample.pictures import View, picture
from terms.actors import Actor
from terms.errors import NotPermitted, Refused
from terms.ids import UnitCode

SEED = 20260901
IN_SIGHT = re.compile("路面|人行道|井盖|垃圾|占道|摆摊|施工|工地|停车|积水|树|路灯|护栏|器材|渣土|污水|公园|楼道|堆")
Life = Generator[datetime, None, None]


@dataclass(slots=True)
class ScriptedClock:
    """The time of the stage; the record, the desk and the proposer all ask this one."""

    now: datetime

    def __call__(self) -> datetime:
        """The present moment of the story."""
        return self.now


@dataclass(slots=True)
class Stage:
    """The parts that are played on, and who wakes when."""

    clock: ScriptedClock
    ends: datetime
    gateway: Gateway
    desk: Desk
    vault: Vault
    proposer: Proposer
    hours: OfficeHours
    zone: ZoneInfo
    keep: Callable[[str, str, bytes], Attachment]  # keeps a file of an order under its key: order, name, bytes
    refresh: Callable[[], None] = lambda: None  # tells the desk that standings or the register have moved
    learn: Callable[[], object] = lambda: None  # has the router learn from what became of the orders so far
    scenes: dict[str, "Scene"] = field(default_factory=dict)
    refused: Counter[str] = field(default_factory=Counter)  # the rule that said no → how often
    _waiting: list[tuple[datetime, int, Life]] = field(default_factory=list)
    _began: int = 0

    def begin(self, life: Life, at: datetime) -> None:
        """Let a life start at a moment."""
        self._began += 1
        heapq.heappush(self._waiting, (at, self._began, life))

    def play(self, advance: Callable[[int], None] = lambda _: None) -> None:
        """Wake everybody in turn until the story's end; who would wake later is left as he lies."""
        woken = 0
        while self._waiting and self._waiting[0][0] <= self.ends:
            moment, _, life = heapq.heappop(self._waiting)
            self.clock.now = max(self.clock.now, moment)
            wants = next(life, None)
            if wants is not None:
                self.begin(life, wants)
            woken += 1
            if woken % 100 == 0:
                advance(len(self.scenes))
        self.clock.now = max(self.clock.now, self.ends)

    def register(self, moment: datetime) -> RegisterEdition:
        """The register of that day."""
        return self.desk.register(moment.astimezone(self.zone).date())


@dataclass(slots=True)
class Scene:
    """One order on the stage: what it is, how it stands, its own dice."""

    stage: Stage
    call: Call
    order: WorkOrder
    dice: random.Random
    rings: set[datetime] = field(default_factory=set)

    @classmethod
    def of(cls, stage: Stage, call: Call) -> "Scene":
        """The scene of a call; its dice depend on its number alone, so one life changes no other."""
        dice = random.Random(f"{SEED}/{call.number}")  # noqa: S311  # a story, no secret
        return cls(stage, call, WorkOrder(call.number), dice)

    # --- acting ---

    def do(self, command: Command, actor: Actor, cause: Cause | None = None) -> bool:
        """Give a command at the present moment. Like a person, a life may be told no; that is counted."""
        try:
            self.order = self.stage.desk.do(self.call.number, command, actor, cause=cause).state
        except (Refused, NotPermitted) as no:
            self.stage.refused[f"{type(command).__name__}: {no.params.get('rule', no.code)}"] += 1
            return False
        self._listen()
        return True

    def picture(self, view: View, name: str) -> Attachment:
        """A picture of what the order is about, kept as the console keeps what people attach."""
        return self.stage.keep(self.call.number, name, picture(view, int(self.call.serial)))

    def look(self) -> None:
        """See how the order stands, after somebody else acted on it."""
        self.order = self.stage.desk.order(self.call.number)
        self._listen()

    def _listen(self) -> None:
        """Have its clocks rung when they are due, under the key by which the timers know them."""
        moment = next_ring(self.order)
        if moment is not None and moment not in self.rings and moment <= self.stage.ends:
            self.rings.add(moment)
            self.stage.begin(self._ring(moment), max(moment, self.stage.clock.now))

    def _ring(self, moment: datetime) -> Life:
        if next_ring(self.order) == moment:
            key = f"{self.call.number}/{moment.isoformat()}"
            self.do(RingClocks(), timers.ACTOR, Cause(timers.NAME, key))
        yield from ()

    # --- time ---

    @property
    def now(self) -> datetime:
        """The present moment."""
        return self.stage.clock.now

    def minutes(self, least: float, most: float) -> datetime:
        """Some minutes from now, day or night: the hotline, and whoever is on duty."""
        return self.now + timedelta(minutes=self.dice.uniform(least, most))

    def office(self, least: float, most: float) -> datetime:
        """Some minutes of office time from now; on urgent orders people do not wait for the office to open."""
        if self.order.tier != "general":
            return self.now + timedelta(minutes=self.dice.uniform(least, most) / 6)
        return self.stage.hours.later(self.now, self.dice.uniform(least, most))

    def at_work(self, moment: datetime) -> datetime:
        """Some time after the offices open at that moment: not everything happens when the door is unlocked."""
        return self.stage.hours.later(moment, self.dice.uniform(2, 110))

    # --- what stands ---

    def chance(self, percent: float) -> bool:
        """Whether something happens that happens so often."""
        return self.dice.random() * 100 < percent

    @property
    def in_sight(self) -> bool:
        """Whether it is about something in the street, of which people send pictures."""
        cells = self.call.row.cells
        return self.call.kind != "咨询" and bool(IN_SIGHT.search(f"{cells['标题']} {cells['主要内容']}"))

    @property
    def in_hands(self) -> bool:
        """Whether a unit has it."""
        return self.order.status in WITH_LEAD

    @property
    def at_rest(self) -> bool:
        """Whether it is over."""
        return self.order.status in AT_REST

    @property
    def register(self) -> RegisterEdition:
        """The register of the order's day."""
        return self.stage.register(self.call.received_at)

    def name(self, unit: UnitCode | None) -> str:
        """A unit's name."""
        known = self.register.units.get(unit) if unit else None
        return known.name if known else str(unit or "")
