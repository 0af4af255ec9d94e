"""Proposes findings: what the view `faults` and the register show becomes a proposed finding, for a person to raise.

Which signs make a fault is decided by `projections.signs`, whether it may be proposed by `casework`. A fault is
proposed once for a unit, matter and quarter: its key is the cause, so a restart repeats nothing.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime

import structlog
from sqlalchemy import select

from automation.router import Router
from casework.desk import Cause, Desk
from casework.finding.commands import ProposeFinding
from city.configuration import CityConfiguration
from ledger.store import Ledger
from mandates.events import stream_of
from mandates.lint import lint
from mandates.reading import RegisterReader
from projections.engine import ProjectionEngine
from projections.past import as_of
from projections.signs import FAULTS
from projections.signs.suspecting import (
    OF_REGISTER,
    Sign,
    Suspected,
    explanation,
    quarter_of,
    signs_of_register,
    suspected,
)
from terms.actors import process
from terms.errors import Refused
from terms.ids import EventId, FindingNo, UnitCode, finding_stream

NAME = "watch"
ACTOR = process(NAME)
LOG = structlog.get_logger(NAME)


@dataclass(slots=True)
class Watch:
    """Looks at the signs of one ledger."""

    ledger: Ledger
    desk: Desk
    projections: ProjectionEngine
    register: RegisterReader
    router: Router
    city: CityConfiguration
    clock: Callable[[], datetime]
    _told: set[str] = field(default_factory=set)  # keys that were proposed or refused; only spares a look
    _numbered: dict[str, int] = field(default_factory=dict)  # quarter → the last number known to be taken
    _read: tuple[tuple[str, str], tuple[Sign, ...]] = (("", ""), ())  # register edition and quarter, and what it shows

    def step(self) -> int:
        """Propose what is new; how many findings."""
        return sum(self._propose(fault) for fault in self.faults() if fault.key not in self._told)

    def faults(self) -> tuple[Suspected, ...]:
        """Every fault that stands now, proposed already or not."""
        least = dict(self.city.findings.signs_at_least) | {"推诿": self.city.escalation.buck_passing_refused}
        return suspected([*self.signs(), *self._of_register()], least)

    def signs(self) -> list[Sign]:
        """The signs the view holds now."""
        store = self.projections.store
        with store.reading() as connection:
            build = store.current(connection, FAULTS.name)
            if build is None:
                return []
            table = store.tables(FAULTS, build)["signs"]
            query = select(table).where(as_of(table, None)).order_by(table.c.subject, table.c.sign)
            return [
                _sign({str(name): value for name, value in row._mapping.items()}) for row in connection.execute(query)
            ]

    def _of_register(self) -> tuple[Sign, ...]:
        """What the register of today shows; linted once for an edition and quarter."""
        today = self.router.day_of(self.clock())
        register = self.register.register()
        edition = register.as_of(today)
        looked = (edition.digest, quarter_of(today.isoformat()))
        if looked == self._read[0]:
            return self._read[1]
        named = {(one.table, one.item) for one in lint(edition, today, register.links) if one.code in OF_REGISTER}
        enacted = {key: proof for key in sorted(named) if (proof := self._enacted(*key)) is not None}
        self._read = (looked, signs_of_register(edition, today, register.links, enacted))
        return self._read[1]

    def _enacted(self, table: str, item: str) -> EventId | None:
        events = self.ledger.stream(stream_of(table, item))
        return events[-1].event_id if events else None

    def _propose(self, fault: Suspected) -> int:
        self._told.add(fault.key)
        if self.ledger.by_source(NAME, f"{fault.key}/0") is not None:
            return 0  # before this process began
        names = {code: unit.name for code, unit in self.register.as_of(self.router.day_of(self.clock())).units.items()}
        command = ProposeFinding(
            fault=fault.fault,
            unit=fault.unit,
            rule="、".join(fault.rules),
            explanation=explanation(fault, names),
            evidence=tuple(fault.evidence),
            other_units=fault.other_units,
            matter=fault.matter,
            matter_id=fault.matter_id,
        )
        number = self._next_no(fault.quarter)
        try:
            self.desk.do_finding(number, command, ACTOR, cause=Cause(NAME, fault.key))
        except Refused as refusal:
            if self.ledger.stream(finding_stream(number)):  # taken meanwhile: the next look takes another
                self._told.discard(fault.key)
                return 0
            LOG.info("not proposed", fault=fault.key, rule=refusal.params.get("rule"), code=refusal.code)
            return 0
        LOG.info("proposed", fault=fault.key, evidence=len(fault.evidence))
        return 1

    def _next_no(self, quarter: str) -> FindingNo:
        """The next number of a quarter, as a ledger counts: YD2026Q4-001. What was proposed keeps its own."""
        last = self._numbered.get(quarter, 0)
        while self.ledger.stream(finding_stream(number := FindingNo(f"YD{quarter}-{last + 1:03}"))):
            last += 1
        self._numbered[quarter] = last
        return number


def _sign(row: Mapping[str, str]) -> Sign:
    def many(name: str) -> tuple[str, ...]:
        return tuple(part for part in row[name].split("|") if part)

    return Sign(
        fault=row["fault"],
        rule=row["rule"],
        unit=UnitCode(row["unit"]),
        subject=row["subject"],
        matter=row["matter"],
        matter_id=row["matter_id"],
        other_units=tuple(map(UnitCode, many("other_units"))),
        clauses=many("clauses"),
        evidence=tuple(map(EventId, many("evidence"))),
        day=row["day"],
    )
