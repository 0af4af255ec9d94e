"""A unit's tasks: one row for each part a unit has in an order, lead and support with clocks of their own.

Beside them what a unit without a part is asked: to answer as the unit a return points at, to take a hand-over.
`tables` says what is kept, `folding` what each event does to a part, `offices` who inside a unit has it, `asks` what is
asked of others.
"""

from projections.tasks.folding import TASKS
from projections.tasks.tables import GONE

__all__ = ["GONE", "TASKS"]
