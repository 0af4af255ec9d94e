"""Two years of a city of twelve million as a record, for benchmarks: orders overlap in time as they do in a hotline.

Nothing in it is anybody's: units, matters, streets and callers are numbers. What is like the field is the shape, which
is what makes a view cheap or dear: a few hundred matters of which thirty make half of the orders, ninety units of which
ten lead half, most orders settled within two weeks, one in six returned, some going round twice, a tenth chased by the
requester, a tenth repeats of others, one in twenty reworked; the texts sealed as ingest seals them.
"""

import heapq
import random
from collections.abc import Iterator
from datetime import date, datetime, timedelta
from itertools import accumulate

from casework import events as e
from ledger.envelope import Append
from ledger.store import Ledger
from ledger.vault import Vault
from mandates.edition import RegisterEdition
from mandates.model import Clause, DutyPoint, DutyRole, Link, Section
from terms.ids import ClauseId, InstrumentId, UnitCode
from tests.projections.lives import START, Life, told

DAYS = 730
EVENTS_AN_ORDER = 8.9  # measured
TEXT = "反映云东区青石路口烧烤店占道经营，每晚油烟直排，呛得楼上居民不敢开窗，多次反映未解决，请尽快处理。" * 3
_UNITS = tuple(UnitCode(f"C{number:02d}") for number in range(1, 46)) + tuple(
    UnitCode(f"D{district}-{number:02d}") for district in range(1, 10) for number in range(1, 6)
)
_MATTERS = tuple(f"事项{number:03d}" for number in range(1, 301))
_DISTRICTS = tuple(f"第{number}区" for number in range(1, 10))


def _weighted(rng: random.Random, among: tuple[str, ...], weights: list[float]) -> str:
    return rng.choices(among, cum_weights=weights)[0]


def _zipf(number: int) -> list[float]:
    return list(accumulate(1 / (rank + 3) for rank in range(number)))


_UNIT_WEIGHTS, _MATTER_WEIGHTS = _zipf(len(_UNITS)), _zipf(len(_MATTERS))
_TITLES = tuple(
    f"{where}{what}" for where in ("路口", "小区", "市场", "工地") for what in ("油烟", "占道", "噪声", "漏水")
)


def register(day: date) -> RegisterEdition:
    """What the orders cite, in force on a day but for one item in twenty, which was abolished since."""
    clauses = [
        Clause(
            ClauseId(f"{unit}-3-{number}"), unit, InstrumentId(f"i-{unit}"), str(number), Section.DUTIES,
            "负责市容环境卫生监督管理。", DutyRole.LEAD,
        )
        for unit in _UNITS for number in (1, 2)
    ]  # fmt: skip
    points = [
        DutyPoint(ClauseId(f"dp-{matter}"), matter, Link.SUPERVISE, _UNITS[at % len(_UNITS)], clauses[at % 90].id)
        for at, matter in enumerate(_MATTERS)
    ]
    kept = {one.id: one for at, one in enumerate(clauses) if at % 20}
    return RegisterEdition(
        "years", day, clauses=kept, duty_points={one.id: one for at, one in enumerate(points) if at % 20}
    )


