"""The console put together from its parts: `create_app(parts)` gives the web application."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from fastapi import Depends, FastAPI
from starlette.middleware.gzip import GZipMiddleware

from console import find, problems, sign_in, trial
from console.administration import health
from console.administration.routes import ROUTERS as ADMINISTRATION
from console.bianban.routes import ROUTERS as BIANBAN
from console.department.routes import ROUTERS as DEPARTMENT
from console.deskbook.routes import ROUTERS as DESKBOOK
from console.dispatcher.routes import ROUTERS as DISPATCHER
from console.help.routes import ROUTERS as HELP
from console.interface.routes import PUBLIC
from console.interface.routes import ROUTERS as INTERFACE
from console.leaders.routes import ROUTERS as LEADERS
from console.orders.routes import ROUTERS as ORDERS
from console.papers.routes import ROUTERS as PAPERS
from console.parts import Console, Parts
from console.registers.routes import ROUTERS as REGISTERS
from console.security import BodyLimit, Headers, PlainAddress, require_genuine
from console.spreadsheet import Spreadsheets
from console.static_files import STATIC, KeptFiles

DESKS = (
    ADMINISTRATION, BIANBAN, DEPARTMENT, DESKBOOK, DISPATCHER, HELP, INTERFACE, LEADERS, ORDERS, PAPERS,
    REGISTERS,
)  # fmt: skip


def create_app(parts: Parts) -> FastAPI:
    """The web application over these parts. Raises Unavailable when the page assets were not made."""
    console = Console(parts)

    @asynccontextmanager
    async def lifespan(_: FastAPI) -> AsyncIterator[None]:
        beating = asyncio.create_task(console.pulse.beat())
        try:
            yield
        finally:
            beating.cancel()
            await asyncio.gather(beating, return_exceptions=True)

    app = FastAPI(
        title="定责", docs_url=None, redoc_url=None, openapi_url=None, lifespan=lifespan,
        redirect_slashes=False,  # it would lead to the host a request named, past a proxy's own
    )  # fmt: skip
    app.state.console = console
    problems.install(app)
    app.mount("/static", KeptFiles(directory=STATIC), name="static")
    app.include_router(sign_in.router)
    app.include_router(health.router)
    for router in PUBLIC:
        app.include_router(router)
    genuine = [Depends(require_genuine)]
    app.include_router(find.router, dependencies=genuine)
    app.include_router(trial.router, dependencies=genuine)
    for desk in DESKS:
        for router in desk:
            app.include_router(router, dependencies=genuine)
    reasons = {one.code: one.label for one in parts.city.return_reasons}
    app.add_middleware(Spreadsheets, refuse=problems.problem, names=console.unit_names, reasons=reasons)
    app.add_middleware(GZipMiddleware, minimum_size=1_000, compresslevel=5)
    app.add_middleware(BodyLimit, limit=parts.city.imports.body_limit_bytes, refuse=problems.problem)
    app.add_middleware(PlainAddress, refuse=problems.problem)
    app.add_middleware(Headers)
    app.add_middleware(health.Measured)
    return app
