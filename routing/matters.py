"""Which matter of the boundary lists an order arises in, and whose task in it the words speak of.

A boundary item says in official words what it is about and what each unit does, and in everyday words what citizens
say of each unit's part. An order is likened to the whole of that (the matter) and to each unit's own part (its task),
by the terms of the register's index. Found in whole numbers through an inverted index, the same everywhere.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import ahocorasick
import numpy as np
from numpy.typing import NDArray

from mandates.edition import RegisterEdition
from mandates.model import BoundaryItem
from routing.text import normalise
from routing.vectors import UNIT, Ints
from routing.wordings import Hit, Wording
from terms.ids import UnitCode

Vector = tuple[Ints, Ints]
_TASK = "task"
_SAYS = 350  # a code point of a task's own saying beyond the first
_NONE: Ints = np.zeros(0, np.int64)


@dataclass(frozen=True, slots=True)
class Arising:
    """How far an order speaks of each matter (an entry an item) and of each task (an entry a unit of an item)."""

    items: Ints  # likeness, 0–2048
    tasks: Ints  # likeness, 0–2048
    told: Ints  # of the tasks: what their own sayings, found word for word, count
    found: Mapping[str, int]  # these sayings, each with where it ends


@dataclass(frozen=True, slots=True)
class Grouped:
    """Entries by the unit they are of, so that the most of each is found in one go."""

    entries: Ints
    starts: Ints
    units: Ints

    def most(self, values: Ints, units: int, least: int) -> Ints:
        """For each of `units` the most of the values of its entries, `least` where it has none."""
        found: Ints = np.full(units, least, np.int64)
        if len(self.entries):
            found[self.units] = np.maximum.reduceat(values[self.entries], self.starts)
        return found


def _grouped(units: Ints, entries: Ints) -> Grouped:
    kept = entries[np.argsort(units[entries], kind="stable")]
    names, starts = np.unique(units[kept], return_index=True)
    return Grouped(kept, starts, names)


@dataclass(frozen=True, slots=True)
class Matters:
    """The boundary items of one edition as routing asks them. Built once, read by every thread."""

    items: tuple[BoundaryItem, ...]
    item_of: Ints  # for each task the place of its item
    unit_of: Ints  # for each task the column of its unit
    units: tuple[UnitCode, ...]  # and its code
    lead_of: Ints  # for each item the column of its lead
    first: Ints  # for each item its first task, the lead's; those of the others follow
    items_led: Grouped  # items by their lead
    tasks_led: Grouped  # tasks of leads by unit
    tasks_helped: Grouped  # tasks of all others by unit
    tasks_by_unit: Grouped
    led: Mapping[int, Ints]  # for each column that leads: the tasks of others in the items it leads
    starts: Ints  # for each term where it begins in `entries`; an item is an entry, and after all items a task
    entries: Ints
    weights: NDArray[np.float64]  # whole numbers
    nothing: Ints  # a zero a task
    sayings: ahocorasick.Automaton | None
    tasks_by_saying: Mapping[str, tuple[int, ...]]

    def arising(self, text: str, vector: Vector) -> Arising:
        """Liken an order, given by its normalised text and the places and weights of its terms."""
        places, weights = vector
        begins = self.starts[places]
        counts = self.starts[places + 1] - begins
        ends = np.cumsum(counts)
        size = len(self.items) + len(self.item_of)
        likeness: Ints = np.zeros(size, np.int64)
        if len(ends) and ends[-1]:
            flat = np.repeat(begins - ends + counts, counts) + np.arange(ends[-1])
            says = self.weights[flat] * np.repeat(weights.astype(np.float64), counts)
            # sums below 2^53, and UNIT a power of two: exact, in whatever order they are added
            likeness = (np.bincount(self.entries[flat], says, size) * (1 / UNIT)).astype(np.int64)
        found: dict[str, int] = {}
        if self.sayings is not None:
            for end, phrase in self.sayings.iter(text):
                found.setdefault(phrase, end + 1)
        tasks = [task for phrase in found for task in self.tasks_by_saying[phrase]]
        counted = [_SAYS * (len(phrase) - 1) for phrase in found for _ in self.tasks_by_saying[phrase]]
        told = np.bincount(tasks, counted, len(self.item_of)).astype(np.int64) if tasks else self.nothing
        return Arising(likeness[: len(self.items)], likeness[len(self.items) :], told, found)

    def saying(self, arising: Arising, task: int) -> Hit | None:
        """The longest of a task's own sayings that stand in an order, of these the first; None where none does."""
        own = [phrase for phrase in arising.found if task in self.tasks_by_saying[phrase]]
        if not own:
            return None
        phrase = max(own, key=lambda one: (len(one), -arising.found[one]))
        end = arising.found[phrase]
        wording = Wording(phrase, self.items[int(self.item_of[task])].id, self.units[task], _TASK)
        return Hit(wording, (end - len(phrase), end), 100, True)


