"""Why: the features and weights that made a proposal, and what the others lacked. For `--explain` and the page."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from routing.evidence import LEAST, Evidence
from routing.index import RegisterIndex
from routing.memory_edition import MemoryEdition
from routing.proposal import Reason
from routing.reading import Reading
from routing.vectors import UNIT, Ints, Vocabulary
from routing.wordings import Hit
from terms.ids import UnitCode
from terms.messages import sentence

_WORDS = 4


def wording_reasons(hits: Sequence[Hit], unit: UnitCode) -> list[Reason]:
    """The everyday wordings found for a unit, strongest first."""
    own = [hit for hit in hits if hit.wording.unit == unit]
    return [Reason(unit, "wording", hit.wording.text, hit.strength) for hit in own[:_WORDS]]


@dataclass(frozen=True, slots=True)
class Spoken:
    """The words of an order that a vocabulary knows, with their places and weights in it."""

    words: list[str]
    places: Ints
    weights: Ints

    def telling(self, weights: NDArray[np.int16], column: int) -> str:
        """The words that say most for a class."""
        told = (self.weights * weights[self.places, column] * 1000 // (UNIT * 4096)).tolist()
        ranked = sorted((-weight, word) for weight, word in zip(told, self.words, strict=True) if weight > 0)
        return "、".join(word for _, word in ranked[:_WORDS])


def spoken(vocabulary: Vocabulary, reading: Reading) -> Spoken:
    """The known words of an order."""
    return Spoken([word for word in reading.plain if word in vocabulary.places], *vocabulary.vector(reading.plain))


def register_reason(index: RegisterIndex, said: Spoken, unit: UnitCode, score: int) -> Reason:
    """What the register's own words say for a unit, with the words that say it; `said` by the index's words."""
    return Reason(unit, "register", said.telling(index.weights, index.units.index(unit)), score)


def memory_reason(memory: MemoryEdition, said: Spoken, unit: UnitCode, group: str, score: int) -> Reason:
    """What past outcomes say for a unit's class, with the words that say it; `said` by the memory's words."""
    return Reason(unit, "memory", said.telling(memory.weights, memory.classes.index(group)), score)


def why_not(ground: Evidence | None, behind: int) -> str:
    """What was missing for a unit that does not lead."""
    if ground is None or ground.strength < LEAST:
        return sentence("route.why-not.no-ground", behind=behind)
    if ground.hit is None:
        return sentence("route.why-not.no-wording", behind=behind)
    return sentence("route.why-not.behind", behind=behind, wording=ground.hit.wording.text)
