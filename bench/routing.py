"""How often routing is right, how sure it is of itself, and how fast: beside the simpler ways, in the same run.

The letters are in order of date: learned from the earlier 70 %, tested on the later 30 %. The simpler ways: RapidFuzz
over all clauses, BM25 over clauses, and TF-IDF of jieba words with LinearSVC (C=1) learned from the same rows.

    python -m bench.routing [--json]
"""

import argparse
import gzip
import json
import resource
import statistics
import time
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import numpy as np
from rank_bm25 import BM25Okapi
from rapidfuzz import fuzz, process
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.svm import LinearSVC

from bench.clauses import CLAUSES, INSTRUMENT, real_clauses
from city.configuration import CityConfiguration
from dingze.evaluate import Labelled, lowest_units, outcomes_of, score
from mandates.edition import RegisterEdition
from routing.building import build_index
from routing.index import RegisterIndex
from routing.memory import EMPTY, learn
from routing.proposal import OrderText
from routing.propose import propose
from routing.text import normalise, segmenter
from terms.ids import UnitCode
from tests.routing.sample_city import sample_edition

DATA = Path(__file__).resolve().parents[2] / "shared" / "data"
LETTERS = DATA / "letters" / "shanghai.jsonl.gz"
MULTI_UNIT = Path(__file__).parent / "data" / "multi_unit_orders.jsonl"
ONE_UNIT = Path(__file__).parent / "data" / "one_unit_orders.jsonl"  # written while building, never tested on
BUILDING = (
    Path(__file__).parent / "data" / "building_orders.jsonl"
)  # by three strangers; words and weights come from it
LISTED_BUILDING = Path(__file__).parent / "data" / "listed_building_orders.jsonl"  # by one who saw the matters
LISTED_HELD_OUT = Path(__file__).parent / "data" / "listed_held_out_orders.jsonl"  # by two others; likewise
HELD_OUT = Path(__file__).parent / "data" / "held_out_orders.jsonl"  # by two others; nobody who builds may open it
BY_PLACE = ("街道乡镇", "区县政府", "功能区开发区管委会", "其他")
SIZES = (0, 100, 300, 1000, 1731)
TARGETS = {0: (52, 75), 100: (55, 77), 300: (60, 80), 1000: (67, 85), 1731: (73, 88)}
DAY = date(2023, 6, 1)
FUZZY_ROWS = 60

Ranked = Callable[[Labelled], list[str]]


def letters() -> list[Labelled]:
    """The real letters in order of date, those whose answer is a matter of place left out."""
    with gzip.open(LETTERS, "rt", encoding="utf-8") as lines:
        rows = [json.loads(line) for line in lines]
    kept = [row for row in rows if row["unit_function"] not in BY_PLACE]
    return [Labelled(row["id"], row["title"], row["text"], row["unit_function"]) for row in kept]


def quality(index: RegisterIndex) -> dict[str, Any]:
    """Dingze and the simpler ways on the same letters."""
    rows = letters()
    size = len(rows) - int(len(rows) * 0.7)
    document = score(rows, index, CityConfiguration(), split="given", test=size, sizes=SIZES)
    pool, asked = rows[:-size], rows[-size:]
    svm = [_support_vectors(pool[:count], asked) for count in SIZES if count]
    return document | {
        "svm": svm,
        "bm25": _bm25(index, asked[:300]),
        "rapidfuzz": _rapidfuzz(index, asked[:FUZZY_ROWS]),
    }


def _text(row: Labelled) -> str:
    return f"{row.title}\n{row.text}" if row.title else row.text


def _support_vectors(pool: Sequence[Labelled], asked: Sequence[Labelled]) -> dict[str, Any]:
    vectors = TfidfVectorizer(tokenizer=segmenter().words, token_pattern=None)
    model = LinearSVC(C=1).fit(vectors.fit_transform(map(_text, pool)), [row.label for row in pool])
    began = time.perf_counter()
    margins = model.decision_function(vectors.transform(map(_text, asked)))
    seconds = time.perf_counter() - began
    order = np.argsort(-margins, axis=1)
    right = np.array([model.classes_[best[0]] == row.label for best, row in zip(order, asked, strict=True)])
    three = [row.label in model.classes_[best[:3]] for best, row in zip(order, asked, strict=True)]
    lead = np.sort(margins, axis=1)
    surest = np.argsort(-(lead[:, -1] - lead[:, -2]), kind="stable")
    covered = {share: float(right[surest[: int(len(asked) * share)]].mean()) for share in (0.6, 0.75)}
    return {
        "n": len(pool),
        "top1": float(right.mean()),
        "top3": float(np.mean(three)),
        "at60": covered[0.6],
        "at75": covered[0.75],
        "orders_per_second": round(len(asked) / seconds, 1),
    }


