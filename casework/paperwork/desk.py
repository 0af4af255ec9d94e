"""Papers on the record: composed from it, drafted, reviewed, signed and numbered, printed, their scans attached.

Signing appends to three streams at once: the paper's, its series', and, where signing does what the paper says, that of
the case, finding or digest. Whoever comes second at any of them is told so, and nothing is numbered twice.
"""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any, Protocol

from casework import events as e
from casework.boundary_case.commands import CaseCommand
from casework.boundary_case.decide import decide as decide_case
from casework.desk import Desk, Done, Loaded
from casework.finding import digest
from casework.finding.commands import FindingCommand
from casework.finding.decide import decide as decide_finding
from casework.guards import refuse
from casework.lanes import PAPERS, SERIES, new_event, series_key, who
from casework.papers.issuing import Approval, attach_scan, issue, void
from casework.papers.kinds import PaperKind
from casework.papers.numbering import Issued, doc_no, next_number, prefix_of
from casework.papers.paper import Paper
from casework.papers.rendering import render, title_of
from casework.papers.templates import Templates
from casework.paperwork import commands as c
from casework.paperwork import decide
from casework.paperwork.composing import (
    ORDER_KINDS,
    act_of,
    act_on_scan,
    approval_sheet,
    command_of,
    compose,
)
from casework.paperwork.hands import addressees_of, for_those_with_a_part, issuer_of
from casework.paperwork.material import Material
from casework.paperwork.sources import Sources, lane_of
from casework.paperwork.state import Paperwork, evolve
from casework.paperwork.writing import PaperCommand, Write
from ledger.envelope import Append, Event
from ledger.vault import Vault
from terms.actors import Actor, Role
from terms.errors import NotFound
from terms.ids import StreamId, UnitCode

FILED = frozenset({PaperKind.MINUTES})  # with 编办, whoever has the case
DRAFT_NUMBER = "待编号"  # what an act is tried with before there is a number


class Shelf(Protocol):
    """Where printed papers are kept beside the record, by digest."""

    def put(self, digest: str, about: StreamId, file: bytes) -> None:
        """Keep a file; the same one again changes nothing."""

    def get(self, digest: str, about: StreamId) -> bytes | None:
        """The file again; None when it is not here."""


@dataclass(frozen=True, slots=True)
class Printed:
    """A paper as a file, named as it is saved; `final` once it bears its number."""

    name: str
    file: bytes
    final: bool


@dataclass(frozen=True, slots=True)
class Act:
    """What signing does besides: facts of the thing, at the version it was seen at."""

    facts: tuple[e.Fact, ...] = ()
    appends: tuple[Append, ...] = ()


