"""A throw-away ledger in which outcomes are learned by the same path as live ones: gateway, record, view, learner."""

import tempfile
from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import orjson

from dingze.folders import initialise
from dingze.wiring import Dingze
from mandates.enact import enact
from mandates.sheets import Row
from routing.index import RegisterIndex
from routing.memory import MemoryEdition, Outcome, learn

LONG_AGO = datetime(2015, 1, 1, tzinfo=UTC)
RECEIVED = datetime(2020, 1, 6, 4, 0, tzinfo=UTC)  # an old date: imported orders start no clocks


def learner_over(dingze: Dingze, index: RegisterIndex) -> Callable[[Sequence[Outcome]], MemoryEdition]:
    """A function that makes a memory edition of outcomes through a ledger of its own, thrown away afterwards.

    Each outcome goes in as an order and as the fact that its unit signed for it; the text is sealed and masked on the
    way, as every order's. The outcomes' own numbers are not used: two labelled rows may bring the same.
    """

    def learned(outcomes: Sequence[Outcome]) -> MemoryEdition:
        with tempfile.TemporaryDirectory() as folder:
            url = f"sqlite:///{Path(folder) / 'trial.db'}"
            settings = dingze.settings.model_copy(update={"database_url": url, "master_key": None})
            initialise(settings)
            trial = Dingze(settings, clock=dingze.clock)
            try:
                enact(trial.ledger, index.edition.units.values(), at=LONG_AGO, actor="system:evaluate")
                for kind, rows in (("work-order", _orders(outcomes)), ("history", _signings(outcomes))):
                    for _ in trial.gateway.admit(rows, now=trial.clock(), kind=kind, origin="evaluate"):
                        pass
                trial.projections.catch_up()
                return learn(trial.learner.outcomes(), index, dingze.city.memory)
            finally:
                trial.close()

    return learned


def _orders(outcomes: Sequence[Outcome]) -> Iterator[Row]:
    for number, outcome in enumerate(outcomes, 1):
        yield _row(number, {"工单编号": f"E{number:06}", "主要内容": outcome.text, "受理时间": RECEIVED.isoformat()})


def _signings(outcomes: Sequence[Outcome]) -> Iterator[Row]:
    for number, outcome in enumerate(outcomes, 1):
        told = {"工单编号": f"E{number:06}", "what": "signed", "happened_at": RECEIVED.isoformat(), "by": outcome.unit}
        yield _row(number, told)


def _row(number: int, cells: dict[str, Any]) -> Row:
    return Row("evaluate.jsonl", number, cells, orjson.dumps(cells))
