"""How long the server takes for each page of each role: two years of a city behind it, a hundred people signed in.

    python -m bench.pages [--events 1000000] [--people 100] [--seconds 120] [--json]

The record is `bench.years` over the sample city's register. A server process of its own answers; every page that the
menus of the sample users offer is asked for, and one page of each kind that those lead to, found by following links.
First each page alone, which gives its processor time; then all the people at once, each of whom keeps a live list open
(server-sent events) and opens a page about every 20 seconds, while orders go on arriving. Times are the server's own:
from the request's arrival to the last byte handed over, waiting for a thread included; nothing is kept between two
questions but what the pages themselves keep.
"""

import argparse
import asyncio
import json
import os
import random
import re
import tempfile
import threading
import time
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx

from bench.at_size import EVENTS, p50, p95
from bench.served import WALL, WORK, arriving, served, write
from console.administration.people import Account
from console.visit import SESSION_COOKIE
from tests.console.windows import kind_of

PEOPLE = 100
SECONDS = 120
ALONE = 5  # times each page is asked for alone
THINKING = 20.0  # seconds between two pages of one person, on average
TARGETS = {"p95_ms": 150, "bytes": 300_000}
SEED = 12345


# --- the pages ---


@dataclass(slots=True)
class Asked:
    """What was seen of one page of one role."""

    wall: list[float] = field(default_factory=list)
    work: list[float] = field(default_factory=list)
    bytes: int = 0

    def note(self, answer: httpx.Response) -> None:
        """One answer. Raises when it is no page: a fast error proves nothing."""
        answer.raise_for_status()
        self.wall.append(float(answer.headers[WALL]))
        self.work.append(float(answer.headers[WORK]))
        self.bytes = max(self.bytes, answer.num_bytes_downloaded)


def desk_of(account: Account) -> str:
    """Where somebody works, who sees the same pages as everybody else there."""
    return f"{account.role} {account.unit or ''}".rstrip()


def pages_of(client: httpx.Client) -> dict[str, str]:
    """Every page this person's menu offers, its tabs, and one of each kind those lead to: address by name."""
    begin = client.get("/", follow_redirects=True)
    menu = re.findall(r'<a href="([^"]+)"', begin.text.split('class="dz-menu"')[1].split("</nav>")[0])
    found = {address: address for address in menu}
    for address in menu:
        body = client.get(address).text.split('id="main"')[1]
        for link in re.findall(r'href="(/[^"#]*)"', body):
            link = link.replace("&amp;", "&")
            if "." in link.partition("?")[0]:
                continue  # a file to take away
            kind = kind_of(link)
            if kind.endswith("…"):  # bench.years names clauses that the register does not know: those answer 404
                if kind not in found and client.get(link).status_code == httpx.codes.OK:
                    found[kind] = link
            elif link.startswith(f"{address}?tab=") and "&" not in link:
                found.setdefault(link, link)
    return found


def alone(address: str, people: dict[str, tuple[Account, str]]) -> dict[tuple[str, str], tuple[str, Asked]]:
    """Each page of each desk by itself: desk and name of the page → its address and what was seen."""
    seen: dict[tuple[str, str], tuple[str, Asked]] = {}
    done: set[str] = set()
    for account, session in people.values():
        if desk_of(account) in done:
            continue
        done.add(desk_of(account))
        with httpx.Client(base_url=address, cookies={SESSION_COOKIE: session}, timeout=120) as client:
            for name, page in pages_of(client).items():
                asked = Asked()
                client.get(page)  # the first fills what the pages keep
                for _ in range(ALONE):
                    asked.note(client.get(page))
                seen[desk_of(account), name] = (page, asked)
    return seen


async def together(
    address: str, people: dict[str, tuple[Account, str]], pages: dict[str, list[tuple[str, str]]], seconds: float
) -> dict[str, Asked]:
    """All people at once, each with a live list open: what was seen of each page, by name."""
    seen: dict[str, Asked] = defaultdict(Asked)
    limits = httpx.Limits(max_connections=None)
    async with httpx.AsyncClient(base_url=address, timeout=120, limits=limits) as client:
        ends = time.monotonic() + seconds
        await asyncio.gather(
            *(
                _work(client, number, session, pages[desk_of(account)], ends, seen)
                for number, (account, session) in enumerate(people.values())
            )
        )
    return seen


