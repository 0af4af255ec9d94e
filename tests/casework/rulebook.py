"""Reads the rules out of the code and the tests: who refuses by which name, and which test says so.

`python -m tests.casework.rulebook` prints the third table of docs/rules.md.
"""

import ast
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from terms.messages import MESSAGES

ROOT = Path(__file__).parents[2]
REFUSALS = ("require", "refuse", "forbid")  # casework.guards


@dataclass(frozen=True, slots=True)
class Function:
    """A function or method of a file: its dotted name, its name for pytest, its docstring and its calls."""

    dotted: str
    test: str
    docstring: str
    calls: tuple[ast.Call, ...]


def functions(folder: Path) -> Iterator[Function]:
    """Every function and method under a folder, in order."""
    for file in sorted(folder.rglob("*.py")):
        module = ".".join(file.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__")
        for node in ast.parse(file.read_text("utf-8")).body:
            if isinstance(node, ast.FunctionDef):
                yield _function(module, file, node, node.name)
            elif isinstance(node, ast.ClassDef):
                for inner in node.body:
                    if isinstance(inner, ast.FunctionDef):
                        yield _function(module, file, inner, f"{node.name}.{inner.name}")


def _function(module: str, file: Path, node: ast.FunctionDef, name: str) -> Function:
    calls = tuple(one for one in ast.walk(node) if isinstance(one, ast.Call) and isinstance(one.func, ast.Name))
    return Function(f"{module}.{name}", f"{file.name}::{name}", ast.get_docstring(node) or "", calls)


def _named(call: ast.Call, names: tuple[str, ...]) -> str | None:
    assert isinstance(call.func, ast.Name)
    if call.func.id not in names:
        return None
    at = 1 if call.func.id == "require" else 0
    found = call.args[at] if len(call.args) > at else None
    return found.value if isinstance(found, ast.Constant) and isinstance(found.value, str) else None


def refusals() -> dict[str, list[str]]:
    """Rule → the functions that refuse by it."""
    found: dict[str, list[str]] = defaultdict(list)
    for function in functions(ROOT / "casework"):
        for call in function.calls:
            rule = _named(call, REFUSALS)
            if rule and function.dotted not in found[rule]:
                found[rule].append(function.dotted)
    return {rule: found[rule] for rule in sorted(found) if found[rule]}


def expected_refusals() -> dict[str, list[str]]:
    """Rule → the tests that expect its refusal."""
    found: dict[str, list[str]] = defaultdict(list)
    for function in functions(ROOT / "tests" / "casework"):
        for call in function.calls:
            rule = _named(call, ("refused",))
            if rule and function.test not in found[rule]:
                found[rule].append(function.test)
    return dict(found)


def table() -> Iterator[str]:
    """The rows of the third table: rule, what it says, where, and the first test of it."""
    tests = expected_refusals()
    for rule, places in refusals().items():
        where = "<br>".join(f"`{place.removeprefix('casework.')}`" for place in places)
        yield f"| `{rule}` | {MESSAGES[f'rule.{rule}']} | {where} | `{tests[rule][0]}` |"


if __name__ == "__main__":
    for row in table():
        print(row)  # noqa: T201  this is what the module is run for
