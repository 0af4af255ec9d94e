"""Before and beside the work: additions, chasing, not accepted, answered at once, merging, personal data."""

import pytest

from casework import events as e
from casework.work_order import Status, WorkOrder, evolve
from casework.work_order import commands as c
from tests.casework.town import (
    ADMINISTRATOR,
    CHENGGUAN,
    CITY,
    DISPATCHER,
    HOUSING,
    REVIEWER,
    Life,
    clerk,
    head,
    refused,
)

SEALED = {"sealed": "b64", "key": "k"}


def other(number: str = "G0") -> WorkOrder:
    """Another order, waiting for its dispatch."""
    return Life(order_no=number).received().order


def test_the_requester_may_chase_or_add_at_any_time_and_it_stays_one_order() -> None:
    """domain, section 5."""
    life = Life().received().dispatched()
    before = life.order.status, life.order.lead, life.order.clocks
    for times in (1, 2):
        (fact,) = life.do(c.Chase("12345"), DISPATCHER)
        assert isinstance(fact, e.OrderChased) and fact.times == times
    life.do(c.AddToOrder(SEALED, SEALED), DISPATCHER)
    assert (life.order.status, life.order.lead, life.order.clocks) == before


def test_what_is_missing_is_asked_for_and_the_addition_brings_the_order_back() -> None:
    """domain, section 5: 待补充."""
    life = Life().received()
    with refused("missing-named"):
        life.do(c.RequestInformation(()), DISPATCHER)
    life.do(c.RequestInformation(("具体地点",)), DISPATCHER)
    assert life.order.status is Status.TO_SUPPLEMENT
    life.do(c.AddToOrder(SEALED, SEALED), DISPATCHER)
    assert life.order.stage == "待派遣"


def test_an_order_in_hands_stays_there_while_the_requester_is_asked() -> None:
    life = Life().received().dispatched()
    life.do(c.RequestInformation(("具体地点",)), DISPATCHER)
    assert life.order.lead == CHENGGUAN and life.order.status is Status.DISPATCHED


@pytest.mark.parametrize("ground", [ground.code for ground in CITY.not_accepted_grounds])
def test_not_accepted_names_the_right_channel(ground: str) -> None:
    """北京条例 art. 11."""
    life = Life().received()
    fact, closed = life.do(c.NotAccept(ground), DISPATCHER)
    assert isinstance(fact, e.OrderNotAccepted) and fact.channel
    assert isinstance(closed, e.OrderClosed) and closed.how == "not_accepted"
    assert life.order.status is Status.NOT_ACCEPTED and not life.order.clocks


def test_what_is_beyond_the_city_goes_upward_or_outward_with_a_reasoned_notice() -> None:
    """北京条例 art. 12; domain, section 2: vertically managed units and other cities."""
    life = Life().received()
    with refused("referral-names-whom-and-why"):
        life.do(c.ReferOut("outward", "外市12345热线", " "), DISPATCHER)
    for named in ("C03", "城管局"):
        with refused("units-of-the-city-are-dispatched-to"):
            life.do(c.ReferOut("upward", named, "不归本市"), DISPATCHER)
    with refused("clause-in-force"):
        life.do(c.ReferOut("upward", "省烟草专卖局", "由省局办理", "C03-77"), DISPATCHER)
    fact, closed = life.do(c.ReferOut("upward", "省烟草专卖局", "由省局办理"), DISPATCHER)
    assert isinstance(fact, e.OrderReferredOut) and (fact.level, fact.reason) == ("upward", "由省局办理")
    assert isinstance(closed, e.OrderClosed) and closed.how == "referred" and closed.reply == "由省局办理"
    assert life.order.status is Status.TERMINATED and not life.order.clocks and life.order.lead is None


def test_an_order_in_hands_is_referred_out_only_on_a_return() -> None:
    """北京条例 art. 14: nobody's order is taken from it unasked."""
    outward = c.ReferOut("outward", "外市12345热线", "事发地在外市")
    life = Life().received().dispatched()
    with refused("state"):
        life.do(outward, DISPATCHER)
    life.returned(reason="territory", place="外市")
    life.do(outward, REVIEWER)
    assert life.order.objection is None and life.order.lead is None and life.order.past_leads == (CHENGGUAN,)


def test_the_grounds_of_not_accepting_are_those_of_the_ordinance() -> None:
    """北京条例 art. 11: emergencies, 法定途径, 信访, repeats with nothing new, secrets, beyond duty, unlawful."""
    grounds = {ground.code: ground.channel for ground in CITY.not_accepted_grounds}
    assert set(grounds) == {"emergency", "legal_channel", "petition", "repeat", "secret", "beyond", "unlawful"}
    assert "110" in grounds["emergency"] and "信访" in grounds["petition"] and "法院" in grounds["legal_channel"]


def test_an_order_is_not_turned_away_on_a_ground_of_ones_own() -> None:
    """北京条例 art. 11."""
    with refused("not-accepted-names-a-channel"):
        Life().received().do(c.NotAccept("too-hard"), DISPATCHER)


def test_after_dispatch_an_order_is_not_accepted_only_where_the_unit_pointed_to_the_legal_channel() -> None:
    life = Life().received().dispatched()
    with refused("state"):
        life.do(c.NotAccept("legal_channel"), DISPATCHER)
    told = c.RequestReturn(CHENGGUAN, "legal_channel", channel="仲裁", note="n", signatory="s")
    life.do(told, head(CHENGGUAN))
    life.do(c.NotAccept("legal_channel", "劳动仲裁委员会"), DISPATCHER)
    assert life.order.lead is None and life.order.status is Status.NOT_ACCEPTED


