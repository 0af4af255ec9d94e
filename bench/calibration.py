"""How large a calibration error chance alone makes: what a perfectly calibrated proposer would be measured at.

Confidences are those of the earlier 70 % of the letters, each learned without its own block of time; whether such a
proposal is right is drawn with just that probability.

    python -m bench.calibration [--rows 742] [--draws 2000]
"""

import argparse
import json
import random
from collections.abc import Sequence
from typing import Any

from bench.routing import DAY, LETTERS, letters
from city.configuration import CityConfiguration
from dingze.evaluate import Judged, calibration_error, lowest_units, outcomes_of
from routing.building import build_index
from routing.memory import learn
from routing.proposal import OrderText
from routing.propose import propose
from tests.routing.sample_city import sample_edition

BLOCKS = 5


def confidences() -> list[int]:
    """The confidence of every earlier letter, in percent, from a memory of the other blocks of time."""
    rows = letters()
    pool = rows[: int(len(rows) * 0.7)]
    edition = sample_edition(DAY)
    index = build_index(edition)
    outcomes = outcomes_of(pool, lowest_units(edition))
    found: list[int] = []
    for block in range(BLOCKS):
        start, end = len(pool) * block // BLOCKS, len(pool) * (block + 1) // BLOCKS
        memory = learn(outcomes[:start] + outcomes[end:], index)
        asked = (OrderText(row.text, row.title) for row in pool[start:end])
        found += [propose(order, index, memory, CityConfiguration()).confidence for order in asked]
    return found


def floor(known: Sequence[int], rows: int, draws: int) -> dict[str, Any]:
    """The error of a perfectly calibrated proposer on so many rows: median, and what one draw in ten and in twenty
    exceeds."""
    chance = random.Random(0)

    def drawn() -> float:
        said = chance.choices(known, k=rows)
        return calibration_error([Judged(chance.random() * 100 < one, True, one, 0) for one in said])

    errors = sorted(drawn() for _ in range(draws))
    return {"rows": rows} | {f"p{share}": round(errors[draws * share // 100], 4) for share in (50, 90, 95)}


def main(arguments: Sequence[str] | None = None) -> None:
    """Print the error that chance makes."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rows", type=int, default=742)
    parser.add_argument("--draws", type=int, default=2000)
    chosen = parser.parse_args(arguments)
    if not LETTERS.exists():
        print(json.dumps({"not measured": f"not there: {LETTERS}"}))
        return
    print(json.dumps(floor(confidences(), chosen.rows, chosen.draws)))


if __name__ == "__main__":
    main()
