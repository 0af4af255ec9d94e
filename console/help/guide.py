"""The user guide in the console: the pages of docs/user-guide with their pictures, as `console.assets` brought them."""

import hashlib
from functools import cache
from itertools import pairwise
from pathlib import Path

from fastapi import APIRouter
from markdown_it import MarkdownIt
from markdown_it.token import Token
from markupsafe import Markup
from starlette.responses import Response

from console.access import Page
from console.static_files import STATIC
from console.visit import Visiting
from terms.errors import NotFound

router = APIRouter()
FOLDER = STATIC / "guide"
INDEX = "README"
# what is written between <> stays text, and a column carries no style, which the content-security policy forbids
_MARKDOWN = MarkdownIt("commonmark", {"html": False}).enable("table")


@router.get("/help/guide")
def guide_index(visit: Visiting) -> Response:
    """Which page is whose, and what holds on every page."""
    return _shown(visit, INDEX)


@router.get("/help/guide/{page}")
def guide_page(visit: Visiting, page: str) -> Response:
    """The page of one desk. Raises NotFound."""
    return _shown(visit, page)


def _shown(visit: Visiting, page: str) -> Response:
    visit.open(Page.ACCOUNT)
    if page not in guide_pages():
        raise NotFound("console.no-page")
    title, body = rendered(FOLDER / f"{page}.md")
    return visit.page("guide.html", Page.ACCOUNT, title, body=body, is_index=page == INDEX)


@cache
def guide_pages() -> frozenset[str]:
    """The names of the guide's pages; none where the assets were not made."""
    return frozenset(path.stem for path in FOLDER.glob("*.md"))


@cache
def rendered(file: Path) -> tuple[str, Markup]:
    """The title of a page and its HTML, which leads to other pages and to pictures under the console's addresses."""
    tokens = _MARKDOWN.parse(file.read_text("utf-8"))
    title = next(one.content for one in tokens if one.type == "inline")
    for token, next_one in pairwise(tokens):
        token.attrs.pop("style", None)
        if token.type == "heading_open":
            token.attrs["id"] = next_one.content
        for inner in token.children or ():
            _lead_here(inner)
    body = _MARKDOWN.renderer.render(tokens[3:], _MARKDOWN.options, {})  # the heading is the page's own
    return title, Markup(body)  # noqa: S704 - our own guide, and raw HTML in it would stay text


def _lead_here(token: Token) -> None:
    if token.type == "link_open":
        file, hash_sign, heading = str(token.attrs["href"]).partition("#")
        name, _, ending = file.rpartition(".")
        if ending == "md":
            token.attrs["href"] = "/help/guide" + f"/{name}" * (name != INDEX) + hash_sign + heading
    elif token.type == "image":
        name = Path(str(token.attrs["src"])).name
        digest = hashlib.sha256((FOLDER / name).read_bytes()).hexdigest()[:12]
        token.attrs |= {"src": f"/static/guide/{name}?v={digest}", "loading": "lazy"}