def matters_of(
    edition: RegisterEdition, columns: Mapping[UnitCode, int], terms: int, vector: Callable[[str], Vector]
) -> Matters:
    """Build it; `columns` are the places of the units, `vector` gives the places and weights of a text's terms."""
    items = tuple(item for item in edition.boundary_items.values() if item.lead in columns)
    item_of: list[int] = []
    unit_of: list[int] = []
    units: list[UnitCode] = []
    texts = [_whole(item) for item in items]
    sayings: dict[str, list[int]] = {}
    led: dict[int, list[int]] = {}
    for place, item in enumerate(items):
        said = dict(item.said)
        for unit in dict.fromkeys((item.lead, *item.supports)):
            if unit not in columns:
                continue
            if unit != item.lead:
                led.setdefault(columns[item.lead], []).append(len(item_of))
            for phrase in said.get(unit, ()):
                folded = normalise(phrase).text
                if len(folded) >= 2:
                    sayings.setdefault(folded, []).append(len(item_of))
            item_of.append(place)
            unit_of.append(columns[unit])
            units.append(unit)
            texts.append("\n".join((*(words for one, words in item.division if one == unit), *said.get(unit, ()))))
    vectors = [vector(normalise(text).text) for text in texts]
    sizes = [len(places) for places, _ in vectors]
    places = np.concatenate([where for where, _ in vectors] or [_NONE])
    order = np.argsort(places, kind="stable")
    item_at, unit_at = np.array(item_of, np.int64), np.array(unit_of, np.int64)
    lead_at = np.array([columns[item.lead] for item in items], np.int64)
    first = np.searchsorted(item_at, np.arange(len(items)))
    every = np.arange(len(item_of))
    automaton = None
    if sayings:
        automaton = ahocorasick.Automaton()
        for phrase in sorted(sayings):
            automaton.add_word(phrase, phrase)
        automaton.make_automaton()
    return Matters(
        items,
        item_at,
        unit_at,
        tuple(units),
        lead_at,
        first,
        _grouped(lead_at, np.arange(len(items))),
        _grouped(unit_at, first),
        _grouped(unit_at, np.setdiff1d(every, first)),
        _grouped(unit_at, every),
        {lead: np.array(tasks, np.int64) for lead, tasks in led.items()},
        np.searchsorted(places[order], np.arange(terms + 1)).astype(np.int64),
        np.repeat(np.arange(len(texts)), sizes)[order],
        np.concatenate([says for _, says in vectors] or [_NONE])[order].astype(np.float64),
        np.zeros(len(item_of), np.int64),
        automaton,
        {phrase: tuple(dict.fromkeys(tasks)) for phrase, tasks in sayings.items()},
    )


def _whole(item: BoundaryItem) -> str:
    said = (phrase for _, phrases in item.said for phrase in phrases)
    told = (words for _, words in item.division)
    return "\n".join((item.matter, item.matter, item.trigger, *told, *item.wordings, *item.calls, *said))
