"""Commands on papers, carried out on the record: drafted, reviewed, signed and numbered, their scans attached.

Signing appends to three streams at once: the paper's, its series', and, where signing does what the paper says, that of
the case, finding or digest. Whoever comes second at any of them is told so, and nothing is numbered twice.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from casework import events as e
from casework.desk import Done, Loaded
from casework.lanes import PAPERS, SERIES, new_event, series_key
from casework.papers.issuing import Approval, attach_scan, issue, void
from casework.papers.numbering import doc_no, next_number, prefix_of
from casework.paperwork import commands as c
from casework.paperwork import decide
from casework.paperwork.composing import ORDER_KINDS, act_on_scan, command_of
from casework.paperwork.hands import addressees_of, for_those_with_a_part, issuer_of
from casework.paperwork.printing import Act, Printer, known, last
from casework.paperwork.sources import lane_of
from casework.paperwork.state import Paperwork, evolve
from casework.paperwork.writing import PaperCommand, Write
from ledger.envelope import Append, Event
from terms.actors import Actor
from terms.ids import StreamId, UnitCode


@dataclass(frozen=True, slots=True)
class PaperDesk(Printer):
    """Carries out commands on papers."""

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
            known(found, paper_no)
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

    # --- 签发 ---

    def _sign(self, paper_no: str, command: c.SignPaper, actor: Actor, seen: int | None) -> Done[Paperwork]:
        beside: list[Append] = []
        printed: list[tuple[str, StreamId, bytes]] = []

        def decided(found: Loaded[Paperwork], now: datetime) -> Sequence[e.Fact]:
            known(found, paper_no)
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

    # --- afterwards ---

    def _afterwards(
        self, paper_no: str, command: c.AttachScan | c.VoidPaper, actor: Actor, seen: int | None
    ) -> Done[Any]:
        found = self.desk.load(PAPERS, paper_no)
        known(found, paper_no)
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


def _approval(events: Sequence[Event], signer: Actor) -> Approval:
    drafted, reviewed = (last(events, kind) for kind in (e.PaperDrafted, e.PaperReviewed))
    return Approval(
        drafted_by=Actor.parse(drafted.actor).account if drafted else "",
        reviewed_by=Actor.parse(reviewed.actor).account if reviewed else "",
        signed_by=signer.account,
    )
