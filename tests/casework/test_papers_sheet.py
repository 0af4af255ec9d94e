"""The digest as a table: every item a row, no text a formula, the same file every time."""

import io
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from openpyxl import load_workbook

from casework.papers.sheet import digest_table
from tests.casework import papers_of_a_quarrel as q

SHEET = "退单争议事项清单"


def test_every_item_is_a_row() -> None:
    sheet = load_workbook(io.BytesIO(digest_table(q.DIGEST)))[SHEET]
    rows = list(sheet.iter_rows(values_only=True))
    assert rows[0][:4] == ("序号", "争议事项", "涉及单位", "工单数") and len(rows) == 3
    assert rows[1] == (
        1,
        q.MATTER,
        "、".join((q.CHENGGUAN, q.HOUSING, q.ECOLOGY)),
        37,
        f"{q.C04.unit}：《{q.C04.instrument}》{q.C04.number}：“{q.C04.text}”",
        "两部门条目交叉，建议按协调意见修订职责边界清单。",
        "立案",
        q.BIANBAN,
        "2026年12月10日",
        "办理中",
        2,
    )
    heights = [sheet.row_dimensions[at].height for at in (1, 2)]
    assert heights[0] < heights[1] < 409, "a row is as high as its longest cell asks, so that nothing is cut in print"
    assert sheet.freeze_panes == "A2" and sheet.print_title_rows == "$1:$1"


@pytest.mark.parametrize("text", ["=1+1", "+A1", "-2", "@SUM(A1)", '=HYPERLINK("http://x","点")', "\t=1", "＝1"])
def test_a_text_that_looks_like_a_formula_stays_a_text(text: str) -> None:
    items = (replace(q.ITEMS[0], matter=text, opinion=text, owner=text),)
    sheet = load_workbook(io.BytesIO(digest_table(replace(q.DIGEST, items=items))))[SHEET]
    for column in ("B2", "F2", "H2"):
        assert sheet[column].value == text
        assert sheet[column].data_type == "s" and sheet[column].quotePrefix
    assert not sheet["I2"].quotePrefix


def test_the_same_digest_gives_the_same_table() -> None:
    assert digest_table(q.DIGEST) == digest_table(replace(q.DIGEST))


@given(text=st.text(max_size=50))
@settings(max_examples=30)
def test_any_text_at_all_gives_a_table_that_opens(text: str) -> None:
    items = (replace(q.ITEMS[0], matter=f"甲{text}"),)
    sheet = load_workbook(io.BytesIO(digest_table(replace(q.DIGEST, items=items))))[SHEET]
    assert str(sheet["B2"].value).startswith("甲")
