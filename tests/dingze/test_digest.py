"""`dingze digest`: the disputed items of a period as a paper and as a table."""

import io
from pathlib import Path

import pytest
from openpyxl import load_workbook

from casework.papers.rendering import text_of
from tests.dingze.conftest import Dingze


def test_the_digest_of_a_quarter_is_written_as_paper_and_as_table(seen: Dingze, tmp_path: Path) -> None:
    period = ("--from", "2026-10-01", "--to", "2026-12-31")
    table = seen("digest", *period, "--out", tmp_path / "d.xlsx", "--json").document
    seen("digest", *period, "--out", tmp_path / "d.docx", "--json")
    assert table["digest"] == "SL2026-1" and table["closed"] == 1
    assert table["judged"] == table["items"] > 2, "a published digest has nothing unjudged"
    assert table["from"] > "2026-10-01" and table["to"] < "2026-12-31", "and is of its own period"
    rows = list(load_workbook(io.BytesIO((tmp_path / "d.xlsx").read_bytes())).worksheets[0].iter_rows(values_only=True))
    assert len(rows) == table["items"] + 1
    heads, *lines = rows
    for line in lines:
        told = dict(zip(heads, line, strict=True))
        assert all(told[name] for name in ("各方依据", "研判意见", "处置方式", "责任单位", "完成时限", "状态")), told
    words = text_of((tmp_path / "d.docx").read_bytes())
    assert "云编梳理〔2026〕1号" in words and "待研判" not in words
    seen("digest", *period, "--out", tmp_path / "e.xlsx")
    assert (tmp_path / "d.xlsx").read_bytes() == (tmp_path / "e.xlsx").read_bytes()


@pytest.mark.parametrize(
    ("wrong", "code"),
    [
        (("--from", "2026-10-01", "--to", "2026-09-01", "--out", "d.xlsx"), "readings.period"),
        (("--from", "2026-10-01", "--to", "2026-10-31", "--out", "d.pdf"), "digest.format"),
        (("--from", "2026-10-01", "--to", "2026-10-31", "--out", "d.xlsx", "--number", "S9"), "readings.no-digest"),
    ],
)
def test_what_cannot_be_a_digest_is_one_clear_line(seen: Dingze, wrong: tuple[str, ...], code: str) -> None:
    answer = seen("digest", *wrong)
    assert answer.code == 1 and answer.err.startswith(f"{code}: ") and answer.err.count("\n") == 1
