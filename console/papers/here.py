"""Papers on the page of an order, case, finding or digest: those about it, and those that can be drafted now."""

from typing import Any

from console.bianban.acting import Matter, occasion_of
from console.papers.drafting import KINDS_OF, draft_offers
from console.papers.reading import papers_beside
from console.visit import Visit


def papers_here(visit: Visit, path: str, number: str, state: Any, *, now: bool = True) -> dict[str, Any]:
    """What the pages' part about papers needs; looking back (`now=False`) nothing can be drafted."""
    desk = visit.console.parts.papers
    drafts = draft_offers(desk, KINDS_OF[path], number, Matter(state, occasion_of(visit)), visit.actor) if now else []
    return {"papers": papers_beside(visit, path, number), "drafts": drafts}
