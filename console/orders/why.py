"""Why a proposal came out as it did, told of each unit apart: the lead first, then whom it was weighed against.

The register speaks of a unit of the city and the bureau that mirrors it leads in the district: its reasons are the
lead's.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from mandates.model import Unit
from routing.proposal import Proposal, Reason
from terms.ids import UnitCode


@dataclass(frozen=True, slots=True)
class ToldOf:
    """The reasons that speak for or against one unit."""

    unit: UnitCode
    reasons: tuple[Reason, ...]


def why(proposal: Proposal | None, units: Mapping[UnitCode, Unit]) -> list[ToldOf]:
    """The reasons of a proposal by unit, each said once. `units` are those of its register edition, by code."""
    if proposal is None:
        return []
    lead = units.get(proposal.lead) if proposal.lead else None
    mirrored = lead.mirrors if lead else ()
    told: dict[UnitCode, dict[tuple[str, str], Reason]] = {proposal.lead: {}} if proposal.lead else {}
    for reason in proposal.reasons:
        unit = proposal.lead if proposal.lead and reason.unit in mirrored and not proposal.disputed else reason.unit
        if reason.detail or reason.weight:
            told.setdefault(unit, {}).setdefault((reason.feature, reason.detail), reason)
    return [ToldOf(unit, tuple(found.values())) for unit, found in told.items() if found]
