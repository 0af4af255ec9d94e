"""`dingze serve`: pages, interface and everything the system does by itself, in one process."""

from typing import Annotated

import typer

from dingze.serving import serve as serve_until_stopped
from dingze.terminal import opened


def add_to(app: typer.Typer) -> None:
    """Put these commands at the top level."""
    app.command()(serve)


def serve(
    context: typer.Context,
    host: Annotated[str | None, typer.Option(help="address to listen on; default: DINGZE_HOST or 127.0.0.1")] = None,
    port: Annotated[int | None, typer.Option(help="port to listen on; default: DINGZE_PORT or 8000")] = None,
    pages_only: Annotated[
        bool, typer.Option(help="nothing beside the pages: the rest is done by `dingze work` processes")
    ] = False,
) -> None:
    """Open the pages on http://HOST:PORT; Ctrl-C or SIGTERM ends it within ten seconds, nothing half done."""
    with opened(context) as dingze:
        settings = dingze.settings
        serve_until_stopped(dingze, host or settings.host, port or settings.port, pages_only=pages_only)
