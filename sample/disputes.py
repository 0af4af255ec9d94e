"""Returns in the sample month: clause against clause, the unit pointed at, the review, and who quarrels with whom.

Planned: 市住建局 and 市城管局 quarrel over the noise of building sites at night, 市生态环境局 is drawn in; 市住建局
returns most and is refused most; pets' carcasses, private ground locks and drones belong to nobody, and are returned
with "no unit has a clause". Everything else is chance.
"""

from dataclasses import dataclass, replace
from typing import Literal

from casework.clocks import Clock
from casework.grounds import desk_of
from casework.work_order import commands as c
from casework.work_order.state import IN_HANDS
from mandates.model import Level
from routing.proposal import Citation
from sample.calls import NIGHT_WORK, ORPHAN
from sample.cast import REVIEWER, clerk, district_desk, head
from sample.grounds import beside, cited, city_unit, likeliest_clause
from sample.hotline import text_of
from sample.phrases import say
from sample.stage import Life, Scene
from terms.ids import ClauseId, UnitCode
from terms.messages import sentence

SITES, STREETS, NOISE = UnitCode("C04"), UnitCode("C03"), UnitCode("C11")
PERMIT, FINE = ClauseId("C04-SD-03"), ClauseId("C03-SD-09")  # 夜间施工证明; 夜间施工噪声的处罚权
BLAMED = {SITES: (STREETS, FINE), STREETS: (SITES, PERMIT), NOISE: (STREETS, FINE)}
Verdict = Literal["refuse", "reassign", "add_support", "designate"]
NIGHT_VERDICTS: tuple[Verdict, ...] = ("refuse", "reassign", "refuse", "designate", "refuse", "add_support", "reassign")
BACK_AND_FORTH = ("314",)  # sent on, sent back to whoever had it first, and designated there: 来回折返
OFTEN, SELDOM = 42, 5  # percent of its orders that a unit returns: 市住建局 and its bureaus, everybody else
POST = sentence("role.head")  # 科室负责人 sign returns
REASONS = ("not_ours",) * 6 + ("overlap",) * 3 + ("partial",) * 2 + ("unclear", "territory", "incomplete")


@dataclass(frozen=True, slots=True)
class Claim:
    """What a unit is about to write, and whom it points at."""

    command: c.RequestReturn
    points_at: UnitCode | None


def returns(scene: Scene) -> bool:
    """Whether the unit that has the order now sends it back."""
    lead, labels = scene.order.lead, scene.call.labels
    may = lead is not None and lead != scene.order.desk and lead != scene.order.designated
    if not may or lead is None or scene.order.status not in IN_HANDS:
        return False
    if not _in_time(scene):
        return False
    if _goes_back(scene):
        return len(scene.order.objections) < 2
    if NIGHT_WORK in labels:
        return len(scene.order.objections) < 2 and scene.chance(78 if not scene.order.objections else 55)
    if ORPHAN in labels:
        return not _decided(scene) and not scene.order.objections and scene.chance(95)
    if scene.order.objections:
        return scene.chance(18)
    often = city_unit(scene.register, lead) == SITES
    return scene.chance(OFTEN if often and lead == SITES else 14 if often else SELDOM)


def _goes_back(scene: Scene) -> bool:
    return scene.call.serial in BACK_AND_FORTH


def _decided(scene: Scene) -> bool:
    """Whether the matter was nobody's and is decided by now: nobody can say any more that no unit has a clause."""
    points = scene.register.duty_points.values()
    return any(point.decision and point.matter == scene.order.matter for point in points)


def _in_time(scene: Scene) -> bool:
    """Silence accepts: after a day a return comes too late."""
    clock = scene.order.clock(Clock.RETURN, scene.order.lead)
    return clock is not None and scene.now < clock.due


def returned(scene: Scene) -> Life:
    """One return from its writing to the review's word; meanwhile the unit keeps the order (首接负责制)."""
    claim = _claim(scene) if _in_time(scene) else None
    if claim is None or not scene.do(claim.command, clerk(claim.command.unit)):
        return
    if claim.points_at is not None:
        yield scene.office(30, 160)
        yield from _heard(scene, claim.points_at)
    if not _goes_back(scene) and scene.chance(4):
        yield scene.office(20, 60)
        scene.do(c.WithdrawReturn(claim.command.unit, "经内部核实，同意继续办理。"), clerk(claim.command.unit))
        return
    yield scene.office(90, 520)
    yield from _reviewed(scene, claim)


def returned_this_morning(scene: Scene) -> Life:
    """Signed for and sent back at once: what the reviewer finds waiting beside the dispatcher's queue."""
    lead = scene.order.lead
    if lead is None or scene.order.status not in IN_HANDS:
        return
    yield scene.minutes(6, 14)
    scene.do(c.SignFor(lead), clerk(lead))
    yield scene.minutes(6, 14)
    claim = _claim(scene)
    if claim is not None:
        scene.do(claim.command, clerk(lead))


