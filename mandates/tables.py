"""From rows of a table to things of the register: column names in Chinese or English, faults with their place."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, fields
from datetime import date
from typing import Any

from mandates.events import BY_TABLE, Enactable, item_of
from mandates.model import FOREVER, Span
from mandates.sheets import Row
from terms.errors import BadInput

CHINESE: dict[str, str] = {
    "代码": "code", "编码": "id", "编号": "id", "名称": "name", "日常称呼": "everyday_names", "曾用名": "former_names",
    "层级": "level", "上级": "parent", "对应市级单位": "mirrors", "类别": "class", "职能类": "functions",
    "垂直管理": "vertical", "生效日期": "valid_from", "失效日期": "valid_to", "文件类型": "kind", "标题": "title",
    "文号": "doc_no", "发文机关": "issuer", "单位": "unit", "密级": "secrecy", "公开属性": "openness",
    "文件": "instrument", "序号": "number", "部分": "section", "角色": "role", "内容": "text", "相关单位": "parties",
    "编制数": "posts", "职权编码": "code", "职权类型": "type", "职权名称": "name", "承办机构": "office",
    "实施依据": "law", "条款": "article", "责任事项": "duty", "程序时限": "limit_days", "对应条目": "clause",
    "事项": "matter", "主办": "lead", "牵头单位": "lead", "协办": "supports", "启动情形": "trigger",
    "职责分工": "division", "衔接流程": "handover", "争议解决办法": "dispute", "督促落实办法": "supervision",
    "依据条目": "clauses", "日常说法": "wordings", "启动说法": "calls", "各单位说法": "said", "环节": "link",
    "清单": "list", "适用单位": "units", "别名": "aliases", "所属": "parent", "实施主体": "unit",
    "协办单位": "supports", "主办单位": "lead", "地名": "name", "地名类型": "kind",
}  # fmt: skip

KINDS_OF_DOCUMENT: dict[str, str] = {
    "“三定”规定": "sanding", "三定规定": "sanding", "三定": "sanding", "权责清单": "power_list",
    "职责边界清单": "boundary_list", "履职事项清单": "subdistrict_list", "赋权事项": "conferred", "法律法规": "law",
    "部门规章": "department_rule", "规范性文件": "normative", "特许经营协议": "franchise", "产权": "property",
    "行业法": "industry_law", "决定": "decision",
}  # fmt: skip

MANY = {
    "everyday_names", "former_names", "mirrors", "functions", "parties", "supports", "clauses", "wordings", "units",
    "aliases", "calls",
}  # fmt: skip
RENAMED = {"departments": {"class": "unit_class"}, "power_items": {"code": "id"}}
SIGNS = {
    "departments": {"code", "level"}, "power_items": {"type", "law"}, "boundary_items": {"matter", "division"},
    "duty_points": {"link", "clause", "unit"}, "subdistrict_items": {"list", "matter"}, "clauses": {"section", "text"},
    "instruments": {"title", "doc_no"}, "places": {"kind", "aliases"},
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Fault:
    """A row that did not go in, with where and why; its neighbours went in."""

    file: str
    row: int
    column: str
    code: str
    reason: str


def table_of(file: str, columns: Iterable[str]) -> str:
    """Which table a file holds: by its name (`clauses.csv`), else by its columns; BadInput when neither tells."""
    stem = file.split(".")[0]
    if stem in BY_TABLE:
        return stem
    english = {CHINESE.get(column, column) for column in columns}
    for table, signs in SIGNS.items():
        if signs <= english:
            return table
    raise BadInput("mandates.unknown-table", at=file, columns="、".join(columns))


def read_items(rows: Iterable[Row], table: str | None = None) -> Iterator[Enactable | Fault]:
    """Each row as a thing of the register or as a fault with file, row, column and reason."""
    for _, found in placed_items(rows, table):
        yield found


def placed_items(rows: Iterable[Row], table: str | None = None) -> Iterator[tuple[Row, Enactable | Fault]]:
    """As `read_items`, each beside the row it came from."""
    for row in rows:
        if row.fault:
            yield row, Fault(row.file, row.number, "", "input.unreadable", row.fault)
            continue
        table = table or table_of(row.file, row.cells)
        try:
            yield row, item_of(table, _fields(table, row), at=row.at)
        except BadInput as error:
            column = str(error.params.get("column", ""))
            yield row, Fault(row.file, row.number, column, error.code, str(error.params.get("reason", error.message)))


def field_names(table: str) -> frozenset[str]:
    """The English column names a table knows, the words of its dates among them."""
    known = {field.name for field in fields(BY_TABLE[table].item)}
    return frozenset(known | set(RENAMED.get(table, {})) | {"valid_from", "valid_to"})


def _fields(table: str, row: Row) -> dict[str, Any]:
    cells = {CHINESE.get(key.strip(), key.strip()): value for key, value in row.cells.items()}
    found: dict[str, Any] = {}
    span: dict[str, Any] = {}
    for key, value in cells.items():
        text = value.strip() if isinstance(value, str) else value
        if key in ("valid_from", "valid_to"):
            if text not in ("", None):
                span[key] = _day(key, text)
            continue
        if text in ("", None):
            continue
        name = RENAMED.get(table, {}).get(key, key)
        found[name] = _value(key, text)
    if span:
        if span.get("valid_to", FOREVER) <= span.get("valid_from", Span().valid_from):
            raise BadInput("mandates.bad-field", column="valid_to", reason="失效日期应晚于生效日期")
        found["span"] = span
    return found


def _value(key: str, text: Any) -> Any:
    if key == "units" and text == "*":
        return []
    if key in MANY and isinstance(text, str):
        return [part.strip() for part in text.split("|") if part.strip()]
    if key == "division" and isinstance(text, str):
        return [_of_unit(key, part) for part in text.split("|") if part.strip()]
    if key == "said" and isinstance(text, str):
        parts = [_of_unit(key, part) for part in text.split("|") if part.strip()]
        return [(unit, [one.strip() for one in words.split("/") if one.strip()]) for unit, words in parts]
    if key == "kind":
        return KINDS_OF_DOCUMENT.get(text, text)
    if key == "vertical" and isinstance(text, str):
        return text in ("是", "true", "1")
    return text


_OF_UNIT = {"division": "单位=职责", "said": "单位=说法/说法"}


def _of_unit(column: str, part: str) -> tuple[str, str]:
    unit, found, words = part.partition("=")
    if not found:
        raise BadInput("mandates.bad-field", column=column, reason=f"应写成 {_OF_UNIT[column]}，读到 {part[:20]}")
    return unit.strip(), words.strip()


def _day(column: str, value: Any) -> date:
    if isinstance(value, date):
        return value
    text = str(value)[:10].replace("/", "-").replace("年", "-").replace("月", "-").replace("日", "")
    try:
        year, month, day = (int(part) for part in text.split("-"))
        return date(year, month, day)
    except ValueError as error:
        raise BadInput("mandates.bad-field", column=column, reason=f"日期应写成 2024-03-01，读到 {value}") from error
