"""References of the register that lead nowhere: a unit, instrument or clause that is not in force on the day."""

from collections.abc import Iterator, Mapping

from mandates.edition import RegisterEdition
from mandates.lint_finding import Finding, Severity, finding
from terms.ids import ClauseId, UnitCode

Reference = tuple[str, str, str]  # what kind of thing is meant (单位, 文件, 条目), its key, the column that says so


def dangling(edition: RegisterEdition) -> Iterator[Finding]:
    """A finding for every reference whose target is not in force."""
    in_force: Mapping[str, Mapping[str, object]] = {
        "单位": {str(code): unit for code, unit in edition.units.items()},
        "文件": {str(key): instrument for key, instrument in edition.instruments.items()},
        "条目": {str(key): True for key in _citable(edition)},
    }
    for table, item, unit, references in _all(edition):
        for kind, key, column in references:
            if key not in in_force[kind]:
                yield finding(
                    "dangling", Severity.ERROR, table, item, unit, kind=kind, target=key, column=column
                )  # fmt: skip


def _citable(edition: RegisterEdition) -> Iterator[ClauseId]:
    for table in (
        edition.clauses, edition.power_items, edition.boundary_items, edition.duty_points, edition.subdistrict_items,
    ):  # fmt: skip
        yield from table


def _all(edition: RegisterEdition) -> Iterator[tuple[str, str, UnitCode | None, list[Reference]]]:
    for unit in edition.units.values():
        parent = [("单位", unit.parent, "上级")] if unit.parent else []
        yield "departments", unit.code, unit.code, [*parent, *(("单位", code, "对应市级单位") for code in unit.mirrors)]
    for instrument in edition.instruments.values():
        yield (
            "instruments",
            instrument.id,
            instrument.unit,
            [("单位", instrument.unit, "单位")] if instrument.unit else [],
        )
    for clause in edition.clauses.values():
        references: list[Reference] = [("单位", clause.unit, "单位"), ("文件", clause.instrument, "文件")]
        yield "clauses", clause.id, clause.unit, references + [("单位", code, "相关单位") for code in clause.parties]
    for item in edition.power_items.values():
        references = [("单位", item.unit, "单位"), ("文件", item.instrument, "文件")]
        yield (
            "power_items",
            item.id,
            item.unit,
            references + ([("条目", item.clause, "对应条目")] if item.clause else []),
        )
    for matter in edition.boundary_items.values():
        references = [("单位", matter.lead, "主办"), ("文件", matter.instrument, "文件")]
        references += [("单位", code, "协办") for code in matter.supports]
        references += [("单位", code, "职责分工") for code, _ in matter.division]
        references += [("单位", code, "各单位说法") for code, _ in matter.said]
        yield (
            "boundary_items",
            matter.id,
            matter.lead,
            references + [("条目", key, "依据条目") for key in matter.clauses],
        )
    for point in edition.duty_points.values():
        references = [("单位", point.unit, "单位"), ("条目", point.clause, "对应条目")]
        yield "duty_points", point.id, point.unit, references + [("单位", code, "协办") for code in point.supports]
    for listed in edition.subdistrict_items.values():
        references = [("文件", listed.instrument, "文件"), *(("单位", code, "适用单位") for code in listed.units)]
        yield (
            "subdistrict_items",
            listed.id,
            listed.lead,
            references + ([("单位", listed.lead, "牵头单位")] if listed.lead else []),
        )
    for place in edition.places:
        if place.unit:
            yield "places", place.name, place.unit, [("单位", place.unit, "单位")]
