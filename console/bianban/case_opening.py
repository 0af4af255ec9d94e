"""The form that opens a boundary case (立案), and how it is read."""

from typing import Any, cast

from casework import events as e
from casework.boundary_case import commands as b
from console.forms import Field, Filled
from terms.errors import BadInput
from terms.ids import UnitCode


def opening_fields(bianban: bool, filled: dict[str, Any]) -> tuple[Field, ...]:
    """The form that opens a case (立案), filled with what the page it was opened from knows."""
    by = (
        (("bianban", "编办依据视图立案"), ("instruction", "按领导批示立案"))
        if bianban
        else (("department", "部门提出"),)
    )
    return (
        Field("number", "编号", required=True, value=filled.get("number", "")),
        Field("matter", "事项", required=True, value=filled.get("matter", "")),
        Field("matter_id", "事项编号", value=filled.get("matter_id", ""), help="职责依据中的事项或颗粒点；可空"),
        Field("opened_by", "由谁提出", "choice", required=True, options=by, value=by[0][0]),
        Field("instruction", "批示", shown_for="instruction"),
        Field("parties", "争议各方", "units", required=True, values=tuple(filled.get("parties", ()))),
        Field("question", "争议焦点", "area", required=True, value=filled.get("question", "")),
        *_clause_fields(filled),
        Field("orders", "涉及工单", "area", value="\n".join(filled.get("orders", ())), help="一行一件"),
        Field(
            "jurisdiction",
            "争议性质",
            "choice",
            required=True,
            options=(("duty", "职责归属（编办）"), ("enforcement_basis", "执法依据（司法行政）")),
            value="duty",
        ),
    )


def _clause_fields(filled: dict[str, Any]) -> tuple[Field, ...]:
    """The clauses of a known matter to tick, those named in returns ticked; others are written with their codes."""
    options = tuple(filled.get("clause_options", ()))
    written = Field("clauses", "其他条目" if options else "各方条目", "area", help="一行一条：单位代码 条目编号")
    if not options:
        return (written,)
    ticked = tuple(filled.get("clauses", ()))
    hint = "已勾选退单中双方所引的条目" if ticked else "按事项从各方现行条目中找出"
    return Field("chosen", "各方条目", "checks", values=ticked, options=options, help=hint), written


def read_opening(filled: Filled) -> b.OpenCase:
    """The command that opens a case. Raises BadInput."""
    cited = []
    for line in (*(one for one in filled.values.get("chosen", ()) if one), *filled.lines("clauses")):
        unit, _, clause = line.partition(" ")
        if not clause.strip():
            raise BadInput("console.field-needed", at="clauses", field="各方条目（单位代码 条目编号）")
        cited.append(e.CitedBy(unit=UnitCode(unit), clause=clause.strip()))
    return b.OpenCase(
        matter=filled.needed("matter", "事项"),
        opened_by=cast(Any, filled.needed("opened_by", "由谁提出")),
        parties=filled.units("parties"),
        question=filled.needed("question", "争议焦点"),
        matter_id=filled.text("matter_id"),
        orders=filled.lines("orders"),
        clauses=tuple(cited),
        instruction=filled.text("instruction"),
        jurisdiction=cast(Any, filled.text("jurisdiction") or "duty"),
    )
