"""One request by one signed-in person: who it is, what it may open, and how the answer is made."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from functools import cached_property
from typing import Annotated, Any
from urllib.parse import quote

import orjson
from fastapi import Depends, Request
from itsdangerous import BadSignature
from starlette.responses import HTMLResponse, RedirectResponse, Response

from console.access import Page, home_of, require_page, scope
from console.administration.people import Session
from console.help.tours import tour_of
from console.parts import Console
from console.registers.clause_card import clause_name, with_names
from console.words import CITY_TIME, role_name
from mandates.edition import RegisterEdition
from terms.actors import Actor, Role
from terms.days import day_of
from terms.errors import BadInput, NotPermitted
from terms.ids import Position, UnitCode

SESSION_COOKIE = "dingze_session"
POSITION_COOKIE = "dingze_position"
NOTICE_COOKIE = "dingze_notice"
TOURED_COOKIE = "dingze_toured"
WAIT_SECONDS = 2.0
MENU: Mapping[str, tuple[Page, ...]] = {
    "全市": (Page.OVERVIEW, Page.HEAT),
    "工单": (Page.QUEUE, Page.TASKS, Page.SHIFT, Page.TRIAL),
    "争议与督查": (Page.DISPUTES, Page.CASES, Page.FINDINGS, Page.DIGESTS, Page.PAPERS),
    "评价与审计": (Page.ACCOUNTABILITY, Page.AUDIT),
    "职责": (Page.DUTIES, Page.MANDATES, Page.DRAFTS, Page.COVERAGE),
    "系统": (Page.OPERATIONS, Page.PEOPLE, Page.READINGS),
}
ADDRESS = {
    Page.OVERVIEW: "/overview",
    Page.QUEUE: "/queue",
    Page.TASKS: "/tasks",
    Page.SHIFT: "/shift",
    Page.DUTIES: "/duties",
    Page.DISPUTES: "/disputes",
    Page.CASES: "/cases",
    Page.FINDINGS: "/findings",
    Page.DIGESTS: "/digests",
    Page.PAPERS: "/papers",
    Page.ACCOUNTABILITY: "/accountability",
    Page.COVERAGE: "/coverage",
    Page.HEAT: "/heat",
    Page.AUDIT: "/audit",
    Page.TRIAL: "/trial",
    Page.MANDATES: "/mandates",
    Page.DRAFTS: "/mandates/drafts",
    Page.OPERATIONS: "/operations",
    Page.PEOPLE: "/people",
    Page.READINGS: "/readings",
}


class SignInNeeded(NotPermitted):
    """Nobody is signed in, or the sign-in has ended."""

    status = 401


@dataclass(frozen=True)
class Visit:
    """A request with its person. Routes take it by `Visiting`."""

    request: Request
    console: Console
    session: Session
    now: datetime

    @property
    def actor(self) -> Actor:
        """Who acts."""
        return self.session.account.actor

    @cached_property
    def register(self) -> RegisterEdition:
        """The register in force today."""
        return self.console.edition(self.now)

    @cached_property
    def units(self) -> frozenset[UnitCode] | None:
        """Whose orders may be seen; None for the whole city."""
        return scope(self.actor, self.register)

    def open(self, page: Page, token_scope: str = "") -> None:
        """Raise NotPermitted unless this person may open the page and, with a token, the token covers it."""
        require_page(self.actor.role, page)
        if self.session.scopes is not None and token_scope not in self.session.scopes:
            raise NotPermitted("console.token-scope", scope=token_scope or "（仅限页面）")

    def caught_up(self, view: str) -> bool:
        """Wait (at most 2 s) until a view has folded what this person last did; whether it has."""
        position = self.position
        return position is None or self.console.reached(position, view, WAIT_SECONDS)

    @cached_property
    def position(self) -> Position | None:
        """The position of what this person did last, from the signed cookie; None when that was a while ago."""
        signed = self.request.cookies.get(POSITION_COOKIE)
        if not signed:
            return None
        try:
            return Position(int(self.console.signer.loads(signed)))
        except (BadSignature, ValueError, TypeError):
            return None

    def day_end(self, at: str) -> tuple[date | None, datetime]:
        """A date of an address and the end of that day; without one, none and this moment. Raises BadInput."""
        if not at:
            return None, self.now
        try:
            day = day_of(at)
        except ValueError as error:
            raise BadInput("console.bad-date", at="at", field="日期") from error
        return day, min(datetime.combine(day + timedelta(days=1), time(0), CITY_TIME), self.now)

    # --- answers ---

    def page(self, template: str, page: Page, title: str, **data: Any) -> Response:
        """The page, or its data when the address ends in `.json`; the same facts either way."""
        if self.request.url.path.endswith(".json"):
            return json_response(data)
        notice, undo = self._notice()
        frame = {
            "title": title,
            "active": page,
            "menu": self._menu(page),
            "person": self.session.account,
            "role_name": role_name(self.actor.role),
            "unit_name": self.console.unit_name(self.actor.unit, self.register) if self.actor.unit else "",
            "csrf": self.session.csrf,
            "now": self.now,
            "units": self.register.units,
            "clause_name": self._clause_name,
            "with_names": self._with_names,
            "here": self.request.url.path,
            "notice": notice,
            "undo": undo,
            "tour": self._step(),
            "welcome": self._welcome(),
        }
        response = HTMLResponse(self.console.templates.render(template, frame | data))
        if frame["notice"]:
            response.delete_cookie(NOTICE_COOKIE, path="/")
        return response

    def _clause_name(self, item: str) -> tuple[str, str]:
        return clause_name(item, self.register, self.actor.role)

    def _with_names(self, text: str) -> str:
        return with_names(text, self.register, self.actor.role)

    def _step(self) -> dict[str, Any] | None:
        """The step of the tour that the address asks for (`?tour=2`), when there is such a one."""
        role, asked = self.actor.role, self.request.query_params.get("tour", "")
        steps = tour_of(role)
        if not asked.isdecimal() or not 1 <= int(asked[:3]) <= len(steps):
            return None
        number = int(asked[:3])
        step = steps[number - 1]
        return {
            "number": number,
            "of": len(steps),
            "title": step.title,
            "words": step.words,
            "points_at": step.points_at,
            "back": address_of_step(role, number - 1) if number > 1 else "",
            "on": address_of_step(role, number + 1) if number < len(steps) else "",
        }

    def _welcome(self) -> str:
        """The first step of the tour, for whoever comes home and has not been on it in this browser; else nothing."""
        toured = self.request.cookies.get(TOURED_COOKIE) == str(self.actor.role)
        at_home = self.request.url.path == self.home and not self.request.url.query
        return address_of_step(self.actor.role, 1) if at_home and not toured and tour_of(self.actor.role) else ""

    def _menu(self, here: Page) -> dict[str, list[dict[str, Any]]]:
        """What this person may open, by group; groups with nothing in them are left out."""
        groups = {
            group: [
                {"name": str(entry), "address": ADDRESS[entry], "active": entry is here}
                for entry in entries
                if self.may(entry)
            ]
            for group, entries in MENU.items()
        }
        return {group: entries for group, entries in groups.items() if entries}

    def may(self, page: Page) -> bool:
        """Whether this person's role may open the page."""
        try:
            require_page(self.actor.role, page)
        except NotPermitted:
            return False
        return True

    def fragment(self, template: str, **data: Any) -> Response:
        """A part of a page, for htmx."""
        frame = {
            "now": self.now,
            "units": self.register.units,
            "csrf": self.session.csrf,
            "person": self.session.account,
            "clause_name": self._clause_name,
        }
        return HTMLResponse(self.console.templates.render(template, frame | data))

    def done(self, address: str, notice: str, position: Position | None = None, undo: str = "") -> Response:
        """Go on to a page after a command, which then shows what was done, and where it can be undone."""
        response: Response = RedirectResponse(address, status_code=303)
        if self.request.headers.get("HX-Request"):
            response = Response(status_code=204, headers={"HX-Redirect": address})
        secure = self.request.url.scheme == "https"
        signer = self.console.signer
        if position is not None:
            self.remember(response, position)
        response.set_cookie(
            NOTICE_COOKIE, str(signer.dumps([notice, undo])), max_age=60, httponly=True, samesite="lax", secure=secure
        )
        return response

    def remember(self, response: Response, position: Position) -> None:
        """Let this person's next pages wait until the views have reached what they just did."""
        signed, secure = str(self.console.signer.dumps(position)), self.request.url.scheme == "https"
        response.set_cookie(POSITION_COOKIE, signed, max_age=60, httponly=True, samesite="lax", secure=secure)

    def _notice(self) -> tuple[str, str]:
        try:
            notice, undo = self.console.signer.loads(self.request.cookies.get(NOTICE_COOKIE, ""))
        except (BadSignature, ValueError, TypeError):
            return "", ""
        return str(notice), str(undo)

    @property
    def home(self) -> str:
        """Where this person begins."""
        return home_of(self.actor.role)


