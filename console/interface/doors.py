"""The doors of casework for programs: four kinds of things, what may be asked of each, and who may see which.

The HTTP API and the command line give every command through `give`, so that both ask the same questions in the same
order: is there such a command, may this role, is it readable, may this person know of the thing, and only then what
the rules of casework say. A thing that may not be seen answers exactly like one that does not exist.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, fields, replace
from typing import Any

from casework import permissions
from casework.appraisal.assessment import Assessment
from casework.appraisal.score_sheet import ScoreSheet
from casework.boundary_case import commands as b
from casework.boundary_case.state import BoundaryCase
from casework.bounds import check
from casework.catalogue import (
    ASSESSMENT_COMMANDS,
    CASE_COMMANDS,
    DIGEST_COMMANDS,
    FINDING_COMMANDS,
    ORDER_COMMANDS,
    PAPER_COMMANDS,
    SCORE_COMMANDS,
    read_command,
)
from casework.desk import ASSESSMENTS, CASES, DIGESTS, FINDINGS, ORDERS, SCORES, Desk, Done
from casework.events import Attachment
from casework.finding.state import Finding, Phase
from casework.guards import forbid, refuse
from casework.lanes import PAPERS, Lane, Loaded
from casework.papers.kinds import PaperKind
from casework.paperwork.commands import WRITING
from casework.paperwork.desk import PaperDesk
from casework.paperwork.printing import Printed
from casework.paperwork.sources import lane_of
from casework.paperwork.state import Paperwork
from casework.paperwork.writing import Write
from casework.work_order import WorkOrder
from casework.work_order import commands as c
from console.access import OF_A_UNIT, SEES_ALL, scope
from console.orders.additions import Addition, addition
from console.orders.attachments import AttachmentStore
from ledger.vault import Vault
from mandates.edition import RegisterEdition
from terms.actors import Actor, Role
from terms.errors import BadInput, NotFound, NotPermitted
from terms.ids import StreamId, UnitCode
from terms.messages import sentence

NUMBER_MOST = 80  # characters, as every view keeps them
PEOPLE_OF_UNITS = OF_A_UNIT | {Role.DISTRICT_DESK}
BIANBAN = frozenset({Role.BIANBAN_OFFICER, Role.BIANBAN_DIRECTOR})
WATCHING = frozenset({Role.LEADER, Role.AUDITOR, Role.ADMINISTRATOR, Role.SYSTEM})
CASE_READERS = BIANBAN | WATCHING | {Role.JUSTICE_OFFICER, Role.REVIEWER, Role.SUPERVISOR}
FINDING_READERS = BIANBAN | WATCHING | {Role.SUPERVISOR}
# a unit knows of a finding once it was told of it, not while others still weigh it
TOLD = frozenset({Phase.FED_BACK, Phase.RECTIFYING, Phase.REPORTED, Phase.CLOSED})
# what the machine says of itself, no person through a door: that a rule dispatched, that a decision or reform moved it
MACHINE_FIELDS: Mapping[str, frozenset[str]] = {"Dispatch": frozenset({"by"}), "Reassign": frozenset({"by"})}


@dataclass(frozen=True, slots=True)
class Door:
    """One kind of thing. `whole` are the roles that read all of them; a unit's people read those it has a part in."""

    noun: str  # on the command line
    path: str  # in addresses
    title: str
    lane: Lane[Any]
    commands: Mapping[str, type]
    openers: frozenset[str]  # commands that begin a thing
    carry_out: Callable[["Giver"], Callable[..., Done[Any]]]
    whole: frozenset[Role]
    units_of: Callable[[Any], frozenset[UnitCode]]  # who has a part in it and may know of it
    missing: str  # the message code for one that is not there
    scope: str  # what a token needs to read
    whole_of: Callable[[Any], frozenset[Role]] | None = None  # narrower than `whole`, by the thing

    @property
    def readers(self) -> frozenset[Role]:
        """Every role that may read at least some."""
        return self.whole | (PEOPLE_OF_UNITS if self.units_of is not _no_unit else frozenset())


def _no_unit(_: Any) -> frozenset[UnitCode]:
    return frozenset()


def _of_order(order: WorkOrder) -> frozenset[UnitCode]:
    return frozenset(order.units())


def _of_case(case: BoundaryCase) -> frozenset[UnitCode]:
    return frozenset(case.parties) | ({case.convener} if case.convener else set())


def _of_paper(paper: Paperwork) -> frozenset[UnitCode]:
    """The issuer from the draft on; whom it goes to once it is signed."""
    told = (*paper.addressees, *paper.copies) if paper.signed else ()
    return frozenset({paper.issuer, *told})


def _whole_of_paper(paper: Paperwork) -> frozenset[Role]:
    """Who reads what the paper is about, reads the paper."""
    return DOOR_OF_LANE[lane_of(paper.kind).stream].whole if paper.kind else frozenset()


def _of_finding(finding: Finding) -> frozenset[UnitCode]:
    return frozenset({finding.unit}) if finding.phase in TOLD else frozenset()


def _of_scores(sheet: ScoreSheet) -> frozenset[UnitCode]:
    return frozenset(line.unit for line in sheet.lines)


