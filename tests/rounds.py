"""How often a fault is tried: once or a few times in a plain run, three times in `make faults`, 25 in `make soak`."""

import os


def rounds(plain: int, most: int = 25) -> int:
    """The rounds of one test: `plain` unless `DINGZE_SOAK` says how many, and then no more than `most`."""
    asked = os.environ.get("DINGZE_SOAK")
    return min(most, int(asked)) if asked else plain
