"""What a unit does with an order in the sample month: sign, contact, work, extend, hand over, answer."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from casework.clocks import Clock
from casework.work_order import Status
from casework.work_order import commands as c
from casework.work_order.state import AT_REST, IN_HANDS
from sample.cast import REVIEWER, clerk, head, unit_leader
from sample.disputes import returned, returns, support_objects
from sample.grounds import likeliest_clause
from sample.hotline import text_of
from sample.phrases import say
from sample.stage import Life, Scene
from terms.ids import UnitCode

LONG_CYCLE = frozenset({"017", "096", "304", "376"})
SHELVED = frozenset({"003", "101", "174", "250", "292", "350"})
ASSIGNED = frozenset({"398", "472"})  # given to a 科室: what the clerk of 市城管局 finds there this morning
NEVER_ENDS = 3  # percent that are simply left lying
LATE = 7  # percent answered after their time


@dataclass(frozen=True, slots=True)
class Course:
    """How the lead's work will go: when it answers, and what it does on the way."""

    answers_at: datetime
    inside: bool
    extends: bool
    hands_over: bool


def worked_on(scene: Scene) -> Life:
    """Whoever leads, until the result is handed in; a change of lead begins anew."""
    while scene.order.status in IN_HANDS:
        lead = scene.order.lead
        if lead is None or lead == scene.order.desk:
            yield scene.office(60, 240)  # the district's desk has yet to pass it on
            continue
        rework = scene.order.status is Status.REWORK
        if not rework:
            yield from _signed(scene, lead)
            if scene.order.lead == lead and returns(scene):
                yield from _before_returning(scene, lead)
                yield from returned(scene)
            if scene.order.lead != lead:
                continue
        yield from _done(scene, lead)
        if scene.order.lead == lead:
            return


def _signed(scene: Scene, lead: UnitCode) -> Life:
    late = scene.chance(8)
    yield scene.office(520, 1500) if late else scene.office(4, 330)
    if scene.order.lead == lead and scene.order.status in IN_HANDS:
        scene.do(c.SignFor(lead), clerk(lead))


def _before_returning(scene: Scene, lead: UnitCode) -> Life:
    """Urgent orders are handled first (深圳 "先办后议")."""
    if scene.order.tier != "general":
        scene.do(c.StartWork(lead), clerk(lead))
    yield scene.office(15, 150)


def _done(scene: Scene, lead: UnitCode) -> Life:
    course = _course(scene, lead)
    yield scene.office(5, 120)
    if not _has(scene, lead):
        return
    scene.do(c.StartWork(lead), clerk(lead))
    yield from _contacted(scene, lead)
    if course.inside and _has(scene, lead):
        scene.stage.begin(_inside(scene, lead, course.answers_at), scene.office(10, 60))
    if course.hands_over and _has(scene, lead):
        scene.stage.begin(_hand_over(scene, lead), scene.office(60, 300))
    halfway = scene.now + (course.answers_at - scene.now) / 2
    yield max(scene.now, scene.at_work(halfway) if scene.order.tier == "general" else halfway)
    if not _has(scene, lead):
        return
    if scene.chance(70):
        scene.do(c.ReportProgress(lead, say(scene.dice, "progress")), clerk(lead))
    if scene.call.serial in SHELVED and scene.order.objection is None:
        yield from _shelved(scene)
    if course.extends and _has(scene, lead):
        yield from _extended(scene, lead)
    yield max(scene.now, _answer_time(scene, course))
    yield from _answered(scene, lead)


def _has(scene: Scene, lead: UnitCode) -> bool:
    return scene.order.lead == lead and scene.order.status in IN_HANDS


