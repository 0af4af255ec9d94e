"""What the hotline does in the sample month: answer, ask back, merge, dispatch by hand, follow up, close."""

from collections.abc import Iterator
from datetime import timedelta

from casework.events import Attachment
from casework.grounds import belongs, desk_of
from casework.standing import NOTHING_KNOWN, status_quo
from casework.work_order import Status
from casework.work_order import commands as c
from casework.work_order.state import AT_REST, BEFORE_DISPATCH
from routing.proposal import Citation, Proposal
from sample.calls import NIGHT_WORK
from sample.cast import DISPATCHERS, REVIEWER, district_desk
from sample.grounds import cited, likeliest_clause
from sample.phrases import say
from sample.stage import Life, Scene
from terms.actors import Actor
from terms.ids import UnitCode

NOT_ACCEPTED = {  # by the last three digits of the order: the ground of the city's list
    "016": "legal_channel",
    "094": "legal_channel",
    "144": "legal_channel",
    "184": "emergency",
    "256": "repeat",
    "445": "legal_channel",
}
VAGUE = frozenset({"018", "256", "330", "386"})  # asked back before anything else
CONSULTED = frozenset({"017", "226", "247", "254", "268", "419", "479"})  # whose it is was asked of several
WITHDRAWN = frozenset({"104", "188", "372"})
CORRECTED = frozenset({"063", "175", "240", "333"})  # moved by the reviewer, outside a return
UNMERGED = frozenset({"431"})
PICTURED = frozenset({"337", "418", "441", "455", "461"})  # of this morning's: the caller has sent a picture
ASKED_AGAIN_WITHIN = timedelta(seconds=40)
NIGHT_LEADS = (UnitCode("C04"), UnitCode("C03"), UnitCode("C04"), UnitCode("C04"), UnitCode("C03"))
ANSWERED_OF_ENQUIRIES = 22  # percent answered from the knowledge base
TO_A_DESK = 25  # percent of a district's orders that go through its desk
DEPARTURES = 9  # percent in which the dispatcher thinks otherwise


def dispatcher(scene: Scene) -> Actor:
    """Who is on duty: one by day, the other by night."""
    hour = scene.now.astimezone(scene.stage.zone).hour
    return DISPATCHERS[0] if 8 <= hour < 20 else DISPATCHERS[1]


def at_the_hotline(scene: Scene) -> Life:
    """From the proposal to somebody who has the order, or to an end without one."""
    serial = scene.call.serial
    if scene.call.fresh:  # what the desk finds waiting when it opens
        if serial in PICTURED:
            scene.stage.begin(_sends_pictures(scene), scene.minutes(1, 3))
        return
    yield scene.minutes(3, 25 if scene.order.tier == "general" else 8)
    if scene.call.twin_of and _merged(scene):
        if serial not in UNMERGED:
            return
        yield scene.office(200, 500)
        scene.do(c.Unmerge(say(scene.dice, "unmerge")), dispatcher(scene))
    if scene.order.status not in BEFORE_DISPATCH:
        return  # by rule
    if serial in VAGUE:
        yield from _asked_back(scene)
    if _ended_at_the_hotline(scene):
        return
    if serial in CONSULTED:
        yield from _consulted(scene)
    _dispatch(scene)
    if serial in WITHDRAWN and scene.order.status is Status.DISPATCHED:
        yield scene.minutes(6, 15)
        if scene.do(c.WithdrawDispatch(say(scene.dice, "withdrawn")), dispatcher(scene)):
            yield scene.minutes(5, 20)
            _dispatch(scene)


def _merged(scene: Scene) -> bool:
    parent = scene.stage.scenes.get(scene.call.twin_of)
    if parent is None or parent.order.status in AT_REST:
        return False
    likeness = scene.order.suspected_score if scene.order.suspected == scene.call.twin_of else None
    done = scene.do(c.Merge(scene.call.twin_of, likeness, say(scene.dice, "merge")), dispatcher(scene))
    parent.look()
    return done


def _asked_back(scene: Scene) -> Life:
    scene.do(c.RequestInformation(("地点", "被反映对象"), say(scene.dice, "missing_note")), dispatcher(scene))
    yield scene.minutes(90, 900)
    add_to(scene)
    yield scene.minutes(5, 20)
    scene.stage.proposer.run()
    scene.look()


