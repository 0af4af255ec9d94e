"""What comes between in the sample month: chases, additions, corrections, more supports, supervision, exclusion."""

from datetime import timedelta
from typing import Literal

from casework.clocks import Clock
from casework.work_order import commands as c
from casework.work_order.state import IN_HANDS, Status
from sample.cast import REVIEWER, SUPERVISOR, head
from sample.grounds import cited, likeliest_clause
from sample.hotline import CORRECTED, add_to, dispatcher, text_of
from sample.phrases import say
from sample.stage import Life, Scene
from sample.unit_work import supported
from terms.ids import UnitCode

STEPS: tuple[Literal["reminded", "listed", "talk", "raised"], ...] = ("reminded", "listed", "talk", "raised")
CHASING, ADDING, MORE_SUPPORT, EXCLUDING = 9, 4, 5, 3  # percent of the orders


def interrupted(scene: Scene) -> Life:
    """Lets the interruptions of one order begin, each at its time; this life itself ends at once."""
    received = scene.call.received_at
    if scene.chance(CHASING):
        scene.stage.begin(_chased(scene), received + timedelta(hours=scene.dice.uniform(20, 150)))
    if scene.chance(ADDING):
        scene.stage.begin(_added(scene), received + timedelta(hours=scene.dice.uniform(3, 60)))
    if scene.chance(MORE_SUPPORT):
        scene.stage.begin(_joined(scene), scene.office(400, 900))
    if scene.call.serial in CORRECTED:
        scene.stage.begin(_corrected(scene), scene.office(60, 240))
    if scene.chance(EXCLUDING):
        scene.stage.begin(_excluded(scene), received + timedelta(days=scene.dice.uniform(3, 9)))
    scene.stage.begin(_supervised(scene), scene.at_work(received + timedelta(days=5)))
    yield from ()


def _chased(scene: Scene) -> Life:
    for _ in range(scene.dice.choice((1, 1, 1, 2, 3))):
        if scene.at_rest:
            return
        scene.do(c.Chase("电话", say(scene.dice, "chase")), dispatcher(scene))
        yield scene.minutes(900, 3000)


def _added(scene: Scene) -> Life:
    if not scene.at_rest and scene.order.lead is not None:
        add_to(scene)
    yield from ()


def _joined(scene: Scene) -> Life:
    found = scene.order.proposal
    others = [one.unit for one in found.candidates if scene.order.member(one.unit) is None] if found else []
    unit = next((one for one in others if one[0] in "CDE" and one != scene.order.desk), None)
    if unit is not None and scene.order.status in IN_HANDS and scene.order.objection is None:
        clause = likeliest_clause(scene.register, unit, text_of(scene))
        citations = (cited(scene.register, unit, clause, "加派引用"),) if clause else ()
        reason = say(scene.dice, "review_support", unit=scene.name(unit))
        if scene.do(c.AddSupport(unit, "到场配合", citations, reason), REVIEWER):
            scene.stage.begin(supported(scene, unit), scene.now)
    yield from ()


def _corrected(scene: Scene) -> Life:
    """改派 by the hotline outside a return: the caller had named the wrong place."""
    found = scene.order.proposal
    others = [one.unit for one in found.candidates if one.unit != scene.order.lead] if found else []
    to = next((one for one in others if one[0] in "CDE"), None)
    if to is not None and scene.order.status in IN_HANDS and scene.order.objection is None:
        clause = likeliest_clause(scene.register, to, text_of(scene))
        citations = (cited(scene.register, to, clause, "改派引用"),) if clause else ()
        scene.do(c.Reassign(to, say(scene.dice, "corrected", unit=scene.name(to)), citations=citations), REVIEWER)
    yield from ()


def _supervised(scene: Scene) -> Life:
    """督办 rises while an order lies behind its time."""
    for step in STEPS:
        lead = scene.order.lead
        if not scene.in_hands or lead is None or scene.order.status is Status.SHELVED:
            return
        clock = scene.order.clock(Clock.REWORK, lead) or scene.order.clock(Clock.HANDLE, lead)
        if clock is None or scene.now < clock.due - timedelta(hours=20):
            if scene.order.status not in IN_HANDS or clock is None:
                return
            yield scene.at_work(clock.due + timedelta(hours=1))
            lead = scene.order.lead
            if not scene.in_hands or lead is None or scene.order.status not in IN_HANDS:
                return
        if scene.chance(75):
            scene.do(c.Supervise(lead, step, say(scene.dice, "supervise")), SUPERVISOR)
        yield scene.at_work(scene.now + timedelta(days=scene.dice.uniform(1.5, 4)))


def _excluded(scene: Scene) -> Life:
    lead: UnitCode | None = scene.order.lead
    if lead is None or not scene.in_hands:
        return
    if not scene.do(c.RequestExclusion(lead, say(scene.dice, "exclusion")), head(lead)):
        return
    yield scene.office(200, 900)
    member = scene.order.member(lead)
    if member is not None and member.asked_exclusion:
        granted = scene.chance(40)
        words = say(scene.dice, "exclusion_granted" if granted else "exclusion_refused")
        scene.do(c.DecideExclusion(lead, granted, words), REVIEWER)
