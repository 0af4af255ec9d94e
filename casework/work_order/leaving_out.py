"""不计考核 that comes with a part: of an order that came in so marked, and of a part a successor goes on with."""

from collections.abc import Iterator
from functools import reduce

from casework import events as e
from casework.work_order.folding import fold
from casework.work_order.state import WorkOrder
from terms.messages import sentence


def with_exclusions(order: WorkOrder, facts: tuple[e.OrderFact, ...]) -> tuple[e.OrderFact, ...]:
    """The facts, and for every unit that got its part by them what leaves the order out of its figures.

    What the platform an order came from had left out (是否不计考核; domain, section 6) was reviewed there; of which
    unit is known once one has a part. Each is left out once. A successor's part is left out as the one it goes on
    with was.
    """
    return (*facts, *_exclusions(order, tuple(fact for fact in facts if fact.order_no == order.order_no)))


def _exclusions(order: WorkOrder, facts: tuple[e.OrderFact, ...]) -> Iterator[e.ExclusionGranted]:
    before = {member.unit for member in order.members}
    after = reduce(lambda found, fact: fold(fact, found), facts, order)
    carried = {one.to_unit for one in facts if isinstance(one, e.OrderCarriedOver) and one.from_unit in order.left_out}
    for unit in (member.unit for member in after.members):
        if unit in before or unit in after.left_out:
            continue
        if order.stated_excluded or unit in carried:
            why = "stated" if order.stated_excluded else "carried"
            yield e.ExclusionGranted(order_no=order.order_no, unit=unit, reason=sentence(f"exclusion.{why}"))
