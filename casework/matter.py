"""One boundary case a matter: which case a matter is disputed under, kept in the matter's own stream. Pure.

Two who open a case for one matter at once append to the same version of its stream, so that one of them is told of the
other's case. A matter goes by an id that stays: that of the first of its duty points in the register, whichever link of
it an order met; one the register does not know goes by a digest of its name.
"""

import hashlib
import unicodedata
from dataclasses import dataclass, replace
from datetime import datetime

from casework import events as e
from mandates.edition import RegisterEdition
from terms.ids import ClauseId


@dataclass(frozen=True, slots=True)
class Matter:
    """One matter: the open case it is disputed under, if any."""

    key: str
    version: int = 0
    open_case: str = ""


def evolve(matter: Matter, fact: e.MatterFact, at: datetime) -> Matter:
    """The matter after one more fact."""
    case = fact.case_no if isinstance(fact, e.MatterDisputed) else ""
    return replace(matter, version=matter.version + 1, open_case=case)


def key_of(matter_id: str, name: str, register: RegisterEdition) -> str:
    """The stable id of a matter."""
    return known_id(matter_id, name, register) or matter_id or f"M-{_digest(name)}"


def known_id(matter_id: str, name: str, register: RegisterEdition) -> str:
    """The id of the first duty point of the matter in the register; empty when the register does not know it."""
    point = register.duty_points.get(ClauseId(matter_id))
    named = point.matter if point else (name if not matter_id else "")
    return min((known.id for known in register.duty_points.values() if named and known.matter == named), default="")


def _digest(name: str) -> str:
    plain = "".join(unicodedata.normalize("NFKC", name).split()).casefold()
    return hashlib.sha256(plain.encode()).hexdigest()[:16]
