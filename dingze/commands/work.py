"""`dingze work …`: the parts of the production form, each as a process of its own."""

import signal
import threading
from collections.abc import Callable
from dataclasses import replace
from enum import StrEnum
from typing import Annotated

import typer

from automation.sharing import ALL, Share, read_share
from automation.supervisor import Part, Supervisor
from dingze.heap import keep_aside
from dingze.serving import parts_of
from dingze.terminal import opened
from dingze.tracing import configure_tracing
from dingze.wiring import Dingze
from dingze.worker_door import Outside, Watched, answering
from ledger.feed import Feed


class Work(StrEnum):
    """What a worker does."""

    INGEST = "ingest"
    ROUTE = "route"
    PROJECT = "project"
    PUBLISH = "publish"
    CLOCKS = "clocks"
    NOTIFY = "notify"


GATHER = 0.2  # seconds in which orders of a stream gather to a batch
NAMES = {
    Work.ROUTE: ("proposer",),
    Work.PROJECT: ("projections", "eraser"),
    Work.NOTIFY: ("notifier",),
    # the views as well: by their leases these fold them where no `project` does
    Work.CLOCKS: ("projections", "timers", "carrier", "watch", "sealer", "learner"),
}


def add_to(app: typer.Typer) -> None:
    """Put this command at the top level."""
    app.command()(work)


def work(
    context: typer.Context,
    what: Annotated[Work, typer.Argument(help="which part")],
    share: Annotated[str, typer.Option(help="of `route`: this worker's share of the orders, as 1/2")] = "1/1",
) -> None:
    """Run one part until SIGINT or SIGTERM; it finishes its step and ends within ten seconds."""
    stop = threading.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: stop.set())
    with opened(context) as dingze:
        configure_tracing(dingze.settings.tracing)
        parts, outside, close = parts_for(dingze, what, read_share(share))
        keep_aside()
        supervisor = Supervisor(parts, Feed(dingze.ledger), dingze.ledger.head)
        with answering(dingze.settings.worker_address, Watched(what, supervisor, dingze.ledger.head, outside)):
            supervisor.start()
            stop.wait()
            supervisor.stop()
        close()


def parts_for(dingze: Dingze, what: Work, share: Share = ALL) -> tuple[list[Part], Outside, Callable[[], None]]:
    """The parts of one kind of worker, how it stands with what lies outside, and what closes them."""
    if what is Work.INGEST:
        intake = dingze.kafka_intake()
        outside = Outside(
            lambda: {one.name: one.behind for one in intake.status() if one.behind is not None},
            lambda: {one.name: one.stopped for one in intake.status() if one.stopped},
        )
        return [Part("ingest", intake.step, every=0.1, gather=GATHER)], outside, intake.close
    if what is Work.PUBLISH:
        publisher = dingze.publisher()
        outside = Outside(lambda: {publisher.topic: publisher.behind()})
        return [Part("publisher", publisher.step, every=0.2)], outside, publisher.close
    proposing = Part("proposer", replace(dingze.proposer, share=share).step, every=0.5, gather=GATHER)
    parts = [proposing if part.name == "proposer" else part for part in parts_of(dingze)]
    return [part for part in parts if part.name in NAMES[what]], Outside(), lambda: None
