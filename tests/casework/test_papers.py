"""Every paper says what it has to say, looks as GB/T 9704-2012 wants it, and is the same file every time."""

import io
import subprocess
import sys
import zipfile
from dataclasses import fields, replace
from datetime import date, datetime
from pathlib import Path
from typing import Any

import pytest
from docx import Document
from docx.enum.text import WD_LINE_SPACING
from docx.oxml.ns import qn
from docx.shared import Pt, RGBColor
from hypothesis import given, settings
from hypothesis import strategies as st

from casework.papers.archive import pack
from casework.papers.design.making import draw
from casework.papers.finishing import balanced
from casework.papers.kinds import PaperKind
from casework.papers.paper import Paper
from casework.papers.quoting import quote
from casework.papers.rendering import render, text_of, title_of
from casework.papers.templates import shipped
from casework.papers.words import chinese_date, chinese_time, paragraphs
from terms.errors import NotFound
from tests.casework import papers_of_a_quarrel as q
from tests.casework.town import REGISTER

TEMPLATES = shipped()
KINDS = pytest.mark.parametrize("paper", q.ALL, ids=lambda paper: str(paper.KIND))
LETTERS = {"dispatch_notice", "return_application", "review_result", "coordination_application", "reminder_letter"}


def opened(paper: Paper) -> Any:
    """The rendered paper, read back."""
    return Document(io.BytesIO(render(paper, TEMPLATES)))


def leaves(value: Any) -> list[str]:
    """Every text, date and time that a paper was given."""
    if isinstance(value, str):
        return paragraphs(value)
    if isinstance(value, datetime):
        return [chinese_time(value)]
    if isinstance(value, date):
        return [chinese_date(value)]
    if isinstance(value, tuple):
        return [leaf for one in value for leaf in leaves(one)]
    if hasattr(value, "__dataclass_fields__"):
        return [leaf for field in fields(value) for leaf in leaves(getattr(value, field.name))]
    return []


def styled(document: Any, style: str) -> list[Any]:
    """The paragraphs of a style, those in tables and first-page headers included."""
    found = [one for one in document.paragraphs if one.style.name == style]
    for section in document.sections:
        if not section.first_page_header.is_linked_to_previous:
            found += [one for one in section.first_page_header.paragraphs if one.style.name == style]
    return found


# --- what they say ---


@KINDS
def test_a_paper_reads_back_with_every_fact_in_place(paper: Paper) -> None:
    shown = text_of(render(paper, TEMPLATES)).replace("\n", "")
    flat = replace(paper, urgency="") if paper.KIND == PaperKind.DIGEST else paper
    for leaf in leaves(flat):
        assert leaf.replace("\n", "") in shown, leaf
    assert "{" not in shown and "}" not in shown


def test_every_kind_has_a_paper_and_a_template() -> None:
    assert {paper.KIND for paper in q.ALL} == set(PaperKind) == set(TEMPLATES.files)
    assert all(not kind.label.startswith("paper.") for kind in PaperKind)


def test_a_clause_is_quoted_with_its_instrument_number_and_words() -> None:
    shown = text_of(render(q.DISPATCH, TEMPLATES))
    assert "《云泽市住房和城乡建设局权责清单》（云编办发〔2025〕9号）第112项：“对建筑工地文明施工情况的检查。”" in shown


def test_a_clause_of_the_register_is_quoted_as_it_stands_there() -> None:
    found = quote("C03-1", REGISTER)
    assert (found.instrument, found.number, found.unit) == ("三定规定", "（一）", "城管局")
    assert found.text == "负责夜间施工噪声扰民的行政处罚"
    assert quote("DP-1", REGISTER) == found, "a duty point quotes its clause"
    assert quote("C14-XK-1", REGISTER).number == "C14-XK-1" and quote("JC-1", REGISTER).unit == ""
    with pytest.raises(NotFound):
        quote("C99-1", REGISTER)


def test_no_unit_has_a_clause_is_a_lawful_answer_on_a_return() -> None:
    orphan = replace(q.RETURN, claimed=None, proposed_unit="", no_clause=True)
    assert "没有单位的条目涵盖本事项" in text_of(render(orphan, TEMPLATES))


def test_a_designated_unit_is_told_that_it_may_not_return_the_order() -> None:
    """潍坊条例 art. 22."""
    told = text_of(render(replace(q.DISPATCH, designated=True), TEMPLATES))
    assert "不得再次退单" in told and "视为接受" not in told
    assert "不得再次退单" in text_of(render(q.REVIEW, TEMPLATES))


def test_the_application_has_its_five_parts() -> None:
    shown = text_of(render(q.APPLICATION, TEMPLATES))
    places = [shown.index(part) for part in ("协调事项", "自行协调情况", "主要争议", "四、理由", "五、依据")]
    assert places == sorted(places)


