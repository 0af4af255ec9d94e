"""Hostile .docx and .xlsx: bombs, entities, paths, endless nesting and a thousand torn files; each gets an answer."""

import io
import random
import time
from pathlib import Path

import docx
import openpyxl
import pytest

from ingest.gateway import Gateway
from ledger.store import Ledger
from mandates.documents import lines_of
from mandates.sheets import rows_of
from terms.errors import BadInput, DingzeError
from tests.ingest import hostile
from tests.ingest.test_hostile import answered

SEED = 20261122
TORN = 500  # of each kind
QUICK = 5.0  # seconds of processor time for the worst of them
HEAD = '<?xml version="1.0" encoding="UTF-8"?>'
WORD = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
PAYLOADS = tuple(
    text for text in hostile.PAYLOADS if isinstance(text, str) and text.isprintable() and 0 < len(text) < 2_000
)


def honest_document(*paragraphs: str) -> bytes:
    """A document as a word processor writes it."""
    made, out = docx.Document(), io.BytesIO()
    for text in paragraphs:
        made.add_paragraph(text)
    made.save(out)
    return out.getvalue()


def honest_workbook(*rows: tuple[str, ...]) -> bytes:
    """A workbook as a spreadsheet program writes it."""
    book, out = openpyxl.Workbook(), io.BytesIO()
    sheet = book.active
    assert sheet is not None
    for row in rows:
        sheet.append(row)
    book.save(out)
    return out.getvalue()


def document(body: str, prologue: str = "") -> bytes:
    """The least document that readers accept, around a body and a prologue of the XML."""
    kinds = "http://schemas.openxmlformats.org"
    office = f"{kinds}/officeDocument/2006/relationships/officeDocument"
    main = "application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml"
    return hostile.archive(
        {
            "[Content_Types].xml": (
                f'{HEAD}<Types xmlns="{kinds}/package/2006/content-types">'
                f'<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
                f'<Override PartName="/word/document.xml" ContentType="{main}"/></Types>'
            ).encode(),
            "_rels/.rels": (
                f'{HEAD}<Relationships xmlns="{kinds}/package/2006/relationships">'
                f'<Relationship Id="r1" Type="{office}" Target="word/document.xml"/></Relationships>'
            ).encode(),
            "word/document.xml": (
                f'{HEAD}{prologue}<w:document xmlns:w="{WORD}"><w:body>{body}</w:body></w:document>'
            ).encode(),
        }
    )


def paragraph(text: str) -> str:
    """One paragraph of the XML."""
    return f"<w:p><w:r><w:t>{text}</w:t></w:r></w:p>"


def words_in(data: bytes) -> str:
    """The text of a document, as the register's reader sees it."""
    return "\n".join(f"{line.text}{line.cells or ''}" for line in lines_of(data, ".docx", "x.docx"))


def test_the_least_document_is_read() -> None:
    assert "负责路灯维护" in words_in(document(paragraph("负责路灯维护")))


@pytest.mark.parametrize("stated", [None, 10])
def test_a_bomb_is_refused_whatever_size_it_states(stated: int | None) -> None:
    bomb = hostile.archive({"word/document.xml": b" " * (100 * 1024 * 1024)}, stated=stated)
    began = time.process_time()
    with pytest.raises(BadInput) as refused:
        lines_of(bomb, ".docx", "bomb.docx")
    assert refused.value.code in ("input.too-large", "input.unreadable")
    assert time.process_time() - began < QUICK


def test_entities_are_neither_multiplied_nor_fetched(tmp_path: Path) -> None:
    secret = tmp_path / "secret.txt"
    secret.write_text("TOP-SECRET", encoding="utf-8")
    laughs = "".join(f'<!ENTITY a{n} "{f"&a{n - 1};" * 10}">' for n in range(1, 12))
    for prologue, text in (
        (f'<!DOCTYPE d [<!ENTITY a0 "ha">{laughs}]>', "&a11;"),
        (f'<!DOCTYPE d [<!ENTITY x SYSTEM "{secret.as_uri()}">]>', "&x;"),
        ('<!DOCTYPE d SYSTEM "http://127.0.0.1:9/evil.dtd">', "plain"),
    ):
        began = time.process_time()
        try:
            found = words_in(document(paragraph(text), prologue))
        except BadInput as refused:
            assert refused.code == "input.unreadable"
        else:
            assert "TOP-SECRET" not in found and len(found) < 10_000
        assert time.process_time() - began < QUICK


def test_names_that_climb_out_of_the_archive_write_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    for name in (
        "../../evil.txt",
        str(tmp_path / "evil.txt"),
        "..\\..\\evil.txt",
        "word/../../evil.txt",
        "\u202etxt.exe",
    ):
        for suffix, read in ((".docx", lines_of), (".xlsx", rows_of)):
            with pytest.raises(BadInput):
                list(read(hostile.archive({name: b"evil"}), suffix, f"x{suffix}"))  # type: ignore[operator]
    assert list(tmp_path.rglob("*")) == [] == list(tmp_path.parents[1].glob("evil*"))


@pytest.mark.parametrize("depth", [250, 5_000, 60_000])
def test_endless_nesting_is_text_or_refused(depth: int) -> None:
    nested = "<w:sdt><w:sdtContent>" * depth + paragraph("x") + "</w:sdtContent></w:sdt>" * depth
    tables = "<w:tbl><w:tr><w:tc>" * depth + paragraph("x") + "</w:tc></w:tr></w:tbl>" * depth
    for body in (nested, tables):
        try:
            words_in(document(body))
        except BadInput as refused:
            assert refused.code == "input.unreadable"


@pytest.mark.parametrize("payload", PAYLOADS, ids=lambda text: repr(text)[:24])
def test_formulas_scripts_queries_and_paths_are_text_and_nothing_more(
    payload: str, gateway: Gateway, ledger: Ledger
) -> None:
    assert payload.strip() in words_in(honest_document(f"负责{payload}"))
    data = honest_workbook(("工单编号", "主要内容"), ("P-1", f"路灯{payload}不亮"))
    answered(gateway, ledger, list(rows_of(data, ".xlsx", "p.xlsx")), "work-order")


def torn(chance: random.Random, data: bytes) -> bytes:
    """A file with wounds: cut off, bytes changed, a piece moved or repeated."""
    at, to = sorted((chance.randrange(len(data)), chance.randrange(len(data))))
    match chance.randrange(4):
        case 0:
            return data[:at]
        case 1:
            return data[:at] + chance.randbytes(1 + chance.randrange(8)) + data[at + 1 :]
        case 2:
            return data[:at] + data[to:] + data[at:to]
    return data[:to] + data[at:]


def test_a_thousand_torn_files_are_read_or_plainly_refused(gateway: Gateway, ledger: Ledger) -> None:
    chance = random.Random(SEED)
    letter = honest_document("一、主要职责", "（一）负责路灯维护。", "（二）负责噪声监管。")
    table = honest_workbook(("工单编号", "主要内容"), *((f"T-{n}", "路灯不亮") for n in range(3)))
    refused = 0
    for number in range(TORN):
        try:
            words_in(torn(chance, letter))
        except DingzeError as error:
            assert error.code in ("input.unreadable", "input.too-large")
            refused += 1
        try:
            rows = list(rows_of(torn(chance, table), ".xlsx", f"{number}.xlsx"))
        except DingzeError as error:
            assert error.code in ("input.unreadable", "input.too-large")
            refused += 1
        else:
            answered(gateway, ledger, rows, "work-order")
    assert refused > TORN // 2
    ledger.verify()
