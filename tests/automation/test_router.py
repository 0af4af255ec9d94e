"""Routing keeps what it needs at hand, and a new edition never makes it pause."""

import threading
from dataclasses import replace
from pathlib import Path

import pytest

from dingze.wiring import Dingze
from mandates.edition import RegisterEdition
from routing.index import RegisterIndex
from routing.proposal import OrderText


def test_a_new_edition_is_swapped_in_while_orders_are_routed_by_the_old_one(
    dingze: Dingze, monkeypatch: pytest.MonkeyPatch
) -> None:
    router, day = dingze.router, dingze.router.day_of(dingze.clock())
    old = dingze.register.as_of(day)
    index = router.index(old)
    begun, go_on = threading.Event(), threading.Event()

    def build(edition: RegisterEdition, folder: Path) -> RegisterIndex:
        begun.set()
        assert go_on.wait(10), "nobody was routed meanwhile"
        return replace(index, edition=edition)

    monkeypatch.setattr("automation.router.load_or_build", build)
    new = replace(old, digest="f" * 64)
    builders = [threading.Thread(target=router.index, args=(new,), daemon=True) for _ in range(2)]
    for builder in builders:
        builder.start()
    assert begun.wait(10)
    assert router.route(OrderText("路灯不亮好几天了"), day=day).register_edition == old.digest
    assert all(builder.is_alive() for builder in builders)
    go_on.set()
    for builder in builders:
        builder.join(10)
    monkeypatch.undo()
    assert router.index(new).digest == new.digest
    assert router.index(old) is index