def _ranked_clauses(index: RegisterIndex) -> list[tuple[str, str]]:
    functions = {code: (unit.functions or ("",))[0] for code, unit in index.edition.units.items()}
    return [(clause.text, functions[clause.unit]) for clause in index.edition.clauses.values()]


def _judge(asked: Sequence[Labelled], rank: Ranked) -> dict[str, Any]:
    began = time.perf_counter()
    found = [list(dict.fromkeys(rank(row))) for row in asked]
    seconds = time.perf_counter() - began
    pairs = list(zip(asked, found, strict=True))
    return {
        "rows": len(asked),
        "top1": sum(functions[:1] == [row.label] for row, functions in pairs) / len(asked),
        "top3": sum(row.label in functions[:3] for row, functions in pairs) / len(asked),
        "orders_per_second": round(len(asked) / seconds, 1),
    }


def _bm25(index: RegisterIndex, asked: Sequence[Labelled]) -> dict[str, Any]:
    clauses = _ranked_clauses(index)
    model = BM25Okapi([segmenter().words(text) for text, _ in clauses])

    def rank(row: Labelled) -> list[str]:
        best = np.argsort(-model.get_scores(segmenter().words(_text(row))), kind="stable")[:30]
        return [clauses[place][1] for place in best]

    return _judge(asked, rank)


def _rapidfuzz(index: RegisterIndex, asked: Sequence[Labelled]) -> dict[str, Any]:
    clauses = _ranked_clauses(index)
    spoken = [" ".join(segmenter().words(text)) for text, _ in clauses]

    def rank(row: Labelled) -> list[str]:
        words = " ".join(segmenter().words(normalise(_text(row)).text))
        best = process.extract(words, spoken, scorer=fuzz.token_set_ratio, processor=None, limit=30)
        return [clauses[place][1] for _, _, place in best]

    return _judge(asked, rank)


def large_edition(edition: RegisterEdition) -> RegisterEdition:
    """The sample city with 45,196 real clauses in the place of its own, each under a city unit of its function."""
    clauses = {clause.id: clause for clause in real_clauses(lowest_units(edition))}
    instruments = {**edition.instruments, INSTRUMENT.id: INSTRUMENT}
    return replace(edition, digest="f" * 64, clauses=clauses, instruments=instruments)


def speed(edition: RegisterEdition) -> dict[str, Any]:
    """45,196 clauses and 10,000 outcomes: seconds to build, milliseconds a letter on one core, times RapidFuzz."""
    large = large_edition(edition)
    began = time.perf_counter()
    index = build_index(large)
    built = time.perf_counter() - began
    rows = letters()
    many = [replace(row, number=f"{row.number}-{turn}") for turn in range(10) for row in rows][:10_000]
    began = time.perf_counter()
    memory = learn(outcomes_of(many, lowest_units(large)), index)
    learned = time.perf_counter() - began
    city = CityConfiguration()
    orders = [OrderText(row.text, row.title) for row in rows[-500:]]
    for order in orders[:50]:
        propose(order, index, memory, city)
    took: list[float] = []
    for order in orders:
        start = time.process_time()
        propose(order, index, memory, city)
        took.append((time.process_time() - start) * 1000)
    took.sort()
    fuzzy = _rapidfuzz(index, rows[-20:])
    return {
        "clauses": len(large.clauses),
        "outcomes": len(many),
        "build_seconds": round(built, 1),
        "learn_seconds": round(learned, 1),
        "median_ms": round(statistics.median(took), 2),
        "p99_ms": round(took[int(len(took) * 0.99)], 2),
        "memory_artefact_bytes": len(memory.to_bytes()),
        "peak_memory_mb": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024,
        "rapidfuzz_orders_per_second": fuzzy["orders_per_second"],
        "times_rapidfuzz": round(1000 / statistics.mean(took) / fuzzy["orders_per_second"], 1),
    }


def _orders(path: Path) -> list[dict[str, Any]]:
    with path.open(encoding="utf-8") as lines:
        return [json.loads(line) for line in lines]


def supports(index: RegisterIndex) -> dict[str, Any]:
    """Precision and recall of supports on constructed orders, with nothing learned.

    What counts are the orders held out: written by people who saw no clause and no list, and opened by nobody who
    builds. Beside them those that words and weights were built on, the half of the older orders that was kept aside
    until then, and the half that was looked at.
    """
    older = _orders(MULTI_UNIT)
    return {
        "held out, labels by the boundary lists": _measured(index, LISTED_HELD_OUT),
        "built on, labels by the boundary lists": _measured(index, LISTED_BUILDING),
        "held out, labels by the writers": _measured(index, HELD_OUT),
        "built on, labels by the writers": _measured(index, BUILDING),
        "older orders, kept aside": _judge_supports(index, older[150:]),
        "older orders, looked at while building": _judge_supports(index, [*older[:150], *_orders(ONE_UNIT)]),
    }


