"""`dingze serve`: the pages, and everything the system does by itself, in one process that ends cleanly."""

from dataclasses import replace

import uvicorn

from automation.supervisor import Part, Supervisor
from console.app import create_app
from dingze.heap import keep_aside
from dingze.tracing import configure_tracing
from dingze.wiring import Dingze
from ledger.feed import Feed


def parts_of(dingze: Dingze) -> list[Part]:
    """What runs beside the pages."""
    return [
        Part("projections", follow=dingze.projections.follow),
        Part("proposer", dingze.proposer.step, every=0.5),
        Part("timers", dingze.timers.step, every=1.0),
        Part("carrier", dingze.carrier.step, every=30.0),
        Part("eraser", dingze.eraser.step, every=1.0, gather=0.2),
        Part("sealer", dingze.sealer.step, every=60.0),
        Part("notifier", dingze.notifier.step, every=2.0),
        Part("learner", dingze.learner.step, every=60.0),
        Part("watch", dingze.watch.step, every=60.0),
    ]


def serve(dingze: Dingze, host: str, port: int, *, pages_only: bool = False) -> None:
    """Serve until SIGINT or SIGTERM; then answer what was begun, let every part finish its step, and end.

    `pages_only` leaves everything else to the workers.
    """
    configure_tracing(dingze.settings.tracing)
    supervisor = Supervisor([] if pages_only else parts_of(dingze), Feed(dingze.ledger), dingze.ledger.head)
    app = create_app(replace(dingze.parts, failures=lambda: supervisor.failures))
    config = uvicorn.Config(
        app,
        host=host,
        port=port,
        log_config=None,  # it says what it says through ours (`dingze.logs`)
        access_log=False,  # an address with its query may name a person
        timeout_graceful_shutdown=5,
        server_header=False,
    )
    dingze.register.register()
    keep_aside()
    supervisor.start()
    try:
        uvicorn.Server(config).run()
    finally:
        supervisor.stop()
