"""How several proposers share the orders that wait: each takes those whose number hashes to it, and helps the others.

Nothing is lost or doubled however it is set: two that take the same order record one proposal. Sharing only spares the
work of asking the router twice.
"""

from dataclasses import dataclass
from datetime import timedelta
from zlib import crc32

from terms.errors import BadInput
from terms.ids import order_stream

HELP_AFTER = timedelta(seconds=30)  # an order of another's share that waited so long is taken by whoever is idle


@dataclass(frozen=True, slots=True)
class Share:
    """One of `of` shares, counted from 1."""

    number: int = 1
    of: int = 1

    def has(self, order_no: str) -> bool:
        """Whether this order is ours. CRC-32 of its stream: the same on every machine and in every year."""
        return crc32(order_stream(order_no).encode()) % self.of == self.number - 1


ALL = Share()


def read_share(text: str) -> Share:
    """`2/3` is the second of three shares. Raises BadInput `work.share`."""
    number, _, of = text.partition("/")
    if not (number.isdigit() and of.isdigit() and 1 <= int(number) <= int(of)):
        raise BadInput("work.share", at=text)
    return Share(int(number), int(of))
