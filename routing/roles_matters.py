"""What the matter an order arises in says of each unit that may lead or help: numbers beside those of `routing.roles`.

An item that is likest to the order speaks for its lead, and for a support as far as the words are of its own task.
"""

import numpy as np

from routing.matters import Arising, Matters
from routing.roles import bounds_of, held
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
_LEAD = bounds_of(
    LEAD_FEATURES,
    {
        "likest matter led": (0, 800), "matter behind the likest": (-_BEHIND, 0), "matter helped with": (-_BEHIND, 0),
        "task led": (0, 600), "sayings of the task led": (0, _SAID), "task led behind the best": (-_BEHIND, 0),
        "matter over the next": (0, 400), "sayings of the whole matter": (0, 4000),
        "any task behind the best": (-_BEHIND, 0),
    },
)  # fmt: skip
_SUPPORT = bounds_of(
    SUPPORT_FEATURES,
    {
        "task": (0, 500), "sayings of the task": (0, _SAID), "task over the lead's": (-300, 300),
        "task in matters near": (0, 500), "sayings in matters near": (0, _SAID), "task in the matter": (0, 500),
        "sayings in the matter": (0, _SAID), "any task": (0, 500), "any sayings": (0, _SAID),
    },
)  # fmt: skip
_PLAIN = frozenset(
    (
        "leads the likest", "sayings of the task led", "sayings of the whole matter", "in the matter",
        "sayings of the task", "sayings in matters near", "sayings in the matter", "any sayings",
        "best of the helpers", "share of the best task", "has sayings in the matter", "helpers in the matter",
    )
)  # fmt: skip
_LEAD_SCALE, _SUPPORT_SCALE = (
    np.array([1 if feature in _PLAIN else _SCALE for feature in features], np.int64)
    for features in (LEAD_FEATURES, SUPPORT_FEATURES)
)


def lead_features(matters: Matters, arising: Arising, units: int) -> Ints:
    """For each unit (a row) the numbers of `LEAD_FEATURES`."""
    if not len(arising.items):
        return np.zeros((units, len(LEAD_FEATURES)), np.int64)
    likest = int(arising.items.max())
    led = matters.items_led.most(arising.items, units, -1)
    helped = matters.tasks_helped.most(arising.items[matters.item_of], units, -1)
    task = matters.tasks_led.most(arising.tasks, units, 0)
    told = matters.tasks_led.most(arising.told, units, 0)
    anything = matters.tasks_by_unit.most(arising.tasks, units, 0)
    whole = np.add.reduceat(np.minimum(arising.told, _SAID // 2), matters.first)
    whole[arising.items < likest - _NEAR] = 0
    first = led == likest
    following = int(np.partition(led, -2)[-2]) if units > 1 else 0
    return _LEAD_SCALE * held(
        [
            led,
            led - likest,
            1000 * first,
            2 * first * np.minimum(led - following, 200),
            helped - likest,
            task,
            told,
            task - task.max(),
            first * min(likest - _FAIR, 0),
            first * min(max(likest - _FAIR, 0), 200),
            first * min(max(likest - _STRONG, 0), 400),
            matters.items_led.most(whole, units, 0),
            anything - anything.max(),
        ],
        _LEAD,
    )


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
        own = int(tasks[matters.first[item[-1]]])
        mates = others[item == item[-1]]
        helpers = len(mates)
        best[matters.unit_of[mates[int(tasks[mates].argmax())]]] = 1000
        share[matters.unit_of[mates]] = 1000 * tasks[mates] // max(1, int(tasks[mates].max()), own)
    inside = behind > -_NEAR
    ones = np.ones(units, np.int64)
    return _SUPPORT_SCALE * held(
        [
            behind,
            1000 * inside,
            task,
            sayings,
            task - own,
            near_task,
            near_sayings,
            inside * task,
            inside * sayings,
            min(likest, 800) * ones,
            matters.tasks_by_unit.most(tasks, units, 0),
            matters.tasks_by_unit.most(told, units, 0),
            inside * min(likest - _FAIR, 0),
            inside * min(max(likest - _FAIR, 0), 300),
            max(led - likest, -_BEHIND) * ones,
            best,
            share,
            1000 * (inside & (sayings > 0)),
            1000 * min(helpers, 5) * ones,
        ],
        _SUPPORT,
    )


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
