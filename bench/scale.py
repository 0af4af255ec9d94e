"""What an order costs over its whole life, and a month of twenty cities reckoned from that.

    python -m bench.scale

The costs are measured on the sample month: every event of it went through the real rules. The month of the twenty
cities is a simulation: orders of every minute (Poisson, by hour and weekday, one stormy day a city) are served by one
processor at the measured cost; what it could not serve waits for the next minute.
"""

import json
import tempfile
import time
from pathlib import Path
from typing import Any

import numpy as np

from dingze.folders import initialise
from dingze.sample import load_sample
from dingze.settings import Settings
from dingze.wiring import Dingze

# dispatched orders a working day: the largest city's own figure is public, the others are steps below it
CITIES = (40_000, 20_000, 12_000, 8_000, 6_000, *(4_000,) * 5, *(2_000,) * 5, *(800,) * 5)
DAYS, MINUTES = 30, 24 * 60
# parts of a day's calls by hour, from midnight: offices open at nine, evenings are for noise
BY_HOUR = (6, 4, 3, 2, 2, 3, 8, 20, 50, 75, 72, 60, 40, 45, 62, 66, 64, 55, 42, 38, 36, 30, 20, 11)
WEEKEND, STORM = 0.6, 4.0
SEED = 20


def measure() -> dict[str, Any]:
    """Costs an order as measured, and what the busiest minutes of twenty cities make of them."""
    costs = _costs()
    seconds = costs["processor seconds an order, whole life"]
    generator = np.random.default_rng(SEED)
    served = [_month(generator, city, seconds, number) for number, city in enumerate(CITIES)]
    head = (
        "orders a day",
        "in the month",
        "busiest minute",
        "longest wait, min",
        "processor busy",
        "record a year, GB",
    )
    table: list[tuple[Any, ...]] = [head]
    for city, month in zip(CITIES, served, strict=True):
        year = city * 300 * costs["bytes of record an order"] / 1e9
        row = (month["orders"], month["peak"], month["wait"], f"{month['busy']:.0%}", f"{year:.1f}")
        if f"{city:,}" not in {known[0] for known in table}:  # one line for cities of one size
            table.append((f"{city:,}", *row))
    everything = sum(month["orders"] for month in served)
    return {
        "costs": costs,
        "cities": len(CITIES),
        "orders in the month": everything,
        "processors busy on average, all cities": round(everything * seconds / (DAYS * 86_400), 2),
        "table: a processor a city": table,
    }


def _costs() -> dict[str, Any]:
    with tempfile.TemporaryDirectory(prefix="dingze-scale-") as folder:
        settings = Settings(database_url=f"sqlite:///{folder}/city.db", cache=Path(folder) / "cache")
        initialise(settings)
        dingze = Dingze(settings)
        began = time.process_time()
        told = load_sample(dingze)
        spent = time.process_time() - began
        dingze.close()
        orders, events = told["orders"], told["events"] - told["mandates"]
        record = (Path(folder) / "city.db").stat().st_size
        views = (Path(folder) / "city.db.views").stat().st_size
        each = record / told["events"]
    return {
        "orders": orders,
        "events an order": round(events / orders, 1),
        "processor seconds an order, whole life": round(spent / orders, 4),
        "bytes an event": round(each),
        "bytes of record an order": round(each * events / orders),
        "bytes of views an order": round(views / orders),
    }


def _month(generator: np.random.Generator, city: int, seconds: float, number: int) -> dict[str, Any]:
    """One city's month, minute by minute, on one processor."""
    by_minute = np.repeat(np.array(BY_HOUR) / sum(BY_HOUR) / 60, 60)
    storm = 3 + number % 25
    factor = [(WEEKEND if day % 7 >= 5 else 1.0) * (STORM if day == storm else 1.0) for day in range(DAYS)]
    arrivals = generator.poisson(np.outer(factor, by_minute).ravel() * city)
    capacity, waiting, longest = 60 / seconds, 0.0, 0.0
    for came in arrivals:
        waiting = max(0.0, waiting + came - capacity)
        longest = max(longest, waiting / capacity)
    orders = int(arrivals.sum())
    busy = orders * seconds / (DAYS * 86_400)
    return {"orders": orders, "peak": int(arrivals.max()), "wait": round(longest, 1), "busy": busy}


def main() -> None:
    """Measure and print."""
    print(json.dumps(measure(), ensure_ascii=False, indent=1))


if __name__ == "__main__":
    main()