def test_the_hotline_answers_at_once_what_it_knows() -> None:
    """domain, section 5: 即时答复."""
    life = Life().received()
    with refused("reply-given"):
        life.do(c.AnswerAtOnce(""), DISPATCHER)
    life.do(c.AnswerAtOnce("办理时间为工作日上午"), DISPATCHER)
    assert life.order.status is Status.ANSWERED


def test_repeats_are_merged_under_one_parent_and_told_in_both_streams() -> None:
    """国办函〔2025〕66号 item (五): 重复诉求事项原则上并单处理."""
    life = Life(others={"G0": other()}).received().dispatched()
    mine, theirs = life.do(c.Merge("G0", similarity=93), DISPATCHER)
    assert (mine.order_no, theirs.order_no) == ("G1", "G0")
    assert life.order.status is Status.MERGED and life.order.parent == "G0" and life.order.lead is None
    parent = evolve(life.others["G0"], theirs, life.now)
    assert parent.children == ("G1",) and parent.status is Status.TO_ACCEPT


def test_an_order_is_merged_under_another_one_that_is_still_open() -> None:
    life = Life(others={"G0": other()}).received()
    for parent in ("G1", "G9"):
        with refused("merge-under-an-open-order"):
            life.do(c.Merge(parent), DISPATCHER)
    done = Life(order_no="G0").received()
    done.do(c.AnswerAtOnce("答复"), DISPATCHER)
    life.others["G0"] = done.order
    with refused("merge-under-an-open-order"):
        life.do(c.Merge("G0"), DISPATCHER)


def test_a_parent_is_not_itself_merged() -> None:
    life = Life(others={"G0": other()}).received()
    life.keep(e.OrdersMerged(order_no="G1", parent="G1", child="G2"))
    with refused("merge-one-level"):
        life.do(c.Merge("G0"), DISPATCHER)


def test_a_merge_can_be_undone_and_the_citizens_total_goes_on() -> None:
    """stage C, item 1: merging and unmerging."""
    life = Life(others={"G0": other()}).received().dispatched()
    total = life.order.clock("total")
    life.do(c.Merge("G0"), DISPATCHER)
    life.do(c.Unmerge("不是同一件"), DISPATCHER)
    assert life.order.status is Status.TO_DISPATCH and life.order.parent == ""
    life.dispatched(HOUSING, "C04-1")
    assert life.order.clock("total") == total


def test_every_reading_of_personal_data_is_recorded_with_its_purpose() -> None:
    """design, Ledger: the original is opened on demand and the reading recorded."""
    life = Life().received().dispatched()
    with refused("purpose-given"):
        life.do(c.ReadPersonalData(""), clerk(CHENGGUAN))
    (fact,) = life.do(c.ReadPersonalData("联系诉求人", ("caller_phone",)), clerk(CHENGGUAN))
    assert isinstance(fact, e.PersonalDataRead) and fact.account == "clerk-C03"


def test_who_reported_is_hidden_from_who_is_reported() -> None:
    """济南条例 art. 32."""
    life = Life().received(subject_units=(HOUSING,), reporter_hidden=True).dispatched()
    life.keep(e.ConsultationOpened(order_no="G1", consultation=1, units=(CHENGGUAN, HOUSING), question="?"))
    with refused("reporter-hidden"):
        life.do(c.ReadPersonalData("核实"), clerk(HOUSING))


def test_who_asks_to_stay_unnamed_is_known_to_the_hotline_alone() -> None:
    """济南条例 art. 32; domain, section 2: a citizen may ask that no unit learns who called."""
    life = Life().received(reporter_hidden=True).dispatched()
    with refused("reporter-hidden"):
        life.do(c.ReadPersonalData("核实"), clerk(CHENGGUAN))
    assert life.do(c.ReadPersonalData("核实"), DISPATCHER)


def test_a_unit_complained_about_reads_no_requester_though_nobody_asked_to_be_hidden() -> None:
    """济南条例 art. 32."""
    life = Life().received(subject_units=(HOUSING,)).dispatched()
    life.keep(e.ConsultationOpened(order_no="G1", consultation=1, units=(CHENGGUAN, HOUSING), question="?"))
    with refused("reporter-hidden"):
        life.do(c.ReadPersonalData("核实"), clerk(HOUSING))


def test_a_unit_without_a_part_reads_no_personal_data() -> None:
    with refused("own-orders"):
        Life().received().dispatched().do(c.ReadPersonalData("看看"), clerk(HOUSING))


def test_erasing_waits_until_the_order_is_at_rest_and_once_is_enough() -> None:
    life = Life().received()
    with refused("state"):
        life.do(c.ErasePersonalData("本人申请"), ADMINISTRATOR)
    life.do(c.AnswerAtOnce("答复"), DISPATCHER)
    life.do(c.ErasePersonalData("本人申请"), ADMINISTRATOR)
    assert life.order.erased
    assert life.do(c.ErasePersonalData("本人申请"), ADMINISTRATOR) == ()
    with refused("erased-already"):
        life.do(c.ReadPersonalData("回访"), REVIEWER)


def test_history_may_arrive_before_the_order_and_out_of_order() -> None:
    """stage A, ingest: what an older platform already did, out of order."""
    life = Life()
    later = e.HistoryRecorded(order_no="G1", what="result", happened_at=life.now, unit=HOUSING)
    earlier = e.HistoryRecorded(order_no="G1", what="dispatched", happened_at=life.now.replace(year=2025), unit=HOUSING)
    life.keep(later, earlier)
    life.received()
    assert [told.what for told in life.order.history] == ["dispatched", "result"]
    assert life.order.status is Status.TO_ACCEPT
