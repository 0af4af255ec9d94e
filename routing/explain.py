"""Why: the features and weights that made a proposal, and what the others lacked. For `--explain` and the page."""

from collections.abc import Sequence

from routing.evidence import LEAST, Evidence
from routing.index import RegisterIndex
from routing.memory_edition import MemoryEdition
from routing.proposal import Reason
from routing.reading import Reading
from routing.vectors import UNIT
from routing.wordings import Hit
from terms.ids import UnitCode
from terms.messages import sentence

_WORDS = 4


def wording_reasons(hits: Sequence[Hit], unit: UnitCode) -> list[Reason]:
    """The everyday wordings found for a unit, strongest first."""
    own = [hit for hit in hits if hit.wording.unit == unit]
    return [Reason(unit, "wording", hit.wording.text, hit.strength) for hit in own[:_WORDS]]


def register_reason(index: RegisterIndex, reading: Reading, unit: UnitCode, score: int) -> Reason:
    """What the register's own words say for a unit, with the words that say it."""
    column = index.units.index(unit)
    places, values = index.words.vector(reading.plain)
    told = values * index.weights[places, column].astype("int64") * 1000 // (UNIT * 4096)
    return Reason(unit, "register", _telling(index.words.places, reading, told.tolist(), places.tolist()), score)


def memory_reason(memory: MemoryEdition, reading: Reading, unit: UnitCode, group: str, score: int) -> list[Reason]:
    """What past outcomes say for a unit's class, with the words that say it; nothing where nothing was learned."""
    if group not in memory.classes:
        return []
    column = memory.classes.index(group)
    places, values = memory.words.vector(reading.plain)
    told = values * memory.weights[places, column].astype("int64") * 1000 // (UNIT * 4096)
    return [Reason(unit, "memory", _telling(memory.words.places, reading, told.tolist(), places.tolist()), score)]


def _telling(vocabulary: dict[str, int], reading: Reading, told: list[int], places: list[int]) -> str:
    spelled = {vocabulary[word]: word for word in reading.plain if word in vocabulary}
    ranked = sorted(zip(told, places, strict=True), key=lambda pair: (-pair[0], spelled[pair[1]]))
    return "、".join(spelled[place] for weight, place in ranked[:_WORDS] if weight > 0)


def why_not(ground: Evidence | None, behind: int) -> str:
    """What was missing for a unit that does not lead."""
    if ground is None or ground.strength < LEAST:
        return sentence("route.why-not.no-ground", behind=behind)
    if ground.hit is None:
        return sentence("route.why-not.no-wording", behind=behind)
    return sentence("route.why-not.behind", behind=behind, wording=ground.hit.wording.text)
