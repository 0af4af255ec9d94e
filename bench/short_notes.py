"""First and third place on short call-taker's notes, with nothing learned, and with `--missed` the notes missed.

python -m bench.short_notes [--missed]
"""

import argparse
import json
from collections.abc import Sequence
from pathlib import Path

from bench.routing import DAY
from city.configuration import CityConfiguration
from dingze.evaluate import functions_of
from routing.building import build_index
from routing.memory import EMPTY
from routing.proposal import OrderText
from routing.propose import propose
from tests.routing.sample_city import sample_edition

NOTES = Path(__file__).parent / "data" / "short_notes.jsonl"


def main(arguments: Sequence[str] | None = None) -> None:
    """Print the counts, and what was missed where that is asked for."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--missed", action="store_true", help="print each note missed, with who was proposed")
    chosen = parser.parse_args(arguments)
    edition = sample_edition(DAY)
    index = build_index(edition)
    rows = [json.loads(line) for line in NOTES.read_text("utf-8").splitlines()]
    first = third = 0
    for row in rows:
        proposal = propose(OrderText(row["主要内容"]), index, EMPTY, CityConfiguration())
        right = proposal.lead is not None and row["类别"] in edition.units[proposal.lead].functions
        first += right
        third += row["类别"] in functions_of(proposal, edition)[:3]
        if chosen.missed and not right:
            print(json.dumps(row | {"主办": proposal.lead}, ensure_ascii=False))
    print(json.dumps({"notes": len(rows), "first": first, "third": third}))


if __name__ == "__main__":
    main()