def add_to(scene: Scene) -> None:
    """The requester adds something: sealed under the order's key, as the gateway seals what comes in."""
    words = say(scene.dice, "addition")
    pictures = (scene.picture("before", "补充照片.png"),) if scene.in_sight else ()
    _added(scene, words, pictures, "微信小程序" if pictures else "电话")


def _sends_pictures(scene: Scene) -> Life:
    """Right after the call; the router is asked again, as after any addition."""
    pictures = tuple(scene.picture("before", f"现场照片{number}.png") for number in (1, 2)[: 1 + scene.call.urgent])
    _added(scene, say(scene.dice, "sends_pictures"), pictures, "微信小程序")
    yield scene.now + ASKED_AGAIN_WITHIN
    scene.stage.proposer.run()


def _added(scene: Scene, words: str, pictures: tuple[Attachment, ...], channel: str) -> None:
    stream = f"order-{scene.call.number}"
    ring = scene.stage.vault.reading([stream])
    named = [{"name": one.name, "kind": one.kind, "digest": one.digest} for one in pictures]
    boxes = (ring.seal(stream, {"text": words, "attachments": named}), ring.seal(stream, {"text": words}))
    scene.do(c.AddToOrder(*boxes, attachments=pictures, channel=channel), dispatcher(scene))


def _ended_at_the_hotline(scene: Scene) -> bool:
    if scene.order.status not in BEFORE_DISPATCH:
        return True
    ground = NOT_ACCEPTED.get(scene.call.serial)
    if ground:
        return scene.do(c.NotAccept(ground), dispatcher(scene))
    if scene.call.kind == "表扬":
        return scene.do(c.AnswerAtOnce(say(scene.dice, "praise_passed_on")), dispatcher(scene))
    if scene.call.kind == "咨询" and scene.chance(ANSWERED_OF_ENQUIRIES):
        return scene.do(c.AnswerAtOnce(say(scene.dice, "answered_at_once")), dispatcher(scene))
    return False


def _consulted(scene: Scene) -> Life:
    units = tuple(dict.fromkeys(_runners(scene)))[:3]
    question = say(scene.dice, "consult_question", matter=_matter(scene))
    if len(units) < 2 or not scene.do(c.OpenConsultation(units, question), dispatcher(scene)):
        return
    yield scene.office(40, 110)
    agreed = scene.chance(65)
    words = (
        say(scene.dice, "consult_agreed", unit=scene.name(units[0])) if agreed else say(scene.dice, "consult_failed")
    )
    command = c.CloseConsultation(agreed, units[0] if agreed else None, units[1:2] if agreed else (), words)
    scene.do(command, dispatcher(scene))


def _runners(scene: Scene) -> Iterator[UnitCode]:
    if scene.order.proposal is not None:
        yield from (one.unit for one in scene.order.proposal.candidates)


def _matter(scene: Scene) -> str:
    return scene.order.proposal.matter if scene.order.proposal and scene.order.proposal.matter else "该事项"


def _dispatch(scene: Scene) -> None:
    """By hand: mostly as proposed, sometimes through the district's desk, sometimes otherwise and with a reason."""
    found = scene.order.proposal
    if scene.order.status not in BEFORE_DISPATCH:
        return
    if found is None or found.lead is None:
        fallback = UnitCode(scene.stage.desk.city.fallback_unit)
        scene.do(c.Dispatch(fallback, reason=say(scene.dice, "no_lead", unit=scene.name(fallback))), dispatcher(scene))
        return
    holder = _holder(scene, found)
    if holder is not None:
        scene.do(c.Dispatch(holder, citations=_of(holder, found.citations)), dispatcher(scene))
        return
    if NIGHT_WORK in scene.call.labels and _dispatch_to(scene, _night_lead(scene), "night_dispatch"):
        return
    others = [unit for unit in _runners(scene) if unit != found.lead and not unit.startswith("S")]
    if scene.chance(DEPARTURES) and others and _dispatch_to(scene, others[0], "departure"):
        return
    desk = desk_of(found.lead, scene.register)
    if desk and found.lead != desk and scene.chance(TO_A_DESK):
        if _dispatch_to(scene, desk, "to_desk"):
            scene.stage.begin(_passed_on(scene, found.lead), scene.office(10, 100))
        return
    if not scene.do(c.Dispatch(found.lead, found.supports, citations=found.citations), dispatcher(scene)):
        scene.do(c.Dispatch(found.lead), dispatcher(scene))


