"""All views built anew by several processes: each has a share of the views and decodes the record for itself.

Folding is bound to one core in CPython, and decoding is an eighth of the work: two processes on two cores need little
more than half of the time. Nothing is shared but the database. Each view has its leases, its transactions and its
flip as ever, and a build that broke off is gone on with, by whatever process comes.
"""

import multiprocessing
from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import FIRST_EXCEPTION, ProcessPoolExecutor, wait
from contextlib import AbstractContextManager

from projections.engine import ProjectionEngine
from projections.feeding import Progress
from projections.store import Build
from projections.view import View

Making = Callable[[], AbstractContextManager[ProjectionEngine]]
"""Opens an engine over the same database in another process: a function of a module, or a partial of one."""


def shares(views: Iterable[View], processes: int) -> tuple[tuple[str, ...], ...]:
    """The names of the views, dealt out so that the shares cost about the same; the dearest view first."""
    dealt: list[list[str]] = [[] for _ in range(processes)]
    costs = [0] * processes
    for view in sorted(views, key=lambda one: (-one.cost, one.name)):
        least = costs.index(min(costs))
        dealt[least].append(view.name)
        costs[least] += view.cost
    return tuple(tuple(share) for share in dealt if share)


def rebuild_by_processes(
    engine: ProjectionEngine,
    making: Making,
    processes: int,
    progress: Progress | None = None,
    names: Sequence[str] | None = None,
) -> list[Build]:
    """Every view of `engine`, or those named, built anew by so many processes; what became of each, by name.

    One view is folded here and written by a process beside (`projections.scribe`). `progress` hears, twice a second,
    the position that all builds under way have reached. One process is this one. Raises what a rebuild raises; what the
    other processes did until then is gone on with by the next call.
    """
    chosen = list(engine.views) if names is None else list(dict.fromkeys(names))
    if processes <= 1 or len(chosen) <= 1 or not set(chosen) <= set(engine.views):
        return engine.rebuild_all(progress, names=chosen, scribes=processes > 1 and len(chosen) == 1)
    dealt = shares((engine.views[name] for name in chosen), processes)
    with ProcessPoolExecutor(len(dealt), multiprocessing.get_context("spawn")) as pool:
        work = [pool.submit(_rebuild, making, share) for share in dealt]
        left = set(work)
        while left:
            done, left = wait(left, timeout=0.5, return_when=FIRST_EXCEPTION)
            for one in done:
                one.result()  # a fault of one ends the waiting at once
            if progress and (reached := [one.position for one in engine.status() if one.purpose == "beside"]):
                progress(min(reached))
    return sorted((build for one in work for build in one.result()), key=lambda build: build.name)


def _rebuild(making: Making, names: Sequence[str]) -> list[Build]:
    with making() as engine:
        return engine.rebuild_all(names=names)
