"""公文: the papers somebody may know of, one paper on its way, and drafting one from the page of what it is about."""

from datetime import date
from typing import Annotated, Any

from fastapi import APIRouter, Query
from starlette.responses import Response

from casework import events as e
from casework.papers.kinds import PaperKind
from casework.papers.rendering import lines_of
from casework.paperwork.sources import lane_of
from casework.paperwork.state import Paperwork, Phase
from console.access import Page
from console.bianban.acting import Matter, carry_out, occasion_of, offers
from console.forms import Form
from console.interface.commands import giver_of
from console.interface.doors import DOOR_OF_LANE, PAPER_DOOR, give_command, printed
from console.interface.doors import look as look_in
from console.interface.matter_sheets import paper_sheet
from console.lookback import Looking
from console.orders.timeline import entry_of
from console.papers.drafting import DRAFTS, DraftOffer, draft_offers, read_draft, refilled
from console.papers.paper_actions import ACTIONS, tried
from console.papers.reading import TABS, TONES, Asked, Shelf, about_address, next_paper_no, read_papers
from console.visit import Visit, Visiting, json_response
from projections.digests import DIGESTS
from projections.readings.digest import period_digest
from projections.readings.looking import Period, looking
from terms.errors import NotFound, Refused
from terms.ids import Position

router = APIRouter()


@router.get("/papers")
@router.get("/papers.json")
def papers(
    visit: Visiting,
    look: Looking,
    tab: str = "",
    kind: Annotated[str, Query(max_length=40)] = "",
    unit: Annotated[str, Query(max_length=20)] = "",
    q: Annotated[str, Query(max_length=80)] = "",
    page: Annotated[int, Query(ge=1, le=10_000)] = 1,
) -> Response:
    """The papers, by phase, kind, unit and number."""
    visit.open(Page.PAPERS, "papers:read")
    current = visit.caught_up("papers")
    asked = Asked(tab if tab in TABS else "open", kind, unit, q.strip(), page)
    found = read_papers(visit, asked, look.position) or Shelf([], 0, 1, 1, dict.fromkeys(TABS, 0))
    data = {
        "filters": look.query() | {"tab": asked.tab, "kind": kind, "unit": unit, "q": asked.q},
        "current": current,
        "total": found.total,
        "counts": found.counts,
        "papers": found.papers,
    }
    if visit.request.url.path.endswith(".json"):
        return visit.page("papers.html", Page.PAPERS, "公文", **data)
    return visit.page(
        "papers.html",
        Page.PAPERS,
        "公文",
        look=look,
        tabs=TABS,
        kinds=[(str(one), one.label) for one in DRAFTS],
        listed={"total": found.total, "page": found.page, "pages": found.pages},
        **data,
    )


@router.post("/papers/draft/{kind}/{number:path}")
def draft(visit: Visiting, kind: str, number: str, form: Form) -> Response:
    """拟稿 about the order, case, finding or digest of that number; a paper that was sent back is drafted anew."""
    visit.open(Page.PAPERS)
    if kind not in set(DRAFTS):
        raise NotFound("console.no-page")
    chosen, giver = PaperKind(kind), giver_of(visit)
    case = _subject(visit, chosen, number)
    more = _figures(visit, number) if chosen is PaperKind.DIGEST else {}
    command = read_draft(chosen, number, case, form, more)
    paper_no = form.text("paper_no") or next_paper_no(visit)
    done = give_command(PAPER_DOOR, paper_no, command, giver)
    return visit.done(f"/papers/{paper_no}", f"{chosen.label}已拟稿，待审核", Position(done.position))


@router.post("/papers/act/{slug}/{number:path}")
def act(visit: Visiting, slug: str, number: str, form: Form) -> Response:
    """Carry out one action; what the rules refuse comes back as the page of the refusal, and nothing was written."""
    visit.open(Page.PAPERS)
    return carry_out(visit, PAPER_DOOR, ACTIONS, slug, number, form, f"/papers/{number}")


@router.get("/papers/{number:path}")
@router.get("/papers/{number:path}.json")
def paper_page(visit: Visiting, number: str) -> Response:
    """One paper: what it is about, through whose hands it went, its file, and what may be done with it now."""
    visit.open(Page.PAPERS, "papers:read")
    giver = giver_of(visit)
    found = look_in(PAPER_DOOR, number, giver)
    sheet = paper_sheet(found, giver)
    if visit.request.url.path.endswith(".json"):
        return json_response(sheet.model_dump(mode="json"))
    paper: Paperwork = found.state
    matter = Matter(paper, occasion_of(visit))
    offered = [] if sheet.voided else offers(ACTIONS, matter, tried)
    return visit.page(
        "paper.html",
        Page.PAPERS,
        f"{sheet.title} {number}",
        number=number,
        sheet=sheet,
        label=PaperKind(sheet.kind).label if sheet.kind else "",
        tone="over" if sheet.voided else TONES.get(str(paper.phase), "hold"),
        about_address=about_address(sheet.kind, sheet.about) if sheet.kind else "",
        says=_says(visit, number),
        sheet_too=visit.units is None or paper.issuer in visit.units,
        steps=(Phase.DRAFTED, Phase.REVIEWED, Phase.SIGNED),
        offers=offered,
        again=_again(visit, paper),
        timeline=[
            entry_of(event, visit.register, visit.console.parts.city) for event in found.events if event.type in e.FACTS
        ],
        order_no="",
        received=None,
    )


def _says(visit: Visit, number: str) -> tuple[str, ...]:
    """The paper's words as its file has them, so that whoever reviews or signs reads them here; why not, otherwise."""
    try:
        file = printed(number, giver_of(visit)).file
    except (Refused, NotFound) as error:
        return (error.message,)
    return lines_of(file)


def _again(visit: Visit, paper: Paperwork) -> DraftOffer | None:
    """The form to mend a paper that was sent back, filled with what it says."""
    if paper.kind is None or paper.phase is not Phase.SENT_BACK:
        return None
    case = _subject(visit, paper.kind, paper.about)
    desk = visit.console.parts.papers
    for offer in draft_offers(desk, (paper.kind,), paper.about, case, visit.actor, paper):
        return DraftOffer(offer.action, refilled(offer.fields, paper.content, case), offer.refused)
    return None


def _subject(visit: Visit, kind: PaperKind, number: str) -> Matter[Any]:
    """What the paper is about, for whoever may see it. Raises NotFound, NotPermitted."""
    door = DOOR_OF_LANE[lane_of(kind).stream]
    return Matter(look_in(door, number, giver_of(visit)).state, occasion_of(visit))


def _figures(visit: Visit, number: str) -> dict[str, Any]:
    """The figures of a digest's period and the clauses cited in it, from the views, so that nobody types them."""
    with looking(visit.console.parts.views) as now:
        table = now.table(DIGESTS, "digests")
        rows = now.rows(table, table.c.digest_no == number)
        if not rows:
            raise NotFound("readings.no-digest", number=number)
        period = Period(*(date.fromisoformat(rows[0][name]) for name in ("period_from", "period_to")))
        found = period_digest(now, period, number)
    figures = {name: getattr(found, name) for name in ("dispatched", "returned", "upheld", "refused")}
    return figures | {"clauses": {one.item: one.clauses for one in found.items if one.clauses}}