def _claim(scene: Scene) -> Claim | None:
    lead = scene.order.lead
    if lead is None:
        return None
    own = _cited_own(scene, lead)
    signed = f"head-{lead}"
    if ORPHAN in scene.call.labels:
        note = say(scene.dice, "no_clause")
        return Claim(
            c.RequestReturn(
                lead, "unclear", denied_clause=own, no_clause=True, note=note, signatory=signed, signatory_post=POST
            ),
            None,
        )
    reason = "overlap" if NIGHT_WORK in scene.call.labels else scene.dice.choice(REASONS)
    other, clause = _pointed_at(scene, lead)
    note = say(scene.dice, reason, other=scene.name(other), place="相邻街道辖区")
    bare = c.RequestReturn(lead, reason, note=note, signatory=signed, signatory_post=POST)
    if reason == "territory":
        return Claim(replace(bare, place="相邻街道辖区"), None)
    if reason == "incomplete":
        return Claim(replace(bare, missing=("具体点位", "被反映对象")), None)
    if other is None or own is None or clause is None:
        return None
    if reason == "partial":
        return Claim(replace(bare, keeps=say(scene.dice, "keeps"), asked_support=other), other)
    return Claim(replace(bare, denied_clause=own, claimed_clause=clause, proposed_unit=other), other)


def _cited_own(scene: Scene, lead: UnitCode) -> ClauseId | None:
    if NIGHT_WORK in scene.call.labels and lead in BLAMED:
        return PERMIT if lead == SITES else FINE if lead == STREETS else ClauseId("C11-SD-04")
    return likeliest_clause(scene.register, lead, text_of(scene))


def _pointed_at(scene: Scene, lead: UnitCode) -> tuple[UnitCode | None, ClauseId | None]:
    """The other unit and its clause: whom the matter's quarrel names, else the router's runner-up."""
    if NIGHT_WORK in scene.call.labels:
        at_city = city_unit(scene.register, lead)
        other, clause = BLAMED.get(at_city, (STREETS, FINE))
        if scene.order.past_leads and other in scene.order.past_leads and not _goes_back(scene):
            other, clause = NOISE, ClauseId("C11-SD-04")
        return beside(scene.register, lead, other) if lead != at_city else other, clause
    found = scene.order.proposal
    for one in found.candidates if found else ():
        known = scene.register.units[one.unit]
        if one.unit != lead and known.level in (Level.CITY, Level.DISTRICT, Level.COMPANY):
            theirs = likeliest_clause(scene.register, one.unit, text_of(scene))
            if theirs and one.unit != scene.order.desk:
                return one.unit, theirs
    return None, None


def _heard(scene: Scene, asked: UnitCode) -> Life:
    """The unit pointed at answers, or stays silent until its clock has run out."""
    open_still = scene.order.objection
    if open_still is None or all(one.unit != asked for one in open_still.asked):
        return
    if not _goes_back(scene) and scene.chance(10):
        yield scene.minutes(200, 300)
        return
    agrees = scene.chance(25 if NIGHT_WORK in scene.call.labels else 60)
    denied = None if agrees else likeliest_clause(scene.register, asked, text_of(scene))
    words = say(scene.dice, "proposed_agrees" if agrees else "proposed_refuses")
    scene.do(c.AnswerAsProposed(asked, agrees, denied_clause=denied, note=words), clerk(asked))


def _reviewed(scene: Scene, claim: Claim) -> Life:
    order = scene.order
    if order.objection is None:
        return
    to = claim.points_at
    verdict = _verdict(scene, claim)
    reviewer = REVIEWER
    if order.desk is not None and scene.chance(50) and (to is None or desk_of(to, scene.register) == order.desk):
        reviewer = district_desk(order.desk)
    occasion = {"refuse": "refused", "reassign": "reassigned", "designate": "designated", "add_support": "support"}
    stays = verdict == "designate" and not _goes_back(scene) and scene.chance(70)
    target = order.lead if stays else to
    reason = say(scene.dice, f"review_{occasion[verdict]}", unit=scene.name(target or order.lead))
    citations: tuple[Citation, ...] = ()
    if target is not None and verdict != "refuse":
        clause = likeliest_clause(scene.register, target, text_of(scene))
        citations = (cited(scene.register, target, clause, "审核引用"),) if clause else ()
    command = c.ReviewReturn(verdict, reason, None if verdict == "refuse" else target, citations=citations)
    if not scene.do(command, reviewer):
        scene.do(c.ReviewReturn("designate", reason, order.lead), REVIEWER)
    yield from ()


def _verdict(scene: Scene, claim: Claim) -> Verdict:
    order, to = scene.order, claim.points_at
    if order.escalated:
        return "designate"
    heard = next((one for one in order.objection.asked if one.unit == to), None) if order.objection else None
    silent = heard is not None and not heard.answered and heard.due is not None and scene.now < heard.due
    if to is None or silent or order.member(to) is not None:
        return "designate" if ORPHAN in scene.call.labels and scene.chance(60) else "refuse"
    if claim.command.reason == "partial":
        return "add_support" if scene.chance(70) else "refuse"
    if NIGHT_WORK in scene.call.labels:
        return NIGHT_VERDICTS[int(scene.call.serial) % len(NIGHT_VERDICTS)]
    if city_unit(scene.register, claim.command.unit) == SITES:
        return "reassign" if scene.chance(15) else "refuse"
    return "reassign" if heard is not None and heard.agrees and scene.chance(85) else "refuse"


def support_objects(scene: Scene, unit: UnitCode) -> Life:
    """A support says its share is not its own; the review decides within a day."""
    clause = likeliest_clause(scene.register, unit, text_of(scene))
    if not scene.do(c.ObjectAsSupport(unit, say(scene.dice, "support_objects"), clause), head(unit)):
        return
    yield scene.office(120, 480)
    upheld = scene.chance(45)
    member = scene.order.member(unit)
    if member is not None and member.objected and scene.in_hands:
        words = say(scene.dice, "support_released" if upheld else "support_kept")
        scene.do(c.DecideSupportObjection(unit, upheld, words), REVIEWER)