class CityLife(Life):
    """One order of a whole city, with a matter of its own from the beginning."""

    districts = _DISTRICTS
    callers = 40_000

    def __init__(self, number: int, at: datetime) -> None:
        rng = random.Random(number)
        matter = _weighted(rng, _MATTERS, _MATTER_WEIGHTS)
        self.matters = (matter,)
        drawn = [UnitCode(_weighted(rng, _UNITS, _UNIT_WEIGHTS)) for _ in range(4)]
        self.units = tuple(dict.fromkeys([*drawn, _UNITS[number % 90], _UNITS[(number + 1) % 90]]))
        super().__init__(f"GD{number:08d}", at, rng)
        self.street = f"第{rng.randrange(120)}街道"
        self.repeats = rng.random() < 0.1 and number > 100
        self.parent = f"GD{number - rng.randrange(1, 100):08d}" if self.repeats else ""

    def course(self) -> Iterator[tuple[e.Fact, int]]:
        """The facts of the order, each with the minutes until the next."""
        rng, no = self.rng, self.order_no
        yield self.received(street=self.street), 1
        yield self.proposed(), rng.randrange(1, 240)
        if self.repeats:
            yield e.OrdersMerged(order_no=no, parent=self.parent, child=no), 1
            yield e.OrderClosed(order_no=no, lead=self.lead, how="merged"), 1
            return
        if rng.random() < 0.05:
            yield e.AnsweredAtOnce(order_no=no, reply="已当场答复。"), 1
            yield e.OrderClosed(order_no=no, lead=self.lead, how="answered"), 1
            return
        yield self.dispatched(), rng.randrange(20, 900)
        while rng.random() < 0.17 and self.bounces < 3:
            yield self.returned(), rng.randrange(60, 2_880)
            if rng.random() < 0.6:
                yield self.reassigned(objection=self.objections), rng.randrange(20, 900)
            else:
                refused = e.ReturnRefused(order_no=no, objection=self.objections, unit=self.lead, reason="条款明确")
                yield refused, rng.randrange(20, 900)
        yield e.WorkOrderSignedFor(order_no=no, unit=self.lead, part="lead"), rng.randrange(60, 2_000)
        yield e.WorkStarted(order_no=no, unit=self.lead, part="lead"), rng.randrange(600, 9_000)
        for times in range(1, rng.choices((1, 2, 3), (90, 8, 2))[0]):
            yield e.OrderChased(order_no=no, times=times), rng.randrange(200, 2_000)
        yield (
            e.ResultSubmitted(order_no=no, unit=self.lead, part="lead", reply="已现场核查并整改。"),
            rng.randrange(600),
        )
        yield e.ResultAccepted(order_no=no), rng.randrange(200, 4_000)
        happy = rng.random() < 0.8
        yield (
            e.FollowUpRecorded(order_no=no, contacted=True, resolved=happy, satisfied=happy and rng.random() < 0.9),
            30,
        )
        if not happy and rng.random() < 0.25:
            deadlines = self.deadlines(self.lead, clocks=("rework",))
            yield e.ReworkOrdered(order_no=no, reason="未解决", round=2, deadlines=deadlines), rng.randrange(600, 5_000)
            again = e.ResultSubmitted(order_no=no, unit=self.lead, part="lead", reply="已再次整改。")
            yield again, rng.randrange(600)
            yield e.ResultAccepted(order_no=no), 300
        yield e.OrderClosed(order_no=no, lead=self.lead, resolved=happy, satisfied=happy), 1


class CityClock:
    """The ledger's clock: the time the city has reached."""

    def __init__(self) -> None:
        self.now = START

    def __call__(self) -> datetime:
        return self.now


def write_years(ledger: Ledger, vault: Vault, clock: CityClock, events: int) -> int:
    """Write about so many events, two years of them, in the order they happen; how many there are.

    Orders that are under way when the two years end stay under way. `clock` is the one `ledger` was opened with.
    """
    orders = int(events / EVENTS_AN_ORDER)
    step = timedelta(days=DAYS) / orders
    going: list[tuple[datetime, int, CityLife, e.Fact, Iterator[tuple[e.Fact, int]], int]] = []
    appends: list[Append] = []
    for first in range(0, orders, 500):
        numbers = range(first, min(first + 500, orders))
        ring = vault.keyring(f"order-GD{number:08d}" for number in numbers)
        keys = ring.new_keys()
        for number in numbers:
            begun = START + step * number
            while going and going[0][0] <= begun:
                appends.append(_next(going))
                if len(appends) >= 500:
                    clock.now = going[0][0] if going else begun
                    ledger.append_each(appends, keys=keys)
                    appends, keys = [], ()
            life = CityLife(number, begun)
            words = {"title": f"{_TITLES[number % 16]}{number}", "text": TEXT, "place": f"第{number % 977}路"}
            box = ring.seal(f"order-{life.order_no}", words)
            course = life.course()
            fact, minutes = next(course)
            fact = fact.model_copy(update={"masked": box, "sealed": box})
            heapq.heappush(going, (begun, number, life, fact, course, minutes))
        clock.now = START + step * numbers[-1]
        ledger.append_each(appends, keys=keys)
        appends = []
    return int(ledger.head())


def _next(going: list[tuple[datetime, int, CityLife, e.Fact, Iterator[tuple[e.Fact, int]], int]]) -> Append:
    at, number, life, fact, course, minutes = going[0]
    append = told(life, fact, 0)
    following = next(course, None)
    if following is None:
        heapq.heappop(going)
    else:
        life.at = at + timedelta(minutes=minutes)
        heapq.heapreplace(going, (life.at, number, life, following[0], course, following[1]))
    return append
