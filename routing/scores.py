"""What register and memory say of one order, each for itself and both as one score."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import log

from routing.index import RegisterIndex, Vector
from routing.memory_edition import MemoryEdition, named_items
from routing.reading import Reading
from routing.vectors import Ints
from routing.wordings import Hit
from terms.ids import UnitCode

VOTE = 300  # what a unanimous vote of the nearest past orders adds, in 1/1000, beside the likeness of the nearest
CUSTOM = 60  # what a unit that always answers for its group is before one that answers one in e, in 1/1000
FLOOR = -1200  # what memory says of a group it has never seen, and the least it says of any, in 1/1000


@dataclass(frozen=True, slots=True)
class Scores:
    """What register and memory say of one order, in 1/1000: apart for the reasons, together for the weighing."""

    register: tuple[int, ...]  # for each unit of the index
    learned: Mapping[str, int]  # for each class of memory
    groups: tuple[int, ...]  # together, for each group of the index
    units: tuple[int, ...]  # together, for each unit: within its group it keeps its distance to the best
    near: tuple[tuple[int, int], ...]  # the rows of memory nearest to the order, with their likeness


def total_scores(
    index: RegisterIndex,
    memory: MemoryEdition,
    reading: Reading,
    hits: Sequence[Hit] | None = None,
    likeness: Ints | None = None,
    vector: Vector | None = None,
) -> Scores:
    """The scores of all groups and of all units, register and memory together."""
    found = index.wordings.hits(reading.text, reading.words) if hits is None else hits
    units: list[int] = index.unit_scores(reading, found, likeness, vector).tolist()
    groups = index.group_scores(units)
    if not memory.learned:
        return Scores(tuple(units), {}, tuple(groups), tuple(units), ())
    known = dict(zip(index.groups, groups, strict=True))
    register = [known.get(group, FLOOR) for group in memory.register_classes]
    said = memory.scores(reading, named_items(found), register).tolist()
    by_class = dict(zip(memory.classes, said, strict=True))
    near = memory.near(reading)
    totals = fused(groups, heard(index, by_class, memory.votes(near), near), memory.trust)
    rows = zip(units, _customs(index, memory), strict=True)
    within = [score + by_class.get(name, 0) + custom for score, (name, custom) in rows]
    best = index.group_scores(within)
    placed = (totals[at] + score - best[at] for at, score in zip(index.group_at, within, strict=True))
    return Scores(tuple(units), by_class, tuple(totals), tuple(placed), tuple(near))


def _customs(index: RegisterIndex, memory: MemoryEdition) -> tuple[tuple[str, int], ...]:
    """For each unit its name among the classes of memory and its custom; reckoned once for an edition of each."""
    found = memory.customs.get(index.digest)
    if found is None:
        rows = zip(index.units, index.group_at, strict=True)
        found = tuple((f"={unit}", _custom(memory, index.groups[at], unit)) for unit, at in rows)
        memory.customs[index.digest] = found
    return found


def _custom(memory: MemoryEdition, group: str, unit: UnitCode) -> int:
    """What speaks against a unit that seldom or never answered where others of its group did: without it, one whose
    clauses are few and unlike all the others would be taken for an order that is unlike them too."""
    whole = memory.times.get(group, 0)
    return round(CUSTOM * log((memory.times.get(f"={unit}", 0) + 1) / (whole + 1))) if whole else 0


def heard(
    index: RegisterIndex, learned: Mapping[str, int], voted: Mapping[str, int], near: Sequence[tuple[int, int]]
) -> list[int]:
    """What memory says of each group: the learned score, never below the floor, and the vote of the nearest orders,
    which counts for more the liker the nearest is."""
    vote = VOTE + near[0][1] if near else 0
    return [max(FLOOR, learned.get(group, FLOOR)) + vote * voted.get(group, 0) // 1000 for group in index.groups]


def fused(register: Sequence[int], learned: Sequence[int], trust: int) -> list[int]:
    """Register and memory scores as one, in 1/1000 of their common weight."""
    return [(said * 1000 + score * trust) // (1000 + trust) for score, said in zip(register, learned, strict=True)]
