"""三定 texts in their several layouts become numbered clauses, and hostile files are refused whole."""

import io
import zipfile
from datetime import date

import docx
import pytest
from hypothesis import given
from hypothesis import strategies as st

from mandates.archives import LIMIT
from mandates.documents import lines_of
from mandates.drafting import clauses_of
from mandates.edition import RegisterEdition
from mandates.itemise import Itemised, itemise, itemise_lines
from mandates.model import DutyRole, Section, Span
from mandates.naming import UnitNames
from mandates.numbering import chinese, marker, number
from mandates.wording import change_of, figures_of, role_of
from terms.errors import BadInput, TooLarge
from terms.ids import InstrumentId, UnitCode
from tests.mandates.paper import TEXTS, chaptered, numbered_by_word, saved, table


def read(data: bytes, names: UnitNames, suffix: str = ".docx") -> Itemised:
    return itemise_lines(lines_of(data, suffix, f"三定{suffix}"), names, None, f"三定{suffix}")


def numbers(found: Itemised, section: Section) -> list[str]:
    return [one.number for one in found.drafts if one.section is section]


def test_a_chaptered_text_tells_its_title_number_unit_and_date(names: UnitNames) -> None:
    found = itemise(TEXTS / "chaptered.txt", names)
    assert found.title == "云泽市水务局职能配置、内设机构和人员编制规定"
    assert found.doc_no == "云办发〔2024〕9号"
    assert found.unit == "C14"
    assert found.valid_from == date(2024, 3, 1)


def test_numbers_keep_their_path_below_the_part_they_stand_in(names: UnitNames) -> None:
    found = itemise(TEXTS / "chaptered.txt", names)
    assert numbers(found, Section.DUTIES) == [
        "第三条（一）", "第三条（二）", "第三条（二）1.", "第三条（二）2.", "第三条（三）", "第三条（四）",
    ]  # fmt: skip
    assert numbers(found, Section.CHANGE) == ["第三条（五）1.", "第三条（五）2.", "第三条（五）3."]
    assert numbers(found, Section.DIVISION) == ["第三条（六）1.", "第三条（六）2."]
    assert numbers(found, Section.OFFICE) == ["第四条（一）", "第四条（二）"]
    assert numbers(found, Section.POSTS) == ["第五条"]


def test_general_and_closing_chapters_hold_no_clauses(names: UnitNames) -> None:
    found = itemise(TEXTS / "chaptered.txt", names)
    assert not any("制定本规定" in one.text or "编办负责解释" in one.text for one in found.drafts)


def test_a_line_broken_by_the_page_goes_on_in_its_clause(names: UnitNames) -> None:
    found = itemise(TEXTS / "chaptered.txt", names)
    assert any(one.text.endswith("查处违法接入行为。") for one in found.drafts)


def test_duties_are_marked_by_their_wording(names: UnitNames) -> None:
    roles = {one.number: one.role for one in itemise(TEXTS / "chaptered.txt", names).drafts}
    assert roles["第三条（一）"] is DutyRole.MAIN
    assert roles["第三条（三）"] is DutyRole.LEAD
    assert roles["第三条（四）"] is DutyRole.SUPPORT


def test_a_change_of_functions_is_told_by_its_words_or_its_heading(names: UnitNames) -> None:
    assert [one.change for one in itemise(TEXTS / "chaptered.txt", names).drafts if one.change] == [
        "取消", "下放", "加强",
    ]  # fmt: skip
    changes = [one for one in itemise(TEXTS / "notice.txt", names).drafts if one.section is Section.CHANGE]
    assert [one.change for one in changes] == ["取消", "划入", "划出", "加强"]
    assert changes[3].text == "加强：建筑垃圾全过程监管。"


def test_a_division_names_the_departments_on_each_side(names: UnitNames) -> None:
    first, second = (one for one in itemise(TEXTS / "chaptered.txt", names).drafts if one.section is Section.DIVISION)
    assert first.parties == ("C04",)
    assert [(side.unit, side.text[:6]) for side in first.sides] == [
        ("C14", "负责市政雨污"), ("C04", "负责新建小区"), (None, "负责接收资料"),
    ]  # fmt: skip
    assert second.role is DutyRole.LEAD
    assert [(side.unit, side.role) for side in second.sides] == [
        ("C14", DutyRole.LEAD), ("C11", DutyRole.MAIN), ("C03", DutyRole.MAIN),
    ]  # fmt: skip


