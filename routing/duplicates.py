"""The same request again, from the same or other people: found in sublinear time, proposed for merging at intake.

Near-duplicate text by MinHash with banding (Broder 1997; Leskovec, "Mining of Massive Datasets", ch. 3), within a
window of time, at the same place where both have one. The hash is a fixed multiplication, not Python's, so every
machine finds the same. 国办函〔2025〕66号: 重复诉求事项原则上并单处理.
"""

import zlib
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import islice

import numpy as np
from numpy.typing import NDArray

from routing.reading import read
from routing.text import normalise
from terms.ids import OrderNo

_BANDS, _ROWS = 24, 3  # two texts of likeness 0.5 meet with 96 %, of 0.2 with 18 %
_SALT = np.array([pow(6_364_136_223_846_793_005, turn + 1, 1 << 64) | 1 for turn in range(_BANDS * _ROWS)], np.uint64)
_BUCKETS = 1 << 16
_BAND = np.arange(_BANDS)
_STEPS = 32  # orders looked at in one band, the newest first: a storm of one request costs no more than this
MOST = 100_000  # open orders remembered, the newest: about 700 bytes each, and no more however many come in


@dataclass(frozen=True, slots=True)
class Filed:
    """An order as the duplicate index knows it: no text, only its signature; `place` is "" where it is not known."""

    order_no: OrderNo
    at: datetime
    place: str
    caller: str  # an erasable keyed pseudonym, "" where the caller is not known
    signature: NDArray[np.uint32]


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
    mixed = codes[:, None] * _SALT  # multiplication modulo 2^64: the upper half is well mixed
    mixed ^= mixed >> np.uint64(29)
    mixed *= _SALT[::-1]
    mixed >>= np.uint64(20)
    signature = mixed.astype(np.uint32).min(axis=0)
    return Filed(order_no, at, normalise(place).text.strip(), caller, signature)


@dataclass(frozen=True, slots=True)
class _Held:
    order_no: OrderNo
    at: datetime
    place: str
    caller: str


class DuplicateIndex:
    """Orders of the last days by the bands of their signatures. Asking costs as much as there are near orders.

    Signatures and bands lie in arrays, a slot an order: for every band and bucket the newest slot, for every slot the
    one before it. A forgotten order leaves its slot empty until the arrays are full and are written anew.
    """

    def __init__(self, window: timedelta, likely_at: int, most: int = MOST) -> None:
        """`likely_at` is the least likeness in percent."""
        self.window = window
        self.likely_at = likely_at
        self._most = most
        self._empty(1_024)

    def __len__(self) -> int:
        return len(self._slots)

    def _empty(self, size: int) -> None:
        self._slots: dict[OrderNo, int] = {}
        self._held: list[_Held | None] = []
        self._oldest = 0  # every slot before it is empty
        self._signatures = np.zeros((size, _BANDS * _ROWS), np.uint32)
        self._newest = np.full((_BANDS, _BUCKETS), -1, np.int32)
        self._before = np.full((_BANDS, size), -1, np.int32)

    def add(self, order: Filed) -> None:
        """Remember an order; a second time changes nothing."""
        if order.order_no in self._slots:
            return
        if len(self._held) == len(self._signatures):
            self._write_anew()
        self._put(_Held(order.order_no, order.at, order.place, order.caller), order.signature)

    def _put(self, held: _Held, signature: NDArray[np.uint32]) -> None:
        slot = len(self._held)
        self._slots[held.order_no] = slot
        self._held.append(held)
        self._signatures[slot] = signature
        buckets = _buckets(signature)
        self._before[:, slot] = self._newest[_BAND, buckets]
        self._newest[_BAND, buckets] = slot

    def _write_anew(self) -> None:
        """Only what is still held, and the newest of it where it is too much; a quarter of the room is left free."""
        kept = [(one, self._signatures[slot]) for slot, one in enumerate(self._held) if one is not None][-self._most :]
        self._empty(max(1_024, len(kept) * 2 if len(kept) < self._most // 2 else self._most * 5 // 4))
        for held, signature in kept:
            self._put(held, signature)

    def forget(self, order_nos: Iterable[OrderNo]) -> None:
        """Drop orders: those too old for the window, those erased."""
        for order_no in order_nos:
            slot = self._slots.pop(order_no, None)
            if slot is not None:
                self._held[slot] = None
                self._signatures[slot] = 0
        while self._oldest < len(self._held) and self._held[self._oldest] is None:
            self._oldest += 1

    def known(self, order_no: OrderNo) -> Filed | None:
        """An order as it is remembered."""
        slot = self._slots.get(order_no)
        held = None if slot is None else self._held[slot]
        if held is None or slot is None:
            return None
        return Filed(held.order_no, held.at, held.place, held.caller, self._signatures[slot])

    def older_than(self, moment: datetime) -> list[OrderNo]:
        """The orders that have left the window at a moment, as far as they came in before all that have not."""
        found: list[OrderNo] = []
        for held in islice(self._held, self._oldest, None):
            if held is not None:
                if moment - held.at <= self.window:
                    break
                found.append(held.order_no)
        return found

    def like(self, order: Filed) -> list[Duplicate]:
        """The orders that are likely the same, likeliest first, then the earlier."""
        near = self._near(order.signature)
        if not near.size:
            return []
        likenesses = ((self._signatures[near] == order.signature).mean(axis=1) * 100).astype(int)
        found: list[tuple[int, datetime, OrderNo, Duplicate]] = []
        for slot, likeness in zip(near.tolist(), likenesses.tolist(), strict=True):
            other = self._held[slot]
            if other is None or likeness < self.likely_at * 3 // 4 or other.order_no == order.order_no:
                continue
            if abs(order.at - other.at) > self.window or (order.place and other.place and order.place != other.place):
                continue
            same = bool(order.caller) and order.caller == other.caller
            # the same person within the window says the same thing in other words
            if likeness >= (self.likely_at * 3 // 4 if same else self.likely_at):
                placed = bool(order.place) and order.place == other.place
                earlier = (other.at, other.order_no) < (order.at, order.order_no)
                duplicate = Duplicate(other.order_no, likeness, same, placed, earlier)
                found.append((-likeness, other.at, other.order_no, duplicate))
        return [duplicate for *_, duplicate in sorted(found, key=lambda one: one[:3])]

    def _near(self, signature: NDArray[np.uint32]) -> NDArray[np.int32]:
        at = self._newest[_BAND, _buckets(signature)]
        found = []
        for _ in range(_STEPS):
            there = at >= 0
            if not there.any():
                break
            found.append(at[there])
            at = np.where(there, self._before[_BAND, at], -1)
        return np.unique(np.concatenate(found)) if found else np.empty(0, np.int32)


def _buckets(signature: NDArray[np.uint32]) -> NDArray[np.uint64]:
    """The bucket of each band: its rows, mixed."""
    rows = signature.reshape(_BANDS, _ROWS).astype(np.uint64)
    mixed: NDArray[np.uint64] = (rows * _SALT[:_ROWS]).sum(axis=1, dtype=np.uint64)
    return (mixed >> np.uint64(40)) % np.uint64(_BUCKETS)
