"""10,000 hostile inputs: no crash, no partial write, a clear answer each; files that attack their reader."""

import random
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from ingest.gateway import KINDS, Gateway
from ingest.quarantine import held
from ledger.store import Ledger
from mandates.archives import measured
from mandates.sheets import Row, read_rows, rows_of
from terms.errors import BadInput, DingzeError, TooLarge
from tests.ingest import hostile
from tests.ingest.conftest import NOW

SEED = 20240304
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=30),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=10), inner, max_size=4),
    max_leaves=12,
)


def answered(gateway: Gateway, ledger: Ledger, rows: list[Row], kind: str) -> None:
    """Take rows in: an answer for every one, and the record grew by what was said to be in or held."""
    before = ledger.head()
    *_, summary = gateway.admit(rows, now=NOW, kind=kind, answers=True)
    assert [one["row"] for one in summary.answers] == [row.number for row in rows]
    for one in summary.answers:
        assert one["status"] in ("in", "duplicate", "conflict", "quarantined")
        if one["status"] == "quarantined":
            assert one["problem"]["title"].endswith(("。", "。）"))
            assert one["problem"]["code"].startswith(("ingest.", "input."))
    fresh = ledger.head() - before
    assert fresh <= len(rows)
    assert sum(summary.counts().values()) == len(rows)


@pytest.mark.parametrize("kind", KINDS)
def test_two_thousand_hostile_rows_of_each_kind_get_an_answer(gateway: Gateway, ledger: Ledger, kind: str) -> None:
    chance = random.Random(f"{SEED}{kind}")
    rows = [Row("h.csv", number, hostile.cells(chance), str(number).encode()) for number in range(2, 2_002)]
    answered(gateway, ledger, rows, kind)
    ledger.verify()
    assert 0 < ledger.head() <= 2_000
    assert len(held(ledger)) > 100


def test_four_thousand_hostile_bodies_get_an_answer(gateway: Gateway, ledger: Ledger) -> None:
    chance = random.Random(SEED)
    refused = 0
    rows: list[Row] = []
    for number, body in enumerate(hostile.bodies(chance, 4_000)):
        try:
            found = list(rows_of(body, ".json", "api"))
        except BadInput as error:
            assert (error.code, error.status) == ("input.unreadable", 422)
            refused += 1
            found = list(rows_of(body, ".jsonl", "topic"))  # as Kafka hands it on
        rows += [Row(row.file, number, row.cells, row.raw, row.fault) for row in found]
    assert refused > 1_000
    answered(gateway, ledger, rows, "work-order")
    ledger.verify()


def test_hostile_tables_keep_their_good_rows(gateway: Gateway, ledger: Ledger) -> None:
    chance = random.Random(SEED)
    for table in hostile.tables(chance, 40):
        answered(gateway, ledger, list(rows_of(table, ".csv", "t.csv")), "work-order")
    assert any(event.type == "WorkOrderReceived" for event in ledger.read(ledger.head().__class__(0), 1_000))


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.dictionaries(st.sampled_from(hostile.FIELDS), JSON, max_size=6), st.sampled_from(KINDS))
def test_whatever_json_stands_in_a_row_it_gets_an_answer(
    gateway: Gateway, ledger: Ledger, cells: dict[str, Any], kind: str
) -> None:
    answered(gateway, ledger, [Row("p.jsonl", 1, cells, repr(cells).encode("utf-8", "backslashreplace"))], kind)


@settings(max_examples=300, deadline=None)
@given(st.binary(max_size=300), st.sampled_from([".csv", ".tsv", ".json", ".jsonl", ".xlsx"]))
def test_bytes_at_random_are_rows_or_a_plain_error(data: bytes, suffix: str) -> None:
    try:
        rows = list(rows_of(data, suffix, "x"))
    except DingzeError as error:
        assert error.code in ("input.unreadable", "input.too-large")
    else:
        assert all(row.fault or isinstance(row.cells, dict) for row in rows)


