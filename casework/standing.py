"""Who answers for a matter while its duty is disputed: the status-quo unit (domain, section 2). Pure.

A dispute never leaves a matter without an owner (山东 "协商协调期间,相关部门仍按照原职责划分规定开展工作"):
last decided → designated → clause in force → first receiver → fallback (兜底) unit.
"""

from dataclasses import dataclass

from terms.ids import UnitCode


@dataclass(frozen=True, slots=True)
class Standing:
    """What is known of one matter. `open_case` is the boundary case it is under, `decision` the last one's number."""

    matter_id: str = ""
    decided: UnitCode | None = None
    decision: str = ""
    designated: UnitCode | None = None
    first_receiver: UnitCode | None = None
    open_case: str = ""
    named: UnitCode | None = None  # the status-quo unit the open case named when it was opened
    named_ground: str = ""


NOTHING_KNOWN = Standing()


def status_quo(standing: Standing, clause_unit: UnitCode | None, fallback: UnitCode) -> tuple[UnitCode, str]:
    """The unit that handles new orders of the matter meanwhile, and on what ground.

    The ground is "decided", "designated", "clause", "first_receiver" or "fallback".

    `clause_unit` is the unit whose clause in force the router found; `fallback` the city's 兜底 unit. While a case is
    open the unit it named when it was opened stays, unless somebody is decided or designated meanwhile.
    """
    if standing.decided:
        return standing.decided, "decided"
    if standing.designated:
        return standing.designated, "designated"
    if standing.open_case and standing.named:
        return standing.named, standing.named_ground
    if clause_unit:
        return clause_unit, "clause"
    if standing.first_receiver:
        return standing.first_receiver, "first_receiver"
    return fallback, "fallback"