def _course(scene: Scene, lead: UnitCode) -> Course:
    clock = scene.order.clock(Clock.REWORK, lead) or scene.order.clock(Clock.HANDLE, lead)
    begins = scene.now
    due = clock.due if clock is not None else begins + timedelta(days=5)
    if scene.chance(NEVER_ENDS):
        share = 40.0
    elif scene.chance(LATE):
        share = scene.dice.uniform(1.05, 1.7)
    else:
        share = scene.dice.triangular(0.12, 0.97, 0.5)
    at = begins + (due - begins) * share
    at = at if scene.order.tier != "general" else scene.at_work(at)
    general = scene.order.tier == "general" and scene.order.round == 1
    return Course(
        at,
        inside=general and (scene.chance(22) or scene.call.serial in ASSIGNED),
        extends=general and (scene.call.serial in LONG_CYCLE or scene.chance(9)),
        hands_over=general and scene.chance(5),
    )


def _answer_time(scene: Scene, course: Course) -> datetime:
    """Later when the time was extended: the work takes what it is given."""
    lead = scene.order.lead
    clock = scene.order.clock(Clock.HANDLE, lead) if lead else None
    if clock is None or not course.extends or clock.due <= course.answers_at:
        return course.answers_at
    return scene.at_work(course.answers_at + (clock.due - course.answers_at) * 0.6)


def _contacted(scene: Scene, lead: UnitCode) -> Life:
    if scene.chance(18):
        scene.do(c.ReadPersonalData(say(scene.dice, "read_purpose"), ("caller_name", "caller_phone")), clerk(lead))
    if scene.chance(88):
        yield scene.office(10, 150)
        if _has(scene, lead):
            reached = scene.chance(92)
            words = say(scene.dice, "contact_reached" if reached else "contact_missed")
            scene.do(c.ContactRequester(lead, reached, words), clerk(lead))


def _inside(scene: Scene, lead: UnitCode, answers_at: datetime) -> Life:
    """内部交办, 汇总, 分管领导审签."""
    office, task = say(scene.dice, "office"), say(scene.dice, "inside_task")
    if not _has(scene, lead) or not scene.do(c.AssignInside(lead, office, task), clerk(lead)):
        return
    yield scene.at_work(scene.now + max(timedelta(hours=1), (answers_at - scene.now) * 0.7))
    yield from collected(scene, lead)


def collected(scene: Scene, lead: UnitCode) -> Life:
    """What was assigned inside comes together and the leader signs; both before the unit may answer."""
    member = scene.order.member(lead)
    if member is None or member.finished or scene.order.status not in IN_HANDS:
        return
    _collect(scene, lead)
    yield scene.office(15, 90)
    if _has(scene, lead):
        _collect(scene, lead)  # what was assigned meanwhile
        scene.do(c.SignOff(lead, approved=True, note=say(scene.dice, "sign_off")), unit_leader(lead))


def _collect(scene: Scene, lead: UnitCode) -> None:
    member = scene.order.member(lead)
    for office in member.offices if member else ():
        pictures = (scene.picture("page", "现场处置情况.png"),) if scene.in_sight else ()
        scene.do(c.CollectInside(lead, office, say(scene.dice, "inside_result"), pictures), clerk(lead))


def _extended(scene: Scene, lead: UnitCode) -> Life:
    long_cycle = scene.call.serial in LONG_CYCLE
    clock = scene.order.clock(Clock.HANDLE, lead)
    member = scene.order.member(lead)
    if clock is None or scene.now >= clock.due or member is None or member.asked_extension:
        return
    reason = say(scene.dice, "long_cycle" if long_cycle else "extension")
    if not scene.do(c.RequestExtension(lead, reason, long_cycle), clerk(lead)):
        return
    yield scene.office(60, 400)
    member = scene.order.member(lead)
    if member is not None and member.asked_extension and scene.in_hands:
        granted = long_cycle or scene.chance(85)
        words = say(scene.dice, "extension_granted" if granted else "extension_refused")
        scene.do(c.DecideExtension(lead, granted, words), REVIEWER)


def _shelved(scene: Scene) -> Life:
    back = scene.dice.choice((9, 60, 90))
    review_on = scene.now.astimezone(scene.stage.zone).date() + timedelta(days=back)
    if not scene.do(c.Shelve(say(scene.dice, "shelve"), review_on), REVIEWER):
        return
    yield scene.at_work(scene.now + timedelta(days=back))
    if scene.order.status is Status.SHELVED:
        scene.do(c.Resume(say(scene.dice, "resumed")), REVIEWER)


