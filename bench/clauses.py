"""Real clauses of statutes and catalogues, given to a city's units by function: read at run time, never shipped."""

import gzip
import json
from collections.abc import Iterator, Mapping
from pathlib import Path

from mandates.model import Clause, Instrument, InstrumentKind, Section
from terms.ids import ClauseId, InstrumentId, UnitCode

CLAUSES = Path(__file__).resolve().parents[2] / "shared" / "data" / "mandates" / "clauses.jsonl.gz"
INSTRUMENT = Instrument(InstrumentId("I-LAW"), InstrumentKind.LAW, "法律法规")
FOUND_IN_ALL = 45_196


def real_clauses(owners: Mapping[str, UnitCode], count: int = FOUND_IN_ALL) -> Iterator[Clause]:
    """So many clauses, evenly from the whole file, each under the unit that has its function (`owners`).

    A function that no unit has goes to C26. Raises FileNotFoundError where the file is not there.
    """
    with gzip.open(CLAUSES, "rt", encoding="utf-8") as lines:
        for place, line in enumerate(lines):
            if place * count // FOUND_IN_ALL == (place + 1) * count // FOUND_IN_ALL:
                continue
            row = json.loads(line)
            unit = owners.get(row["function"], UnitCode("C26"))
            number = row.get("clause_no") or ""
            yield Clause(ClauseId(f"L{place:06d}"), unit, INSTRUMENT.id, number, Section.DUTIES, row["text"])