class TestArchives:
    """A ZIP that unpacks to a thousand times its size, lies about it, or asks for a sheet without end."""

    @pytest.mark.parametrize("stated", [None, 10])
    def test_a_bomb_is_refused_whatever_size_it_states(self, stated: int | None) -> None:
        bomb = hostile.archive({"xl/worksheets/sheet1.xml": b" " * (100 * 1024 * 1024)}, stated=stated)
        assert len(bomb) < 200_000
        with pytest.raises(BadInput):
            measured(bomb, "bomb.xlsx")

    def test_many_members_are_refused(self) -> None:
        with pytest.raises(TooLarge):
            measured(hostile.archive({f"{number}": b"" for number in range(2_500)}), "many.xlsx")

    @pytest.mark.parametrize("quote", ['"', "'"])
    def test_one_cell_in_the_last_corner_is_refused(self, quote: str) -> None:
        cell = f"<row r={quote}1048576{quote}><c r={quote}XFD1048576{quote}><v>1</v></c></row>"
        first = '<row r="1"><c r="A1"><v>1</v></c></row>'
        with pytest.raises(TooLarge):
            list(rows_of(hostile.workbook(f"{first}{cell}".encode()), ".xlsx", "corner.xlsx"))

    def test_the_least_workbook_is_read(self) -> None:
        sheet = (
            b'<row r="1"><c r="A1" t="inlineStr"><is><t>text</t></is></c></row>'
            b'<row r="2"><c r="A2" t="inlineStr"><is><t>=1+1</t></is></c></row>'
        )
        (row,) = rows_of(hostile.workbook(sheet), ".xlsx", "least.xlsx")
        assert row.cells == {"text": "=1+1"}

    @pytest.mark.parametrize("data", [b"", b"PK\x03\x04", b"\xd0\xcf\x11\xe0" * 100, hostile.archive({"a": b"b"})])
    def test_what_is_no_workbook_is_said_to_be_none(self, data: bytes) -> None:
        with pytest.raises(BadInput) as refused:
            list(rows_of(data, ".xlsx", "no.xlsx"))
        assert refused.value.code == "input.unreadable"

    def test_a_packed_file_is_measured_as_it_unpacks(self, tmp_path: Path) -> None:
        import gzip

        file = tmp_path / "bomb.jsonl.gz"
        file.write_bytes(gzip.compress(b"\n" * 5_000_000))
        with pytest.raises(TooLarge):
            read_rows(file, limit=1_000_000)


class TestEncodings:
    """UTF-8 with and without a mark, GB18030, and files pasted together from both."""

    TABLE = "工单编号,主要内容\nE-1,路灯不亮，请尽快维修\nE-2,井盖破损影响出行\n"

    @pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030"])
    def test_a_table_is_read_in_its_encoding(self, encoding: str) -> None:
        rows = list(rows_of(self.TABLE.encode(encoding), ".csv", "t.csv"))
        assert [row.cells["主要内容"] for row in rows] == ["路灯不亮，请尽快维修", "井盖破损影响出行"]

    def test_a_file_of_two_encodings_is_read_line_by_line(self) -> None:
        first, second, third = self.TABLE.splitlines(keepends=True)
        data = first.encode() + second.encode("gb18030") + third.encode()
        rows = list(rows_of(data, ".csv", "t.csv"))
        assert [row.cells["主要内容"] for row in rows] == ["路灯不亮，请尽快维修", "井盖破损影响出行"]

    def test_one_broken_byte_is_a_fault_of_its_row_and_never_guessed(self) -> None:
        data = self.TABLE.encode().replace("维修".encode(), "维修".encode()[:-1])
        bad, good = rows_of(data, ".csv", "t.csv")
        assert "编码" in bad.fault
        assert bad.raw == "E-1,路灯不亮，请尽快维修".encode()[:-1]
        assert good.cells["主要内容"] == "井盖破损影响出行"

    def test_the_rows_of_a_quoted_cell_keep_their_bytes(self) -> None:
        data = 'text,date\n"第一行\n第二行",2024-03-01\n'.encode()
        (row,) = rows_of(data, ".csv", "t.csv")
        assert row.cells["text"] == "第一行\n第二行"
        assert row.raw == '"第一行\n第二行",2024-03-01'.encode()

    def test_a_field_past_all_measure_is_a_fault_that_keeps_its_bytes(self) -> None:
        data = b"text\n" + b"x" * 200_000 + b"\nshort\n"
        bad, good = rows_of(data, ".csv", "t.csv")
        assert bad.fault and bad.raw == b"x" * 200_000
        assert good.cells == {"text": "short"}

    def test_a_workbook_of_a_person_is_read(self, tmp_path: Path) -> None:
        book = openpyxl.Workbook()
        sheet = book.active
        assert sheet is not None
        sheet.append(["工单编号", "主要内容", "联系方式"])
        sheet.append([20230406, "=SUM(1)不是公式", 13900000001])
        sheet["B2"].data_type = "s"
        book.save(tmp_path / "a.xlsx")
        (row,) = read_rows(tmp_path / "a.xlsx")
        assert row.cells == {"工单编号": "20230406", "主要内容": "=SUM(1)不是公式", "联系方式": "13900000001"}
