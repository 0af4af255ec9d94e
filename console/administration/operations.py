"""How the system stands: views and how far behind they are, what lies in quarantine, the head of the record."""

from fastapi import APIRouter
from starlette.responses import Response

from console.access import Page
from console.visit import Visiting

router = APIRouter()
SHOWN = 200
VIEWS = {
    "queue": "工单队列", "tasks": "单位待办", "awaiting": "待提建议", "outcomes": "办理结果", "matters": "事项现状",
    "cases": "争议议题", "disputes": "边界争议", "accountability": "履责评价", "coverage": "条目覆盖",
    "heat": "热点态势", "faults": "疑似问题", "digests": "定期梳理", "score_sheets": "季度评分",
    "assessments": "履行评估", "findings": "问题台账",
    "papers": "公文", "unsealed": "查阅记录",
}  # fmt: skip


@router.get("/operations")
@router.get("/operations.json")
def operations(visit: Visiting) -> Response:
    """The page."""
    visit.open(Page.OPERATIONS)
    parts = visit.console.parts
    held = visit.console.quarantine.held()
    return visit.page(
        "operations.html",
        Page.OPERATIONS,
        "运行状况",
        head=parts.ledger.head(),
        views=parts.projections.status(),
        view_names=VIEWS,
        held=held[:SHOWN],
        held_total=len(held),
        waiting=sum(1 for one in held if not one.replayed),
        may_mend=visit.may(Page.INGEST),
        edition=visit.register.digest,
        city_version=parts.city.version,
    )
