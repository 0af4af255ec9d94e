"""One work order (工单): its state, its commands, what follows from them."""

from casework.work_order.context import Context
from casework.work_order.decide import decide
from casework.work_order.ending import next_ring
from casework.work_order.fold import evolve, replay
from casework.work_order.state import Status, WorkOrder

__all__ = ["Context", "Status", "WorkOrder", "decide", "evolve", "next_ring", "replay"]