@dataclass(frozen=True, slots=True)
class PaperDesk:
    """Carries out commands on papers."""

    desk: Desk
    vault: Vault
    templates: Templates
    shelf: Shelf

    def do(self, paper_no: str, command: PaperCommand, actor: Actor, *, seen: int | None = None) -> Done[Any]:
        """Carry out a command on a paper. Raises as `Desk.do`."""
        lane = lane_of(command.KIND) if isinstance(command, Write) else PAPERS
        command = self.desk.proper(lane, command.about if isinstance(command, Write) else paper_no, command, actor)
        if isinstance(command, Write):
            return self._write(paper_no, command, actor, seen)
        if isinstance(command, c.SignPaper):
            return self._sign(paper_no, command, actor, seen)
        if isinstance(command, c.AttachScan | c.VoidPaper):
            return self._afterwards(paper_no, command, actor, seen)

        def decided(found: Loaded[Paperwork], now: datetime) -> Sequence[e.Fact]:
            _there(found, paper_no)
            if isinstance(command, c.ReviewPaper):
                return decide.review(found.state, command, actor)
            if isinstance(command, c.DropDraft):
                return decide.drop(found.state, command, actor)
            raise TypeError(type(command).__name__)

        return self.desk.perform(PAPERS, paper_no, decided, actor, seen=seen)

    # --- 拟稿 ---

    def _write(self, paper_no: str, command: Write, actor: Actor, seen: int | None) -> Done[Paperwork]:
        def decided(found: Loaded[Paperwork], now: datetime) -> Sequence[e.Fact]:
            return self._drafted(found.state, command, actor, now)

        return self.desk.perform(PAPERS, paper_no, decided, actor, seen=seen)

    def try_writing(self, paper: Paperwork, command: Write, actor: Actor) -> None:
        """Raise what drafting the paper now would raise; nothing is written. What a page offers is asked here."""
        self._drafted(paper, command, actor, self.desk.clock())

    def _drafted(self, paper: Paperwork, command: Write, actor: Actor, now: datetime) -> Sequence[e.DraftFact]:
        thing = self.sources.thing(command)
        material = self.sources.material(command, thing, self._day(now))
        issuer = issuer_of(command, actor, material)
        to = addressees_of(command, material)
        facts = decide.write(paper, command, actor, issuer, to)
        if command.KIND in ORDER_KINDS:
            for_those_with_a_part(thing.state, (*to, *command.copies), UnitCode(self.desk.city.hotline_unit))
        drafted = evolve(paper, facts[0], now)
        self._text(drafted, thing, self._tried(command, thing, now), now)  # refused while it can still be mended
        return facts

    def material(self, command: Write) -> Material:
        """What a paper would be made from now. Raises NotFound when there is nothing it could be about."""
        return self.sources.material(command, self.sources.thing(command), self._day(self.desk.clock()))

    @property
    def sources(self) -> Sources:
        """What papers are made from."""
        return Sources(self.desk, self.vault)

    def _day(self, now: datetime) -> date:
        return self.desk.calendar.local_day(now)

    def _text(self, paper: Paperwork, thing: Loaded[Any], act: Act, now: datetime) -> Paper:
        """What the paper says today, with what signing it would do."""
        told = command_of(paper)
        material = self.sources.material(told, thing, self._day(now))
        material = replace(material, facts=(*material.facts, *((fact, now) for fact in act.facts)))
        return compose(told, material, paper.issuer, paper.addressees, self._day(now))

    def _tried(self, command: Write, thing: Loaded[Any], now: datetime) -> Act:
        """What signing would do, tried in the role of whoever will sign."""
        if getattr(thing.state, "jurisdiction", "") == "enforcement_basis" and command.KIND not in FILED:
            role = Role.JUSTICE_OFFICER
        else:
            role = Role.BIANBAN_DIRECTOR
        return self._act(command, thing, DRAFT_NUMBER, Actor("draft", role), now)

    # --- 签发 ---

    def _sign(self, paper_no: str, command: c.SignPaper, actor: Actor, seen: int | None) -> Done[Paperwork]:
        beside: list[Append] = []
        printed: list[tuple[str, StreamId, bytes]] = []

        def decided(found: Loaded[Paperwork], now: datetime) -> Sequence[e.Fact]:
            _there(found, paper_no)
            paper = found.state
            decide.may_sign(paper, command, actor)
            told, on = command_of(paper), self._day(now)
            thing = self.sources.thing(told)
            prefix = prefix_of(told.KIND, paper.issuer, self.desk.city.papers)
            series = self.desk.load(SERIES, series_key(prefix, on.year))
            number = doc_no(series.state.prefix, series.state.year, next_number(series.state.last))
            act = self._act(told, thing, number, actor, now)
            text = self._text(paper, thing, act, now)
            issued = issue(
                text,
                series.state,
                self.templates,
                issuer=paper.issuer,
                about=lane_of(told.KIND).stream(told.about),
                approval=_approval(found.events, actor),
                addressees=paper.addressees,
                city_version=self.desk.city.version,
            )
            fact = issued.fact.model_copy(update={"paper_no": paper_no})
            event = new_event(fact, 0, now, actor, None, PAPERS.stream(paper_no))
            beside[:] = [Append(e.series_stream(fact.prefix, fact.year), series.version, (event,)), *act.appends]
            printed[:] = [(fact.digest, fact.about, issued.file)]
            return decide.sign(paper, series.state, on, thing.version + len(act.facts))

        done = self.desk.perform(PAPERS, paper_no, decided, actor, seen=seen, also=lambda facts, now: beside)
        for digest_, about, file in printed:
            self.shelf.put(digest_, about, file)
        return done

    def _act(self, command: Write, thing: Loaded[Any], number: str, actor: Actor, now: datetime) -> Act:
        act = act_of(command, number)
        return self._done(act, command, thing, actor, now, number) if act else Act()

    def _done(
        self,
        act: CaseCommand | FindingCommand,
        command: Write,
        thing: Loaded[Any],
        actor: Actor,
        now: datetime,
        number: str,
    ) -> Act:
        """The facts of an act, by the rules of its own lane, on their way into its stream."""
        occasion = replace(self.desk.occasion(actor, now), numbered=number)
        facts: tuple[e.Fact, ...]
        if isinstance(act, CaseCommand):
            facts = decide_case(thing.state, act, occasion)
        elif command.KIND is PaperKind.DIGEST:
            facts = digest.decide(thing.state, act, occasion)
        else:
            facts = decide_finding(thing.state, act, occasion)
        stream = lane_of(command.KIND).stream(command.about)
        events = tuple(new_event(fact, place, now, actor, None, stream) for place, fact in enumerate(facts))
        return Act(
            facts, (Append(stream, thing.version, events), *self.desk.following(command.about, facts, actor, now))
        )

    # --- afterwards ---

    def _afterwards(
        self, paper_no: str, command: c.AttachScan | c.VoidPaper, actor: Actor, seen: int | None
    ) -> Done[Any]:
        found = self.desk.load(PAPERS, paper_no)
        _there(found, paper_no)
        self.desk.require_seen(PAPERS, paper_no, found, seen)
        signed = decide.issued(found.state, command, actor)
        beside: list[Append] = []

        def decided(series: Loaded[Any], now: datetime) -> Sequence[e.Fact]:
            if isinstance(command, c.VoidPaper):
                return (void(series.state, signed.number, command.reason),)
            fact = attach_scan(series.state, signed.number, command.scan)
            told = command_of(found.state)
            act = act_on_scan(told, signed.doc_no, signed.issued_on, command.scan)
            first = series.state.paper(signed.number).scan is None
            done = Act()
            if act and first:
                done = self._done(act, told, self.sources.thing(told), actor, now, signed.doc_no)
            beside[:] = done.appends
            return (fact,)

        key = series_key(signed.prefix, signed.year)
        return self.desk.perform(SERIES, key, decided, actor, also=lambda facts, now: beside)

    # --- printing ---

    def print(self, paper_no: str) -> Printed:
        """The paper as .docx: the very file that was issued, else the draft as it would be signed now.

        Raises NotFound, and Refused when the words of its order were erased.
        """
        found = self.desk.load(PAPERS, paper_no)
        _there(found, paper_no)
        paper = found.state
        told = command_of(paper)
        thing = self.sources.thing(told)
        if getattr(thing.state, "erased", False):
            raise refuse("paper-erased")
        if paper.signed is None:
            text = self._draft(told, thing, paper)
            return Printed(f"{told.KIND.label}（草稿）{paper_no}.docx", render(text, self.templates), final=False)
        fact = self.issued(paper.signed).fact
        file = self.shelf.get(fact.digest, fact.about)
        if file is None:
            file = render(self._again(told, thing, paper, paper.signed), self.templates)
            if hashlib.sha256(file).hexdigest() != fact.digest:
                raise NotFound("paper.file-lost", doc_no=fact.doc_no)
        return Printed(f"{fact.title}（{fact.doc_no}）.docx", file, final=True)

    def print_sheet(self, paper_no: str) -> Printed:
        """Its 发文稿纸: whose hands it went through. Raises as `print`."""
        found = self.desk.load(PAPERS, paper_no)
        _there(found, paper_no)
        paper = found.state
        told = command_of(paper)
        thing = self.sources.thing(told)
        if getattr(thing.state, "erased", False):
            raise refuse("paper-erased")
        signed = paper.signed
        text = self._again(told, thing, paper, signed) if signed else self._draft(told, thing, paper)
        title = title_of(render(text, self.templates))
        material = self.sources.material(told, thing, self._day(self.desk.clock()))
        sheet = approval_sheet(paper, text, title, _hands(found.events), material)
        return Printed(f"发文稿纸{paper_no}.docx", render(sheet, self.templates), final=signed is not None)

    def _draft(self, told: Write, thing: Loaded[Any], paper: Paperwork) -> Paper:
        now = self.desk.clock()
        return self._text(paper, thing, self._tried(told, thing, now), now)

    def _again(self, told: Write, thing: Loaded[Any], paper: Paperwork, signed: e.PaperSigned) -> Paper:
        material = self.sources.material(told, thing, signed.issued_on, signed.seen)
        text = compose(told, material, paper.issuer, paper.addressees, signed.issued_on)
        return replace(text, doc_no=signed.doc_no)

    def issued(self, signed: e.PaperSigned) -> Issued:
        """What the series holds under the paper's number: its file's digest, its scan, whether it is void."""
        return self.desk.load(SERIES, series_key(signed.prefix, signed.year)).state.paper(signed.number)


def _there(found: Loaded[Paperwork], paper_no: str) -> None:
    if not found.events:
        raise NotFound("casework.no-such-paper", at=paper_no, paper=paper_no)


def _last(events: Sequence[Event], kind: type[e.Fact]) -> Event | None:
    return next((one for one in reversed(events) if one.type == kind.event_type()), None)


def _approval(events: Sequence[Event], signer: Actor) -> Approval:
    drafted, reviewed = (_last(events, kind) for kind in (e.PaperDrafted, e.PaperReviewed))
    return Approval(
        drafted_by=Actor.parse(drafted.actor).account if drafted else "",
        reviewed_by=Actor.parse(reviewed.actor).account if reviewed else "",
        signed_by=signer.account,
    )


def _hands(events: Sequence[Event]) -> tuple[str, str, str]:
    """Drafter, reviewer and signer by role and unit; never an account."""
    found = (_last(events, kind) for kind in (e.PaperDrafted, e.PaperReviewed, e.PaperSigned))
    drafted, reviewed, signed = (who(one.actor) if one else "" for one in found)
    return drafted, reviewed, signed
