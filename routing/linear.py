"""A linear classifier learned in whole numbers: the same weights on every machine, for ever.

One against the rest with squared hinge loss, by dual coordinate descent (Hsieh et al., "A Dual Coordinate Descent
Method for Large-scale Linear SVM", ICML 2008), the method behind LinearSVC. All quantities are integers in fixed
point; they are held in float64 only where products stay below 2^53, so that sums are exact in any order and neither
the number of threads nor the instruction set can change a bit.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from routing.vectors import UNIT

_ALPHA = 1 << 14  # fixed point of the dual variables
_EPOCHS = 9
Weights = NDArray[np.float64]  # [features, classes], integers in units of 1 / (UNIT * _ALPHA)


@dataclass(frozen=True, slots=True)
class Example:
    """A sparse example: places, weights (fixed point `UNIT`), the class, and how much it counts in percent. Kept small:
    tens of thousands are held at once.

    `against` says that it is only known not to be of that class; `among` bounds the classes it is told apart from.
    """

    places: NDArray[np.int32]
    weights: NDArray[np.int16]
    label: int
    percent: int = 100
    against: bool = False
    among: tuple[int, ...] = ()


def learn_weights(
    examples: Sequence[Example], features: int, classes: int, *, cost: int = 100, epochs: int = _EPOCHS
) -> Weights:
    """Weights [features + 1, classes], the last row the bias. `cost` is C in percent. Exact up to 2^13 terms.

    Examples are visited in a fixed shuffled order, the same for the same number of examples.
    """
    weights = np.zeros((features + 1, classes), np.float64)
    bias = weights[-1]
    duals = np.zeros((len(examples), classes), np.float64)
    # 1 / 2C: one division, correctly rounded everywhere (IEEE 754); the squares are exact, multiples of 2^-20
    soft = [10_000 / (2 * max(1, example.percent * cost)) for example in examples]
    steep = [
        int((example.weights.astype(np.int64) ** 2).sum() + UNIT * UNIT) / (UNIT * UNIT) + softness
        for example, softness in zip(examples, soft, strict=True)
    ]
    masks: dict[tuple[int, ...], NDArray[np.float64]] = {}
    idle = bytearray(len(examples))
    for epoch in range(epochs):
        everyone = epoch % 4 == 0 or epoch == epochs - 1
        for at in _visits(len(examples), epoch):
            if idle[at] and not everyone:
                continue  # shrinking: what did not move last time is looked at again every fourth epoch
            example = examples[at]
            where, value, label = example.places, example.weights.astype(np.float64), example.label
            rows = weights.take(where, axis=0)
            margins = value @ rows
            margins += UNIT * bias
            margins *= -1 / (UNIT * UNIT * _ALPHA)  # the rest is to stay below -1, the label above 1
            if not example.against:
                margins[label] = -margins[label]
            dual = duals[at]
            margins -= 1.0
            margins += dual * (soft[at] / _ALPHA)
            margins /= steep[at]
            margins *= _ALPHA
            margins += 0.5
            changed = np.maximum(dual - np.floor(margins, out=margins), 0.0)
            changed -= dual
            if example.against or example.among:
                kept = (label,) if example.against else example.among
                if kept not in masks:
                    masks[kept] = np.zeros(classes)
                    masks[kept][list(kept)] = 1.0
                changed *= masks[kept]
            idle[at] = not changed.any()
            if not idle[at]:
                dual += changed
                if not example.against:
                    changed[label] = -changed[label]
                rows -= value[:, None] * changed
                weights[where] = rows
                bias -= UNIT * changed
    return weights


def _visits(count: int, epoch: int) -> Sequence[int]:
    """A fixed order of visits: a linear congruence of full period, another one each epoch."""
    size = 1
    while size < count:
        size *= 2
    order: list[int] = []
    state = (epoch * 7919 + 1) % size
    for _ in range(size):
        state = (state * 1_664_525 + 1_013_904_223) % size
        if state < count:
            order.append(state)
    return order


def quantise(weights: Weights) -> NDArray[np.int16]:
    """Weights in units of 1/4096, as they are stored and scored: 16 bits hold ±8, more than any learned here."""
    stored = np.empty(weights.shape, np.int16)
    for start in range(0, len(weights), 4096):  # a few rows at a time: all at once would be three copies more
        part = weights[start : start + 4096] / (UNIT * _ALPHA)
        part *= 4096
        part += 0.5
        np.floor(part, out=part)
        stored[start : start + 4096] = np.clip(part, -32_768, 32_767, out=part)
    return stored
