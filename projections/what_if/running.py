"""A replay over many orders in parallel: processes that share nothing, results in the order of the orders.

Each worker is spawned (never forked: the parent may hold threads and databases), loads the indexes it needs from the
cache folder by their digests and is handed masked texts. How many workers there are changes nothing in the result.
"""

import multiprocessing
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, field
from itertools import groupby
from pathlib import Path

from city.configuration import CityConfiguration
from mandates.edition import RegisterEdition
from projections.what_if.past import Advance, PastOrder
from projections.what_if.replay import Compared, replay
from routing.building import load_or_build
from routing.index import RegisterIndex
from routing.memory_edition import EMPTY, MemoryEdition

CHUNK = 200  # orders in one task
CHECKED = 120  # recorded proposals that are made again before the record is believed


@dataclass(frozen=True, slots=True)
class Material:
    """What a replay needs beside the orders. All of it can be handed to another process.

    `before` and `after` are register editions by the digest of the one before; `memories` are memory artefacts by
    digest, `newest` stands for those that are no longer kept.
    """

    before: Mapping[str, RegisterEdition]
    after: Mapping[str, RegisterEdition]
    memories: Mapping[str, bytes]
    newest: str
    city: CityConfiguration
    cache: Path


@dataclass(frozen=True, slots=True)
class Outcome:
    """What came of a replay. `checked` recorded proposals were made again, `believed` says all were the same bytes."""

    compared: tuple[Compared, ...]
    checked: int
    believed: bool


@dataclass(frozen=True, slots=True)
class _Task:
    register: str
    memory: str
    orders: tuple[PastOrder, ...]
    by_record: bool
    only_before: bool = False  # the draft is not tried: the record is being checked


@dataclass(slots=True)
class _Bench:
    """One process at work: what it has loaded so far."""

    material: Material
    indexes: dict[str, RegisterIndex] = field(default_factory=dict)
    memories: dict[str, MemoryEdition] = field(default_factory=dict)

    def index(self, edition: RegisterEdition) -> RegisterIndex:
        """The index of an edition, loaded once."""
        found = self.indexes.get(edition.digest)
        if found is None:
            found = self.indexes[edition.digest] = load_or_build(edition, self.material.cache)
        return found

    def memory(self, digest: str) -> MemoryEdition:
        """A memory edition, read once."""
        if digest == EMPTY.digest:
            return EMPTY
        found = self.memories.get(digest)
        if found is None:
            found = self.memories[digest] = MemoryEdition.from_bytes(self.material.memories[digest])
        return found

    def work(self, task: _Task) -> list[Compared]:
        """Replay the orders of one task."""
        before = self.index(self.material.before[task.register])
        after = before if task.only_before else self.index(self.material.after[task.register])
        memory, city = self.memory(task.memory), self.material.city
        return replay(task.orders, before, after, memory, city, by_record=task.by_record)


_BENCH: list[_Bench] = []  # the one of this worker process


def _sit_down(material: Material) -> None:
    _BENCH[:] = [_Bench(material)]


def _work(task: _Task) -> list[Compared]:
    return _BENCH[0].work(task)


def _prepare(edition: RegisterEdition) -> str:
    return _BENCH[0].index(edition).digest


def run(
    orders: Sequence[tuple[PastOrder, str]],
    material: Material,
    *,
    workers: int = 2,
    advance: Advance = lambda done: None,
) -> Outcome:
    """Replay orders, each with the digest of its day's register edition; `advance` hears how many are done.

    `workers` 0 or 1 works in this process. The result is in the order given, whatever `workers` says.
    """
    if workers <= 1:
        bench = _Bench(material)
        return _run(orders, material, lambda tasks: map(bench.work, tasks), advance)
    context = multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(workers, context, _sit_down, (material,)) as pool:
        editions = {one.digest: one for one in (*material.before.values(), *material.after.values())}
        for _ in pool.map(_prepare, [editions[digest] for digest in sorted(editions)]):
            pass  # each is built once and lies in the cache before two workers could build it twice
        return _run(orders, material, lambda tasks: pool.map(_work, tasks), advance)


def _run(
    orders: Sequence[tuple[PastOrder, str]],
    material: Material,
    work: Callable[[Iterable[_Task]], Iterator[list[Compared]]],
    advance: Callable[[int], None],
) -> Outcome:
    checked, believed = _check(orders, material, work)
    compared: list[Compared] = []
    tasks = list(_tasks(orders, material, by_record=believed))
    done = 0
    for task, found in zip(tasks, work(tasks), strict=True):
        compared.extend(found)
        done += len(task.orders)
        advance(done)
    return Outcome(tuple(compared), checked, believed)


def _check(
    orders: Sequence[tuple[PastOrder, str]],
    material: Material,
    work: Callable[[Iterable[_Task]], Iterator[list[Compared]]],
) -> tuple[int, bool]:
    """Make a spread of the recorded proposals again: a program that routes otherwise today may not lean on them."""
    usable = [one for one in orders if one[0].text is not None and _can_lean(one, material)]
    stride = max(1, len(usable) // CHECKED)
    sample = usable[::stride][:CHECKED]
    kept, again = (
        [one for found in work(list(_tasks(sample, material, by_record=lean, only_before=True))) for one in found]
        for lean in (True, False)
    )
    same = all(one.before == other.before for one, other in zip(kept, again, strict=True))
    return len(sample), same


def _can_lean(one: tuple[PastOrder, str], material: Material) -> bool:
    order, register = one
    return order.made_from == (register, _memory_of(order, material), material.city.version)


def _memory_of(order: PastOrder, material: Material) -> str:
    """The memory edition that the order's own proposal knew, if it is still kept; else the newest."""
    digest = order.made_from[1] if order.made_from is not None else ""
    return digest if digest in material.memories or digest == EMPTY.digest else material.newest


def _tasks(
    orders: Sequence[tuple[PastOrder, str]], material: Material, *, by_record: bool, only_before: bool = False
) -> Iterator[_Task]:
    keyed = [(register, _memory_of(order, material), order) for order, register in orders]
    for (register, memory), group in groupby(keyed, key=lambda one: one[:2]):
        found = [order for _, _, order in group]
        for start in range(0, len(found), CHUNK):
            yield _Task(register, memory, tuple(found[start : start + CHUNK]), by_record, only_before)
