"""What a paper says, and its file: as it would be signed now, or the very one that was issued.

A draft is composed with what signing it would do, so that whoever signs reads what will come of it.
"""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any, Protocol

from casework import events as e
from casework.boundary_case.commands import CaseCommand
from casework.boundary_case.decide import decide as decide_case
from casework.desk import Desk, Loaded
from casework.finding import digest
from casework.finding.commands import FindingCommand
from casework.finding.decide import decide as decide_finding
from casework.guards import refuse
from casework.lanes import PAPERS, SERIES, new_event, series_key, who
from casework.papers.kinds import PaperKind
from casework.papers.numbering import Issued
from casework.papers.paper import Paper
from casework.papers.rendering import render, title_of
from casework.papers.templates import Templates
from casework.paperwork.composing import act_of, approval_sheet, command_of, compose
from casework.paperwork.material import Material
from casework.paperwork.sources import Sources, lane_of
from casework.paperwork.state import Paperwork
from casework.paperwork.writing import Write
from ledger.envelope import Append, Event
from ledger.vault import Vault
from terms.actors import Actor, Role
from terms.errors import NotFound
from terms.ids import StreamId

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
class Printer:
    """Reads papers off the record; commands on them are `casework.paperwork.desk`'s."""

    desk: Desk
    vault: Vault
    templates: Templates
    shelf: Shelf

    def print(self, paper_no: str) -> Printed:
        """The paper as .docx: the very file that was issued, else the draft as it would be signed now.

        Raises NotFound, and Refused when the words of its order were erased.
        """
        found, told, thing = self._whole(paper_no)
        paper = found.state
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
        found, told, thing = self._whole(paper_no)
        paper = found.state
        signed = paper.signed
        text = self._again(told, thing, paper, signed) if signed else self._draft(told, thing, paper)
        title = title_of(render(text, self.templates))
        material = self.sources.material(told, thing, self._day(self.desk.clock()))
        sheet = approval_sheet(paper, text, title, _hands(found.events), material)
        return Printed(f"发文稿纸{paper_no}.docx", render(sheet, self.templates), final=signed is not None)

    def _whole(self, paper_no: str) -> tuple[Loaded[Paperwork], Write, Loaded[Any]]:
        """A paper, what wrote it and what it is about. Raises NotFound, and Refused once that was erased."""
        found = self.desk.load(PAPERS, paper_no)
        known(found, paper_no)
        told = command_of(found.state)
        thing = self.sources.thing(told)
        if getattr(thing.state, "erased", False):
            raise refuse("paper-erased")
        return found, told, thing

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

    # --- what it says ---

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

    # --- what signing it does ---

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


def known(found: Loaded[Paperwork], paper_no: str) -> None:
    """Raise NotFound when there is no such paper."""
    if not found.events:
        raise NotFound("casework.no-such-paper", at=paper_no, paper=paper_no)


def last(events: Sequence[Event], kind: type[e.Fact]) -> Event | None:
    """The last fact of a kind."""
    return next((one for one in reversed(events) if one.type == kind.event_type()), None)


def _hands(events: Sequence[Event]) -> tuple[str, str, str]:
    """Drafter, reviewer and signer by role and unit; never an account."""
    found = (last(events, kind) for kind in (e.PaperDrafted, e.PaperReviewed, e.PaperSigned))
    drafted, reviewed, signed = (who(one.actor) if one else "" for one in found)
    return drafted, reviewed, signed
