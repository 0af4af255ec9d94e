"""A register edition: everything in force on one day, named by its digest."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date

from mandates.model import (
    BoundaryItem,
    Clause,
    DutyPoint,
    Instrument,
    Place,
    PowerItem,
    SubdistrictItem,
    Unit,
)
from terms.ids import ClauseId, InstrumentId, UnitCode


@dataclass(frozen=True, slots=True)
class RegisterEdition:
    """What was in force between two changes of the register.

    `digest` (hex sha-256 of the canonical content) names the edition: two days with the same content share it.
    All mappings are ordered by key, so that whoever walks them gets the same order everywhere.
    """

    digest: str
    as_of: date
    units: Mapping[UnitCode, Unit] = field(default_factory=dict)
    instruments: Mapping[InstrumentId, Instrument] = field(default_factory=dict)
    clauses: Mapping[ClauseId, Clause] = field(default_factory=dict)
    power_items: Mapping[ClauseId, PowerItem] = field(default_factory=dict)
    boundary_items: Mapping[ClauseId, BoundaryItem] = field(default_factory=dict)
    duty_points: Mapping[ClauseId, DutyPoint] = field(default_factory=dict)
    subdistrict_items: Mapping[ClauseId, SubdistrictItem] = field(default_factory=dict)
    places: tuple[Place, ...] = ()

    def text_of(self, clause_id: ClauseId) -> str | None:
        """The words of any citable item, or None when it is not in force in this edition."""
        if found := self.clauses.get(clause_id):
            return found.text
        if item := self.power_items.get(clause_id):
            basis = f"（{item.law}{item.article}）" if item.law else ""
            return f"{item.type}：{item.name}{basis}{item.duty}"
        if boundary := self.boundary_items.get(clause_id):
            return f"{boundary.matter}：" + "；".join(text for _, text in boundary.division)
        if listed := self.subdistrict_items.get(clause_id):
            return listed.text
        if point := self.duty_points.get(clause_id):
            return self.text_of(point.clause)
        return None

    def instrument_of(self, clause_id: ClauseId) -> Instrument | None:
        """The document a citable item stands in; a duty point stands in that of the clause it cites."""
        if point := self.duty_points.get(clause_id):
            return self.instrument_of(point.clause)
        found = (
            self.clauses.get(clause_id)
            or self.power_items.get(clause_id)
            or self.boundary_items.get(clause_id)
            or self.subdistrict_items.get(clause_id)
        )
        return self.instruments.get(found.instrument) if found else None
