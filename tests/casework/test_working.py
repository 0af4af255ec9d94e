"""The work: start, contact, extension, shelf, inside the unit, hand-over, result."""

from datetime import timedelta

from casework import events as e
from casework.events.fact import Attachment
from casework.work_order import Status
from casework.work_order import commands as c
from tests.casework.town import (
    CHENGGUAN,
    CITY,
    ECOLOGY,
    HOUSING,
    REVIEWER,
    TIMERS,
    WATER,
    Life,
    clerk,
    head,
    refused,
    unit_leader,
)


def handled() -> Life:
    """An order of the chengguan bureau with the housing bureau in support."""
    return Life().received().dispatched(supports=(HOUSING,))


def test_work_that_starts_was_signed_for() -> None:
    life = handled()
    life.do(c.StartWork(CHENGGUAN), clerk(CHENGGUAN))
    assert life.order.status is Status.WORKING and life.order.clock("sign", CHENGGUAN) is None
    assert life.do(c.StartWork(CHENGGUAN), clerk(CHENGGUAN)) == ()


def test_the_lead_contacts_the_requester() -> None:
    life = handled()
    with refused("lead-contacts-the-requester"):
        life.do(c.ContactRequester(HOUSING, reached=True), clerk(HOUSING))
    life.do(c.ContactRequester(CHENGGUAN, reached=False), clerk(CHENGGUAN))
    assert life.order.clock("first_contact") is not None
    life.do(c.ContactRequester(CHENGGUAN, reached=True), clerk(CHENGGUAN))
    assert life.order.clock("first_contact") is None


# --- extension ---


def test_extensions_are_counted_and_each_moves_the_deadline() -> None:
    """吕梁: at most 3, each at most 3 working days; an extension moves a deadline, it does not stop a clock."""
    life = handled()
    for number in range(1, 4):
        before = life.order.clock("handle", CHENGGUAN)
        life.do(c.RequestExtension(CHENGGUAN, "等待检测"), clerk(CHENGGUAN))
        assert life.order.clock("handle", CHENGGUAN) == before  # asking moves nothing
        (fact,) = life.do(c.DecideExtension(CHENGGUAN, granted=True), REVIEWER)
        after = life.order.clock("handle", CHENGGUAN)
        assert isinstance(fact, e.ExtensionGranted) and fact.number == number
        assert before is not None and after is not None and after.starts == before.starts and after.due > before.due
    with refused("extensions-at-most"):
        life.do(c.RequestExtension(CHENGGUAN, "再等"), clerk(CHENGGUAN))


def test_an_extension_gives_three_working_days_and_the_clock_never_stands_still() -> None:
    """吕梁: each at most 3 working days; domain, section 4: an extension does not stop a clock."""
    life = handled()
    before = life.order.clock("handle", CHENGGUAN)
    life.do(c.RequestExtension(CHENGGUAN, "等待检测"), clerk(CHENGGUAN), after=timedelta(days=1))
    life.do(c.DecideExtension(CHENGGUAN, granted=True), REVIEWER, after=timedelta(days=1))
    after = life.order.clock("handle", CHENGGUAN)
    assert before is not None and after is not None
    assert after.due - before.due == timedelta(days=3), "Monday to Thursday: the two days of waiting are not given back"


def test_an_extension_is_asked_before_the_time_is_up_and_one_at_a_time() -> None:
    life = handled()
    life.do(c.RequestExtension(CHENGGUAN, "等待检测"), clerk(CHENGGUAN))
    assert life.order.stage == "延期"
    with refused("one-extension-at-a-time"):
        life.do(c.RequestExtension(CHENGGUAN, "等待检测"), clerk(CHENGGUAN))
    life.do(c.DecideExtension(CHENGGUAN, granted=False, reason="理由不足"), REVIEWER)
    with refused("no-extension-asked"):
        life.do(c.DecideExtension(CHENGGUAN, granted=True), REVIEWER)
    life.now += timedelta(days=20)
    with refused("extension-before-it-is-due"):
        life.do(c.RequestExtension(CHENGGUAN, "等待检测"), clerk(CHENGGUAN))


def test_a_long_cycle_extension_gives_one_hundred_and_eighty_days() -> None:
    """吕梁: long-cycle 180 days."""
    life = handled()
    life.do(c.RequestExtension(CHENGGUAN, "工程改造", long_cycle=True), clerk(CHENGGUAN))
    life.do(c.DecideExtension(CHENGGUAN, granted=True), REVIEWER)
    clock = life.order.clock("handle", CHENGGUAN)
    assert clock is not None and clock.due - clock.starts >= timedelta(days=CITY.clocks.long_cycle.amount)


