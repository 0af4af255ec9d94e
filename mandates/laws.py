"""Laws that were repealed, with the day and what replaced them: facts, kept as a table (`repealed_laws.csv`)."""

import csv
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from functools import cache
from pathlib import Path

TABLE = Path(__file__).with_name("repealed_laws.csv")


@dataclass(frozen=True, slots=True)
class Repeal:
    """A law that is no longer in force from `day` on."""

    law: str
    day: date
    replaced_by: str


def plain_title(law: str) -> str:
    """A law's name without brackets, the country's name and what stands in round brackets (修订年份, 试行)."""
    name = re.sub(r"[《》〈〉\s]", "", law)
    return re.sub(r"[（(][^）)]*[）)]$", "", name).removeprefix("中华人民共和国")


@cache
def repealed_laws() -> Mapping[str, Repeal]:
    """The table, by plain title."""
    with TABLE.open(encoding="utf-8", newline="") as file:
        return {
            plain_title(row["law"]): Repeal(row["law"], date.fromisoformat(row["repealed_on"]), row["replaced_by"])
            for row in csv.DictReader(file)
        }


def repeal_of(law: str, day: date, table: Mapping[str, Repeal] | None = None) -> Repeal | None:
    """The repeal of a law, if it was repealed by that day."""
    found = (repealed_laws() if table is None else table).get(plain_title(law))
    return found if found is not None and found.day <= day else None
