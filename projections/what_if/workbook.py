"""The report as a printable .xlsx. Every text is written as text: a cell that begins with = is never a formula."""

import io
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from openpyxl import Workbook
from openpyxl.styles import Alignment, Border, Font, PatternFill, Side
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.properties import PageSetupProperties
from openpyxl.worksheet.worksheet import Worksheet

from terms.messages import sentence

_THIN = Side(style="thin", color="999999")
_EDGES = Border(left=_THIN, right=_THIN, top=_THIN, bottom=_THIN)
_HEAD = PatternFill("solid", fgColor="E8EEF4")
_ILLEGAL = {code: None for code in range(32) if code not in (9, 10, 13)}  # what XML cannot hold


def workbook(told: Mapping[str, Any]) -> bytes:
    """The report's document (`report.document`) as the bytes of a workbook with four sheets."""
    book = Workbook()
    first = book.active
    if not isinstance(first, Worksheet):  # openpyxl's own type also allows a chart sheet here
        raise TypeError(type(first))
    _sheet(first, "概要", ("项目", "数值"), _summary(told), (46, 40))
    _sheet(
        book.create_sheet(),
        "分单位",
        ("单位", "名称", "原主办", "拟主办", "增加", "减少", "可消除争议", "新增不一致", "例"),
        (
            (
                line["unit"], line["name"], line["leads_before"], line["leads_after"], line["gained"], line["lost"],
                line["disputes_gone"], line["disputes_new"], _examples(line["examples"]),
            )
            for line in told["departments"]
        ),
        (9, 26, 9, 9, 9, 9, 12, 12, 60),
    )  # fmt: skip
    _sheet(
        book.create_sheet(),
        "变化工单",
        ("工单编号", "受理日期", "影响", "现行主办", "现行依据", "拟主办", "拟依据", "实际承办", "退单次数", "连带"),
        (
            (
                one["order_no"], one["day"], sentence(f"what-if.effect-{one['effect']}"), _unit(one["before"]),
                "、".join(one["before"]["clauses"]), _unit(one["after"]), "、".join(one["after"]["clauses"]),
                f"{one['final_name']}（{one['final']}）" if one["final"] else "", len(one["returns"]),
                "是" if one["beside"] else "",
            )
            for one in told["changes"]
        ),
        (18, 12, 14, 26, 20, 26, 20, 26, 9, 7),
    )  # fmt: skip
    things = [(one["table"], one["id"], sentence(f"what-if.{one['what']}"), "") for one in told["draft"]["things"]]
    faults = [
        (one["file"], f"第 {one['row']} 行 {one['column']}", "未读入", one["reason"]) for one in told["draft"]["faults"]
    ]
    _sheet(book.create_sheet(), "草案", ("表", "编号", "内容", "说明"), [*things, *faults], (20, 30, 12, 60))
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def _summary(told: Mapping[str, Any]) -> list[tuple[str, Any]]:
    found: list[tuple[str, Any]] = [
        ("回放期间", f"{told['period']['from']} 至 {told['period']['to']}"),
        ("草案生效日", told["draft"]["day"]),
    ]
    for group in ("orders", "leads", "disputes", "baseline"):
        found += [(sentence(f"what-if.{group}.{name}"), _plain(value)) for name, value in told[group].items()]
    return [*found, ("说明", sentence("what-if.note"))]


def _plain(value: Any) -> Any:
    return ("是" if value else "否") if isinstance(value, bool) else value


def _unit(side: Mapping[str, Any]) -> str:
    return f"{side['name']}（{side['unit']}）" if side["unit"] else sentence("what-if.nobody")


def _examples(examples: Mapping[str, Sequence[Mapping[str, Any]]]) -> str:
    told = [
        f"{one['order_no']}（{'、'.join(one['after']['clauses'])}）" for found in examples.values() for one in found
    ]
    return "；".join(dict.fromkeys(told))


def _sheet(
    sheet: Worksheet, title: str, head: Sequence[str], rows: Iterable[Sequence[Any]], widths: Sequence[int]
) -> None:
    sheet.title = title
    for at, row in enumerate([head, *rows], 1):
        for column, value in enumerate(row, 1):
            cell = sheet.cell(at, column)
            cell.value = value.translate(_ILLEGAL) if isinstance(value, str) else value
            if isinstance(value, str):
                cell.data_type = "s"
                cell.quotePrefix = value[:1] in ("=", "+", "-", "@")
            cell.alignment = Alignment(wrap_text=True, vertical="top")
            cell.border = _EDGES
            if at == 1:
                cell.font, cell.fill = Font(bold=True), _HEAD
    for column, width in enumerate(widths, 1):
        sheet.column_dimensions[get_column_letter(column)].width = width
    sheet.freeze_panes = "A2"
    sheet.print_title_rows = "1:1"
    sheet.page_setup.orientation = "landscape"
    sheet.page_setup.paperSize = 9  # A4
    sheet.page_setup.fitToHeight = 0
    sheet.sheet_properties.pageSetUpPr = PageSetupProperties(fitToPage=True)
    if sheet.oddFooter is not None:
        sheet.oddFooter.center.text = "第 &P 页，共 &N 页"
