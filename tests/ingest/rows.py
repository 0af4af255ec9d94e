"""Rows as a file or a call brings them, and what became of them."""

import json
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from ingest.gateway import Gateway
from mandates.sheets import Row
from tests.ingest.conftest import NOW


def row(cells: Mapping[str, Any], number: int = 2, file: str = "orders.csv") -> Row:
    """One row; its bytes are its cells."""
    return Row(file, number, dict(cells), json.dumps(cells, default=str).encode())


def taken(
    gateway: Gateway, *rows: Mapping[str, Any], kind: str = "work-order", now: datetime = NOW, **how: Any
) -> list[dict[str, Any]]:
    """What became of each of these rows, in order."""
    made = [row(cells, number) for number, cells in enumerate(rows, 2)]
    *_, summary = gateway.admit(made, now=now, kind=kind, answers=True, **how)
    return summary.answers


ORDER = {
    "工单编号": "W-1", "工单类型": "投诉", "标题": "烧烤摊油烟扰民", "主要内容": "小区门口烧烤摊每天油烟到凌晨",
    "来电人": "欧阳测试", "联系方式": "13900000001", "被反映区": "望湖区", "受理时间": "2024-03-04 09:30",
}  # fmt: skip
