"""One finding of the lint, and how grave it is."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from terms.ids import UnitCode
from terms.messages import sentence


class Severity(StrEnum):
    """How grave: a fault of the register itself, of its content, or of its wording."""

    ERROR = "错误"
    WARNING = "警告"
    HINT = "提示"


@dataclass(frozen=True, slots=True)
class Finding:
    """What is wrong with one item. `code` is stable; `message` says in Chinese what it is and what to do."""

    code: str
    severity: Severity
    table: str
    item: str
    unit: UnitCode | None
    message: str


def finding(code: str, severity: Severity, table: str, item: str, unit: UnitCode | None, **words: Any) -> Finding:
    """A finding with its sentence from the catalogue, `mandates.lint.<code>`."""
    return Finding(code, severity, table, item, unit, sentence(f"mandates.lint.{code}", item=item, **words))
