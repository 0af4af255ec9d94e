"""A month of life of the sample city, played on a stage (`sample.stage`) by the real gateway, proposer and desk.

No event is made here: every one follows from a command that the rules allowed. What is planned by hand stands where
it is carried out (`sample.hotline`, `sample.disputes`, `sample.unit_work`); everything else is thrown with dice that
each order has for itself, so the same calls and the same end give the same decisions.
"""

from collections.abc import Callable
from datetime import timedelta

from casework.work_order.state import AT_REST, IN_HANDS
from sample.calls import RETURNED_AT_ONCE, Call
from sample.disputes import returned_this_morning
from sample.findings import Findings
from sample.hotline import after_the_result, at_the_hotline
from sample.interruptions import interrupted
from sample.matters import Cases
from sample.stage import Life, Scene, Stage
from sample.unit_work import rated, supported, worked_on

PROPOSED_WITHIN = timedelta(seconds=40)
LEARNED_EVERY = timedelta(days=7)


def play_month(stage: Stage, month: list[Call], advance: Callable[[int], None] = lambda _: None) -> None:
    """Play it to the stage's end; the clock is set back to where the first call comes in."""
    for call in month:
        scene = Scene.of(stage, call)
        stage.scenes[call.number] = scene
        stage.begin(life(scene), call.received_at)
    numbers = {call.serial: call.number for call in month}
    for lane in (Cases, Findings):
        lane(stage, month[0].received_at, lambda serial: numbers.get(serial, "")).begin()
    stage.begin(_learning(stage), month[0].received_at + LEARNED_EVERY)
    stage.play(advance)


def _learning(stage: Stage) -> Life:
    """What became of the orders so far teaches the router, once a week."""
    while True:
        stage.learn()
        yield stage.clock.now + LEARNED_EVERY


def life(scene: Scene) -> Life:
    """One order, from the call to the archive."""
    for _ in scene.stage.gateway.admit([scene.call.row], now=scene.now):
        pass
    yield scene.now + PROPOSED_WITHIN
    scene.stage.proposer.run()
    scene.look()
    if scene.call.fresh and scene.call.serial in RETURNED_AT_ONCE:
        scene.stage.begin(returned_this_morning(scene), scene.now)
        return
    yield from at_the_hotline(scene)
    if not scene.in_hands:
        return
    yield from interrupted(scene)
    helping: set[str] = set()
    while scene.in_hands and not scene.at_rest:
        for unit in scene.order.supports:
            if unit not in helping:
                helping.add(unit)
                scene.stage.begin(supported(scene, unit), scene.now)
        if scene.order.status in IN_HANDS:
            yield from worked_on(scene)
        before = scene.order.version
        yield from after_the_result(scene)
        if scene.order.version == before and scene.order.status not in IN_HANDS:
            break  # on the shelf, or waiting for somebody who does not come
    if scene.order.status in AT_REST:
        scene.stage.begin(rated(scene), scene.office(100, 900))
