"""Which papers there are, for whoever may know of them: on the page of papers, and beside what they are about."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, Connection, Table, func, or_, select

from casework.lanes import PAPERS as LANE
from casework.papers.kinds import PaperKind
from casework.paperwork.sources import lane_of
from casework.paperwork.state import Phase
from console.interface.doors import DOOR_OF_LANE, PEOPLE_OF_UNITS
from console.papers.drafting import DRAFTS, KINDS_OF
from console.visit import Visit
from projections.papers import PAPERS
from projections.store import as_of

PAGE = 50
BESIDE = 20  # papers shown beside what they are about
TABS: Mapping[str, tuple[str, tuple[Phase, ...]]] = {
    "open": ("在办", (Phase.DRAFTED, Phase.SENT_BACK, Phase.REVIEWED)),
    "review": ("待审核", (Phase.DRAFTED,)),
    "sign": ("待签发", (Phase.REVIEWED,)),
    "issued": ("已印发", (Phase.SIGNED,)),
    "all": ("全部", tuple(one for one in Phase if one is not Phase.UNKNOWN)),
}
TONES: Mapping[str, str] = {
    str(Phase.DRAFTED): "wait",
    str(Phase.SENT_BACK): "warn",
    str(Phase.REVIEWED): "near",
    str(Phase.SIGNED): "done",
    str(Phase.DROPPED): "hold",
}
ADDRESS: Mapping[str, str] = {"work-orders": "/orders/", "cases": "/cases/", "findings": "/findings/"}


@dataclass(frozen=True, slots=True)
class Asked:
    """Which papers are asked for; what is empty does not narrow."""

    tab: str = "all"
    kind: str = ""
    unit: str = ""
    q: str = ""
    page: int = 1


@dataclass(frozen=True, slots=True)
class Shelf:
    """A page of papers, how many there are in all, and how many under each tab."""

    papers: list[dict[str, Any]]
    total: int
    page: int
    pages: int
    counts: Mapping[str, int]


def about_address(kind: str, about: str) -> str:
    """Where the page of what a paper is about lies."""
    path = DOOR_OF_LANE[lane_of(PaperKind(kind)).stream].path
    return f"/digests?number={about}" if path == "digests" else f"{ADDRESS[path]}{about}"


def read_papers(visit: Visit, asked: Asked, position: int | None = None) -> Shelf | None:
    """The papers asked for as they stood at a position, the newest first; None while the view is not built."""
    views = visit.console.parts.views
    with views.reading() as connection:
        build = views.current(connection, PAPERS.name)
        if build is None or build.version != PAPERS.version:
            return None
        tables = views.tables(PAPERS, build)
        table = tables["papers"]
        terms = [as_of(table, position), _may_know(visit, tables, position), *_asked_for(asked, tables, position)]
        by_phase = select(table.c.phase, func.count()).where(*terms).group_by(table.c.phase)
        counted = {str(phase): int(number) for phase, number in connection.execute(by_phase)}
        counts = {key: sum(counted.get(str(one), 0) for one in phases) for key, (_, phases) in TABS.items()}
        total = counts[asked.tab]
        pages = max(1, -(-total // PAGE))
        page = min(asked.page, pages)
        phases = [str(one) for one in TABS[asked.tab][1]]
        query = select(table).where(*terms, table.c.phase.in_(phases)).order_by(table.c.position.desc())
        return Shelf(_lines(connection, query.limit(PAGE).offset((page - 1) * PAGE)), total, page, pages, counts)


def papers_beside(visit: Visit, path: str, number: str) -> list[dict[str, Any]]:
    """The papers about one thing that this person may know of, the newest first."""
    views = visit.console.parts.views
    with views.reading() as connection:
        build = views.current(connection, PAPERS.name)
        if build is None or build.version != PAPERS.version:
            return []
        tables = views.tables(PAPERS, build)
        table = tables["papers"]
        kinds = [str(kind) for kind in KINDS_OF[path]]
        query = select(table).where(
            as_of(table, None), table.c.about == number, table.c.kind.in_(kinds), _may_know(visit, tables)
        )
        return _lines(connection, query.order_by(table.c.position.desc()).limit(BESIDE))


def next_paper_no(visit: Visit) -> str:
    """A number for a new draft that the record does not hold yet."""
    desk, year = visit.console.parts.papers.desk, visit.now.year
    views = visit.console.parts.views
    begun = 0
    with views.reading() as connection:
        if build := views.current(connection, PAPERS.name):
            table = views.tables(PAPERS, build)["papers"]
            query = select(func.max(table.c.paper_no)).where(table.c.paper_no.like(f"GW-{year}-______"))
            last = connection.execute(query).scalar()
            begun = int(last[-6:]) if last and last[-6:].isdecimal() else 0
    while True:
        begun += 1
        number = f"GW-{year}-{begun:06}"
        if not desk.load(LANE, number).events:
            return number


def _may_know(visit: Visit, tables: Mapping[str, Table], position: int | None = None) -> ColumnElement[bool]:
    """Whoever reads what a paper is about reads the paper; a unit's people read what is theirs or was sent to them."""
    table, readers = tables["papers"], tables["readers"]
    role = visit.actor.role
    whole = [str(kind) for kind in DRAFTS if role in DOOR_OF_LANE[lane_of(kind).stream].whole]
    known = table.c.kind.in_(whole)
    if role not in PEOPLE_OF_UNITS:
        return known
    mine = sorted(visit.units or ())
    told = select(readers.c.paper_no).where(as_of(readers, position), readers.c.unit.in_(mine))
    return or_(known, table.c.paper_no.in_(told))


def _asked_for(asked: Asked, tables: Mapping[str, Table], position: int | None) -> Iterable[ColumnElement[bool]]:
    table, readers = tables["papers"], tables["readers"]
    if asked.kind:
        yield table.c.kind == asked.kind
    if asked.unit:
        told = select(readers.c.paper_no).where(as_of(readers, position), readers.c.unit == asked.unit)
        yield table.c.paper_no.in_(told)
    if asked.q:
        yield or_(*(table.c[name].contains(asked.q, autoescape=True) for name in ("paper_no", "about", "doc_no")))


def _lines(connection: Connection, query: Any) -> list[dict[str, Any]]:
    return [
        {name: row[name] for name in SHOWN}
        | {
            "label": PaperKind(row["kind"]).label,
            "addressees": [one for one in row["addressees"].split("|") if one],
            "about_address": about_address(row["kind"], row["about"]),
            "tone": "over" if row["voided"] else TONES.get(row["phase"], "hold"),
            "state": "已作废" if row["voided"] else row["phase"],
        }
        for row in connection.execute(query).mappings()
    ]


SHOWN = ("paper_no", "kind", "about", "issuer", "phase", "doc_no", "drafted_on", "issued_on", "scan", "voided")
