"""Everyday words that accepted orders have in common, put before the 编办: by a command, or from the page of them."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from automation.learner import Learner
from ledger.store import Ledger
from mandates.reading import RegisterReader
from mandates.wording_record import record_candidates
from routing.wording_candidates import LEAST_ORDERS, LEAST_SHARE, candidates_of


@dataclass(frozen=True, slots=True)
class Search:
    """What a search did: over how many outcomes it went, and how many wordings it proposed that are new."""

    outcomes: int
    proposed: int


@dataclass(frozen=True, slots=True)
class WordingFinder:
    """Searches the outcomes of one ledger; made once, asked from any thread."""

    ledger: Ledger
    register: RegisterReader
    learner: Learner
    clock: Callable[[], datetime]

    def find(
        self, *, newest: int | None = None, least_orders: int = LEAST_ORDERS, least_share: int = LEAST_SHARE
    ) -> Search:
        """Propose what stands out in the outcomes, or in the `newest` of them; asking again adds nothing."""
        now = self.clock()
        edition = self.register.as_of(self.learner.router.day_of(now))
        outcomes = self.learner.outcomes(newest)
        found = candidates_of(outcomes, edition, least_orders=least_orders, least_share=least_share)
        return Search(len(outcomes), record_candidates(self.ledger, self.register.register().wordings, found, at=now))
