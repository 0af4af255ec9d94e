"""A month of a small town, lived through by the real gateway, proposer and desk; for what-if and audit."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import orjson

from casework.work_order import commands as c
from dingze.folders import initialise
from dingze.settings import Settings
from dingze.wiring import Dingze
from mandates.enact import enact
from mandates.sheets import Row
from routing.proposal import Citation
from terms.actors import Actor, Role
from terms.ids import ClauseId, InstrumentId, UnitCode, order_stream
from tests.mandates.town import TOWN

PARKS, WOODS, WATER = UnitCode("A2"), UnitCode("A3"), UnitCode("A1")
MONDAY = datetime(2026, 3, 2, 1, 0, tzinfo=UTC)
DISPATCHER, REVIEWER = Actor("d1", Role.DISPATCHER), Actor("r1", Role.REVIEWER)


class Clock:
    """Stands still until it is moved."""

    now = MONDAY

    def __call__(self) -> datetime:
        return self.now


def row(number: str, text: str) -> Row:
    cells = {"工单编号": number, "主要内容": text, "受理时间": MONDAY.isoformat()}
    return Row("orders.jsonl", 1, cells, orjson.dumps(cells))


def quarrelled(dingze: Dingze, clock: Clock, number: str, first: UnitCode, last: UnitCode) -> None:
    """Dispatched by hand, returned clause against clause, heard, and moved to the unit pointed at."""
    own, other = ClauseId("A2-SD-02"), ClauseId("A3-SD-01")
    head, theirs = Actor("h1", Role.HEAD, first), Actor("h2", Role.HEAD, last)
    claim = c.RequestReturn(
        first, "not_ours", denied_clause=own, claimed_clause=other, proposed_unit=last, note="树在林地", signatory="h1"
    )
    dingze.desk.do(number, claim, head)
    clock.now += timedelta(minutes=5)
    dingze.desk.do(number, c.AnswerAsProposed(last, True), theirs)
    cited = Citation(last, other, InstrumentId("I-A3-SD"), "负责森林防火和林地保护，审批林木采伐。", None, None, "审核")
    dingze.desk.do(number, c.ReviewReturn("reassign", "林地内古树", last, citations=(cited,)), REVIEWER)


def lived(folder: Path) -> tuple[Dingze, Settings, Clock]:
    """A page of life: six old trees that A2 got and A3 ended up with, one that A2 kept, five dry taps, one erased."""
    city = folder / "city.toml"
    city.write_text("[routing]\nautomatic_at = 80\n", "utf-8")
    settings = Settings(database_url=f"sqlite:///{folder / 'town.db'}", cache=folder / "cache", city_file=city)
    initialise(settings)
    clock = Clock()
    dingze = Dingze(settings, clock=clock)
    enact(dingze.ledger, TOWN, at=MONDAY, actor="system:test")
    trees = [row(f"T{number}", f"路边的古树要倒了，第{number}次反映") for number in range(8)]
    taps = [row(f"W{number}", f"小区停水{number}天") for number in range(5)]
    for _ in dingze.gateway.admit([*trees, *taps], now=clock()):
        pass
    dingze.proposer.run()
    leads = {one.cells["工单编号"]: dingze.desk.order(one.cells["工单编号"]).lead for one in (*trees, *taps)}
    assert set(leads.values()) == {PARKS, WATER}, "by rule: both have a clause and its everyday words"
    for number in range(6):
        quarrelled(dingze, clock, f"T{number}", PARKS, WOODS)
    dingze.vault.erase([order_stream("T7")], clock())
    dingze.projections.catch_up()
    return dingze, settings, clock
