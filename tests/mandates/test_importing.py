"""Files are brought in: looked at first, then written; what is wrong is told and stops nothing."""

import csv
import shutil
from collections.abc import Iterator
from datetime import UTC, date, datetime
from pathlib import Path

import orjson
import pytest

from ledger.backends import open_ledger
from ledger.store import Ledger
from mandates.enact import enact
from mandates.importing import import_files
from mandates.openness import HIDDEN
from mandates.reading import RegisterReader
from mandates.reporting import diff_report, lint_report, show_report
from sample.load import sample_items
from terms.errors import BadInput, NotFound
from tests.mandates.paper import TEXTS

NOW = datetime(2026, 9, 1, tzinfo=UTC)
ACTOR = "administrator:a"


@pytest.fixture(scope="module")
def loaded(tmp_path_factory: pytest.TempPathFactory, migrated_sqlite: Path) -> Path:
    """A database with the sample city's mandates, for copying."""
    path = tmp_path_factory.mktemp("loaded") / "dingze.db"
    shutil.copy(migrated_sqlite, path)
    opened = open_ledger(f"sqlite:///{path}")
    enact(opened, sample_items(), at=NOW, actor=ACTOR)
    opened.close()
    return path


@pytest.fixture
def ledger(loaded: Path, tmp_path: Path) -> Iterator[Ledger]:
    for file in loaded.parent.iterdir():
        shutil.copy(file, tmp_path / file.name)
    opened = open_ledger(f"sqlite:///{tmp_path / loaded.name}")
    yield opened
    opened.close()


def table(path: Path, *rows: list[str]) -> Path:
    with path.open("w", encoding="utf-8", newline="") as file:
        csv.writer(file).writerows(rows)
    return path


CLAUSES = ["编号", "单位", "文件", "序号", "部分", "角色", "内容", "备注"]


def test_a_preview_writes_nothing_and_tells_new_from_changed(ledger: Ledger, tmp_path: Path) -> None:
    given = table(
        tmp_path / "clauses.csv",
        CLAUSES,
        ["C04-SD-01", "C04", "I-C04-SD", "（一）", "主要职责", "主体", "全新的内容", ""],
        ["C04-SD-90", "C04", "I-C04-SD", "（九）", "主要职责", "主体", "负责某事", "一"],
        ["C04-SD-91", "C04", "I-C04-SD", "（九）", "没有这部分", "主体", "负责某事", ""],
    )
    head = ledger.head()
    shown = import_files(ledger, RegisterReader(ledger), [given], at=NOW, actor=ACTOR, preview=True)
    assert ledger.head() == head
    assert (shown["new"], shown["changed"], shown["unchanged"]) == (1, 1, 0)
    assert [(fault["row"], fault["column"]) for fault in shown["faults"]] == [(4, "section")]
    assert [note["code"] for note in shown["notes"]] == ["mandates.unknown-column"]
    done = import_files(ledger, RegisterReader(ledger), [given], at=NOW, actor=ACTOR)
    assert (done["enacted"], done["unchanged"]) == (2, 0)
    assert orjson.dumps(done)


def test_two_rows_of_one_key_and_day_that_differ_are_a_fault(ledger: Ledger, tmp_path: Path) -> None:
    row = ["C04-SD-90", "C04", "I-C04-SD", "（九）", "主要职责", "主体", "负责某事", ""]
    given = table(tmp_path / "clauses.csv", CLAUSES, row, row, [*row[:6], "负责别的事", ""])
    done = import_files(ledger, RegisterReader(ledger), [given], at=NOW, actor=ACTOR)
    assert done["enacted"] == 1
    assert [(fault["row"], fault["code"]) for fault in done["faults"]] == [(4, "mandates.twice")]


def test_a_new_sanding_text_changes_adds_and_ends_clauses_on_its_day(ledger: Ledger) -> None:
    reader = RegisterReader(ledger)
    before = reader.as_of(date(2024, 2, 29))
    done = import_files(ledger, reader, [TEXTS / "chaptered.txt"], at=NOW, actor=ACTOR)
    after = reader.as_of(date(2024, 3, 1))
    own = {key: clause for key, clause in after.clauses.items() if clause.unit == "C14"}
    assert len(own) == len(done["drafts"])
    assert done["ended"]
    assert reader.as_of(date(2024, 2, 29)).digest == before.digest
    assert {note["code"] for note in done["notes"]} == {"mandates.unknown-unit"}
    again = import_files(ledger, reader, [TEXTS / "chaptered.txt"], at=NOW, actor=ACTOR)
    assert (again["enacted"], again["ended"]) == (0, [])


def test_a_sanding_text_of_nobody_asks_whose_it_is(ledger: Ledger, tmp_path: Path) -> None:
    text = tmp_path / "规定.txt"
    text.write_text("某单位规定\n一、主要职责\n（一）负责某事。", encoding="utf-8")
    reader = RegisterReader(ledger)
    with pytest.raises(BadInput, match=r"mandates\.sanding-unit"):
        import_files(ledger, reader, [text], at=NOW, actor=ACTOR)
    with pytest.raises(BadInput, match=r"mandates\.unknown-unit"):
        import_files(ledger, reader, [text], at=NOW, actor=ACTOR, unit="不存在局")
    shown = import_files(ledger, reader, [text], at=NOW, actor=ACTOR, unit="市审计局", preview=True)
    assert [draft["number"] for draft in shown["drafts"]] == ["（一）"]


def test_reports_are_plain_data(ledger: Ledger) -> None:
    register = RegisterReader(ledger).register()
    day = date(2026, 9, 1)
    linted = lint_report(register, day)
    flagged = {found["item"] for found in linted["findings"] if found["code"] == "repealed-law"}
    known = "C05-CF-016 C07-CF-027 C12-CF-013 C14-QT-002 C41-QT-001"
    assert flagged == set(known.split())
    assert "dangling" not in linted["counts"]
    changed = diff_report(register, date(2019, 2, 28), date(2019, 3, 1))
    assert changed["counts"]["added"] > 0
    unit = show_report(register, day, "市城管局")
    assert unit["unit"]["code"] == "C03"
    assert len(unit["clauses"]) > 10
    clause = show_report(register, day, "C04-SD-02")
    assert clause["versions"][0]["table"] == "clauses"
    assert show_report(register, day)["counts"]["duty_points"] > 1_000
    closed = show_report(register, day, "C01-SD-01", public=True)
    assert closed["text"] == closed["versions"][0]["text"] == HIDDEN
    assert show_report(register, day, "C01", public=True)["clauses"][0]["text"] == HIDDEN
    assert show_report(register, day, "C04-SD-02", public=True)["text"] == clause["text"]
    for report in (linted, changed, unit, clause):
        assert orjson.loads(orjson.dumps(report))
    with pytest.raises(NotFound):
        show_report(register, day, "没有这个单位")
