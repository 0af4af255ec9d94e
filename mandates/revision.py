"""A new 三定 text against the one in force: what it changes, adds or ends. Ids stay where the words carry on."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date

from rapidfuzz import fuzz

from mandates.drafting import ClauseDraft, clauses_of
from mandates.edition import RegisterEdition
from mandates.model import Clause, InstrumentKind, Span
from terms.ids import ClauseId, InstrumentId, UnitCode

SAME_CLAUSE_AT = 60  # percent of alike characters from which a clause is the old one in new words


@dataclass(frozen=True, slots=True)
class Revision:
    """`clauses` come into force on the day (unchanged ones are not among them), `ended` are no longer in the text."""

    clauses: tuple[Clause, ...]
    ended: tuple[ClauseId, ...]
    unchanged: tuple[ClauseId, ...]


def revise(
    edition: RegisterEdition,
    unit: UnitCode,
    instrument: InstrumentId,
    drafts: Sequence[ClauseDraft],
    day: date,
    taken: Sequence[str] = (),
) -> Revision:
    """What the drafts change on `day`, against the unit's 三定 clauses of `edition`. `taken` are ids used at any time.

    The most alike pairs are matched first, within one part of the text; what is matched keeps its id, so that
    citations, links and duty points still find it.
    """
    present = {
        clause.id: clause
        for clause in edition.clauses.values()
        if clause.unit == unit and _is_sanding(edition, clause.instrument)
    }
    pairs = sorted(
        (
            (fuzz.ratio(draft.text, clause.text, processor=None), at, key)
            for at, draft in enumerate(drafts)
            for key, clause in present.items()
            if draft.section is clause.section
        ),
        key=lambda pair: (-pair[0], pair[1], pair[2]),
    )
    matched: dict[int, ClauseId] = {}
    for score, at, key in pairs:
        if score >= SAME_CLAUSE_AT and at not in matched and key not in matched.values():
            matched[at] = key
    fresh = iter(
        clauses_of(
            [draft for at, draft in enumerate(drafts) if at not in matched],
            unit, instrument, Span(day), [*taken, *present],
        )
    )  # fmt: skip
    clauses: list[Clause] = []
    unchanged: list[ClauseId] = []
    for at, draft in enumerate(drafts):
        if at not in matched:
            clauses.append(next(fresh))
            continue
        old = present[matched[at]]
        new = replace(
            old, instrument=instrument, number=draft.number, text=draft.text, role=draft.role,
            parties=draft.parties, posts=draft.posts, span=Span(day, old.span.valid_to),
        )  # fmt: skip
        if replace(new, span=old.span) == old:
            unchanged.append(old.id)
        else:
            clauses.append(new)
    ended = tuple(sorted(set(present) - set(matched.values())))
    return Revision(tuple(clauses), ended, tuple(unchanged))


def _is_sanding(edition: RegisterEdition, instrument: InstrumentId) -> bool:
    found = edition.instruments.get(instrument)
    return found is not None and found.kind is InstrumentKind.SANDING
