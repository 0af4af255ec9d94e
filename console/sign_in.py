"""Signing in and out: by password, by another system, or on a sample city by a button for each role."""

import ipaddress

from fastapi import APIRouter, Request
from itsdangerous import BadSignature
from starlette.responses import HTMLResponse, RedirectResponse, Response

from console.access import home_of
from console.administration.people import Account
from console.forms import Form
from console.security import require_own_origin
from console.single_sign_on import SECONDS_TO_COME_BACK, Begun
from console.visit import SESSION_COOKIE, SignInNeeded, visit
from console.words import role_name
from terms.actors import Role
from terms.errors import BadInput, NotFound, NotPermitted, Unavailable

router = APIRouter()
ON_THE_WAY = "dingze_oidc"  # the cookie of a sign-in that is with the provider
VOUCHED = "dingze_oidc_left"  # the cookie with which a sign-out ends the provider's session as well
LEAVING = "/sign-in/oidc/left"  # the only address it is sent to
COOKIE_AT_MOST = 3_800  # bytes a browser surely keeps


def from_this_machine(request: Request) -> bool:
    """Whether the request came straight from a loopback address; one that a proxy passed on did not."""
    if request.client is None or any(name in request.headers for name in ("x-forwarded-for", "forwarded", "x-real-ip")):
        return False
    try:
        return ipaddress.ip_address(request.client.host).is_loopback
    except ValueError:
        return False


def _samples_allowed(request: Request) -> bool:
    return bool(request.app.state.console.parts.sample_sign_in) and from_this_machine(request)


@router.get("/")
def home(request: Request) -> Response:
    """To where one's day begins."""
    try:
        return RedirectResponse(visit(request).home, 303)
    except SignInNeeded:
        return RedirectResponse("/sign-in", 303)


@router.get("/sign-in")
def sign_in_page(request: Request, next: str = "") -> Response:  # noqa: A002 - the name in the address
    """The sign-in page."""
    return _page(request, next)


def _page(request: Request, wanted: str, error: str = "", status: int = 200, left: str = "") -> Response:
    console = request.app.state.console
    samples = console.people.samples() if _samples_allowed(request) else []
    register = console.edition(console.now())
    data = {
        "title": "登录",
        "city": console.parts.city.name,
        "wanted": _own(wanted),
        "error": error,
        "left": left,
        "sso": sso.provider.label if (sso := console.parts.single_sign_on) else "",
        "samples": [
            {
                "account": one,
                "role": role_name(one.role),
                "unit": console.short_name(one.unit, register),
            }
            for one in sorted(samples, key=lambda one: list(Role).index(one.role))
        ],
    }
    return HTMLResponse(console.templates.render("sign_in.html", data), status)


@router.post("/sign-in")
def sign_in(request: Request, form: Form) -> Response:
    """By password."""
    require_own_origin(request)
    console = request.app.state.console
    wanted = form.text("next")
    try:
        account = console.people.check_password(
            form.needed("account", "账号"), form.needed("password", "密码"), console.now()
        )
    except (NotPermitted, BadInput) as error:
        return _page(request, wanted, error.message, error.status)
    return _begin(request, account, wanted, "密码")


@router.post("/sign-in/sample")
def sign_in_as_sample(request: Request, form: Form) -> Response:
    """By the button of a sample user. Raises NotPermitted from any other machine, or where settings forbid it."""
    require_own_origin(request)
    if not _samples_allowed(request):
        raise NotPermitted("console.no-sample-sign-in")
    account = request.app.state.console.people.account(form.needed("account", "账号"))
    if account is None or not account.sample or account.disabled:
        raise NotPermitted("console.no-sample-sign-in")
    return _begin(request, account, form.text("next"), "样例按钮")


