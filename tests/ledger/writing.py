"""A writer in a process of its own: `python -m tests.ledger.writing URL NAME COUNT`.

Appends COUNT single events and small batches, prints one line for every commit it was told of, then `done`.
"""

import sys

from ledger.backends import open_ledger
from tests.ledger.facts import fact, noted


def say(line: object) -> None:
    """One line to whoever started this process, at once."""
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


def main(url: str, name: str, count: int) -> None:
    """Append `count` events, now one, now three in two streams, all keyed by this writer's name."""
    ledger = open_ledger(url)
    written = 0
    say("ready")
    while written < count:
        size = min(count - written, 1 if written % 2 else 3)
        keyed = [fact({"n": n}, source=name, source_key=str(n)) for n in range(written, written + size)]
        answers = ledger.append(noted(f"own-{name}", *keyed[:1]), *(noted("shared", event) for event in keyed[1:]))
        written += size
        say(max(position for answer in answers for position in answer.positions))
    ledger.close()
    say("done")


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2], int(sys.argv[3]))
