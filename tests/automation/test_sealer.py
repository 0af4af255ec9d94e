"""The record is sealed once a day, whoever runs and however often."""

from collections.abc import Callable
from pathlib import Path

import orjson

from automation.sealer import SEALED
from dingze.wiring import Dingze
from ledger.seal import prove, read_seal
from tests.automation.conftest import Clock


def files(dingze: Dingze) -> list[Path]:
    """The daily seals there are."""
    return sorted(dingze.sealer.folder.glob("*"))


def test_a_day_is_sealed_once_by_all_processes_and_the_next_day_again(
    open_again: Callable[[], Dingze], clock: Clock
) -> None:
    first, second = open_again(), open_again()
    head = first.ledger.head()
    assert [first.sealer.step(), first.sealer.step(), second.sealer.step()] == [1, 0, 0]
    assert first.ledger.head() == head + 1
    assert [file.name for file in files(first)] == ["seal-2026-09-14.json"]
    clock.move(hours=20)  # past midnight in the city
    assert second.sealer.step() == 1
    assert [file.name for file in files(first)] == ["seal-2026-09-14.json", "seal-2026-09-15.json"]


def test_the_file_of_a_day_proves_the_record_and_is_written_again_when_it_was_lost(
    open_again: Callable[[], Dingze], clock: Clock
) -> None:
    dingze = open_again()
    dingze.sealer.step()
    (file,) = files(dingze)
    content = file.read_bytes()
    found = read_seal(content)
    assert found.link.position == dingze.ledger.head() - 1
    prove(dingze.ledger, found.link, lambda upto: dingze.ledger.verify(upto=upto))
    file.unlink()
    assert open_again().sealer.step() == 0
    assert file.read_bytes() == content
    (event,) = [event for event in dingze.ledger.read(found.link.position, 10) if event.type == SEALED]
    assert event.payload == orjson.loads(content) and event.actor == "system:sealer"