def test_a_supports_extension_moves_neither_the_lead_nor_the_total() -> None:
    life = handled()
    kept = life.order.clock("handle", CHENGGUAN), life.order.clock("total")
    life.do(c.RequestExtension(HOUSING, "等待材料"), clerk(HOUSING))
    life.do(c.DecideExtension(HOUSING, granted=True), REVIEWER)
    assert (life.order.clock("handle", CHENGGUAN), life.order.clock("total")) == kept


# --- shelf ---


def test_shelving_stops_the_clocks_until_the_review_date() -> None:
    """domain, section 4: shelving stops it until its review date."""
    life = handled()
    handle = life.order.clock("handle", CHENGGUAN)
    life.do(c.Shelve("等待规划调整", (life.now + timedelta(days=30)).date()), REVIEWER)
    assert life.order.status is Status.SHELVED and life.order.lead == CHENGGUAN
    assert life.order.clock("handle", CHENGGUAN) is None and life.order.clock("shelf") is not None
    with refused("state"):
        life.do(c.SubmitResult(CHENGGUAN, "完成"), clerk(CHENGGUAN))
    life.do(c.Resume("规划已批"), REVIEWER, after=timedelta(days=14))
    again = life.order.clock("handle", CHENGGUAN)
    assert handle is not None and again is not None
    assert again.due - handle.due == timedelta(days=14)  # two whole weeks, so the same weekday
    assert life.order.clock("shelf") is None and life.order.stage == "已派单"


def test_on_its_review_date_what_was_shelved_comes_back_and_its_clocks_go_on_from_that_day() -> None:
    """domain, section 4: until its review date, and no longer; a timer that comes late gives nobody more time."""
    dues = set()
    for late in (timedelta(0), timedelta(days=5)):
        life = handled()
        life.do(c.Shelve("等待规划调整", (life.now + timedelta(days=14)).date()), REVIEWER)
        shelf = life.order.clock("shelf")
        assert shelf is not None
        life.now = shelf.due - timedelta(minutes=2)
        life.do(c.RingClocks(), TIMERS)
        assert life.order.status is Status.SHELVED
        life.now = shelf.due + late
        told = [fact.event_type() for fact in life.do(c.RingClocks(), TIMERS, after=timedelta(0))]
        assert told == ["ClockExpired", "OrderResumed"] and life.order.status is Status.DISPATCHED
        again = life.order.clock("handle", CHENGGUAN)
        assert again is not None and life.order.clock("shelf") is None
        dues.add(again.due)
    assert len(dues) == 1


def test_a_shelf_has_a_review_date_ahead_and_not_too_far() -> None:
    life = handled()
    for days in (0, -1, 181):
        with refused("shelf-has-a-review-date"):
            life.do(c.Shelve("等待", (life.now + timedelta(days=days)).date()), REVIEWER)
    with refused("reason-given"):
        life.do(c.Shelve(" ", (life.now + timedelta(days=9)).date()), REVIEWER)


# --- inside the unit ---


def test_what_was_assigned_inside_is_collected_and_signed_off_before_it_goes_out() -> None:
    """domain, section 5: 内部交办至科室或二级单位, 汇总, 分管领导审签."""
    life = handled()
    me = clerk(CHENGGUAN)
    life.do(c.AssignInside(CHENGGUAN, "执法大队"), me)
    with refused("office-once"):
        life.do(c.AssignInside(CHENGGUAN, "执法大队"), me)
    with refused("inside-collected-first"):
        life.do(c.SubmitResult(CHENGGUAN, "完成"), me)
    with refused("inside-collected-first"):
        life.do(c.SignOff(CHENGGUAN, approved=True), unit_leader(CHENGGUAN))
    with refused("office-was-assigned"):
        life.do(c.CollectInside(CHENGGUAN, "法规科", "x"), me)
    life.do(c.CollectInside(CHENGGUAN, "执法大队", "已处罚"), me)
    with refused("leader-signs-off-first"):
        life.do(c.SubmitResult(CHENGGUAN, "完成"), me)
    life.do(c.SignOff(CHENGGUAN, approved=True), unit_leader(CHENGGUAN))
    life.do(c.SubmitResult(CHENGGUAN, "完成"), me)
    assert life.order.status is Status.RESULT_REVIEW


# --- hand-over ---


PHOTO = Attachment(name="现场照片.jpg", kind="photo")


def handed_over() -> Life:
    """Handed over from the chengguan to the ecology bureau."""
    life = handled()
    life.do(c.SendHandOver(CHENGGUAN, ECOLOGY, "C11-1", "执法", "监管", (PHOTO,)), clerk(CHENGGUAN))
    return life


