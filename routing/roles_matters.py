"""What the matter an order arises in says of each unit that may lead or help: numbers beside those of `routing.roles`.

An item that is likest to the order speaks for its lead, and for a support as far as the words are of its own task.
"""

import numpy as np

from routing.matters import Arising, Matters
from routing.vectors import Ints

LEAD_FEATURES = (
    "likest matter led", "matter behind the likest", "leads the likest", "matter over the next", "matter helped with",
    "task led", "sayings of the task led", "task led behind the best", "leads a weak likest", "leads a fair likest",
    "leads a strong likest", "sayings of the whole matter", "any task behind the best",
)  # fmt: skip
SUPPORT_FEATURES = (
    "matter of both behind the likest", "in the matter", "task", "sayings of the task", "task over the lead's",
    "task in matters near", "sayings in matters near", "task in the matter", "sayings in the matter", "likest matter",
    "any task", "any sayings", "in a weak likest", "in a fair likest", "matter of the lead behind the likest",
    "best of the helpers", "share of the best task", "has sayings in the matter", "helpers in the matter",
)  # fmt: skip
_BEHIND = 400  # likeness by which a matter may be behind the likest and still count
_NEAR = 60  # likeness by which a matter is as good as the likest
_FAIR, _STRONG = 200, 400  # likeness of an order to the matter it arises in
_SAID = 3000
_SCALE = 5  # of a likeness, so that its numbers are of the size of the others


def _most(units: int, at: Ints, values: Ints, least: int) -> Ints:
    found = np.full(units, least, np.int64)
    np.maximum.at(found, at, values)
    return found


def lead_features(matters: Matters, arising: Arising, units: int) -> Ints:
    """For each unit (a row) the numbers of `LEAD_FEATURES`."""
    if not len(arising.items):
        return np.zeros((units, len(LEAD_FEATURES)), np.int64)
    likest = int(arising.items.max())
    leads = matters.unit_of == matters.lead_of[matters.item_of]
    led = _most(units, matters.lead_of, arising.items, -1)
    helped = _most(units, matters.unit_of[~leads], arising.items[matters.item_of[~leads]], -1)
    task = _most(units, matters.unit_of[leads], arising.tasks[leads], 0)
    told = _most(units, matters.unit_of[leads], arising.told[leads], 0)
    anything = _most(units, matters.unit_of, arising.tasks, 0)
    whole = np.zeros(len(arising.items), np.int64)
    np.add.at(whole, matters.item_of, np.minimum(arising.told, _SAID // 2))
    whole[arising.items < likest - _NEAR] = 0
    first = led == likest
    following = int(np.partition(led, -2)[-2]) if units > 1 else 0
    return np.stack(
        [
            _SCALE * np.clip(led, 0, 800),
            _SCALE * np.clip(led - likest, -_BEHIND, 0),
            1000 * first,
            2 * _SCALE * first * np.minimum(led - following, 200),
            _SCALE * np.clip(helped - likest, -_BEHIND, 0),
            _SCALE * np.minimum(task, 600),
            np.minimum(told, _SAID),
            _SCALE * np.maximum(task - task.max(), -_BEHIND),
            _SCALE * first * min(likest - _FAIR, 0),
            _SCALE * first * min(max(likest - _FAIR, 0), 200),
            _SCALE * first * min(max(likest - _STRONG, 0), 400),
            np.minimum(_most(units, matters.lead_of, whole, 0), 4000),
            _SCALE * np.maximum(anything - anything.max(), -_BEHIND),
        ],
        axis=1,
    ).astype(np.int64)


def features_beside(matters: Matters, arising: Arising, lead: int, units: int) -> Ints:
    """For each unit (a row) the numbers of `SUPPORT_FEATURES`: what its task is in the matters that the lead leads."""
    if not len(arising.items):
        return np.zeros((units, len(SUPPORT_FEATURES)), np.int64)
    items, tasks, told = arising.items, arising.tasks, arising.told
    likest = int(items.max())
    behind = np.full(units, -_BEHIND, np.int64)
    task, sayings, near_task, near_sayings, share, best = (np.zeros(units, np.int64) for _ in range(6))
    led = helpers = own = 0
    others = matters.led.get(lead)
    if others is not None:
        likeness = items[matters.item_of[others]]
        rising = np.argsort(likeness, kind="stable")  # so that what is written last is of the likest matter
        others, likeness = others[rising], likeness[rising]
        unit, item = matters.unit_of[others], matters.item_of[others]
        led = int(likeness[-1])
        behind[unit] = np.maximum(likeness - likest, -_BEHIND)
        task[unit], sayings[unit] = tasks[others], told[others]
        near = likeness >= led - _NEAR
        np.maximum.at(near_task, unit[near], tasks[others[near]])
        np.maximum.at(near_sayings, unit[near], told[others[near]])
        within = matters.item_of == item[-1]
        own = int(tasks[within & (matters.unit_of == lead)].max())
        mates = others[item == item[-1]]
        helpers = len(mates)
        best[matters.unit_of[mates[int(tasks[mates].argmax())]]] = 1000
        share[matters.unit_of[mates]] = 1000 * tasks[mates] // max(1, int(tasks[within].max()))
    anything = _most(units, matters.unit_of, tasks, 0)
    any_sayings = _most(units, matters.unit_of, told, 0)
    inside = behind > -_NEAR
    ones = np.ones(units, np.int64)
    return np.stack(
        [
            _SCALE * behind,
            1000 * inside,
            _SCALE * np.minimum(task, 500),
            np.minimum(sayings, _SAID),
            _SCALE * np.clip(task - own, -300, 300),
            _SCALE * np.minimum(near_task, 500),
            np.minimum(near_sayings, _SAID),
            _SCALE * inside * np.minimum(task, 500),
            inside * np.minimum(sayings, _SAID),
            _SCALE * min(likest, 800) * ones,
            _SCALE * np.minimum(anything, 500),
            np.minimum(any_sayings, _SAID),
            _SCALE * inside * min(likest - _FAIR, 0),
            _SCALE * inside * min(max(likest - _FAIR, 0), 300),
            _SCALE * max(led - likest, -_BEHIND) * ones,
            best,
            share,
            1000 * (inside & (sayings > 0)),
            1000 * min(helpers, 5) * ones,
        ],
        axis=1,
    ).astype(np.int64)


def lead_candidates(matters: Matters, arising: Arising) -> list[int]:
    """The columns of the units that lead the three likest matters."""
    likest = np.argsort(-arising.items, kind="stable")[:3]
    return [int(lead) for lead in matters.lead_of[likest]]


def support_candidates(matters: Matters, arising: Arising, lead: int) -> list[int]:
    """The columns of the units that help with a matter the lead leads and the order may arise in."""
    others = matters.led.get(lead)
    if others is None:
        return []
    likeness = arising.items[matters.item_of[others]]
    return sorted(set(matters.unit_of[others[likeness >= int(arising.items.max()) - 80]].tolist()))
