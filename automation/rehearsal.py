"""A draft tried on some past orders while somebody waits: what `dingze what-if` does, for a page and a few hundred.

It reads only. Before and after are routed with the newest memory and the register of each order's own day, so nothing
but the draft differs.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from automation.router import Router
from city.configuration import CityConfiguration
from ledger.envelope import Event
from ledger.store import Ledger
from mandates.edition import RegisterEdition
from mandates.reading import RegisterReader
from projections.what_if import report
from projections.what_if.draft import Draft, laid_over, units_touched
from projections.what_if.past import OpenMasked, PastOrder, past_orders_of
from projections.what_if.replay import Compared, replay
from projections.what_if.running import Outcome
from routing.memory import MemoryEdition
from terms.errors import NotFound
from terms.ids import OrderNo, UnitCode


@dataclass(frozen=True, slots=True)
class Rehearsal:
    """What a trial needs; made once, asked from any thread."""

    ledger: Ledger
    register: RegisterReader
    router: Router
    city: CityConfiguration
    open_masked: OpenMasked
    memory: Callable[[], MemoryEdition]

    def tried(self, draft: Draft, numbers: Sequence[OrderNo]) -> dict[str, Any]:
        """The report on a draft over these orders, as `projections.what_if.report` gives it. Raises NotFound, BadInput.

        BadInput `what-if.dangling` when the draft leads to a unit or clause that is not in force.
        """
        orders = past_orders_of(self.ledger, self.open_masked, numbers, self._day_of)
        if not orders:
            raise NotFound("what-if.no-such-orders")
        before: dict[str, RegisterEdition] = {}
        for order in orders:
            edition = self.register.as_of(order.day)
            before.setdefault(edition.digest, edition)
        after = {digest: laid_over(edition, draft) for digest, edition in before.items()}
        memory = self.memory()
        compared: list[Compared] = []
        for digest, edition in before.items():
            group = [one for one in orders if self.register.as_of(one.day).digest == digest]
            indexes = self.router.index(edition), self.router.index(after[digest])
            compared.extend(replay(group, *indexes, memory, self.city, by_record=False))
        names: dict[UnitCode, str] = {
            code: known.name for edition in (*before.values(), *after.values()) for code, known in edition.units.items()
        }
        editions = {
            "register_before": sorted(before),
            "register_after": sorted({edition.digest for edition in after.values()}),
            "memory": [memory.digest],
            "city_version": self.city.version,
        }
        touched = frozenset(unit for digest in before for unit in units_touched(before[digest], after[digest], draft))
        first, last = _period(orders)
        outcome = Outcome(tuple(sorted(compared, key=lambda one: one.order_no)), 0, believed=False)
        return report.document(draft, first, last, orders, outcome, names, editions, touched)

    def _day_of(self, event: Event) -> date:
        return self.router.day_of(datetime.fromisoformat(event.payload["received_at"]))


def _period(orders: Sequence[PastOrder]) -> tuple[date, date]:
    return min(order.day for order in orders), max(order.day for order in orders)