def _measured(index: RegisterIndex, path: Path) -> dict[str, Any]:
    return _judge_supports(index, _orders(path)) if path.exists() else {"not measured": f"not there: {path.name}"}


def _city_units(index: RegisterIndex, unit: UnitCode | None) -> set[str]:
    """The unit of the city tier that a label names, where a bureau of a district stands for it."""
    return set() if unit is None else set(index.places.city_tier(unit)) or {unit}


def _judge_supports(index: RegisterIndex, rows: Sequence[dict[str, Any]]) -> dict[str, Any]:
    city = CityConfiguration()
    hit = extra = missed = leads = lone = both = parts_said = parts_meant = 0
    for row in rows:
        proposal = propose(OrderText(row["主要内容"], row["标题"]), index, EMPTY, city)
        lead, *helping = (_city_units(index, unit) for unit in (proposal.lead, *proposal.supports))
        said, meant = set().union(*helping) - lead, set(row["supports"])
        hit, extra, missed = hit + len(said & meant), extra + len(said - meant), missed + len(meant - said)
        leads += row["lead"] in lead
        lone += not meant and bool(said)
        if meant:  # whoever has a part, be it the lead's or a support's
            both += len((said | lead) & (meant | {row["lead"]}))
            parts_said, parts_meant = parts_said + len(said) + 1, parts_meant + len(meant) + 1
    return {
        "orders": len(rows),
        "one_unit_orders": sum(not row["supports"] for row in rows),
        "precision": round(hit / max(1, hit + extra), 4),
        "recall": round(hit / max(1, hit + missed), 4),
        "leads_right": round(leads / len(rows), 4),
        "precision_lead_or_support": round(both / max(1, parts_said), 4),
        "recall_lead_or_support": round(both / max(1, parts_meant), 4),
        "one_unit_orders_with_a_support": lone,
    }


def measure() -> dict[str, Any]:
    """All figures of routing in one run; what begins with `table` is rows of cells, the head first."""
    absent = [str(path) for path in (LETTERS, CLAUSES) if not path.exists()]
    if absent:
        return {"not measured": f"not there: {', '.join(absent)}"}
    edition = sample_edition(DAY)
    index = build_index(edition)
    found = quality(index)
    last = {point["share"]: point["accuracy"] for point in found["runs"][-1]["coverage"]}
    at75 = _between(last, 0.7, 0.8)
    return {
        "letters": {"rows": found["rows"], "tested": len(letters()) - int(len(letters()) * 0.7)},
        "table, learned outcomes": _learning(found),
        "table, accuracy among the surest": [
            ["share", *(f"{share:.0%}" for share in last)],
            ["accuracy", *(f"{accuracy:.1%}" for accuracy in last.values())],
        ],
        "all learned": {
            "accuracy at 60 %": last[0.6],
            "reached (0.88)": last[0.6] >= 0.88,
            "accuracy at 75 %": at75,
            "reached (0.82)": at75 >= 0.82,
            "the SVM at 60 %": found["svm"][-1]["at60"],
            "the SVM at 75 %": found["svm"][-1]["at75"],
        },
        "nothing learned, other ways": {
            "bm25 over clauses": found["bm25"],
            "rapidfuzz over clauses": found["rapidfuzz"],
        },
        "supports": supports(index),
        "45,196 clauses and 10,000 outcomes": speed(edition),
    }


def _between(covered: dict[float, float], low: float, high: float) -> float:
    """The accuracy half way between two shares, by counts: (low · a + high · b) / (low + high)."""
    return round((low * covered[low] + high * covered[high]) / (low + high), 4)


def _learning(found: dict[str, Any]) -> list[list[str]]:
    svm = {run["n"]: run for run in found["svm"]}
    rows = [
        ["learned", "top-1", "top-3", "target", "reached", "SVM top-1", "SVM top-3", "calibration error", "a second"]
    ]
    for run in found["runs"]:
        first, third = TARGETS[run["n"]]
        beside = svm.get(run["n"])
        reached = run["top1"] * 100 >= first and run["top3"] * 100 >= third
        rows.append(
            [
                str(run["learned"]),
                f"{run['top1']:.1%}",
                f"{run['top3']:.1%}",
                f"{first} / {third}",
                "yes" if reached else "no",
                f"{beside['top1']:.1%}" if beside else "–",
                f"{beside['top3']:.1%}" if beside else "–",
                f"{run['ece']:.3f}",
                str(run["orders_per_second"]),
            ]
        )
    return rows


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--json", action="store_true", help="one JSON document on one line")
    print(json.dumps(measure(), ensure_ascii=False, indent=None if parser.parse_args().json else 2))


if __name__ == "__main__":
    main()
