"""What `dingze evaluate` does: scores routing on labelled orders, honestly.

Excluded rows and rows whose label no unit has leave first and are counted. The last K rows are the test; outcomes are
learned from the first N of the rest. A lead is right when the label is among its functions; top-k counts distinct
functions, abstained or not.
"""

import gzip
import random
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import orjson

from city.configuration import CityConfiguration
from dingze.trial_ledger import learner_over
from dingze.wiring import Dingze
from mandates.edition import RegisterEdition
from mandates.model import Level
from routing.building import load_or_build
from routing.index import RegisterIndex
from routing.memory import MemoryEdition, Outcome, learn
from routing.proposal import OrderText, Proposal
from routing.propose import propose
from terms.errors import BadInput
from terms.ids import OrderNo, UnitCode
from terms.unreadable import why_unreadable

Advance = Callable[[int], None]  # how many runs are done
LearnFrom = Callable[[Sequence[Outcome]], MemoryEdition]
_TIER = (Level.CITY, Level.COMPANY, Level.ZONE)


@dataclass(frozen=True, slots=True)
class Labelled:
    """An order and the function of the unit that answered it."""

    number: str
    title: str
    text: str
    label: str


@dataclass(frozen=True, slots=True)
class Judged:
    """One test order after routing: the distinct functions proposed, best first; whether right; how sure."""

    right: bool
    among_three: bool
    confidence: int
    score: int  # breaks ties of confidence: the lead's own share


def evaluate(
    dingze: Dingze,
    file: Path,
    *,
    label: str,
    exclude: Sequence[str] = (),
    text_fields: Sequence[str] = ("title", "text"),
    split: str = "shuffle",
    seed: int = 0,
    test: int | None = None,
    learn: Sequence[int] = (0,),
    at: date | None = None,
    advance: Advance | None = None,
    learn_from: LearnFrom | None = None,
) -> dict[str, Any]:
    """Score routing on a file. `learn_from` makes a memory edition of outcomes; by default through a throw-away ledger.

    Raises BadInput where the file cannot be read or the numbers do not fit it.
    """
    edition = dingze.register.as_of(at or dingze.clock().date())
    index = load_or_build(edition, dingze.settings.cache)
    rows = read_rows(file, label, text_fields)
    return score(
        rows, index, dingze.city, exclude, split, seed, test, learn, advance, learn_from or learner_over(dingze, index)
    )


def score(
    rows: Sequence[Labelled],
    index: RegisterIndex,
    city: CityConfiguration,
    exclude: Sequence[str] = (),
    split: str = "shuffle",
    seed: int = 0,
    test: int | None = None,
    sizes: Sequence[int] = (0,),
    advance: Advance | None = None,
    learn_from: LearnFrom | None = None,
) -> dict[str, Any]:
    """The document of `dingze evaluate`: rows left, excluded, unlabelled, and one run for each size."""
    owners = lowest_units(index.edition)
    kept = [row for row in rows if row.label not in set(exclude)]
    known = [row for row in kept if row.label in owners]
    if split == "shuffle":
        random.Random(seed).shuffle(known)  # noqa: S311  a split for measuring, not a secret
    elif split != "given":
        raise BadInput("input.invalid", at="--split", reason=f"{split}：应为 shuffle 或 given")
    size = len(known) * 3 // 10 if test is None else test
    if not 0 < size <= len(known):
        raise BadInput("input.invalid", at="--test", reason=f"{size}：应在 1 与 {len(known)} 之间")
    pool, asked = known[: len(known) - size], known[len(known) - size :]
    teach = learn_from or (lambda outcomes: learn(outcomes, index, city.memory))
    runs = []
    for place, count in enumerate(sizes):
        memory = teach(outcomes_of(pool[:count], owners))
        runs.append(_run(count, min(count, len(pool)), asked, index, memory, city))
        if advance is not None:
            advance(place + 1)
    return {
        "rows": len(known),
        "excluded": len(rows) - len(kept),
        "unlabelled": len(kept) - len(known),
        "runs": runs,
    }


