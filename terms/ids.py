"""What names a thing. A unit code is never passed for a clause id: mypy tells them apart."""

from typing import NewType

import uuid_utils

UnitCode = NewType("UnitCode", str)  # C05, D1-03, S2-04, E01: see mandates.model.Unit
ClauseId = NewType("ClauseId", str)  # any citable item: a clause, a list item, a boundary item, a duty point
InstrumentId = NewType("InstrumentId", str)
OrderNo = NewType("OrderNo", str)  # 工单编号
CaseNo = NewType("CaseNo", str)  # 职责边界争议编号
FindingNo = NewType("FindingNo", str)  # 问题编号
StreamId = NewType("StreamId", str)
EventId = NewType("EventId", str)  # UUIDv7, in its canonical text form
Position = NewType("Position", int)  # global, contiguous from 1; 0 is "before everything"


def new_event_id() -> EventId:
    """A fresh UUIDv7 (RFC 9562): unique everywhere, sorts roughly by the time it was made."""
    return EventId(str(uuid_utils.uuid7()))


def order_stream(order_no: OrderNo | str) -> StreamId:
    """The stream that holds the life of one work order (工单)."""
    return StreamId(f"order-{order_no}")


def order_no_of(stream: StreamId | str) -> OrderNo:
    """The order whose life a stream holds."""
    return OrderNo(stream.removeprefix("order-"))


def case_stream(case_no: CaseNo | str) -> StreamId:
    """The stream that holds the life of one boundary case (职责边界争议)."""
    return StreamId(f"case-{case_no}")


def finding_stream(finding_no: FindingNo | str) -> StreamId:
    """The stream that holds the life of one finding (问题)."""
    return StreamId(f"finding-{finding_no}")