def test_the_supervision_notice_brings_its_receipt() -> None:
    shown = text_of(render(q.NOTICE, TEMPLATES))
    assert "送达回执" in shown and "原则上暂停受理" in shown and shown.count("云编办督〔2026〕3号") == 2


def test_a_draft_has_no_number_and_a_bare_paper_no_empty_headings() -> None:
    bare = replace(q.LETTER, doc_no="", quotes=(), reply_by=None, copies=(), attachments=())
    shown = text_of(render(bare, TEMPLATES))
    assert "有关规定" not in shown and "抄送" not in shown and "附件" not in shown


def test_dates_are_written_the_chinese_way() -> None:
    assert chinese_date(date(2026, 3, 1)) == "2026年3月1日"
    assert chinese_time(q.MOMENT) == "2026年11月22日9时05分"


# --- how they look (GB/T 9704-2012) ---


@KINDS
def test_the_page_is_a4_with_the_margins_of_the_standard(paper: Paper) -> None:
    section = opened(paper).sections[0]
    wanted = {
        "page_width": 210,
        "page_height": 297,
        "top_margin": 37,
        "bottom_margin": 35,
        "left_margin": 28,
        "right_margin": 26,
    }
    for name, mm in wanted.items():
        assert getattr(section, name).mm == pytest.approx(mm, abs=0.02)


@KINDS
def test_the_text_is_size_3_fangsong_on_lines_of_28_points(paper: Paper) -> None:
    document = opened(paper)
    for name in ("公文正文", "主送机关", "成文日期", "发文机关署名", "发文字号"):
        style = document.styles[name]
        fonts = style.element.rPr.rFonts
        assert {fonts.get(qn(f"w:{which}")) for which in ("ascii", "hAnsi", "eastAsia")} == {"仿宋_GB2312"}
        assert style.font.size == Pt(16)
        assert style.paragraph_format.line_spacing == Pt(28)
        assert style.paragraph_format.line_spacing_rule == WD_LINE_SPACING.EXACTLY
    title = document.styles["公文标题"]
    assert title.element.rPr.rFonts.get(qn("w:eastAsia")) == "方正小标宋简体" and title.font.size == Pt(22)
    assert document.styles["一级标题"].element.rPr.rFonts.get(qn("w:eastAsia")) == "黑体"
    for paragraph in styled(document, "公文正文"):
        assert all(run.font.size is None and run.font.name is None for run in paragraph.runs), "nothing set by hand"


@KINDS
def test_the_mark_of_the_issuer_is_red_and_fits_its_line(paper: Paper) -> None:
    document = opened(paper)
    style = "信函机关标志" if paper.KIND in LETTERS else "发文机关标志"
    (mark,) = styled(document, style)
    assert document.styles[style].font.color.rgb == RGBColor(0xE6, 0x00, 0x12)
    assert mark.text == ("职责分工协商纪要" if paper.KIND == PaperKind.MINUTES else paper.issuer)
    size = mark.runs[0].font.size
    assert Pt(22) <= size <= Pt(44) and size.pt * len(mark.text) <= 500


@pytest.mark.parametrize("paper", [one for one in q.ALL if one.KIND != "approval_sheet"], ids=lambda one: str(one.KIND))
def test_pages_are_numbered_between_dashes_outside(paper: Paper) -> None:
    document = opened(paper)
    section = document.sections[0]
    assert document.settings.odd_and_even_pages_header_footer
    for footer, side in ((section.footer, "页码单页"), (section.even_page_footer, "页码双页")):
        paragraph = footer.paragraphs[0]
        assert paragraph.style.name == side and paragraph.text.startswith("— ") and paragraph.text.endswith(" —")
        assert "PAGE" in paragraph._p.xml
    assert section.different_first_page_header_footer == (paper.KIND in LETTERS), "a letter's first page has no number"


def test_the_signature_stands_centred_over_a_date_four_characters_in() -> None:
    document = opened(q.LETTER)
    (signature,), (day,) = styled(document, "发文机关署名"), styled(document, "成文日期")
    assert day.text == "2026年11月22日" and signature.text == q.BIANBAN
    assert signature.paragraph_format.right_indent.pt == pytest.approx(0, abs=8)
    short = opened(replace(q.LETTER, issuer="云泽市编办"))
    (signature,), (day,) = styled(short, "发文机关署名"), styled(short, "成文日期")
    assert day.paragraph_format.right_indent == Pt(64)
    assert signature.paragraph_format.right_indent == Pt(64 + 16)  # 7 characters over 5


def test_copies_and_printing_stand_at_the_foot_of_the_last_page() -> None:
    document = opened(q.NOTICE)
    places = document.element.body.findall(f".//{qn('w:tblpPr')}")
    assert [place.get(qn("w:tblpYSpec")) for place in places] == ["bottom"]
    shown = text_of(render(q.NOTICE, TEMPLATES))
    assert "抄送：中共云泽市委组织部，云泽市财政局。" in shown and "2026年11月22日印发" in shown


