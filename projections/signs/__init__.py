"""Signs of faults (domain, section 8), seen by rule in events, each with its evidence; `FAULTS` is the view."""

from projections.signs.folding import FAULTS

__all__ = ["FAULTS"]
