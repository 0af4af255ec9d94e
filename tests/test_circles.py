"""No file needs, over whatever detour, a file that needs it: in no room is there a circle of imports."""

import sys
from collections.abc import Iterable, Mapping
from graphlib import CycleError, TopologicalSorter
from pathlib import Path

import pytest
from grimp import build_graph

ROOMS = ("terms", "ledger", "city", "mandates", "routing", "casework", "projections", "ingest", "automation", "console")


def circle(imports: Mapping[str, Iterable[str]]) -> tuple[str, ...]:
    """The files of one circle, in the order they import each other; empty when there is none."""
    try:
        TopologicalSorter(imports).prepare()
    except CycleError as found:
        return tuple(found.args[1])
    return ()


def imports_of(*packages: str) -> dict[str, set[str]]:
    """What each file imports, imports made for type checking alone included."""
    graph = build_graph(packages[0], *packages[1:], cache_dir=None)
    return {module: graph.find_modules_directly_imported_by(module) for module in graph.modules}


def test_no_room_has_a_circle_of_imports() -> None:
    imports = imports_of(*ROOMS, "dingze")
    assert len(imports) > 300
    assert circle(imports) == ()


def test_only_the_program_imports_the_console_put_together() -> None:
    importers = {module for module, needed in imports_of(*ROOMS, "dingze").items() if "console.app" in needed}
    assert {module.split(".")[0] for module in importers} == {"dingze"}


def test_a_circle_is_found_even_one_for_type_checking_alone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    house = tmp_path / "circular_house"
    house.mkdir()
    (house / "__init__.py").touch()
    (house / "hall.py").write_text("import circular_house.room\n")
    hidden = "from typing import TYPE_CHECKING\nif TYPE_CHECKING:\n    import circular_house.hall\n"
    (house / "room.py").write_text(hidden)
    monkeypatch.syspath_prepend(tmp_path)
    assert set(circle(imports_of("circular_house"))) == {"circular_house.hall", "circular_house.room"}
    assert "circular_house" not in sys.modules, "read, not run"