def test_a_hand_over_names_the_receivers_clause_and_the_sender_stays_answerable() -> None:
    """domain, section 2: sender, receiver, material, clause, receipt or reasoned refusal, its own clock."""
    life = handled()
    with refused("claimed-clause-is-theirs"):
        life.do(c.SendHandOver(CHENGGUAN, ECOLOGY, "C04-1"), clerk(CHENGGUAN))
    with refused("another-unit"):
        life.do(c.SendHandOver(CHENGGUAN, CHENGGUAN, "C03-1"), clerk(CHENGGUAN))
    life = handed_over()
    assert life.order.lead == CHENGGUAN and life.order.stage == "移送"
    assert life.order.clock("hand_over", ECOLOGY) is not None


def test_a_hand_over_tells_its_links_and_brings_its_material() -> None:
    """domain, section 2: between the links of one matter, with its material and clause."""
    life = handled()
    with refused("hand-over-brings-material"):
        life.do(c.SendHandOver(CHENGGUAN, ECOLOGY, "C11-1", "执法", "监管"), clerk(CHENGGUAN))
    with refused("link-known"):
        life.do(c.SendHandOver(CHENGGUAN, ECOLOGY, "C11-1", "执法", "观望", (PHOTO,)), clerk(CHENGGUAN))
    (fact,) = life.do(c.SendHandOver(CHENGGUAN, ECOLOGY, "C11-1", "执法", "监管", (PHOTO,)), clerk(CHENGGUAN))
    assert isinstance(fact, e.HandOverSent)
    assert (fact.sender, fact.receiver, fact.from_link, fact.to_link) == (CHENGGUAN, ECOLOGY, "执法", "监管")
    assert (fact.material, fact.clause) == ((PHOTO,), "C11-1")


def test_a_hand_over_is_received_and_its_result_fed_back_each_in_turn() -> None:
    """domain, section 2: receipt, then the result is fed back."""
    life = handed_over()
    with refused("hand-over-in-turn"):
        life.do(c.FeedBackHandOver(ECOLOGY, 1, "结果"), clerk(ECOLOGY))
    with refused("hand-over-in-turn"):
        life.do(c.ReceiveHandOver(WATER, 1), clerk(WATER))
    life.do(c.ReceiveHandOver(ECOLOGY, 1), clerk(ECOLOGY))
    assert life.order.clock("hand_over") is None and life.order.clock("hand_over_result", ECOLOGY) is not None
    life.do(c.FeedBackHandOver(ECOLOGY, 1, "已监测"), clerk(ECOLOGY))
    assert life.order.clock("hand_over_result") is None and life.order.hand_overs[0].state == "fed_back"


def test_a_refused_hand_over_says_why() -> None:
    """domain, section 2: receipt or reasoned refusal."""
    life = handed_over()
    with refused("hand-over-refused-with-reason"):
        life.do(c.RefuseHandOver(ECOLOGY, 1, ""), head(ECOLOGY))
    life.do(c.RefuseHandOver(ECOLOGY, 1, "材料不全", clause="C11-1"), head(ECOLOGY))
    assert life.order.hand_overs[0].state == "refused"


def test_a_stalled_hand_over_rings_its_own_clock() -> None:
    """domain, section 2: a stall is the fault 衔接不畅."""
    life = handed_over()
    clock = life.order.clock("hand_over", ECOLOGY)
    assert clock is not None
    life.now = clock.due
    rung = life.do(c.RingClocks(), TIMERS)
    assert ("hand_over", ECOLOGY) in {(f.clock, f.unit) for f in rung if isinstance(f, e.ClockExpired)}


# --- result ---


def test_the_lead_may_finish_without_a_late_support() -> None:
    """stage C: the lead may close without a late support."""
    life = handled()
    (fact,) = life.do(c.SubmitResult(CHENGGUAN, "已处理"), clerk(CHENGGUAN))
    assert isinstance(fact, e.ResultSubmitted) and fact.late_supports == (HOUSING,)


def test_lead_and_support_finish_each_on_its_own() -> None:
    life = handled()
    life.do(c.SubmitResult(HOUSING, "工地已整改"), clerk(HOUSING))
    assert life.order.status is Status.DISPATCHED and life.order.clock("handle", HOUSING) is None
    with refused("finished-already"):
        life.do(c.SubmitResult(HOUSING, "再报"), clerk(HOUSING))
    with refused("reply-given"):
        life.do(c.SubmitResult(CHENGGUAN, " "), clerk(CHENGGUAN))
    (fact,) = life.do(c.SubmitResult(CHENGGUAN, "已处理"), clerk(CHENGGUAN))
    assert isinstance(fact, e.ResultSubmitted) and fact.late_supports == ()
