"""Every kind of event this program reads and every view it folds. A new one is added here, and nowhere else."""

from automation.learner import EVENT_TYPES as LEARNER_EVENTS
from automation.sealer import EVENT_TYPES as SEALER_EVENTS
from casework.events import FACTS
from ingest.quarantine import EVENT_TYPES as QUARANTINE_EVENTS
from ledger.rotation import EVENT_TYPES as KEYS_EVENTS
from ledger.upcast import EventTypes, KnownType
from mandates.events import EVENT_TYPES as MANDATE_EVENTS
from projections.accountability import ACCOUNTABILITY
from projections.assessments import ASSESSMENTS_VIEW
from projections.awaiting import AWAITING
from projections.cases import CASES_VIEW
from projections.coverage import COVERAGE
from projections.digests import DIGESTS
from projections.disputes import DISPUTES
from projections.events import EVENT_TYPES as PROJECTION_EVENTS
from projections.findings import FINDINGS_VIEW
from projections.heat import HEAT
from projections.matters import STANDINGS
from projections.outcomes import LEARNABLE
from projections.papers import PAPERS
from projections.queue import QUEUE
from projections.score_sheets import SCORE_SHEETS
from projections.signs import FAULTS
from projections.tasks import TASKS
from projections.unsealed import UNSEALED
from projections.view import View

VIEWS: tuple[View, ...] = (
    QUEUE,
    TASKS,
    AWAITING,
    LEARNABLE,
    STANDINGS,
    CASES_VIEW,
    DISPUTES,
    ACCOUNTABILITY,
    COVERAGE,
    HEAT,
    FAULTS,
    DIGESTS,
    FINDINGS_VIEW,
    PAPERS,
    UNSEALED,
    SCORE_SHEETS,
    ASSESSMENTS_VIEW,
)


def event_types() -> EventTypes:
    """Every event type this program knows, with its present schema; checked at start-up."""
    return EventTypes(
        (fact.known_type() for fact in FACTS.values()),
        (KnownType(name) for name in MANDATE_EVENTS),
        QUARANTINE_EVENTS,
        LEARNER_EVENTS,
        SEALER_EVENTS,
        PROJECTION_EVENTS,
        KEYS_EVENTS,
    )