def read_rows(file: Path, label: str, text_fields: Sequence[str]) -> list[Labelled]:
    """The labelled orders of a .jsonl or .jsonl.gz file. The first text field of several is the title."""
    try:
        raw = gzip.decompress(file.read_bytes()) if file.suffix == ".gz" else file.read_bytes()
        lines = [orjson.loads(line) for line in raw.splitlines() if line.strip()]
    except (OSError, EOFError, gzip.BadGzipFile, orjson.JSONDecodeError) as error:
        raise BadInput("input.unreadable", at=file.name, reason=why_unreadable(error)) from error
    found: list[Labelled] = []
    for place, line in enumerate(lines):
        texts = [str(line.get(name) or "") for name in text_fields]
        title, text = ("", texts[0]) if len(texts) == 1 else (texts[0], "\n".join(part for part in texts[1:] if part))
        found.append(
            Labelled(str(line.get("id") or f"{file.name}#{place + 1}"), title, text, str(line.get(label) or ""))
        )
    return found


def lowest_units(edition: RegisterEdition) -> dict[str, UnitCode]:
    """For each function the lowest-coded city unit that has it."""
    found: dict[str, UnitCode] = {}
    for code, unit in sorted(edition.units.items()):
        if unit.level in _TIER:
            for function in unit.functions:
                found.setdefault(function, code)
    return found


def outcomes_of(rows: Sequence[Labelled], owners: Mapping[str, UnitCode]) -> list[Outcome]:
    """Each labelled order as an outcome: signed for by the lowest-coded city unit with that function."""
    return [
        Outcome(OrderNo(row.number), f"{row.title}\n{row.text}" if row.title else row.text, owners[row.label],
                recorded_position=place + 1)
        for place, row in enumerate(rows)
    ]  # fmt: skip


def functions_of(proposal: Proposal, edition: RegisterEdition) -> list[str]:
    """The distinct functions proposed, the lead's first."""
    found: dict[str, None] = {}
    units = [proposal.lead] if proposal.lead else []
    for unit in [*units, *(candidate.unit for candidate in proposal.candidates)]:
        for function in edition.units[unit].functions:
            found.setdefault(function)
    return list(found)


def _run(
    n: int,
    learned: int,
    asked: Sequence[Labelled],
    index: RegisterIndex,
    memory: MemoryEdition,
    city: CityConfiguration,
) -> dict[str, Any]:
    judged: list[Judged] = []
    began = time.perf_counter()
    for row in asked:
        proposal = propose(OrderText(row.text, row.title), index, memory, city)
        functions = functions_of(proposal, index.edition)
        lead = index.edition.units[proposal.lead].functions if proposal.lead else ()
        top = proposal.candidates[0].score if proposal.candidates else 0
        judged.append(Judged(row.label in lead, row.label in functions[:3], proposal.confidence, top))
    seconds = time.perf_counter() - began
    return {
        "n": n,
        "learned": learned,
        "top1": _share([one.right for one in judged]),
        "top3": _share([one.among_three for one in judged]),
        "coverage": coverage(judged),
        "ece": calibration_error(judged),
        "orders_per_second": round(len(judged) / seconds, 1) if seconds else 0.0,
    }


def coverage(judged: Sequence[Judged]) -> list[dict[str, float]]:
    """Accuracy among the surest tenth, two tenths … of the orders; of equal sureness the earlier first."""
    ranked = sorted(judged, key=lambda one: (-one.confidence, -one.score))
    found = []
    for tenth in range(1, 11):
        surest = ranked[: max(1, len(ranked) * tenth // 10)]
        found.append({"share": tenth / 10, "accuracy": _share([one.right for one in surest])})
    return found


def calibration_error(judged: Sequence[Judged], bins: int = 10) -> float:
    """Expected calibration error: the mean distance of confidence and accuracy over ten bins, weighed by size."""
    total = 0.0
    for place in range(bins):
        low, high = place * 100 // bins, (place + 1) * 100 // bins
        inside = [
            one for one in judged if low <= one.confidence < high or (place == bins - 1 and one.confidence == 100)
        ]
        if inside:
            sure = sum(one.confidence for one in inside) / len(inside) / 100
            total += abs(sure - _share([one.right for one in inside])) * len(inside)
    return round(total / len(judged), 4) if judged else 0.0


def _share(flags: Sequence[bool]) -> float:
    return round(sum(flags) / len(flags), 4) if flags else 0.0
