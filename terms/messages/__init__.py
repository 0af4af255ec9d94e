"""The one Chinese catalogue: a sentence for every code, saying what is wrong and what to do.

A room has a file here and adds its codes there. Placeholders are filled with `str.format`; tests call every code the
source names and fail on one that has no sentence, and on one that has two.
"""

from typing import Any

from terms.messages.casework_appraisal import APPRAISAL
from terms.messages.casework_desk import DESK
from terms.messages.casework_matters import MATTER_RULES
from terms.messages.casework_names import NAMES
from terms.messages.casework_orders import ORDER_RULES
from terms.messages.casework_papers import PAPERS
from terms.messages.city import CITY
from terms.messages.console import CONSOLE
from terms.messages.dingze import DINGZE
from terms.messages.ingest import INGEST
from terms.messages.ledger import LEDGER
from terms.messages.mandates import MANDATES
from terms.messages.projections import PROJECTIONS
from terms.messages.routing import ROUTING

ROOMS: tuple[dict[str, str], ...] = (
    LEDGER,
    CITY,
    MANDATES,
    ROUTING,
    ORDER_RULES,
    MATTER_RULES,
    PAPERS,
    APPRAISAL,
    DESK,
    NAMES,
    PROJECTIONS,
    INGEST,
    CONSOLE,
    DINGZE,
)

MESSAGES: dict[str, str] = {code: text for room in ROOMS for code, text in room.items()}


def sentence(code: str, **params: Any) -> str:
    """The Chinese sentence for a code; a code without one answers with itself, so nothing is hidden."""
    template = MESSAGES.get(code)
    if template is None:
        return code
    try:
        return template.format(**params)
    except (KeyError, IndexError):
        return template