def _of_assessment(sheet: Assessment) -> frozenset[UnitCode]:
    return frozenset({sheet.unit}) if sheet.unit else frozenset()


ORDER_DOOR = Door(
    "work-order", "work-orders", "工单", ORDERS, ORDER_COMMANDS, frozenset({"RecordReturn"}),
    lambda giver: giver.desk.do, SEES_ALL | {Role.SYSTEM}, _of_order, "console.no-order", "orders:read",
)  # fmt: skip
CASE_DOOR = Door(
    "case", "cases", "职责边界争议", CASES, CASE_COMMANDS, frozenset({"OpenCase"}), lambda giver: giver.desk.do_case,
    CASE_READERS, _of_case, "api.no-case", "cases:read",
)  # fmt: skip
FINDING_DOOR = Door(
    "finding", "findings", "问题", FINDINGS, FINDING_COMMANDS, frozenset({"RaiseFinding", "ProposeFinding"}),
    lambda giver: giver.desk.do_finding, FINDING_READERS, _of_finding, "api.no-finding", "findings:read",
)  # fmt: skip
DIGEST_DOOR = Door(
    "digest", "digests", "定期梳理", DIGESTS, DIGEST_COMMANDS, frozenset({"OpenDigest"}),
    lambda giver: giver.desk.do_digest, BIANBAN | WATCHING | {Role.REVIEWER}, _no_unit, "api.no-digest",
    "findings:read",
)  # fmt: skip
DOOR_OF_LANE = {door.lane.stream: door for door in (ORDER_DOOR, CASE_DOOR, FINDING_DOOR, DIGEST_DOOR)}
PAPER_DOOR = Door(
    "paper", "papers", "公文", PAPERS, PAPER_COMMANDS, frozenset(one.__name__ for one in WRITING.values()),
    lambda giver: giver.papers.do, SEES_ALL | {Role.SYSTEM}, _of_paper, "api.no-paper", "papers:read", _whole_of_paper,
)  # fmt: skip
SCORE_DOOR = Door(
    "score-sheet", "score-sheets", "季度评分", SCORES, SCORE_COMMANDS, frozenset({"DraftScores"}),
    lambda giver: giver.desk.do_scores, FINDING_READERS | {Role.REVIEWER}, _of_scores, "api.no-score-sheet",
    "scores:read",
)  # fmt: skip
ASSESSMENT_DOOR = Door(
    "assessment", "assessments", "履行评估", ASSESSMENTS, ASSESSMENT_COMMANDS, frozenset({"OpenAssessment"}),
    lambda giver: giver.desk.do_assessment, FINDING_READERS, _of_assessment, "api.no-assessment", "scores:read",
)  # fmt: skip
DOORS = (ORDER_DOOR, CASE_DOOR, FINDING_DOOR, DIGEST_DOOR, PAPER_DOOR, SCORE_DOOR, ASSESSMENT_DOOR)


@dataclass(frozen=True, slots=True)
class Giver:
    """Who asks, and what it takes to answer."""

    actor: Actor
    desk: Desk
    papers: PaperDesk
    vault: Vault
    register: RegisterEdition
    files: AttachmentStore

    def keeping(self, keep: Callable[[], object]) -> "Giver":
        """The same, with files to be kept once the rules have said yes: of what they refuse nothing is kept."""
        desk = replace(self.desk, once_accepted=keep)
        return replace(self, desk=desk, papers=replace(self.papers, desk=desk))

    def units(self) -> frozenset[UnitCode] | None:
        """Whose things this person may see; None for the whole city."""
        return None if self.actor.role is Role.SYSTEM else scope(self.actor, self.register)


@dataclass(frozen=True, slots=True)
class Given:
    """What came of a command: the version and position the thing stands at now, and the types of the facts."""

    number: str
    command: str
    version: int
    position: int
    facts: tuple[str, ...]


def offered(role: Role, door: Door) -> tuple[str, ...]:
    """The commands of this door that a role may ever give, by name."""
    return tuple(name for name in permissions.commands_of(role) if name in door.commands)


def sees(door: Door, state: Any, giver: Giver) -> bool:
    """Whether this person may know of the thing."""
    if giver.actor.role in (door.whole_of(state) if door.whole_of else door.whole):
        return True
    units = giver.units() or frozenset()
    return giver.actor.role in PEOPLE_OF_UNITS and not units.isdisjoint(door.units_of(state))


def look(door: Door, number: str, giver: Giver) -> Loaded[Any]:
    """The thing as the record has it. Raises NotPermitted for a role that reads none, NotFound as for none."""
    if giver.actor.role not in door.readers:
        raise NotPermitted("console.page-not-yours", page=door.title)
    found = giver.desk.load(door.lane, known_number(number))
    if not found.events or not sees(door, found.state, giver):
        raise missing(door, number)
    return found


def printed(number: str, giver: Giver) -> Printed:
    """A paper as .docx. Raises as `look`, and Refused when the words of its order were erased."""
    look(PAPER_DOOR, number, giver)
    return giver.papers.print(number)


