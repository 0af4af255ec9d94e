"""A proposal as the JSON that programs rely on: the same document as `dingze route --json`."""

from dataclasses import asdict
from typing import Any

from mandates.edition import RegisterEdition
from routing.proposal import Proposal
from terms.ids import UnitCode


def proposal_document(proposal: Proposal, register: RegisterEdition) -> dict[str, Any]:
    """Units with name and functions, confidence as 0..1, citations with half-open spans in both texts."""

    def unit(code: UnitCode) -> dict[str, Any]:
        known = register.units.get(code)
        return {
            "code": code,
            "name": known.name if known else code,
            "functions": list(known.functions if known else ()),
        }

    return {
        "lead": unit(proposal.lead) if proposal.lead else None,
        "supports": [unit(code) for code in proposal.supports],
        "desk": unit(proposal.desk) if proposal.desk else None,
        "confidence": proposal.confidence / 100,
        "automatic": proposal.automatic,
        "abstained": asdict(proposal.abstained) if proposal.abstained else None,
        "matter": proposal.matter,
        "citations": [asdict(citation) for citation in proposal.citations],
        "alternatives": [
            unit(one.unit) | {"score": one.score, "why_not": one.why_not}
            for one in proposal.candidates
            if one.unit != proposal.lead
        ],
        "register_edition": proposal.register_edition,
        "memory_edition": proposal.memory_edition,
        "city_version": proposal.city_version,
    }
