"""docs/mandates.md names every column, every lint code and every kind of document there is."""

from pathlib import Path

from mandates.events import KINDS
from mandates.model import InstrumentKind
from mandates.tables import CHINESE, KINDS_OF_DOCUMENT, RENAMED, field_names
from terms.messages import MESSAGES

PAGE = (Path(__file__).parents[2] / "docs" / "mandates.md").read_text(encoding="utf-8")


def test_every_column_of_every_table_is_documented() -> None:
    for kind in KINDS:
        section = PAGE.split(f"### {kind.table} ")[1].split("\n##")[0]
        renamed = RENAMED.get(kind.table, {})
        columns = field_names(kind.table) - set(renamed.values()) - {"span", "valid_from", "valid_to", "decision"}
        assert {column for column in columns if f"`{column}`" not in section} == set(), kind.table


def test_every_chinese_column_is_documented() -> None:
    assert {name for name in CHINESE if name not in PAGE} <= {"编码", "协办单位", "主办单位"}


def test_every_kind_of_document_is_documented_and_can_be_written_in_chinese() -> None:
    assert set(KINDS_OF_DOCUMENT.values()) == set(InstrumentKind)
    assert {kind for kind in InstrumentKind if f"`{kind}`" not in PAGE} == set()


def test_every_finding_is_documented() -> None:
    codes = {code.removeprefix("mandates.lint.") for code in MESSAGES if code.startswith("mandates.lint.")}
    assert {code for code in codes if f"`{code}`" not in PAGE} == set()