def address_of_step(role: Role, number: int) -> str:
    """Where a step of a role's tour stands, counted from 1."""
    return f"{ADDRESS[tour_of(role)[number - 1].page]}?tour={number}"


def json_response(data: Mapping[str, Any] | list[Any], status: int = 200) -> Response:
    """Data as JSON; frozen records are written by their fields."""
    content = orjson.dumps(data, default=_plain, option=orjson.OPT_NON_STR_KEYS)
    return Response(content, status, media_type="application/json")


def _plain(value: Any) -> Any:
    if isinstance(value, frozenset | set):
        return sorted(value)
    if hasattr(value, "model_dump"):
        return value.model_dump(mode="json")
    if isinstance(value, Mapping):
        return dict(value)
    raise TypeError(type(value).__name__)


def visit(request: Request) -> Visit:
    """The person behind a request, by bearer token or by cookie. Raises SignInNeeded (401)."""
    console: Console = request.app.state.console
    now = console.now()
    scheme, _, token = request.headers.get("Authorization", "").partition(" ")
    found = None
    if scheme.lower() == "bearer":
        found = console.people.token(token.strip(), now)
    elif cookie := request.cookies.get(SESSION_COOKIE):
        found = console.people.session(cookie, now)
    if found is None:
        raise SignInNeeded("console.sign-in-needed")
    if found.account.must_change and not request.url.path.startswith("/account"):
        raise NotPermitted("console.change-password-first")
    return Visit(request, console, found, now)


def sign_in_address(request: Request) -> str:
    """The sign-in page that leads back here."""
    wanted = request.url.path + (f"?{request.url.query}" if request.url.query else "")
    return "/sign-in" if request.method != "GET" or wanted == "/" else f"/sign-in?next={quote(wanted)}"


Visiting = Annotated[Visit, Depends(visit)]