def test_a_department_nobody_knows_is_noted_with_its_line(names: UnitNames) -> None:
    notes = itemise(TEXTS / "chaptered.txt", names).notes
    assert [(note.line, note.code, note.detail) for note in notes] == [(21, "mandates.unknown-unit", "市不存在管理局")]


def test_offices_and_posts_give_their_figures(names: UnitNames) -> None:
    found = itemise(TEXTS / "chaptered.txt", names)
    office = next(one for one in found.drafts if one.text.startswith("办公室"))
    assert (office.text, office.posts) == ("办公室：负责机关日常运转和信息公开。行政编制6名。", 6)
    posts = next(one for one in found.drafts if one.section is Section.POSTS)
    assert posts.posts == 52
    assert posts.figures == (
        ("行政编制", 52), ("局长", 1), ("副局长", 4), ("总工程师", 1), ("正副科级领导职数", 18),
    )  # fmt: skip


def test_a_numbered_notice_is_read_and_a_missing_number_is_noted(names: UnitNames) -> None:
    found = itemise(TEXTS / "notice.txt", names)
    assert found.unit == "C03"
    assert numbers(found, Section.DUTIES) == ["（一）", "（二）", "（三）", "（四）", "（六）"]
    assert [one.text for one in found.drafts if one.section is Section.OFFICE][1] == (
        "市容管理科：负责户外广告设置审批。编制7名。"
    )
    assert next(one for one in found.drafts if one.section is Section.POSTS).posts == 60
    assert [note.code for note in found.notes] == ["mandates.number-gap"]


def test_a_text_of_articles_without_chapters_is_read(names: UnitNames) -> None:
    text = (
        "云泽市体育局职能配置、内设机构和人员编制规定\n第一条 为规范职能制定本规定。\n第二条 市体育局是政府部门。\n"
        "第三条 市体育局的主要职责是：\n(一)负责全民健身。\n(二)会同市教育局推进学校场馆开放。\n"
        "第四条 市体育局设下列内设机构：\n(一)办公室。负责文电。行政编制4名。\n"
        "第五条 市体育局机关行政编制22名。设局长1名，副局长2名。\n第六条 本规定由市委编办负责解释。"
    )
    found = read(text.encode(), names, ".txt")
    assert [(one.number, one.section, one.role) for one in found.drafts] == [
        ("第三条（一）", Section.DUTIES, DutyRole.MAIN),
        ("第三条（二）", Section.DUTIES, DutyRole.LEAD),
        ("第四条（一）", Section.OFFICE, DutyRole.MAIN),
        ("第五条", Section.POSTS, None),
    ]


def test_headings_without_numbers_open_their_parts(names: UnitNames) -> None:
    text = "云泽市审计局三定规定\n主要职责\n1、主管全市审计。\n2、参与债务清查。\n内设机构\n法规审理科：负责复核。\n"
    found = read(text.encode(), names, ".txt")
    assert [(one.number, one.section, one.role) for one in found.drafts] == [
        ("1、", Section.DUTIES, DutyRole.MAIN),
        ("2、", Section.DUTIES, DutyRole.SUPPORT),
        ("", Section.OFFICE, DutyRole.MAIN),
    ]


def test_a_word_file_reads_as_its_text_does(names: UnitNames) -> None:
    text, word = itemise(TEXTS / "chaptered.txt", names), read(chaptered(), names)
    assert [(one.number, one.role) for one in word.drafts] == [(one.number, one.role) for one in text.drafts]


def test_numbers_that_word_makes_are_written_out(names: UnitNames) -> None:
    found = read(numbered_by_word(), names)
    assert found.unit == "C09"
    assert [(one.number, one.section) for one in found.drafts] == [
        ("（一）", Section.DUTIES), ("（二）", Section.DUTIES), ("（一）", Section.OFFICE),
    ]  # fmt: skip