def _answered(scene: Scene, lead: UnitCode) -> Life:
    if not _has(scene, lead):
        return
    member = scene.order.member(lead)
    if member is not None and (member.offices or (member.assigned_inside and not member.signed_off)):
        yield from collected(scene, lead)
    if not _has(scene, lead):
        return
    occasion = "result_enquiry" if scene.call.kind == "咨询" else "result"
    occasion = "result_unable" if occasion == "result" and scene.chance(6) else occasion
    proof = (scene.picture("after", "处置后照片.png"),) if occasion == "result" and scene.in_sight else ()
    scene.do(c.SubmitResult(lead, say(scene.dice, occasion, unit=scene.name(lead)), proof), clerk(lead))


# --- hand-over -------------------------------------------------------------------------------------------------


def _hand_over(scene: Scene, lead: UnitCode) -> Life:
    """移送 to the next link: received and fed back, refused, or stalled."""
    found = scene.order.proposal
    others = [one.unit for one in found.candidates if one.unit != lead] if found else []
    receiver = next((unit for unit in (*scene.order.supports, *others) if unit[0] in "CD"), None)
    clause = likeliest_clause(scene.register, receiver, text_of(scene)) if receiver else None
    if receiver is None or clause is None or not _has(scene, lead):
        return
    note, number = say(scene.dice, "hand_over"), len(scene.order.hand_overs) + 1
    record = scene.picture("page", "现场检查记录.png")
    if not scene.do(c.SendHandOver(lead, receiver, clause, "监管", "执法", (record,), note), clerk(lead)):
        return
    if scene.chance(25):
        return  # it stalls
    yield scene.office(60, 700)
    if not scene.in_hands:
        return
    if scene.chance(20):
        scene.do(c.RefuseHandOver(receiver, number, say(scene.dice, "hand_over_refused")), head(receiver))
        return
    scene.do(c.ReceiveHandOver(receiver, number), clerk(receiver))
    yield scene.office(300, 1400)
    if scene.in_hands:
        scene.do(c.FeedBackHandOver(receiver, number, say(scene.dice, "hand_over_result")), clerk(receiver))


# --- supports --------------------------------------------------------------------------------------------------


def supported(scene: Scene, unit: UnitCode) -> Life:
    """A support's own course: signs, works, answers for its share, now and then objects."""
    yield scene.office(10, 400)
    if not _helps(scene, unit):
        return
    scene.do(c.SignFor(unit), clerk(unit))
    yield scene.office(20, 200)
    if scene.chance(9) and _helps(scene, unit):
        yield from support_objects(scene, unit)
    if _helps(scene, unit):
        scene.do(c.StartWork(unit), clerk(unit))
    yield scene.office(150, 1100)
    if _helps(scene, unit) and scene.chance(60):
        scene.do(c.ReportProgress(unit, say(scene.dice, "support_progress")), clerk(unit))
    yield scene.office(60, 500)
    if _helps(scene, unit) and scene.chance(85):
        scene.do(c.SubmitResult(unit, say(scene.dice, "share_done")), clerk(unit))


def _helps(scene: Scene, unit: UnitCode) -> bool:
    member = scene.order.member(unit)
    still = member is not None and member.part == "support" and not member.finished
    return still and scene.in_hands and scene.order.status not in AT_REST


def rated(scene: Scene) -> Life:
    """牵头与配合相互评价, after the end."""
    lead = scene.order.lead
    for support in scene.order.supports:
        for rater, other in ((lead, support), (support, lead)):
            if rater is None or other is None or not scene.chance(75):
                continue
            yield scene.office(30, 400)
            score = scene.dice.choice((5, 5, 5, 4, 4, 3, 2))
            reason = say(scene.dice, "poor_rating") if score < 3 else ""
            scene.do(c.Rate(rater, other, score, reason), head(rater))
