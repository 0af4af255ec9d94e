"""The hotline's queue: one row an order, with where it stands, who should have it and what is due next.

The row's `state` is the word of the domain page, section 5. A dispatcher's lists are filters on it; any of them can
be asked for as of a position. `tables` says what is kept, `sums` what is summed up as it is folded, `folding` what each
event does to it, `hands` what gives it into other hands.
"""

from projections.queue.folding import QUEUE
from projections.queue.row import due_of, headline
from projections.queue.tables import SETTLED

__all__ = ["QUEUE", "SETTLED", "due_of", "headline"]