def test_several_attachments_are_numbered_and_one_is_not() -> None:
    shown = text_of(render(q.APPLICATION, TEMPLATES))
    assert "附件：1.夜间建筑施工噪声工单清单" in shown and "2.三部门历次协商记录" in shown
    assert "附件：职责边界清单（修订）" in text_of(render(q.DECISION, TEMPLATES))


def test_a_long_title_is_broken_where_its_words_allow() -> None:
    assert balanced("关于明确“夜间建筑施工噪声”职责分工的决定", 2) == ["关于明确“夜间建筑施工噪声”", "职责分工的决定"]
    for title in ("关于办理2026112200017号工单的派单通知", "关于2026112200017号工单派单异议的审核结果"):
        lines = balanced(title, 2)
        assert "".join(lines) == title and "2026112200017" in "".join(lines[0]) and not lines[0].endswith("工")


# --- the same every time ---


@KINDS
def test_the_same_facts_give_the_same_file(paper: Paper) -> None:
    first, second = render(paper, TEMPLATES), render(replace(paper), TEMPLATES)
    assert first == second
    with zipfile.ZipFile(io.BytesIO(first)) as packed:
        assert packed.testzip() is None
        assert {entry.date_time for entry in packed.infolist()} == {(1980, 1, 1, 0, 0, 0)}
        assert {entry.compress_type for entry in packed.infolist()} == {zipfile.ZIP_STORED}


def test_another_process_makes_the_same_file() -> None:
    code = (
        "import hashlib; from casework.papers.rendering import render; from casework.papers.templates import shipped;"
        "from tests.casework.papers_of_a_quarrel import OPINION;"
        "print(hashlib.sha256(render(OPINION, shipped())).hexdigest())"
    )
    made = {
        subprocess.run(
            [sys.executable, "-c", code],
            capture_output=True,
            text=True,
            check=True,
            cwd=Path(__file__).parents[2],
            env={"PYTHONHASHSEED": seed, "TZ": zone, "PATH": ""},
        ).stdout
        for seed, zone in (("1", "UTC"), ("2", "America/New_York"))
    }
    assert len(made) == 1


@pytest.mark.parametrize("kind", PaperKind, ids=str)
def test_the_shipped_templates_are_what_the_design_draws(kind: PaperKind) -> None:
    assert draw(kind) == TEMPLATES.of(kind), "run python -m casework.papers.design"


def test_packing_twice_changes_nothing() -> None:
    once = pack(render(q.MINUTES, TEMPLATES), q.DAY)
    assert pack(once, q.DAY) == once


# --- texts that mean harm ---

HARMFUL = (
    "{{ issuer }}",
    "{% for one in range(9) %}x{% endfor %}",
    "{{ ''.__class__.__mro__ }}",
    "{_{ issuer }_} {_% if 1 %_}",
    "{#hidden#}",
    "{{r x }} {%p if x %} {%tr for a in b %}",
    "</w:t></w:r><w:r><w:t>inserted",
    "<b>&amp;\"'",
)


@KINDS
def test_a_text_is_never_read_as_template_or_markup(paper: Paper) -> None:
    shown = text_of(render(q.with_text(paper, "；".join(HARMFUL)), TEMPLATES)).replace("\n", "")
    assert "；".join(HARMFUL) in shown


@given(text=st.text(max_size=60))
@settings(max_examples=25)
def test_any_text_at_all_gives_a_file_that_opens(text: str) -> None:
    paper = replace(q.with_text(q.LETTER, f"甲{text}乙"), subject=f"甲{text}乙", urgency=text[:5])
    file = render(paper, TEMPLATES)
    shown = text_of(file)
    assert "甲" in shown and "乙" in shown and title_of(file).startswith("关于甲")


def test_what_xml_cannot_hold_and_what_turns_reading_round_is_left_out() -> None:
    shown = text_of(render(q.with_text(q.LETTER, "前\x00\x07\x0c\ud800\ufdd0\u202e\ufffe后"), TEMPLATES))
    assert "前后" in shown


def test_a_dispatch_without_a_clause_has_no_empty_heading_and_is_numbered_on() -> None:
    """domain, section 2: the status-quo or fallback unit may have no clause; then there is nothing to quote."""
    bare = text_of(render(replace(q.DISPATCH, quotes=()), TEMPLATES))
    assert "派单依据" not in bare and "二、办理时限" in bare and "三、有关要求" in bare
    relying = text_of(render(replace(q.DISPATCH, quotes=(), relied_on="按现承办单位派单。"), TEMPLATES))
    assert "二、派单依据" in relying and "三、办理时限" in relying and "四、有关要求" in relying
