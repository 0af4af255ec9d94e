"""What somebody sees when something goes wrong: problem+json for programs, a designed page for people."""

import structlog
from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from starlette.exceptions import HTTPException
from starlette.responses import RedirectResponse, Response

from console.visit import SignInNeeded, json_response, sign_in_address
from terms.errors import BadInput, DingzeError, NotFound, NotPermitted
from terms.reasons import reason_of

log = structlog.get_logger()
PLACE_AT_MOST = 120  # characters of a place, which may be a field that the sender named


def wants_json(request: Request) -> bool:
    """Whether a program asked: the API, an address ending in .json, or an Accept header without HTML."""
    path = request.url.path
    return path.startswith("/api/") or path.endswith(".json") or "application/json" in request.headers.get("accept", "")


def problem(request: Request, error: DingzeError) -> Response:
    """The error as its reader can use it, with the status of its kind."""
    if wants_json(request):
        found = json_response(error.problem(), error.status)
        found.headers["content-type"] = "application/problem+json"
        if error.status == 401:
            found.headers["WWW-Authenticate"] = "Bearer"
        return found
    if isinstance(error, SignInNeeded):
        address = sign_in_address(request)
        if request.headers.get("HX-Request"):
            return Response(status_code=204, headers={"HX-Redirect": "/sign-in"})
        return RedirectResponse(address, status_code=303)
    templates = request.app.state.console.templates
    text = templates.render(
        "problem.html", {"error": error, "status": error.status, "at": error.at, "title": "操作未完成"}
    )
    return Response(text, error.status, media_type="text/html")


def install(app: FastAPI) -> None:
    """Answer every error of the program, and those of the framework, through `problem`."""

    async def told(request: Request, error: Exception) -> Response:
        assert isinstance(error, DingzeError)  # noqa: S101 - registered for this class only
        if error.status >= 500:
            log.error("console.failed", route=_route(request), code=error.code)
        return problem(request, error)

    async def invalid(request: Request, error: Exception) -> Response:
        assert isinstance(error, RequestValidationError)  # noqa: S101 - registered for this class only
        first = error.errors()[0]
        place = ".".join(str(part) for part in first["loc"])[:PLACE_AT_MOST]
        field = place.partition(".")[2] or place
        return problem(request, BadInput("input.invalid", at=place, reason=f"“{field}”{reason_of(first)}。"))

    async def http(request: Request, error: Exception) -> Response:
        assert isinstance(error, HTTPException)  # noqa: S101 - registered for this class only
        if error.status_code == 404:
            return problem(request, NotFound("console.no-page"))
        if error.status_code == 400:
            return problem(request, BadInput("console.unreadable-form", at="body"))
        return problem(request, _WrongMethod("console.wrong-method"))

    async def unexpected(request: Request, error: Exception) -> Response:
        log.exception("console.unexpected", route=_route(request), exc_info=error)
        return problem(request, DingzeError("console.unexpected"))

    app.add_exception_handler(DingzeError, told)
    app.add_exception_handler(RequestValidationError, invalid)
    app.add_exception_handler(HTTPException, http)
    app.add_exception_handler(Exception, unexpected)


def _route(request: Request) -> str:
    """The address as the code has it, for logs: what stands in its places may be a caller's."""
    return str(getattr(request.scope.get("route"), "path", ""))


class _WrongMethod(NotPermitted):
    status = 405