@router.get("/sign-in/oidc")
def sign_in_elsewhere(request: Request, next: str = "") -> Response:  # noqa: A002 - the name in the address
    """On to the provider; what has to come back with the browser goes along in a signed cookie."""
    console = request.app.state.console
    sso = console.parts.single_sign_on
    if sso is None:
        raise NotFound("sso.off")
    try:
        begun = sso.begin()
    except Unavailable as error:
        return _page(request, next, error.message, error.status)
    kept = [begun.state, begun.nonce, begun.verifier, _own(next), console.now().timestamp()]
    response = RedirectResponse(begun.address, 303)
    response.set_cookie(
        ON_THE_WAY,
        str(console.signer.dumps(kept)),
        max_age=SECONDS_TO_COME_BACK,
        path="/sign-in/oidc",
        httponly=True,
        samesite="lax",  # the browser comes back from another site by a plain link
        secure=request.url.scheme == "https",
    )
    return response


@router.get("/sign-in/oidc/back")
def come_back(request: Request) -> Response:
    """The browser comes back from the provider; whoever it vouches for signs in, if there is such an account."""
    console = request.app.state.console
    sso = console.parts.single_sign_on
    if sso is None:
        raise NotFound("sso.off")
    try:
        begun, wanted = _begun(request)
        vouched = sso.finish(begun, request.query_params)
        account = console.people.vouched(vouched.account, console.now())
    except (NotPermitted, Unavailable) as error:
        response = _page(request, "", error.message, error.status)
    else:
        response = _begin(request, account, wanted, "统一认证")
        if len(vouched.token) <= COOKIE_AT_MOST:
            response.set_cookie(
                VOUCHED, vouched.token, max_age=console.parts.session_hours * 3600, path=LEAVING, httponly=True,
                samesite="lax", secure=request.url.scheme == "https",
            )  # fmt: skip
    response.delete_cookie(ON_THE_WAY, path="/sign-in/oidc")
    return response


def _begun(request: Request) -> tuple[Begun, str]:
    console = request.app.state.console
    try:
        state, nonce, verifier, wanted, at = console.signer.loads(request.cookies.get(ON_THE_WAY, ""))
    except (BadSignature, ValueError, TypeError) as error:
        raise NotPermitted("sso.expired") from error
    if not 0 <= console.now().timestamp() - at <= SECONDS_TO_COME_BACK:
        raise NotPermitted("sso.expired")
    return Begun("", state, nonce, verifier), wanted


@router.post("/sign-out")
def sign_out(request: Request) -> Response:
    """End the session. Needs no token: the worst another site could do is sign somebody out, and it may not either."""
    require_own_origin(request)
    if cookie := request.cookies.get(SESSION_COOKIE):
        request.app.state.console.people.end_session(cookie)
    elsewhere = request.app.state.console.parts.single_sign_on is not None
    response = RedirectResponse(LEAVING if elsewhere else "/sign-in", 303)
    response.delete_cookie(SESSION_COOKIE, path="/")
    return response


@router.get(LEAVING)
def leave(request: Request) -> Response:
    """After a sign-out: on to the provider, if it signed this browser in, so that the next person has to sign in anew.

    The browser is sent on by the page and not by a redirect of the form, which our policy keeps on this site. A
    provider that does not answer keeps nobody here.
    """
    sso, token = request.app.state.console.parts.single_sign_on, request.cookies.get(VOUCHED, "")
    address = ""
    if sso is not None and token:
        try:
            address = sso.leave(token)
        except (Unavailable, BadInput):
            address = ""
    response = _page(request, "", left=address) if address else RedirectResponse("/sign-in", 303)
    if address:
        response.headers["Refresh"] = f"0;url={address}"
    response.delete_cookie(VOUCHED, path=LEAVING)
    return response


def _begin(request: Request, account: Account, wanted: str, how: str) -> Response:
    console = request.app.state.console
    if old := request.cookies.get(SESSION_COOKIE):
        console.people.end_session(old)
    hours = console.parts.session_hours
    token = console.people.start_session(account, console.now(), hours, how)
    address = "/account" if account.must_change else _own(wanted) or home_of(account.role)
    response = RedirectResponse(address, 303)
    response.set_cookie(
        SESSION_COOKIE,
        token,
        max_age=hours * 3600,
        path="/",
        httponly=True,
        samesite="lax",
        secure=request.url.scheme == "https",
    )
    return response


def _own(address: str) -> str:
    """An address of this site, or nothing: a sign-in never leads to another one."""
    plain = address.startswith("/") and not address.startswith(("//", "/\\"))
    return address if plain and "\n" not in address and "\r" not in address else ""
