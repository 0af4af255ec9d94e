"""A hundred first citations for a blind reader, and the count of what the reader found on point.

    python -m bench.citations /some/folder/outside [--orders 100] [--seed 1]
    python -m bench.citations --count /some/folder/outside/form.csv

Writes sheet.md (each order with the unit, clause and wording of its first citation; no score, no answer of the
record), key.csv (which letter it was) and form.csv, in which the reader writes yes or no beside each number. The
sheet holds letters of citizens: a folder inside the repository is refused.
"""

import argparse
import csv
import json
import random
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from bench.routing import DAY, LETTERS, letters
from city.configuration import CityConfiguration
from dingze.evaluate import Labelled, lowest_units, outcomes_of
from routing.building import build_index
from routing.index import RegisterIndex
from routing.memory import learn
from routing.memory_edition import MemoryEdition
from routing.proposal import OrderText
from routing.propose import propose
from tests.routing.sample_city import sample_edition

REPOSITORY = Path(__file__).resolve().parents[1]
ANSWERS = {"yes": True, "y": True, "是": True, "no": False, "n": False, "否": False}
QUESTION = "Does this clause give this unit the matter the citizen complains of? Write yes or no in form.csv."


def _entry(number: int, row: Labelled, index: RegisterIndex, memory: MemoryEdition) -> list[str]:
    """One order as the reader sees it; an order without a citation says so, and counts as not on point."""
    proposal = propose(OrderText(row.text, row.title), index, memory, CityConfiguration())
    lines = [f"## {number}", "", f"**{row.title}**", "", row.text, ""]
    if proposal.citations and proposal.citations[0].unit == proposal.lead:
        cited = proposal.citations[0]
        instrument = index.edition.instruments[cited.instrument].title if cited.instrument else ""
        lines += [
            f"- unit: {index.edition.units[cited.unit].name}",
            f"- clause: {instrument} {cited.clause_id}: {cited.text}",
            f"- wording: {cited.via}",
        ]
    else:
        lines.append("- no citation")
    return [*lines, ""]


def write(folder: Path, orders: int, seed: int) -> int:
    """Sheet, key and form in `folder`; how many orders. Raises ValueError for a folder inside the repository."""
    target = folder.resolve()
    if target.is_relative_to(REPOSITORY):
        raise ValueError("the sheet holds letters of citizens: name a folder outside the repository")
    target.mkdir(parents=True, exist_ok=True)
    rows = letters()
    size = len(rows) - int(len(rows) * 0.7)
    pool, asked = rows[:-size], rows[-size:]
    edition = sample_edition(DAY)
    index = build_index(edition)
    memory = learn(outcomes_of(pool, lowest_units(edition)), index)
    chosen = random.Random(seed).sample(asked, min(orders, len(asked)))
    lines = ["# First citations", "", QUESTION, ""]
    for number, row in enumerate(chosen, 1):
        lines += _entry(number, row, index, memory)
    (target / "sheet.md").write_text("\n".join(lines) + "\n", "utf-8")
    _table(target / "key.csv", [("number", "letter"), *((at, row.number) for at, row in enumerate(chosen, 1))])
    _table(target / "form.csv", [("number", "on point"), *((at, "") for at in range(1, len(chosen) + 1))])
    return len(chosen)


def _table(path: Path, rows: Sequence[tuple[Any, Any]]) -> None:
    with path.open("w", encoding="utf-8-sig", newline="") as file:
        csv.writer(file).writerows(rows)


def count(form: Path) -> dict[str, Any]:
    """What the reader wrote: on point, not on point, unread. Raises ValueError for a word that is neither."""
    with form.open(encoding="utf-8-sig", newline="") as file:
        said = [row["on point"].strip().lower() for row in csv.DictReader(file)]
    if strange := sorted(set(said) - set(ANSWERS) - {""}):
        raise ValueError(f"write yes or no, not {strange[0]!r}")
    read = [ANSWERS[word] for word in said if word]
    found = {"on point": sum(read), "not on point": len(read) - sum(read), "unread": len(said) - len(read)}
    return found | {"share": round(sum(read) / len(read), 4) if read else None}


def main(arguments: Sequence[str] | None = None) -> None:
    """Write the sheet, or count a form."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path, nargs="?", help="where the sheet goes, outside the repository")
    parser.add_argument("--orders", type=int, default=100)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--count", type=Path, metavar="FORM", help="count what a reader wrote")
    chosen = parser.parse_args(arguments)
    if chosen.count:
        print(json.dumps(count(chosen.count)))
    elif chosen.folder is None:
        parser.error("name a folder outside the repository")
    elif not LETTERS.exists():
        print(json.dumps({"not measured": f"not there: {LETTERS}"}))
    else:
        try:
            print(json.dumps({"orders": write(chosen.folder, chosen.orders, chosen.seed)}))
        except ValueError as error:
            parser.error(str(error))


if __name__ == "__main__":
    main()