def _holder(scene: Scene, found: Proposal) -> UnitCode | None:
    """The status-quo unit of a matter that is under a case: nobody else may be given the order."""
    standing = scene.stage.desk.standing(found.matter_id) if found.matter_id else NOTHING_KNOWN
    if not standing.open_case:
        return None
    own = any(belongs(one.clause_id, one.unit, scene.register) for one in found.citations if one.unit == found.lead)
    fallback = UnitCode(scene.stage.desk.city.fallback_unit)
    return status_quo(standing, found.lead if own else None, fallback)[0]


def _of(unit: UnitCode, citations: tuple[Citation, ...]) -> tuple[Citation, ...]:
    return tuple(one for one in citations if one.unit == unit)


def _night_lead(scene: Scene) -> UnitCode:
    return NIGHT_LEADS[int(scene.call.serial) % len(NIGHT_LEADS)]


def _dispatch_to(scene: Scene, unit: UnitCode, occasion: str) -> bool:
    clause = likeliest_clause(scene.register, unit, text_of(scene))
    citations = (cited(scene.register, unit, clause, "派单员人工引用"),) if clause else ()
    reason = say(scene.dice, occasion, unit=scene.name(unit))
    return scene.do(c.Dispatch(unit, citations=citations, reason=reason), dispatcher(scene))


def text_of(scene: Scene) -> str:
    """What the requester said, to choose a clause by; it goes into no event."""
    return f"{scene.call.row.cells['标题']} {scene.call.row.cells['主要内容']}"


def _passed_on(scene: Scene, unit: UnitCode) -> Life:
    desk, found = scene.order.desk, scene.order.proposal
    if desk is None or found is None or scene.order.lead != desk:
        return
    citations = tuple(one for one in found.citations if one.unit == unit)
    supports = tuple(one for one in found.supports if one != desk)
    reason = say(scene.dice, "passed_on", unit=scene.name(unit))
    scene.do(c.PassOn(unit, supports, citations, reason), district_desk(desk))
    yield from ()


# --- after the result ---


def after_the_result(scene: Scene) -> Life:
    """Result review, follow-up, rework, closing. Comes back with the order closed, or in hands again."""
    yield scene.office(20, 260)
    if scene.order.status is not Status.RESULT_REVIEW:
        return
    reviewer = _reviewer(scene)
    if scene.chance(5) and scene.order.round == 1:
        scene.do(c.ReviewResult(accepted=False, note=say(scene.dice, "sent_back")), reviewer)
        return
    scene.do(c.ReviewResult(accepted=True, note=say(scene.dice, "accepted")), reviewer)
    yield scene.office(60, 600)
    yield from _follow_up(scene)


def _reviewer(scene: Scene) -> Actor:
    desk = scene.order.desk
    return district_desk(desk) if desk is not None and scene.order.lead != desk else REVIEWER


def _follow_up(scene: Scene) -> Life:
    who = dispatcher(scene)
    if scene.chance(6):
        scene.do(c.RecordFollowUp(contacted=False, note=say(scene.dice, "follow_up_missed")), who)
        resolved: bool | None = None
    else:
        resolved = scene.chance(91 if scene.order.round == 1 else 80)
        satisfied = resolved and scene.chance(95 if scene.order.reply else 90)
        mood = "satisfied" if satisfied else "unsatisfied" if resolved else "unresolved"
        said = say(scene.dice, f"follow_up_{mood}")
        scene.do(c.RecordFollowUp(contacted=True, resolved=resolved, satisfied=satisfied, note=said), who)
    yield scene.minutes(5, 90)
    if resolved is False and scene.order.round < 3 and scene.chance(88):
        scene.do(c.OrderRework(say(scene.dice, "rework")), who)
    elif resolved is False:
        scene.do(c.Terminate(say(scene.dice, "final_answer")), REVIEWER)
    else:
        scene.do(c.Close(), who)
        yield from archived(scene)


def archived(scene: Scene) -> Life:
    """A week later, when somebody has the time."""
    if scene.chance(30):
        yield scene.at_work(scene.now + timedelta(days=scene.dice.uniform(5, 9)))
        scene.do(c.Archive(say(scene.dice, "archived")), dispatcher(scene))
