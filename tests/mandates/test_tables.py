"""Tables with Chinese or English columns become things of the register; a bad row says where and why."""

from collections.abc import Iterable
from datetime import date

import pytest

from mandates.model import BoundaryItem, Clause, Instrument, InstrumentKind, PowerItem, Section, SubdistrictItem
from mandates.sheets import rows_of
from mandates.tables import CHINESE, Fault, field_names, read_items
from terms.errors import BadInput


def read(name: str, text: str) -> list[object]:
    return list(read_items(rows_of(text.encode(), ".csv", name)))


def only(found: Iterable[object]) -> object:
    (one,) = found
    return one


def test_chinese_columns_are_read_by_their_names() -> None:
    item = only(
        read(
            "清单.csv",
            "职权编码,实施主体,职权类型,职权名称,文件,承办机构,实施依据,条款,责任事项,程序时限,对应条目,生效日期\n"
            "C05-CF-004,C05,处罚,挪用维修资金的处罚,I-C05-QZ,物业科,物业管理条例,第六十条,立案查处,90,C05-SD-03,2018年3月1日\n",
        )
    )
    assert isinstance(item, PowerItem)
    assert (item.id, item.unit, item.law, item.limit_days, item.clause) == (
        "C05-CF-004", "C05", "物业管理条例", 90, "C05-SD-03",
    )  # fmt: skip
    assert item.span.valid_from == date(2018, 3, 1)


def test_a_head_that_no_encoding_reads_is_a_fault_of_the_whole_file() -> None:
    with pytest.raises(BadInput, match="表头编码无法识别"):
        list(rows_of("条目编号,\ud8ff\n1,2\n".encode("utf-8", "surrogatepass"), ".csv", "清单.csv"))


def test_a_divided_matter_is_read_with_its_parts() -> None:
    item = only(
        read(
            "boundary_items.csv",
            "编号,文件,事项,主办,协办,职责分工,各单位说法\n"
            "BJ-1,I-BJ,油烟,C03,C11|C07,C03=查处|C11=监测,C03=烟大/熏人|C11=测一下\n",
        )
    )
    assert isinstance(item, BoundaryItem)
    assert item.supports == ("C11", "C07")
    assert item.division == (("C03", "查处"), ("C11", "监测"))
    assert item.said == (("C03", ("烟大", "熏人")), ("C11", ("测一下",)))


def test_kinds_of_document_are_read_in_chinese() -> None:
    item = only(read("instruments.csv", "编号,文件类型,标题\nI-1,“三定”规定,《某局规定》\n"))
    assert isinstance(item, Instrument)
    assert item.kind is InstrumentKind.SANDING


def test_a_star_means_every_subdistrict() -> None:
    item = only(
        read("subdistrict_items.csv", "编号,文件,清单,适用单位,事项,内容\nLZ-1,I-LZ,基本履职,*,开证明,出具证明\n")
    )
    assert isinstance(item, SubdistrictItem)
    assert item.units == ()


def test_a_bad_row_names_its_place_and_its_neighbours_go_in() -> None:
    found = read(
        "clauses.csv",
        "编号,单位,文件,序号,部分,内容,生效日期,失效日期\n"
        "A-1,C05,I-1,（一）,主要职责,管物业,,\n"
        "A-2,C05,I-1,（二）,次要职责,管物业,,\n"
        "A-3,C05,I-1,（三）,主要职责,管物业,2024-02-30,\n"
        "A-4,C05,I-1,（四）,主要职责,管物业,2024-03-01,2024-03-01\n"
        "A-5,C05,,（五）,主要职责,管物业,,\n"
        "A-6,C05,I-1,（六）,内设机构,物业科：管物业,,\n",
    )
    assert [type(one) for one in found] == [Clause, Fault, Fault, Fault, Fault, Clause]
    assert [(one.row, one.column) for one in found if isinstance(one, Fault)] == [
        (3, "section"), (4, "valid_from"), (5, "valid_to"), (6, "instrument"),
    ]  # fmt: skip
    last = found[-1]
    assert isinstance(last, Clause)
    assert last.section is Section.OFFICE


def test_a_table_nobody_knows_is_refused() -> None:
    with pytest.raises(BadInput, match=r"mandates\.unknown-table"):
        read("名单.csv", "姓名,电话\n张,1\n")


def test_every_chinese_column_means_a_column_of_some_table() -> None:
    known = frozenset().union(
        *(field_names(table) for table in ("departments", "instruments", "clauses", "power_items", "boundary_items")),
        *(field_names(table) for table in ("duty_points", "subdistrict_items", "places")),
    )
    assert set(CHINESE.values()) <= known
