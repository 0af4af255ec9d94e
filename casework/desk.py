"""The desk: every command on orders, cases, findings and digests, carried out on the record (`casework.record`)."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime

from casework import events as e
from casework.appraisal import assessment, score_sheet
from casework.appraisal import commands as a
from casework.appraisal.assessment import Assessment
from casework.appraisal.figures import Figures, NoFigures
from casework.appraisal.score_sheet import ScoreSheet
from casework.boundary_case import commands as b
from casework.boundary_case.decide import decide as decide_case
from casework.boundary_case.points import enactments
from casework.boundary_case.state import BoundaryCase
from casework.finding import commands as f
from casework.finding import digest
from casework.finding.decide import decide as decide_finding
from casework.finding.digest import Digest
from casework.finding.state import Finding
from casework.guards import require
from casework.lanes import (
    ASSESSMENTS,
    CASES,
    DIGESTS,
    FINDINGS,
    MATTERS,
    ORDERS,
    SCORES,
    Cause,
    Done,
    Loaded,
    event_name,
    new_event,
)
from casework.matter import key_of, known_id
from casework.occasion import Occasion
from casework.record import Record
from casework.standing import NOTHING_KNOWN, Standing
from casework.work_order import Context, WorkOrder, decide
from casework.work_order import commands as c
from ledger.envelope import Append
from mandates.enact import enactment
from terms.actors import Actor
from terms.errors import Conflict, NotFound

__all__ = [
    "ASSESSMENTS", "CASES", "DIGESTS", "FINDINGS", "ORDERS", "SCORES", "Cause", "Desk", "Done", "Loaded", "event_name",
]  # fmt: skip


def _others(order: WorkOrder, command: c.Command) -> tuple[str, ...]:
    """The orders a command speaks of besides its own."""
    if isinstance(command, c.Merge):
        return (command.parent,)
    return (order.parent,) if isinstance(command, c.Unmerge) and order.parent else ()


@dataclass(frozen=True, slots=True)
class Desk(Record):
    """Carries out commands. `figures` reads what scores and sheets of units are made of."""

    figures: Figures = field(default_factory=NoFigures)

    # --- orders ---

    def order(self, order_no: str) -> WorkOrder:
        """The order as it stands. Raises NotFound when the record knows nothing of it."""
        found = self.load(ORDERS, order_no)
        if not found.events:
            raise NotFound("casework.no-such-order", at=order_no, order=order_no)
        return found.state

    def do(
        self,
        order_no: str,
        command: c.Command,
        actor: Actor,
        *,
        seen: int | None = None,
        cause: Cause | None = None,
    ) -> Done[WorkOrder]:
        """Carry out a command on an order.

        `seen` is the version the person's page showed; if the order has moved on since, nothing is done. Raises
        NotFound, NotPermitted, Refused, and Conflict with what happened meanwhile.
        """

        command = self.proper(ORDERS, order_no, command, actor)
        beside: dict[str, Loaded[WorkOrder]] = {}

        def decided(found: Loaded[WorkOrder], now: datetime) -> Sequence[e.OrderFact]:
            if not found.events and not isinstance(command, c.RecordReturn):
                raise NotFound("casework.no-such-order", at=order_no, order=order_no)
            beside.clear()
            for other in _others(found.state, command):
                beside[other] = self.load(ORDERS, other)
            states = {number: one.state for number, one in beside.items()}
            return decide(found.state, command, self._context(found.state, states, actor, now, command))

        return self.perform(ORDERS, order_no, decided, actor, seen=seen, cause=cause, beside=beside)

    def _context(
        self, order: WorkOrder, others: Mapping[str, WorkOrder], actor: Actor, now: datetime, command: c.Command
    ) -> Context:
        """The register of the order's day judges; after a 机构改革 touched it, that of the reform's day."""
        day = self.calendar.local_day(order.received_at or now)
        if order.reformed_on is not None:
            day = max(day, order.reformed_on)
        if isinstance(command, c.CarryOver):
            day = self.calendar.local_day(now)
        return Context(
            now=now,
            actor=actor,
            city=self.city,
            calendar=self.calendar,
            register=self.register(day),
            others=others,
            standing=self.standing(order.matter_id) if order.matter_id else NOTHING_KNOWN,
        )

    # --- boundary cases, findings, digests ---

    def do_case(
        self, case_no: str, command: b.CaseCommand, actor: Actor, *, seen: int | None = None, cause: Cause | None = None
    ) -> Done[BoundaryCase]:
        """Carry out a command on a boundary case; what it wrote enters the register in the same append.

        Raises as `do`.
        """

        command = self.proper(CASES, case_no, command, actor)

        def decided(found: Loaded[BoundaryCase], now: datetime) -> Sequence[e.CaseFact]:
            if not isinstance(command, b.OpenCase):
                if not found.events:
                    raise NotFound("casework.no-such-case", at=case_no, case=case_no)
                return decide_case(found.state, command, self.occasion(actor, now))
            asked = self.occasion(actor, now)
            named = replace(command, matter_id=command.matter_id or known_id("", command.matter, asked.register))
            standing = self.standing(named.matter_id) if named.matter_id else NOTHING_KNOWN
            disputed = self.load(MATTERS, key_of(named.matter_id, named.matter, asked.register)).state.open_case
            standing = replace(standing, open_case=disputed or standing.open_case)
            return decide_case(found.state, named, replace(asked, standing=standing))

        def also(facts: Sequence[e.Fact], now: datetime) -> Sequence[Append]:
            return self.following(case_no, facts, actor, now)

        try:
            return self.perform(CASES, case_no, decided, actor, seen=seen, cause=cause, also=also)
        except Conflict:
            if not isinstance(command, b.OpenCase) or seen is not None:
                raise
            return self.perform(
                CASES, case_no, decided, actor, cause=cause, also=also
            )  # told of the case that was first

    def following(self, case_no: str, facts: Sequence[e.Fact], actor: Actor, now: datetime) -> list[Append]:
        """What facts of a case bring about elsewhere: in the register, and in the stream of the matter."""
        register = self.register(self.calendar.local_day(now))
        found = [
            enactment(item, at=now, actor=str(actor))
            for fact in facts
            if isinstance(fact, e.DutyPointsWritten)
            for item in enactments(fact, register)
        ]
        for fact in facts:
            if isinstance(fact, e.BoundaryCaseOpened):
                told: e.MatterFact = e.MatterDisputed(matter=fact.matter_key, case_no=case_no)
            elif isinstance(fact, e.CaseClosed) and (key := self._disputed_in(case_no)):
                told = e.MatterSettled(matter=key, case_no=case_no)
            else:
                continue
            matter = self.load(MATTERS, told.matter)
            first = matter.state.open_case if isinstance(told, e.MatterDisputed) else ""
            require(not first, "one-case-a-matter", case=first)
            event = new_event(told, 0, now, actor, None, CASES.stream(case_no))
            found.append(Append(MATTERS.stream(told.matter), matter.version, (event,)))
        return found

    def _disputed_in(self, case_no: str) -> str:
        """The matter a case is about; empty for a case from before matters had streams."""
        opened = self.load(CASES, case_no).state.opened
        return opened.matter_key if opened else ""

    def do_finding(
        self,
        finding_no: str,
        command: f.FindingCommand,
        actor: Actor,
        *,
        seen: int | None = None,
        cause: Cause | None = None,
    ) -> Done[Finding]:
        """Carry out a command on a finding. Raises as `do`."""
        command = self.proper(FINDINGS, finding_no, command, actor)

        def decided(found: Loaded[Finding], now: datetime) -> Sequence[e.FindingFact]:
            if not found.events and not isinstance(command, f.ProposeFinding | f.RaiseFinding):
                raise NotFound("casework.no-such-finding", at=finding_no, finding=finding_no)
            return decide_finding(found.state, command, self.occasion(actor, now))

        return self.perform(FINDINGS, finding_no, decided, actor, seen=seen, cause=cause)

    def do_digest(
        self,
        digest_no: str,
        command: f.FindingCommand,
        actor: Actor,
        *,
        seen: int | None = None,
        cause: Cause | None = None,
    ) -> Done[Digest]:
        """Carry out a command on a digest; what the digest named as previous left open comes back. Raises as `do`."""
        command = self.proper(DIGESTS, digest_no, command, actor)
        previous = command.previous if isinstance(command, f.OpenDigest) else ""

        def decided(found: Loaded[Digest], now: datetime) -> Sequence[e.DigestFact]:
            before = self.load(DIGESTS, previous).state if previous else None
            return digest.decide(found.state, command, self.occasion(actor, now), before)

        return self.perform(DIGESTS, digest_no, decided, actor, seen=seen, cause=cause)

    # --- what is said of units as units ---

    def do_scores(
        self,
        quarter: str,
        command: a.ScoreCommand,
        actor: Actor,
        *,
        seen: int | None = None,
        cause: Cause | None = None,
    ) -> Done[ScoreSheet]:
        """Carry out a command on the score sheet of a quarter. Raises as `do`, Unavailable while views are behind."""
        command = self.proper(SCORES, quarter, command, actor)

        def decided(found: Loaded[ScoreSheet], now: datetime) -> Sequence[e.ScoreFact]:
            drafts = isinstance(command, a.DraftScores)
            reckoned = self.figures.scores(quarter) if drafts else None
            return score_sheet.decide(found.state, command, self.occasion(actor, now), reckoned)

        return self.perform(SCORES, quarter, decided, actor, seen=seen, cause=cause)

    def do_assessment(
        self,
        sheet_no: str,
        command: a.AssessmentCommand,
        actor: Actor,
        *,
        seen: int | None = None,
        cause: Cause | None = None,
    ) -> Done[Assessment]:
        """Carry out a command on a unit's sheet. Raises as `do_scores`."""
        command = self.proper(ASSESSMENTS, sheet_no, command, actor)

        def decided(found: Loaded[Assessment], now: datetime) -> Sequence[e.AssessmentFact]:
            told = None
            if isinstance(command, a.OpenAssessment):
                told = self.figures.of_unit(command.kind, command.unit, command.period_from, command.period_to)
            return assessment.decide(found.state, command, self.occasion(actor, now), told)

        return self.perform(ASSESSMENTS, sheet_no, decided, actor, seen=seen, cause=cause)

    def occasion(self, actor: Actor, now: datetime, standing: Standing = NOTHING_KNOWN) -> Occasion:
        """What a decision in the matter lane may know at that moment."""
        register = self.register(self.calendar.local_day(now))
        return Occasion(now, actor, self.city, self.calendar, register, standing)
