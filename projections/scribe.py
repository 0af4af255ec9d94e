"""Another process that writes what this one folds: a rebuild of one view then has two cores.

A third of a rebuild is the database's inserting, and CPython folds on one core. So while a batch is folded here, the
scribe writes the one before, by the same rule as ever: rows and checkpoint in one transaction, nothing when somebody
moved the checkpoint or a younger lease is about. One batch is under way at a time. A scribe that is killed, or whose
maker is killed, leaves whole batches behind and nothing else.
"""

import marshal
import multiprocessing
import signal
from contextlib import suppress
from dataclasses import replace
from multiprocessing.connection import Connection
from typing import Any, Literal

from sqlalchemy.exc import SQLAlchemyError

from projections.leases import Lease
from projections.store import Build, ViewStore
from projections.tables import Lines
from projections.view import View

Answer = Literal["written", "moved", "refused"]


class Scribe:
    """Writes one view's batches. `refused` says that the batch is not there, for whatever reason: write it yourself."""

    def __init__(self, url: str, view: View) -> None:
        context = multiprocessing.get_context("spawn")
        self._pipe, there = context.Pipe()
        bare = replace(view, handlers={})  # handlers need not be functions another process can find
        self._process = context.Process(target=_write_all, args=(url, bare, there), daemon=True)
        self._process.start()
        there.close()
        self._ready = False

    def ready(self) -> bool:
        """Whether it has started; until then its maker had better write by itself than wait."""
        if not self._ready:
            with suppress(EOFError, OSError):
                self._ready = self._pipe.poll() and self._pipe.recv() == "ready"
        return self._ready

    def send(self, build: Build, last: int, lines: Lines, lease: Lease | None) -> bool:
        """Have a batch written: `build` as it stands, `last` where it then is. False when that cannot be sent."""
        task: Any = (
            tuple(getattr(build, name) for name in Build.__slots__), last, lease and (lease.name, lease.fence), lines,
        )  # fmt: skip
        try:
            self._pipe.send_bytes(marshal.dumps(task))
        except (OSError, ValueError):  # ValueError: a value that is no text, number or truth
            return False
        return True

    def answer(self) -> Answer:
        """What became of the batch that was sent; waits for it."""
        try:
            answer: Answer = self._pipe.recv()
        except (EOFError, OSError):
            self._ready = False
            return "refused"
        return answer

    def close(self) -> None:
        """Let it go, when it has written what it was sent."""
        self._pipe.close()
        self._process.join(30)
        if self._process.is_alive():
            self._process.kill()


def _write_all(url: str, view: View, pipe: Connection) -> None:
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # its maker ends it, by closing the pipe
    store = ViewStore(url)
    try:
        pipe.send("ready")
        while True:
            fields, last, lease, lines = marshal.loads(pipe.recv_bytes())  # noqa: S302 - from our own maker's pipe
            pipe.send(_write(store, view, Build(*fields), last, lines, Lease(*lease) if lease else None))
    except (EOFError, OSError):
        pass
    finally:
        store.close()


def _write(store: ViewStore, view: View, build: Build, last: int, lines: Lines, lease: Lease | None) -> Answer:
    try:
        with store.writing() as connection:
            if not store.advance(connection, build, last, "", lease):
                return "moved"
            store.write(connection, view, build, lines)
    except SQLAlchemyError:
        return "refused"  # its maker tries again, and says why it cannot be done
    store.clean_log()
    return "written"