async def _work(
    client: httpx.AsyncClient,
    number: int,
    session: str,
    pages: list[tuple[str, str]],
    ends: float,
    seen: dict[str, Asked],
) -> None:
    rng = random.Random(SEED + number)
    headers = {"Cookie": f"{SESSION_COOKIE}={session}"}
    async with client.stream("GET", "/moved", headers=headers):
        await asyncio.sleep(rng.random() * THINKING)
        while time.monotonic() < ends:
            name, page = rng.choice(pages)
            seen[name].note(await client.get(page, headers=headers))
            await asyncio.sleep(rng.expovariate(1 / THINKING))


# --- the measurement ---


def measure(events: int = EVENTS, people: int = PEOPLE, seconds: float = SECONDS) -> dict[str, Any]:
    """Every page alone and together."""
    with tempfile.TemporaryDirectory(prefix="dingze-bench-") as temporary:
        folder = Path(temporary)
        now, signed_in = write(folder, events, people)
        with served(folder, now) as address:
            single = alone(address, signed_in)
            pages: dict[str, list[tuple[str, str]]] = defaultdict(list)
            for (desk, name), (page, _) in single.items():
                pages[desk].append((name, page))
            over = threading.Event()
            arrivals = threading.Thread(target=arriving, args=(folder, now, over))
            arrivals.start()
            try:
                crowd = asyncio.run(together(address, signed_in, pages, seconds))
            finally:
                over.set()
                arrivals.join()
    return figures(single, crowd) | {"events": events, "people": people, "load": round(os.getloadavg()[0], 1)}


def figures(single: dict[tuple[str, str], tuple[str, Asked]], crowd: dict[str, Asked]) -> dict[str, Any]:
    """The slowest desk of each page alone, everybody's times together, and whether the targets were met."""
    table: list[tuple[Any, ...]] = [
        ("page", "slowest at", "alone: CPU ms", "alone: ms", "together: p50 ms", "together: p95 ms", "asked", "bytes")
    ]
    slowest: dict[str, tuple[str, Asked]] = {}
    for (desk, name), (_, asked) in single.items():
        if name not in slowest or p50(asked.work) > p50(slowest[name][1].work):
            slowest[name] = (desk, asked)
    for name, (desk, asked) in sorted(slowest.items(), key=lambda one: -p50(one[1][1].work)):
        times = crowd[name].wall if name in crowd else []
        row = (round(p50(times), 1), round(p95(times), 1)) if times else ("–", "–")
        table.append((name, desk, round(p50(asked.work), 1), round(p50(asked.wall), 1), *row, len(times), asked.bytes))
    walls = [wall for asked in crowd.values() for wall in asked.wall]
    assert walls, "nobody had the time to open a page: measure for longer"
    works = [work for _, asked in single.values() for work in asked.work]
    over = sorted(name for name, asked in crowd.items() if p95(asked.wall) > TARGETS["p95_ms"])
    return {
        "pages": len(slowest),
        "answers_together": len(walls),
        "p50_ms": round(p50(walls), 1),
        "p95_ms": round(p95(walls), 1),
        "alone_p95_cpu_ms": round(p95(works), 1),
        "pages_over_150_ms": over,
        "targets": TARGETS,
        "reached": not over and all(asked.bytes <= TARGETS["bytes"] for _, asked in single.values()),
        "table": table,
    }


def main(arguments: Sequence[str] | None = None) -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--events", type=int, default=EVENTS)
    parser.add_argument("--people", type=int, default=PEOPLE)
    parser.add_argument("--seconds", type=float, default=SECONDS)
    parser.add_argument("--json", action="store_true", help="one JSON document instead of lines")
    chosen = parser.parse_args(arguments)
    found = measure(chosen.events, chosen.people, chosen.seconds)
    if chosen.json:
        print(json.dumps(found, ensure_ascii=False))
        return
    for name, figure in found.items():
        if name == "table":
            for row in figure:
                print("  ".join(f"{cell!s:<18}" for cell in row))
        else:
            print(f"{name:<18} {figure}")


if __name__ == "__main__":
    main()