def test_a_table_with_a_header_is_read_by_its_columns(names: UnitNames) -> None:
    found = read(
        table(
            [
                ("序号", "类别", "职责内容", "履职角色"),
                ("1", "主要职责", "负责养老机构备案和服务质量监督。", "主体"),
                ("2", "", "流浪乞讨人员救助工作的日常协调。", "牵头"),
                ("3", "职能转变", "养老机构设立许可取消，改为备案。", ""),
            ]
        ),
        names,
    )
    assert found.unit == "C13"
    assert [(one.number, one.section, one.role) for one in found.drafts] == [
        ("1.", Section.DUTIES, DutyRole.MAIN),
        ("2.", Section.DUTIES, DutyRole.LEAD),
        ("3.", Section.CHANGE, DutyRole.MAIN),
    ]
    assert found.drafts[2].change == "取消"


def test_merged_cells_keep_the_columns_in_their_places(names: UnitNames) -> None:
    document = docx.Document(io.BytesIO(table([("序号", "类别", "职责内容", "履职角色")])))
    made = document.tables[0]
    rows = [
        ("1", "主要职责", "负责殡葬管理。", "主体"),
        ("2", "", "参与防灾减灾。", "配合"),
        ("以下为新增", "", "", ""),
    ]
    for row in rows:
        for cell, text in zip(made.add_row().cells, row, strict=True):
            cell.text = text
    made.cell(1, 1).merge(made.cell(2, 1))
    made.cell(3, 0).merge(made.cell(3, 2))
    found = read(saved(document), names)
    assert [(one.number, one.section, one.role) for one in found.drafts] == [
        ("1.", Section.DUTIES, DutyRole.MAIN),
        ("2.", Section.DUTIES, DutyRole.SUPPORT),
    ]


def test_a_table_of_offices_gives_duties_posts_and_the_total(names: UnitNames) -> None:
    rows = [("内设机构", "主要职责", "行政编制"), ("社会救助科", "审核低保。", "7"), ("合计", "", "45")]
    found = read(table(rows, heading="三、内设机构"), names)
    assert [(one.section, one.text, one.posts) for one in found.drafts] == [
        (Section.OFFICE, "社会救助科：审核低保。", 7),
        (Section.POSTS, "核定编制45名。", 45),
    ]


def test_a_table_of_labelled_rows_is_read_part_by_part(names: UnitNames) -> None:
    rows = [
        ("单位名称", "云泽市民政局"),
        ("主要职责", "（一）负责殡葬管理。\n（二）配合公安机关救助走失人员。"),
        ("人员编制", "行政编制45名。"),
    ]
    found = read(table(rows), names)
    assert [(one.number, one.section, one.role) for one in found.drafts] == [
        ("（一）", Section.DUTIES, DutyRole.MAIN),
        ("（二）", Section.DUTIES, DutyRole.SUPPORT),
        ("", Section.POSTS, None),
    ]


def test_a_gb18030_text_is_read(names: UnitNames) -> None:
    data = (TEXTS / "notice.txt").read_text(encoding="utf-8").encode("gb18030")
    assert len(read(data, names, ".txt").drafts) == len(itemise(TEXTS / "notice.txt", names).drafts)


def test_drafts_become_clauses_with_fresh_ids(names: UnitNames) -> None:
    found = itemise(TEXTS / "chaptered.txt", names)
    clauses = clauses_of(
        found.drafts, UnitCode("C14"), InstrumentId("I-C14-SD"), Span(date(2024, 3, 1)), ["C14-SD-03", "C14-SD-07-2"]
    )
    assert clauses[0].id == "C14-SD-08"
    assert len({one.id for one in clauses}) == len(found.drafts)


def test_a_zip_bomb_is_refused() -> None:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("word/document.xml", b"0" * (LIMIT + 1))
    with pytest.raises(TooLarge):
        lines_of(out.getvalue(), ".docx", "炸弹.docx")


