"""Every state of domain section 5 is one an order can be in, and is reached by the moves of its name."""

from collections.abc import Callable
from datetime import timedelta

import pytest

from casework.work_order import commands as c
from casework.work_order.state import Status
from tests.casework.test_ending import closed, finished, followed_up
from tests.casework.test_working import handed_over
from tests.casework.town import (
    CHENGGUAN,
    DISPATCHER,
    ECOLOGY,
    HOUSING,
    REVIEWER,
    SUPERVISOR,
    Life,
    clerk,
    head,
)

ON_THE_PAGE = (
    "待受理, 待补充, 不予受理/即时答复, 并单, 待派遣, 会商, 已派单, 签收, 退单申请, 异议审核 (驳回/改派/加派/指定), "
    "办理中 (内部交办至科室或二级单位, 汇总, 分管领导审签), 移送, 延期, 挂账, 办结审核, 回访, 重办, "
    "督办 (催办/挂牌/约谈/提级), 终止/最终答复, 结案归档"
)


def at_work() -> Life:
    """In the hands of the chengguan, supported by housing."""
    return Life().received().dispatched(supports=(HOUSING,))


def given(life: Life, *told: tuple[c.Command, object]) -> Life:
    for command, actor in told:
        life.do(command, actor)  # type: ignore[arg-type]  # an actor
    return life


def merged() -> Life:
    life = Life().received()
    life.others["G0"] = Life(order_no="G0").received().order
    return given(life, (c.Merge("G0"), DISPATCHER))


def shelved() -> Life:
    life = at_work()
    return given(life, (c.Shelve("等待规划", (life.now + timedelta(days=9)).date()), REVIEWER))


REACHED: dict[str, Callable[[], Life]] = {
    "待受理": lambda: Life().received(),
    "待补充": lambda: given(Life().received(), (c.RequestInformation(("地点",)), DISPATCHER)),
    "不予受理": lambda: given(Life().received(), (c.NotAccept("legal_channel"), DISPATCHER)),
    "即时答复": lambda: given(Life().received(), (c.AnswerAtOnce("已告知"), DISPATCHER)),
    "并单": merged,
    "待派遣": lambda: Life().received().proposed(automatic=False),
    "会商": lambda: given(at_work(), (c.OpenConsultation((CHENGGUAN, ECOLOGY), "谁主办"), DISPATCHER)),
    "已派单": at_work,
    "签收": lambda: given(at_work(), (c.SignFor(CHENGGUAN), clerk(CHENGGUAN))),
    "退单申请": lambda: at_work().returned(),
    "异议审核": lambda: given(at_work().returned(), (c.AnswerAsProposed(ECOLOGY, agrees=True), head(ECOLOGY))),
    "办理中": lambda: given(at_work(), (c.StartWork(CHENGGUAN), clerk(CHENGGUAN))),
    "移送": handed_over,
    "延期": lambda: given(at_work(), (c.RequestExtension(CHENGGUAN, "取证"), clerk(CHENGGUAN))),
    "挂账": shelved,
    "办结审核": finished,
    "回访": lambda: given(finished(), (c.ReviewResult(accepted=True), REVIEWER)),
    "重办": lambda: given(followed_up(resolved=False), (c.OrderRework("仍扰民"), REVIEWER)),
    "终止": lambda: given(followed_up(resolved=False), (c.Terminate("依法不能办理"), REVIEWER)),
    "结案": closed,
    "归档": lambda: given(closed(), (c.Archive(), DISPATCHER)),
}


@pytest.mark.parametrize("state", REACHED)
def test_an_order_can_be_in_every_state_of_the_page(state: str) -> None:
    """domain, section 5: each state, reached by the move that leads there."""
    assert REACHED[state]().order.stage == state and state in ON_THE_PAGE


def test_no_state_of_the_page_is_left_out_and_none_is_ours_alone() -> None:
    """domain, section 5. 督办 lies beside the work: four steps, each said of the unit; the review has four ends."""
    assert set(Status) - {Status.UNKNOWN} <= set(REACHED)
    life = at_work()
    for step in ("reminded", "listed", "talk", "raised"):
        life.do(c.Supervise(CHENGGUAN, step, "久拖不决"), SUPERVISOR)  # type: ignore[arg-type]  # one of the four
        found = life.order.member(CHENGGUAN)
        assert found is not None and found.supervision == step and life.order.stage == "已派单"
    member = given(at_work(), (c.AssignInside(CHENGGUAN, "执法大队"), clerk(CHENGGUAN))).order.member(CHENGGUAN)
    assert member is not None and member.offices == ("执法大队",)


@pytest.mark.parametrize("state", REACHED)
def test_the_citizen_chases_and_adds_in_every_state_and_it_stays_one_order(state: str) -> None:
    """domain, section 5: the citizen may 催单 or add to an order at any time; it stays one order."""
    life = REACHED[state]()
    sealed = {"sealed": "b64", "key": "k"}
    chased, added = c.Chase(channel="电话"), c.AddToOrder(sealed, sealed)
    for command in (chased, added):
        for fact in life.do(command, DISPATCHER):
            assert fact.order_no == life.order.order_no
    assert life.order.chases == 1
    # what was missing came in: the order waits for its dispatch again
    assert life.order.stage == ("待派遣" if state == "待补充" else state)
