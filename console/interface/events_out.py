"""Events for systems outside (组织、人社、财政、纪检、巡察审计、高质量发展考核): NDJSON by position, the public side.

A consumer asks with a token whose scope names it and gets the types it is meant to have, each event as the contract
docs/contracts/event.v1.json says: codes, units, clauses, moments and figures, no free text, no person. It goes on from
the position it has reached; asking twice gives the same lines.
"""

from collections.abc import Mapping
from typing import Annotated

import orjson
from fastapi import APIRouter, Query
from starlette.responses import Response

from automation.public_event import public
from casework.events import CASE_FACTS, DIGEST_FACTS, FINDING_FACTS, ORDER_FACTS
from console.visit import Visiting
from terms.errors import NotFound, NotPermitted
from terms.ids import Position

router = APIRouter()
BATCH = 5_000
READ_AT_MOST = 50_000  # events looked through for one answer: it may hold no line and still have come further
NDJSON = "application/x-ndjson"
_CASES = frozenset(fact.__name__ for fact in (*CASE_FACTS, *DIGEST_FACTS))
_FINDINGS = frozenset(fact.__name__ for fact in FINDING_FACTS)
_ORDERS = frozenset(fact.__name__ for fact in ORDER_FACTS)
_RESULTS = frozenset({
    "WorkOrderDispatched", "WorkOrderSignedFor", "OrderReassigned", "OrderCarriedOver", "UnitDesignated",
    "ReturnRequested", "ReturnRefused", "ResultSubmitted", "FollowUpRecorded", "ReworkOrdered", "OrderClosed",
    "ClockExpired", "PartsRated", "ExclusionGranted", "SupervisionIssued",
})  # fmt: skip
_HOLDS = frozenset({"HoldSigned", "HoldLifted", "SupervisionNoticeIssued"})
_DUTIES = frozenset({"DutyPointsWritten", "DecisionRecorded", "ListChangeProposed"})
CONSUMERS: Mapping[str, frozenset[str]] = {
    "organisation": _FINDINGS | _DUTIES,  # 组织
    "personnel": _HOLDS | _DUTIES,  # 人社
    "finance": _HOLDS | _DUTIES,  # 财政
    "discipline": _FINDINGS | frozenset({"SupervisionIssued", "ReturnRefused", "ClockExpired"}),  # 纪检监察
    "inspection": _ORDERS | _CASES | _FINDINGS,  # 巡察审计
    "assessment": _RESULTS,  # 高质量发展考核
}


@router.get("/exports/{consumer}.ndjson")
def events(
    visit: Visiting,
    consumer: str,
    after: Annotated[int, Query(ge=0, le=2**53)] = 0,
    limit: Annotated[int, Query(ge=1, le=BATCH)] = 1_000,
) -> Response:
    """At most `limit` events after a position, one a line. `Dingze-Position` is where to go on from, `Dingze-Head`
    where the record stands: go on until they are the same. Tokens only: a page has no such scope.
    """
    if consumer not in CONSUMERS:
        raise NotFound("console.no-page")
    scope = f"export:{consumer}"
    if visit.session.scopes is None or scope not in visit.session.scopes:
        raise NotPermitted("console.token-scope", scope=scope)
    if visit.units is not None:  # these are events of the whole city: an account of one unit has no export
        raise NotPermitted("console.export-of-the-city")
    ledger = visit.console.parts.ledger
    head, reached = ledger.head(), Position(after)
    lines: list[bytes] = []
    until = min(int(head), after + READ_AT_MOST)
    while len(lines) < limit and reached < until:
        for row in ledger.read_raw(reached, min(BATCH, until - reached)):
            reached = Position(row.position)
            if row.type in CONSUMERS[consumer] and (found := public(ledger.decode(row))) is not None:
                lines.append(orjson.dumps(found.model_dump(mode="json"), option=orjson.OPT_APPEND_NEWLINE))
                if len(lines) == limit:
                    break
    headers = {"Dingze-Position": str(min(reached, head)), "Dingze-Head": str(head)}
    return Response(b"".join(lines), media_type=NDJSON, headers=headers)
