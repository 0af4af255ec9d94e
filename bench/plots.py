"""The two plots of routing, drawn from the last measured figures: `python -m bench.plots`.

Reads docs/benchmarks.json, writes docs/routing-learning.svg and docs/routing-coverage.svg: the same figures give the
same files.
"""

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import matplotlib

matplotlib.use("svg")
matplotlib.rcParams["svg.hashsalt"] = "dingze"  # names of shapes that do not change from run to run
from matplotlib import pyplot  # noqa: E402  (the backend is chosen first)

FIGURES = Path("docs/benchmarks.json")
LEARNING = Path("docs/routing-learning.svg")
COVERAGE = Path("docs/routing-coverage.svg")
DINGZE, SVM, TARGET = "#1f5fa8", "#8a8f98", "#b4451f"


def _percents(cells: Sequence[str]) -> list[float]:
    return [float(cell.removesuffix("%")) for cell in cells if cell.endswith("%")]


def _save(figure: Any, axes: Any, path: Path) -> None:
    axes.grid(alpha=0.3)
    axes.legend(frameon=False)
    for side in ("top", "right"):
        axes.spines[side].set_visible(False)
    figure.tight_layout()
    figure.savefig(path, metadata={"Date": None})
    pyplot.close(figure)


def learning(table: Sequence[Sequence[str]], path: Path) -> None:
    """The learning curve: first and third place over the number of outcomes learned, beside the SVM and the targets."""
    head, *rows = table
    sizes = [int(row[head.index("learned")]) for row in rows]
    targets = [[float(part) for part in row[head.index("target")].split("/")] for row in rows]
    figure, axes = pyplot.subplots(figsize=(7, 4))
    for place, (mark, line) in enumerate((("top-1", "-"), ("top-3", "--"))):
        said, svm = (_percents([row[head.index(name)] for row in rows]) for name in (mark, f"SVM {mark}"))
        axes.plot(range(len(sizes)), said, line, color=DINGZE, marker="o", label=f"Dingze {mark}")
        # with nothing learned there is no SVM: its points are the last ones
        axes.plot(range(len(sizes) - len(svm), len(sizes)), svm, line, color=SVM, marker="s", label=f"SVM {mark}")
        aims = [target[place] for target in targets]
        axes.plot(
            range(len(sizes)), aims, color=TARGET, marker="_", markersize=14, linestyle="", label=f"target {mark}"
        )
    axes.set_xticks(range(len(sizes)), [f"{size:,}" for size in sizes])
    axes.set_xlabel("outcomes learned")
    axes.set_ylabel("right, %")
    _save(figure, axes, path)


def coverage(table: Sequence[Sequence[str]], beside: Mapping[str, Any], path: Path) -> None:
    """Accuracy among the surest share of the letters, with all outcomes learned."""
    shares, accuracy = (_percents(row[1:]) for row in table)
    figure, axes = pyplot.subplots(figsize=(7, 4))
    axes.plot(shares, accuracy, "-", color=DINGZE, marker="o", label="Dingze, all learned")
    svm = [beside["the SVM at 60 %"] * 100, beside["the SVM at 75 %"] * 100]
    axes.plot([60, 75], svm, color=SVM, marker="s", linestyle="", label="SVM")
    axes.plot([60, 75], [88, 82], color=TARGET, marker="_", markersize=14, linestyle="", label="target")
    axes.set_xlabel("share of the letters, the surest first, %")
    axes.set_ylabel("right among them, %")
    _save(figure, axes, path)


def main() -> None:
    """Draw both."""
    measured = json.loads(FIGURES.read_text("utf-8"))["routing"]
    learning(measured["table, learned outcomes"], LEARNING)
    coverage(measured["table, accuracy among the surest"], measured["all learned"], COVERAGE)


if __name__ == "__main__":
    main()