def printed_sheet(number: str, giver: Giver) -> Printed:
    """Its 发文稿纸, which stays with its issuer and whoever reads all such papers. Raises as `printed`."""
    found: Paperwork = look(PAPER_DOOR, number, giver).state
    units = giver.units()
    if units is not None and found.issuer not in units:
        raise NotPermitted("console.page-not-yours", page=PaperKind.APPROVAL_SHEET.label)
    return giver.papers.print_sheet(number)


def missing(door: Door, number: str) -> NotFound:
    """What is said of a thing that is not there, and of one that is not theirs."""
    return NotFound(door.missing, **{"order_no" if door is ORDER_DOOR else "number": number})


def known_number(number: str) -> str:
    """The number of a thing. Raises BadInput for one that no thing can have."""
    if not 0 < len(number) <= NUMBER_MOST or not number.isprintable() or number != number.strip():
        raise BadInput("api.bad-number", at="number", most=NUMBER_MOST)
    return number


def give(
    door: Door, number: str, name: str, body: Mapping[str, Any], giver: Giver, *, seen: int | None = None
) -> Given:
    """Carry out the command of that name with these fields (JSON values) on the thing of that number.

    `seen` is the version the caller looked at. Raises NotFound (no such command, no such thing, none of theirs),
    NotPermitted, BadInput, Refused with the rule, Conflict with what happened meanwhile.
    """
    kind = door.commands.get(name)
    if kind is None:
        raise NotFound("casework.no-such-command", at=name, command=name)
    if not permissions.may(giver.actor.role, kind):
        raise forbid("role", action=sentence(f"command.{name}"))
    known_number(number)
    asked = read(name, body, giver.actor)
    found = giver.desk.load(door.lane, number)
    _may_know(door, number, name, found, giver)
    command = addition(asked, found, giver.vault) if isinstance(asked, Addition) else asked
    giver.files.require_here(subject_of(door, number, found.state), _attachments(command))
    return _carry_out(door, number, command, found, giver, seen)


def give_command(door: Door, number: str, command: Any, giver: Giver, *, seen: int | None = None) -> Given:
    """Carry out a command a page has read from its own form, by the same questions in the same order as `give`."""
    name = type(command).__name__
    if not permissions.may(giver.actor.role, type(command)):
        raise forbid("role", action=sentence(f"command.{name}"))
    known_number(number)
    found = giver.desk.load(door.lane, number)
    _may_know(door, number, name, found, giver)
    return _carry_out(door, number, command, found, giver, seen)


def subject_of(door: Door, number: str, state: Any) -> StreamId:
    """Under whose key a file is sealed: what a paper is about, so that it goes with its order; else the thing's own."""
    if isinstance(state, Paperwork) and state.kind is not None:
        return lane_of(state.kind).stream(state.about)
    return door.lane.stream(number)


def _attachments(command: Any) -> Iterator[Attachment]:
    for field in fields(command):
        value = getattr(command, field.name)
        yield from (one for one in (value if isinstance(value, tuple) else (value,)) if isinstance(one, Attachment))


def _carry_out(door: Door, number: str, command: Any, found: Loaded[Any], giver: Giver, seen: int | None) -> Given:
    name = type(command).__name__
    if isinstance(command, b.OpenCase):
        _own_orders(command, giver)
    if isinstance(command, Write):
        look(DOOR_OF_LANE[lane_of(command.KIND).stream], command.about, giver)
    done = door.carry_out(giver)(number, command, giver.actor, seen=seen)
    own = [event.version for event in done.events if event.stream == door.lane.stream(number)]
    return Given(
        number, name, own[-1] if own else found.version, done.position, tuple(event.type for event in done.events)
    )


def _may_know(door: Door, number: str, name: str, found: Loaded[Any], giver: Giver) -> None:
    if found.events and not sees(door, found.state, giver):
        # whoever begins a thing under a taken number learns that it is taken, and nothing else
        if name not in door.openers:
            raise missing(door, number)
        raise refuse("paper-number-taken" if door is PAPER_DOOR else "case-opened-once")
    if not found.events and name not in door.openers:
        raise missing(door, number)


def _own_orders(command: b.OpenCase, giver: Giver) -> None:
    """A department opens a case on orders it has a part in: nobody names another's order by guessing its number."""
    if giver.actor.role in PEOPLE_OF_UNITS:
        for order_no in command.orders:
            look(ORDER_DOOR, order_no, giver)


def read(name: str, body: Mapping[str, Any], actor: Actor) -> Any:
    """The command of that name. Raises NotFound, BadInput with the field at fault.

    Beyond what its fields ask for: a person says nothing only the machine can say, what is said is within bounds
    (`casework.bounds`), and what a citizen adds comes as plain words, to be sealed here.
    """
    machine = MACHINE_FIELDS.get(name, frozenset()) if actor.role is not Role.SYSTEM else frozenset()
    if strange := sorted(machine & set(body)):
        raise BadInput("casework.unknown-field", at=strange[0], field=strange[0])
    if name == c.AddToOrder.__name__:
        return Addition.read(body)
    command = read_command(name, dict(body))
    check(command)
    return command
