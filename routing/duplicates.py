"""The same request again, from the same or other people: found in sublinear time, proposed for merging at intake.

Near-duplicate text by MinHash with banding (Broder 1997; Leskovec, "Mining of Massive Datasets", ch. 3), within a
window of time, at the same place where both have one. The hash is a fixed multiplication, not Python's, so every
machine finds the same. 国办函〔2025〕66号: 重复诉求事项原则上并单处理.
"""

import zlib
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta

import numpy as np
from numpy.typing import NDArray

from routing.reading import read
from routing.text import normalise
from terms.ids import OrderNo

_BANDS, _ROWS = 24, 3  # two texts of likeness 0.5 meet with 96 %, of 0.2 with 18 %
_SALT = np.array([pow(6_364_136_223_846_793_005, turn + 1, 1 << 64) | 1 for turn in range(_BANDS * _ROWS)], np.uint64)


@dataclass(frozen=True, slots=True)
class Filed:
    """An order as the duplicate index knows it: no text, only its signature; `place` is "" where it is not known."""

    order_no: OrderNo
    at: datetime
    place: str
    caller: str  # an erasable keyed pseudonym, "" where the caller is not known
    signature: NDArray[np.uint64]


@dataclass(frozen=True, slots=True)
class Duplicate:
    """An earlier order that is likely the same: how like (percent), and whether the same caller made it."""

    order_no: OrderNo
    likeness: int
    same_caller: bool
    same_place: bool = False  # both have one, and it is the same
    earlier: bool = True  # it came in before the one that was asked for


def filed(order_no: OrderNo, text: str, at: datetime, place: str = "", caller: str = "") -> Filed:
    """The signature of an order's masked text."""
    reading = read(normalise(text).text)
    terms = sorted({*reading.plain, *(gram for gram in reading.grams if " " not in gram)}) or [text.strip()]
    codes = np.array([zlib.crc32(term.encode()) for term in terms], dtype=np.uint64)
    mixed = codes[:, None] * _SALT[None, :]  # multiplication modulo 2^64: the upper half is well mixed
    mixed = (mixed ^ (mixed >> np.uint64(29))) * _SALT[None, ::-1]
    return Filed(order_no, at, normalise(place).text.strip(), caller, (mixed >> np.uint64(20)).min(axis=0))


@dataclass(slots=True)
class DuplicateIndex:
    """Orders of the last days by the bands of their signatures. Asking costs as much as there are near orders."""

    window: timedelta
    likely_at: int  # least likeness, percent
    _orders: dict[OrderNo, Filed] = field(default_factory=dict)
    _bands: dict[tuple[int, bytes], list[OrderNo]] = field(default_factory=dict)

    def add(self, order: Filed) -> None:
        """Remember an order; a second time changes nothing."""
        if order.order_no in self._orders:
            return
        self._orders[order.order_no] = order
        for key in _keys(order):
            self._bands.setdefault(key, []).append(order.order_no)

    def forget(self, order_nos: Iterable[OrderNo]) -> None:
        """Drop orders: those too old for the window, those erased."""
        for order_no in order_nos:
            order = self._orders.pop(order_no, None)
            for key in _keys(order) if order else ():
                left = [one for one in self._bands[key] if one != order_no]
                if left:
                    self._bands[key] = left
                else:
                    del self._bands[key]

    def known(self, order_no: OrderNo) -> Filed | None:
        """An order as it is remembered."""
        return self._orders.get(order_no)

    def older_than(self, moment: datetime) -> list[OrderNo]:
        """The orders that have left the window at a moment."""
        return sorted(order.order_no for order in self._orders.values() if moment - order.at > self.window)

    def like(self, order: Filed) -> list[Duplicate]:
        """The orders that are likely the same, likeliest first, then the earlier."""
        near = {order_no for key in _keys(order) for order_no in self._bands.get(key, ())} - {order.order_no}
        found: list[tuple[int, datetime, OrderNo, Duplicate]] = []
        for order_no in near:
            other = self._orders[order_no]
            if abs(order.at - other.at) > self.window or (order.place and other.place and order.place != other.place):
                continue
            same = bool(order.caller) and order.caller == other.caller
            likeness = int((order.signature == other.signature).mean() * 100)
            # the same person within the window says the same thing in other words
            if likeness >= (self.likely_at * 3 // 4 if same else self.likely_at):
                placed = bool(order.place) and order.place == other.place
                earlier = (other.at, other.order_no) < (order.at, order.order_no)
                found.append((-likeness, other.at, order_no, Duplicate(order_no, likeness, same, placed, earlier)))
        return [duplicate for *_, duplicate in sorted(found, key=lambda one: one[:3])]


def _keys(order: Filed) -> list[tuple[int, bytes]]:
    return [(band, order.signature[band * _ROWS : (band + 1) * _ROWS].tobytes()) for band in range(_BANDS)]
