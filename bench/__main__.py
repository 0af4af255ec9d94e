"""`make bench`: every measurement in one run, written to docs/benchmarks.md.

    python -m bench [--only ledger,projections,at_size,memory,pages,routing,intake,what_if,trust,stream,steady,scale]

Ratios to the peers measured in the same run say more than absolute figures: those depend on the machine.
"""

import argparse
import importlib
import json
import os
import platform
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

PARTS = (
    "ledger", "projections", "at_size", "memory", "pages", "routing", "intake", "what_if", "trust", "stream", "steady",
    "scale",
)  # fmt: skip
PAGE = Path("docs/benchmarks.md")
FIGURES = Path("docs/benchmarks.json")
PICTURES = {
    "routing": (
        "",
        "![Right answers over outcomes learned](routing-learning.svg)",
        "",
        "![Right answers among the surest](routing-coverage.svg)",
        "",
        "Drawn from these figures by `python -m bench.plots`.",
    )
}


def _machine() -> dict[str, Any]:
    return {"cores": os.cpu_count(), "python": platform.python_version(), "system": platform.system()}


def _lines(figures: dict[str, Any], depth: int = 0) -> list[str]:
    """Figures as nested lists; a part that wants a table gives it as `table…`: rows of cells, the head first."""
    lines: list[str] = []
    for name, value in figures.items():
        if name.startswith("table"):
            head, *rows = value
            lines += ["", "| " + " | ".join(map(str, head)) + " |", "|" + "---|" * len(head)]
            lines += ["| " + " | ".join(map(str, row)) + " |" for row in rows] + [""]
        elif isinstance(value, dict):
            lines += [f"{'  ' * depth}- **{name}**", *_lines(value, depth + 1)]
        else:
            shown = f"{value:,}" if isinstance(value, int) and not isinstance(value, bool) else value
            lines.append(f"{'  ' * depth}- {name}: {shown}")
    return lines


def page(measured: dict[str, Any]) -> str:
    """The page of benchmarks as Markdown."""
    machine = ", ".join(f"{name} {value}" for name, value in measured["machine"].items())
    parts = [
        "# Benchmarks",
        "",
        f"Written by `make bench` on {measured['at'][:10]} ({machine}). Peers ran in the same run on the same machine; "
        "`reached` says whether a target was met in this run.",
    ]
    for name in PARTS:
        if name in measured:
            parts += [
                "",
                f"## {name}",
                "",
                f"`python -m bench.{name}`",
                *PICTURES.get(name, ()),
                "",
                *_lines(measured[name]),
            ]
    return "\n".join(parts) + "\n"


def main(arguments: Sequence[str] | None = None) -> None:
    """Measure the chosen parts and write the page; parts not chosen keep their last figures."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--only", default=",".join(PARTS), help="parts to measure, joined by ,")
    chosen = parser.parse_args(arguments).only.split(",")
    measured: dict[str, Any] = json.loads(FIGURES.read_text("utf-8")) if FIGURES.exists() else {}
    measured |= {"at": datetime.now(UTC).isoformat(), "machine": _machine()}
    for name in chosen:
        print(f"measuring {name} …", flush=True)
        measured[name] = importlib.import_module(f"bench.{name}").measure()
        FIGURES.write_text(json.dumps(measured, ensure_ascii=False, indent=1) + "\n", "utf-8")
        PAGE.write_text(page(measured), "utf-8")


if __name__ == "__main__":
    main()