@pytest.mark.parametrize(
    ("data", "suffix"),
    [
        (b"", ".docx"),
        (b"PK\x03\x04 cut off", ".docx"),
        (b"\xd0\xcf\x11\xe0" + b"\0" * 600, ".docx"),
        (b"\xd0\xcf\x11\xe0", ".doc"),
        (b"%PDF-1.7", ".pdf"),
        (b"\x00\x01\x02\xff\xfe", ".txt"),
        (b"\xff\xfe\x00", ".txt"),
    ],
)
def test_a_file_that_is_no_document_is_refused(data: bytes, suffix: str) -> None:
    with pytest.raises(BadInput):
        lines_of(data, suffix, f"坏文件{suffix}")


@pytest.mark.parametrize("part", ["word/document.xml", "[Content_Types].xml", "word/numbering.xml"])
@pytest.mark.parametrize("content", [b"<w:document", b"", b"<a/>"])
def test_a_word_file_with_a_broken_part_is_refused_or_read_but_never_crashes(
    names: UnitNames, part: str, content: bytes
) -> None:
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(chaptered())) as whole, zipfile.ZipFile(out, "w") as broken:
        for entry in whole.infolist():
            broken.writestr(entry.filename, content if entry.filename == part else whole.read(entry))
    try:
        read(out.getvalue(), names)
    except BadInput:
        return


def test_an_entity_is_not_resolved(names: UnitNames) -> None:
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(chaptered())) as whole, zipfile.ZipFile(out, "w") as hostile:
        for entry in whole.infolist():
            data = whole.read(entry)
            if entry.filename == "word/document.xml":
                body = data.decode().replace("保障水资源", "&x;保障水资源")
                head, _, rest = body.partition("?>")
                data = f'{head}?><!DOCTYPE d [<!ENTITY x SYSTEM "file:///etc/passwd">]>{rest}'.encode()
            hostile.writestr(entry.filename, data)
    try:
        assert not any("root:" in one.text for one in read(out.getvalue(), names).drafts)
    except BadInput:
        return


def test_a_text_without_clauses_is_refused(names: UnitNames) -> None:
    with pytest.raises(BadInput, match=r"mandates\.not-sanding"):
        read("关于召开会议的通知\n请各单位准时参加。".encode(), names, ".txt")


@given(st.text(max_size=400))
def test_any_text_is_read_or_refused(names: UnitNames, text: str) -> None:
    try:
        data = text.encode()
    except UnicodeEncodeError:
        return
    try:
        read(data, names, ".txt")
    except BadInput:
        return


@given(st.integers(1, 999))
def test_a_number_written_in_chinese_reads_back(value: int) -> None:
    assert number(chinese(value)) == value


def test_decimals_and_years_are_no_numbering() -> None:
    assert marker("1.5万名老人") is None
    assert marker("2019年机构改革") is None


@pytest.mark.parametrize(
    ("text", "role"),
    [
        ("负责物业服务监督管理。", DutyRole.MAIN),
        ("会同公安机关整治黑车。", DutyRole.LEAD),
        ("负责学籍管理，会同有关部门治理乱收费。", DutyRole.MAIN),
        ("配合市生态环境局牵头的专项整治。", DutyRole.SUPPORT),
        ("由市住建局牵头，做好管线迁改。", DutyRole.SUPPORT),
        ("指导基层队伍建设。", DutyRole.SUPPORT),
        ("指导监督业主大会选举，处理争议。", DutyRole.MAIN),
    ],
)
def test_wording_tells_the_role(text: str, role: DutyRole) -> None:
    assert role_of(text) is role


def test_the_sample_citys_own_marks_agree_with_the_wording(edition: RegisterEdition) -> None:
    duties = [clause for clause in edition.clauses.values() if clause.section is Section.DUTIES and clause.role]
    agreed = sum(role_of(clause.text) is clause.role for clause in duties)
    assert agreed / len(duties) >= 0.95


def test_words_of_change_and_figures() -> None:
    assert change_of("承接民政部门划转的优抚职责") == "划入"
    assert change_of("本条没有变化") is None
    assert figures_of("事业编制48名，设主任1名") == (("事业编制", 48), ("主任", 1))
